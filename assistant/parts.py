"""A milestone that was released in parts: the site ends its row, and new rows of the same words add up to it."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.changes import normalised
from assistant.journal.sightings import RowKind, SeenRow
from assistant.money import Money
from assistant.site import ENDED, MilestoneState


def may_be_part(row: SeenRow, description: str) -> bool:
    """Whether a row of the site is worded as a part of a milestone: as it is, or as what was left of it."""
    words, said = normalised(description), normalised(row.description)
    stands = row.kind is RowKind.MILESTONE and row.state not in ENDED
    return stands and (said == words or said.startswith(f"{words} (Partial"))


def parts_of(description: str, whole: Money, rows: Iterable[SeenRow]) -> list[SeenRow]:
    """The parts of a milestone among `rows`, which are nobody else's; none unless one is released and all add up."""
    parts = [row for row in rows if may_be_part(row, description)]
    released = any(row.state is MilestoneState.RELEASED for row in parts)
    adds_up = sum(row.amount.minor for row in parts if row.amount.currency == whole.currency) == whole.minor
    return parts if len(parts) > 1 and released and adds_up else []
