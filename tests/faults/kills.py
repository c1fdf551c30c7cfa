"""The kill test: whatever dies in the middle of a run, and whenever, nothing is paid twice and nothing is forgotten.

    python -m tests.faults.kills [--jobs 2] [--random 200] [--seed 1] [--site KIND] [--only TEXT] [--resume]

Two sweeps: the runner killed right before and right after every single write to its journal; and seeded moments, some
milliseconds after a random write, at which a random victim dies while the mock answers slowly, so that requests are
under way. After each: at most once. Then a new run: exactly once, or an honest unknown, and nothing of the dead run is
left.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.journal import Run, RunState
from assistant.processes import alive
from tests.faults.books import Books, audit_apply
from tests.faults.cells import WAYS, Way, way_named
from tests.faults.desk import Desk
from tests.faults.matrix import Bench, bench
from tests.faults.resident import Resident
from tests.faults.results import Judged, add_sites, arguments_of, sweep

HOOKS = Path(__file__).parent / "hooks"
LATENCY = "120"
"""Milliseconds before each answer of the mock, so that moments fall into requests under way."""
SECONDS_TO_LEAVE = 35
VICTIMS = (
    "runner",
    "browser",
    "node",
    "all",
    "stopped node",
    "SIGTERM to the group",
    "SIGINT to the group",
    "SIGHUP to the group",
    "SIGTERM to every process",
)
KILLS_RUNNER = ("runner", "all", "stopped node")


@dataclass(frozen=True)
class Moment:
    """Who dies, and when: at the `write`-th write to the journal, before or after its commit, or `delay` s later.

    With `state`: at the first write after which an attempt is in it.
    """

    way: str
    victim: str
    write: int
    side: str = "after"
    delay: float = 0
    state: str = ""

    def __str__(self) -> str:
        later = f" + {self.delay:.3f} s" if self.delay else ""
        return f"{self.victim} {self.side} write {self.write}{later} ({self.way})"


@dataclass
class Killed(Judged):
    """What came of a moment."""

    moment: Moment
    state: str = ""
    left_running: int = 0

    @property
    def name(self) -> str:
        return str(self.moment)

    @property
    def told(self) -> str:
        return f"{self.name}: {self.first} {self.state} -> {self.last}, {self.seconds} s, {self.verdict}"


@contextmanager
def death(moment: Moment | None, counted: Path | None = None) -> Iterator[None]:
    """Let the runner that is started in this block meet its moment; with `counted`, count its writes into a file."""
    wanted = {} if moment is None else asdict(moment)
    values = {
        "DEATH_OF_A_RUN": json.dumps(wanted),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(HOOKS), os.environ.get("PYTHONPATH")))),
    }
    if counted is not None:
        values["WRITES_OF_A_RUN"] = str(counted)
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class Slayer:
    """Carries moments out, each on a copy of a signed-in desk. Who dies has a process; who runs again is `resident`."""

    def __init__(self, bench: Bench, resident: Resident) -> None:
        self._bench = bench
        self._resident = resident

    def writes(self, way: Way) -> int:
        """How many times a whole run of a way writes to its journal."""
        desk = self._bench.fresh(way)
        counted = desk.folder / "writes"
        with death(None, counted):
            ended = desk.apply(looked=True)
        desk.close()
        assert ended.code == 0, ended.said
        return int(counted.read_text())

    def carry_out(self, moment: Moment) -> Killed:
        """One moment, and the run after it, judged."""
        began = time.monotonic()
        way = way_named(moment.way)
        desk = self._bench.fresh(way)
        self._bench.mock_of(way.kind).knobs(latency=LATENCY)
        try:
            return _Case(moment, way, desk, self._bench, self._resident).carry_out(began)
        finally:
            desk.close()


class _Case:
    def __init__(self, moment: Moment, way: Way, desk: Desk, bench: Bench, resident: Resident) -> None:
        self.moment, self.way, self.desk, self.mock = moment, way, desk, bench.mock_of(way.kind)
        self.resident = resident
        self.result = Killed(moment)
        self.before = bench.mock_of(way.kind).truth()

    def carry_out(self, began: float) -> Killed:
        result = self.result
        with death(self.moment):
            first = self.desk.apply(looked=True)
        assert first.run is not None
        result.first, result.first_said, result.state = first.code, first.said, first.run.state.value
        self._check_run(first.run)
        books = self._judge("after the death")
        result.stood = books.stands
        if self.moment.victim != "stopped node":  # only the next run ends what cannot leave by itself
            self._nobody_is_left("after the death")
        too_late = first.run.state is RunState.DONE and books.stands == books.planned
        if self.moment.victim in KILLS_RUNNER and first.run.state is not RunState.INTERRUPTED and not too_late:
            result.problems.append(f"the dead run is shown as {first.run.state}")
        self.mock.knobs(latency="0")
        with self.resident.instead_of_processes():
            self._run_again()
        self._nobody_is_left("in the end")
        books = self._judge("in the end")
        result.stands, result.planned = books.stands, books.planned
        if books.stands < books.planned and not self.desk.unknown():
            result.problems.append(f"{books.stands} of {books.planned} stand in the end, and nothing is unknown")
        result.seconds = round(time.monotonic() - began, 1)
        return result

    def _run_again(self) -> None:
        """A new run; and a second one where absence has to settle something, or has done so after the preview."""
        ended = self.desk.apply()
        unknown = {a.id for a in self.desk.attempts() if a.settled_by is not None}
        unknown |= {a.id for a in self.desk.unknown()}
        if ended.code:
            self.desk.wait_until_absence_settles()
            ended = self.desk.apply()
        if not self.way.pays and not ended.code:
            ended = self.desk.apply()
        self.result.last, self.result.last_said = ended.code, ended.said
        self.result.unknown = len(unknown)
        self.result.settled = len(unknown - {a.id for a in self.desk.unknown()})
        if ended.code:
            self.result.problems.append(f"the run after it ended with {ended.code}: {ended.said}")

    def _judge(self, when: str) -> Books:
        desk = self.desk
        claims = desk.journal.attempts.claims(desk.work.account.facts.id)
        books = audit_apply(self.before, self.mock.truth(), desk.plan, self.way, desk.attempts(), claims)
        self.result.duplicates += books.duplicates
        self.result.lost += books.lost
        self.result.problems += [f"{when}: {problem}" for problem in books.problems]
        if (said := integrity(desk.journal.path)) != "ok":
            self.result.problems.append(f"{when}: the journal's file: {said}")
        return books

    def _check_run(self, run: Run) -> None:
        if run.live:
            self.result.problems.append(f"the run is shown as {run.state} though it has ended")

    def _nobody_is_left(self, when: str) -> None:
        left = left_running(self.desk)
        self.result.left_running += len(left)
        if left:
            self.result.problems.append(f"{when}: still running after {SECONDS_TO_LEAVE} s: {left}")


def left_running(desk: Desk, seconds: float = SECONDS_TO_LEAVE) -> list[object]:
    """Processes of any run of the journal that have not left after so many seconds; this one runs some itself."""
    ends = time.monotonic() + seconds
    while True:
        left: list[object] = []
        for run in desk.journal.runs.newest():
            known = [*run.processes, [run.pid, run.pid_started, "runner"]]
            left += [one for one in known if one[0] != os.getpid() and alive(one[0], one[1])]
        if not left or time.monotonic() > ends:
            return left
        time.sleep(0.1)


def integrity(path: Path) -> str:
    """What SQLite says of the file: "ok" if it is whole."""
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def at_every_write(writes: dict[str, int]) -> list[Moment]:
    """The runner killed before and after each write of each way."""
    return [
        Moment(way, "runner", write, side)
        for way, count in writes.items()
        for write in range(1, count + 1)
        for side in ("before", "after")
    ]


def at_random(writes: dict[str, int], count: int, seed: int) -> list[Moment]:
    """Seeded moments: a random victim, a random time after a random write."""
    chance = random.Random(seed)
    moments = []
    for number in range(count):
        way = chance.choice(list(writes))
        victim = VICTIMS[number % len(VICTIMS)]
        moments.append(Moment(way, victim, chance.randint(1, writes[way] - 1), delay=round(chance.uniform(0, 0.6), 3)))
    return moments


@contextmanager
def slaying() -> Iterator[Slayer]:
    """A slayer with a bench and a resident runner of its own."""
    with bench() as made, Resident().at_work() as resident:
        yield Slayer(made, resident)


def kill(slayer: Slayer, moment: Moment) -> Killed:
    """What came of a moment, also where the tools break."""
    try:
        return slayer.carry_out(moment)
    except Exception as error:
        return Killed(moment, problems=[f"the case broke off: {type(error).__name__}: {error}"])


def main() -> int:
    """Both sweeps; each result is kept as a line of JSON. 1 if one of them has a problem."""
    parser = arguments_of(__doc__, "kills.jsonl")
    add_sites(parser)
    parser.add_argument("--random", type=int, default=200, help="how many random moments")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    arguments = parser.parse_args()
    ways = [way for way in WAYS if way.single is None and arguments.site in (None, way.kind)]
    with slaying() as counting:
        writes = {way.name: counting.writes(way) for way in ways}
    print(f"writes of a whole run: {writes}", flush=True)
    moments = [*at_every_write(writes), *at_random(writes, arguments.random, arguments.seed)]
    random.Random(arguments.seed).shuffle(moments)  # one that is broken off has tried some of everything
    return sweep(arguments, moments, slaying, kill)


if __name__ == "__main__":
    sys.exit(main())
