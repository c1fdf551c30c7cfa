"""A due date is a day in the person's own zone (`time_zone`), wherever it is shown, and never one of the machine's."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import assistant
import flows
import tui
from assistant.settings.model import Settings
from tests.tui.calling import called
from tui.beginning import Beginning
from tui.sample import Sample
from tui.screens.projects import today
from tui.store import Store
from tui.view.times import when

AHEAD, BEHIND = "Pacific/Kiritimati", "Etc/GMT+12"
"""26 hours apart: it is never the same day in both."""

SOURCES = sorted(
    path
    for package in (assistant, flows, tui)
    for path in Path(str(package.__file__)).parent.rglob("*.py")
    # The mock is another machine; a demo has no settings of a person's own.
    if "mock_platform" not in path.parts and path.name not in {"demo.py", "sample.py"}
)


def test_nothing_reads_the_machines_zone() -> None:
    """`Settings.local` alone knows the zone: no `date.today()`, no `now()` and no `astimezone()` without one."""
    found = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args
        if node.func.attr in {"today", "astimezone"} or ast.unparse(node.func) == "datetime.now"
        if ast.unparse(node) != "self.day.today"
    ]
    assert found == []


def in_zone(sample: Sample, zone: str) -> str:
    """Write the setting; the plan's path."""
    config = sample.plan_file.with_name("config.toml")
    own = [line for line in config.read_text().splitlines() if not line.startswith("time_zone")]
    config.write_text("\n".join([f'time_zone = "{zone}"', *own]) + "\n")
    return str(sample.plan_file)


@pytest.fixture(autouse=True)
def _own_settings(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_CONFIG", str(sample.plan_file.with_name("config.toml")))


def test_plan_show_and_extend_go_by_it(sample: Sample) -> None:
    sample.plan_file.write_text(
        'platform = "freelancer"\naccount = "anna"\n[[project]]\nref = "38112233"\ntotal = "5.00 USD"\n'
        '[[project.milestone]]\nkey = "all"\ndescription = "All of it"\nshare = "rest"\n'
        f"due = {datetime.now(ZoneInfo(AHEAD)).date()}\n"
    )
    near = {AHEAD: ("today",), BEHIND: ("tomorrow", "in 2 days")}
    for zone, words in near.items():
        (line,) = [
            line for line in called(["plan", "show", in_zone(sample, zone)]).out.splitlines() if "All of" in line
        ]
        assert line.rstrip().removesuffix("next").rstrip().endswith(words), line
    plan = in_zone(sample, BEHIND)
    assert called(["plan", "extend", plan, "38112233", "all", "--by", "5 days"]).code == 0
    assert f"moved on {datetime.now(ZoneInfo(BEHIND)).date()}" in sample.plan_file.read_text()


@pytest.mark.parametrize(("zone", "late", "since"), [(AHEAD, "(1 day late)", "2026-12-02"), ("UTC", "", "2026-12-01")])
def test_status_remind_and_the_screens_go_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, late: str, since: str
) -> None:
    sample = Sample(tmp_path / "freelancer", role="freelancer")
    sample.looked()
    sample.journal.close()
    plan = in_zone(sample, zone)
    at = datetime(2026, 12, 4, 12, tzinfo=UTC)
    monkeypatch.setattr("tui.commands.status.now", lambda: at)
    monkeypatch.setattr("tui.commands.remind.utc_now", lambda: at)
    monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "freelancer" / "config.toml"))
    reasons = {event["ref"]: event["reason"] for event in called(["status", plan, "--json"]).events}
    assert ("(1 day late)" in reasons["38112234"]) is bool(late), reasons
    reminded = called(["remind", plan, "--days", "0"])
    assert f"waiting since {since}" in reminded.err
    store = Store(
        Beginning.of(Settings.load(Path(plan).with_name("config.toml")).settings, [Path(plan)], clock=lambda: at)
    )
    store.open()
    rows = {row.ref: row.reason for row in store.projects.rows}
    store.close()
    assert ("(1 day late)" in rows["38112234"]) is bool(late), rows
    assert (today(store), when(date(2026, 12, 5), today(store))) == (
        (date(2026, 12, 5), "2026-12-05, today") if late else (date(2026, 12, 4), "2026-12-05, tomorrow")
    )
