"""`milepost --plain`: numbered choices in a real terminal, each of which is a command."""

from __future__ import annotations

import sys

import pytest

from tests.tui.screen_terminal import ROOT
from tests.tui.terminal import Terminal
from tui.cli import COMMANDS
from tui.line_menu import CHOICES
from tui.sample import Sample


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.words[0])
def test_every_choice_is_a_command(choice) -> None:
    assert choice.words[0] in COMMANDS


@pytest.mark.parametrize(("words", "term"), [(["--plain"], "xterm"), ([], "dumb")])
def test_choices_are_numbered_done_and_offered_again(sample: Sample, words: list[str], term: str) -> None:
    sample.looked()
    program = [sys.executable, "-m", "tui.cli", *words, "--config", str(sample.settings.file), str(sample.plan_file)]
    with Terminal.running(program, {"PYTHONPATH": str(ROOT), "TZ": "UTC", "TERM": term}) as terminal:
        told = terminal.read_until("Number: ")
        assert "4  Show the plan: milepost plan show" in told
        assert "\x1b" not in told
        terminal.type("99\r")
        assert "write a number from 0 to 12" in terminal.read_until("Number: ")
        terminal.type("4\r")
        told = terminal.read_until("Number: ")
        assert "Artist marketplace website" in told
        assert "2500.00 USD" in told
        assert "0  Leave" in told
        terminal.type("0\r")
        assert terminal.end() == 0


def test_one_of_several_accounts_is_asked_for(sample: Sample) -> None:
    ben = '\n[accounts.ben]\nplatform = "freelancer"\nrole = "freelancer"\nlogin = "ben"\n'
    sample.settings.file.write_text(sample.settings.file.read_text() + ben)
    program = [sys.executable, "-m", "tui.cli", "--plain", "--config", str(sample.settings.file)]
    with Terminal.running(program, {"PYTHONPATH": str(ROOT), "TZ": "UTC", "TERM": "xterm"}) as terminal:
        assert "1  anna: client as anna" in terminal.read_until("Which account: ")
        terminal.type("1\r")
        terminal.read_until("Number: ")
        terminal.type("4\r")  # the history: the choices about a plan are not there
        assert "say which with --account" not in terminal.read_until("Number: ")
        terminal.type("0\r")
        assert terminal.end() == 0
