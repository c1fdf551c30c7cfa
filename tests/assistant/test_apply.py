"""Never twice, in memory: the real journal, changes and state machine against a site that lies, delays and dies.

Judged by the fake site's own rows and charges.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.apply import Carrier
from assistant.approval import AccountFacts, Cap, Order, Preview, SpendLimits, approve
from assistant.changes import ChangeKind
from assistant.errors import ApprovalRefused, LiveRefused, UsageError
from assistant.journal import AttemptState, Journal, RunKind, Wanted
from assistant.memory import recover, settle_project
from assistant.plans.planned import Plan, PlannedMilestone, PlannedProject
from assistant.preview import make_preview
from assistant.site import MilestoneState, PaymentSource, Role, SourceKind
from assistant.summary import Summary
from assistant.verdict import SettleRules
from tests.assistant.fake_site import Clock, FakeSite, money, project

RULES = SettleRules(timedelta(seconds=5))
FACTS = AccountFacts(
    "anna", "freelancer:anna@http://127.0.0.1:1", "anna", "freelancer", "http://127.0.0.1:1", Role.CLIENT
)


def planned(ref: str = "1001", count: int = 3, each: str = "500.00 USD", **values: object) -> PlannedProject:
    amount = money(each)
    milestones = tuple(PlannedMilestone(f"m{n}", f"Milestone {n} of {count}", amount) for n in range(1, count + 1))
    total = money(f"0 {amount.currency}")
    for milestone in milestones:
        total = total + milestone.amount
    made = PlannedProject(ref=ref, total=total, milestones=milestones)
    return replace(made, **values)  # type: ignore[arg-type]


@dataclass
class World:
    """A journal on disk, a site in memory, and a person who previews and approves."""

    journal: Journal
    site: FakeSite = field(default_factory=FakeSite)
    projects: tuple[PlannedProject, ...] = field(default_factory=lambda: (planned(),))
    facts: AccountFacts = FACTS

    @property
    def clock(self) -> Clock:
        return self.site.clock

    def look(self) -> None:
        """What a preview run does."""

        async def looking() -> None:
            run = self.journal.runs.ask(RunKind.PREVIEW, self.facts.id, "anna", {})
            recover(self.journal, self.facts.id)
            self.journal.sightings.keep_projects(self.facts.id, await self.site.projects())
            for listed in self.site.listed:
                look = await self.site.look(listed)
                self.journal.sightings.keep_look(self.facts.id, run, look)
                settle_project(self.journal, self.facts, look, RULES, self.clock())

        asyncio.run(looking())

    def preview(self, again: Sequence[str] = ()) -> Preview:
        self.look()
        plan = Plan(Path("plan.toml"), "freelancer", "anna", self.projects)
        return make_preview(self.journal, self.facts, plan, RULES, self.clock(), again)

    def kinds(self, again: Sequence[str] = ()) -> list[str]:
        return [change.kind.value for change in self.preview(again).changes]

    def order(self, again: Sequence[str] = ()) -> Order:
        preview = self.preview(again)
        order = approve(preview, [str(total) for total in preview.totals.values()], self.clock())
        return Order.from_json(order.to_json())

    def carry(self, order: Order) -> Summary:
        run = self.journal.runs.ask(RunKind.APPLY, self.facts.id, "anna", order.to_json())

        async def between() -> Wanted:
            return self.journal.runs.wanted(run)

        carrier = Carrier(order, self.site, self.journal, run, RULES, between)
        return asyncio.run(carrier.carry_out())

    def apply(self, again: Sequence[str] = ()) -> Summary:
        return self.carry(self.order(again))

    def states(self) -> list[AttemptState]:
        return [attempt.state for attempt in reversed(self.journal.attempts.newest())]


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = FakeSite()
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)


WHOLE = [(f"Milestone {n} of 3", "500.00 USD") for n in (1, 2, 3)]


@pytest.mark.parametrize("creating_pays", [False, True])
def test_a_plan_is_carried_out_once(world: World, creating_pays: bool) -> None:
    world.site.creating_pays = creating_pays
    summary = world.apply()
    assert (summary.planned, summary.created, summary.confirmed, summary.unknown, summary.refused) == (3, 3, 3, 0, 0)
    assert summary.exit_code == 0
    assert world.site.funded() == WHOLE
    assert world.site.paid == 150_000
    again = world.apply()
    assert (again.kept, again.created, again.exit_code) == (3, 0, 0)
    assert world.site.funded() == WHOLE


@pytest.mark.parametrize("at", ["submit", "pay"])
def test_a_click_that_raises_is_looked_after_and_never_refused_for_that(world: World, at: str) -> None:
    """What it raised says nothing about what was sent."""
    world.site.fail(at, "raises")
    world.apply()
    assert world.states() == [AttemptState.DONE] * 3
    assert world.site.funded() == WHOLE
    assert world.site.paid == 150_000


def test_a_wrong_total_or_digest_is_refused(world: World) -> None:
    preview = world.preview()
    for typed in (["1500.01 USD"], ["1500.00 EUR"], [], ["1500.00 USD", "1.00 EUR"], ["x"], ["1500.00 USD"] * 2):
        with pytest.raises(ApprovalRefused):
            approve(preview, typed, world.clock())
    with pytest.raises(ApprovalRefused):
        approve(preview, ["1500.00 USD"], world.clock(), digest="0" * 16)
    assert approve(preview, ["1500.00 USD"], world.clock(), digest=preview.digest).approval.digest == preview.digest


def test_a_digest_is_stale_after_another_run(world: World) -> None:
    """Also where that run did nothing, and the site looks the same."""
    before = world.preview()
    world.site.fail("prepare", *["refused"] * 3)
    world.apply()
    after = world.preview()
    assert [change.signature() for change in after.changes] == [change.signature() for change in before.changes]
    assert after.digest != before.digest


def test_money_steps_on_a_live_origin_are_refused(world: World) -> None:
    world.facts = replace(FACTS, origin="https://www.freelancer.com")
    with pytest.raises(LiveRefused):
        world.apply()
    assert world.site.clicks == []
    assert world.journal.attempts.newest() == []


def test_a_milestone_made_by_hand_is_adopted(world: World) -> None:
    world.site.stand("Milestone  2 of 3", "500.00 USD")
    assert world.kinds() == ["create", "adopt", "create"]
    summary = world.apply()
    assert (summary.created, summary.adopted) == (2, 1)
    assert len(world.site.funded()) == 3
    assert world.kinds() == ["keep"] * 3


def test_twins_need_two_rows(world: World) -> None:
    twins = tuple(PlannedMilestone(key, "Half", money("10.00 USD")) for key in ("a", "b"))
    world.projects = (PlannedProject(ref="1001", total=money("20.00 USD"), milestones=twins),)
    world.site.stand("Half", "10.00 USD")
    assert world.kinds() == ["adopt", "create"]
    world.apply()
    assert world.site.funded() == [("Half", "10.00 USD")] * 2
    assert world.kinds() == ["keep", "keep"]


def test_what_is_gone_is_made_again_only_when_asked_and_alone(world: World) -> None:
    world.apply()
    second = world.site.milestones["1001"][1].site_ref
    world.site.remove(second)
    assert world.kinds() == ["keep", "gone", "keep"]
    assert world.apply().exit_code == 2
    assert len(world.site.funded()) == 2
    assert world.kinds(["1001/m2"]) == ["keep", "create", "keep"]
    assert world.apply(["1001/m2"]).created == 1
    assert len(world.site.funded()) == 3
    assert world.site.paid == 200_000
    with pytest.raises(UsageError):
        world.preview(["1001/m9"])


def test_one_edited_on_the_site_blocks(world: World) -> None:
    world.apply()
    rows = world.site.milestones["1001"]
    rows[0] = replace(rows[0], amount=money("400.00 USD"))
    rows[1] = replace(rows[1], description="Something else")
    preview = world.preview()
    assert [change.kind.value for change in preview.changes] == ["blocked", "blocked", "keep"]
    assert 'site_ref = "' in preview.changes[0].reason
    named = replace(world.projects[0].milestones[0], site_ref=rows[0].site_ref)
    world.projects = (replace(world.projects[0], milestones=(named, *world.projects[0].milestones[1:])),)
    assert world.kinds()[0] == "keep"


def test_a_near_match_blocks_until_it_is_named_or_ignored(world: World) -> None:
    other = world.site.stand("Deposit", "500.00 USD")
    assert world.kinds() == ["blocked"] * 3
    assert world.apply().created == 0
    world.projects = (replace(world.projects[0], ignore=frozenset({other})),)
    assert world.kinds() == ["create"] * 3
    assert world.apply().created == 3
    assert len(world.site.funded()) == 4


def test_the_ignored_row_is_never_taken_for_ours(world: World) -> None:
    twin = world.site.stand("Milestone 1 of 3", "500.00 USD")
    world.projects = (replace(world.projects[0], ignore=frozenset({twin})),)
    world.site.fail("submit", "drop before")
    summary = world.apply()
    assert summary.unknown == 1
    assert world.site.paid == 0


def test_the_project_guard_counts_what_stands(world: World) -> None:
    world.site.stand("Something nobody planned", "400.00 USD")
    assert world.kinds() == ["create", "create", "blocked"]


def test_a_pending_request_is_accepted_not_doubled(world: World) -> None:
    world.site.ask("Milestone 1 of 3", "500.00 USD")
    assert world.kinds() == ["accept", "create", "create"]
    summary = world.apply()
    assert (summary.accepted, summary.created, summary.confirmed) == (1, 2, 3)
    assert world.site.funded() == WHOLE
    assert world.site.requests["1001"] == []


@pytest.mark.parametrize("creating_pays", [False, True])
@pytest.mark.parametrize(
    ("at", "fault"),
    [
        ("submit", "drop before"),
        ("submit", "drop after"),
        ("submit", "nothing left"),
        ("submit", "plain no"),
        ("submit", "late"),
        ("pay", "drop before"),
        ("pay", "drop after"),
        ("pay", "plain no"),
        ("pay", "late"),
        ("prepare", "refused"),
        ("cart", "odd"),
        ("look", "odd"),
    ],
)
def test_at_most_once_then_exactly_once(world: World, creating_pays: bool, at: str, fault: str) -> None:
    world.site.creating_pays = creating_pays
    order = world.order()
    world.site.fail(at, fault)
    world.carry(order)
    assert len(world.site.funded()) == len(set(world.site.funded())) == len(world.site.charges)
    world.clock.sleep(6)
    final = world.apply()
    world.clock.sleep(6)
    if final.exit_code:
        final = world.apply()
    assert sorted(world.site.funded()) == WHOLE
    assert world.site.paid == 150_000


@pytest.mark.parametrize("at", ["submit", "pay"])
def test_a_run_that_dies_in_mid_step_is_taken_up(world: World, at: str) -> None:
    order = world.order()
    world.site.fail(at, "die")
    with pytest.raises(KeyboardInterrupt):
        world.carry(order)
    assert world.states() == [AttemptState.SUBMITTING if at == "submit" else AttemptState.PAYING]
    expected = ["confirm", "create", "create"] if at == "submit" else ["keep", "create", "create"]
    assert world.kinds() == expected
    world.apply()
    assert world.site.funded() == WHOLE
    assert world.site.paid == 150_000


def test_an_unknown_holds_its_project_until_it_is_settled_but_no_other(world: World) -> None:
    world.site.listed = (project("1001"), project("1002", "Other"))
    world.projects = (planned("1001"), planned("1002"))
    order = world.order()
    world.site.fail("pay", "drop before")
    summary = world.carry(order)
    assert (summary.unknown, summary.created, summary.not_reached, summary.exit_code) == (1, 3, 2, 4)
    assert len(world.site.funded("1002")) == 3
    preview = world.preview()
    first = [change for change in preview.changes if change.project.ref == "1001"]
    assert {change.kind for change in first} == {ChangeKind.BLOCKED}
    assert "may have been paid" in first[0].reason
    world.clock.sleep(6)
    assert world.kinds()[:3] == ["confirm", "create", "create"]
    world.apply()
    assert world.site.funded() == WHOLE


def test_a_late_row_settles_as_done(world: World) -> None:
    order = world.order()
    world.site.fail("pay", "late")
    assert world.carry(order).unknown == 1
    world.clock.sleep(4)
    assert world.kinds() == ["keep", "create", "create"]


def test_a_lower_balance_keeps_an_absence_unknown(world: World) -> None:
    order = world.order()
    world.site.creating_pays = True
    world.site.fail("submit", "drop before")
    world.carry(order)
    world.site.balance = world.site.balance - money("500.00 USD")
    world.clock.sleep(60)
    assert set(world.kinds()) == {"blocked"}


def test_a_project_that_moved_since_the_preview_is_left_alone(world: World) -> None:
    order = world.order()
    world.site.stand("Milestone 1 of 3", "500.00 USD")
    summary = world.carry(order)
    assert (summary.created, summary.refused, summary.exit_code) == (0, 3, 3)
    assert world.site.paid == 0


def test_an_approval_that_ran_out_is_refused(world: World) -> None:
    order = world.order()
    world.clock.sleep(61 * 60)
    assert world.carry(order).refused == 3
    assert world.site.clicks == []


def test_caps_are_held_in_mid_run(world: World) -> None:
    for cap in (
        Cap("USD", run=money("1000.00 USD")),
        Cap("USD", day=money("1000.00 USD")),
    ):
        world.facts = replace(FACTS, limits=SpendLimits(caps=(cap,)))
        order = world.order()
        world.carry(order)
        assert world.site.paid <= 100_000
    assert len(world.site.funded()) == 2


@pytest.mark.parametrize(
    ("source", "limits", "word"),
    [
        (PaymentSource(SourceKind.BALANCE, "Balance", True, True, False), SpendLimits(), "enough"),
        (PaymentSource(SourceKind.BILLING_AGREEMENT, "Card", True, True, True), SpendLimits(), "not allowed"),
        (
            PaymentSource(SourceKind.BILLING_AGREEMENT, "Card", False, True, True),
            SpendLimits(sources=(SourceKind.BILLING_AGREEMENT,)),
            "not verified",
        ),
        (PaymentSource(SourceKind.BALANCE, "Balance", True, True, True, "EUR"), SpendLimits(), "converted"),
    ],
)
def test_a_source_that_may_not_pay_leaves_the_cart(
    world: World, source: PaymentSource, limits: SpendLimits, word: str
) -> None:
    world.facts = replace(FACTS, limits=limits)
    world.site.sources = (source,)
    summary = world.apply()
    assert (summary.refused, summary.unknown) == (3, 0)
    assert world.site.paid == 0
    assert word in (world.journal.attempts.newest()[0].reason or "")


def test_the_second_source_is_chosen_when_the_first_is_short(world: World) -> None:
    world.facts = replace(FACTS, limits=SpendLimits(sources=(SourceKind.BALANCE, SourceKind.BILLING_AGREEMENT)))
    world.site.sources = (
        PaymentSource(SourceKind.BALANCE, "Balance", True, True, False, "USD"),
        PaymentSource(SourceKind.BILLING_AGREEMENT, "Visa 4242", True, False, True),
    )
    assert world.apply().created == 3
    assert {attempt.source for attempt in world.journal.attempts.newest()} == {"Visa 4242"}


def test_a_fee_or_amount_that_was_not_approved_is_left_unpaid(world: World) -> None:
    world.site.fee = money("1.00 USD")
    assert world.apply().refused == 3
    world.site.fee, world.site.cart_amount = None, money("501.00 USD")
    world.site.carts.clear()
    assert world.apply().refused == 3
    assert world.site.paid == 0
    world.site.cart_amount, world.site.fee = None, money("1.00 USD")
    world.site.carts.clear()
    allowed = SpendLimits(max_fees=((SourceKind.BALANCE, money("1.00 USD")),))
    world.facts = replace(FACTS, limits=allowed)
    assert world.preview().max_fees == {"USD": money("3.00 USD")}
    assert world.apply().created == 3


def test_a_browser_that_crashes_before_the_click_stops_the_run_with_nothing_sent(world: World) -> None:
    from assistant.errors import BrowserError

    order = world.order()
    world.site.fail("prepare", "ok", "browser")
    with pytest.raises(BrowserError):
        world.carry(order)
    assert world.states() == [AttemptState.DONE, AttemptState.REFUSED]
    world.apply()
    assert world.site.funded() == WHOLE


def test_a_freelancer_asks_and_sees_what_became_of_it(world: World) -> None:
    world.facts = replace(FACTS, role=Role.FREELANCER)
    assert world.kinds() == ["request"] * 3
    summary = world.apply()
    assert (summary.requested, summary.confirmed, world.site.paid) == (3, 0, 0)
    assert world.kinds() == ["keep"] * 3
    accepted = world.site.requests["1001"].pop(0)
    world.site.stand(accepted.description, str(accepted.amount))
    declined = world.site.requests["1001"][0]
    world.site.requests["1001"][0] = replace(declined, state=MilestoneState.DECLINED)
    preview = world.preview()
    assert [change.kind.value for change in preview.changes] == ["keep", "gone", "keep"]
    assert "became milestone" in preview.changes[0].reason
    assert world.apply().requested == 0


def test_a_freelancer_corrects_and_withdraws_requests(world: World) -> None:
    world.facts = replace(FACTS, role=Role.FREELANCER)
    world.apply()
    first, second, third = world.projects[0].milestones
    corrected = replace(first, description="Milestone one of 3")
    world.projects = (replace(world.projects[0], milestones=(corrected, second, third), withdraw=frozenset({"m2"})),)
    assert world.kinds() == ["withdraw", "request", "withdraw", "keep"]
    summary = world.apply()
    assert (summary.withdrawn, summary.requested, summary.kept, summary.exit_code) == (2, 1, 1, 0)
    asked = sorted(request.description for request in world.site.requests["1001"])
    assert asked == ["Milestone 3 of 3", "Milestone one of 3"]
    assert world.kinds() == ["keep"] * 3
    assert world.apply().requested == 0


def test_a_request_is_not_asked_anew_while_the_old_one_stands(world: World) -> None:
    world.facts = replace(FACTS, role=Role.FREELANCER)
    world.apply()
    first, *others = world.projects[0].milestones
    world.projects = (replace(world.projects[0], milestones=(replace(first, description="One"), *others)),)
    world.site.fail("submit", "plain no")
    summary = world.apply()
    assert (summary.withdrawn, summary.requested, summary.refused) == (0, 0, 2)
    assert len(world.site.requests["1001"]) == 3
    world.site.fail("submit", "drop before")
    assert world.apply().unknown == 1
    world.clock.sleep(6)
    assert world.apply().exit_code == 0
    assert sorted(request.description for request in world.site.requests["1001"])[-1] == "One"
    assert len(world.site.requests["1001"]) == 3


def test_a_request_that_was_accepted_meanwhile_is_not_withdrawn(world: World) -> None:
    world.facts = replace(FACTS, role=Role.FREELANCER)
    world.apply()
    world.projects = (replace(world.projects[0], withdraw=frozenset({"m1"})),)
    order = world.order()
    accepted = world.site.requests["1001"].pop(0)
    world.site.stand(accepted.description, str(accepted.amount))
    assert world.carry(order).refused == 1
    assert world.kinds() == ["keep"] * 3


def test_a_split_that_was_changed_after_a_milestone_stood_says_how_to_spell_it_out(world: World) -> None:
    world.projects = (replace(world.projects[0], split="3 x 1/3"),)
    world.apply()
    world.projects = (replace(planned(count=4, each="375.00 USD"), split="4 x 25%"),)
    changes = world.preview().changes
    assert [change.kind.value for change in changes] == ["blocked"] * 4
    assert all("plan show PLAN --as-list" in change.reason for change in changes[:3])
    assert world.apply().blocked == 4
    assert world.site.funded() == WHOLE


def test_a_near_match_in_a_split_is_named_as_a_split_names_it(world: World) -> None:
    world.site.stand("First milestone", "500.00 USD")
    world.projects = (replace(world.projects[0], split="3 x 1/3"),)
    assert 'write site_refs = { m1 = "501" } on the project' in world.preview().changes[0].reason


def test_a_milestone_that_gets_another_key_keeps_its_row(world: World) -> None:
    world.apply()
    first, *others = world.projects[0].milestones
    world.projects = (replace(world.projects[0], milestones=(replace(first, key="design"), *others)),)
    assert world.kinds() == ["adopt", "keep", "keep"]
    assert world.apply().adopted == 1
    assert world.kinds() == ["keep"] * 3
    named = replace(first, key="draft", site_ref=world.site.milestones["1001"][0].site_ref)
    world.projects = (replace(world.projects[0], milestones=(named, *others)),)
    assert world.kinds() == ["adopt", "keep", "keep"]
    world.apply()
    assert world.kinds() == ["keep"] * 3
    assert world.site.paid == 150_000
