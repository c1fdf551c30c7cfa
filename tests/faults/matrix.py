"""The fault matrix: every fault that the mock platform accepts, at every point that a way to pay comes by.

    python -m tests.faults.matrix [--jobs 2] [--site KIND] [--only TEXT] [--resume]

Each cell is judged by the mock platform's truth alone (`tests/faults/books.py`): after the run that the fault met, each
planned milestone stands at most once and no cent more than approved was taken; after a run without faults, exactly
once. All runs of a worker process share one real browser (`tests/faults/resident.py`). `tests/faults/report.py` makes
`docs/faults.md` of the results.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.journal import AttemptState
from tests.faults.books import Books, audit_apply, audit_release
from tests.faults.cells import BEFORE_THE_ORDER, MET_TWICE, STANDING, Cell, Way, everything, way_named
from tests.faults.desk import IMPATIENT, Desk, Ended
from tests.faults.resident import Resident
from tests.faults.results import Judged, add_sites, arguments_of, site_of, sweep
from tests.mock_client import MockPlatform


@dataclass
class Result(Judged):
    """What came of a cell."""

    at: str
    when: str
    kind: str
    way: str
    open_carts: int = 0
    runs: int = 0

    @property
    def name(self) -> str:
        return str(Cell(self.at, self.when, self.kind, self.way))

    @property
    def told(self) -> str:
        return f"{self.name}: {self.first} -> {self.last}, {self.seconds} s, {self.verdict}"


class Bench:
    """Mock platforms, one a kind, and for each way a desk that is signed in and has looked: cells start from a copy."""

    def __init__(self, mock_of: Callable[[str], MockPlatform], folder: Path, profile: str = "") -> None:
        self.mock_of = mock_of
        self._profile = profile
        self._folder = folder
        self._ready: dict[str, Desk] = {}
        self._cells = 0

    def run(self, cell: Cell) -> Result:
        """Carry a cell out and judge it. Never raises for what the product does."""
        way, began = way_named(cell.way), time.monotonic()
        desk = self.fresh(way)
        try:
            return _Case(cell, way, desk, self.mock_of(way.kind)).carry_out(began)
        finally:
            desk.close()

    def fresh(self, way: Way) -> Desk:
        """A copy of the way's desk, with the mock as it was when that desk looked at it."""
        ready = self._desk(way)
        self._reset(way)
        self._cells += 1
        return ready.copied_to(self._folder / f"desk-{self._cells}")

    def _reset(self, way: Way) -> None:
        mock = self.mock_of(way.kind)
        mock.reset(seed="small", keep_sessions=True, path=way.path)
        if way.stands:
            for ref, description, amount in STANDING:
                mock.act("add", what=way.stands.removesuffix("s"), project=ref, description=description, amount=amount)

    def _desk(self, way: Way) -> Desk:
        """The way's desk as every cell finds it: signed in, and the plan looked at on an untouched site."""
        if way.name not in self._ready:
            self._reset(way)
            folder, mock = self._folder / f"way-{len(self._ready)}", self.mock_of(way.kind)
            desk = Desk(folder, mock, way.account, way.plan, profile=self._profile, platform=way.platform)
            if way.single is None:
                problem = desk.look()
            else:
                ended = desk.apply()  # takes the milestone over, so that there is one to release
                problem = ended if ended.code else None
            assert problem is None, problem
            desk.close()
            self._ready[way.name] = desk
        return self._ready[way.name]


