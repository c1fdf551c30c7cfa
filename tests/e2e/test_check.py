"""A status check as users run it: what happened is found, named rightly, told once, and little is read for it."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.journal import Journal, RunKind
from tests.e2e.conftest import User
from tests.mock_client import MockPlatform

pytestmark = pytest.mark.browser

EACH = 5


def seed(mock: MockPlatform, count: int) -> list[dict[str, Any]]:
    """So many projects of anna with five funded milestones each; two have a pending request beside them."""
    rows = [{"description": f"Milestone {n} of {EACH}", "amount": "100.00", "status": "frozen"} for n in range(1, 6)]
    made = [
        {"title": f"Project {n:03}", "client": "anna", "freelancer": "ben", "bid": "600.00", "milestones": rows}
        for n in range(count)
    ]
    for project in made[:2]:
        project["milestones"] = rows[:4]
        project["requests"] = [{"description": "Milestone 5 of 5", "amount": "100.00", "status": "pending"}]
    made[10] = made[10] | {"milestones": [*rows[:4], rows[4] | {"status": "cleared"}]}
    mock.reset({"base": "empty", "projects": made, "balances": {"anna": {"USD": "9000.00"}}})
    return list(mock.truth()["projects"])


def twelve_changes(mock: MockPlatform, projects: list[dict[str, Any]]) -> dict[tuple[str, str | None], str]:
    """Another party acts in twelve ways, each on a project of its own: (project, key) -> the finding it should make."""
    ref = [project["ref"] for project in projects]
    row = [[milestone["ref"] for milestone in project["milestones"]] for project in projects]
    mock.act("fund", request=projects[0]["requests"][0]["ref"])
    mock.act("reject", request=projects[1]["requests"][0]["ref"])
    mock.act("release", milestone=row[2][0])
    mock.act("release", milestone=row[3][0], amount="40.00")
    mock.act("request_release", milestone=row[4][1])
    mock.act("dispute", milestone=row[5][2])
    mock.act("request_cancel", milestone=row[6][3])
    mock.act("cancel", milestone=row[7][4])
    mock.act("edit", milestone=row[8][0], amount="90.00")
    mock.act("edit", milestone=row[9][0], description="Something else altogether")
    mock.act("delete", milestone=row[10][4])
    mock.act("add", project=ref[11], description="Extra hours", amount="25.00")
    return {
        (ref[0], "m5"): "funded",
        (ref[1], "m5"): "declined",
        (ref[2], "m1"): "released",
        (ref[3], "m1"): "partial_release",
        (ref[4], "m2"): "release_requested",
        (ref[5], "m3"): "disputed",
        (ref[6], "m4"): "cancel_requested",
        (ref[7], "m5"): "cancelled",
        (ref[8], "m1"): "amount_changed",
        (ref[9], "m1"): "description_changed",
        (ref[10], "m5"): "missing",
        (ref[11], None): "extra",
    }


def found_by(events: list[dict[str, Any]]) -> dict[tuple[str, str | None], str]:
    found = [event for event in events if event["event"] == "finding" and event["new"]]
    made = {(event["project"], event["key"]): event["kind"] for event in found}
    assert len(made) == len(found)
    return made


def check_in_twelve_ways(user: User, count: int) -> None:
    projects = seed(user.mock, count)
    lists = 2 * -(-count // 20) + 1
    text = "".join(f'[[project]]\nref = "{p["ref"]}"\ntotal = "500.00 USD"\nsplit = "5 x 20%"\n' for p in projects)
    words = ["check", user.plan(text), "--json"]
    first = user.milepost(*words)
    assert set(found_by(first.events).values()) == {"requested"}, first.out
    assert first.event("summary")["looked"] == count
    before = user.mock.truth()["page_loads"]
    expected = twelve_changes(user.mock, projects)
    second = user.milepost(*words)
    assert (found_by(second.events), second.code) == (expected, 2), second.out
    summary = second.event("summary")
    assert (summary["new"], summary["looked"], summary["page_loads"]) == (12, 12, lists + 12)
    assert user.mock.truth()["page_loads"] - before == summary["page_loads"]
    third = user.milepost("watch", *words[1:], "--rounds", "1")
    assert (found_by(third.events), third.code) == ({}, 0), third.out
    assert third.event("summary")["page_loads"] == lists
    assert user.mock.truth()["money_requests"] == []


def test_twelve_changes_in_twelve_ways_are_found_once(user: User) -> None:
    check_in_twelve_ways(user, 14)


@pytest.mark.slow
def test_the_same_among_three_hundred_projects(user: User) -> None:
    check_in_twelve_ways(user, 300)


def test_nobody_attends_and_a_session_is_needed(user: User) -> None:
    """It types no password, opens no window, says once whose turn it is, and goes on after a login."""
    user.mock.reset(seed="small")
    user.configure('[channels.down]\nurl = { literal = "json://127.0.0.1:9/x" }\n')  # which changes nothing
    told = user.milepost("check", "--account", "anna", "--unattended", "--json")
    assert told.code == 1
    assert [event["kind"] for event in told.events if event["event"] == "finding"] == ["needs_person"]
    assert "milepost login" in told.event("error")["hint"]
    assert (told.event("notified")["findings"], bool(told.event("notified")["trouble"])) == (1, True)
    assert user.mock.truth()["page_loads"] == 1
    attended = user.milepost("check", "--account", "anna", "--json")
    assert [event["kind"] for event in attended.events if event["event"] == "gone"] == ["needs_person"]
    user.mock.fault(at="project", when="before", kind="http500", times=2)
    user.mock.act("dispute", milestone=_funded(user.mock))
    unread = user.milepost("check", "--account", "anna", "--unattended", "--json")
    assert [event["kind"] for event in unread.events if event["event"] == "finding"] == ["could_not_read"]
    journal = Journal.open(user.folder / "data" / "journal.sqlite3")
    assert {run.kind for run in journal.runs.newest()} == {RunKind.CHECK}


def _funded(mock: MockPlatform) -> str:
    mine = [project for project in mock.truth()["projects"] if project["client"] == "anna"]
    return next(row["ref"] for project in mine for row in project["milestones"] if row["raw"] == "In Progress")
