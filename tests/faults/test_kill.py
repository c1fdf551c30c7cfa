"""A few deaths in every test run; all of them (each write of each way, 200 random moments) are `make faults`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from assistant.processes import alive, kill, started
from tests.faults.cells import WAYS
from tests.faults.kills import VICTIMS, Moment, Slayer, at_every_write, at_random, slaying

pytestmark = pytest.mark.browser

MOMENTS = [
    pytest.param(Moment("client, cart", "runner", 13, delay=0.08), id="runner"),
    pytest.param(Moment("freelancer", "stopped node", 9, delay=0.05), id="stopped node", marks=pytest.mark.slow),
    pytest.param(
        Moment("client, direct", "SIGTERM to every process", 9, delay=0.05), id="everything", marks=pytest.mark.slow
    ),
]


@pytest.fixture(scope="module")
def slayer() -> Iterator[Slayer]:
    with slaying() as made:
        yield made


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_is_paid_twice_and_nothing_forgotten(slayer: Slayer, moment: Moment) -> None:
    killed = slayer.carry_out(moment)
    assert killed.problems == [], f"{killed.first}: {killed.first_said}\n{killed.last}: {killed.last_said}"
    assert killed.stood < killed.planned, "it died when all was done: the moment proves nothing"
    assert killed.stands == killed.planned
    assert killed.settled == killed.unknown


def test_a_signal_to_the_runners_group_ends_the_run_after_the_step(slayer: Slayer) -> None:
    killed = slayer.carry_out(Moment("client, cart", "SIGTERM to the group", 13, delay=0.05))
    assert killed.problems == []
    assert (killed.first, killed.state) == (2, "stopped"), killed.first_said
    assert killed.unknown == 0
    assert 0 < killed.stood < killed.planned


@pytest.mark.slow
def test_a_hang_up_of_the_group_stops_nothing(slayer: Slayer) -> None:
    killed = slayer.carry_out(Moment("freelancer", "SIGHUP to the group", 9, delay=0.05))
    assert (killed.first, killed.state, killed.stood, killed.problems) == (0, "done", 4, [])


def test_the_sweeps_are_whole_and_the_same_for_the_same_seed() -> None:
    writes = {way.name: 10 for way in WAYS}
    assert len(at_every_write(writes)) == 2 * 10 * len(WAYS)
    moments = at_random(writes, 200, seed=1)
    assert moments == at_random(writes, 200, seed=1)
    assert {moment.victim for moment in moments} == set(VICTIMS)
    assert len({str(moment) for moment in moments}) > 190


def test_what_does_not_leave_is_killed_even_if_it_is_stopped_and_nobody_else_is() -> None:
    sleeper = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    with (
        subprocess.Popen(sleeper, stdout=subprocess.PIPE) as dead_runs,
        subprocess.Popen(sleeper, stdout=subprocess.PIPE) as other,
    ):
        try:
            for process in (dead_runs, other):
                assert process.stdout is not None
                process.stdout.readline()
            psutil.Process(dead_runs.pid).suspend()
            began = started(dead_runs.pid)
            left = kill([(dead_runs.pid, began, "node"), (other.pid, "1.00", "a pid that is somebody else's by now")])
            assert left == []
            assert not alive(dead_runs.pid, began)
            assert other.poll() is None
        finally:
            dead_runs.kill()
            other.kill()
