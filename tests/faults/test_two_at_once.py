"""Two at once: one plan applied twice at the same time, and two accounts. Judged by the mock platform's truth."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from assistant.journal import Journal, RunKind
from tests.e2e.conftest import Said, User

pytestmark = pytest.mark.browser

WEBSITE, YOGA = "38112233", "38112236"
PLAN = f'[[project]]\nref = "{WEBSITE}"\ntotal = "100.00 USD"\nsplit = "2 x 50%"\n'
OTHER = f'[[project]]\nref = "{YOGA}"\ntotal = "60.00 USD"\nsplit = "2 x 50%"\n'
BOTH = [("Milestone 1 of 2", "50.00", "funded"), ("Milestone 2 of 2", "50.00", "funded")]
APPROVED = ("--approve", "100.00 USD", "--json")
PATIENCE = 60.0


def at_once(user: User, *calls: tuple[str, ...]) -> list[Said]:
    """Several `milepost` at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [one.result() for one in [pool.submit(user.milepost, *words) for words in calls]]


@contextmanager
def started(user: User, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A `milepost` that goes on meanwhile."""
    command = [sys.executable, "-P", "-m", "tui.cli", *words]
    with subprocess.Popen(
        command, cwd=user.folder, env=user.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process


def until_it_pays(user: User, process: subprocess.Popen[str]) -> int:
    """Wait until a run that carries an order out has an attempt; returns the run's number."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        path = user.folder / "data" / "journal.sqlite3"
        if path.exists() and path.stat().st_size:
            journal = Journal.open(path)
            runs = journal.runs.newest(kind=RunKind.APPLY)
            tried = bool(journal.attempts.newest())
            journal.close()
            if runs and tried:
                return runs[0].id
        time.sleep(0.05)
    raise AssertionError("no run began to pay")


@pytest.mark.slow
def test_a_second_apply_is_told_who_holds_the_account(user: User) -> None:
    plan = user.plan(PLAN)
    user.mock.knobs(latency="150")
    with started(user, "apply", plan, *APPROVED) as first:
        number = until_it_pays(user, first)
        second = user.milepost("apply", plan, *APPROVED)
        out, _ = first.communicate(timeout=PATIENCE)
    assert first.returncode == 0, out
    assert second.code == 1
    error = second.event("error")
    assert f"is held by run {number}, apply of {plan}" in error["message"]
    assert "pid" in error["message"]
    assert error["hint"]
    assert user.mock.milestones(WEBSITE) == BOTH


def test_two_of_one_plan_started_together_pay_once(user: User) -> None:
    plan = user.plan(PLAN)
    said = at_once(user, ("apply", plan, *APPROVED), ("apply", plan, *APPROVED))
    codes = sorted(one.code for one in said)
    assert codes[0] == 0, [one.out for one in said]
    # Held while the other looks or pays; or, having looked before the other paid, refused because the site has changed.
    assert codes[1] in (1, 3), [one.out for one in said]
    assert Counter(user.mock.milestones(WEBSITE)) == Counter(BOTH)
    assert [charge["amount"] for charge in user.mock.truth()["charges"] if charge["project"] == WEBSITE] == [
        "50.00"
    ] * 2


@pytest.mark.slow
def test_two_accounts_work_at_the_same_time(user: User) -> None:
    client, freelancer = user.plan(PLAN, "client.toml"), user.plan(OTHER, "freelancer.toml", "ben")
    user.mock.knobs(latency="100")
    with started(user, "apply", client, *APPROVED) as first:
        until_it_pays(user, first)
        second = user.milepost("apply", freelancer, "--approve", "60.00 USD", "--json")
        out, _ = first.communicate(timeout=PATIENCE)
    assert (first.returncode, second.code) == (0, 0), out + second.out
    assert user.mock.milestones(WEBSITE) == BOTH
    assert user.mock.milestones(YOGA) == []
    assert user.mock.requests(YOGA) == [("Milestone 1 of 2", "30.00"), ("Milestone 2 of 2", "30.00")]
