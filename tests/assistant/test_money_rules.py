"""Rules of docs/rules.md that no other test of the head shows by itself: identity, and what never left the browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.journal import Attempt, AttemptState, Journal
from assistant.site import CartReading, Look, Submission
from assistant.verdict import NotDone, SettleRules, Unknown, judge
from tests.assistant.fake_site import FakeSite, project
from tests.assistant.test_apply import World, planned


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = FakeSite()
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)


def test_a_preview_of_another_journal_is_stale(world: World, tmp_path: Path) -> None:
    """The site looks the same from both machines; the digest does not."""
    other = World(Journal.open(tmp_path / "other.sqlite3", world.site.clock), world.site)
    here, there = world.preview(), other.preview()
    assert [change.signature() for change in here.changes] == [change.signature() for change in there.changes]
    assert here.digest != there.digest


def test_a_plan_row_that_changed_while_its_attempt_is_unknown_is_blocked(world: World) -> None:
    """Another text or amount under the same key is no new attempt."""
    world.site.fail("pay", "late")
    world.apply()
    assert world.states() == [AttemptState.UNKNOWN]
    clicks = list(world.site.clicks)
    changed = planned()
    first = replace(changed.milestones[0], description="Something else")
    world.projects = (replace(changed, milestones=(first, *changed.milestones[1:])),)
    assert set(world.kinds()) == {"blocked"}
    world.apply()
    assert world.site.clicks == clicks


def test_what_somebody_makes_by_hand_in_the_middle_of_a_run_is_not_made_beside_it(world: World) -> None:
    """Each change is held against the look before it, not only against the one before the first."""
    pay, by_hand = world.site.pay, ["Milestone 2 of 3"]

    async def and_somebody_else(cart: CartReading) -> Submission:
        answer = await pay(cart)
        while by_hand:
            world.site.stand(by_hand.pop(), "500.00 USD")
        return answer

    world.site.pay = and_somebody_else  # type: ignore[method-assign]
    world.apply()
    assert world.states() == [AttemptState.DONE, AttemptState.REFUSED, AttemptState.DONE]
    assert sorted(text for text, _ in world.site.funded()) == [f"Milestone {n} of 3" for n in (1, 2, 3)]


def test_one_row_of_the_site_is_one_milestone_over_all_plans(world: World) -> None:
    """A second plan that plans the same finds its rows taken, and is held back by the project's total."""
    world.apply()
    stands = planned()
    other = tuple(replace(milestone, key=f"other-{milestone.key}") for milestone in stands.milestones)
    world.projects = (replace(stands, milestones=(*stands.milestones, *other)),)
    clicks = list(world.site.clicks)
    world.apply()
    assert world.site.clicks == clicks
    assert len(world.site.funded()) == 3


@pytest.mark.parametrize(("settles", "left", "verdict"), [(True, 0, NotDone), (False, 0, Unknown), (True, 1, Unknown)])
def test_nothing_that_left_settles_at_once_where_the_profile_says_so(
    world: World, settles: bool, left: int, verdict: type
) -> None:
    now = world.clock()
    world.look()
    attempt = Attempt(
        id=1, run_id=1, account="a", project_ref="1001", key="m1", change="create", description="Design",
        amount=planned().milestones[0].amount, fingerprint="f", state=AttemptState.SUBMITTING,
        recorded_at=now.isoformat(), submitting_at=now.isoformat(), left=left,
    )  # fmt: skip
    rules = SettleRules(timedelta(minutes=15), nothing_left_settles=settles)
    assert isinstance(judge(attempt, Look(project(), now), frozenset(), rules, world.clock()), verdict)
