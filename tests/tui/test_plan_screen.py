"""The plan on the screen: typed into in place, divided by a form, filled from My Projects, saved, undone."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from assistant.money import Money
from assistant.plans.plan import load_plan
from assistant.site import MilestoneState, SiteMilestone
from tests.tui.driving import armed, running, text_of, type_text, until
from tests.tui.screen_terminal import ScreenTerminal
from tui.actions import find
from tui.app import MilepostApp
from tui.pictures import quiet
from tui.sample import Sample
from tui.screens.choosing import Choosing
from tui.screens.outline_form import OutlineForm
from tui.screens.plan import PlanScreen
from tui.widgets.cells import CellInput
from tui.widgets.lines import LineList


async def test_a_field_is_typed_into_in_place_and_says_what_is_wrong(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(sample)
    async with running(sample, (100, 30)) as pilot:
        await pilot.press("2")
        page = pilot.app.screen
        assert isinstance(page, PlanScreen)
        await pilot.press("G", "up", "l", "l", "enter")
        await type_text(pilot, "999999")
        assert "too much" in text_of(pilot)
        await pilot.press("enter")
        assert "too much" in text_of(pilot), "it is not taken"
        await pilot.press("escape")
        assert page.editor is not None
        assert not page.editor.changed
        await pilot.press("enter")
        await type_text(pilot, "100")
        await pilot.press("tab")  # takes it, and goes on to the date
        await type_text(pilot, "2027-02-03")
        await pilot.press("enter")
        project = page.editor.project(2)
        assert project is not None
        assert [each.amount.amount_text for each in project.milestones] == ["400.00", "700.00", "100.00"]
        assert project.milestones[2].due is not None
        assert "draft, not saved" in text_of(pilot)
        await pilot.press("u", "u")
        assert not page.editor.changed
        await pilot.press("U", "p")
        assert "Save and preview?" in text_of(pilot)
        await pilot.press("escape")
        assert page.editor.changed, "nothing is saved by itself"
        asked: list[str] = []
        monkeypatch.setattr(pilot.app, "do_look", lambda: asked.append("look"))
        await pilot.press("p")
        await armed(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: asked == ["look"])
        assert not page.editor.changed
    assert [each.amount.amount_text for each in sample.plan.projects[2].milestones] == ["400.00", "700.00", "100.00"]


async def test_a_plan_that_was_just_saved_can_be_previewed_with_the_next_key(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(sample)
    sample.plan_file.unlink()
    async with running(sample, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        await pilot.press("2", "N", "ctrl+u")
        await type_text(pilot, str(tmp_path / "mine.toml"))
        await pilot.press("enter", "a", "enter")
        await type_text(pilot, "300.00 USD")
        await pilot.press("enter")
        monkeypatch.setattr(app, "in_background", lambda *_work: None)  # what takes its time is not there yet
        await pilot.press("w")
        look = find("plan", "look")
        assert look is not None
        assert look.disabled_reason(app.facts()) is None


async def test_no_amount_is_covered_by_the_field_beside_it(sample: Sample) -> None:
    quiet(sample)
    async with running(sample, (80, 24)) as pilot:
        await pilot.press("2", "j", "l", "enter")
        field = pilot.app.screen.query_one(CellInput)
        await until(pilot, lambda: field.has_focus)
        row = text_of(pilot).splitlines()[field.region.y]
        assert "500.00 USD" in row
        assert row.index("500.00 USD") >= field.region.right


async def test_projects_of_the_site_are_marked_divided_together_and_saved(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        await pilot.press("2", "a")
        assert isinstance(app.screen, Choosing)
        await pilot.press("slash")
        await type_text(pilot, "ben okafor")
        await pilot.press("enter", "a", "enter")
        assert isinstance(app.screen, OutlineForm)
        assert "no bid" in text_of(pilot)
        await pilot.press("escape")  # one step back: the projects, still marked
        assert isinstance(app.screen, Choosing)
        assert text_of(pilot).count("[x]") == 2
        assert "2 marked" in text_of(pilot)
        await pilot.press("enter")
        await type_text(pilot, "1000 USD")
        await pilot.press("tab", "backspace")
        assert "say how many" in text_of(pilot)
        await type_text(pilot, "4")
        await pilot.press("tab")
        await type_text(pilot, "10%")
        assert "2 projects, 8 milestones: 2000.00 USD" in text_of(pilot)
        assert "100.00 USD" in text_of(pilot)
        await pilot.press("enter")
        await pilot.press("w")
        assert app.store is not None
        await until(pilot, lambda: app.store is not None and app.store.plan and len(app.store.plan.projects) == 6)
    assert [len(each.milestones) for each in sample.plan.projects] == [5, 3, 3, 0, 4, 4]
    assert "# Inventory app for a bicycle repair shop, Ben Okafor\n[[project]]" in sample.plan_file.read_text()


async def test_space_after_a_filter_marks_the_first_that_was_found(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("2", "a", "G")
        lines = pilot.app.screen.query_one(LineList)
        last = lines.item
        await pilot.press("slash")
        await type_text(pilot, "e")  # what the cursor is on holds it as well
        assert last in lines.items[1:]
        await pilot.press("enter", "space")
        [marked] = [line for line in text_of(pilot).splitlines() if "[x]" in line]
        assert lines.items[0].title[:20] in marked


async def test_who_leaves_the_picker_has_begun_no_plan_and_one_that_is_not_saved_is_told_elsewhere(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    quiet(sample)
    sample.plan_file.unlink()
    async with running(sample, plans=[]) as pilot:
        await pilot.press("2", "a")
        await pilot.press("escape")
        assert "No plan is open" in text_of(pilot)
        await pilot.press("a", "enter")
        await type_text(pilot, "1000")
        await pilot.press("enter", "1")
        assert "plan.toml, not saved: 2 shows it" in text_of(pilot)
        await pilot.press("p")
        assert "plan.toml is not saved: 2, then p" in " ".join(text_of(pilot).split())
        await pilot.press("3")
        assert "plan.toml is not saved: 2, then p" in " ".join(text_of(pilot).split())


async def test_a_project_is_divided_anew_unless_milestones_of_it_stand(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("2", "f")
        assert "stand on the site" in text_of(pilot)
        await pilot.press("G", "k", "f")
        assert isinstance(pilot.app.screen, OutlineForm)
        await pilot.press("tab", "end", *["backspace"] * 8)
        await type_text(pilot, "2")
        await pilot.press("enter")
        page = pilot.app.screen
        assert isinstance(page, PlanScreen)
        assert page.editor is not None
        assert 'split = "2 x 50%"' in page.editor.text.blocks[2]


async def test_what_stands_as_a_whole_says_that_nothing_more_changes(sample: Sample) -> None:
    sample.looked()
    run, third = sample.journal.runs.newest()[0].id, sample.listed()[2]
    rows = [
        SiteMilestone(str(n), f"Milestone {n} of 3", Money.parse("400.00 USD"), MilestoneState.FUNDED, "In Progress")
        for n in (1, 2, 3)
    ]
    sample.look(run, third, milestones=rows)
    async with running(sample) as pilot:
        await pilot.press("2", "G", "k")
        assert "where this plan changes nothing more" in text_of(pilot)
        await pilot.press("f")
        assert not isinstance(pilot.app.screen, OutlineForm)


async def test_without_a_plan_one_is_begun_and_later_found_among_the_others(sample: Sample, tmp_path: Path) -> None:
    quiet(sample)
    sample.plan_file.unlink()
    async with running(sample, plans=[]) as pilot:
        app = pilot.app
        assert isinstance(app, MilepostApp)
        await pilot.press("2")
        assert "No plan is open" in text_of(pilot)
        await pilot.press("N", "ctrl+u")
        await type_text(pilot, str(tmp_path / "mine.toml"))
        await pilot.press("enter", "a", "enter")
        await type_text(pilot, "300.00 USD")
        await pilot.press("enter", "w")
        assert app.store is not None
        await until(pilot, lambda: app.store is not None and app.store.plan is not None)
    assert len(load_plan(tmp_path / "mine.toml").projects) == 1


def test_the_text_is_edited_in_an_editor_of_ones_own(sample: Sample, tmp_path: Path) -> None:
    quiet(sample)
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\n"
        "file.write_text(file.read_text().replace('Three drafts', 'Seven drafts'))\n"
    )
    editor = shlex.join([sys.executable, str(script)])
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file), EDITOR=editor) as terminal:
        terminal.see("Artist")
        terminal.press("2")
        terminal.see("Three drafts")
        terminal.press("e")
        terminal.see("Seven drafts")
        terminal.press("w")
        terminal.see("Saved:")
        terminal.press("q")
        assert terminal.end() == 0
    assert sample.plan.projects[1].milestones[0].description.startswith("Seven drafts")


async def test_a_large_plan_is_opened_beside_the_screen_and_then_edited(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.planning.LARGE_BYTES", 10)
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "Milestone 1 of 5" in text_of(pilot))
        await pilot.press("j", "l", "l", "enter")
        await type_text(pilot, "400")
        await pilot.press("enter")
        assert "draft, not saved" in text_of(pilot)
