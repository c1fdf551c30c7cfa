"""A run that waits for a person: until when, and what ends the wait."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.clock import now
from assistant.errors import NobodyCame
from assistant.journal import Journal, RunKind, RunState, Wanted
from assistant.person import Need
from flows.at_the_run import AtTheRun
from flows.run_site import _approved_until
from tests.assistant.fake_site import FakeSite
from tests.assistant.test_apply import World


@pytest.mark.parametrize("left", [-1, 30])
def test_nobody_is_waited_for_beyond_the_end_of_the_approval(tmp_path: Path, left: int) -> None:
    journal = Journal.open(tmp_path / "journal.sqlite3")
    world = World(journal, FakeSite())
    world.clock.at = now() - timedelta(minutes=60, seconds=-left)
    run = journal.runs.ask(RunKind.APPLY, world.facts.id, "anna", world.order().to_json())
    row = journal.runs.get(run)
    assert row is not None
    until = _approved_until(row)
    assert until is not None
    assert abs((until - now()).total_seconds() - left) < 20
    person = AtTheRun(journal, run, lambda: Wanted.GO, None, until)

    async def wait() -> None:
        async with person.asked(Need.PRESS, "press it", {"key": "m1"}):
            waiting = journal.runs.get(run)
            assert waiting is not None
            assert waiting.state is RunState.PERSON
            person.check()

    if left < 0:
        with pytest.raises(NobodyCame, match="the approval ran out while the run waited"):
            asyncio.run(wait())
    else:
        asyncio.run(wait())
    [asked] = journal.runs.events(run)
    assert datetime.fromisoformat(asked.data["until"]) <= until
    assert asked.data["key"] == "m1"
    journal.close()


def test_a_run_without_an_approval_waits_as_long_as_usual(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal.sqlite3")
    row = journal.runs.get(journal.runs.ask(RunKind.LOGIN, "freelancer:anna", "anna", {"by_hand": True}))
    assert row is not None
    assert _approved_until(row) is None
    journal.close()


@pytest.mark.parametrize(
    ("wanted", "patience", "why"),
    [(Wanted.GO, -1.0, r"nobody did what the run waited for within"), (Wanted.STOP, 900.0, "the run was stopped")],
)
def test_a_wait_ends_when_its_time_is_over_or_the_run_is_to_stop(
    tmp_path: Path, wanted: Wanted, patience: float, why: str
) -> None:
    journal = Journal.open(tmp_path / "journal.sqlite3")
    run = journal.runs.ask(RunKind.LOGIN, "freelancer:anna", "anna", {})
    person = AtTheRun(journal, run, lambda: wanted, patience)

    async def wait() -> None:
        async with person.asked(Need.CODE, "type the code"):
            person.check()

    with pytest.raises(NobodyCame, match=why):
        asyncio.run(wait())
    row = journal.runs.get(run)
    assert row is not None
    assert row.state is RunState.RUNNING
    journal.close()
