"""Release and request for release: one milestone, typed, from a fresh look; never twice either."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.errors import ApprovalRefused, LiveRefused, Mismatch, NotFound, Refused
from assistant.journal import AttemptState, Journal, RunKind
from assistant.single import Single, SingleKind, SingleOrder, approve_single, carry_single, single_of
from assistant.site import MilestoneState, Role, Step
from assistant.summary import Summary
from tests.assistant.fake_site import FakeSite, money, project
from tests.assistant.test_apply import FACTS, RULES, World, planned

FREELANCER = replace(FACTS, role=Role.FREELANCER)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world in which the plan's three milestones stand, funded, and are claimed."""
    site = FakeSite()
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)
    world.apply()
    return world


def shown(world: World, kind: SingleKind, key: str = "m1", pay: str | None = None) -> Single:
    facts = FACTS if kind is SingleKind.RELEASE else FREELANCER
    look = asyncio.run(world.site.look(project()))
    return single_of(kind, facts, look, key, world.journal, money(pay) if pay else None)


def carry(world: World, single: Single, typed: str | None = None) -> Summary:
    order = approve_single(single, typed or single.wanted, world.clock(), 60)
    run = world.journal.runs.ask(RunKind.SINGLE, FACTS.id, "anna", {})
    again = SingleOrder.from_json(order.to_json())
    return asyncio.run(carry_single(again, world.site, world.journal, run, RULES))


def states(world: World) -> list[MilestoneState]:
    return [row.state for row in world.site.milestones["1001"]]


def test_a_release_and_a_request_for_it(world: World) -> None:
    assert carry(world, shown(world, SingleKind.REQUEST_RELEASE)).release_requested == 1
    assert states(world) == [MilestoneState.RELEASE_REQUESTED, MilestoneState.FUNDED, MilestoneState.FUNDED]
    assert carry(world, shown(world, SingleKind.RELEASE)).released == 1
    assert states(world)[0] is MilestoneState.RELEASED
    assert world.kinds() == ["keep"] * 3


def test_only_the_wanted_text_approves(world: World) -> None:
    for kind, wrong in ((SingleKind.RELEASE, "500.00 EUR"), (SingleKind.REQUEST_RELEASE, "yes")):
        with pytest.raises(ApprovalRefused):
            carry(world, shown(world, kind), wrong)
    assert states(world) == [MilestoneState.FUNDED] * 3


def test_a_part_is_released_and_the_plan_still_holds(world: World) -> None:
    assert carry(world, shown(world, SingleKind.RELEASE, pay="200.00 USD")).released == 1
    assert [str(row.amount) for row in world.site.milestones["1001"][:2]] == ["200.00 USD", "300.00 USD"]
    preview = world.preview()
    assert [change.kind.value for change in preview.changes] == ["keep"] * 3
    assert "in parts" in preview.changes[0].reason


def test_what_is_left_of_one_that_was_released_in_parts_is_released_as_well(world: World) -> None:
    assert carry(world, shown(world, SingleKind.RELEASE, pay="250.00 USD")).released == 1
    world.look()
    rest = shown(world, SingleKind.RELEASE)
    assert (rest.wanted, rest.milestone.description) == ("250.00 USD", "Milestone 1 of 3 (Partial Release 2)")
    world.site.fail("submit", "nothing left")  # the part of the same amount that was released before proves nothing
    assert carry(world, rest).released == 0
    for pay in ("100.00 USD", "150.00 USD"):
        assert carry(world, shown(world, SingleKind.RELEASE, pay=pay)).released == 1
    parts = [(str(row.amount), row.state.value) for row in world.site.milestones["1001"][:3]]
    assert parts == [("250.00 USD", "released"), ("100.00 USD", "released"), ("150.00 USD", "released")]
    with pytest.raises(Refused, match="in parts, of which none are left"):
        shown(world, SingleKind.RELEASE)
    assert world.kinds() == ["keep"] * 3


def test_rows_that_do_not_add_up_to_what_was_there_are_not_what_is_left_of_it(world: World) -> None:
    world.look()
    carry(world, shown(world, SingleKind.RELEASE, pay="200.00 USD"))
    rows = world.site.milestones["1001"]
    rows[1] = replace(rows[1], amount=money("400.00 USD"))
    with pytest.raises(NotFound, match="is not on the page"):
        shown(world, SingleKind.RELEASE)


@pytest.mark.parametrize("state", [MilestoneState.DISPUTED, MilestoneState.RELEASED, MilestoneState.CANCEL_REQUESTED])
def test_what_cannot_be_released_is_refused(world: World, state: MilestoneState) -> None:
    rows = world.site.milestones["1001"]
    rows[0] = replace(rows[0], state=state)
    for kind in SingleKind:
        with pytest.raises(Refused):
            shown(world, kind)


