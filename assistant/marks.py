"""Marks on a project's road: what stands on the site for each planned milestone, by the journal's last look.

The matching is that of a preview (`assistant.matching`), so a mark never shows another row than a run would keep or
adopt. One rule is added, for freelancers: a request is not money. A milestone that stands beside its request is the
mark; without one the mark is `requested`, whatever the site says about the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain

from assistant.changes import Change, ChangeKind, Label, Memory, Ways, label_of
from assistant.clock import moment
from assistant.journal import Claim, RowKind, SeenRow
from assistant.journal.sightings import rows_of
from assistant.matching import changes_of
from assistant.money import Money
from assistant.parts import may_be_part
from assistant.plans.planned import PlannedMilestone, PlannedProject
from assistant.site import ENDED, HOLDS_MONEY, Look, MilestoneState, Role

Name = tuple[RowKind, str]


class Absent(StrEnum):
    """What a mark is where no row of the site stands for it and yet it is not merely planned."""

    GONE = "gone"
    """The journal once had a row for it, and the last look did not show it."""
    UNKNOWN = "unknown"
    """The project was never looked at, or cannot be told."""


MarkState = MilestoneState | Absent

HELD = frozenset({MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED})
"""States in which the platform holds the money and nobody has objected."""

IN_DOUBT = frozenset({MilestoneState.DISPUTED, MilestoneState.CANCEL_REQUESTED})
"""States in which the platform holds the money, and who gets it is in question."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One planned milestone as it stands. `amount` is the plan's, `seen_amount` that of the site's row, if any.

    `since` is from when on the journal knows it in this state; `asked_then` says that Milepost itself asked for it
    at that moment, so that the time is exact and not only "at the latest then".
    """

    key: str
    description: str
    amount: Money
    due: date | None
    state: MarkState
    raw: str = ""
    """The site's own word."""
    seen_amount: Money | None = None
    site_ref: str | None = None
    since: datetime | None = None
    asked_then: bool = False
    note: str = ""
    released_part: Money | None = None
    """What was released of it already, where it was released in parts; `seen_amount` is what is left."""
    taken_back: bool = False
    """Whether its pending request is to be withdrawn."""

    @property
    def at_stake(self) -> Money:
        """The site's amount where a row stands, else the plan's."""
        return self.seen_amount if self.seen_amount is not None else self.amount

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for it."""
        return {
            "key": self.key,
            "state": self.state.value,
            "raw": self.raw,
            "amount": self.amount.amount_text,
            "seen_amount": self.seen_amount.amount_text if self.seen_amount is not None else None,
            "released_part": self.released_part.amount_text if self.released_part is not None else None,
            "due": self.due.isoformat() if self.due else None,
            "site_ref": self.site_ref,
            "since": self.since.isoformat() if self.since else None,
            "note": self.note,
        }


@dataclass(frozen=True)
class History:
    """What the journal remembers of one project's rows."""

    memory: Memory
    last: Mapping[Name, SeenRow] = field(default_factory=dict)
    """Every row as last seen; its `seen_at` is when it came to be as it is."""
    first_seen: Mapping[Name, str] = field(default_factory=dict)


def unknown_marks(planned: PlannedProject) -> tuple[Mark, ...]:
    """The marks of a project that nothing is known of."""
    return tuple(Mark(m.key, m.description, m.amount, m.due, Absent.UNKNOWN) for m in planned.milestones)


def marks_of(
    planned: PlannedProject, look: Look, history: History, role: Role, ways: Ways
) -> tuple[tuple[Mark, ...], int]:
    """The marks in the plan's order, and how many standing rows belong to no planned milestone."""
    changes: dict[str, list[Change]] = {}
    for change in changes_of(planned, look, history.memory, role, ways=ways):
        changes.setdefault(change.key, []).append(change)  # a request that is withdrawn and asked anew has two
    own = {m.key: rows for m in planned.milestones if (rows := _own_rows(m, changes[m.key], look, history))}
    spare = _spare_rows(planned, look, history, chain.from_iterable(own.values()))
    for key, rows in own.items():
        if rows[0].kind is RowKind.REQUEST and (milestone := _in_place_of(rows[0], spare)):
            spare.remove(milestone)
            own[key] = [milestone]
    marks = tuple(_mark(m, changes[m.key], own.get(m.key, []), history) for m in planned.milestones)
    return tuple(replace(m, taken_back=m.taken_back or m.key in planned.withdraw) for m in marks), len(spare)


