"""A client and a freelancer at work on the same projects at the same time, each with a plan, a journal and a browser.

Judged by the mock platform's truth.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import Said, User
from tests.e2e.test_freelancer import free_projects
from tests.mock_client import MockPlatform
from tests.tui.terminal import PATIENCE

pytestmark = pytest.mark.browser
ROUNDS = 8
"""How often a person looks again before something is taken to never come to rest."""


@dataclass
class Person:
    """Somebody who previews, approves what is shown, and looks again until nothing is left to do."""

    user: User
    plan: str

    @classmethod
    def at(cls, folder: Path, mock: MockPlatform, account: str, text: str) -> Person:
        folder.mkdir()
        user = User(folder, mock)
        return cls(user, user.plan(text, f"{account}.toml", account))

    def work(self) -> list[Said]:
        """Carry the plan out; returns what each run said."""
        said: list[Said] = []
        for _ in range(ROUNDS):
            seen = self.user.milepost("preview", self.plan, "--json")
            if seen.code == 0:
                return said
            preview = seen.event("preview")
            yes = [word for code, total in preview["totals"].items() for word in ("--approve", f"{total} {code}")]
            said.append(self.user.milepost("apply", self.plan, *yes, "--digest", preview["digest"], "--json"))
            assert said[-1].code in {0, 2, 3}, said[-1].out + said[-1].err
        raise AssertionError(f"it never came to rest: {said[-1].out}{said[-1].err}")


def stands(mock: MockPlatform, refs: list[str], working: Future[list[Said]]) -> None:
    """Wait until the first request stands."""
    deadline = time.monotonic() + PATIENCE
    while not any(mock.requests(ref) for ref in refs):
        assert time.monotonic() < deadline, "nothing was asked for"
        assert not working.done(), working.result()


@pytest.mark.slow
def test_requests_are_accepted_and_not_doubled_while_both_are_at_work(tmp_path: Path, mock: MockPlatform) -> None:
    refs = [project["ref"] for project in free_projects(User(tmp_path, mock), 2)]
    text = "".join(f'[[project]]\nref = "{ref}"\ntotal = "60.00 USD"\nsplit = "2 x 50%"\n' for ref in refs)
    ben, anna = (Person.at(tmp_path / name, mock, name, text) for name in ("ben", "anna"))
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(ben.work)
        stands(mock, refs, asking)
        paying = pool.submit(anna.work)  # the first of four requests stands: the others are being made
        done = [*asking.result(), *paying.result()]
        if after := ben.work():  # what was made beside a request of his
            done += [*after, *anna.work()]
    assert not any(event.get("outcome") == "unknown" for said in done for event in said.events)
    wanted = Counter((f"Milestone {n} of 2", "30.00", "funded") for n in (1, 2))
    assert [Counter(mock.milestones(ref)) for ref in refs] == [wanted, wanted]
    truth = mock.truth()
    assert [charge["amount"] for charge in truth["charges"] if charge["project"] in refs] == ["30.00"] * 4
    left = Counter(row["raw"] for ref in refs for row in mock.project(ref)["requests"])
    assert left["Created"] > 0
    assert left["Requested"] == 0
