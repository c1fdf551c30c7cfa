"""What is done to every line that is drawn, in the end: no control character, and plain letters where need be.

`Harmless` is the second line behind `tui.text.plain`: a field that is typed into shows its value as it is.

`Letters` is for a terminal that has no other signs: borders, bars, dots, quotes.
States have letters of their own (`tui.signs`); this takes care of what is left, cell by cell, so that nothing moves.
What people and sites have written stays as it is.
"""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui.text import is_hidden

_GROUPS: Final = {
    "-": "─━╌╍┄┅┈┉–—−",
    "|": "│┃╎╏┆┇┊┋▏▕·",
    "+": "┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫┬┭┮┯┰┱┲┳┴┵┶┷┸┹┺┻┼╭╮╯╰",
    "#": "▀▁▂▃▄▅▆▇█▉▊▋▌▍▎▐▔▖▗▘▙▚▛▜▝▞▟■",
    '"': "“”„«»",
    "'": "‘’‚",
    "~": "…",
    ">": "▸",
    "x": "×✗",
}
LETTERS: Final = {ord(sign): letter for letter, signs in _GROUPS.items() for sign in signs}
"""Sign -> letter, both one cell wide."""


class Harmless(LineFilter):
    """Draws no control character and nothing that cannot be seen: they would be the terminal's to obey."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without them; they take no cell, so nothing moves."""
        if all(text.isprintable() for text, _, _ in segments):
            return segments
        return [Segment(_drawn(text), style, control) for text, style, control in segments]


def _drawn(text: str) -> str:
    """The text without what no terminal may get; what is left takes as many cells."""
    return "".join("?" * cell_len(char) if is_hidden(char) else char for char in text)


class Letters(LineFilter):
    """Draws with plain letters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other signs."""
        return [Segment(text.translate(LETTERS), style, control) for text, style, control in segments]