def _own_rows(milestone: PlannedMilestone, changes: Sequence[Change], look: Look, history: History) -> list[SeenRow]:
    """The row that is this milestone, not one that only looks like it; several where it was released in parts."""
    change = next((each for each in changes if each.row is not None), None)
    row = change.row if change is not None else None
    if change is None or row is None or row.state in ENDED:
        return []
    claim = history.memory.claims.get(milestone.key)
    named = milestone.site_ref is not None and row.site_ref == milestone.site_ref
    claimed = claim is not None and (claim.kind, claim.site_ref) == (row.kind, row.site_ref)
    exact = _label(row) == label_of(milestone.description, milestone.amount)
    if named or claimed or exact:
        return [row]
    return _parts(milestone, look) if change.kind is ChangeKind.KEEP else []


def _parts(milestone: PlannedMilestone, look: Look) -> list[SeenRow]:
    """The rows of a milestone that was released in parts: they share its words, as `changes_of` has found."""
    return [row for row in rows_of(look) if may_be_part(row, milestone.description)]


def _label(row: SeenRow) -> Label:
    return label_of(row.description, row.amount)


def _spare_rows(planned: PlannedProject, look: Look, history: History, taken: Iterable[SeenRow]) -> list[SeenRow]:
    """Standing rows that are no planned milestone's, here or in another project, and not ignored."""
    names = {(row.kind, row.site_ref) for row in taken}
    names |= {(claim.kind, claim.site_ref) for claim in history.memory.claims.values()}
    names |= history.memory.claimed_elsewhere
    return [
        row
        for row in rows_of(look)
        if (row.kind, row.site_ref) not in names and row.site_ref not in planned.ignore and row.state not in ENDED
    ]


def _in_place_of(request: SeenRow, spare: Iterable[SeenRow]) -> SeenRow | None:
    """The milestone that came of a request which the site still lists."""
    return next((row for row in spare if row.kind is RowKind.MILESTONE and _label(row) == _label(request)), None)


def _mark(milestone: PlannedMilestone, changes: Sequence[Change], rows: Sequence[SeenRow], history: History) -> Mark:
    made = Mark(
        milestone.key,
        milestone.description,
        milestone.amount,
        milestone.due,
        MilestoneState.PLANNED,
        taken_back=any(change.kind is ChangeKind.WITHDRAW for change in changes),
    )
    claim = history.memory.claims.get(milestone.key)
    if not rows:
        return _without_row(made, milestone, changes[-1], claim, history)
    left = [row for row in rows if row.state is not MilestoneState.RELEASED] or [rows[-1]]
    released = [row.amount.minor for row in rows if row not in left]
    row = left[0]
    since, asked_then = _since(row, claim, history)
    differs = row.amount != milestone.amount or changes[0].kind is ChangeKind.BLOCKED
    return replace(
        made,
        state=_state(row),
        raw=row.raw,
        seen_amount=Money(sum(each.amount.minor for each in left), row.amount.currency),
        released_part=Money(sum(released), row.amount.currency) if released else None,
        site_ref=row.site_ref,
        since=since,
        asked_then=asked_then,
        note=changes[0].reason if differs or made.taken_back else "",
    )


def _state(row: SeenRow) -> MilestoneState:
    """The row's state; a request or cart that the site calls funded is still no money."""
    if row.kind is RowKind.MILESTONE or row.state not in HOLDS_MONEY:
        return row.state
    return MilestoneState.REQUESTED if row.kind is RowKind.REQUEST else MilestoneState.UNCLEAR


def _since(row: SeenRow, claim: Claim | None, history: History) -> tuple[datetime, bool]:
    """From when on it is in its state; a request counts from when it was asked for."""
    name = (row.kind, row.site_ref)
    seen = history.last[name].seen_at if name in history.last else row.seen_at
    if _state(row) is not MilestoneState.REQUESTED:
        return moment(seen), False
    asked = claim is not None and claim.how == "created" and (claim.kind, claim.site_ref) == name
    times = [history.first_seen.get(name, seen), *([claim.since] if asked and claim else [])]
    return moment(min(times)), asked


def _without_row(
    made: Mark, milestone: PlannedMilestone, change: Change, claim: Claim | None, history: History
) -> Mark:
    """Planned only; or ended or gone, where the journal or the plan knew a row for it."""
    made = replace(made, note=change.reason if change.kind in (ChangeKind.BLOCKED, ChangeKind.KEEP) else "")
    names = [(claim.kind, claim.site_ref)] if claim is not None else []
    if milestone.site_ref is not None:
        names = [(kind, milestone.site_ref) for kind in (RowKind.MILESTONE, RowKind.REQUEST)]
    last = next((history.last[name] for name in names if name in history.last), None)
    if last is not None:
        state: MarkState = _state(last) if last.present else Absent.GONE
        return replace(made, state=state, raw=last.raw, site_ref=last.site_ref, since=moment(last.seen_at))
    if claim is not None and milestone.site_ref is None:
        return replace(made, state=Absent.GONE, site_ref=claim.site_ref, since=moment(claim.since))
    return made
