"""A run that waits for a person, from the command line: what to do is told, and what is typed or given reaches it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import runs
from assistant.accounts import use_account
from assistant.journal import Journal, RunKind, RunState
from assistant.settings.model import Settings
from assistant.work import Work
from tests.mock_client import MockPlatform
from tests.tui.calling import called
from tests.tui.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.browser

OVER_THE_BID = """
platform = "freelancer"
account = "anna"
[[project]]
ref = "38112233"
total = "2600.00 USD"
[[project.milestone]]
key = "all"
description = "All and more"
amount = "2600.00"
"""
"""Of a project with a bid of 2500.00: the site charges 3 % of what goes over it."""

ROOT = Path(__file__).resolve().parents[2]
TINA = """
[accounts.tina]
platform = "freelancer"
role = "client"
login = "twostep-tina"
origin = "{origin}"
password = {{ literal = "milepost" }}
"""


@pytest.fixture
def at(tmp_path: Path, mock: MockPlatform) -> Iterator[list[str]]:
    """The words that name the settings."""
    config = tmp_path / "config.toml"
    config.write_text(f"data_dir = {json.dumps(str(tmp_path / 'data'))}\n" + TINA.format(origin=mock.origin))
    yield ["--config", str(config)]
    for child in runs._CHILDREN.values():
        child.wait(PATIENCE)


@pytest.fixture
def over(at: list[str], tmp_path: Path, mock: MockPlatform) -> Path:
    """A plan of anna's that goes over the bid."""
    anna = TINA.replace("twostep-tina", "anna").replace("tina", "anna").format(origin=mock.origin)
    (tmp_path / "config.toml").write_text((tmp_path / "config.toml").read_text() + anna)
    plan = tmp_path / "plan.toml"
    plan.write_text(OVER_THE_BID)
    return plan


def test_a_code_is_typed_where_the_run_is_followed(at: list[str]) -> None:
    words = [sys.executable, "-m", "tui.cli", "projects", *at]
    with Terminal.running(words, {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.read_until("type the code, then Enter")
        terminal.type("111111\r")
        terminal.read_until("type the code, then Enter")
        terminal.type("246810\r")
        assert terminal.end() == 0, terminal.text
    assert "projects of tina" in terminal.text


def test_a_code_is_given_from_elsewhere_and_kept_nowhere(at: list[str], tmp_path: Path) -> None:
    watching = subprocess.Popen(
        [sys.executable, "-m", "tui.cli", "login", *at, "--json"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert watching.stdout is not None
    asked = json.loads(watching.stdout.readline())
    assert (asked["event"], asked["need"]) == ("person", "code")
    assert "line" not in asked
    run = str(asked["run"])
    [listed] = called(["runs", "--live", "--json", *at]).events
    assert listed["state"] == "person"
    assert called(["attach", run, "--done", *at, "--json"]).events[0]["wanted"] == "done"
    asked = json.loads(watching.stdout.readline())
    given = called(["attach", run, "--code", *at], stdin="246810\n")
    assert given.code == 0, given.err
    assert json.loads(watching.stdout.readline())["event"] == "login"
    assert watching.wait(PATIENCE) == 0
    kept = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"246810" in path.read_bytes()]
    over = called(["attach", run, "--code", *at], stdin="246810\n")
    assert (over.code, "has ended" in over.err) == (1, True)


def test_a_timer_never_logs_in_and_asks_nobody(at: list[str], tmp_path: Path, mock: MockPlatform) -> None:
    settings = Settings.load(Path(at[1])).settings
    journal = Journal.open(settings.journal_path)
    work = Work(settings, journal, use_account(settings, "tina"), unattended=True)
    run = runs.wait(journal, work.start_projects())
    assert (run.kind, run.state) == (RunKind.PROJECTS, RunState.FAILED)
    assert run.error is not None
    assert (run.error["code"], "not signed in" in run.error["message"]) == ("login", True)
    assert all(event.kind != "person" for event in journal.runs.events(run.id))
    journal.close()


def test_a_fee_above_the_approved_one_is_paid_only_by_what_is_typed_for_it(
    at: list[str], over: Path, mock: MockPlatform
) -> None:
    nobody = called(["apply", str(over), "--approve", "2600.00 USD", "--json", *at])
    [attempt] = [event for event in nobody.events if event["event"] == "attempt"]
    assert (nobody.code, attempt["outcome"], "nobody is there to be asked" in attempt["reason"]) == (3, "refused", True)
    assert all(event["event"] != "person" for event in nobody.events)
    words = [sys.executable, "-m", "tui.cli", "apply", str(over), "--approve", "2600.00 USD", *at]
    with Terminal.running(words, {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.read_until("to leave the cart unpaid")
        assert "costs 3.00 USD in fees ('Project Fee' 3.00 USD)" in " ".join(terminal.text.split())
        assert mock.truth()["charges"] == []
        terminal.type("2600.00\r")
        terminal.read_until("typed was 2600.00 USD, not 2603.00 USD")
        assert called(["attach", "--approve", "2603.00 USD", *at]).code == 0
        assert terminal.end() == 0, terminal.text
    assert [charge["amount"] for charge in mock.truth()["charges"]] == ["2603.00"]
    assert mock.milestones("38112233") == [("All and more", "2600.00", "funded")]


@pytest.mark.slow
def test_a_fee_that_is_refused_leaves_the_cart(at: list[str], over: Path, mock: MockPlatform) -> None:
    words = [sys.executable, "-m", "tui.cli", "apply", str(over), *at]
    with Terminal.running(words, {"PYTHONPATH": str(ROOT)}) as terminal:
        terminal.read_until("type the total in USD")
        terminal.type("2600.00\r")
        terminal.read_until("to leave the cart unpaid")
        terminal.type("no\r")
        assert terminal.end() == 3, terminal.text
    assert "a person refused the fee of 3.00 USD" in " ".join(terminal.text.split())
    assert mock.truth()["charges"] == []
