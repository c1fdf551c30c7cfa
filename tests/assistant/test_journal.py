"""The journal: private files, one owner for each transaction, changes only between looks, migrations in one piece."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.operations import Operations
from sqlalchemy import Column, String, text
from sqlalchemy.exc import IntegrityError

import assistant.apply
from assistant.errors import JournalError
from assistant.journal import AttemptState, Journal, RowKind, RunKind, RunState
from assistant.journal.attempts import LEADS_TO
from assistant.journal.book import ChangeWatch
from assistant.journal.migrate import upgrade
from assistant.journal.schema import SCHEMA_VERSION
from assistant.site import Look, MilestoneState, SiteMilestone
from tests.assistant.fake_site import Clock, money, project

ACCOUNT = "freelancer:anna@http://127.0.0.1:1"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path / "data" / "journal.sqlite3", Clock())


def record(journal: Journal, key: str = "m1") -> int:
    run = journal.runs.ask(RunKind.APPLY, ACCOUNT, "anna", {})
    return journal.attempts.record(
        run_id=run,
        account=ACCOUNT,
        project_ref="1",
        key=key,
        change="create",
        description="x",
        amount=money("5.00 USD"),
        fingerprint="f",
    )


def test_only_the_user_can_read_it(journal: Journal) -> None:
    journal.runs.ask(RunKind.PROJECTS, ACCOUNT, "anna", {})
    assert stat.S_IMODE(journal.path.parent.stat().st_mode) == 0o700
    for file in journal.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


WRITER = """
import sys
from pathlib import Path
from assistant.journal import Journal, RunKind
journal = Journal.open(Path(sys.argv[1]))
journal.runs.ask(RunKind.PROJECTS, "account", "anna", {})
journal.close()
"""


def test_opening_it_once_more_gives_up_no_lock_of_this_process(journal: Journal) -> None:
    """SQLite's locks are the process's: whoever closes the file, however he opened it, would lose them all."""
    watch = ChangeWatch(journal.path)
    watch.changed()
    Journal.open(journal.path).close()
    subprocess.run([sys.executable, "-c", WRITER, str(journal.path)], check=True)
    assert journal.path.with_name(f"{journal.path.name}-wal").exists(), "the writer took it for the last one's"
    assert watch.changed()
    assert len(journal.runs.newest(5)) == 1
    watch.close()


def test_it_has_one_identity(journal: Journal) -> None:
    assert journal.id == Journal.open(journal.path).id
    assert len(journal.id) == 32


def test_what_cannot_be_opened_is_said_in_words(tmp_path: Path) -> None:
    damaged = tmp_path / "journal.sqlite3"
    damaged.write_bytes(b"this is no database" * 100)
    with pytest.raises(JournalError, match="cannot be used"):
        Journal.open(damaged)
    with pytest.raises(JournalError, match="cannot be used"):
        Journal.open(tmp_path / "journal.sqlite3" / "below a file")


def test_a_journal_that_vanishes_is_said_in_words(journal: Journal) -> None:
    for file in list(journal.path.parent.iterdir()):
        file.unlink()
    with pytest.raises(JournalError, match="cannot be used"):
        journal.runs.get(1)


def test_a_newer_journal_is_left_alone(journal: Journal) -> None:
    with sqlite3.connect(journal.path) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(JournalError, match="newer Milepost"):
        Journal.open(journal.path)


def test_migrations_run_in_order_and_whole(journal: Journal) -> None:
    def first(operations: Operations) -> None:
        operations.add_column("runs", Column("colour", String))

    def second(operations: Operations) -> None:
        operations.execute("UPDATE runs SET colour = 'red'")

    journal.runs.ask(RunKind.PROJECTS, ACCOUNT, "anna", {})
    with journal.engine.begin() as connection:
        upgrade(connection, 1, {1: first, 2: second}, 3)
        assert connection.execute(text("SELECT colour FROM runs")).scalar_one() == "red"
    with pytest.raises(JournalError), journal.engine.begin() as connection:
        upgrade(connection, 3, {3: lambda operations: operations.execute("UPDATE runs SET colour = 'blue'")}, 5)
    with journal.engine.begin() as connection:
        assert connection.execute(text("SELECT colour FROM runs")).scalar_one() == "red"


TAKER = """
import sys
from pathlib import Path
from assistant.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
print(sum(journal.runs.take(int(number), 1, "now") for number in sys.argv[2:]))
"""


def test_a_run_is_taken_by_one_process_only(journal: Journal) -> None:
    numbers = [str(journal.runs.ask(RunKind.APPLY, ACCOUNT, "anna", {})) for _ in range(40)]
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKER, str(journal.path), *numbers], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    taken = [int(taker.communicate()[0]) for taker in takers]
    assert sum(taken) == 40


def test_a_row_of_the_site_is_claimed_once(journal: Journal) -> None:
    journal.attempts.claim(ACCOUNT, "1", "m1", RowKind.MILESTONE, "77", "adopted")
    with pytest.raises(IntegrityError):
        journal.attempts.claim(ACCOUNT, "2", "m1", RowKind.MILESTONE, "77", "adopted")
    journal.attempts.claim(ACCOUNT, "1", "m1", RowKind.MILESTONE, "78", "adopted")
    journal.attempts.claim(ACCOUNT, "2", "m1", RowKind.MILESTONE, "77", "adopted")
    assert [(c.project_ref, c.site_ref) for c in journal.attempts.claims(ACCOUNT)] == [("1", "78"), ("2", "77")]


def test_an_attempt_ends_and_claims_in_one_transaction(journal: Journal) -> None:
    journal.attempts.claim(ACCOUNT, "2", "m9", RowKind.MILESTONE, "77", "adopted")
    attempt = record(journal)
    journal.attempts.move(attempt, AttemptState.SUBMITTING)
    with pytest.raises(IntegrityError):
        journal.attempts.done(attempt, RowKind.MILESTONE, "77", "created")
    kept = journal.attempts.get(attempt)
    assert kept is not None
    assert kept.state is AttemptState.SUBMITTING


def test_times_are_kept_for_the_moves_they_belong_to(journal: Journal) -> None:
    attempt = record(journal)
    for state in (AttemptState.SUBMITTING, AttemptState.IN_CART, AttemptState.PAYING, AttemptState.UNKNOWN):
        journal.attempts.move(attempt, state)
    kept = journal.attempts.get(attempt)
    assert kept is not None
    assert kept.submitting_at is not None
    assert kept.paying_at is not None
    assert kept.ended_at is not None
    assert kept.recorded_at < kept.submitting_at < kept.paying_at < kept.ended_at
    assert [a.id for a in journal.attempts.open(ACCOUNT)] == [attempt]


def test_an_attempt_moves_only_as_drawn_and_ends_once(journal: Journal) -> None:
    attempt = record(journal)
    for state in (AttemptState.DONE, AttemptState.PAYING, AttemptState.RECORDED):
        with pytest.raises(JournalError, match="cannot become"):
            journal.attempts.move(attempt, state)
    journal.attempts.move(attempt, AttemptState.SUBMITTING)
    with pytest.raises(JournalError, match="cannot become"):
        journal.attempts.move(attempt, AttemptState.SUBMITTING)
    journal.attempts.move(attempt, AttemptState.REFUSED)
    with pytest.raises(JournalError, match="is refused"):
        journal.attempts.done(attempt, RowKind.MILESTONE, "77", "created")
    assert journal.attempts.claims(ACCOUNT) == []


def look(*milestones: SiteMilestone) -> Look:
    return Look(project(), CLOCK(), milestones)


CLOCK = Clock()
ONE = SiteMilestone("7", "One", money("5.00 USD"), MilestoneState.FUNDED, "In Progress")
TWO = SiteMilestone("8", "Two", money("6.00 USD"), MilestoneState.FUNDED, "In Progress")


def test_looks_are_kept_and_only_changes_between_them(journal: Journal) -> None:
    run = journal.runs.ask(RunKind.CHECK, ACCOUNT, "anna", {})
    released = replace(ONE, state=MilestoneState.RELEASED, raw="Released")
    for shown in ((ONE, TWO), (ONE, TWO), (released, TWO), (released,), (released, TWO)):
        journal.sightings.keep_look(ACCOUNT, run, look(*shown))
    with sqlite3.connect(journal.path) as connection:
        assert connection.execute("SELECT count(*) FROM looks").fetchone() == (5,)
        rows = connection.execute("SELECT site_ref, present, state FROM sightings ORDER BY id").fetchall()
    assert rows == [
        ("7", 1, "funded"),
        ("8", 1, "funded"),
        ("7", 1, "released"),
        ("8", 0, "funded"),
        ("8", 1, "funded"),
    ]
    again = journal.sightings.look(ACCOUNT, project())
    assert again is not None
    assert {m.site_ref: m.state for m in again.milestones} == {
        "7": MilestoneState.RELEASED,
        "8": MilestoneState.FUNDED,
    }


def test_since_when_a_row_is_gone(journal: Journal) -> None:
    run = journal.runs.ask(RunKind.CHECK, ACCOUNT, "anna", {})
    seen = look(ONE)
    journal.sightings.keep_look(ACCOUNT, run, seen)
    last = look(ONE)
    journal.sightings.keep_look(ACCOUNT, run, last)
    for _ in range(2):
        journal.sightings.keep_look(ACCOUNT, run, look())
    assert journal.sightings.last_seen(ACCOUNT, "1001", RowKind.MILESTONE, "7") == last.seen_at.isoformat()


def test_another_process_s_writing_is_noticed(journal: Journal) -> None:
    watch = ChangeWatch(journal.path)
    assert watch.changed()
    assert not watch.changed()
    run = journal.runs.ask(RunKind.PROJECTS, ACCOUNT, "anna", {})
    assert watch.changed()
    journal.runs.say(run, "listed", "2 projects", {"projects": 2})
    journal.runs.end(run, RunState.DONE, {"projects": 2})
    assert watch.changed()
    assert not watch.changed()
    assert [event.text for event in journal.runs.events(run)] == ["2 projects"]
    watch.close()


def test_the_journal_takes_the_moves_that_are_drawn_and_no_others() -> None:
    drawn = re.findall(r"^    (\w+): +((?:\w+, )*\w+)(?: {2,}.*)?$", assistant.apply.__doc__ or "", re.MULTILINE)
    moves = {AttemptState(state): {AttemptState(after) for after in afters.split(", ")} for state, afters in drawn}
    assert moves == LEADS_TO
    assert set(moves) | {after for afters in moves.values() for after in afters} == set(AttemptState)
