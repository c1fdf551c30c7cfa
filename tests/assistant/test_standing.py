"""May I work? The real journal, filled by looks at a site in memory, and what is said of each project then."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.approval import AccountFacts
from assistant.journal import AttemptState, Journal, RowKind, RunKind
from assistant.journal.overview import read_overview
from assistant.marks import HELD, IN_DOUBT, Absent, Mark
from assistant.may_work import WorkVerdict, ago
from assistant.money import Money
from assistant.plans.planned import Plan, PlannedMilestone, PlannedProject
from assistant.site import MilestoneState, ProjectStatus, Role, SiteMilestone
from assistant.standing import ProjectStanding, standings
from tests.assistant.fake_site import FakeSite, money, project

State = MilestoneState
BEN = AccountFacts(
    "ben", "freelancer:ben@http://127.0.0.1:1", "ben", "freelancer", "http://127.0.0.1:1", Role.FREELANCER
)
ANNA = replace(BEN, name="anna", id="freelancer:anna@http://127.0.0.1:1", login="anna", role=Role.CLIENT)


def plan_of(*milestones: tuple[str, str, date | None], **values: object) -> PlannedProject:
    """(key, amount, due): described as `Work KEY`."""
    made = tuple(PlannedMilestone(key, f"Work {key}", money(amount), due) for key, amount, due in milestones)
    total = Money(sum(m.amount.minor for m in made), made[0].amount.currency)
    planned = PlannedProject(ref="1001", total=total, milestones=made)
    return replace(planned, **values)  # type: ignore[arg-type]


TWO = plan_of(("m1", "500.00 USD", date(2026, 12, 10)), ("m2", "300.00 USD", date(2026, 12, 20)))


@dataclass
class World:
    journal: Journal
    site: FakeSite
    facts: AccountFacts = BEN
    projects: tuple[PlannedProject, ...] = field(default_factory=lambda: (TWO,))
    run: int = 0

    async def look(self) -> None:
        self.run = self.journal.runs.ask(RunKind.CHECK, self.facts.id, self.facts.name, {})
        self.journal.sightings.keep_projects(self.facts.id, await self.site.projects())
        for listed in self.site.listed:
            self.journal.sightings.keep_look(self.facts.id, self.run, await self.site.look(listed))

    def claim(self, key: str, kind: RowKind, site_ref: str, ref: str = "1001") -> None:
        self.journal.attempts.claim(self.facts.id, ref, key, kind, site_ref, "created")

    def standings(self) -> tuple[ProjectStanding, ...]:
        plan = Plan(Path("plan.toml"), "freelancer", self.facts.name, self.projects)
        return standings(self.journal, self.facts, plan, self.site.clock())

    @property
    def only(self) -> ProjectStanding:
        (standing,) = self.standings()
        return standing


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = FakeSite()
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)


async def test_a_funded_milestone_is_a_yes(world: World) -> None:
    world.site.stand("Work m1", "500.00 USD")
    await world.look()
    world.site.clock.sleep(2 * 3600)
    only = world.only
    assert only.verdict is WorkVerdict.WORK
    assert only.reason == "funded: m1, 500.00 USD, due 2026-12-10"
    assert only.sentence == "WORK funded: m1, 500.00 USD, due 2026-12-10 (looked at 2 hours ago)"
    assert (str(only.funded), str(only.total)) == ("500.00 USD", "800.00 USD")
    assert only.road == (("m1", State.FUNDED), ("m2", State.PLANNED))
    assert only.marks[0].raw == "funded"
    world.site.clock.sleep(20 * 86400)
    assert world.only.reason.endswith("due 2026-12-10 (11 days late)")
    assert world.only.age_text == "looked at 20 days ago; look again first: milepost check"


async def test_a_request_is_no_money_whatever_the_site_calls_it(world: World) -> None:
    ref = world.site.ask("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.REQUEST, ref)
    world.site.clock.sleep(3 * 86400)
    assert world.only.sentence == (
        "WAIT m1, 500.00 USD is not funded: requested 3 days ago; do not start (looked at 3 days ago; look again "
        "first: milepost check)"
    )
    row = world.site.requests["1001"][0]
    world.site.requests["1001"][0] = replace(row, state=State.FUNDED, raw="created")
    await world.look()
    only = world.only
    assert (only.verdict, only.marks[0].state, only.marks[0].raw) == (WorkVerdict.WAIT, State.REQUESTED, "created")
    assert (only.funded.minor, only.requested) == (0, money("500.00 USD"))


async def test_a_milestone_beside_its_request_is_the_money(world: World) -> None:
    ref = world.site.ask("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.REQUEST, ref)
    milestone = world.site.stand("Work m1", "500.00 USD")
    await world.look()
    only = world.only
    assert (only.verdict, only.marks[0].site_ref, only.funded) == (WorkVerdict.WORK, milestone, money("500.00 USD"))
    assert (only.requested.minor, only.beside) == (0, 0)


async def test_who_asked_decides_how_the_time_is_told(world: World) -> None:
    ref = world.site.ask("Work m1", "500.00 USD")
    await world.look()
    world.site.clock.sleep(3 * 86400)
    assert "requested, first seen 3 days ago" in world.only.reason
    world.claim("m1", RowKind.REQUEST, ref)
    assert "requested 3 days ago" in world.only.reason


@pytest.mark.parametrize(
    ("state", "verdict", "words"),
    [
        (State.DISPUTED, WorkVerdict.STOP, "m1, 500.00 USD is disputed"),
        (State.CANCEL_REQUESTED, WorkVerdict.STOP, "asked to be cancelled"),
        (State.AWAITING_PAYMENT, WorkVerdict.WAIT, "created and not paid for"),
        (State.CANCELLED, WorkVerdict.STOP, "it was cancelled"),
        (State.UNCLEAR, WorkVerdict.UNKNOWN, "“odd word”, which no rule explains"),
        (State.RELEASED, WorkVerdict.WAIT, "m2, 300.00 USD is not funded: not requested yet"),
        (State.RELEASE_REQUESTED, WorkVerdict.WAIT, "m2, 300.00 USD is not funded: not requested yet"),
    ],
)
async def test_every_state_has_its_answer(world: World, state: State, verdict: WorkVerdict, words: str) -> None:
    ref = world.site.stand("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.MILESTONE, ref)
    row = world.site.milestones["1001"][0]
    world.site.milestones["1001"][0] = replace(row, state=state, raw="odd\nword")
    await world.look()
    only = world.only
    assert only.verdict is verdict
    assert words in only.reason
    assert only.marks[0].state is state
    assert "\n" not in only.sentence


async def test_a_declined_request_and_a_row_that_is_gone_stop(world: World) -> None:
    ref = world.site.ask("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.REQUEST, ref)
    row = world.site.requests["1001"][0]
    world.site.requests["1001"][0] = replace(row, state=State.DECLINED, raw="rejected")
    await world.look()
    assert world.only.sentence.startswith("STOP m1, 500.00 USD: the request was declined, noticed 2026-12-01")
    world.site.requests["1001"] = []
    await world.look()
    only = world.only
    assert (only.verdict, only.marks[0].state) == (WorkVerdict.STOP, Absent.GONE)
    assert "it was on the site and is gone, noticed 2026-12-01" in only.reason


async def test_a_gone_milestone_holds_no_money(world: World) -> None:
    ref = world.site.stand("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.MILESTONE, ref)
    world.site.remove(ref)
    await world.look()
    assert (world.only.verdict, world.only.funded.minor) == (WorkVerdict.STOP, 0)


async def test_a_row_that_only_looks_like_it_is_not_it(world: World) -> None:
    world.site.stand("Work m1", "499.00 USD")
    await world.look()
    only = world.only
    assert (only.verdict, only.funded.minor, only.beside) == (WorkVerdict.WAIT, 0, 1)
    assert "looks like milestone #" in only.reason


async def test_less_than_planned_is_not_enough(world: World) -> None:
    ref = world.site.stand("Work m1", "400.00 USD")
    named = replace(TWO.milestones[0], site_ref=ref)
    world.projects = (replace(TWO, milestones=(named, TWO.milestones[1])),)
    await world.look()
    only = world.only
    assert only.verdict is WorkVerdict.WAIT
    assert "only 400.00 USD of 500.00 USD are funded" in only.reason
    assert only.funded == money("400.00 USD")


async def test_money_for_a_later_one_is_told(world: World) -> None:
    world.site.stand("Work m2", "300.00 USD")
    await world.look()
    assert world.only.verdict is WorkVerdict.WAIT
    assert world.only.reason.endswith("do not start (m2, 300.00 USD funded)")


async def test_the_next_mark_is_by_due_date_then_order(world: World) -> None:
    planned = plan_of(
        ("late", "1.00 USD", date(2026, 12, 20)), ("none", "1.00 USD", None), ("soon", "1.00 USD", date(2026, 12, 2))
    )
    world.projects = (planned,)
    world.site.stand("Work soon", "1.00 USD", State.RELEASED)
    await world.look()
    only = world.only
    assert [key for key, _ in only.road] == ["soon", "late", "none"]
    assert only.next is not None
    assert only.next.key == "late"


async def test_all_released_or_delivered_is_nothing_to_do(world: World) -> None:
    world.site.stand("Work m1", "500.00 USD", State.RELEASED)
    world.site.stand("Work m2", "300.00 USD", State.RELEASE_REQUESTED)
    await world.look()
    only = world.only
    assert (only.verdict, only.released, only.funded) == (
        WorkVerdict.NOTHING,
        money("500.00 USD"),
        money("300.00 USD"),
    )
    assert only.reason == "all delivered; release of m2 asked for, 300.00 USD"
    row = world.site.milestones["1001"][1]
    world.site.milestones["1001"][1] = replace(row, state=State.RELEASED)
    await world.look()
    assert (world.only.reason, world.only.next) == ("all released", None)


async def test_an_award_that_is_not_accepted_waits(world: World) -> None:
    world.site.listed = (project(accepted=False),)
    world.site.stand("Work m1", "500.00 USD")
    await world.look()
    assert world.only.verdict is WorkVerdict.WAIT
    assert "m1, 500.00 USD is funded, but the award is not accepted yet" in world.only.reason


async def test_an_ended_project_stops(world: World) -> None:
    world.site.listed = (project(status=ProjectStatus.PAST),)
    await world.look()
    assert world.only.verdict is WorkVerdict.STOP
    assert "has ended" in world.only.reason


async def test_what_is_not_known_is_said(world: World) -> None:
    assert (world.only.verdict, world.only.reason) == (WorkVerdict.UNKNOWN, "My Projects was not read yet")
    assert world.only.road == (("m1", Absent.UNKNOWN), ("m2", Absent.UNKNOWN))
    world.journal.sightings.keep_projects(BEN.id, world.site.listed)
    assert world.only.reason == "never looked at: run milepost check"
    assert world.only.age is None
    twins = (project("1", "Twin"), project("2", "Twin"))
    world.site.listed = (*twins, project(currency="EUR"))
    blank = replace(TWO, ref=None)
    world.projects = (
        TWO,
        replace(blank, title="Twin"),
        replace(blank, title="No such"),
        replace(blank, url="https://x/y"),
    )
    await world.look()
    verdicts = [standing.verdict for standing in world.standings()]
    assert verdicts == [WorkVerdict.UNKNOWN] * 4
    currency, twin, missing, url = (standing.reason for standing in world.standings())
    assert currency == "the plan says USD, the project is in EUR"
    assert "is 2 projects on the site" in twin
    assert "none of the 3 projects" in missing
    assert "none of the 3 projects" in url


async def test_a_skipped_project_is_nothing(world: World) -> None:
    world.projects = (replace(TWO, milestones=(), skipped=True),)
    await world.look()
    assert (world.only.verdict, world.only.reason) == (WorkVerdict.NOTHING, "no milestones planned, on purpose")


@pytest.mark.parametrize(
    ("facts", "change", "told"),
    [
        (BEN, "request", "outcome of the last attempt is not settled"),
        (ANNA, "create", "next: m1, 500.00 USD, may be paid, not settled yet"),
    ],
)
async def test_what_is_not_settled_is_told(world: World, facts: AccountFacts, change: str, told: str) -> None:
    world.facts = facts
    await world.look()
    attempt = world.journal.attempts.record(
        run_id=world.run, account=facts.id, project_ref="1001", key="m1", change=change, description="Work m1",
        amount=money("500.00 USD"), fingerprint="f",
    )  # fmt: skip
    world.journal.attempts.move(attempt, AttemptState.SUBMITTING)
    world.journal.attempts.move(attempt, AttemptState.UNKNOWN)
    only = world.only
    assert only.unsettled == {"m1"}
    assert told in only.reason


async def test_a_request_that_is_to_be_corrected_is_still_the_old_one(world: World) -> None:
    ref = world.site.ask("Work m1", "450.00 USD")
    await world.look()
    world.claim("m1", RowKind.REQUEST, ref)
    only = world.only
    mark = only.marks[0]
    assert (mark.state, mark.at_stake, mark.taken_back, mark.site_ref) == (
        State.REQUESTED,
        money("450.00 USD"),
        True,
        ref,
    )
    assert (only.verdict, only.requested, only.beside) == (WorkVerdict.WAIT, money("450.00 USD"), 0)


async def test_what_the_plan_takes_back_is_not_next(world: World) -> None:
    ref = world.site.ask("Work m1", "500.00 USD")
    world.projects = (replace(TWO, withdraw=frozenset({"m1"})),)
    await world.look()
    world.claim("m1", RowKind.REQUEST, ref)
    assert (world.only.marks[0].state, world.only.marks[0].taken_back) == (State.REQUESTED, True)
    assert world.only.reason.startswith("m2, 300.00 USD is not funded")
    world.site.requests["1001"] = []
    world.site.stand("Work m1", "500.00 USD")
    await world.look()
    assert world.only.reason.startswith("funded: m1, 500.00 USD")


@pytest.mark.parametrize(
    ("rest", "verdict", "words"),
    [
        (State.FUNDED, WorkVerdict.WORK, "funded: m1, 300.00 USD"),
        (State.RELEASED, WorkVerdict.WAIT, "m2, 300.00 USD is not funded"),
        (State.DISPUTED, WorkVerdict.STOP, "m1, 300.00 USD is disputed"),
    ],
)
async def test_a_milestone_released_in_parts_is_the_sum_of_them(
    world: World, rest: State, verdict: WorkVerdict, words: str
) -> None:
    ref = world.site.stand("Work m1", "500.00 USD")
    await world.look()
    world.claim("m1", RowKind.MILESTONE, ref)
    world.site.remove(ref)
    world.site.stand("Work m1", "200.00 USD", State.RELEASED)
    world.site.stand("Work m1 (Partial Release 2)", "300.00 USD", rest)
    await world.look()
    only = world.only
    assert (only.verdict, only.beside, only.marks[0].state) == (verdict, 0, rest)
    assert only.reason.startswith(words)
    assert only.released == money("500.00 USD" if rest is State.RELEASED else "200.00 USD")
    assert only.released.minor + only.funded.minor + only.in_doubt.minor == 50_000


async def test_a_client_is_told_what_waits(world: World) -> None:
    world.facts = ANNA
    world.projects = (
        plan_of(
            ("m1", "500.00 USD", None), ("m2", "300.00 USD", None), ("m3", "200.00 USD", date(2026, 12, 5)),
            ("m4", "100.00 USD", None), ("m5", "50.00 USD", None),
        ),
    )  # fmt: skip
    world.site.stand("Work m1", "500.00 USD", State.RELEASED)
    world.site.stand("Work m2", "300.00 USD", State.RELEASE_REQUESTED)
    world.site.stand("Work m4", "100.00 USD", State.DISPUTED)
    world.site.ask("Work m5", "50.00 USD")
    await world.look()
    only = world.only
    assert only.verdict is None
    assert only.reason == (
        "funded 300.00 USD of 1150.00 USD; released 500.00 USD; m4, 100.00 USD is disputed; release asked for: "
        "m2, 300.00 USD; requested by the freelancer: m5, 50.00 USD; next: m3, 200.00 USD, planned, due 2026-12-05"
    )
    assert only.in_doubt == money("100.00 USD")


async def test_the_event_is_json(world: World) -> None:
    world.site.stand("Work m1", "500.00 USD")
    await world.look()
    event = json.loads(json.dumps(world.only.as_event()))
    assert event["event"] == "standing"
    assert (event["verdict"], event["funded"], event["next"], event["due"]) == ("work", "500.00", "m1", "2026-12-10")
    assert event["age_seconds"] == 0
    assert [m["state"] for m in event["milestones"]] == ["funded", "planned"]


async def test_the_overview_is_the_same_as_single_looks(world: World) -> None:
    world.site.listed = (project("1"), project("2"), project("3"))
    gone = world.site.stand("A", "1.00 USD", ref="1")
    world.site.ask("B", "2.00 USD", ref="2")
    await world.look()
    world.site.remove(gone)
    world.site.stand("C", "3.00 USD", ref="1")
    await world.look()
    world.site.listed = world.site.listed[:2]
    world.journal.sightings.keep_projects(BEN.id, world.site.listed)
    overview = read_overview(world.journal, BEN.id)
    assert overview.looks == {p.ref: world.journal.sightings.look(BEN.id, p) for p in world.site.listed}
    assert {row.site_ref: row.present for row in overview.rows["1"]} == {gone: False, "503": True}
    assert overview.first_seen.keys() == {
        (r.project_ref, r.kind, r.site_ref) for rows in overview.rows.values() for r in rows
    }
    assert read_overview(world.journal, "nobody").projects == ()


async def test_hundreds_of_projects_take_a_handful_of_questions(world: World) -> None:
    """Counted, not timed: questions put to SQLite do not grow with the projects."""
    from sqlalchemy import event

    counts = []
    for many in (3, 60):
        world.site.listed = tuple(project(str(n), f"P{n}") for n in range(many))
        world.projects = tuple(replace(TWO, ref=str(n)) for n in range(many))
        await world.look()
        asked: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_: object, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(world.journal.engine, "before_cursor_execute", note)
        assert len(world.standings()) == many
        event.remove(world.journal.engine, "before_cursor_execute", note)
        counts.append(len([each for each in asked if each.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 8


states = st.sampled_from([*MilestoneState, *Absent])


@given(st.lists(st.tuples(states, st.integers(1, 10**12)), max_size=8))
def test_sums_are_exact_and_only_held_money_is_funded(parts: list[tuple[State | Absent, int]]) -> None:
    usd = money("1.00 USD").currency
    marks = tuple(
        Mark(f"m{n}", "d", Money(1, usd), None, state, seen_amount=Money(minor, usd))
        for n, (state, minor) in enumerate(parts)
    )
    standing = ProjectStanding(TWO, project(), Role.FREELANCER, marks, FakeSite().clock(), FakeSite().clock())
    assert standing.funded.minor == sum(minor for state, minor in parts if state in HELD)
    assert standing.in_doubt.minor == sum(minor for state, minor in parts if state in IN_DOUBT)
    assert standing.requested.minor == sum(minor for state, minor in parts if state is State.REQUESTED)
    assert standing.verdict is not WorkVerdict.WORK or any(state is State.FUNDED for state, _ in parts)
    json.dumps(standing.as_event())


def test_ages_are_rounded_down() -> None:
    told = [ago(timedelta(seconds=s)) for s in (-5, 59, 60, 7199, 7200, 86399, 86400, 200000)]
    assert told == [
        "just now", "just now", "1 minute ago", "1 hour ago", "2 hours ago", "23 hours ago", "1 day ago", "2 days ago",
    ]  # fmt: skip


async def test_a_title_cannot_break_the_line(world: World) -> None:
    world.site.listed = (project(title="Web\x1b[2J\nsite \u202edednuf"),)
    world.site.milestones["1001"] = [
        SiteMilestone("9", "Work m1", money("500.00 USD"), State.UNCLEAR, "x\u202e\x1b[31m" + "y" * 99)
    ]
    await world.look()
    assert world.only.name == "Web [2J site dednuf"
    assert world.only.sentence.isprintable()
