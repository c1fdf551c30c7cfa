"""The clipboard of the system, beside what is sent to the terminal (OSC 52), which not every terminal takes.

Nothing here fails loudly: where there is no clipboard, or its program does not take the text, the terminal's is left.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

SECONDS = 3
"""How long a program may take to take the text."""

_PROGRAMS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
)
"""The variable of the desktop, and the program that hands its standard input to the desktop's clipboard."""


def program(environ: Mapping[str, str] = os.environ) -> tuple[str, ...] | None:
    """The command that fills this desktop's clipboard; None where there is none, or nobody sits at it (over SSH)."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return None
    path = environ.get("PATH")
    if sys.platform == "darwin" and shutil.which("pbcopy", path=path):
        return ("pbcopy",)
    return next((words for name, words in _PROGRAMS if environ.get(name) and shutil.which(words[0], path=path)), None)


def copy(text: str) -> str:
    """Hand the text to the desktop's clipboard; the name of the program that took it, empty if none did."""
    words = program()
    if words is None:
        return ""
    try:
        # What it says goes nowhere: these programs stay in the background, and the terminal is the screen's.
        done = subprocess.run(
            words, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False, start_new_session=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return words[0] if done.returncode == 0 else ""
