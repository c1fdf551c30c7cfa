"""Plain letters for everything that is drawn, where a terminal has no other signs: borders, bars, dots, quotes.

States have letters of their own (`tui.signs`); this takes care of what is left, cell by cell, so that nothing moves.
What people and sites have written stays as it is.
"""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

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


class Letters(LineFilter):
    """Draws with plain letters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other signs."""
        return [Segment(text.translate(LETTERS), style, control) for text, style, control in segments]
