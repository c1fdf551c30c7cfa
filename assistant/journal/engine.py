"""Opening the journal's file: pragmas, `BEGIN IMMEDIATE`, and migrations when the schema is behind.

Every transaction begins with `BEGIN IMMEDIATE`: with SQLite's default a transaction that reads first and writes later
can be granted to two processes at once, and both would believe that they own the account.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool

from assistant.errors import JournalError
from assistant.journal.schema import SCHEMA_VERSION, metadata

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""


def open_engine(path: Path, patience: float | None = None) -> Engine:
    """An engine on the journal at `path`, made or migrated as needed. Raises `JournalError`.

    `patience`: seconds that a writer waits for another one, if not `BUSY_SECONDS`.
    """
    timeout = BUSY_SECONDS if patience is None else patience
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": timeout})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", partial(_in_words, path))
    try:
        _make_private(path)
        _bring_up_to_date(engine, path)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(path, error) from error
    return engine


def _in_words(path: Path, context: ExceptionContext) -> BaseException | None:
    """What the database says about its file is told as a `JournalError`; a broken rule of the tables stays a bug."""
    original = context.original_exception
    if isinstance(original, sqlite3.Error) and not isinstance(original, sqlite3.IntegrityError):
        return _unusable(path, original)
    return None


DAMAGED = (
    "the file is damaged: put back a copy of it, since it is what keeps you from paying twice; a new one knows nothing "
    "of what was tried, so look at the site before you go on with it"
)

NEXT = {
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_BUSY: "another program holds it: wait for that one or end it, then try again",
    sqlite3.SQLITE_FULL: "make room on its disk, or move the whole data folder to another one and set data_dir to it",
}
"""What to do next, by what the database says is wrong with its file."""


def _unusable(path: Path, error: BaseException) -> JournalError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # its lowest byte; the others say more about it
    hint = NEXT.get(code, "see that its folder can be written and that the disk has room")
    return JournalError(f"the journal {path} cannot be used: {error}", where=str(path), hint=hint)


def check_whole(engine: Engine, path: Path) -> None:
    """Read the file through. Raises `JournalError` where it is damaged: some damage reads as if there were no rows."""
    with reading(engine).begin() as connection:
        said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    if said != "ok":
        raise JournalError(f"the journal {path} is damaged: {said}", where=str(path), hint=DAMAGED)


def _make_private(path: Path) -> None:
    """Create the folder (0700) and file (0600) before SQLite would with wider rights.

    A file that is there is not touched: whoever closes it gives up every lock that this process has on it, those of
    SQLite's own connections, too. Another process would then take the log of what was written away under them.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _prepare(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would begin deferred ones.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: a snapshot that waits for nobody and keeps nobody waiting."""
    return engine.execution_options(milepost_reading=True)


def _begin(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("milepost_reading")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _bring_up_to_date(engine: Engine, path: Path) -> None:
    if _version(path) == SCHEMA_VERSION:
        return
    with engine.begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version == SCHEMA_VERSION:
            return
        if version > SCHEMA_VERSION:
            raise JournalError(
                f"the journal {path} was written by a newer Milepost (schema {version}; known: {SCHEMA_VERSION})",
                where=str(path),
                hint="use the newer Milepost",
            )
        if version == 0:
            metadata.create_all(connection)
        else:
            from assistant.journal.migrate import upgrade  # Alembic is slow to load and hardly ever needed

            upgrade(connection, version)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION:d}")


def _version(path: Path) -> int:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()
