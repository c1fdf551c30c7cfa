"""The steps between versions of the journal: an older file gets the tables of a new one, and keeps its rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from assistant.journal import Journal, RunKind
from assistant.journal.schema import SCHEMA_VERSION

ADDED = {"listings", "findings", "notices"}


def tables(path: Path) -> dict[str, list[tuple[str, str, int]]]:
    """Each table's columns as SQLite knows them: name, type, whether it must be given."""
    with sqlite3.connect(path) as file:
        names = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [row[1:4] for row in file.execute(f"PRAGMA table_info({name})")] for name in names}


def indexes(path: Path) -> set[str]:
    with sqlite3.connect(path) as file:
        return {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")}


def test_a_journal_of_the_first_version_becomes_one_of_today(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite3", tmp_path / "new.sqlite3"
    for path in (old, new):
        journal = Journal.open(path)
        journal.runs.ask(RunKind.PROJECTS, "freelancer:anna@x", "anna", {})
        journal.close()
    with sqlite3.connect(old) as file:  # as the first version was: without what later steps add
        for name in ADDED:
            file.execute(f"DROP TABLE {name}")
        for column in ("list_mark", "pool"):
            file.execute(f"ALTER TABLE looks DROP COLUMN {column}")
        file.execute("PRAGMA user_version = 1")
    assert tables(old) != tables(new)
    migrated = Journal.open(old)
    assert [run.kind for run in migrated.runs.newest()] == [RunKind.PROJECTS]
    migrated.close()
    assert tables(old) == tables(new)
    assert indexes(old) == indexes(new)
    with sqlite3.connect(old) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
