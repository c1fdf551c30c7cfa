"""The SQLite file behind the mock: one connection, one writer, and what each write touched."""

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SCHEMA = Path(__file__).with_name("schema.sql")

FIRST_REFS = {
    "milestones": 41_200_001,
    "requests": 5_100_001,
    "drafts": 6_400_001,
    "carts": 7_300_001,
    "cart_items": 7_800_001,
    "charges": 9_100_001,
    "sessions": 1,
}
"""Where each kind of ref starts, so that refs of different kinds are never equal and runs are reproducible."""

Row = sqlite3.Row


@dataclass
class Touched:
    """A row that a write made or changed: its table, ref, project, and how it was before (None: it was not there)."""

    table: str
    ref: int
    project: int
    before: Row | None


@dataclass
class Tx:
    """One write: the connection, the push events to send after the commit, and the rows touched."""

    db: sqlite3.Connection
    now: int
    events: list[tuple[int, str]] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row, or None."""
        row: Row | None = self.db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[Row]:
        """All rows."""
        return self.db.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> None:
        """Carry out a statement."""
        self.db.execute(sql, values)

    def new_ref(self, kind: str) -> int:
        """The next ref of that kind (one of FIRST_REFS)."""
        self.run(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            kind,
            FIRST_REFS[kind],
        )
        row = self.one("SELECT value FROM counters WHERE name = ?", kind)
        return int(row["value"]) if row else FIRST_REFS[kind]

    def note(self, event: str, table: str, ref: int, project: int, before: Row | None) -> None:
        """Remember a changed row, the project's last activity, and the push event that tells open pages of it."""
        self.run("UPDATE projects SET time_updated = ?, changes = changes + 1 WHERE ref = ?", self.now, project)
        self.events.append((project, event))
        self.touched.append(Touched(table, ref, project, before))


class Store:
    """The database. Reads go through `read`, writes through `write`; both may be called from any thread."""

    def __init__(self, path: Path | None) -> None:
        self._folder = None if path else tempfile.TemporaryDirectory(prefix="milepost-mock-")
        self.path = path or Path(self._folder.name if self._folder else ".") / "mock.sqlite"
        self._lock = threading.RLock()
        self._db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        if not self._tables():
            self._db.executescript(_SCHEMA.read_text(encoding="utf-8"))

    def _tables(self) -> list[str]:
        rows = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return [str(row["name"]) for row in rows]

    @contextmanager
    def read(self, now: int = 0) -> Iterator[Tx]:
        """A look at the rows; writes nothing."""
        with self._lock:
            yield Tx(self._db, now)

    @contextmanager
    def write(self, now: int) -> Iterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._lock:
            tx = Tx(self._db, now)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield tx
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def empty(self) -> bool:
        """Whether nobody has been seeded yet."""
        with self.read() as tx:
            return tx.one("SELECT 1 FROM users LIMIT 1") is None

    def clear(self, tx: Tx) -> None:
        """Delete every row, for a new seed."""
        for name in self._tables():
            tx.run(f"DELETE FROM {name}")  # noqa: S608 - the names come from our own schema

    def close(self) -> None:
        """Close the database and remove a temporary one."""
        with self._lock:
            self._db.close()
        if self._folder:
            self._folder.cleanup()
