"""What truly stands on the lying site: rows with their origin, and the clicks of ours that reached the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.changes import normalised
from assistant.journal import RowKind
from assistant.money import Money
from assistant.site import ENDED, MilestoneState

Label = tuple[str, Money]


def label_of(description: str, amount: Money) -> Label:
    """What makes two milestones look the same."""
    return normalised(description), amount


@dataclass
class Click:
    """One click of ours that reached the site. `rows` holds what it wrote, copies by the server itself not counted."""

    number: int
    act: str
    project: str
    description: str
    amount: Money
    at: datetime
    attempt: int
    key: str
    took_money: bool = False
    made: Row | None = None

    @property
    def label(self) -> Label:
        return label_of(self.description, self.amount)


@dataclass
class Row:
    """A milestone, request or cart as it truly is. `click` is the click of ours that made it, None for other people.

    `withdrawn`: a click of ours took it back. `copy`: the server wrote it a second time by itself. `shown_from` and
    `shown_until` are when pages list it.
    """

    ref: str
    project: str
    kind: RowKind
    description: str
    amount: Money
    state: MilestoneState
    made_at: datetime
    shown_from: datetime
    click: Click | None = None
    copy: bool = False
    request: str | None = None
    gone_at: datetime | None = None
    shown_until: datetime | None = None
    withdrawn: bool = False
    first_shown: datetime | None = None
    first_label: Label | None = None

    @property
    def label(self) -> Label:
        return label_of(self.description, self.amount)

    def __post_init__(self) -> None:
        self.first_label = self.label

    @property
    def was_shown(self) -> bool:
        """Whether any look of ours has shown it."""
        return self.first_shown is not None

    @property
    def stands(self) -> bool:
        """Whether it is there and has not ended."""
        return self.gone_at is None and self.state not in ENDED

    def is_listed(self, now: datetime) -> bool:
        """Whether a page loaded now shows it."""
        if self.shown_from > now:
            return False
        if self.gone_at is not None:
            return self.shown_until is not None and now < self.shown_until
        return True


@dataclass(frozen=True)
class Shown:
    """A row as the last look at its project showed it."""

    ref: str
    kind: RowKind
    label: Label
    stands: bool
