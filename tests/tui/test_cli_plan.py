"""`plan check` and `plan show`, and the road in text."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tui.calling import called
from tui.road import road

GOOD = """platform = "freelancer"
account = "anna"
[[project]]
title = "Artist marketplace website"
total = "2500.00 USD"
start = 2026-12-01
days = 40
split = "5 x 20%"
first = "upfront"
[[project]]
ref = "38112234"
total = "900.00 EUR"
[[project.milestone]]
key = "design"
description = "Design"
share = "1/3"
[[project.milestone]]
key = "build"
description = "Build"
share = "rest"
due = 2026-12-20
[[project]]
title = "Resume rewriting"
milestones = "none"
"""


@pytest.fixture(autouse=True)
def own_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("")


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "plan.toml"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_a_plan_in_order_is_told_in_one_line(write) -> None:
    file = write(GOOD)
    done = called(["plan", "check", file])
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{file}: in order, 3 projects, 7 milestones, 900.00 EUR, 2500.00 USD\n"
    assert called(["plan", "check", file, "--json"]).events == [
        {
            "event": "plan",
            "file": file,
            "platform": "freelancer",
            "account": "anna",
            "projects": 3,
            "milestones": 7,
            "totals": {"EUR": "900.00", "USD": "2500.00"},
        }
    ]


def test_every_problem_of_every_plan_comes_at_once_in_the_order_given(write, tmp_path) -> None:
    first = write(GOOD.replace('"1/3"', '"1/0"').replace("5 x 20%", "5 x 30%"), "z.toml")
    second = write(GOOD.replace('"freelancer"', '"frelancer"'), "a.toml")
    missing = str(tmp_path / "none.toml")
    done = called(["plan", "check", first, second, missing])
    assert done.code == 1
    places = [line.removeprefix("error: ").split(": ")[0] for line in done.err.splitlines() if line.startswith("error")]
    assert places == [f"{first}:8", f"{first}:16", f"{second}:1", f"{missing}:1"]
    assert "did you mean 'freelancer'?" in done.err
    assert done.out == ""
    events = called(["plan", "check", first, second, missing, "--json"]).events
    assert [event["code"] for event in events] == ["plan"] * 4
    assert all(event["hint"] for event in events)


def test_what_the_platform_s_form_refuses_is_a_problem_of_the_plan(write) -> None:
    done = called(["plan", "check", write(GOOD.replace('"Design"', f'"{"x" * 101}"'))])
    assert done.code == 1
    assert "the platform takes 100" in done.err


def test_plans_of_one_account_are_held_against_each_other(write) -> None:
    done = called(["plan", "check", write(GOOD, "one.toml"), write(GOOD, "two.toml")])
    assert done.code == 1
    assert "one.toml:3" in done.err


def test_a_plan_is_shown_with_amounts_dates_totals_and_road(write) -> None:
    text = called(["plan", "show", write(GOOD)]).out
    assert "Artist marketplace website: 2500.00 USD, 5 x 20%" in text
    assert "  m5  Milestone 5 of 5  500.00 USD  2027-01-10" in text
    assert "  design  Design  300.00 EUR  no date" in text
    assert "Resume rewriting: skipped on purpose" in text
    assert "2026-12-01                            2027-01-10" in text
    assert "●──────────●───────────●───────────●───────────●" in text
    assert "o----------o-----------o-----------o-----------o" in called(["plan", "show", write(GOOD), "--ascii"]).out


def test_a_plan_as_events_has_every_milestone(write) -> None:
    *projects, plan = called(["plan", "show", write(GOOD), "--json"]).events
    assert [project["project"] for project in projects] == [
        "Artist marketplace website",
        "38112234",
        "Resume rewriting",
    ]
    assert [project["skipped"] for project in projects] == [False, False, True]
    assert projects[1]["milestones"] == [
        {"key": "design", "description": "Design", "amount": "300.00", "due": None},
        {"key": "build", "description": "Build", "amount": "600.00", "due": "2026-12-20"},
    ]
    assert plan["totals"] == {"EUR": "900.00", "USD": "2500.00"}


DAY = [date(2026, 12, day) for day in range(1, 32)]


@pytest.mark.parametrize(
    ("dues", "shown"),
    [
        ([DAY[0], DAY[5], DAY[10]], "●────●────●"),
        ([DAY[5]], "     ●     "),
        ([DAY[2], DAY[2], DAY[4]], "  2─●      "),
        ([DAY[0]] * 12, "+          "),
        ([], "           "),
    ],
)
def test_a_road_marks_its_days(dues, shown) -> None:
    assert road(dues, DAY[0], DAY[10], width=11) == shown


def test_a_road_of_one_day_is_one_mark() -> None:
    assert road([DAY[3]], DAY[3], DAY[3], width=5) == "●    "


def test_a_plan_as_a_list_says_the_same_and_can_be_written_in_its_place(write) -> None:
    file = write(GOOD)
    listed = called(["plan", "show", file, "--as-list"])
    again = write('platform = "freelancer"\naccount = "anna"\n' + listed.out, "list.toml")
    shown, before = (called(["plan", "show", each, "--json"]).events for each in (again, file))
    assert shown[:-1] == before[:-1]
    assert shown[-1]["totals"] == before[-1]["totals"]
    assert "split" not in listed.out
    assert listed.out.count("[[project.milestone]]") == 7
    texts = called(["plan", "show", file, "--as-list", "--json"]).events
    assert "\n".join(event["text"] for event in texts) + "\n" == listed.out


@pytest.mark.parametrize("command", ["release", "request-release"])
def test_a_key_that_the_plan_does_not_have_is_told_before_anything_is_looked_at(write, command) -> None:
    file = write(GOOD)
    done = called([command, file, "38112234", "paint", "--json"])
    assert (done.code, [event["code"] for event in done.events]) == (1, ["usage"])
    assert done.events[0]["hint"] == "its keys are design, build"
    assert called([command, file, "Resume rewriting", "m1", "--json"]).events[0]["hint"] == "it is skipped on purpose"
