"""What happened between two looks: a table of rows before and after, and what is told of them."""

from __future__ import annotations

import pytest

from assistant.checks.compare import happenings
from assistant.checks.finding import Kind, Sure
from assistant.checks.history import Step
from assistant.journal import RowKind, SeenRow
from assistant.money import Money
from assistant.site import MilestoneState as State

BEFORE, AFTER, LATER = "2026-12-01T10:00:00+00:00", "2026-12-02T10:00:00+00:00", "2026-12-03T10:00:00+00:00"


def row(
    state: State = State.FUNDED,
    ref: str = "1",
    text: str = "Design",
    amount: str = "100.00 USD",
    kind: RowKind = RowKind.MILESTONE,
    at: str = BEFORE,
    *,
    present: bool = True,
) -> SeenRow:
    return SeenRow("1001", kind, ref, present, text, Money.parse(amount), state, state.value, "", at)


def ask(state: State = State.REQUESTED, ref: str = "7", text: str = "Design", **values: object) -> SeenRow:
    return row(state, ref, text, kind=RowKind.REQUEST, **values)  # type: ignore[arg-type]


def cart(ref: str = "9", **values: object) -> SeenRow:
    return row(State.AWAITING_PAYMENT, ref, kind=RowKind.CART, **values)  # type: ignore[arg-type]


def gone(old: SeenRow) -> SeenRow:
    return SeenRow(**{**vars(old), "present": False, "seen_at": AFTER})


def told(before: list[SeenRow], changed: list[SeenRow], *, hides: bool = True) -> list[tuple[Kind, str, Sure]]:
    """(kind, what it was before, how sure) of what the second look changed."""
    steps = [Step(BEFORE, "", True, tuple(before)), Step(AFTER, BEFORE, False, tuple(changed))]
    found = [each for each in happenings(steps, hides_cancelled=hides) if each.at == AFTER]
    assert all(each.earliest == BEFORE for each in found)
    return [(each.kind, each.before, each.sure) for each in found]


