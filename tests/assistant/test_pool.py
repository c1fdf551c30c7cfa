"""One pool a project: the freelancer proposes, the client agrees and pays into a pool that names no milestone.

The real journal, matching, state machine and verdicts against a site in memory; judged by its own pool and charges.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.changes import Ways
from assistant.journal import AttemptState, Journal
from assistant.money import Money
from assistant.pool import from_pool
from assistant.site import (
    CartItem,
    CartReading,
    Look,
    MilestoneState,
    PaymentSource,
    Role,
    SiteMilestone,
    SiteProject,
    SourceKind,
    Step,
    StepKind,
    Submission,
)
from tests.assistant.fake_site import FakeSite, money
from tests.assistant.test_apply import FACTS, World, planned

AGREED, FUNDED = MilestoneState.AWAITING_PAYMENT, MilestoneState.FUNDED
CLIENT = replace(FACTS, ways=Ways(puts_up=False, paid_later=True))
FREELANCER = replace(FACTS, role=Role.FREELANCER, ways=Ways(paid_later=True))


@dataclass
class PoolSite(FakeSite):
    """`pools` are the deposits of each project, with the moment from which each is shown."""

    pools: dict[str, list[Money]] = field(default_factory=lambda: defaultdict(list))
    creating_pays: bool = True
    lags: timedelta = timedelta()
    _paid_at: object = None

    async def look(self, project: SiteProject) -> Look:
        look = await super().look(project)
        since = self._paid_at
        late = since is not None and self.clock.at < since + self.lags  # type: ignore[operator]
        shown = self.pools[project.ref][: -1 if late else None]
        deposited = sum(shown, start=money("0 USD"))
        milestones, pool = from_pool(look.milestones, deposited, deposited)
        return replace(look, milestones=milestones, pool=pool)

    async def cart(self, step: Step) -> CartReading:
        self._trouble("cart")
        self._step = step
        source = PaymentSource(SourceKind.BALANCE, "Balance", True, True, True, "USD")
        before = sum(self.pools[step.project.ref], start=money("0 USD"))
        item = CartItem("Deposit into the pool", step.amount)
        return CartReading("", step.project.ref, (item,), (), step.amount, (source,), deposited=before)

    async def pay(self, cart: CartReading) -> Submission:
        fault = self._next("pay")
        if fault == "drop before":
            return Submission(left=1, trouble="the line was dropped")
        assert self._step is not None
        self.pools[self._step.project.ref].append(cart.total)
        self.charges.append((self._step.project.ref, cart.total))
        self.balance = self.balance - cart.total
        self._paid_at = self.clock.at
        return Submission(left=1, trouble="the line was dropped" if fault == "drop after" else None)

    def _write(self, step: Step, *, late: bool) -> None:
        if step.kind is not StepKind.ACCEPT:
            return super()._write(step, late=late)
        self.remove_request(step)
        self.stand(step.description, str(step.amount), AGREED, step.project.ref)
        return None

    def remove_request(self, step: Step) -> None:
        rows = self.requests[step.project.ref]
        rows[:] = [row for row in rows if row.site_ref != step.request_ref]


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = PoolSite()
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, facts=CLIENT)


def site_of(world: World) -> PoolSite:
    assert isinstance(world.site, PoolSite)
    return world.site


def propose(world: World, *numbers: int) -> None:
    for number in numbers:
        world.site.ask(f"Milestone {number} of 3", "500.00 USD")


def row(ref: str, amount: str, state: MilestoneState = AGREED) -> SiteMilestone:
    return SiteMilestone(ref, f"row {ref}", money(amount), state, state.value)


def test_the_pool_pays_in_the_sites_order_and_skips_nothing() -> None:
    rows = [row("1", "100.00 USD"), row("2", "300.00 USD"), row("3", "50.00 USD"), row("4", "20.00 USD")]
    told, pool = from_pool(rows, money("150.00 USD"), money("150.00 USD"))
    assert [each.state for each in told] == [FUNDED, AGREED, AGREED, AGREED]
    assert pool.lacks == {
        ref: money(amount) for ref, amount in (("2", "250.00 USD"), ("3", "50.00 USD"), ("4", "20.00 USD"))
    }


def test_what_ended_or_was_released_needs_nothing_of_the_pool() -> None:
    over = [row("1", "100.00 USD", MilestoneState.RELEASED), row("2", "90.00 USD", MilestoneState.CANCELLED)]
    told, pool = from_pool([*over, row("3", "40.00 USD")], money("140.00 USD"), money("40.00 USD"))
    assert ([each.state for each in told[:2]], told[2].state) == ([each.state for each in over], FUNDED)
    assert not pool.lacks


def test_an_invoice_that_the_pool_does_not_cover_waits_for_payment() -> None:
    asked = row("1", "100.00 USD", MilestoneState.RELEASE_REQUESTED)
    assert from_pool([asked], money("100.00 USD"), money("100.00 USD"))[0] == (asked,)
    [told], _ = from_pool([asked], money("0 USD"), money("0 USD"))
    assert (told.state, told.raw) == (AGREED, "release_requested")


def test_a_client_does_not_put_up_what_the_freelancer_does(world: World) -> None:
    changes = world.preview().changes
    assert {change.kind.value for change in changes} == {"blocked"}
    assert "the freelancer puts it up: ask them" in changes[0].reason


def test_a_freelancer_asks_as_ever(world: World) -> None:
    world.facts = FREELANCER
    assert world.kinds() == ["request"] * 3
    assert world.apply().requested == 3
    assert [str(r.amount) for r in world.site.requests["1001"]] == ["500.00 USD"] * 3


def test_agreeing_takes_no_money_and_confirming_pays_each_once(world: World) -> None:
    propose(world, 1, 2, 3)
    assert world.kinds() == ["agree"] * 3
    agreed = world.apply()
    assert (agreed.accepted, agreed.confirmed, agreed.money) == (3, 0, {})
    assert not world.site.charges
    assert world.kinds() == ["confirm"] * 3
    paid = world.apply()
    assert (paid.confirmed, str(paid.money["USD"])) == (3, "1500.00 USD")
    assert site_of(world).pools["1001"] == [money("500.00 USD")] * 3
    assert world.kinds() == ["keep"] * 3
    assert not world.apply().exit_code


def test_only_what_is_missing_is_paid_and_approved(world: World) -> None:
    propose(world, 1, 2, 3)
    world.apply()
    site_of(world).pools["1001"].append(money("620.00 USD"))
    preview = world.preview()
    assert [str(c.amount) for c in preview.changes] == ["500.00 USD", "380.00 USD", "500.00 USD"]
    assert [c.kind.value for c in preview.changes] == ["keep", "confirm", "confirm"]
    assert [str(total) for total in preview.totals.values()] == ["880.00 USD"]
    assert world.apply().confirmed == 2
    assert world.site.paid == 88000


def test_confirmations_follow_the_order_of_the_pool_not_that_of_the_plan(world: World) -> None:
    propose(world, 3, 1, 2)
    order = [c.key for c in world.preview().changes]
    for description in ("Milestone 3 of 3", "Milestone 1 of 3", "Milestone 2 of 3"):
        world.site.requests["1001"].clear()
        world.site.stand(description, "500.00 USD", AGREED)
    assert order == ["m1", "m2", "m3"]
    assert [c.key for c in world.preview().changes] == ["m3", "m1", "m2"]
    assert world.apply().confirmed == 3


def test_a_milestone_of_nobodys_plan_before_ours_blocks_it(world: World) -> None:
    world.site.stand("Not in the plan", "70.00 USD", AGREED)
    world.projects = (planned(total=money("9000.00 USD")),)
    propose(world, 1)
    world.apply()
    [change, *_] = world.preview().changes
    assert (change.kind.value, "the pool pays for #501 first" in change.reason) == ("blocked", True)


def test_after_one_that_was_refused_the_next_is_not_paid_in_its_place(world: World) -> None:
    propose(world, 1, 2)
    world.apply()
    world.site.fail("cart", "gone")
    summary = world.apply()
    assert (summary.refused, summary.confirmed, world.site.paid) == (2, 0, 0)


@pytest.mark.parametrize("fault", ["drop before", "drop after"])
@pytest.mark.parametrize("lags", [0, 3])
def test_at_most_once_then_exactly_once(world: World, fault: str, lags: int) -> None:
    propose(world, 1, 2)
    world.apply()
    site_of(world).lags = timedelta(seconds=lags)
    world.site.fail("pay", fault)
    first = world.apply()
    assert first.unknown == (0 if (fault, lags) == ("drop after", 0) else 1)
    for _ in range(3):  # what shows late leaves one unknown each time
        world.clock.sleep(6)
        world.apply()
        assert len(site_of(world).pools["1001"]) <= 2
    world.clock.sleep(6)
    world.look()
    assert site_of(world).pools["1001"] == [money("500.00 USD")] * 2
    assert not [a for a in world.journal.attempts.newest() if a.state is AttemptState.UNKNOWN]


def test_a_pool_that_grew_for_another_milestone_is_for_a_person_to_settle(world: World) -> None:
    propose(world, 1)
    world.apply()
    world.site.fail("pay", "drop after")
    site_of(world).lags = timedelta(seconds=3)
    world.apply()
    world.site.milestones["1001"].insert(0, row("900", "500.00 USD"))  # the site puts another one before it
    world.clock.sleep(60)
    [change, *_] = world.preview().changes
    assert change.kind.value == "blocked"
    assert "not settled yet" in change.reason
    assert len(site_of(world).pools["1001"]) == 1


def test_what_was_paid_for_once_is_not_paid_for_again_without_a_word(world: World) -> None:
    propose(world, 1)
    world.apply()
    world.apply()
    site_of(world).pools["1001"] = [money("0.00 USD")]  # the pool was used for something else by hand
    assert world.kinds() == ["gone", "blocked", "blocked"]
    assert world.kinds(again=["1001/m1"])[0] == "confirm"


def test_the_journal_keeps_what_the_pool_lacks(world: World) -> None:
    propose(world, 1, 2)
    world.apply()
    world.look()
    look = world.journal.sightings.look(world.facts.id, world.site.listed[0])
    assert look is not None
    assert look.pool is not None
    assert (str(look.pool.deposited), [str(each) for each in look.pool.lacks.values()]) == (
        "0.00 USD",
        ["500.00 USD"] * 2,
    )
