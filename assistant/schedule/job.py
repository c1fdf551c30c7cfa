"""What a timer is to run, and what every kind of timer can do."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.errors import RunError
from assistant.schedule.period import parse_every

SECONDS = 60
"""How long a command of the machine's scheduler may take."""


@dataclass(frozen=True)
class Job:
    """The check that a timer runs: its words, its environment, how often, and by how much at random (seconds)."""

    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    every: int = 1800
    jitter: int = 0


class Scheduler(Protocol):
    """One kind of timer. Nothing is written before `install`, which may be called again and again."""

    name: str

    def available(self) -> bool:
        """Whether this machine has it, for this user, now."""
        ...

    def preview(self, job: Job) -> str:
        """What `install` would write and run, as text to be read."""
        ...

    def install(self, job: Job) -> None:
        """Write it and start it, in place of what was there. Raises `RunError`, `UsageError`."""
        ...

    def installed(self) -> str | None:
        """Where it is installed, in words; None if it is not."""
        ...

    def every(self) -> int | None:
        """How often the installed timer runs, in seconds, by what it runs; None if there is none."""
        ...

    def remove(self) -> list[str]:
        """Take everything away that `install` wrote; returns what that was. Raises `RunError`."""
        ...

    def notes(self) -> list[str]:
        """What a person should know of this kind of timer."""
        ...


def run(words: Sequence[str], stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of the machine's scheduler. Raises `RunError` where it is not there or does not answer."""
    try:
        return subprocess.run(
            list(words), input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True,
            text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RunError(f"{words[0]} cannot be run: {error}", hint="name another kind of timer with --with") from error


def must(words: Sequence[str], stdin: str | None = None) -> str:
    """The same, and what it printed. Raises `RunError` where it ends with a failure."""
    done = run(words, stdin)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise RunError(
            f"{' '.join(words)} ended with {done.returncode}: {said[-1][:300] if said else 'it said nothing'}",
            hint="run it by hand to see what it needs, or name another kind of timer with --with",
        )
    return done.stdout


def files_preview(files: Mapping[Path, str], commands: Sequence[Sequence[str]]) -> str:
    """Files with their text, and the commands that are run after they are written."""
    parts = [f"# {path}\n{text}" for path, text in files.items()]
    return "\n".join(parts) + "\n" + "".join(f"$ {' '.join(words)}\n" for words in commands)


def every_in(text: str) -> int | None:
    """How often a check runs, by the ``--scheduled 30m`` that its command says; None where it says none."""
    found = re.search(r"--scheduled\W+(\d+[mhd])\b", text)
    return parse_every(found[1]) if found else None
