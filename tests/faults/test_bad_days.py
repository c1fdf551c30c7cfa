"""Bad days: what is missing, full, locked, damaged or not itself is a clear error before money moves, or is handled."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.fallback import left_behind
from assistant.journal import Journal, RunKind
from assistant.journal import engine as journal_engine
from assistant.money import Money
from assistant.verdict import SettleRules
from tests.assistant.fake_site import FakeSite
from tests.assistant.test_apply import World
from tests.e2e.conftest import Said, User
from tests.faults.kills import Moment, death
from tui.cli import main

pytestmark = pytest.mark.browser

WEBSITE = "38112233"
PLAN = f'[[project]]\nref = "{WEBSITE}"\ntotal = "100.00 USD"\nsplit = "2 x 50%"\n'
BOTH = [("Milestone 1 of 2", "50.00", "funded"), ("Milestone 2 of 2", "50.00", "funded")]
JOURNAL = "data/journal.sqlite3"


def apply(user: User) -> Said:
    return user.milepost("apply", user.plan(PLAN), "--approve", "100.00 USD", "--json")


def refused_in_words(user: User, said: Said, code: str, *words: str) -> None:
    """Exit 1, one error with all the words and what to do next, and no request that moves money."""
    assert said.code == 1, said.out + said.err
    error = said.events[-1]
    assert (error["event"], error["code"]) == ("error", code), said.out
    assert error["hint"], error
    told = f"{error['message']} {error['where']} {error['hint']}"
    assert all(word in told for word in words), told
    assert user.mock.truth()["money_requests"] == []


def test_no_browser(user: User) -> None:
    user.configure('\n[browser]\npath = "/nowhere/chrome"\n')
    refused_in_words(user, apply(user), "browser", "/nowhere/chrome", "does not exist")


def test_a_damaged_journal(user: User) -> None:
    path = user.folder / JOURNAL
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1000)
    refused_in_words(user, apply(user), "journal", str(path), "not a database", "damaged")


def test_a_journal_that_has_lost_what_was_tried(user: User) -> None:
    """A page whose count of rows was overwritten reads as if it held none, and the database says nothing about it."""
    path = user.folder / JOURNAL
    journal = Journal.open(path)
    run = journal.runs.ask(RunKind.APPLY, "somebody", "anna", {})
    fifty = Money.parse("50.00 USD")
    journal.attempts.record(
        run_id=run, account="x", project_ref=WEBSITE, key="m1", change="create", description="", amount=fifty,
        fingerprint="",
    )  # fmt: skip
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # everything into the one file
        [size] = connection.execute("PRAGMA page_size").fetchone()
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempts'").fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 3)
        file.write(bytes(2))
    assert Journal.open(path).attempts.newest() == []
    refused_in_words(user, apply(user), "journal", str(path), "damaged", "put back a copy")


def test_a_data_folder_that_cannot_be_written(user: User) -> None:
    (user.folder / "data").write_text("a file where the folder should be")
    refused_in_words(user, apply(user), "journal", str(user.folder / "data"), "can be written")


def test_a_journal_that_somebody_holds_for_long(
    user: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user.milepost("runs")  # makes it
    for name, value in user.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(journal_engine, "BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(user.folder / JOURNAL, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code = main(["apply", user.plan(PLAN), "--approve", "100.00 USD", "--json"])
    holder.close()
    out = capsys.readouterr()
    refused_in_words(user, Said(code, out.out, out.err), "journal", "locked", "another program holds it")


@pytest.mark.slow
def test_pictures_that_cannot_be_kept_are_not_in_the_way(user: User) -> None:
    (user.folder / "data").mkdir()
    (user.folder / "data" / "evidence").write_text("a file where the folder should be")
    assert apply(user).code == 0
    assert user.mock.milestones(WEBSITE) == BOTH


@pytest.mark.slow
def test_the_platform_is_gone(user: User) -> None:
    config = user.folder / "config.toml"
    config.write_text(config.read_text().replace(user.mock.origin, "http://127.0.0.1:9"))
    refused_in_words(user, apply(user), "could_not_read", "127.0.0.1:9")


class _Maintenance(BaseHTTPRequestHandler):
    """Answers everything with the same friendly page."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>Back soon</title><h1>We are improving the site for you</h1>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the library
        """Nothing."""


@pytest.fixture
def maintenance() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Maintenance)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_a_maintenance_page_is_no_empty_list(user: User, maintenance: str) -> None:
    config = user.folder / "config.toml"
    config.write_text(config.read_text().replace(user.mock.origin, maintenance))
    refused_in_words(user, apply(user), "could_not_read", "My Projects")


@pytest.mark.slow
def test_amounts_in_another_languages_format_are_not_misread(user: User) -> None:
    user.mock.knobs(amount_format="european")
    said = apply(user)
    refused_in_words(user, said, "could_not_read")
    assert user.mock.milestones(WEBSITE) == []


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of its own under a folder; skips where mounting is not allowed."""
    mount = shutil.which("mount")
    folder.mkdir()
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_nearly_full(user: User) -> None:
    with small_disk(user.folder / "data", "8m"):
        refused_in_words(user, apply(user), "journal", "no room", "MB")


@pytest.mark.slow
def test_a_disk_that_is_full(user: User) -> None:
    with small_disk(user.folder / "data", "64k"):
        refused_in_words(user, apply(user), "journal")


@pytest.mark.slow
def test_a_disk_that_fills_up_after_the_click_ends_as_unknown_and_is_settled_later(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with death(Moment("", "disk", 0, state="paying")):  # nothing is written any more from the payment on
        user.environment |= {name: os.environ[name] for name in ("DEATH_OF_A_RUN", "PYTHONPATH")}
        said = apply(user)
    assert said.code == 4, said.out + said.err
    error = said.events[-1]
    assert (error["code"], error["event"]) == ("unknown", "error")
    [(path, run, facts)] = left_behind(user.folder / JOURNAL)
    assert error["where"] == str(path)
    assert (facts["run"], facts["clicked"], facts["amount"]) == (run, "paying", "50.00 USD")
    assert json.dumps(facts["project"]) in (user.folder / "data" / "runs" / f"{run}.log").read_text()
    assert user.mock.milestones(WEBSITE) == BOTH[:1]

    del user.environment["DEATH_OF_A_RUN"]
    again = user.milepost("apply", user.plan(PLAN), "--approve", "50.00 USD", "--json")
    assert again.code == 0, again.out + again.err
    assert user.mock.milestones(WEBSITE) == BOTH
    assert list(left_behind(user.folder / JOURNAL)) == []


@pytest.mark.parametrize("back", [timedelta(seconds=3), timedelta(hours=1), timedelta(days=400)])
@pytest.mark.parametrize("fault", ["drop before", "drop after", "late"])
def test_a_clock_that_is_set_back_pays_nothing_twice(tmp_path: Path, back: timedelta, fault: str) -> None:
    site = FakeSite()
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)
    site.fail("pay", fault)
    world.apply()
    site.clock.at -= back
    preview = world.preview()
    assert len(site.funded()) == len(set(site.funded())) == len(site.charges)
    if preview.acts:
        world.apply()
    site.clock.sleep(SettleRules(timedelta(seconds=900)).settle_after.total_seconds() + back.total_seconds())
    for _ in range(2):
        world.apply()
    assert sorted(site.funded()) == sorted((m.description, str(m.amount)) for m in world.projects[0].milestones)
    assert len(site.charges) == len(world.projects[0].milestones)
