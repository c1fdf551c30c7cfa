"""What is open, chosen on the screen: one of several accounts, a plan, a draft of last time."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.journal import RunKind, RunState
from assistant.processes import own
from assistant.settings.model import Settings
from tests.tui.driving import armed, running, settled, text_of, type_text, until
from tui.app import MilepostApp
from tui.pictures import quiet
from tui.sample import Sample
from tui.screens.accounts import AccountSheet
from tui.screens.choosing import Choosing

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


async def test_the_account_of_the_newest_run_is_under_the_cursor(two: Sample) -> None:
    quiet(two)
    two.journal.runs.ask(RunKind.CHECK, two.id, "ben", {})
    async with running(two, plans=[]) as pilot:
        assert isinstance(pilot.app.screen, AccountSheet)
        assert "▸ ben" in text_of(pilot)


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


async def test_a_plan_is_opened_from_inside(sample: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    quiet(sample)
    folder = sample.plan_file.parent
    (folder / "pyproject.toml").write_text('[project]\nname = "no plan"\n')
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(sample.plan_file.read_text())
    monkeypatch.chdir(folder)
    async with running(sample, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        assert f"no plan: O opens {sample.plan_file.name}; 2, then a" in text_of(pilot)
        await pilot.press("O", "enter")
        await until(pilot, lambda: "In the plan: 4 projects" in text_of(pilot))
        await pilot.press("2", "O")
        assert "pyproject" not in text_of(pilot)
        await pilot.press("G", "enter")  # the last line: any other file
        await type_text(pilot, "nothing.toml")
        await pilot.press("enter")
        assert "there is no such file" in text_of(pilot)
        await pilot.press("O", "G", "enter", "ctrl+u")
        await type_text(pilot, str(elsewhere))
        await pilot.press("enter")
        await until(pilot, lambda: app.store is not None and len(app.store.plans) == 2)
        assert app.store is not None
        assert app.store.plan is not None
        assert app.store.plan.file == elsewhere, "the preview is of the plan that was opened"
        assert "elsewhere.toml (2 of 2)" in text_of(pilot)


async def test_a_plan_of_another_account_asks_before_that_is_opened(two: Sample) -> None:
    quiet(two)
    text = two.plan_file.read_text()
    two.plan_file.with_name("bens.toml").write_text(text.replace('"anna"', '"ben"'))
    async with running(two) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        assert app.planning is not None
        [bens] = [each for each in app.planning.known(two.plan_file.parent) if each.account == "ben"]
        app.open_plan(bens)
        await armed(pilot)
        assert "bens.toml is a plan of ben" in text_of(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: name_of(app) == "ben")
        assert app.store is not None
        assert [plan.file.name for plan in app.store.plans] == ["bens.toml"]


async def test_a_draft_is_offered_and_never_merged_into_another_plan(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quiet(sample)
    sample.plan_file.unlink()
    monkeypatch.chdir(tmp_path)
    async with running(sample, plans=[]) as pilot:
        await pilot.press("2", "a", "enter")
        await type_text(pilot, "300.00 USD")
        await pilot.press("enter", "q")
        assert "kept as a draft: plan.toml" in str(pilot.app._exit_renderables)
    async with running(sample, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        assert "a draft of last time, plan.toml: 2 offers it" in text_of(pilot)
        await pilot.press("2")
        assert "never saved: plan.toml (1 project, anna)" in " ".join(text_of(pilot).split())
        assert "Enter take it up" in text_of(pilot)
        await pilot.press("a")
        planning = app.planning
        assert planning is not None
        assert planning.editor is not None
        assert planning.editor.file.name == "plan-2.toml"
        assert not planning.editor.text.blocks, "what was kept is not in the plan begun beside it"
        await pilot.press("escape", "O", "enter")
        assert planning.editor is not None
        assert planning.editor.file.name == "plan.toml"
        assert len(planning.editor.text.blocks) == 1
    async with running(sample, plans=[]) as pilot:
        await pilot.press("2", "D")
        assert "Thrown away" in text_of(pilot)
        assert "No plan is open" in text_of(pilot)
    assert not list((sample.settings.journal_path.parent / "drafts").glob("*.json"))


async def test_marking_says_what_stands_and_escape_clears_the_filter_first(sample: Sample) -> None:
    quiet(sample)
    sample.looked()
    sample.plan_file.unlink()
    async with running(sample, plans=[]) as pilot:
        await pilot.press("2", "a")
        sheet = pilot.app.screen
        assert isinstance(sheet, Choosing)
        shown = text_of(pilot)
        assert "3: 1500.00 USD" in shown
        assert "not known" in shown
        assert "Space marks and goes a line down" in " ".join(shown.split())
        await pilot.press("slash")
        await type_text(pilot, "not known website")
        assert "Filter: not known website" in text_of(pilot)
        lines = [line for line in text_of(pilot).splitlines() if "Website redesign #3811224" in line]
        assert len(lines) == 2, "two projects of one title are told apart"
        await pilot.press("enter", "escape")
        assert pilot.app.screen is sheet
        assert "Logo and letterhead" in text_of(pilot)
        await pilot.press("escape")
        assert pilot.app.screen is not sheet


async def test_my_projects_is_read_by_itself_where_it_never_was(sample: Sample) -> None:
    async with running(sample, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        store = app.store
        assert store is not None
        store.start_projects = lambda: store.started(sample.journal.runs.ask(RunKind.PROJECTS, sample.id, "anna", {}))  # type: ignore[method-assign]
        await pilot.press("2", "a")
        assert "Reading My Projects from the site" in text_of(pilot)
        run = sample.journal.runs.newest(1)[0].id
        sample.listed()
        sample.journal.runs.end(run, RunState.DONE, {})
        await until(pilot, lambda: "Inventory app for" in text_of(pilot))


async def test_the_menu_of_keys_and_the_finding_of_an_action_are_told_apart(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("question_mark")
        assert "Keys of this screen" in text_of(pilot)
        await pilot.press("escape", "colon")
        assert "What is to be done?" in text_of(pilot)
        await type_text(pilot, "sort")
        assert "Filter: sort" in text_of(pilot)
