"""Editing a plan without a screen: sums hold, undo takes back, drafts are kept, problems stand at their fields."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import PlanError, UsageError
from assistant.money import Money
from assistant.plans.draft import Rules
from assistant.plans.plan import load_plan
from assistant.plans.planned import PlanLimits, PlannedProject
from tui.sample import PLAN
from tui.view.plan_cells import AMOUNT, DUE, SHARE, WHAT, PlanRow
from tui.view.plan_editor import PlanEditor, open_editor

RULES = Rules("freelancer", "anna", PlanLimits(description_max=60))


def nothing_known(_project: PlannedProject) -> Mapping[str, str]:
    return {}


def editor_of(folder: Path, text: str = PLAN, states: Mapping[str, str] | None = None) -> PlanEditor:
    file = folder / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return open_editor(file, RULES, folder / "drafts", lambda _project: states or {})


def row(editor: PlanEditor, block: int, milestone: int | None) -> PlanRow:
    return next(each for each in editor.rows() if each.name == (block, milestone))


def amounts(editor: PlanEditor, block: int) -> list[str]:
    project = editor.project(block)
    assert project is not None
    return [each.amount.amount_text for each in project.milestones]


def test_the_table_shows_projects_and_their_milestones(tmp_path: Path) -> None:
    rows = editor_of(tmp_path, states={"m1": "released"}).rows()
    assert [each.texts for each in rows[:3]] == [
        ("Artist marketplace website", "5 x 20%", "2500.00 USD", "2026-11-10 +40d"),
        ("Milestone 1 of 5", "20%", "500.00 USD", "2026-11-10"),
        ("Milestone 2 of 5", "20%", "500.00 USD", "2026-11-20"),
    ]
    assert (rows[1].key, rows[1].state, rows[1].shared) == ("m1", "released", True)
    assert rows[-1].texts[:2] == ("Resume rewriting", "none")


def test_an_edit_of_a_split_spells_it_out_and_keeps_the_sum(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    editor.set(row(editor, 0, 1), AMOUNT, "700")
    assert amounts(editor, 0) == ["500.00", "700.00", "500.00", "500.00", "300.00"]
    editor.set(row(editor, 0, 0), WHAT, "Design agreed")
    editor.set(row(editor, 0, 0), DUE, "2026-11-12")
    assert row(editor, 0, 0).texts == ("Design agreed", "20%", "500.00 USD", "2026-11-12")
    assert row(editor, 1, 0).texts[0] == "Three drafts of the logo"


def test_what_stands_on_the_site_is_not_what_gives_way(tmp_path: Path) -> None:
    editor = editor_of(tmp_path, states={"m5": "funded", "m4": "planned"})
    editor.set(row(editor, 0, 1), AMOUNT, "700")
    assert amounts(editor, 0) == ["500.00", "700.00", "500.00", "300.00", "500.00"]
    with pytest.raises(UsageError, match="stand on the site"):
        editor.set(row(editor, 0, None), SHARE, "2 x 50%")
    with pytest.raises(UsageError, match="stands on the site"):
        editor.remove(row(editor, 0, 4))


def test_a_project_gets_another_total_split_template_start_and_name(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    editor.set(row(editor, 2, None), AMOUNT, "1000")
    assert amounts(editor, 2) == ["333.34", "333.33", "333.33"]
    editor.set(row(editor, 2, None), SHARE, "upfront 30% + rest")
    assert amounts(editor, 2) == ["300.00", "700.00"]
    editor.set(row(editor, 2, None), SHARE, "website")
    editor.set(row(editor, 2, None), DUE, "2027-01-01 + 20 days")
    editor.set(row(editor, 2, None), WHAT, "Booking page")
    assert row(editor, 2, None).texts == ("Booking page", "website", "1000.00 USD", "2027-01-01 +20d")


@pytest.mark.parametrize(
    ("place", "field", "typed", "told"),
    [
        ((0, 1), AMOUNT, "99999", "too much"),
        ((0, 1), AMOUNT, "5,00", "not an amount"),
        ((0, 1), SHARE, "a third", "not a share"),
        ((0, 1), DUE, "2026-13-01", "not a number of days"),
        ((0, 1), WHAT, "x" * 61, "the platform takes 60"),
        ((0, 1), WHAT, "", "empty"),
        ((0, None), SHARE, "5 x 30%", "150%"),
        ((0, None), AMOUNT, "0", "not above zero"),
        ((0, None), DUE, "soon", "not a date"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_not_taken(
    place: tuple[int, int | None], field: int, typed: str, told: str, tmp_path: Path
) -> None:
    editor = editor_of(tmp_path)
    with pytest.raises((PlanError, UsageError), match=told):
        editor.set(row(editor, *place), field, typed)
    assert not editor.changed
    assert not editor.can_undo


def test_a_plan_with_problems_is_shown_and_can_be_mended_field_by_field(tmp_path: Path) -> None:
    text = PLAN.replace('"2500.00 USD"', '"2500 dollars"').replace('split = "3 x 1/3"', 'split = "3 x 1/4"')
    editor = editor_of(tmp_path, text)
    assert [(each.line, each.field) for each in editor.problems()] == [
        (6, "project 1, total"),
        (36, "project 3, split"),
    ]
    assert "not a currency" in row(editor, 0, None).trouble
    editor.set(row(editor, 0, None), AMOUNT, "2500.00 USD")
    editor.set(row(editor, 2, None), SHARE, "3 x 1/3")
    assert editor.problems() == []


def test_milestones_are_put_in_and_taken_out_and_the_sum_holds(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    place = editor.add_milestone(row(editor, 0, 1))
    assert place == (0, 2)
    assert amounts(editor, 0) == ["500.00", "500.00", "250.00", "500.00", "500.00", "250.00"]
    editor.remove(row(editor, 0, 0))
    assert sum(map(float, amounts(editor, 0))) == 2500
    editor.remove(row(editor, 0, None))
    assert len(editor.text.blocks) == 3
    assert "one project" not in editor.text.text


def test_projects_are_added_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    more = PlannedProject(ref="38112237", total=Money.parse("700.00 USD"), split="2 x 50%")
    editor.add([more], {"38112237": "Inventory app"})
    assert "# Inventory app\n[[project]]\nref = " in editor.text.text
    with pytest.raises(PlanError):
        editor.add([more], {})
    assert len(editor.projects()) == 5


def test_a_draft_outlives_the_screen_and_is_gone_when_it_is_saved(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    editor.set(row(editor, 0, 1), WHAT, "Half of it")
    again = open_editor(editor.file, RULES, tmp_path / "drafts", nothing_known)
    assert again.restored
    assert row(again, 0, 1).texts[0] == "Half of it"
    again.save()
    assert load_plan(editor.file).projects[0].milestones[1].description == "Half of it"
    third = open_editor(editor.file, RULES, tmp_path / "drafts", nothing_known)
    assert not third.restored
    assert not third.changed


def test_a_draft_of_a_file_that_was_changed_meanwhile_is_put_aside(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    editor.set(row(editor, 0, 1), WHAT, "Half of it")
    editor.file.write_text(PLAN + "# by somebody else\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changed meanwhile"):
        editor.save()
    again = open_editor(editor.file, RULES, tmp_path / "drafts", nothing_known)
    assert not again.restored
    assert [path.name.endswith(".kept.toml") for path in (tmp_path / "drafts").iterdir()] == [True]


def test_a_plan_that_is_not_there_begins_empty_and_is_written_when_it_is_saved(tmp_path: Path) -> None:
    editor = open_editor(tmp_path / "new.toml", RULES, tmp_path / "drafts", nothing_known)
    assert editor.is_new
    assert editor.rows() == []
    with pytest.raises(PlanError, match="no projects"):
        editor.save()
    editor.add([PlannedProject(title="Website", total=Money.parse("100.00 USD"), split="2 x 50%")], {})
    editor.save()
    assert load_plan(editor.file).account == "anna"


def test_a_text_that_is_no_plan_is_kept_told_and_can_be_undone(tmp_path: Path) -> None:
    editor = editor_of(tmp_path)
    editor.replace_text("title = \n[[project")
    assert editor.problems()[0].line == 1
    assert editor.rows() == []
    editor.undo()
    assert len(editor.projects()) == 4


EDITS = st.lists(
    st.tuples(
        st.sampled_from([WHAT, SHARE, AMOUNT, DUE, "add", "remove", "undo", "redo"]),
        st.integers(0, 30),
        st.one_of(
            st.integers(1, 99999).map(lambda cents: f"{cents / 100:.2f}"),
            st.sampled_from(["rest", "1/3", "20 %", "2027-01-02", "5 days", "5 x 20%", "website", "Neu # [[x]]", ""]),
        ),
    ),
    max_size=10,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(edits=EDITS)
def test_whatever_is_typed_the_sums_hold_and_undo_takes_all_of_it_back(
    edits: list[tuple[int | str, int, str]], tmp_path: Path
) -> None:
    for draft in (tmp_path / "drafts").glob("*"):
        draft.unlink()
    editor = editor_of(tmp_path, PLAN.replace("[[project]]", "# kept\n[[project]]"))
    for what, number, typed in edits:
        rows = editor.rows()
        with contextlib.suppress(PlanError, UsageError):
            _do(editor, what, rows[number % len(rows)] if rows else None, typed)
        for project in editor.projects():
            if not project.skipped:
                assert sum(each.amount.minor for each in project.milestones) == project.total.minor
        assert all("is already" in each.message for each in editor.problems())  # two of one name: told, and kept
    after, final = editor.text.text, editor.text.text.count("# kept")
    assert final == len(editor.text.blocks)
    steps = 0
    while editor.can_undo:
        editor.undo()
        steps += 1
    assert not editor.changed
    while editor.can_redo:
        editor.redo()
    if not any(what in {"undo", "redo"} for what, _, _ in edits):
        assert editor.text.text == after


def _do(editor: PlanEditor, what: int | str, at: PlanRow | None, typed: str) -> None:
    if what == "undo":
        if editor.can_undo:
            editor.undo()
    elif what == "redo":
        if editor.can_redo:
            editor.redo()
    elif at is None:
        return
    elif what == "add":
        editor.add_milestone(at)
    elif what == "remove":
        if at.milestone is not None or len(editor.text.blocks) > 1:
            editor.remove(at)
    else:
        editor.set(at, int(what), typed)


def test_a_plan_that_somebody_holds_already_is_not_held_a_second_time(tmp_path: Path) -> None:
    mine = editor_of(tmp_path)
    projects = mine.projects()
    again = open_editor(mine.file, RULES, tmp_path / "drafts", nothing_known, projects)
    assert [a is b for a, b in zip(again.projects(), projects, strict=True)] == [True] * len(projects)

    other = replace(projects[0], line=projects[0].line + 1)
    third = open_editor(mine.file, RULES, tmp_path / "drafts", nothing_known, [other])
    assert third.project(0) is not other
    assert third.projects() == projects
