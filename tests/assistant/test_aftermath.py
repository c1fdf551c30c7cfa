"""How a run that died stands: what is done, not done, not known and not reached, then and after a later look."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.aftermath import aftermath_of_run
from assistant.journal import Journal, RunKind, RunState
from assistant.runs import how_to_go_on
from tests.assistant.fake_site import FakeSite
from tests.assistant.test_apply import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = FakeSite()
    return World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)


def test_a_run_that_died_is_summed_up_from_the_journal_and_again_after_a_look(world: World) -> None:
    order = world.order()
    world.site.fail("pay", "ok", "die")
    with pytest.raises(KeyboardInterrupt):
        world.carry(order)
    [run] = world.journal.runs.newest(kind=RunKind.APPLY)
    assert aftermath_of_run(world.journal, run) is None  # as far as is known, it lives
    world.journal.runs.end(run.id, RunState.INTERRUPTED, error={"message": "the run's process died"})
    [run] = world.journal.runs.newest(kind=RunKind.APPLY)
    assert str(aftermath_of_run(world.journal, run)) == "1 done, 1 not known yet, 1 not reached"
    world.look()
    after = aftermath_of_run(world.journal, run)
    assert str(after) == "2 done, 1 not reached; 1001/m2 since settled: done"
    assert after is not None
    assert after.as_json() == {"done": 2, "not_done": 0, "not_known": 0, "not_reached": 1}


def test_the_command_that_goes_on_is_one_that_can_be_pasted(world: World) -> None:
    run = world.journal.runs.ask(RunKind.APPLY, world.facts.id, "anna", {}, "my plans/$(date).toml")
    row = world.journal.runs.get(run)
    assert row is not None
    assert how_to_go_on(row).startswith("milepost apply 'my plans/$(date).toml' looks at what stands")
