"""The freelancer's side as a freelancer does it: a batch of requests, what the client makes of it, plans from the site.

Judged by the mock platform's truth.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Said, User

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
WEBSITE = ["Design agreed", "Pages built", "Functions and content in place", "Tested and corrected",
           "Launched and handed over"]  # fmt: skip
KEYS = ["design", "pages", "functions", "tests", "launch"]


def free_projects(user: User, count: int) -> list[dict[str, Any]]:
    """Accepted projects of anna and ben in USD on which nothing stands and nothing is asked for."""
    found = [
        each
        for each in user.mock.truth()["projects"]
        if (each["client"], each["freelancer"], each["award"], each["currency"]) == ("anna", "ben", "accepted", "USD")
        and not each["milestones"]
        and not each["requests"]
    ]
    return found[:count]


@pytest.mark.slow
def test_the_freelancer_s_demo_asks_for_sixty_and_moves_no_money(tmp_path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "XDG_"))}
    environment |= {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "tui.cli", "demo", "--role", "freelancer", "--plain", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=900)
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds == ["attempt"] * 60 + ["truth"] * 12 + ["balances", "evidence", "summary"]
    summary = events[-1]
    assert (summary["planned"], summary["requested"], summary["refused"], summary["unknown"]) == (60, 60, 0, 0)
    assert events[-3]["moved"] == {}
    for project in (event for event in events if event["event"] == "truth"):
        assert project["milestones"] == []
        assert [row["description"] for row in project["requests"]] == WEBSITE
        assert {row["raw"] for row in project["requests"]} == {"Requested"}
        assert sum(Decimal(row["amount"]) for row in project["requests"]) == Decimal(project["bid"])


def by_title(said: Said) -> dict[str, dict[str, Any]]:
    """The events of `status`, of planned projects, by their title."""
    return {event["title"]: event for event in said.events if event["event"] == "project" and event["planned"]}


@pytest.mark.slow
def test_what_the_client_makes_of_requests_is_said_of_each_and_whether_to_work(user: User) -> None:
    first, second = free_projects(user, 2)
    # Nobody has read My Projects yet, so the bids that are the totals come from the site.
    made = user.milepost("plan", "new", "batch.toml", "--account", "ben", "--project", first["ref"], "--project",
                         second["title"], "--template", "website", "--json")  # fmt: skip
    assert made.code == 0, made.out + made.err
    total = Decimal(first["bid"]) + Decimal(second["bid"])
    assert made.event("plan")["totals"] == {"USD": str(total)}
    estimates = user.milepost("preview", "batch.toml", "--json").event("preview")["estimates"]
    assert estimates["acts"] == 10
    assert {code: Decimal(fee) for code, fee in estimates["fees"].items()} == {"USD": total / 10}  # of the two bids
    assert {code: Decimal(left) for code, left in estimates["net"].items()} == {"USD": total - total / 10}
    balances = user.mock.truth()["balances"]
    asked = user.milepost("apply", "batch.toml", "--approve", f"{total} USD", "--json")
    assert (asked.code, asked.events[-1]["requested"]) == (0, 10), asked.out + asked.err
    assert user.mock.truth()["balances"] == balances

    one, two = (
        {row["description"]: row["ref"] for row in user.mock.project(each["ref"])["requests"]}
        for each in (first, second)
    )
    user.mock.act("accept", request=one["Design agreed"])
    user.mock.act("reject", request=one["Pages built"])
    user.mock.act("edit", request=one["Functions and content in place"], amount="10.00")
    user.mock.act("delete", request=one["Tested and corrected"])
    user.mock.act("reject", request=two["Design agreed"])
    seen = user.milepost("preview", "batch.toml", "--json")
    assert seen.code == 2
    assert user.milepost("remind", "batch.toml", "--days", "0", "--json").event("reminder")["counterparty"] == "anna"

    status = user.milepost("status", "batch.toml", "--json")
    assert status.code == 0
    head, one_line, two_line = user.milepost("status", "batch.toml").out.splitlines()[:3]
    assert head.split() == ["work?", "project", "why"]
    assert one_line.startswith("✓ work")
    assert two_line.startswith("✗ stop")
    projects = by_title(status)
    states = {row["key"]: row["state"] for row in projects[first["title"]]["milestones"]}
    assert states == {
        "design": "funded",
        "pages": "declined",
        "functions": "requested",
        "tests": "gone",
        "launch": "requested",
    }
    assert projects[first["title"]]["verdict"] == "work"
    assert projects[first["title"]]["reason"].startswith("funded: design")
    assert projects[second["title"]]["verdict"] == "stop"
    assert "declined" in projects[second["title"]]["reason"]


@pytest.mark.slow
def test_the_release_of_what_a_request_became_is_asked_for_with_the_word(user: User) -> None:
    [project] = free_projects(user, 1)
    text = f'[[project]]\nref = "{project["ref"]}"\ntotal = "90.00 USD"\nsplit = "3 x 1/3"\n'
    plan = user.plan(text, "ben.toml", "ben")
    assert user.milepost("apply", plan, "--approve", "90.00 USD").code == 0
    user.mock.act("accept", request=user.mock.project(project["ref"])["requests"][0]["ref"])
    done = user.milepost("request-release", plan, project["ref"], "m1", "--approve", "delivered", "--json")
    assert (done.code, done.events[-1]["release_requested"]) == (0, 1), done.out + done.err
    assert [state for _, _, state in user.mock.milestones(project["ref"])] == ["release_requested"]


@pytest.mark.slow
def test_before_the_award_is_accepted_there_are_requests_and_no_work(user: User) -> None:
    projects = user.mock.truth()["projects"]
    [project] = [each for each in projects if (each["freelancer"], each["award"]) == ("ben", "awarded")]
    [upfront] = project["milestones"]
    text = f'[[project]]\nref = "{project["ref"]}"\ntotal = "60.00 {project["currency"]}"\nsplit = "2 x 50%"\n'
    text += f'ignore = ["{upfront["ref"]}"]\n'
    plan = user.plan(text, "ben.toml", "ben")
    asked = user.milepost("apply", plan, "--approve", f"60.00 {project['currency']}", "--json")
    assert (asked.code, asked.events[-1]["requested"]) == (0, 2), asked.out + asked.err
    assert {row["raw"] for row in user.mock.project(project["ref"])["requests"]} == {"Requested"}
    [status] = by_title(user.milepost("status", plan, "--json")).values()
    assert (status["verdict"], "the award is not accepted yet" in status["reason"]) == ("wait", True)


@pytest.mark.parametrize("account", [pytest.param("anna", marks=pytest.mark.slow), "ben"])
def test_a_plan_from_the_site_only_keeps_and_adopts(user: User, account: str) -> None:
    user.mock.reset(seed="small")
    made = user.milepost("plan", "new", "site.toml", "--from-site", "--account", account, "--json")
    assert made.code == 0, made.out + made.err
    mine = [p for p in user.mock.truth()["projects"] if account in (p["client"], p["freelancer"])]
    standing = sum(len(project["milestones"]) for project in mine)
    if account == "ben":
        standing += sum(row["raw"] == "Requested" for project in mine for row in project["requests"])
    assert standing > 0
    assert (made.event("plan")["projects"], made.event("plan")["milestones"]) == (len(mine), standing)
    preview = user.milepost("preview", "site.toml", "--json").event("preview")
    assert {change["change"] for change in preview["changes"]} == {"adopt"}
    assert preview["totals"] == {}
    before = user.mock.truth()
    adopted = user.milepost("apply", "site.toml", "--digest", preview["digest"], "--json")
    assert (adopted.code, adopted.events[-1]["adopted"]) == (0, standing), adopted.out + adopted.err
    after = user.mock.truth()
    assert (after["projects"], after["balances"]) == (before["projects"], before["balances"])
    again = user.milepost("preview", "site.toml", "--json")
    assert again.code == 0
    assert {change["change"] for change in again.event("preview")["changes"]} == {"keep"}


@pytest.mark.slow
def test_many_projects_get_one_template_each_by_its_bid_and_what_cannot_be_is_said(user: User) -> None:
    user.mock.reset(seed="small")
    mine = [p for p in user.mock.truth()["projects"] if p["freelancer"] == "ben"]
    free = [p for p in mine if not p["milestones"] and not p["requests"]]
    assert 0 < len(free) < len(mine)
    said = user.milepost("plan", "new", "many.toml", "--account", "ben", "--projects", "without-milestones",
                         "--template", "website", "--json")  # fmt: skip
    assert said.code == 0, said.out + said.err
    shown = user.milepost("plan", "show", "many.toml", "--json")
    totals = {event["project"]: event["total"] for event in shown.events if event["event"] == "project"}
    assert totals == {p["ref"]: p["bid"] for p in free}
    more = user.milepost("plan", "new", "many.toml", "--add", "--projects", "open", "--total", "50.00 USD",
                         "--split", "5 x 20%", "--json")  # fmt: skip
    left_out = {event["project"]: event["reason"] for event in more.events if event["event"] == "left_out"}
    assert {ref for ref, reason in left_out.items() if "already" in reason} == set(totals)
    assert more.event("plan")["added"] == len(mine) - len(left_out)
    assert user.milepost("plan", "check", "many.toml").code == 0


@pytest.mark.slow
def test_two_plans_of_one_account_that_claim_the_same_are_refused_by_file_and_line(user: User) -> None:
    config = user.folder / "config.toml"
    config.write_text('plans = ["*.toml"]\n' + config.read_text())
    config.rename(user.folder / "settings")  # not a plan, and named so that the pattern does not take it for one
    user.environment["MILEPOST_CONFIG"] = str(user.folder / "settings")
    project = free_projects(user, 1)[0]
    rest = 'total = "50.00 USD"\nsplit = "5 x 20%"\n'
    by_title, by_ref = user.folder / "a.toml", user.folder / "b.toml"
    user.plan(f'[[project]]\ntitle = "{project["title"]}"\n{rest}', "a.toml")
    user.plan(f'[[project]]\nref = "{project["ref"]}"\n{rest}', "b.toml")
    # Only the site knows that the title and the ref are one project; once it was read, no browser is needed.
    for loads in (user.mock.truth()["page_loads"], None):
        for words in (("preview", str(by_ref)), ("apply", str(by_ref), "--approve", "50.00 USD")):
            said = user.milepost(*words)
            assert said.code == 1
            assert (
                f"{by_ref}:3: project: m1, m2, m3, m4, m5 of '{project['ref']}' stand in {by_title}:3, too" in said.err
            )
        assert loads is None or user.mock.truth()["page_loads"] > loads
    loads = user.mock.truth()["page_loads"]
    assert user.milepost("preview", str(by_title)).code == 1
    assert user.mock.truth()["page_loads"] == loads
    assert user.mock.milestones(project["ref"]) == []


ROWS = 500
MISTAKES = {
    3: ("amount", "12.345.6"), 27: ("amount", "1,500"), 51: ("amount", "=SUM(A1:A9)"), 75: ("amount", "-5.00"),
    99: ("amount", "0"), 123: ("amount", ""), 147: ("amount", "1E+05"), 171: ("amount", "#REF!"),
    195: ("due", "soon"), 219: ("due", "2026-02-30"), 243: ("due", "46000"), 267: ("description", ""),
    291: ("description", "x" * 101), 315: ("currency", "USDD"), 339: ("key", "Not a key"), 363: ("amount", "12 EUR"),
    387: ("project ref", "3.9E+07"), 411: ("site ref", "4.1E+07"), 435: ("withdraw", "perhaps"),
    459: ("amount", "five"),
}  # fmt: skip
"""By the number of a sheet's row: a cell that is wrong."""