SHOWN, LIKELY = Sure.SHOWN, Sure.LIKELY
CASES = {
    "nothing": ([row()], [], []),
    "funded": ([], [row()], [(Kind.FUNDED, "", SHOWN)]),
    "request funded": ([ask()], [gone(ask()), row()], [(Kind.FUNDED, "requested", SHOWN)]),
    "request funded, still listed": ([ask()], [ask(State.UNCLEAR), row()], [(Kind.FUNDED, "requested", SHOWN)]),
    "one of two like requests funded": (
        [ask(ref="7"), ask(ref="8")],
        [gone(ask(ref="7")), row()],
        [(Kind.FUNDED, "requested", SHOWN)],
    ),
    "cart paid": ([cart()], [gone(cart()), row()], [(Kind.FUNDED, "an open cart", SHOWN)]),
    "cart put up": ([], [cart()], [(Kind.AWAITING_PAYMENT, "", SHOWN)]),
    "cart thrown away": ([cart()], [gone(cart())], []),
    "requested": ([], [ask()], [(Kind.REQUESTED, "", SHOWN)]),
    "declined": ([ask()], [ask(State.DECLINED)], [(Kind.DECLINED, "requested", SHOWN)]),
    "request withdrawn": ([ask()], [gone(ask())], [(Kind.WITHDRAWN, "requested", SHOWN)]),
    "request ended and gone": ([ask(State.DECLINED)], [gone(ask(State.DECLINED))], []),
    "release asked": ([row()], [row(State.RELEASE_REQUESTED)], [(Kind.RELEASE_REQUESTED, "funded", SHOWN)]),
    "released": (
        [row(State.RELEASE_REQUESTED)],
        [row(State.RELEASED)],
        [(Kind.RELEASED, "release requested", SHOWN)],
    ),
    "released in part": (
        [row()],
        [
            gone(row()),
            row(State.RELEASED, "2", amount="40.00 USD"),
            row(ref="3", text="Design (Partial Release 2)", amount="60.00 USD"),
        ],
        [(Kind.PARTIAL_RELEASE, "100.00 USD funded", SHOWN)],
    ),
    "parts that do not add up": (
        [row()],
        [gone(row()), row(State.RELEASED, "2", amount="40.00 USD"), row(ref="3", amount="61.00 USD")],
        [(Kind.CANCELLED, "funded", LIKELY), (Kind.RELEASED, "", SHOWN), (Kind.FUNDED, "", SHOWN)],
    ),
    "cancel asked": ([row()], [row(State.CANCEL_REQUESTED)], [(Kind.CANCEL_REQUESTED, "funded", SHOWN)]),
    "cancel refused": (
        [row(State.CANCEL_REQUESTED)],
        [row()],
        [(Kind.CANCEL_WITHDRAWN, "cancel requested", SHOWN)],
    ),
    "cancelled as asked": (
        [row(State.CANCEL_REQUESTED)],
        [gone(row(State.CANCEL_REQUESTED))],
        [(Kind.CANCELLED, "cancel requested", SHOWN)],
    ),
    "cancelled, row gone": ([row()], [gone(row())], [(Kind.CANCELLED, "funded", LIKELY)]),
    "cancelled, row stays": ([row()], [row(State.CANCELLED)], [(Kind.CANCELLED, "funded", SHOWN)]),
    "cancelled row leaves": ([row(State.CANCELLED)], [gone(row(State.CANCELLED))], []),
    "released and gone": (
        [row(State.RELEASED)],
        [gone(row(State.RELEASED))],
        [(Kind.MISSING, "released", SHOWN)],
    ),
    "disputed": ([row()], [row(State.DISPUTED)], [(Kind.DISPUTED, "funded", SHOWN)]),
    "dispute over": ([row(State.DISPUTED)], [row()], [(Kind.DISPUTE_OVER, "disputed", SHOWN)]),
    "amount": ([row()], [row(amount="90.00 USD")], [(Kind.AMOUNT_CHANGED, "100.00 USD", SHOWN)]),
    "words": ([row()], [row(text="Else")], [(Kind.DESCRIPTION_CHANGED, "“Design”", SHOWN)]),
    "only blanks in the words": ([row()], [row(text="Design ")], []),
    "state and amount": (
        [row()],
        [row(State.DISPUTED, amount="90.00 USD")],
        [(Kind.DISPUTED, "funded", SHOWN), (Kind.AMOUNT_CHANGED, "100.00 USD", SHOWN)],
    ),
    "a word without a rule": ([row()], [row(State.UNCLEAR)], [(Kind.UNCLEAR, "funded", SHOWN)]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_two_looks_tell(name: str) -> None:
    before, changed, expected = CASES[name]
    assert told(before, changed) == expected


def test_where_cancelled_rows_stay_one_that_is_gone_is_missing() -> None:
    assert told([row()], [gone(row())], hides=False) == [(Kind.MISSING, "funded", SHOWN)]


def test_a_first_look_tells_only_what_lasts() -> None:
    rows = [row(), row(State.RELEASED, "2"), row(State.DISPUTED, "3"), ask(), cart()]
    found = happenings([Step(BEFORE, "", True, tuple(rows))], hides_cancelled=True)
    assert [each.kind for each in found] == [Kind.DISPUTED, Kind.REQUESTED, Kind.AWAITING_PAYMENT]
    assert all(each.lasts and not each.earliest for each in found)


def test_what_lasts_is_over_when_the_row_moves_on() -> None:
    steps = [
        Step(BEFORE, "", True, (row(),)),
        Step(AFTER, BEFORE, False, (row(State.DISPUTED, at=AFTER),)),
        Step(LATER, AFTER, False, (row(State.RELEASED, at=LATER),)),
    ]
    found = happenings(steps, hides_cancelled=True)
    assert [(each.kind, each.lasts) for each in found] == [(Kind.DISPUTED, False), (Kind.RELEASED, False)]
    assert [each.lasts for each in happenings(steps[:2], hides_cancelled=True)] == [True]
