"""A display in memory with a mouse and a keyboard, and somebody in front of it who sees nothing but its pixels.

Xvfb keeps the picture in a file, where what is shown is looked for by its colour; xdotool moves the mouse and types.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import BrowserError
from flows.browser_search import find_browser

WIDTH, HEIGHT = 1400, 1100
SHOWN = bytes.fromhex("0f48d9")
"""The frame around the button that a guided step shows: blue, green, red, as the picture has it."""
FIELD = bytes.fromhex("b5a697")
"""The frame of a field of the mock platform's pages."""
GLANCE = 0.05


def why_not() -> str | None:
    """What is missing for it on this machine; None if nothing is."""
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    try:
        missing += ["a full browser"] if find_browser().shell else []
    except BrowserError:
        missing += ["a full browser"]
    return f"it needs {', '.join(missing)}" if missing else None


@dataclass(frozen=True)
class Box:
    """Where something is on the display, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


class Display:
    """One display. `name` is for the variable DISPLAY."""

    def __init__(self, name: str, picture: Path) -> None:
        self.name = name
        self._picture = picture

    def see(self, colour: bytes) -> Box | None:
        """The box around everything of a colour, None where there is nothing of it."""
        rows = [(y, row.find(colour), row.rfind(colour)) for y, row in enumerate(self._rows()) if colour in row]
        if not rows:
            return None
        left = min(first for _, first, _ in rows) // 4
        return Box(left, rows[0][0], max(last for *_, last in rows) // 4, rows[-1][0])

    def see_field(self) -> Box | None:
        """The first field: the two lines of its frame that are more than a word wide."""
        line = (FIELD + b"\0") * 200
        at = [(y, found // 4) for y, row in enumerate(self._rows()) if (found := _without_alpha(row).find(line)) >= 0]
        return Box(at[0][1], at[0][0], at[0][1] + 200, at[1][0]) if len(at) > 1 else None

    def _rows(self) -> Iterator[bytes]:
        picture = self._picture.read_bytes()
        head = struct.unpack(">25I", picture[:100])
        start, a_line = head[0] + 12 * head[19], head[12]
        for y in range(HEIGHT):
            yield picture[start + y * a_line : start + y * a_line + 4 * WIDTH]

    def do(self, *words: str | int) -> None:
        """One act of mouse or keyboard, in the words of xdotool."""
        subprocess.run(["xdotool", *map(str, words)], env=os.environ | {"DISPLAY": self.name}, check=True, timeout=20)


def _without_alpha(row: bytes) -> bytes:
    plain = bytearray(row)
    plain[3::4] = bytes(len(row) // 4)
    return bytes(plain)


@contextmanager
def open_display() -> Iterator[Display]:
    """A display for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        screen = f"{WIDTH}x{HEIGHT}x24"
        words = ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-fbdir", folder, "-nolisten", "tcp"]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert server.stdout is not None
        try:
            number = server.stdout.readline().strip()
            assert number, "Xvfb did not start"
            yield Display(f":{number}", Path(folder, "Xvfb_screen0"))
        finally:
            server.terminate()
            server.wait(20)
            server.stdout.close()


@contextmanager
def somebody(act: Callable[[], None]) -> Iterator[None]:
    """Somebody who does `act` again and again for the length of a block, with a glance between."""
    over, wrong = threading.Event(), []

    def sit() -> None:
        try:
            while not over.wait(GLANCE):
                act()
        except Exception as error:
            wrong.append(error)

    thread = threading.Thread(target=sit)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not wrong, wrong


class AtTheDisplay:
    """A person at a display: signs in, and double-clicks what is marked, once for each time that it comes up."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._before: Box | None = None
        self._done = False
        self.presses = 0

    def sign_in(self) -> None:
        """Type name and password into the page that has a field for them."""
        field = self._display.see_field()
        if field is None or self._done:
            return
        self._done = True
        self._display.do("mousemove", *field.middle, "click", 1)
        self._display.do("type", "anna")
        self._display.do("key", "Tab")
        self._display.do("type", "milepost")
        self._display.do("key", "Return")

    def double_click(self) -> None:
        """Double-click the button that is framed, once it stands still."""
        box = self._display.see(SHOWN)
        if box is None:
            self._done = False
        elif box == self._before and not self._done:
            self._done = True
            self.presses += 1
            self._display.do("mousemove", *box.middle, "click", "--repeat", 2, "--delay", 40, 1)
        self._before = box