def sheet_rows() -> list[dict[str, str]]:
    """500 milestones of 125 projects, with cells that a spreadsheet would run and amounts that do not divide evenly."""
    rows = []
    for number in range(ROWS):
        project, part = divmod(number, 4)
        description = f"=cmd|' /C calc'!A{number}" if number % 50 == 7 else f"Part {part + 1}, with a comma"
        rows.append(
            {
                "project ref": str(39000000 + project),
                "currency": "USD",
                "key": f"part-{part + 1}",
                "description": description,
                "amount": f"{100 + number}.{number % 100:02}",
                "due": f"2026-12-{part + 10}",
                "site ref": "",
                "withdraw": "",
            }
        )
    return rows


def sheet(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def test_five_hundred_rows_with_twenty_mistakes_get_twenty_messages_and_mended_they_round_trip(user: User) -> None:
    rows = sheet_rows()
    for number, (column, text) in MISTAKES.items():
        rows[number - 2] |= {column: text}
    (user.folder / "bad.csv").write_text(sheet(rows), newline="")
    said = user.milepost("plan", "import", "bad.csv", "bad.toml", "--account", "anna", "--json")
    assert said.code == 1
    letters = dict(zip(rows[0], "ABCDEFGH", strict=True))
    wanted = [f"bad.csv:{row}: {column} (column {letters[column]})" for row, (column, _) in MISTAKES.items()]
    assert [event["where"] for event in said.events] == wanted
    assert all(event["hint"] for event in said.events)
    assert not (user.folder / "bad.toml").exists()

    good = sheet_rows()
    (user.folder / "good.csv").write_text(sheet(good), newline="")
    done = user.milepost("plan", "import", "good.csv", "good.toml", "--account", "anna", "--json")
    cents = sum(Decimal(row["amount"]) for row in good)
    assert (done.code, done.event("plan")["milestones"]) == (0, ROWS), done.out + done.err
    assert done.event("plan")["totals"] == {"USD": str(cents)}
    assert user.milepost("plan", "export", "good.toml", "out.csv").code == 0
    exported = (user.folder / "out.csv").read_text("utf-8-sig")
    back = list(csv.DictReader(io.StringIO(exported)))
    assert [row["amount"] for row in back] == [row["amount"] for row in good]
    assert not [cell for row in back for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert user.milepost("plan", "import", "out.csv", "again.toml", "--account", "anna").code == 0
    assert (user.folder / "again.toml").read_text() == (user.folder / "good.toml").read_text()
    assert "\n".join(row["description"] for row in good).count("=cmd|") == 10
    assert (user.folder / "again.toml").read_text().count("=cmd|") == 10
    assert user.mock.truth()["page_loads"] == 0
