"""What happened between two looks at one project: the rows before and after, and nothing else, tell it.

Sites give no history, so it is read from differences. What could be two things is said to be LIKELY: a milestone that
left the page was most likely cancelled where the site takes cancelled ones off it, and is missing otherwise. Replaced
rows belong together: a request that became a milestone, a milestone that was released in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.changes import normalised
from assistant.checks.finding import Kind, Sure
from assistant.checks.history import Step
from assistant.journal import RowKind, SeenRow
from assistant.money import Money
from assistant.site import ENDED, MilestoneState

Name = tuple[RowKind, str]

_BECAME = {
    MilestoneState.FUNDED: Kind.FUNDED,
    MilestoneState.AWAITING_PAYMENT: Kind.AWAITING_PAYMENT,
    MilestoneState.RELEASE_REQUESTED: Kind.RELEASE_REQUESTED,
    MilestoneState.RELEASED: Kind.RELEASED,
    MilestoneState.CANCEL_REQUESTED: Kind.CANCEL_REQUESTED,
    MilestoneState.CANCELLED: Kind.CANCELLED,
    MilestoneState.DISPUTED: Kind.DISPUTED,
    MilestoneState.UNCLEAR: Kind.UNCLEAR,
}
"""What a milestone's new state says by itself."""

LASTING = frozenset(
    {
        Kind.REQUESTED,
        Kind.AWAITING_PAYMENT,
        Kind.RELEASE_REQUESTED,
        Kind.CANCEL_REQUESTED,
        Kind.DISPUTED,
        Kind.UNCLEAR,
    }
)
"""What holds while the row stays as it is, and is told at a first look, too; everything else is news, and then over."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened to one row. `row` is as it is now, or as it was last seen where it is gone.

    `at` is the look that showed it, `earliest` the look before: it happened between the two ("" where there was none).
    """

    kind: Kind
    row: SeenRow
    at: str
    earliest: str = ""
    before: str = ""
    sure: Sure = Sure.SHOWN
    lasts: bool = False
    """Whether it still holds: always False for what is news."""
    released: Money | None = None
    """Of a partial release: what was paid out."""

    @property
    def name(self) -> str:
        """What tells it from every other happening of the account."""
        return f"{self.kind}|{self.row.project_ref}|{self.row.kind}:{self.row.site_ref}|{self.at}"


def happenings(steps: Sequence[Step], *, hides_cancelled: bool) -> tuple[Happening, ...]:
    """Everything that happened on a project, oldest first, by its looks. A first look tells only what lasts."""
    known: dict[Name, SeenRow] = {}
    found: list[Happening] = []
    for step in steps:
        look = _OneLook(step, known, hides_cancelled)
        found += look.at_first() if step.first else look.tell()
        known |= {(row.kind, row.site_ref): row for row in step.rows}
    return tuple(_still(each, known) for each in found)


def _still(happening: Happening, known: dict[Name, SeenRow]) -> Happening:
    """A lasting happening lasts while the row is in the state that it told of."""
    if happening.kind not in LASTING:
        return happening
    row = known.get((happening.row.kind, happening.row.site_ref))
    lasts = row is not None and row.present and row.state is happening.row.state
    return replace(happening, lasts=lasts)


