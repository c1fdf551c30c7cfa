"""What a check's run itself has to tell: who is needed, what could not be read, when the session ends; and its view."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.checks.conclude import Conclusion, conclude, mark_told
from assistant.checks.finding import Kind
from assistant.checks.view import check_view
from assistant.clock import stamp
from assistant.errors import LoginError
from assistant.journal import RunKind, RunState
from assistant.plans.planned import Plan
from assistant.runs import current
from assistant.settings.model import Settings
from assistant.site import MilestoneState
from assistant.work import Work
from flows.checking import session_ends
from flows.profile import load_profile
from tests.assistant.checks.test_checks import turn, two
from tests.assistant.checks.world import World, planned


class Runs:
    """Ends runs of checks as a runner would, and concludes them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.work = Work(Settings(data_dir=world.folder), world.journal, world.account)

    def end(self, *, only: bool = False, error: dict[str, Any] | None = None, **summary: Any) -> Conclusion:
        facts = self.world.account.facts
        number = self.world.journal.runs.ask(RunKind.CHECK, facts.id, facts.name, {})
        if error is not None:
            self.world.journal.runs.end(number, RunState.FAILED, error=error)
        else:
            read = {"scope": [], "looked": {}, "unread": {}, "unresolved": {}} | summary
            self.world.journal.runs.end(number, RunState.DONE, read)
        made = conclude(self.work, current(self.world.journal, number), self.world.plans, self.now, only_planned=only)
        mark_told(self.work, made.outcome.new, self.now)
        return made

    @property
    def now(self) -> datetime:
        return self.world.site.clock()


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(World(tmp_path, projects=(planned(*two()),)))


def kinds(made: Conclusion) -> list[Kind]:
    return [each.finding.kind for each in made.outcome.new]


async def test_who_is_needed_is_told_once_until_it_is_over(runs: Runs) -> None:
    error = {"code": LoginError.code, "message": "anna is not signed in", "hint": "milepost login"}
    first = runs.end(error=error)
    assert (kinds(first), isinstance(first.error, LoginError)) == ([Kind.NEEDS_PERSON], True)
    assert "milepost login" in first.outcome.new[0].finding.next
    view = check_view(runs.work, runs.world.plans, runs.now)
    assert (view.trouble, [each.finding.kind for each in view.findings]) == (
        "anna is not signed in",
        [Kind.NEEDS_PERSON],
    )
    assert kinds(runs.end(error=error)) == []
    assert [finding.kind for finding in runs.end().outcome.gone] == [Kind.NEEDS_PERSON]
    assert check_view(runs.work, runs.world.plans, runs.now).trouble == ""


async def test_what_could_not_be_read_stays_until_something_was_read(runs: Runs) -> None:
    await runs.world.read()
    made = runs.end(unread={"1001": "down"}, unresolved={"Lost": "none of the 1 projects"})
    assert sorted(kinds(made)) == [Kind.COULD_NOT_READ, Kind.NOT_FOUND]
    assert "down" in next(e.finding.seen for e in made.outcome.new if e.finding.kind is Kind.COULD_NOT_READ)
    down = {"code": "browser", "message": "no browser"}
    failed = runs.end(error=down)
    assert (kinds(failed), failed.outcome.gone) == ([], ())
    assert [each.finding.seen for each in runs.end(error=down).outcome.new] == [
        "nothing could be read, twice in a row: no browser"
    ]
    assert kinds(runs.end(error=down)) == []
    assert kinds(runs.end(error={"code": "run", "message": "held by run 5"})) == []
    assert sorted(finding.kind for finding in runs.end().outcome.gone) == [
        Kind.COULD_NOT_READ,
        Kind.COULD_NOT_READ,
        Kind.NOT_FOUND,
    ]


async def test_a_session_that_ends_soon_is_told(runs: Runs) -> None:
    later, soon = (stamp(runs.now + timedelta(days=days)) for days in (9, 2))
    assert kinds(runs.end(session_ends=later)) == []
    assert kinds(runs.end(session_ends=soon)) == [Kind.SESSION_EXPIRING]
    assert kinds(runs.end(session_ends=soon)) == []


