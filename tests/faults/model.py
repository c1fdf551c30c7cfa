"""The model test at length: thousands of histories, and for each mutant a search until one catches it.

    python -m tests.faults.model [--histories 4000] [--seed 1] [--jobs 2] [--resume]

Each case is one search of `BATCH` histories with a seed of its own, or one mutant. A history that fails is shortened
and kept in the results as text that `tests.faults.machine.play` takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, replace

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from assistant.money import shown
from tests.faults.history import Approve, Carry, Setup, Step
from tests.faults.machine import Histories, play
from tests.faults.mutants import MUTANTS
from tests.faults.results import arguments_of, sweep

BATCH = 250
"""Histories of one search."""

STEPS = 14
"""The most steps of a history."""

MOST_FOR_A_MUTANT = 4000
"""Histories in which a mutant has to be caught."""


@dataclass(frozen=True)
class Search:
    """So many histories, made up from a seed; with `mutant`, until one catches it."""

    seed: int
    histories: int = BATCH
    mutant: str = ""

    def __str__(self) -> str:
        return f"mutant: {self.mutant}" if self.mutant else f"{self.histories} histories, seed {self.seed}"


@dataclass
class Searched:
    """What a search came to: `found` is the failing history as text."""

    name: str
    mutant: str = ""
    histories: int = 0
    found: str = ""
    said: str = ""
    seconds: float = 0
    problems: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        said = shown(self.said, longest=100) if self.said else "nothing found"
        return f"{self.name}: {said}, {self.histories} histories, {self.seconds} s"


def carry_out(search: Search) -> Searched:
    """Search, and judge what was found: nothing may be, except with a mutant."""
    began = time.monotonic()
    searched = Searched(str(search), search.mutant)
    with MUTANTS[search.mutant].without() if search.mutant else nullcontext():
        history, searched.said, searched.histories = find(search.seed, search.histories)
        if history is not None:
            setup, steps = history if search.mutant else shortened(*history)
            searched.found = f"{setup}, {steps}"
    if search.mutant and history is None:
        searched.problems.append(f"{searched.histories} histories did not catch it")
    elif history is not None and not search.mutant:
        searched.problems.append(f"{searched.said}: {searched.found}")
    searched.seconds = round(time.monotonic() - began, 1)
    return searched


def find(number: int, histories: int) -> tuple[tuple[Setup, list[Step]] | None, str, int]:
    """A history that fails, what it said, and how many were played."""

    class Seeded(Histories):
        """Counts for itself."""

    try:
        run_state_machine_as_test(
            seed(number)(Seeded),
            settings=settings(
                max_examples=histories,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            ),
        )
    except AssertionError as error:
        return Seeded.last, str(error).partition("\n")[0], Seeded.played
    return None, "", Seeded.played


def shortened(setup: Setup, steps: Sequence[Step]) -> tuple[Setup, list[Step]]:
    """A failing history with everything left out that it fails without."""
    left = list(steps)
    shorter = True
    while shorter:
        shorter = False
        for candidate in _without_one(setup, left):
            if fails(*candidate):
                setup, left = candidate
                shorter = True
                break
    return setup, left


def fails(setup: Setup, steps: Sequence[Step]) -> bool:
    """Whether the judge finds something in a history."""
    try:
        play(setup, steps)
    except AssertionError:
        return True
    return False


def _without_one(setup: Setup, steps: list[Step]) -> Iterator[tuple[Setup, list[Step]]]:
    for place, step in enumerate(steps):
        before, after = steps[:place], steps[place + 1 :]
        yield setup, before + after
        for less in _less(step):
            yield setup, [*before, less, *after]
    usual = Setup()
    for one in fields(Setup):
        if getattr(setup, one.name) != getattr(usual, one.name):
            yield replace(setup, **{one.name: getattr(usual, one.name)}), steps


def _less(step: Step) -> Iterator[Step]:
    if isinstance(step, Approve | Carry):
        if step.death:
            yield replace(step, death=None)
        for place in range(len(step.faults)):
            yield replace(step, faults=step.faults[:place] + step.faults[place + 1 :])
    if isinstance(step, Carry):
        if step.meanwhile:
            yield replace(step, meanwhile=())
        if step.knock:
            yield replace(step, knock=0)
    if isinstance(step, Approve) and step.again:
        yield replace(step, again=step.again[1:])


def search_here(_nothing: None, search: Search) -> Searched:
    """A search in a worker process."""
    return carry_out(search)


def main() -> int:
    """All searches; each result is kept as a line of JSON. 1 if one of them has a problem."""
    parser = arguments_of(__doc__, "model.jsonl")
    parser.add_argument("--histories", type=int, default=4000, help="how many histories in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first search; the others follow")
    arguments = parser.parse_args()
    searches = [Search(arguments.seed, MOST_FOR_A_MUTANT, name) for name in MUTANTS]
    searches += [Search(arguments.seed + number) for number in range(arguments.histories // BATCH)]
    return sweep(arguments, searches, nullcontext, search_here)


if __name__ == "__main__":
    sys.exit(main())