class _Case:
    """One cell on its way."""

    def __init__(self, cell: Cell, way: Way, desk: Desk, mock: MockPlatform) -> None:
        self.cell, self.way, self.desk, self.mock = cell, way, desk, mock
        self.result = Result(cell.at, cell.when, cell.kind, way.name)
        self.before = mock.truth()
        self.before_attempts = len(desk.attempts())

    def carry_out(self, began: float) -> Result:
        result = self.result
        first = self._faulted()
        result.first, result.first_said = first.code, first.said
        result.stood = self._judge("after the fault").stands
        unknown = {attempt.id for attempt in self.desk.unknown()}
        if self.cell.at in MET_TWICE:
            self._faulted(again=True)
            self._judge("after the second fault")
            unknown |= {attempt.id for attempt in self.desk.unknown()}
        result.unknown = len(unknown)
        self.mock.disarm()
        self._without_faults(first)
        if not self.way.pays:
            self._without_faults(first)
        books = self._judge("in the end")
        left = {attempt.id for attempt in self.desk.unknown()}
        result.settled = len(unknown - left)
        result.stands, result.planned, result.open_carts = books.stands, books.planned, books.open_carts
        if books.stands < books.planned and not left:
            result.problems.append(f"{books.stands} of {books.planned} stand in the end, and nothing is unknown")
        result.seconds = round(time.monotonic() - began, 1)
        return result

    def _faulted(self, *, again: bool = False) -> Ended:
        """A run that the fault meets: in its looks, or after the approval where that is the point."""
        if self.cell.at in BEFORE_THE_ORDER or again:
            if self.cell.at == "login":
                self.desk.forget_session()
            self._arm()
            ended = self._apply(looked=False)
        else:
            ended = self._apply(looked=True, before_run=self._arm)
        if self.mock.armed():
            self.result.problems.append("the fault did not fire")
            self.mock.disarm()
        return ended

    def _arm(self) -> None:
        self.mock.fault(at=self.cell.at, when=self.cell.when, kind=self.cell.kind)

    def _apply(self, *, looked: bool, before_run: Any = lambda: None) -> Ended:
        self.result.runs += 1
        if self.way.single is not None:
            return self.desk.release(self.way.single, "38112237", "students", before_run=before_run)
        return self.desk.apply(looked=looked, before_run=before_run)

    def _without_faults(self, first: Ended) -> None:
        """The run that makes good what is missing; where absence is to settle something, once its time has come."""
        self.desk.wait_until_absence_settles()
        ended = self._apply(looked=False)
        if ended.code not in (0, 2) and self.desk.unknown():
            self.desk.wait_until_absence_settles()
            ended = self._apply(looked=False)
        self.result.last, self.result.last_said = ended.code, ended.said
        if self.way.single is None and ended.code:
            self.result.problems.append(f"the run without faults ended with {ended.code}: {ended.said}")

    def _judge(self, when: str) -> Books:
        desk, after = self.desk, self.mock.truth()
        attempts = desk.attempts()[self.before_attempts :]
        if self.way.single is not None:
            books = audit_release(self.before, after, self.way.single, attempts)
        else:
            claims = desk.journal.attempts.claims(desk.work.account.facts.id)
            books = audit_apply(self.before, after, desk.plan, self.way, attempts, claims)
        self.result.duplicates += books.duplicates
        self.result.lost += books.lost
        self.result.problems += [f"{when}: {problem}" for problem in books.problems]
        if any(a.state in (AttemptState.SUBMITTING, AttemptState.PAYING, AttemptState.IN_CART) for a in attempts):
            self.result.problems.append(f"{when}: an attempt was left in mid-step")
        return books


@contextmanager
def bench(profile: str = "") -> Iterator[Bench]:
    """A bench with mock platforms of its own, for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="milepost-faults-") as folder, ExitStack() as stack:

        @cache
        def of_kind(kind: str) -> MockPlatform:
            return stack.enter_context(MockPlatform.serve("--kind", kind, "--seed", "small"))

        yield Bench(of_kind, Path(folder), profile)


@contextmanager
def quick_bench() -> Iterator[Bench]:
    """A bench whose runs share one browser, and one process, this one; they wait less for what never comes."""
    with Resident().at_work() as resident, resident.instead_of_processes(), bench(IMPATIENT) as made:
        yield made


def run_cell(bench: Bench, cell: Cell) -> Result:
    """A cell's result, also where its tools break."""
    try:
        return bench.run(cell)
    except Exception as error:
        result = Result(cell.at, cell.when, cell.kind, cell.way)
        result.problems.append(f"the cell broke off: {type(error).__name__}: {error}")
        return result


def main() -> int:
    """Run all cells and keep each result as a line of JSON. 1 if one of them has a problem."""
    parser = arguments_of(__doc__, "matrix.jsonl")
    add_sites(parser)
    arguments = parser.parse_args()
    cells = [cell for cell in everything() if arguments.site in (None, site_of(cell))]
    return sweep(arguments, cells, quick_bench, run_cell)


if __name__ == "__main__":
    sys.exit(main())
