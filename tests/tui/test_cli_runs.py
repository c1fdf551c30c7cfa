"""The commands that start runs, against the mock platform with a real browser: what they say, do and end with."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import runs
from assistant.journal import Journal, Run
from tests.mock_client import MockPlatform
from tests.tui.calling import Called, called
from tests.tui.terminal import PATIENCE, Terminal

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
LOGO = "38112234"
PLAN = """
platform = "freelancer"
account = "anna"
[[project]]
title = "Logo and letterhead"
total = "900.00 EUR"
[[project.milestone]]
key = "drafts"
description = "Three drafts of the logo"
share = "1/3"
[[project.milestone]]
key = "logo"
description = "The logo agreed and drawn"
share = "1/3"
[[project.milestone]]
key = "letterhead"
description = "Letterhead and files for print"
share = "rest"
"""
DONE = [
    ("Three drafts of the logo", "300.00", "funded"),
    ("The logo agreed and drawn", "300.00", "funded"),
    ("Letterhead and files for print", "300.00", "funded"),
]


@dataclass(frozen=True)
class Desk:
    """A person's settings, plan and journal, pointed at the mock platform."""

    folder: Path
    mock: MockPlatform

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.toml"

    def words(self, *words: str) -> list[str]:
        return ["--config", str(self.config), *words]

    def call(self, *words: str) -> Called:
        return called(self.words(*words))

    def preview(self) -> dict[str, Any]:
        """The object of `preview --json`."""
        return self.call("preview", str(self.plan), "--json").events[0]

    def terminal(self, *words: str) -> Any:
        return Terminal.running([sys.executable, "-m", "tui.cli", *self.words(*words)], {"PYTHONPATH": str(ROOT)})

    def runs(self) -> list[Run]:
        """The journal's runs, newest first."""
        journal = Journal.open(self.folder / "data" / "journal.sqlite3")
        try:
            return journal.runs.newest()
        finally:
            journal.close()

    def ended(self, kind: str) -> Run:
        """The newest run of a kind, once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = [run for run in self.runs() if run.kind == kind]
            if found and not found[0].live:
                return found[0]
            assert time.monotonic() < deadline, f"the run did not end: {found}"
            time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path, mock: MockPlatform) -> Iterator[Desk]:
    port = mock.origin.rpartition(":")[2]
    accounts = called(["mock", "config", "--port", port]).out
    (tmp_path / "config.toml").write_text(f"data_dir = {json.dumps(str(tmp_path / 'data'))}\n{accounts}")
    (tmp_path / "plan.toml").write_text(PLAN)
    yield Desk(tmp_path, mock)
    for child in runs._CHILDREN.values():
        child.wait(PATIENCE)


def test_a_preview_says_what_would_change_and_changes_nothing(desk: Desk) -> None:
    before = desk.mock.truth()["charges"]
    done = desk.call("preview", str(desk.plan), "--json")
    assert (done.code, done.err, len(done.events)) == (2, "", 1)
    event = done.events[0]
    assert event["event"] == "preview"
    assert event["totals"] == {"EUR": "900.00"}
    assert event["max_fees"] == {}
    kinds = {"create", "accept", "confirm", "request", "adopt", "keep", "blocked", "gone"}
    assert kinds <= set(event["counts"])
    assert {kind: number for kind, number in event["counts"].items() if number} == {"create": 3}
    assert [
        (one["project"], one["key"], one["change"], one["amount"], one["currency"]) for one in event["changes"]
    ] == [
        (LOGO, "drafts", "create", "300.00", "EUR"),
        (LOGO, "logo", "create", "300.00", "EUR"),
        (LOGO, "letterhead", "create", "300.00", "EUR"),
    ]
    assert len(event["digest"]) == 16
    assert desk.mock.milestones(LOGO) == []
    assert desk.mock.truth()["charges"] == before


def test_what_was_approved_is_carried_out_once_and_told_everywhere(desk: Desk) -> None:
    done = desk.call("apply", str(desk.plan), "--approve", "900.00 EUR", "--json")
    assert (done.code, done.err) == (0, "")
    *attempts, summary = done.events
    assert [(one["event"], one["key"], one["change"], one["outcome"]) for one in attempts] == [
        ("attempt", "drafts", "create", "done"),
        ("attempt", "logo", "create", "done"),
        ("attempt", "letterhead", "create", "done"),
    ]
    assert {one["run"] for one in attempts} == {summary["run"]}
    assert summary["event"] == "summary"
    assert [summary[name] for name in ("planned", "created", "confirmed", "kept", "refused", "unknown")] == [
        3,
        3,
        3,
        0,
        0,
        0,
    ]
    assert summary["page_loads"] > 0
    assert desk.mock.milestones(LOGO) == DONE

    again = desk.call("apply", str(desk.plan), "--approve", "900.00 EUR", "--json")
    assert (again.code, again.events[-1]["kept"], again.events[-1]["created"]) == (0, 3, 0)
    assert desk.call("preview", str(desk.plan)).code == 0
    assert desk.mock.milestones(LOGO) == DONE

    history = desk.call("history", "--json").events
    assert [one["key"] for one in history] == ["letterhead", "logo", "drafts"]
    assert all(Path(piece["path"]).is_file() for one in history for piece in one["evidence"] if piece["path"])
    assert [piece["moment"] for piece in history[0]["evidence"]]
    assert desk.call("history", "--run", str(summary["run"])).out.count("✓ done") == 3

    listed = desk.call("runs", "--json").events
    assert {(one["event"], one["state"]) for one in listed} == {("run", "done")}
    assert {one["kind"] for one in listed} == {"preview", "apply"}
    assert desk.call("runs", "--live", "--account", "anna").out == "no run is live\n"

    status = desk.call("status", str(desk.plan), "--account", "anna", "--json")
    assert status.code == 0
    logo = next(one for one in status.events if one["ref"] == LOGO)
    assert [row["state"] for row in logo["milestones"]] == ["funded"] * 3
    assert (logo["held"], logo["currency"]) == ("900.00", "EUR")
    text = desk.call("status", str(desk.plan)).out
    assert "◐" in text
    assert "f==f==f" in desk.call("status", str(desk.plan), "--ascii").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--approve", "900.01 EUR"], "approval"),
        (["--approve", "900.00 EUR", "--digest", "0123456789abcdef"], "approval"),
        ([], "approval"),
    ],
)
def test_what_is_not_the_preview_is_refused_and_nothing_happens(desk: Desk, words, code) -> None:
    done = desk.call("apply", str(desk.plan), *words, "--json")
    assert (done.code, done.events[-1]["event"], done.events[-1]["code"]) == (3, "error", code)
    assert desk.mock.milestones(LOGO) == []
    assert [run.kind for run in desk.runs()] == ["preview"]


def test_a_cap_is_held_before_anything_happens(desk: Desk) -> None:
    with desk.config.open("a") as file:
        file.write('[caps.EUR]\nrun = "899.99"\n')
    done = desk.call("apply", str(desk.plan), "--approve", "900.00 EUR", "--json")
    assert (done.code, done.events[-1]["code"]) == (3, "cap")
    assert desk.mock.milestones(LOGO) == []


@pytest.mark.slow
def test_the_ready_command_is_ready(desk: Desk) -> None:
    refused = desk.call("apply", str(desk.plan), "--json").events[-1]
    ready = shlex.split(refused["hint"].partition("with: ")[2])
    assert ready[:2] == ["milepost", "apply"]
    assert "--digest" in ready
    shown = desk.call("preview", str(desk.plan)).out
    assert shlex.join(ready) in shown
    assert called(ready[1:]).code == 0
    assert desk.mock.milestones(LOGO) == DONE


def test_an_outcome_that_cannot_be_read_back_is_unknown_and_ends_with_4(desk: Desk) -> None:
    desk.mock.fault(at="cart.process", when="after", kind="late", seconds=120)
    done = desk.call("apply", str(desk.plan), "--approve", "900.00 EUR", "--json")
    assert done.code == 4
    assert [one["outcome"] for one in done.events if one["event"] == "attempt"] == ["unknown"]
    assert done.events[-1]["unknown"] == 1
    status = desk.call("status", str(desk.plan), "--json")
    assert status.code == 4
    assert [(one["key"], one["amount"]) for one in status.events if one["event"] == "unknown"] == [("drafts", "300.00")]
    assert len(desk.mock.milestones(LOGO)) == 1


def test_an_error_of_the_run_is_the_command_s_own(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text().replace('literal = "milepost"', 'literal = "wrong"'))
    done = desk.call("preview", str(desk.plan), "--json")
    assert (done.code, [one["code"] for one in done.events]) == (1, ["wrong_password"])
    assert "wrong" not in done.events[0]["message"].replace("wrong password", "")


def test_a_project_that_the_site_does_not_have_is_a_problem_of_the_plan(desk: Desk) -> None:
    desk.plan.write_text(PLAN.replace("Logo and letterhead", "No such project"))
    done = desk.call("preview", str(desk.plan))
    assert done.code == 1
    assert done.err.startswith(f"error: {desk.plan}:4: ")


def test_my_projects_are_listed_whole_and_kept(desk: Desk) -> None:
    assert desk.call("projects", "--last", "--account", "anna").out == "0 projects of anna, never read\n"
    done = desk.call("projects", "--account", "anna", "--json")
    assert done.code == 0
    theirs = {project["ref"] for project in desk.mock.truth()["projects"] if project["client"] == "anna"}
    assert {one["ref"] for one in done.events} == theirs
    assert len(theirs) >= 60
    loads = desk.mock.truth()["page_loads"]
    assert desk.call("projects", "--last", "--account", "anna", "--json").events == done.events
    assert desk.mock.truth()["page_loads"] == loads


def test_a_plan_goes_with_the_account_and_platform_it_names(desk: Desk) -> None:
    done = desk.call("preview", str(desk.plan), "--account", "carl", "--json")
    assert (done.code, done.events[0]["code"]) == (1, "usage")
    with desk.config.open("a") as file:
        file.write('[accounts.guru]\nplatform = "guru"\nrole = "client"\nlogin = "g"\n')
    assert desk.call("preview", str(desk.plan), "--account", "guru").code == 1
    assert not (desk.folder / "data" / "runs").exists()


def test_the_state_of_every_account_of_the_plans_is_told(desk: Desk) -> None:
    desk.call("projects", "--account", "anna")
    (desk.folder / "ben.toml").write_text(PLAN.replace('"anna"', '"ben"'))
    done = desk.call("status", str(desk.plan), str(desk.folder / "ben.toml"))
    assert done.code == 0
    theirs = sum(project["client"] == "anna" for project in desk.mock.truth()["projects"])
    assert f"{theirs} projects of anna; My Projects was last read 20" in done.out
    assert "0 projects of ben; My Projects was last read never" in done.out
    assert "several accounts are set up" in desk.call("status").err


def test_a_person_approves_by_typing_the_total(desk: Desk) -> None:
    with desk.terminal("apply", str(desk.plan)) as terminal:
        terminal.type("900.00 EUR\r")  # typed ahead, before the question: no answer to it
        terminal.read_until("type the total in EUR to approve it (900.00 EUR)")
        assert desk.mock.milestones(LOGO) == []
        terminal.type("900.00\r")
        assert terminal.end() == 0, terminal.text
    assert "a yes does: 3 to create, on 1 project" in terminal.text
    assert "no fee is approved; one is asked about before it is paid" in terminal.text
    assert "3 created" in terminal.text
    assert desk.mock.milestones(LOGO) == DONE


@pytest.mark.parametrize(("typed", "code"), [("y\r", 3), ("\r", 3), ("\x04", 130)])
def test_anything_else_approves_nothing(desk: Desk, typed, code) -> None:
    with desk.terminal("apply", str(desk.plan)) as terminal:
        terminal.read_until("type the total in EUR")
        terminal.type(typed)
        assert terminal.end() == code, terminal.text
    assert desk.mock.milestones(LOGO) == []
    assert [run.kind for run in desk.runs()] == ["preview"]


def test_ctrl_c_stops_after_the_current_step(desk: Desk) -> None:
    with desk.terminal("apply", str(desk.plan), "--approve", "900.00 EUR") as terminal:
        terminal.read_until("drafts create")
        terminal.type("\x03")
        terminal.read_until("stops after the current step")
        code = terminal.end()
    run = desk.ended("apply")
    assert (code, run.state) == (2, "stopped"), terminal.text
    standing = desk.mock.milestones(LOGO)
    assert standing == DONE[: len(standing)]
    assert 0 < len(standing) < 3
    assert run.summary is not None
    assert run.summary["not_reached"] == 3 - len(standing)
    assert desk.call("apply", str(desk.plan), "--approve", f"{900 - 300 * len(standing)}.00 EUR").code == 0
    assert desk.mock.milestones(LOGO) == DONE


def test_ctrl_c_twice_stops_now_and_nothing_is_done_twice(desk: Desk) -> None:
    desk.mock.fault(at="cart.process", when="after", kind="hang", seconds=60)
    with desk.terminal("apply", str(desk.plan), "--approve", "900.00 EUR") as terminal:
        terminal.read_until("run 2")
        deadline = time.monotonic() + PATIENCE
        while not desk.mock.milestones(LOGO):
            assert time.monotonic() < deadline, terminal.text
        terminal.type("\x03")
        terminal.read_until("stops after the current step")
        terminal.type("\x03")
        terminal.read_until("is stopped now")
        code = terminal.end()
    assert code in {1, 4}, terminal.text
    assert not desk.ended("apply").live
    rest = desk.preview()
    assert rest["counts"]["create"] == 2
    assert desk.call("apply", str(desk.plan), "--approve", "600.00 EUR").code == 0
    assert sorted(desk.mock.milestones(LOGO)) == sorted(DONE)


def test_a_run_can_be_followed_paused_and_let_go_on_from_elsewhere(desk: Desk) -> None:
    desk.mock.knobs(latency="150")
    with desk.terminal("apply", str(desk.plan), "--approve", "900.00 EUR") as terminal:
        terminal.read_until("drafts create")
        assert desk.call("attach", "--pause", "--json").events == [{"event": "asked", "run": 2, "wanted": "pause"}]
        deadline = time.monotonic() + PATIENCE
        while desk.runs()[0].state != "paused":
            assert time.monotonic() < deadline, desk.runs()[0]
        standing = len(desk.mock.milestones(LOGO))
        assert standing < 3
        assert desk.call("attach", "2", "--go").out == "run 2 goes on\n"
        followed = desk.call("attach", "--json")
        assert terminal.end() == 0, terminal.text
    assert followed.code == 0
    assert [one["key"] for one in followed.events if one["event"] == "attempt"] == ["drafts", "logo", "letterhead"]
    assert followed.events[-1]["created"] == 3
    assert desk.mock.milestones(LOGO) == DONE
    done = desk.call("attach", "--stop")
    assert (done.code, done.err.splitlines()[0]) == (1, "error: no run is live")
    assert "run 1 has ended" in desk.call("attach", "1", "--stop").err
    assert "no run 77" in desk.call("attach", "77").err


def test_closing_the_terminal_only_stops_the_watching(desk: Desk) -> None:
    with desk.terminal("apply", str(desk.plan), "--approve", "900.00 EUR") as terminal:
        terminal.read_until("drafts create")
        terminal.hang_up()
        terminal.process.wait(PATIENCE)
    assert desk.ended("apply").state == "done"
    assert desk.mock.milestones(LOGO) == DONE
