"""What is open, chosen on the screen: one of several accounts, a plan, a draft of last time."""

from __future__ import annotations

import pytest

from assistant.journal import RunKind
from assistant.processes import own
from assistant.settings.model import Settings
from tests.tui.driving import running, settled, text_of, until
from tui.app import MilepostApp
from tui.pictures import quiet
from tui.sample import Sample
from tui.screens.accounts import AccountSheet

BEN = """
[accounts.ben]
platform = "freelancer"
role = "freelancer"
login = "ben"
origin = "http://127.0.0.1:8700"
"""


@pytest.fixture
def two(sample: Sample) -> Sample:
    """The sample with a second account, on which nothing was read yet."""
    sample.settings.file.write_text(sample.settings.file.read_text() + BEN)
    sample.settings = Settings.load(sample.settings.file).settings
    return sample


def name_of(app: MilepostApp) -> str:
    return app.store.account.facts.name if app.store is not None and app.store.account is not None else ""


async def test_one_of_several_accounts_is_picked_at_once_and_changed_later(two: Sample) -> None:
    quiet(two)
    async with running(two, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        assert isinstance(app.screen, AccountSheet)
        assert not app.store or not app.store.inbox.entries, "it is a question, and no error"
        await pilot.press("escape", "r")
        assert "7, then Enter on one of them" in text_of(pilot)
        await pilot.press("7")
        await until(pilot, lambda: "freelancer as ben" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: name_of(app) == "anna")
        await pilot.press("1")
        await until(pilot, lambda: "Inventory app for a bicycle" in text_of(pilot))
        await pilot.press("5", "6", "7", "j", "enter")
        await until(pilot, lambda: name_of(app) == "ben")
        assert "ben · freelancer on Freelancer.com" in text_of(pilot)
        await until(pilot, lambda: "ben (open)" in text_of(pilot))
        for key in "1356":
            await pilot.press(key)
            await settled(pilot)
            shown = text_of(pilot)
            assert "Inventory app" not in shown, f"{key} shows what is anna's"
            assert "run 1 " not in shown


async def test_the_account_stays_while_a_run_of_it_is_under_way(two: Sample) -> None:
    quiet(two)
    run = two.journal.runs.ask(RunKind.CHECK, two.id, "anna", {})
    two.journal.runs.take(run, *own())
    async with running(two) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        assert name_of(app) == "anna", "the plan says whose it is; nothing is asked"
        await pilot.press("7")
        await until(pilot, lambda: "freelancer as ben" in text_of(pilot))
        await pilot.press("j", "enter")
        assert "is under way" in text_of(pilot)
        assert name_of(app) == "anna"