@dataclass
class _OneLook:
    """One look against what was known; the lists shrink as their rows are told of."""

    step: Step
    known: dict[Name, SeenRow]
    hides_cancelled: bool

    def __post_init__(self) -> None:
        rows = self.step.rows
        before = {row: self.known.get((row.kind, row.site_ref)) for row in rows}
        self.appeared = [row for row in rows if row.present and not _was_there(before[row])]
        self.gone = [old for row in rows if not row.present and (old := before[row]) is not None and old.present]
        self.moved = [(old, row) for row in rows if row.present and (old := before[row]) is not None and old.present]

    def at_first(self) -> Iterable[Happening]:
        """What lasts, of how things stood."""
        told = (self._appearance(row) for row in self.appeared)
        return [each for each in told if each is not None and each.kind in LASTING]

    def tell(self) -> Iterable[Happening]:
        """What happened, in the order in which it is told."""
        found = [*self._parts(), *self._funded_requests()]
        for old, row in self.moved:
            found += self._changes(old, row)
        found += [each for row in self.gone if (each := self._loss(row)) is not None]
        found += [each for row in self.appeared if (each := self._appearance(row)) is not None]
        return found

    def _made(self, kind: Kind, row: SeenRow, before: str = "", sure: Sure = Sure.SHOWN) -> Happening:
        return Happening(kind, row, self.step.seen_at, self.step.before, before, sure)

    def _parts(self) -> list[Happening]:
        """A milestone that gave way to a released part and what is left of it."""
        found = []
        ended = [*self.gone, *(old for old, row in self.moved if row.state is MilestoneState.CANCELLED)]
        for old in [row for row in ended if row.kind is RowKind.MILESTONE]:
            parts = [row for row in self.appeared if _is_part(old, row)]
            paid = [row for row in parts if row.state is MilestoneState.RELEASED]
            if not paid or sum(row.amount.minor for row in parts) != old.amount.minor:
                continue
            left = next((row for row in parts if row not in paid), paid[-1])
            made = self._made(Kind.PARTIAL_RELEASE, left, f"{old.amount} {_word(old.state)}")
            released = Money(sum(row.amount.minor for row in paid), old.amount.currency)
            found.append(replace(made, released=released))
            self._settled(old, *parts)
        return found

    def _funded_requests(self) -> list[Happening]:
        """A request, or an open cart, that became a milestone with the same words and amount."""
        found = []
        waiting = [old for old in self.gone if old.kind is not RowKind.MILESTONE]
        waiting += [
            old
            for old, row in self.moved
            if old.kind is RowKind.REQUEST and old.state is not row.state and row.state not in ENDED
        ]
        for old in waiting:
            made = next((row for row in self.appeared if _is_made_of(old, row)), None)
            if made is not None:
                word = "an open cart" if old.kind is RowKind.CART else "requested"
                kind = _BECAME.get(made.state, Kind.FUNDED)
                found.append(self._made(kind, made, word))
                self._settled(old, made)
        return found

    def _settled(self, old: SeenRow, *made: SeenRow) -> None:
        """Nothing more is told of these rows."""
        self.gone = [row for row in self.gone if row is not old]
        self.moved = [pair for pair in self.moved if pair[0] is not old]
        self.appeared = [row for row in self.appeared if row not in made]

    def _changes(self, old: SeenRow, row: SeenRow) -> list[Happening]:
        """What is different of a row that is still there."""
        found = []
        if old.state is not row.state and (kind := _kind_of_move(old, row)) is not None:
            found.append(self._made(kind, row, _word(old.state)))
        if old.amount != row.amount:
            found.append(self._made(Kind.AMOUNT_CHANGED, row, str(old.amount)))
        if normalised(old.description) != normalised(row.description):
            found.append(self._made(Kind.DESCRIPTION_CHANGED, row, f"“{old.description}”"))
        return found

    def _loss(self, old: SeenRow) -> Happening | None:
        """What became of a row that is gone; None where nothing is lost with it."""
        if old.state in ENDED or old.kind is RowKind.CART:
            return None
        was = _word(old.state)
        if old.kind is RowKind.REQUEST:
            return self._made(Kind.WITHDRAWN, old, was) if old.state is MilestoneState.REQUESTED else None
        if old.state is MilestoneState.CANCEL_REQUESTED and self.hides_cancelled:
            return self._made(Kind.CANCELLED, old, was)
        if self.hides_cancelled and old.state in (MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED):
            return self._made(Kind.CANCELLED, old, was, Sure.LIKELY)
        return self._made(Kind.MISSING, old, was)

    def _appearance(self, row: SeenRow) -> Happening | None:
        """What a row means that was not there before."""
        if row.kind is RowKind.REQUEST:
            kinds = {MilestoneState.REQUESTED: Kind.REQUESTED, MilestoneState.DECLINED: Kind.DECLINED}
            kind = kinds.get(row.state)  # the site's word for one that became a milestone is unclear on purpose
        else:
            kind = _BECAME.get(row.state)
        return self._made(kind, row) if kind is not None else None


def _was_there(old: SeenRow | None) -> bool:
    return old is not None and old.present


def _kind_of_move(old: SeenRow, row: SeenRow) -> Kind | None:
    """What a row's step from one state to another is called; None where it is nothing to tell."""
    if row.kind is RowKind.REQUEST:
        kinds = {
            MilestoneState.REQUESTED: Kind.REQUESTED,
            MilestoneState.DECLINED: Kind.DECLINED,
            MilestoneState.CANCELLED: Kind.WITHDRAWN,
        }
        return kinds.get(row.state)
    if row.state is MilestoneState.FUNDED:
        if old.state is MilestoneState.CANCEL_REQUESTED:
            return Kind.CANCEL_WITHDRAWN
        if old.state is MilestoneState.DISPUTED:
            return Kind.DISPUTE_OVER
    return _BECAME.get(row.state)


def _is_part(old: SeenRow, row: SeenRow) -> bool:
    words, own = normalised(old.description), normalised(row.description)
    same = own == words or own.startswith(f"{words} (Partial")
    return same and row.kind is RowKind.MILESTONE and row.amount.currency == old.amount.currency


def _is_made_of(old: SeenRow, row: SeenRow) -> bool:
    same = normalised(row.description) == normalised(old.description) and row.amount == old.amount
    return same and row.kind is RowKind.MILESTONE


def _word(state: MilestoneState) -> str:
    return state.value.replace("_", " ")
