"""A road in text: milestones as marks on a line of days, so that projects under each other can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

WIDTH = 48


def road(dues: Sequence[date], first: date, last: date, *, ascii_only: bool = False, width: int = WIDTH) -> str:
    """`width` columns from `first` to `last`; several milestones on one spot are a digit, 10 or more a +."""
    mark, line = ("o", "-") if ascii_only else ("●", "─")
    spots = Counter(spot(due, first, last, width) for due in dues)
    if not spots:
        return " " * width
    begin, end = min(spots), max(spots)
    cells = []
    for column in range(width):
        count = spots[column]
        if count:
            cells.append(mark if count == 1 else str(count) if count < 10 else "+")
        else:
            cells.append(line if begin < column < end else " ")
    return "".join(cells)


def spot(due: date, first: date, last: date, width: int) -> int:
    """The column of a day, from 0 to width - 1."""
    days = (last - first).days
    return (due - first).days * (width - 1) // days if days > 0 else 0
