"""A plan as lines and as a road in time: today's place in it, what falls due next, and what goes to a terminal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.plans.plan import parse_plan
from tui.output import Output
from tui.plan_text import next_due, project_event, tell_project, tell_road

PLAN = parse_plan(
    """platform = "freelancer"
account = "anna"
[[project]]
title = "Website"
total = "2500.00 USD"
start = 2026-12-01
days = 40
split = "5 x 20%"
first = "upfront"
[[project]]
title = "Logo"
total = "900.00 EUR"
split = "2 x 50%"
start = 2026-12-20
first = "upfront"
""",
    Path("plan.toml"),
)


def lines(capsys: pytest.CaptureFixture[str], today: date, *, ascii_only: bool = False) -> list[str]:
    tell_road(Output(as_json=False), PLAN, today, ascii_only=ascii_only)
    return capsys.readouterr().out.splitlines()


def test_today_stands_over_its_place_on_the_line_of_days(capsys) -> None:
    today, days, website, logo, _ = lines(capsys, date(2026, 12, 20))
    assert today.index("▼") == logo.index("●")
    assert days.split() == ["2026-12-01", "2027-01-10", "next"]
    assert website.endswith("m3    500.00 USD  2026-12-21, tomorrow")
    assert logo.endswith("m1    450.00 EUR  2026-12-20, today")


def test_near_the_end_today_is_written_before_its_mark(capsys) -> None:
    today, days, *_ = lines(capsys, date(2027, 1, 10), ascii_only=True)
    assert today.endswith("today v")
    assert today.index("v") == days.index("2027-01-10") + len("2027-01-10") - 1


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 1, 11)])
def test_outside_the_line_today_is_not_drawn(capsys, day) -> None:
    days, website, _, _ = lines(capsys, day)
    assert days.strip().startswith("2026-12-01")
    assert website.endswith("none ahead") is (day.year == 2027)


def test_what_is_past_is_not_called_late_since_the_plan_alone_cannot_know(capsys) -> None:
    tell_project(Output(as_json=False), PLAN.projects[0], date(2026, 12, 15))
    text = capsys.readouterr().out
    assert "late" not in text
    assert [line.split()[0] for line in text.splitlines() if line.endswith("next")] == ["m3"]


def test_programs_are_told_the_next_one() -> None:
    website, logo = PLAN.projects
    event = project_event(website, date(2026, 12, 21))
    assert (event["next"], event["next_due"]) == ("m3", "2026-12-21")
    assert next_due(logo, date(2026, 12, 21)) is None
    assert project_event(logo, date(2026, 12, 21))["next"] is None
