"""`plan import` and `plan export`: mistakes by row and column, amounts to the cent, and no cell that runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from assistant.plans.plan import load_plan
from tests.tui.calling import called
from tui.sample import Sample

SHEET = """Project ref,Title,Currency,Description,Amount,Due
38112233,,USD,Design,"1,250.00",2026-12-10
38112233,,,"=HYPERLINK(""http://127.0.0.1"")",0.50,2026-12-20
,Logo,EUR,Sketches,33.33,
"""


@pytest.fixture
def here(sample: Sample, tmp_path, monkeypatch) -> Path:
    sample.listed()
    monkeypatch.setenv("MILEPOST_CONFIG", str(sample.settings.file))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text(SHEET.replace("0.50", "20.50"))
    return tmp_path


def test_a_sheet_becomes_a_plan_and_a_sheet_again_to_the_cent(here) -> None:
    done = called(["plan", "import", "mine.csv", "mine.toml"])
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "wrote mine.toml: 2 projects, 3 milestones, 33.33 EUR, 1270.50 USD\nnext: milepost preview mine.toml\n"
    )
    assert called(["plan", "export", "mine.toml", "out.csv"]).out == (
        "wrote out.csv: 2 projects, 3 milestones, 33.33 EUR, 1270.50 USD\n"
    )
    assert called(["plan", "import", "out.csv", "again.toml"]).code == 0
    first, again = load_plan(here / "mine.toml"), load_plan(here / "again.toml")
    assert first.projects == again.projects


def test_an_exported_sheet_is_for_excel_and_runs_nothing(here) -> None:
    called(["plan", "import", "mine.csv", "mine.toml"])
    assert called(["plan", "export", "mine.toml", "out.csv", "--delimiter", "semicolon"]).code == 0
    content = (here / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfproject ref;title;")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][1] == "Artist marketplace website"  # what the journal knows, for the reader
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert any(cell.startswith("'=HYPERLINK") for cell in rows[2])


def test_without_a_terminal_both_go_to_stdout(here) -> None:
    plan = called(["plan", "import", "mine.csv"])
    assert plan.out.startswith("# A plan")
    (here / "mine.toml").write_text(plan.out)
    sheet = called(["plan", "export", "mine.toml"])
    assert sheet.out.splitlines()[0].startswith("project ref,title,")
    (event,) = called(["plan", "export", "mine.toml", "--json"]).events
    assert event["text"].splitlines() == sheet.out.splitlines()
    assert (event["event"], event["projects"], event["milestones"], event["file"]) == ("sheet", 2, 3, None)


def test_every_mistake_is_told_by_row_and_column_and_nothing_is_written(here) -> None:
    (here / "bad.csv").write_text(SHEET.replace("33.33", "33.333.3").replace("2026-12-10", "soon"))
    done = called(["plan", "import", "bad.csv", "bad.toml", "--json"])
    assert done.code == 1
    assert [event["where"] for event in done.events] == [
        "bad.csv:2: due (column F)",
        "bad.csv:3: amount (column E)",
        "bad.csv:4: amount (column E)",
    ]
    assert not (here / "bad.toml").exists()
    assert "cannot be read" in called(["plan", "import", "none.csv", "x.toml"]).err


def test_nothing_is_written_over_and_adding_names_the_row(here) -> None:
    called(["plan", "import", "mine.csv", "mine.toml"])
    before = (here / "mine.toml").read_bytes()
    assert "nothing is written over it" in called(["plan", "import", "mine.csv", "mine.toml"]).err
    assert "nothing is written over it" in called(["plan", "export", "mine.toml", "mine.csv"]).err
    done = called(["plan", "import", "mine.csv", "mine.toml", "--add"])
    assert done.code == 1
    places = [line.split(": ")[1] for line in done.err.splitlines() if line.startswith("error")]
    assert places == ["mine.csv:2", "mine.csv:4"]
    assert (here / "mine.toml").read_bytes() == before
    (here / "more.csv").write_text("title,currency,description,amount\nOther,USD,Work,5\n")
    (event,) = called(["plan", "import", "more.csv", "mine.toml", "--add", "--json"]).events
    assert (event["added"], event["projects"]) == (1, 3)
    assert (here / "mine.toml").read_bytes().startswith(before)


def test_a_plan_of_an_account_that_is_not_set_up_here_can_be_exported(here) -> None:
    called(["plan", "import", "mine.csv", "mine.toml"])
    text = (here / "mine.toml").read_text().replace('"anna"', '"somebody"')
    (here / "theirs.toml").write_text(text)
    done = called(["plan", "export", "theirs.toml"])
    assert done.code == 0
    assert "Artist marketplace website" not in json.dumps(done.out)
