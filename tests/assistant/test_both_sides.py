"""A client and a freelancer with the same plan on one site: nothing is doubled, whoever comes first, or at once."""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.apply import Carrier
from assistant.approval import AccountFacts
from assistant.errors import Refused
from assistant.journal import Journal, RowKind, RunKind, Wanted
from assistant.memory import follow_accepted
from assistant.single import SingleKind, single_of
from assistant.site import MilestoneState, Role, Step, Submission
from tests.assistant.fake_site import FakeSite, project
from tests.assistant.test_apply import FACTS, RULES, World, planned

REFS = ("1001", "1002", "1003")
BEN = AccountFacts(
    "ben", "freelancer:ben@http://127.0.0.1:1", "ben", "freelancer", "http://127.0.0.1:1", Role.FREELANCER
)
WHOLE = [("Milestone 1 of 2", "500.00 USD"), ("Milestone 2 of 2", "500.00 USD")]


@pytest.fixture
def freelancer(tmp_path: Path) -> World:
    """One project, three requests pending."""
    site = FakeSite()
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, facts=BEN)
    world.apply()
    return world


def pending(world: World) -> list[str]:
    return [row.description for row in world.site.requests["1001"] if row.state is MilestoneState.REQUESTED]


def test_a_milestone_made_beside_its_request_is_adopted_and_the_request_taken_back(freelancer: World) -> None:
    freelancer.site.stand("Milestone 2 of 3", "500.00 USD")
    preview = freelancer.preview()
    assert [(change.key, change.kind.value) for change in preview.changes] == [
        ("m1", "keep"),
        ("m2", "withdraw"),
        ("m2", "adopt"),
        ("m3", "keep"),
    ]
    assert preview.totals == {}
    summary = freelancer.apply()
    assert (summary.withdrawn, summary.adopted, summary.kept, summary.exit_code) == (1, 1, 2, 0)
    assert pending(freelancer) == ["Milestone 1 of 3", "Milestone 3 of 3"]
    assert freelancer.kinds() == ["keep"] * 3


def test_it_is_not_adopted_while_the_request_still_stands(freelancer: World) -> None:
    freelancer.site.stand("Milestone 2 of 3", "500.00 USD")
    freelancer.site.fail("submit", "plain no")
    summary = freelancer.apply()
    assert (summary.refused, summary.adopted) == (1, 0)
    assert freelancer.kinds() == ["keep", "withdraw", "adopt", "keep"]
    freelancer.apply()
    assert freelancer.kinds() == ["keep"] * 3


def test_two_requests_of_the_same_words_lose_only_the_one_that_was_made(tmp_path: Path) -> None:
    site = FakeSite()
    twins = planned(count=2)
    twins = replace(twins, milestones=tuple(replace(m, description="Half") for m in twins.milestones))
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, (twins,), BEN)
    world.apply()
    site.stand("Half", "500.00 USD")
    assert world.kinds() == ["withdraw", "adopt", "keep"]
    world.apply()
    assert (pending(world), world.kinds()) == (["Half"], ["keep", "keep"])


def test_once_a_request_was_accepted_its_milestone_is_known_and_its_release_can_be_asked_for(freelancer: World) -> None:
    row = freelancer.site.requests["1001"].pop(1)
    freelancer.site.stand("Milestone 3 of 3", "1.00 USD")
    made = freelancer.site.stand(row.description, str(row.amount))
    look = asyncio.run(freelancer.site.look(project()))
    with pytest.raises(Refused, match="only requested"):
        single_of(SingleKind.REQUEST_RELEASE, BEN, look, "m2", freelancer.journal)
    freelancer.look()
    for _ in range(2):
        follow_accepted(freelancer.journal, BEN, freelancer.projects[0], look, RULES)
    claims = {claim.key: (claim.kind, claim.how) for claim in freelancer.journal.attempts.claims(BEN.id)}
    assert claims["m2"] == (RowKind.MILESTONE, "accepted")
    assert claims["m1"] == claims["m3"] == (RowKind.REQUEST, "created")
    assert single_of(SingleKind.REQUEST_RELEASE, BEN, look, "m2", freelancer.journal).milestone.site_ref == made
    assert freelancer.kinds() == ["keep"] * 3


class Crossing(FakeSite):
    """A site on which the client makes each milestone by hand in the moment in which it is asked for."""

    async def submit(self, step: Step) -> Submission:
        answer = await super().submit(step)
        if step.kind == "request":
            self.stand(step.description, str(step.amount), ref=step.project.ref)
        return answer


def test_a_request_that_crosses_its_milestone_is_known_as_the_request_and_taken_back(tmp_path: Path) -> None:
    site = Crossing()
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, facts=BEN)
    for _ in range(3):
        world.apply()
    assert (pending(world), world.kinds()) == ([], ["keep"] * 3)
    assert len(site.funded()) == 3


def two_sides(folder: Path, seed: int) -> tuple[World, World]:
    """A client and a freelancer with a journal each; the seed says who gets on when."""
    listed = tuple(project(ref, f"Website {ref}") for ref in REFS)
    dice = random.Random(seed)
    annas = FakeSite(listed, turns=(dice.randrange(4) for _ in itertools.count()))
    bens = replace(annas, _numbers=9000, turns=(dice.randrange(6) for _ in itertools.count()), faults={}, under_way=[])
    plan = tuple(planned(ref, count=2) for ref in REFS)
    anna = World(Journal.open(folder / "anna.sqlite3", annas.clock), annas, plan, FACTS)
    return anna, World(Journal.open(folder / "ben.sqlite3", annas.clock), bens, plan, BEN)


def carried_at_once(*worlds: World) -> None:
    """Everybody previews and approves; then all of them are carried out at the same time."""

    async def go_on() -> Wanted:
        return Wanted.GO

    async def carry_all() -> None:
        await asyncio.gather(*(carrier.carry_out() for carrier in carriers))

    carriers = []
    for world in worlds:
        order = world.order()
        run = world.journal.runs.ask(RunKind.APPLY, world.facts.id, world.facts.name, {})
        carriers.append(Carrier(order, world.site, world.journal, run, RULES, go_on, world.site.beside, 3))
    asyncio.run(carry_all())


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_at_once_every_milestone_stands_once_and_is_paid_once(tmp_path: Path, seed: int) -> None:
    anna, ben = two_sides(tmp_path, seed)
    for _ in range(8):
        at_work = [world for world in (anna, ben) if set(world.kinds()) != {"keep"}]
        if not at_work:
            break
        carried_at_once(*(world for world in at_work if set(world.kinds()) - {"keep", "blocked", "gone"}))
    assert [set(world.kinds()) for world in (anna, ben)] == [{"keep"}, {"keep"}]
    assert [anna.site.funded(ref) for ref in REFS] == [sorted(anna.site.funded(ref)) for ref in REFS] == [WHOLE] * 3
    assert len(anna.site.charges) == 6
    assert [
        row for ref in REFS for row in anna.site.requests.get(ref, []) if row.state is MilestoneState.REQUESTED
    ] == []
