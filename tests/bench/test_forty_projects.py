"""Forty projects with five milestones each in one run: all funded once, few pages, a browser that does not grow.

Minutes long, so left out of `make test`: `.venv/bin/pytest tests/bench -m slow -s` runs it and prints its figures.
"""

from __future__ import annotations

import threading

import psutil
import pytest

from assistant.journal import Journal
from tests.e2e.conftest import User
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROJECTS, EACH = 40, 5
MIB = 1 << 20


@pytest.fixture
def user(tmp_path_factory: pytest.TempPathFactory, mock: MockPlatform) -> User:
    mock.reset(
        {
            "base": "empty",
            "projects": PROJECTS,
            "template": {"title": "Project {n}", "currency": "USD", "bid": "500.00"},
        }
    )
    return User(tmp_path_factory.mktemp("user"), mock)


class BrowserMemory:
    """Samples the memory of a run's node and browser processes until it is told to end."""

    def __init__(self, user: User) -> None:
        self._path = user.folder / "data" / "journal.sqlite3"
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self.samples: list[int] = []

    def __enter__(self) -> BrowserMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(1):
            if self._path.exists():
                runs = Journal.open(self._path).runs.newest(1, live=True)
                if runs and runs[0].kind == "apply" and runs[0].pid:
                    self.samples.append(self._memory(runs[0].pid))

    @staticmethod
    def _memory(pid: int) -> int:
        try:
            family = psutil.Process(pid).children(recursive=True)
            return sum(process.memory_info().rss for process in family)
        except psutil.Error:
            return 0


def test_forty_projects_in_one_run(user: User) -> None:
    refs = [project["ref"] for project in user.mock.truth()["projects"]]
    assert len(refs) == PROJECTS
    plan = user.plan("".join(f'[[project]]\nref = "{ref}"\ntotal = "500.00 USD"\nsplit = "5 x 20%"\n' for ref in refs))
    with BrowserMemory(user) as memory:
        said = user.milepost("apply", plan, "--approve", "20000.00 USD", "--json")
    summary = said.events[-1]
    total = PROJECTS * EACH
    assert (said.code, summary["created"], summary["confirmed"]) == (0, total, total), said.out[-2000:] + said.err
    for ref in refs:
        assert user.mock.milestones(ref) == [(f"Milestone {n} of 5", "100.00", "funded") for n in range(1, 6)]
    loads = user.mock.truth()["page_loads"]
    lists = 3 * (PROJECTS // 20 + 1)
    assert loads <= 3 * total + 2 * PROJECTS + lists + 1
    seen = [sample for sample in memory.samples if sample]
    early, late = max(seen[: len(seen) // 3]), max(seen[-len(seen) // 3 :])
    print(
        f"\n{loads} pages for {total} milestones; browser {early / MIB:.0f} MiB in the first third, "
        f"{late / MIB:.0f} MiB in the last, {len(seen)} seconds"
    )
    assert late < 1.5 * early
