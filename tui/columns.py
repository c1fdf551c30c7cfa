"""Fitting columns into a width: text gives way, whole columns are left out, but a figure or a state is never cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size

Item = TypeVar("Item")

GAP = 1
"""Cells between two columns."""

LEAST = 5
"""Cells that text keeps, however narrow it gets."""


class Cell(NamedTuple):
    """One field of a row: clean text, the role of its colour, and an end that stays where the text is cut."""

    text: str
    role: str = "plain"
    tail: str = ""

    @property
    def whole(self) -> str:
        """The text with its end."""
        return f"{self.text} {self.tail}" if self.tail else self.text


@dataclass(frozen=True)
class Column(Generic[Item]):
    """One column of a list.

    A column with `least` gives way: its text ends in an ellipsis. Down to so many cells it does so before any column is
    left out, and down to LEAST where there is no other way. Any other column is as wide as its widest cell, always.
    `drop` > 0 lets it be left out; the highest number goes first.
    """

    title: str
    cell: Callable[[Item], Cell]
    least: int | None = None
    right: bool = False
    drop: int = 0
    fills: bool = False
    """Whether it is there though no row has anything in it yet; another column without anything is not shown."""


def natural(columns: Sequence[Column[Item]], items: Sequence[Item]) -> list[int]:
    """The width that each column would like to have, 0 for one that has nothing to show."""
    widths = []
    for column in columns:
        widest = max((cell_len(column.cell(item).whole) for item in items), default=0)
        widths.append(max(widest, len(column.title)) if widest or column.fills else 0)
    return widths


def fit(columns: Sequence[Column[Item]], wanted: Sequence[int], width: int) -> list[int]:
    """The widths to draw with, 0 for a column that is left out. `wanted` is what `natural` said."""
    shown = [want > 0 for want in wanted]

    def needed() -> int:
        widths = [
            min(want, column.least) if column.least is not None else want
            for column, want, show in zip(columns, wanted, shown, strict=True)
            if show
        ]
        return sum(widths) + GAP * max(len(widths) - 1, 0)

    for number in sorted((n for n, column in enumerate(columns) if column.drop), key=lambda n: -columns[n].drop):
        if needed() <= width:
            break
        shown[number] = False
    spare = width - needed()
    widths = [0] * len(columns)
    for number, column in enumerate(columns):
        if shown[number]:
            widths[number] = min(wanted[number], column.least) if column.least is not None else wanted[number]
    return _share(columns, wanted, widths, spare) if spare >= 0 else _squeeze(columns, widths, -spare)


def _squeeze(columns: Sequence[Column[Item]], widths: list[int], over: int) -> list[int]:
    """Take what is too much from the columns that give way, the last ones first."""
    for number in range(len(columns) - 1, -1, -1):
        if columns[number].least is not None and widths[number]:
            less = max(min(widths[number] - LEAST, over), 0)
            widths[number] -= less
            over -= less
    return widths


def _share(columns: Sequence[Column[Item]], wanted: Sequence[int], widths: list[int], spare: int) -> list[int]:
    """Give what is left to the columns that gave way, in their order, as far as they want it."""
    for number, column in enumerate(columns):
        if column.least is not None and widths[number]:
            more = min(wanted[number] - widths[number], spare)
            widths[number] += more
            spare -= more
    return widths


def clipped(text: str, width: int) -> str:
    """`text` in exactly `width` cells; what does not fit ends in an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1) + "…", width)


def aligned(cell: Cell, column: Column[Item], width: int) -> str:
    """A cell's text, padded or clipped to its column's width."""
    whole = cell.whole
    if column.right and cell_len(whole) < width:
        return " " * (width - cell_len(whole)) + whole
    return kept(cell, width)


def kept(cell: Cell, width: int) -> str:
    """A cell's text in exactly `width` cells; its end stays where there is room for it beside some of the text."""
    room = width - cell_len(cell.tail) - 1
    if cell.tail and cell_len(cell.whole) > width and room >= LEAST:
        return f"{clipped(cell.text, room)} {cell.tail}"
    return clipped(cell.whole, width)


def spread(columns: Sequence[Column[Item]], cells: Sequence[Cell], widths: Sequence[int]) -> list[int]:
    """The widths for one row: a text that does not fit runs over into empty fields behind it, which are then 0."""
    result = list(widths)
    for number, column in enumerate(columns):
        want = cell_len(cells[number].whole) if column.least is not None and result[number] else 0
        behind = number + 1
        while want > result[number] and behind < len(columns) and not cells[behind].text:
            if result[behind]:
                result[number] += GAP + result[behind]
                result[behind] = 0
            behind += 1
    return result


def shortened(text: str, width: int, most: int) -> str:
    """`text` if it takes at most so many lines of `width` cells; else its first words, and an ellipsis."""
    lines = wrapped(text, width)
    if len(lines) <= most or width < 1:
        return text
    last = lines[most - 1]
    while cell_len(last) + 2 > width and " " in last:
        last = last.rpartition(" ")[0]
    return " ".join([*lines[: most - 1], f"{last} …"])


def _chopped(word: str, width: int) -> list[str]:
    """A word in pieces of at most `width` cells. Every letter is kept, also those that join others."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and cell_len(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at spaces where there are any."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and cell_len(line) + 1 + cell_len(word) > width:
                lines.append(line)
                line = ""
            pieces = _chopped(word, max(width, 2))
            lines += pieces[:-1]
            line = f"{line} {pieces[-1]}" if line else pieces[-1]
        lines.append(line)
    return lines
