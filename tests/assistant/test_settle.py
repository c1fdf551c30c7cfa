"""A person's word settles what looks cannot: typed, kept, and only for what really is unknown."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.errors import ApprovalRefused, NotFound, Refused
from assistant.journal import AttemptState, Journal
from assistant.settle import settle_by_person, settlement_of
from assistant.site import Look
from tests.assistant.fake_site import FakeSite, money, project
from tests.assistant.test_apply import FACTS, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose first milestone may have been paid: the balance is lower, and no row is there."""
    site = FakeSite(creating_pays=True)
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)
    order = world.order()
    world.site.fail("submit", "drop before")
    world.carry(order)
    world.site.balance = world.site.balance - money("500.00 USD")
    world.clock.sleep(60)
    assert set(world.kinds()) == {"blocked"}
    return world


def look(world: World) -> Look:
    return asyncio.run(world.site.look(project()))


def test_not_paid_frees_the_project(world: World) -> None:
    settlement = settlement_of(world.journal, FACTS.id, look(world), "m1")
    with pytest.raises(ApprovalRefused):
        settle_by_person(world.journal, settlement, "yes")
    assert set(world.kinds()) == {"blocked"}
    settle_by_person(world.journal, settlement, "not paid")
    assert world.kinds() == ["create"] * 3
    [attempt] = world.journal.attempts.newest()
    assert (attempt.state, attempt.settled_by) == (AttemptState.REFUSED, "person")
    assert world.journal.attempts.evidence_of(attempt.id)[-1]["figures"]["typed"] == "not paid"


def test_paid_claims_the_named_row(world: World) -> None:
    other = world.site.stand("Reworded by the client", "500.00 USD")
    settlement = settlement_of(world.journal, FACTS.id, look(world), "m1", paid=other)
    settle_by_person(world.journal, settlement, "500.00 USD")
    claims = world.journal.attempts.claims(FACTS.id)
    assert [(claim.key, claim.site_ref, claim.how) for claim in claims] == [("m1", other, "settled")]


def test_a_row_that_cannot_be_it_is_refused(world: World) -> None:
    wrong = world.site.stand("x", "400.00 USD")
    with pytest.raises(Refused):
        settlement_of(world.journal, FACTS.id, look(world), "m1", paid=wrong)
    with pytest.raises(NotFound):
        settlement_of(world.journal, FACTS.id, look(world), "m1", paid="1")
    with pytest.raises(NotFound):
        settlement_of(world.journal, FACTS.id, look(world), "m2")
