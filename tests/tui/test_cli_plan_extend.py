"""`milepost plan extend`: the date moves, the file remembers the old one, nothing else changes, a message is ready."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.plans.plan import load_plan
from tests.tui.calling import called

TEXT = """\
platform = "freelancer"
account = "anna"  # hers

# the shop
[[project]]
ref = "38112234"
total = "900.00 EUR"
start = 2026-12-01
[[project.milestone]]
key = "design"
description = "Design of the pages"
share = "1/3"
due = 2026-12-10  # agreed by phone
[[project.milestone]]
key = "build"
description = "Pages built"
share = "1/3"
after = "20 days"
[[project.milestone]]
key = "words"
description = "Words"
share = "rest"

[[project]]
title = "Resume rewriting"
counterparty = "Ines"
total = "100.00 EUR"
start = 2026-12-01
days = 30
split = "3 x 1/3"
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(f'data_dir = "{tmp_path / "data"}"\n')
    file = tmp_path / "plan.toml"
    file.write_text(TEXT)
    return file


def dues(plan: Path, number: int = 0) -> list[str]:
    return [str(each.due) for each in load_plan(plan).projects[number].milestones]


def test_one_date_moves_and_the_file_remembers(plan: Path) -> None:
    done = called(["plan", "extend", str(plan), "38112234", "design", "--by", "5 days", "--reason", "late\nphotos"])
    assert (done.code, dues(plan)) == (0, ["2026-12-15", "2026-12-21", "None"]), done.err
    remark = f"# was 2026-12-10, moved on {date.today()}: late photos"
    assert plan.read_text() == TEXT.replace("due = 2026-12-10", f"{remark}\ndue = 2026-12-15")
    assert done.out == (
        "Hello,\n\nI would like to move this deadline:\n\n38112234\n- Design of the pages: 2026-12-10 -> 2026-12-15\n\n"
        "Reason: late photos\n\n"
        "The amounts stay as they are. Please tell me whether that works for you. Thank you!\n"
    )
    again = called(["plan", "extend", str(plan), "38112234", "design", "--to", "2026-12-20"])
    assert (again.code, dues(plan)[0]) == (0, "2026-12-20")
    assert plan.read_text().count("# was ") == 2


def test_those_after_it_move_along_and_a_split_is_spelled_out(plan: Path) -> None:
    assert called(["plan", "extend", str(plan), "38112234", "design", "--by", "1 week", "--later"]).code == 0
    assert dues(plan) == ["2026-12-17", "2026-12-28", "None"]
    before = load_plan(plan).projects[1].milestones
    done = called(["plan", "extend", str(plan), "resume rewriting", "m2", "--by", "3 days", "--later", "--json"])
    (event,) = done.events
    assert (event["written"], [move["key"] for move in event["moves"]]) == (True, ["m2", "m3"])
    assert event["message"].startswith("Hello Ines,\n\nI would like to move these deadlines:")
    after = load_plan(plan).projects[1].milestones
    assert [(m.key, m.description, m.amount) for m in after] == [(m.key, m.description, m.amount) for m in before]
    assert dues(plan, 1) == ["2026-12-11", "2026-12-24", "2027-01-03"]


def test_nothing_is_written_for_a_dry_run_or_a_mistake(plan: Path) -> None:
    place = ["plan", "extend", str(plan)]
    assert called([*place, "38112234", "design", "--by", "5 days", "--dry-run"]).code == 0
    for words, said in (
        (["38112234", "nothing", "--by", "5 days"], "no milestone 'nothing'"),
        (["nowhere", "design", "--by", "5 days"], "no project 'nowhere'"),
        (["38112234", "words", "--by", "5 days"], "no due date that could be moved"),
        (["38112234", "design", "--by", "0 days"], "due on 2026-12-10 already"),
        (["38112234", "design", "--by", "soon"], "not a number of days"),
        (["38112234", "design"], "either how far or to which day"),
        (["38112234", "design", "--to", "2026-11-01"], "before the start"),
    ):
        done = called([*place, *words])
        assert done.code == 1
        assert said in done.err
    assert plan.read_text() == TEXT