def test_the_wrong_role_key_or_amount_is_refused(world: World) -> None:
    look = asyncio.run(world.site.look(project()))
    with pytest.raises(Refused, match="only a client"):
        single_of(SingleKind.RELEASE, FREELANCER, look, "m1", world.journal)
    with pytest.raises(NotFound):
        single_of(SingleKind.RELEASE, FACTS, look, "m9", world.journal)
    for pay in ("500.01 USD", "0.00 USD", "10.00 EUR"):
        with pytest.raises(Refused):
            shown(world, SingleKind.RELEASE, pay=pay)
    unaccepted = replace(look, project=project(accepted=False))
    with pytest.raises(Refused, match="accepted"):
        single_of(SingleKind.RELEASE, FACTS, unaccepted, "m1", world.journal)


def test_a_request_is_no_money_to_ask_the_release_of(tmp_path: Path) -> None:
    site = FakeSite()
    world = World(Journal.open(tmp_path / "j.sqlite3", site.clock), site, (planned(),), FREELANCER)
    world.apply()
    with pytest.raises(Refused, match="only requested"):
        shown(world, SingleKind.REQUEST_RELEASE)


def test_one_that_moved_since_it_was_shown_is_left_alone(world: World) -> None:
    single = shown(world, SingleKind.RELEASE)
    rows = world.site.milestones["1001"]
    rows[0] = replace(rows[0], amount=money("499.00 USD"))
    with pytest.raises(Mismatch):
        carry(world, single)
    assert world.site.clicks[-1].startswith("pay")


@pytest.mark.parametrize("wait", [timedelta(minutes=61), timedelta(hours=-1)])
def test_an_approval_that_has_run_out_or_is_yet_to_come_releases_nothing(world: World, wait: timedelta) -> None:
    order = approve_single(shown(world, SingleKind.RELEASE), "500.00 USD", world.clock(), 60)
    world.clock.at += wait
    run = world.journal.runs.ask(RunKind.SINGLE, FACTS.id, "anna", {})
    with pytest.raises(ApprovalRefused, match=r"run out|set back"):
        asyncio.run(carry_single(order, world.site, world.journal, run, RULES))
    assert states(world) == [MilestoneState.FUNDED] * 3


def test_the_approval_of_a_release_is_looked_at_right_before_the_click(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_: Step) -> None:
        world.clock.sleep(3601)

    monkeypatch.setattr(world.site, "prepare", slow)
    carry(world, shown(world, SingleKind.RELEASE))
    assert (states(world)[0], world.states()[-1]) == (MilestoneState.FUNDED, AttemptState.REFUSED)


def test_live_is_refused(world: World) -> None:
    single = shown(world, SingleKind.RELEASE)
    live = replace(single, account=replace(single.account, origin="https://www.freelancer.com"))
    with pytest.raises(LiveRefused):
        carry(world, live)


@pytest.mark.parametrize(
    ("fault", "outcome", "state"),
    [
        ("drop after", AttemptState.DONE, MilestoneState.RELEASED),
        ("drop before", AttemptState.UNKNOWN, MilestoneState.FUNDED),
        ("plain no", AttemptState.REFUSED, MilestoneState.FUNDED),
        ("nothing left", AttemptState.REFUSED, MilestoneState.FUNDED),
    ],
)
def test_a_release_is_read_back(world: World, fault: str, outcome: AttemptState, state: MilestoneState) -> None:
    single = shown(world, SingleKind.RELEASE)
    world.site.fail("submit", fault)
    carry(world, single)
    assert world.states()[-1] is outcome
    assert states(world)[0] is state
    world.clock.sleep(6)
    world.look()
    assert world.states()[-1] is not AttemptState.UNKNOWN


def test_while_one_release_may_have_gone_through_no_other_is_made(world: World) -> None:
    """A part that is released late would be released twice: the row still shows all of its amount."""
    before = shown(world, SingleKind.RELEASE, pay="200.00 USD")
    world.site.fail("submit", "late")
    carry(world, before)
    assert world.states()[-1] is AttemptState.UNKNOWN
    for kind in SingleKind:
        with pytest.raises(Refused, match=r"m1 release 200\.00 USD may have gone through"):
            shown(world, kind, "m2" if kind is SingleKind.RELEASE else "m1")
    with pytest.raises(Refused, match="not settled yet"):
        carry(world, before)  # shown before, and typed for only now
    world.clock.sleep(6)
    world.look()
    assert world.states()[-1] is AttemptState.DONE
    released = [str(row.amount) for row in world.site.milestones["1001"] if row.state is MilestoneState.RELEASED]
    assert released == ["200.00 USD"]
    assert carry(world, shown(world, SingleKind.RELEASE, "m2")).released == 1


def test_the_printed_date_which_no_journal_keeps_is_not_part_of_what_was_shown(world: World) -> None:
    single = shown(world, SingleKind.RELEASE)
    rows = world.site.milestones["1001"]
    rows[:] = [replace(row, created="Dec 1, 2026") for row in rows]
    assert carry(world, single).released == 1
    rows[1] = replace(rows[1], description="Another")
    with pytest.raises(Mismatch):
        carry(world, replace(single, key="m2", milestone=replace(rows[1], description="Before")))
