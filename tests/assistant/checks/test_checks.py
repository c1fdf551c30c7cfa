"""Checks in memory: a site that changes, a real journal, and what is told when, in the person's own zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.checks.finding import Finding, Kind, Severity
from assistant.journal import AttemptState, RowKind, RunKind
from assistant.plans.planned import PlannedMilestone
from assistant.settings.model import CheckSettings
from assistant.site import MilestoneState, ProjectStatus, ReadOnlySite, Role
from flows.reading_site import ReadingSite
from tests.assistant.checks.world import World, planned
from tests.assistant.fake_site import FakeSite, money, project

State = MilestoneState
DAY = 86400
TODAY = date(2026, 12, 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def two(first: date | None = None, second: date | None = None) -> tuple[PlannedMilestone, PlannedMilestone]:
    return (
        PlannedMilestone("m1", "Work m1", money("500.00 USD"), first),
        PlannedMilestone("m2", "Work m2", money("300.00 USD"), second),
    )


def turn(world: World, site_ref: str, state: State) -> None:
    for rows in world.site.milestones.values():
        rows[:] = [replace(row, state=state, raw=state.value) if row.site_ref == site_ref else row for row in rows]


def test_a_reading_site_can_do_nothing_but_read() -> None:
    """The protocol of a check, and what fulfils it in a browser, have none of the steps that change anything."""
    changing = {"prepare", "submit", "cart", "choose", "pay", "creating_pays"}
    for kind in (ReadOnlySite, ReadingSite):
        assert not changing & set(dir(kind))


async def test_what_happened_is_told_once(world: World) -> None:
    ref = world.site.stand("Work m1", "500.00 USD")
    assert await world.check() == []
    turn(world, ref, State.RELEASE_REQUESTED)
    (finding,) = await world.check()
    assert (finding.kind, finding.before, finding.severity) == (Kind.RELEASE_REQUESTED, "funded", Severity.NOTICE)
    assert await world.check() == []
    assert [each.finding.kind for each in world.compare().standing] == [Kind.RELEASE_REQUESTED]
    assert Finding.from_facts(finding.as_facts()) == finding


async def test_what_milepost_did_itself_is_no_news(world: World) -> None:
    await world.check()
    run = world.journal.runs.ask(RunKind.APPLY, world.account.facts.id, "anna", {})
    attempt = world.journal.attempts.record(
        run_id=run,
        account=world.account.facts.id,
        project_ref="1001",
        key="m1",
        change="create",
        description="Work m1",
        amount=money("500.00 USD"),
        fingerprint="x",
    )
    mine, theirs = world.site.stand("Work m1", "500.00 USD"), world.site.stand("Work m2", "300.00 USD")
    world.journal.attempts.move(attempt, AttemptState.SUBMITTING)
    world.journal.attempts.done(attempt, RowKind.MILESTONE, mine, "created")
    assert [(each.kind, each.site_ref) for each in await world.check()] == [(Kind.FUNDED, theirs)]


async def test_only_what_may_have_changed_is_looked_at(world: World) -> None:
    listed = [project(str(1000 + n), f"Project {n}", activity="monday") for n in range(5)]
    listed[4] = replace(listed[4], status=ProjectStatus.PAST, activity="")
    world.site.listed = tuple(listed)
    assert (await world.read()).looked == dict.fromkeys([one.ref for one in listed], "never looked at")
    assert (await world.read()).looked == {}
    world.site.listed = (replace(listed[0], activity="tuesday"), *listed[1:])
    assert (await world.read()).looked == {"1000": "may have changed"}
    world.site.listed = (replace(listed[0], activity=""), *listed[1:])
    assert (await world.read()).looked == {"1000": "may have changed"}
    assert (await world.read()).looked == {"1000": "the list does not say whether it changed"}
    world.site.clock.sleep(8 * DAY)
    world.site.listed = tuple(listed)
    assert set((await world.read()).looked) == {"1000", "1001", "1002", "1003"}


async def test_what_falls_due_is_looked_at(tmp_path: Path) -> None:
    world = World(tmp_path, projects=(planned(*two(date(2026, 12, 6))),))
    world.site.listed = (project(activity="monday"),)
    await world.read()
    assert (await world.read()).looked == {}
    world.site.clock.sleep(2 * DAY)  # three days before
    assert (await world.read()).looked == {"1001": "due"}
    assert (await world.read()).looked == {}
    world.site.clock.sleep(4 * DAY)
    assert (await world.read()).looked == {"1001": "due"}


async def test_a_page_that_cannot_be_read_hides_nothing_and_stops_nothing(world: World) -> None:
    world.site.listed = (project("1001"), project("1002", "Other"))
    ref = world.site.stand("Work", "10.00 USD", ref="1002")
    await world.check()
    turn(world, ref, State.DISPUTED)
    world.site.fail("look", "slow once")
    assert (await world.read()).unread == {}
    world.site.fail("look", "down", "ok", "down")
    summary = await world.read()
    assert (list(summary.unread), list(summary.looked)) == (["1001"], ["1002"])
    assert [each.kind for each in world.tell(world.compare())] == [Kind.DISPUTED]


async def test_dates_are_days_in_the_persons_zone(tmp_path: Path) -> None:
    """The same moment is still Monday in Honolulu and already Tuesday in Kiritimati, 24 hours apart on the clock."""
    told = {}
    for zone in ("Pacific/Honolulu", "UTC", "Pacific/Kiritimati"):
        world = World(tmp_path / zone.replace("/", "-"), projects=(planned(*two(date(2026, 12, 4))),))
        world.zone = ZoneInfo(zone)
        world.site.clock.at = datetime(2026, 12, 5, 10, 30, tzinfo=UTC)  # the 5th in UTC, the 6th in Kiritimati
        world.site.stand("Work m1", "500.00 USD")
        told[zone] = [(each.kind, each.days) for each in await world.check() if each.key == "m1"]
    assert told == {
        "Pacific/Honolulu": [(Kind.LATE, 1)],
        "UTC": [(Kind.LATE, 1)],
        "Pacific/Kiritimati": [(Kind.LATE, 2)],
    }


@pytest.mark.parametrize(
    ("zone", "at", "due", "kind"),
    [
        # Berlin: the 25th of October 2026 has 25 hours; it ends at 23:00 UTC.
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25), Kind.DUE_SOON),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 1, tzinfo=UTC), date(2026, 10, 25), Kind.LATE),
        # and the 29th of March 2026 has 23; it ends at 22:00 UTC.
        ("Europe/Berlin", datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29), Kind.DUE_SOON),
        ("Europe/Berlin", datetime(2026, 3, 29, 22, 1, tzinfo=UTC), date(2026, 3, 29), Kind.LATE),
        # Samoa left out the 30th of December 2011 altogether.
        ("Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC), date(2011, 12, 29), Kind.DUE_SOON),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 1, tzinfo=UTC), date(2011, 12, 29), Kind.LATE),
    ],
)
async def test_a_day_ends_when_the_zone_says_so(tmp_path: Path, zone: str, at: datetime, due: date, kind: Kind) -> None:
    world = World(tmp_path, projects=(planned(*two(due)),), zone=ZoneInfo(zone))
    world.site.clock.at = at
    world.site.stand("Work m1", "500.00 USD")
    assert [each.kind for each in await world.check() if each.key == "m1"] == [kind]


async def test_what_time_makes_of_a_plan(tmp_path: Path) -> None:
    """Due soon, late, behind, moved and delivered: each told once, and what is over is said."""
    world = World(tmp_path, projects=(planned(*two(date(2026, 12, 3), date(2026, 12, 20))),))
    ref = world.site.stand("Work m1", "500.00 USD")
    assert await world.kinds() == ["due_soon"]
    assert await world.kinds() == []
    world.site.clock.sleep(3 * DAY)
    await world.read()
    outcome = world.compare()
    assert sorted(each.kind for each in world.tell(outcome)) == ["behind", "late"]
    assert [finding.kind for finding in outcome.gone] == [Kind.DUE_SOON]
    world.projects = (planned(*two(date(2026, 12, 6), date(2026, 12, 25))),)
    assert await world.kinds() == ["due_soon"]
    world.projects = (planned(*two(date(2026, 12, 3), date(2026, 12, 25))),)
    assert await world.kinds() == ["behind", "late"]  # over, and true again: that is news
    turn(world, ref, State.RELEASE_REQUESTED)
    assert await world.kinds() == ["release_requested"]


async def test_a_freelancer_is_told_to_ask_for_the_release(tmp_path: Path) -> None:
    world = World(tmp_path, Role.FREELANCER, (planned(*two(TODAY - timedelta(days=2))),))
    world.site.stand("Work m1", "500.00 USD")
    found = {each.kind: each for each in await world.check()}
    assert found[Kind.RELEASE_NOT_REQUESTED].days == 2
    assert "milepost request-release plan.toml 1001 m1" in found[Kind.RELEASE_NOT_REQUESTED].next


@pytest.mark.parametrize(
    ("role", "days", "left"), [(Role.CLIENT, 14, [14, 3, 1, 0]), (Role.FREELANCER, 4, [4, 3, 1, 0])]
)
async def test_a_dispute_counts_down(tmp_path: Path, role: Role, days: int, left: list[int]) -> None:
    """From the look before it was seen: it may have been filed right after that one."""
    world = World(tmp_path, role)
    ref = world.site.stand("Work m1", "500.00 USD")
    await world.check()
    turn(world, ref, State.DISPUTED)
    told = []
    for _ in range(days + 1):
        told += [(each.kind, each.days) for each in await world.check()]
        world.site.clock.sleep(DAY)
    assert told == [(Kind.DISPUTED, left[0]), *((Kind.DISPUTE_DEADLINE, each) for each in left[1:])]


async def test_waiting_idle_over_the_bid_and_short_of_balance(tmp_path: Path) -> None:
    world = World(tmp_path, projects=(planned(*two(None, date(2026, 12, 4))),))
    world.site.listed = (project(bid=money("700.00 USD")),)
    world.site.balance = money("100.00 USD")
    world.site.stand("Work m1", "500.00 USD")
    world.site.ask("Work m2", "300.00 USD")
    first = {each.kind: each for each in await world.check()}
    assert set(first) == {Kind.REQUESTED, Kind.DUE_SOON, Kind.OVER_BID, Kind.LOW_BALANCE}
    assert str(first[Kind.OVER_BID].amount) == "100.00 USD"
    assert str(first[Kind.LOW_BALANCE].amount) == "200.00 USD"
    world.site.clock.sleep(31 * DAY)
    later = {each.kind: each for each in await world.check()}
    assert later[Kind.NOT_FUNDED].days == 31
    assert later[Kind.NOT_RELEASED].seen == "500.00 USD funded for 31 days, and nobody has asked for its release"


async def test_what_stands_beside_the_plan_is_said_as_that(tmp_path: Path) -> None:
    world = World(tmp_path, projects=(replace(planned(*two()), ignore=frozenset({"503"})),))
    world.site.stand("Work m1", "500.00 USD")
    await world.check()
    world.site.stand("Coffee", "5.00 USD")
    world.site.stand("Known", "6.00 USD")
    found = [(each.kind, each.description) for each in await world.check()]
    assert (Kind.EXTRA, "Coffee") in found
    assert (Kind.EXTRA, "Known") not in found


async def test_projects_end_are_accepted_and_go(world: World) -> None:
    shown = project(accepted=False)
    world.site.listed = (shown, project("1002", "Other"))
    await world.check()
    world.site.listed = (replace(shown, accepted=True), project("1002", "Other", status=ProjectStatus.PAST))
    assert await world.kinds() == ["award_accepted", "project_ended"]
    world.site.listed = (replace(shown, accepted=True),)
    assert await world.kinds() == ["project_gone"]


async def test_what_still_holds_is_told_again_as_often_as_asked(tmp_path: Path) -> None:
    world = World(tmp_path, settings=CheckSettings(again_days=7, waiting_days=30))
    world.site.stand("Work", "10.00 USD", State.RELEASE_REQUESTED)
    assert await world.kinds() == ["release_requested"]
    told = []
    for _ in range(15):
        world.site.clock.sleep(DAY)
        told += await world.kinds()
    assert told == ["release_requested"] * 2


async def test_what_was_over_before_the_first_check_is_no_news(world: World) -> None:
    """A journal that previews have filled for months does not pour all of it out at once."""
    ref = world.site.stand("Work", "10.00 USD")
    await world.read()
    turn(world, ref, State.RELEASED)
    await world.read()
    world.site.clock.sleep(60 * DAY)
    assert await world.check() == []


# -- whatever dies, and whenever

STATES = [State.FUNDED, State.RELEASE_REQUESTED, State.RELEASED, State.CANCEL_REQUESTED, State.DISPUTED, State.UNCLEAR]
CHANGES = st.one_of(
    st.tuples(st.just("stand"), st.integers(0, 2), st.sampled_from(STATES)),
    st.tuples(st.just("turn"), st.integers(0, 5), st.sampled_from(STATES)),
    st.tuples(st.just("remove"), st.integers(0, 5), st.none()),
    st.tuples(st.just("ask"), st.integers(0, 2), st.none()),
)
DEATHS = st.sampled_from(["none", "none", "after one look", "before comparing", "before telling"])
ROUNDS = st.lists(st.tuples(st.lists(CHANGES, max_size=3), DEATHS), min_size=1, max_size=6)


def change(site: FakeSite, what: tuple[str, int, State | None], number: int) -> None:
    kind, which, state = what
    rows = [row.site_ref for each in site.milestones.values() for row in each]
    if kind == "stand" and state is not None:
        site.stand(f"Work {number}", "10.00 USD", state, ref=str(1000 + which))
    elif kind == "ask":
        site.ask(f"Work {number}", "10.00 USD", ref=str(1000 + which))
    elif rows and kind == "remove":
        site.remove(rows[which % len(rows)])
    elif rows and state is not None:
        ref = rows[which % len(rows)]
        for each in site.milestones.values():
            each[:] = [replace(row, state=state, raw=state.value) if row.site_ref == ref else row for row in each]


async def _replay(folder: Path, rounds: list[tuple[list[tuple[str, int, State | None]], str]]) -> None:
    world = World(folder)
    world.site.listed = tuple(project(str(1000 + n), f"Project {n}") for n in range(3))
    told: list[str] = []
    for number, (changes, death) in enumerate([([], "none"), *rounds, ([], "none")]):
        for index, each in enumerate(changes):
            change(world.site, each, number * 10 + index)
        await world.read(most=1 if death == "after one look" else None)
        if death in ("after one look", "before comparing"):
            continue
        outcome = world.compare()
        if death != "before telling":
            told += [finding.name for finding in world.tell(outcome)]
    assert len(told) == len(set(told)), "told twice"
    stock = world.stock()
    assert set(told) == {finding.name for finding in stock.findings}, "lost, or told of nothing"
    assert world.stock().findings == stock.findings
    assert world.compare().new == ()
    world.journal.close()


QUICK = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@given(rounds=ROUNDS)
@QUICK
async def test_nothing_is_told_twice_nor_lost_whatever_died(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[list[tuple[str, int, State | None]], str]]
) -> None:
    """The looks of checks that died are in the journal, and whoever takes stock next tells what they saw."""
    await _replay(tmp_path_factory.mktemp("world"), rounds)


@pytest.mark.slow
@given(rounds=ROUNDS)
@settings(QUICK, max_examples=300)
async def test_the_same_for_many_histories(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[list[tuple[str, int, State | None]], str]]
) -> None:
    await _replay(tmp_path_factory.mktemp("world"), rounds)


async def test_what_looks_like_a_planned_milestone_is_not_told_to_be_missing(tmp_path: Path) -> None:
    world = World(tmp_path, projects=(planned(*two(TODAY - timedelta(days=2))),))
    ref = world.site.stand("Work m1", "450.00 USD")
    found = {each.kind: each for each in await world.check()}
    assert f"2 days late: not on the site as planned, looks like milestone #{ref}" in found[Kind.LATE].seen


async def test_what_was_only_news_is_never_over(world: World) -> None:
    await world.check()
    world.site.stand("Hurry bonus", "25.00 USD")
    assert await world.kinds() == ["funded"]
    world.projects = (planned(*two()),)  # now it stands beside a plan, and is said once, as that
    outcome = world.compare()
    assert ([each.finding.kind for each in outcome.new], outcome.gone) == ([Kind.EXTRA], ())
