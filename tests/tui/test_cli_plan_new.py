"""`plan new` from options and by questions, by what the journal knows; what needs a browser is in tests/e2e."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.money import Money
from assistant.plans.plan import load_plan
from tests.tui.calling import Called, called
from tests.tui.terminal import Terminal
from tui.sample import Sample

ROOT = Path(__file__).resolve().parents[2]
PLAN = """platform = "freelancer"
account = "anna"

[[project]] # mine
ref = "1"
total = "5.00 USD"
split = "1 x 100%"
"""


@pytest.fixture
def here(sample: Sample, tmp_path, monkeypatch) -> Path:
    """A working folder, and settings with one account whose projects the journal knows."""
    sample.listed()
    monkeypatch.setenv("MILEPOST_CONFIG", str(sample.settings.file))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def new(*words: str) -> Called:
    return called(["plan", "new", *words])


def test_options_make_a_plan_that_loads_and_say_what_comes_next(here) -> None:
    done = new("december.toml", "--project", "38112233", "--project", "logo and letterhead", "--total", "2500.00 USD",
               "--split", "5 x 20%", "--start", "2026-12-01", "--days", "40", "--first", "upfront")  # fmt: skip
    assert done.code == 1
    assert done.err.splitlines()[0] == (
        "error: --project: 'Logo and letterhead' is in EUR, and 2500.00 USD is not (plan it by itself)"
    )
    assert list(here.iterdir()) == []
    done = new("december.toml", "--project", "38112233", "--total", "2500.00 USD", "--split", "5 x 20%", "--start",
               "2026-12-01", "--days", "40", "--first", "upfront")  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "wrote december.toml: 1 project, 5 milestones, 2500.00 USD",
        "next: milepost preview december.toml",
    ]
    (project,) = load_plan(here / "december.toml").projects
    assert [(m.key, str(m.amount), str(m.due)) for m in project.milestones][::4] == [
        ("m1", "500.00 USD", "2026-12-01"),
        ("m5", "500.00 USD", "2027-01-10"),
    ]
    assert "# Artist marketplace website\n[[project]]\n" in (here / "december.toml").read_text()


def test_without_a_file_and_a_terminal_the_plan_goes_to_stdout(here) -> None:
    words = ("--project", "New one", "--total", "20.00 USD", "--template", "website")
    for more in ((), ("-",)):
        done = new(*more, *words)
        assert done.out.startswith("# A plan")
        assert 'title = "New one"' in done.out
        assert done.err == "1 project, 5 milestones, 20.00 USD\n"
    (event,) = new(*words, "--json").events
    assert event.pop("text") == done.out
    assert event == {
        "event": "plan",
        "file": None,
        "platform": "freelancer",
        "account": "anna",
        "projects": 1,
        "milestones": 5,
        "totals": {"USD": "20.00"},
        "added": 1,
    }
    assert list(here.iterdir()) == []


def test_a_file_is_never_written_over_and_a_missing_folder_is_said(here) -> None:
    (here / "plan.toml").write_text("mine")
    words = ("--project", "New", "--total", "20.00 USD", "--split", "5 x 20%")
    assert "nothing is written over it" in new("plan.toml", *words).err
    assert (here / "plan.toml").read_text() == "mine"
    assert "its folder does not exist" in new("none/plan.toml", *words).err


def test_adding_keeps_what_is_there(here) -> None:
    (here / "plan.toml").write_text(PLAN)
    words = ("--split", "5 x 20%", "--total", "20.00 USD")
    (event,) = new("--add", "--project", "38112233", *words, "--json").events
    assert (event["projects"], event["added"], event["file"]) == (2, 1, "plan.toml")
    assert event["next"] == "milepost preview plan.toml"
    text = (here / "plan.toml").read_text()
    assert text.startswith(PLAN)
    again = new("plan.toml", "--add", "--project", "38112233", "--project", "1", *words)
    assert again.code == 1
    assert again.err.splitlines()[:2] == [
        "error: --project: 38112233: '38112233' is already the project of line 10 (put both into one [[project]])",
        "error: --project: 1: '1' is already the project of line 4 (put both into one [[project]])",
    ]
    assert (here / "plan.toml").read_text() == text
    assert "no such plan to add to" in new("none.toml", "--add", "--project", "9", *words).err
    other = new("plan.toml", "--add", "--project", "9", "--account", "ben", *words)
    assert "the plan is for the account anna, and --account says ben" in other.err


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["--project", "A", "--total", "5 USDD", "--split", "5 x 30%", "--start", "1/2/2026"], ["--total", "--start"]),
        (["--project", "A", "--total", "50.00 USD", "--split", "5 x 30%", "--days", "4"], ["--days", "--split"]),
        (["--project", "A", "--total", "0.00 USD", "--split", "5 x 20%"], ["--total"]),
        (["--project", "A", "--total", "5.00 USD", "--template", "websit"], ["--template"]),
        (["--project", "A", "--total", "5.00 USD", "--template", "hourly-retainer"], ["--template"]),
        (["--project", "A\u202eB", "--total", "5.00 USD", "--split", "5 x 20%"], ["--project"]),
        (["--project", "A", "--total", "4.00 USD", "--split", "5 x 20%"], ["--split"]),
        (["--project", "A", "--split", "5 x 20%"], ["--project"]),
        (["--project", "Website redesign", "--split", "5 x 20%"], ["--project"]),
        (["--project", " ", "--template", "website", "--split", "5 x 20%"], ["--project", "--template"]),
        (["--project", "A", "--projects", "open", "--from-site", "--total", "5.00 USD"], ["--project", "--total"]),
        (["--total", "5.00 USD"], ["--project", "--split"]),
        (["--projects", ",", "--split", "5 x 20%"], ["--projects"]),
    ],
)
def test_every_mistake_is_told_at_once_by_its_option_and_nothing_is_written(here, words, wrong) -> None:
    done = new("plan.toml", *words, "--json")
    assert done.code == 1
    assert [event["where"] for event in done.events] == wrong
    assert all(event["code"] == "usage" and event["hint"] for event in done.events)
    assert list(here.iterdir()) == []


def test_a_mend_speaks_of_options(here) -> None:
    done = new("--project", "A", "--total", "50.00 USD", "--split", "5 x 20%", "--days", "4")
    assert done.err.splitlines()[0].endswith("(write --start 2026-12-01)")


def test_where_nobody_can_be_asked_it_says_what_to_write(here) -> None:
    for words in ((), ("--json",), ("plan.toml",)):
        done = new(*words)
        assert done.code == 1
        assert "nobody is there to be asked" in done.err + done.out


ANSWERS = (
    ("read it anew? [y/N]", "\n"),
    ("ref or title, or all", "99\n"),
    ("'99' is none of the projects; numbers go from 1 to 11", "1, 38112234\n"),
    ("total of Artist marketplace website, such as 2500.00 USD", "2500.00 EUR\n"),
    ("is in USD, and 2500.00 EUR is not", "2500\n"),
    ("total of Logo and letterhead, such as 2500.00 USD", "900.00 EUR\n"),
    ("split, or template [5 x 20%]", "5 x 30%\n"),
    ("adds up to 150%, not 100%", "website\n"),
    ("start, such as 2026-12-01", "31.2.2026\n"),
    ("no day of the calendar", "2026-12-01\n"),
    ("due at the start?", "y\n"),
    ("days from the start", "x\n"),
    ("no number of days", "40\n"),
    ("write it to [plan.toml]", "/none/plan.toml\n"),
    ("its folder does not exist", "q.toml\n"),
)


def asked(here: Path) -> Terminal:
    return Terminal.running([sys.executable, "-m", "tui.cli", "plan", "new"], {"PYTHONPATH": str(ROOT)})


def test_questions_check_every_answer_at_once_and_make_a_plan(here) -> None:
    with asked(here) as terminal:
        for wanted, answer in ANSWERS:
            terminal.read_until(wanted)
            terminal.type(answer)
        terminal.read_until("next: milepost preview q.toml")
        assert terminal.end() == 0
    website, logo = load_plan(here / "q.toml").projects
    assert (website.ref, website.total, website.first) == ("38112233", Money.parse("2500.00 USD"), "upfront")
    assert (logo.ref, logo.total, logo.days, logo.template) == ("38112234", Money.parse("900.00 EUR"), 40, "website")
    assert len(logo.milestones) == 5


@pytest.mark.parametrize("stop", [2, 6, 10, len(ANSWERS) - 1])
def test_ctrl_c_at_any_question_leaves_nothing_behind(here, stop) -> None:
    with asked(here) as terminal:
        for wanted, answer in ANSWERS[:stop]:
            terminal.read_until(wanted)
            terminal.type(answer)
        terminal.read_until(ANSWERS[stop][0])
        terminal.type("\x03")
        assert terminal.end() == 130, terminal.text
    assert list(here.iterdir()) == []


def test_a_default_file_that_is_there_is_not_offered(here) -> None:
    (here / "plan.toml").write_text("mine")
    with asked(here) as terminal:
        for wanted, answer in (
            ("anew?", "n\n"), ("or all", "1\n"), ("total of", "50\n"), ("template [", "\n"), ("start,", "\n"),
            ("write it to", "plan.toml\n"), ("nothing is written over it", "other.toml\n"),
        ):  # fmt: skip
            terminal.read_until(wanted)
            terminal.type(answer)
        assert terminal.end() == 0
    assert (here / "plan.toml").read_text() == "mine"
    assert load_plan(here / "other.toml").projects[0].split == "5 x 20%"
