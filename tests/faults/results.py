"""Sweeps of many cases over a few worker processes, and their results as lines of JSON, one a case.

A sweep that was broken off goes on where it was; each line says by which commit it came about, and of how many it is.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

from tests.faults.cells import SITES, way_named

Case = TypeVar("Case")
Opened = Callable[[], AbstractContextManager[Any]]
Run = Callable[[Any, Case], Any]

FOLDER = Path("fault-results")
"""Not `test-results`, which every run of pytest with the Playwright plug-in empties."""


def pass_folder(number: int) -> Path:
    """Where one pass of all sweeps keeps its results."""
    return FOLDER / f"pass-{number}"


@dataclass(kw_only=True)
class Judged:
    """What came of a case: of the run that met it, of what stands after, and of the run after that."""

    first: int = 0
    first_said: str = ""
    stood: int = 0
    unknown: int = 0
    settled: int = 0
    last: int = 0
    last_said: str = ""
    stands: int = 0
    planned: int = 0
    duplicates: int = 0
    lost: int = 0
    seconds: float = 0
    problems: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "; ".join(self.problems) or "ok"


def kept(path: Path) -> list[dict[str, Any]]:
    """The results in a file; none where there is no file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def arguments_of(about: str | None, results: str) -> argparse.ArgumentParser:
    """The command line that all sweeps have."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=2, help="cases at the same time")
    parser.add_argument("--only", default="", help="only cases whose name holds this")
    parser.add_argument("--resume", action="store_true", help="leave out what went well before")
    parser.add_argument("--results", type=Path, default=pass_folder(1) / results)
    return parser


def add_sites(parser: argparse.ArgumentParser) -> None:
    """For sweeps whose cases are played on the mock platform."""
    parser.add_argument("--site", choices=SITES, help="only this of the mock platform's kinds of site")


def site_of(case: object) -> str:
    """The kind of site that a case is played on; "" where it is none of the mock platform's."""
    way = getattr(case, "way", None)
    return way_named(way).kind if way else ""


def sweep(arguments: argparse.Namespace, cases: Iterable[Case], opened: Opened, run: Run[Case]) -> int:
    """Run each case with what a worker process has opened, tell and keep the results; 1 if one has a problem.

    `opened` and `run` are functions of a module. Results are dataclasses with `name`, `problems` and `told`.
    """
    path: Path = arguments.results
    path.parent.mkdir(parents=True, exist_ok=True)
    done = [row for row in kept(path) if not row["problems"]] if arguments.resume else []
    names = {row["name"] for row in done}
    cases = list(cases)
    of = Counter(site_of(case) for case in cases)
    left = [case for case in cases if arguments.only in str(case) and str(case) not in names]
    commit = _commit()
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in done)
        file.flush()
        for case, result in zip(left, _in_workers(left, arguments.jobs, opened, run), strict=True):
            site = site_of(case)
            row = {"name": result.name, "commit": commit, "site": site, "of": of[site], **asdict(result)}
            done.append(row)
            file.write(json.dumps(row) + "\n")
            file.flush()
            print(result.told, flush=True)
    failed = sum(1 for row in done if row["problems"])
    print(f"{len(done)} cases in {path}, {failed} with problems")
    return 1 if failed else 0


def _commit() -> str:
    git = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=False)
    return git.stdout.strip()


def _in_workers(cases: list[Case], jobs: int, opened: Opened, run: Run[Case]) -> Iterator[Any]:
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_open, initargs=(opened,)) as pool:
        yield from pool.map(partial(_here, run), cases)


_OPEN: list[Any] = []


def _open(opened: Opened) -> None:
    """In a worker process: open it for as long as the process and the one that started it live."""
    parent = parent_process()
    assert parent is not None
    threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()
    context = opened()
    _OPEN.append(context.__enter__())
    atexit.register(context.__exit__, None, None, None)


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # the mock platform and the browser see that and leave as well


def _here(run: Run[Case], case: Case) -> Any:
    return run(_OPEN[0], case)
