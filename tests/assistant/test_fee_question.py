"""A fee above what was approved: asked about, and paid only by a person's own figure. Judged by the site's charges."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.apply import Carrier
from assistant.approval import Cap, SpendLimits
from assistant.attempting import FEE_APPROVED
from assistant.errors import NobodyCame
from assistant.fee_question import FeeQuestions
from assistant.journal import AttemptState, Journal, RunKind, Wanted
from assistant.money import Money
from assistant.person import Need
from assistant.person_line import Said
from assistant.site import CartReading, PaymentSource, SourceKind, Step, Submission
from assistant.summary import Summary
from tests.assistant.fake_site import FakeSite, money
from tests.assistant.test_apply import FACTS, RULES, WHOLE, World

Does = Callable[[], None]


class Somebody:
    """Says one line after the other; when none is left, nobody is there. `meanwhile` happens while they think."""

    def __init__(self, *lines: Said, meanwhile: Does = lambda: None) -> None:
        self.asked_for: list[tuple[str, Mapping[str, Any]]] = []
        self._lines = list(lines)
        self._meanwhile = meanwhile

    @asynccontextmanager
    async def asked(self, need: Need, words: str, figures: Mapping[str, Any] | None = None) -> AsyncIterator[None]:
        assert need is Need.FEE
        self.asked_for.append((words, figures or {}))
        yield

    async def said(self, seconds: float) -> Said | None:
        if not self._lines:
            return None
        self._meanwhile()
        return self._lines.pop(0)

    def check(self) -> None:
        if not self._lines:
            raise NobodyCame("nobody did what the run waited for within 15 minutes")


YES = Said(amount="503.00 USD")
FEE = money("3.00 USD")


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = FakeSite(fee=FEE)
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)


def carry(world: World, somebody: Somebody | None, fees: Money | None = None) -> Summary:
    order = world.order()
    order = replace(order, projects=tuple(replace(each, fees=fees) for each in order.projects))
    run = world.journal.runs.ask(RunKind.APPLY, world.facts.id, "anna", {})

    async def between() -> Wanted:
        return Wanted.GO

    questions = FeeQuestions(somebody)
    carrier = Carrier(order, world.site, world.journal, run, RULES, between, fee_questions=questions)
    return asyncio.run(carrier.carry_out())


def reasons(world: World) -> list[str]:
    return [attempt.reason or "" for attempt in world.journal.attempts.newest()][::-1]


def test_each_fee_is_paid_by_what_a_person_types_for_it_and_kept(world: World) -> None:
    somebody = Somebody(Said(amount="503.00"), Said(amount=" 503.00 usd"), YES)
    assert carry(world, somebody).created == 3
    assert world.site.funded() == WHOLE
    words, figures = somebody.asked_for[0]
    for told in (
        "Website (#1001), “Milestone 1 of 3” (m1)",
        "'Processing Fee' 3.00 USD",
        "approved are 0.00 USD at most",
        "it takes 503.00 USD",
    ):
        assert told in words
    assert (figures["fees"], figures["allowed"], figures["total"]) == ("3.00", "0.00", "503.00")
    for attempt in world.journal.attempts.newest():
        assert attempt.fees == "3.00 USD"
        [kept] = [one for one in world.journal.attempts.evidence_of(attempt.id) if one["moment"] == FEE_APPROVED]
        assert kept["figures"]["typed"].strip().startswith("503.00")
    assert [event.kind for event in world.journal.runs.events(2)].count(FEE_APPROVED) == 3


def test_fees_that_were_approved_with_the_total_are_paid_unasked_and_not_one_more(world: World) -> None:
    somebody = Somebody(Said(no=True))
    assert carry(world, somebody, fees=money("8.99 USD")).created == 2
    [(_, figures)] = somebody.asked_for
    assert (figures["key"], figures["allowed"]) == ("m3", "2.99")
    assert len(world.site.charges) == 2


def test_fees_that_were_approved_with_the_total_give_way_to_a_cap(world: World) -> None:
    world.facts = replace(FACTS, limits=SpendLimits(caps=(Cap("USD", milestone=money("502.99 USD")),)))
    assert carry(world, None, fees=money("9.00 USD")).refused == 3
    assert "over the cap" in reasons(world)[0]


def test_another_figure_is_asked_for_again_and_a_no_leaves_the_cart(world: World) -> None:
    somebody = Somebody(Said(amount="500.00 USD"), Said(amount="all of it"), Said(done=True), Said(no=True), YES, YES)
    summary = carry(world, somebody)
    assert (summary.refused, summary.created) == (1, 2)
    asked = [words for words, _ in somebody.asked_for]
    assert "typed was 500.00 USD, not 503.00 USD" in asked[1]
    assert "is not an amount" in asked[2]
    assert "a person refused the fee of 3.00 USD" in reasons(world)[0]
    assert len(world.site.charges) == 2
    assert [cart.charged for cart in world.site.carts["1001"]] == [False, True, True]


def test_where_nobody_is_or_comes_nothing_is_paid_and_nobody_is_asked_twice(world: World) -> None:
    assert carry(world, None).refused == 3
    assert all("nobody is there to be asked" in reason for reason in reasons(world))
    somebody = Somebody()
    assert carry(world, somebody).refused == 3
    assert len(somebody.asked_for) == 1
    assert "nobody did what the run waited for" in reasons(world)[3]
    assert world.site.paid == 0


def test_a_cart_that_is_listed_with_its_fee_is_taken_up_and_not_made_again(world: World) -> None:
    world.site.lists_fees = True
    assert carry(world, Somebody(Said(no=True), Said(no=True))).refused == 3
    assert world.kinds() == ["confirm"] * 3
    assert carry(world, Somebody(YES, YES, YES)).confirmed == 3
    assert world.site.funded() == WHOLE
    assert len(world.site.carts["1001"]) == 3


@pytest.mark.parametrize("what", ["fee", "amount", "source"])
def test_a_cart_that_is_another_after_the_answer_is_not_paid(world: World, what: str) -> None:
    def change() -> None:
        if what == "fee":
            world.site.fee = money("3.01 USD")
        elif what == "amount":
            world.site.cart_amount, world.site.fee = money("499.00 USD"), money("4.00 USD")
        else:
            world.site.sources = (PaymentSource(SourceKind.BALANCE, "Balance", True, True, False),)

    carry(world, Somebody(YES, meanwhile=change))
    assert world.site.paid == 0
    assert {attempt.state for attempt in world.journal.attempts.newest()} == {AttemptState.REFUSED}


@pytest.mark.parametrize(
    "cap",
    [
        Cap("USD", milestone=money("502.99 USD")),
        Cap("USD", run=money("1502.00 USD")),
        Cap("USD", day=money("1502.00 USD")),
    ],
)
def test_no_yes_goes_over_a_cap(world: World, cap: Cap) -> None:
    world.facts = replace(FACTS, limits=SpendLimits(caps=(cap,)))
    somebody = Somebody(YES, YES, YES, YES)
    carry(world, somebody)
    most = 0 if cap.milestone else 2
    assert (len(world.site.charges), len(somebody.asked_for)) == (most, most)
    assert "over the cap" in reasons(world)[-1]


def test_a_yes_after_the_approval_has_run_out_pays_nothing(world: World) -> None:
    somebody = Somebody(YES, meanwhile=lambda: world.clock.sleep(3601))
    carry(world, somebody)
    assert world.site.paid == 0
    assert "the approval has run out" in reasons(world)[0]


class Slow(FakeSite):
    """Takes more than an hour for one of its steps."""

    at = ""

    async def prepare(self, step: Step) -> None:
        await super().prepare(step)
        self._take_long("prepare")

    async def submit(self, step: Step) -> Submission:
        submission = await super().submit(step)
        self._take_long("submit")
        return submission

    async def cart(self, step: Step) -> CartReading:
        reading = await super().cart(step)
        self._take_long("cart")
        return reading

    def _take_long(self, at: str) -> None:
        if at == self.at:
            self.clock.at += timedelta(minutes=61)


@pytest.mark.parametrize(("at", "clicks"), [("prepare", 0), ("submit", 1), ("cart", 1)])
def test_the_approvals_end_is_looked_at_right_before_each_click(world: World, at: str, clicks: int) -> None:
    world.site = slow = Slow(clock=world.clock)
    slow.at = at
    carry(world, None)
    assert (len(slow.clicks), slow.charges) == (clicks, [])
    assert "the approval has run out" in reasons(world)[0]
