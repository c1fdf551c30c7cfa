"""The journal as one object: its identity, its books, and a cheap question "has anybody written since?"."""

from __future__ import annotations

import sqlite3
import uuid
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, insert, select

from assistant.clock import Clock, now, stamp
from assistant.journal import schema
from assistant.journal.attempts import AttemptBook
from assistant.journal.engine import check_whole, open_engine
from assistant.journal.runs import RunBook
from assistant.journal.sightings import SightingBook


class Journal:
    """Runs, attempts, events and sightings. Safe to open from many processes at once."""

    def __init__(self, engine: Engine, path: Path, clock: Clock = now) -> None:
        self.path = path
        self.engine = engine
        self.clock = clock
        self.runs = RunBook(engine, clock)
        self.attempts = AttemptBook(engine, clock)
        self.sightings = SightingBook(engine, clock)

    @classmethod
    def open(cls, path: Path, clock: Clock = now, patience: float | None = None) -> Journal:
        """Open, or make, the journal at `path`; `clock` stamps what is written. Raises `JournalError`.

        `patience`: seconds to wait for somebody else who writes, where it is not to be as long as a run waits.
        """
        return cls(open_engine(path, patience), path, clock)

    @cached_property
    def id(self) -> str:
        """This journal's own identity, made once; part of every preview's digest."""
        with self.engine.begin() as connection:
            known = connection.execute(select(schema.identity.c.journal_id)).scalar_one_or_none()
            if known is None:
                known = uuid.uuid4().hex
                connection.execute(insert(schema.identity).values(journal_id=known, created_at=stamp(self.clock())))
            return known

    def check_whole(self) -> None:
        """Read the file through. Raises `JournalError` where it is damaged."""
        check_whole(self.engine, self.path)

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


class ChangeWatch:
    """Tells cheaply whether anybody wrote to the journal since the last question (`PRAGMA data_version`)."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._last: int | None = None

    def changed(self) -> bool:
        """True the first time, and whenever another connection has committed since the last call."""
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        changed, self._last = version != self._last, version
        return changed

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
