"""A site on which milestones are put up without money and paid for one at a time, in order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.accounts import ways_of
from assistant.changes import Ways
from assistant.errors import CouldNotRead
from assistant.journal import AttemptState, Journal
from assistant.platform import PlatformRules, load_rules
from assistant.site import CartItem, CartReading, MilestoneState, PaymentSource, Role, SourceKind, Step, Submission
from assistant.switches import Switches, why_not_driven
from tests.assistant.fake_site import FakeSite, money
from tests.assistant.test_apply import FACTS, World, planned

IN_ORDER = Ways(paid_later=True, one_active=True)
WAITS, FUNDED, RELEASED = MilestoneState.AWAITING_PAYMENT, MilestoneState.FUNDED, MilestoneState.RELEASED


@dataclass
class InOrder(FakeSite):
    """Creating puts a milestone up; what pays is a dialog on its row, which only the first that is not over has."""

    _paying: str | None = None

    def _write(self, step: Step, *, late: bool) -> None:
        self.stand(step.description, str(step.amount), WAITS, step.project.ref)

    async def submit(self, step: Step) -> Submission:
        self.creating_pays = True  # the form finishes the step: there is no cart
        return await super().submit(step)

    async def cart(self, step: Step) -> CartReading:
        self._trouble("cart")
        first = next(row for row in self.milestones[step.project.ref] if row.state is not RELEASED)
        if first.site_ref != step.site_ref or first.state is not WAITS:
            raise CouldNotRead(f"#{step.site_ref} has no button that pays")
        self._paying = first.site_ref
        source = PaymentSource(SourceKind.BALANCE, "Balance", True, True, True, "USD")
        item = CartItem(first.description, first.amount)
        return CartReading(first.site_ref, step.project.ref, (item,), (), first.amount, (source,))

    async def pay(self, cart: CartReading) -> Submission:
        fault = self._next("pay")
        if fault != "drop before":
            self._set(str(self._paying), FUNDED)
            self.charges.append((cart.site_ref, cart.total))
            self.balance = self.balance - cart.total
        return Submission(left=1, trouble=fault)

    def release(self) -> None:
        """The client lets the money of the active one go, by hand."""
        self._set(next(row for row in self.milestones["1001"] if row.state is FUNDED).site_ref, RELEASED)

    def _set(self, site_ref: str, state: MilestoneState) -> None:
        rows = self.milestones["1001"]
        rows[:] = [replace(row, state=state) if row.site_ref == site_ref else row for row in rows]

    def states(self) -> list[str]:
        return [row.state.value for row in self.milestones.get("1001", [])]


@pytest.fixture
def site() -> InOrder:
    return InOrder()


@pytest.fixture
def world(site: InOrder, tmp_path: Path) -> World:
    facts = replace(FACTS, ways=IN_ORDER)
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, facts=facts)


def test_each_is_paid_for_once_those_before_it_are_released(world: World, site: InOrder) -> None:
    assert world.kinds() == ["put_up"] * 3
    world.apply()
    assert site.states() == ["awaiting_payment"] * 3
    assert site.charges == []

    for paid in (1, 2, 3):
        preview = world.preview()
        kinds = [change.kind.value for change in preview.changes]
        assert kinds == [*["keep"] * (paid - 1), "confirm", *["keep"] * (3 - paid)]
        assert preview.totals == {"USD": money("500.00 USD")}
        turn = site.milestones["1001"][paid - 1].site_ref
        held = {change.reason.partition("; ")[2] for change in preview.changes[paid:]}
        assert held <= {f"funded one at a time: after #{turn} is released"}
        assert (world.apply().confirmed, site.paid) == (1, paid * 50_000)
        waiting = world.preview()
        assert (waiting.totals, waiting.as_planned, waiting.unpaid) == ({}, True, 3 - paid)
        assert world.apply().confirmed == 0
        site.release()
    assert site.states() == ["released"] * 3


def test_a_milestone_of_others_that_stands_before_holds_up_all_of_ours(world: World, site: InOrder) -> None:
    other = site.stand("Something else", "20.00 USD", WAITS)
    world.projects = (replace(world.projects[0], ignore=frozenset({other})),)
    world.apply()
    assert world.kinds() == ["keep"] * 3
    assert world.preview().changes[0].reason.endswith(f"after #{other} is released")
    site._set(other, MilestoneState.CANCELLED)
    assert world.kinds() == ["confirm", "keep", "keep"]


@pytest.mark.parametrize(("at", "fault"), [("cart", "odd"), ("pay", "drop before"), ("pay", "drop after")])
def test_what_stands_unpaid_is_paid_for_once(world: World, site: InOrder, at: str, fault: str) -> None:
    world.apply()
    order = world.order()
    site.fail(at, fault)
    summary = world.carry(order)
    assert len(site.charges) == (fault == "drop after")
    if fault == "drop before":
        assert summary.unknown == 1
        assert world.kinds() == ["blocked", "keep", "keep"]
        world.clock.sleep(6)
    world.apply()
    assert site.states() == ["funded", "awaiting_payment", "awaiting_payment"]
    assert site.paid == 50_000


@pytest.mark.parametrize(
    ("fault", "state"), [("drop before", "unknown"), ("drop after", "done"), ("plain no", "refused")]
)
def test_putting_up_ends_as_it_is_seen(world: World, site: InOrder, fault: str, state: str) -> None:
    world.projects = (planned(count=1),)
    order = world.order()
    site.fail("submit", fault)
    world.carry(order)
    assert world.states() == [AttemptState(state)]
    assert site.charges == []


def test_twins_are_put_up_once_each_and_paid_for_in_order(world: World, site: InOrder) -> None:
    twins = tuple(replace(m, description="Half") for m in world.projects[0].milestones)
    world.projects = (replace(world.projects[0], milestones=twins),)
    world.apply()
    world.apply()
    assert site.states() == ["funded", "awaiting_payment", "awaiting_payment"]
    site.release()
    world.apply()
    assert site.states() == ["released", "funded", "awaiting_payment"]


def _cards(**values: object) -> PlatformRules:
    freelancer = load_rules("freelancer")
    switches = Switches.model_validate(freelancer.switches.model_dump() | {"order": "one_active"})
    return replace(freelancer, rules=freelancer.rules.model_copy(update={"switches": switches, **values}))


def test_the_profile_says_that_they_are_paid_for_in_order() -> None:
    assert ways_of(_cards(paid_later=True), Role.CLIENT) == IN_ORDER
    assert why_not_driven(_cards(paid_later=True), Role.CLIENT, live=False) is None
    assert "order = one_active" in (why_not_driven(_cards(), Role.CLIENT, live=False) or "")
