"""Requests overlap, money does not: several hands on several projects, against a site that counts what is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.apply import Carrier
from assistant.approval import Order
from assistant.errors import BrowserError, JournalError, OutcomeUnknown
from assistant.fallback import left_behind
from assistant.journal import AttemptState, Journal, RunKind, Wanted
from assistant.site import Role, Step, StepKind, Submission
from assistant.summary import Summary
from tests.assistant.fake_site import FakeSite, project
from tests.assistant.test_apply import FACTS, RULES, World, planned

REFS = tuple(str(1001 + number) for number in range(5))
MILESTONES = [f"Milestone {n} of 3" for n in (1, 2, 3)]
ALL = len(REFS) * len(MILESTONES)
WHOLE = dict.fromkeys(REFS, MILESTONES)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A freelancer with five projects of three milestones each."""
    site = FakeSite(tuple(project(ref, f"Website {ref}") for ref in REFS))
    journal = Journal.open(tmp_path / "journal.sqlite3", site.clock)
    return World(journal, site, tuple(planned(ref) for ref in REFS), replace(FACTS, role=Role.FREELANCER))


def carry(
    world: World, order: Order, at_once: int = 3, between: Callable[[], Awaitable[Wanted]] | None = None
) -> Summary:
    """Carry an order out with several hands."""
    run = world.journal.runs.ask(RunKind.APPLY, world.facts.id, "ben", {})

    async def go_on() -> Wanted:
        return Wanted.GO

    site = world.site
    carrier = Carrier(order, site, world.journal, run, RULES, between or go_on, site.beside, at_once)
    return asyncio.run(carrier.carry_out())


def asked(world: World) -> dict[str, list[str]]:
    return {ref: [row.description for row in world.site.requests.get(ref, [])] for ref in REFS}


def test_requests_of_several_projects_are_under_way_at_once_and_each_project_keeps_its_order(world: World) -> None:
    summary = carry(world, world.order())
    assert (summary.planned, summary.requested, summary.exit_code) == (ALL, ALL, 0)
    assert asked(world) == WHOLE
    assert world.site.tabs == 3
    assert max(len(steps) for steps in world.site.overlaps) == 3
    for steps in world.site.overlaps:
        assert len({step.project.ref for step in steps}) == len(steps)
    assert {change.kind.value for change in world.preview().changes} == {"keep"}


@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_there_are_never_more_hands_than_allowed_or_of_use(world: World, at_once: int) -> None:
    carry(world, world.order(), at_once)
    most = min(at_once, len(REFS) - 1)  # the first project is done before the other hands begin
    assert (world.site.tabs, max(len(steps) for steps in world.site.overlaps)) == (most, most)


def test_pages_per_milestone_are_those_of_a_single_hand(world: World, tmp_path: Path) -> None:
    alone = World(
        Journal.open(tmp_path / "alone.sqlite3", world.clock),
        replace(world.site, requests={}),
        world.projects,
        world.facts,
    )
    loads = []
    for each, at_once in ((world, 3), (alone, 1)):
        order, before = each.order(), each.site.page_loads
        carry(each, order, at_once)
        loads.append(each.site.page_loads - before)
    assert loads[0] == loads[1] == len(REFS) * (1 + len(MILESTONES))


def test_requests_taken_back_and_asked_anew_overlap_as_well(world: World) -> None:
    carry(world, world.order())
    world.projects = tuple(
        replace(each, milestones=tuple(replace(m, description=f"{m.description}, corrected") for m in each.milestones))
        for each in world.projects
    )
    world.site.overlaps.clear()
    summary = carry(world, world.order())
    assert (summary.withdrawn, summary.requested) == (ALL, ALL)
    assert asked(world) == {ref: [f"{words}, corrected" for words in MILESTONES] for ref in REFS}
    assert max(len(steps) for steps in world.site.overlaps) == 3