def test_a_session_ends_with_the_first_of_its_own_cookies() -> None:
    profile = load_profile("freelancer")
    at = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)

    def cookie(name: str, expires: float) -> dict[str, object]:
        return {"name": name, "expires": expires}

    name = profile.hands.login.session_cookies[0]
    state = {"cookies": [cookie("theme", 1.0), cookie(name, at.timestamp())]}
    assert session_ends(state, profile) == stamp(at)
    assert session_ends({"cookies": [cookie(name, -1)]}, profile) is None
    assert session_ends({}, profile) is None


async def test_a_check_of_a_plan_says_nothing_of_other_projects(runs: Runs) -> None:
    world = runs.world
    listed = world.site.listed[0]
    world.site.listed = (listed, type(listed)(**{**vars(listed), "ref": "1002", "title": "Other"}))
    mine, other = world.site.stand("Work m1", "500.00 USD"), world.site.stand("Work", "10.00 USD", ref="1002")
    await world.read()
    runs.end(scope=["1001", "1002"])
    turn(world, mine, MilestoneState.DISPUTED)
    turn(world, other, MilestoneState.DISPUTED)
    await world.read()
    one = runs.end(only=True, scope=["1001"])
    assert [each.finding.project for each in one.outcome.new] == ["1001"]
    everything = runs.end(scope=["1001", "1002"])
    assert [each.finding.project for each in everything.outcome.new] == ["1002"]
    assert everything.outcome.gone == ()
    again = runs.end(only=True, scope=["1001"])
    assert (again.outcome.new, again.outcome.gone) == ((), ())


async def test_a_check_of_a_plan_ends_what_its_run_met_and_nothing_else(runs: Runs, monkeypatch) -> None:
    await runs.world.read()
    another = Plan(
        runs.world.folder / "another.toml",
        "freelancer",
        "anna",
        (replace(planned(*two(), ref=""), ref=None, title="Of another plan"),),
    )
    another.file.touch()
    own = runs.world.plans
    monkeypatch.setattr(World, "plans", property(lambda _self: (*own, another)))
    error = {"code": LoginError.code, "message": "anna is not signed in"}
    lost = {"1001": "none of the projects", "Of another plan": "none of the projects"}
    assert sorted(kinds(runs.end(unresolved=lost))) == [Kind.NOT_FOUND, Kind.NOT_FOUND]
    monkeypatch.setattr(World, "plans", property(lambda _self: own))
    for _ in range(2):  # told anew each time that the session has ended
        assert kinds(runs.end(only=True, error=error)) == [Kind.NEEDS_PERSON]
        over = runs.end(only=True, scope=["1001"]).outcome.gone
        assert Kind.NEEDS_PERSON in [finding.kind for finding in over]
    left = [each.finding.title for each in check_view(runs.work, runs.world.plans, runs.now).findings]
    assert left == ["Of another plan"]


async def test_a_check_without_the_plan_ends_nothing_that_rests_on_it(runs: Runs, monkeypatch) -> None:
    runs.world.projects = (planned(*two(date(2026, 11, 20))),)
    plans, plan_file = runs.world.plans, runs.world.folder / "my plan.toml"
    plan_file.touch()
    given = [replace(plan, file=plan_file) for plan in plans]
    monkeypatch.setattr(World, "plans", property(lambda _self: given))
    ref = runs.world.site.stand("Work m1", "500.00 USD")
    turn(runs.world, ref, MilestoneState.RELEASE_REQUESTED)
    runs.world.site.stand("Work m2", "300.00 USD")
    await runs.world.read()
    runs.world.site.clock.sleep(4 * 86400)
    first = {each.finding.kind: each.finding for each in runs.end(unresolved={"1001": "gone"}).outcome.new}
    assert set(first) == {Kind.RELEASE_REQUESTED, Kind.RELEASE_WAITING, Kind.NOT_FOUND}
    assert f"milepost release '{plan_file}' 1001 m1" in first[Kind.RELEASE_WAITING].next
    given.clear()
    without = runs.end()
    assert (kinds(without), without.outcome.gone) == ([], ()), "the same, whether its key is known or not"
    plan_file.unlink()
    assert [finding.kind for finding in runs.end().outcome.gone] == [Kind.NOT_FOUND]
