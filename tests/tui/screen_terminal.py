"""A pseudo-terminal whose picture can be read: what a person would see, and what state the terminal is left in."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import sys
import termios
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pyte

from tests.tui.terminal import PATIENCE, Terminal

ROOT = Path(__file__).resolve().parents[2]

COLOUR = re.compile(r"\x1b\[([0-9;:]*)m")


class ScreenTerminal(Terminal):
    """A terminal of 80 by 24 with the screen in it."""

    def __init__(self, process, fd: int) -> None:
        super().__init__(process, fd)
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.Stream(self._screen)
        self.resize(80, 24)

    @classmethod
    def opened(cls, config: Path, *words: str, **environ: str) -> AbstractContextManager[ScreenTerminal]:
        """`milepost WORDS` with these settings."""
        program = [sys.executable, "-m", "tui.cli", "--config", str(config), *words]
        return cls.running(program, {"PYTHONPATH": str(ROOT), "TZ": "UTC", **environ})  # type: ignore[return-value]

    @property
    def shown(self) -> str:
        """The picture as text."""
        return "\n".join(self._screen.display)

    def resize(self, columns: int, lines: int) -> None:
        """Make the window another size, as a person dragging its corner does."""
        self._screen.resize(lines, columns)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def see(self, wanted: str) -> str:
        """Read until the picture holds `wanted`; returns the picture."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.shown:
            left = deadline - time.monotonic()
            assert left > 0, f"{wanted!r} did not come; there is:\n{self.shown}"
            assert self._read(left), f"the program ended before {wanted!r} came; there is:\n{self.shown}\n{self.text}"
        return self.shown

    def gone(self, unwanted: str) -> str:
        """Read until the picture no longer holds `unwanted`; returns the picture."""
        deadline = time.monotonic() + PATIENCE
        while unwanted in self.shown:
            left = deadline - time.monotonic()
            assert left > 0, f"{unwanted!r} did not go; there is:\n{self.shown}"
            self._read(left)
        return self.shown

    def until(self, holds: Callable[[], bool]) -> None:
        """Read until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, f"it never came; there is:\n{self.shown}"
            self._read(left)

    def press(self, keys: str) -> None:
        """Press keys one after the other, each after the program has read the one before."""
        for key in keys:
            self.type(key)
            self._read(0.05)

    def until_it_listens(self) -> None:
        """Wait until keys count again that were dropped after a question: one that nothing is bound to says so."""
        deadline = time.monotonic() + PATIENCE
        while "z does nothing here" not in self.shown:
            assert time.monotonic() < deadline, f"no key counts; there is:\n{self.shown}"
            self.type("z")
            pause = time.monotonic() + 1
            while "z does nothing here" not in self.shown and (left := pause - time.monotonic()) > 0:
                self._read(left)

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as a shell wants it: main screen, no mouse codes, echo and line mode on."""
        modes = {"1049": False, "1000": False, "1003": False, "1006": False, "2004": False, "25": True}
        for number, letter in re.findall(r"\x1b\[\?(\d+)([hl])", self.text):
            modes[number] = letter == "h"
        lflag = termios.tcgetattr(self._fd)[3]
        cooked = bool(lflag & termios.ECHO) and bool(lflag & termios.ICANON) and bool(lflag & termios.ISIG)
        off = not any(modes[number] for number in ("1049", "1000", "1003", "1006", "2004"))
        return off and modes["25"] and cooked

    @property
    def colours(self) -> set[str]:
        """Every colour that was asked for; going back to the terminal's own is none."""
        found = set()
        for codes in COLOUR.findall(self.text):
            for code in re.split("[;:]", codes):
                number = int(code or 0)
                if 30 <= number <= 38 or 40 <= number <= 48 or 90 <= number <= 107:
                    found.add(code)
        return found

    def _read(self, seconds: float) -> str:
        text = super()._read(seconds)
        self._stream.feed(text)
        return text

    def write_through(self, text: str) -> None:
        """Send bytes as they are, such as escape sequences."""
        os.write(self._fd, text.encode())