@pytest.mark.parametrize(("creating_pays", "standing"), [(False, "requests"), (True, "nothing")])
def test_nothing_that_takes_money_overlaps_with_anything(world: World, *, creating_pays: bool, standing: str) -> None:
    world.facts = FACTS
    world.site.creating_pays = creating_pays
    if standing == "requests":
        for ref in REFS[:3]:
            world.site.ask(MILESTONES[0], "500.00 USD", ref)
    summary = carry(world, world.order(), at_once=8)
    assert summary.confirmed == ALL
    assert [world.site.funded(ref) for ref in REFS] == [[(words, "500.00 USD") for words in MILESTONES]] * len(REFS)
    assert world.site.tabs == 1
    assert {len(steps) for steps in world.site.overlaps} == {1}


def test_one_milestone_that_takes_money_keeps_the_whole_order_to_one_hand(world: World) -> None:
    order = world.order()
    money = tuple(("ref", "key", "create", *rest) for _, _, _, *rest in order.projects[-1].signatures)
    mixed = replace(order, projects=(*order.projects[:-1], replace(order.projects[-1], signatures=money)))
    summary = carry(world, mixed)
    assert (world.site.tabs, summary.requested, summary.refused) == (1, ALL - 3, 3)


def test_a_wish_to_stop_ends_every_hand_after_its_step(world: World) -> None:
    order, asked_for = world.order(), 0

    async def between() -> Wanted:
        nonlocal asked_for
        asked_for += 1
        return Wanted.STOP if asked_for > 9 else Wanted.GO

    summary = carry(world, order, between=between)
    assert 3 < summary.requested < 9
    assert summary.requested + summary.not_reached == ALL
    assert set(world.states()) == {AttemptState.DONE}
    assert carry(world, world.order()).requested == summary.not_reached
    assert asked(world) == WHOLE


def test_an_unknown_stops_its_project_only(world: World) -> None:
    order = world.order()
    world.site.fail("submit", *["ok"] * 4, "drop before")
    summary = carry(world, order)
    assert (summary.unknown, summary.requested) == (1, ALL - 1 - summary.not_reached)
    assert summary.not_reached <= 2
    world.clock.sleep(6)
    assert carry(world, world.order()).exit_code == 0
    assert asked(world) == WHOLE


def test_a_browser_that_goes_ends_the_run_and_the_other_hands_read_back_what_they_sent(world: World) -> None:
    order = world.order()
    world.site.fail("prepare", *["ok"] * 5, "browser")
    with pytest.raises(BrowserError):
        carry(world, order)
    assert max(len(steps) for steps in world.site.overlaps) > 1
    assert set(world.states()) == {AttemptState.DONE, AttemptState.REFUSED}
    assert len(world.states()) < 12
    carry(world, world.order())
    assert asked(world) == WHOLE


class BreaksTheJournal(FakeSite):
    """A site in which the journal cannot be written any more once three steps are under way."""

    async def submit(self, step: Step) -> Submission:
        self.breaks = getattr(self, "breaks", False) or len(self.under_way) == 3
        return await super().submit(step)


def test_what_the_journal_does_not_take_of_several_hands_is_kept_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = BreaksTheJournal(tuple(project(ref, f"Website {ref}") for ref in REFS))
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, tuple(planned(ref) for ref in REFS),
                  replace(FACTS, role=Role.FREELANCER))  # fmt: skip
    order = world.order()
    attempts = world.journal.attempts
    note = attempts.note

    def refuse(attempt_id: int, **values: object) -> None:
        if getattr(site, "breaks", False):
            raise JournalError("the disk is full")
        note(attempt_id, **values)

    monkeypatch.setattr(attempts, "note", refuse)
    with pytest.raises(OutcomeUnknown):
        carry(world, order)
    kept = [facts for _, _, facts in left_behind(world.journal.path) if facts]
    open_attempts = {attempt.id for attempt in attempts.open(world.facts.id)}
    assert len(kept) == 3
    assert {facts["attempt"] for facts in kept} == open_attempts
    assert {facts["step"] for facts in kept} == {StepKind.REQUEST.value}
