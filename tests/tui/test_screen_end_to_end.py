"""The whole way on the screen, in a real terminal, with a real browser, judged by the mock platform's own truth."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.journal import Journal, RunKind, RunState
from assistant.runs import wait
from tests.mock_client import MockPlatform
from tests.tui.calling import called
from tests.tui.screen_terminal import ScreenTerminal
from tests.tui.terminal import PATIENCE

pytestmark = pytest.mark.browser

LOGO = "38112234"


@pytest.fixture
def config(tmp_path: Path, mock: MockPlatform) -> Path:
    """Settings that point at the mock platform."""
    port = mock.origin.rpartition(":")[2]
    file = tmp_path / "config.toml"
    file.write_text(
        f"data_dir = {json.dumps(str(tmp_path / 'data'))}\n{called(['mock', 'config', '--port', port]).out}"
    )
    return file


@pytest.fixture
def journal(config: Path) -> Iterator[Journal]:
    """The journal that the screen writes to. Runs that outlive the screen are waited for."""
    found = Journal.open(config.parent / "data" / "journal.sqlite3")
    with contextlib.closing(found):
        yield found
        for run in found.runs.newest(live=True):
            wait(found, run.id)


def applies(journal: Journal) -> list[int]:
    return [run.id for run in journal.runs.newest(kind=RunKind.APPLY)]


def make_plan(terminal: ScreenTerminal, plan: Path) -> None:
    """By keys alone: read My Projects, begin a plan, mark a project, divide it by the form, save."""
    terminal.see("Nothing is known of this account's projects yet")
    terminal.press("r")
    terminal.see("Logo and letterhead")
    terminal.press("2")
    terminal.see("No plan is open")
    terminal.press("N")
    terminal.see("Begin another plan")
    terminal.see(".toml")
    terminal.press("\x15")
    terminal.gone(".toml")  # Textual does what a key is bound to after letters that were typed behind it
    terminal.press(f"{plan}\r")
    terminal.see("The plan has no projects yet")
    terminal.press("a")
    terminal.see("Which projects?")
    terminal.press("/")
    terminal.see("Type words of a title")
    terminal.press("logo and\r")
    terminal.see("Space marks")
    terminal.press("\r")
    terminal.see("Divide Logo and letterhead")
    terminal.press("900")
    terminal.see("5 milestones come to 900.00 EUR")
    terminal.press("\r")
    terminal.see("1 added.")
    terminal.press("w")
    terminal.see("Saved:")


def test_from_no_plan_to_the_money_and_not_by_enter_nor_by_a_closed_window(
    config: Path, journal: Journal, mock: MockPlatform
) -> None:
    plan = config.with_name("logo.toml")
    with ScreenTerminal.opened(config, "open", "--account", "anna") as terminal:
        make_plan(terminal, plan)
        terminal.press("p")
        terminal.see("To pay: 900.00 EUR")
        assert mock.milestones(LOGO) == []

        terminal.write_through("a" + "\r" * 5)  # a key that repeats, faster than anything is drawn
        terminal.see("Type the total as it")
        terminal.press("\r")
        terminal.see("Enter once more cancels")
        terminal.press("\r" * 4)
        assert applies(journal) == []

        terminal.until_it_listens()
        terminal.press("a")
        terminal.see("Type the total as it")
        terminal.press("900.01\r")
        terminal.see("Nothing has been done")
        assert applies(journal) == []

        terminal.press("\x7f")
        terminal.see("EUR  900.0 ")
        terminal.press("0\r")
        terminal.see("Run 3")
        terminal.hang_up()  # the run is a process of its own
        terminal.process.wait(PATIENCE)

    with ScreenTerminal.opened(config, str(plan)) as terminal:
        terminal.see("Logo and letterhead")
        terminal.press("4")  # by now it may have ended, and then the projects come first
        terminal.see("Run 3")
        terminal.see("✓ done")
        terminal.see("paid 900.00 of 900.00 EUR")
        terminal.press("5")
        terminal.see("Attempts: 5")
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.is_restored
    assert [(amount, state) for _, amount, state in mock.milestones(LOGO)] == [("180.00", "funded")] * 5
    [run] = journal.runs.newest(kind=RunKind.APPLY)
    assert run.state is RunState.DONE
    assert run.summary is not None
    assert (run.summary["created"], run.summary["unknown"], run.summary["refused"]) == (5, 0, 0)
