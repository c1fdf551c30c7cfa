"""Runs: what was asked for, who carries it out, what it says while doing so, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from assistant.clock import Clock, stamp
from assistant.journal.engine import reading
from assistant.journal.schema import events, runs


class RunKind(StrEnum):
    """What a run does."""

    PROJECTS = "projects"
    PREVIEW = "preview"
    APPLY = "apply"
    SINGLE = "single"
    CHECK = "check"
    LOGIN = "login"
    DOCTOR = "doctor"


class RunState(StrEnum):
    """Where a run stands. WAITING: no process has taken it yet. INTERRUPTED: its process died.

    PERSON: it waits for a person to do something: type a code, sign in in a window, press a button.
    """

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    PERSON = "person"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


LIVE = frozenset({RunState.WAITING, RunState.RUNNING, RunState.PAUSED, RunState.PERSON})


class Wanted(StrEnum):
    """What a person wants of a live run; the runner looks at it between steps."""

    GO = "go"
    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True)
class Run:
    """A run's row. `order` is what was asked for, `summary` and `error` how it ended."""

    id: int
    kind: RunKind
    account: str
    account_name: str
    plan: str | None
    state: RunState
    wanted: Wanted
    asked_at: str
    started_at: str | None
    ended_at: str | None
    pid: int | None
    pid_started: str | None
    processes: Sequence[Sequence[Any]]
    order: Mapping[str, Any]
    summary: Mapping[str, Any] | None
    error: Mapping[str, Any] | None

    @property
    def live(self) -> bool:
        """Whether it has not ended, as far as the journal knows."""
        return self.state in LIVE


@dataclass(frozen=True)
class Event:
    """One line of a run's story, for screens and logs. `data` holds the figures."""

    id: int
    run_id: int
    at: str
    kind: str
    text: str
    data: Mapping[str, Any]


def _run(row: Row[Any]) -> Run:
    values = dict(row._mapping)
    values |= {"kind": RunKind(row.kind), "state": RunState(row.state), "wanted": Wanted(row.wanted)}
    return Run(**values)


class RunBook:
    """Reads and writes runs and their events."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._reading = reading(engine)

    def ask(
        self, kind: RunKind, account: str, account_name: str, order: Mapping[str, Any], plan: str | None = None
    ) -> int:
        """Write down that a run is wanted; returns its number. A runner has to be started for it."""
        row = {
            "kind": kind,
            "account": account,
            "account_name": account_name,
            "plan": plan,
            "state": RunState.WAITING,
            "asked_at": stamp(self._clock()),
            "order": dict(order),
        }
        with self._engine.begin() as connection:
            key = connection.execute(insert(runs).values(row)).inserted_primary_key
        assert key is not None  # noqa: S101  # SQLite always gives the row's number
        return int(key[0])

    def take(self, run_id: int, pid: int, pid_started: str) -> bool:
        """Take a waiting run for the process `pid`; False if it is not waiting any more."""
        with self._engine.begin() as connection:
            taken = connection.execute(
                update(runs)
                .where(runs.c.id == run_id, runs.c.state == RunState.WAITING)
                .values(state=RunState.RUNNING, started_at=stamp(self._clock()), pid=pid, pid_started=pid_started)
            )
        return taken.rowcount == 1

    def set_processes(self, run_id: int, processes: Sequence[Sequence[Any]]) -> None:
        """Record the node and browser processes of a run as (pid, start time, name)."""
        self._set(run_id, processes=[list(process) for process in processes])

    def set_state(self, run_id: int, state: RunState) -> None:
        """Move a live run between running and paused."""
        self._set(run_id, state=state)

    def want(self, run_id: int, wanted: Wanted) -> None:
        """Say what a person wants of a run."""
        self._set(run_id, wanted=wanted)

    def end(
        self,
        run_id: int,
        state: RunState,
        summary: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Close a run's row with how it ended."""
        self._set(run_id, state=state, ended_at=stamp(self._clock()), summary=summary, error=error)

    def _set(self, run_id: int, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(**values))

    def get(self, run_id: int) -> Run | None:
        """One run, or None."""
        with self._reading.begin() as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        return _run(row) if row else None

    def wanted(self, run_id: int) -> Wanted:
        """What is wanted of a run right now."""
        with self._reading.begin() as connection:
            return Wanted(connection.execute(select(runs.c.wanted).where(runs.c.id == run_id)).scalar_one())

    def newest(
        self, most: int = 100, *, account: str | None = None, kind: RunKind | None = None, live: bool = False
    ) -> list[Run]:
        """Runs, newest first, at most `most`; of one account, kind or only the live ones."""
        query = select(runs).order_by(runs.c.id.desc()).limit(most)
        if account is not None:
            query = query.where(runs.c.account == account)
        if kind is not None:
            query = query.where(runs.c.kind == kind)
        if live:
            query = query.where(runs.c.state.in_(LIVE))
        with self._reading.begin() as connection:
            return [_run(row) for row in connection.execute(query)]

    def say(
        self, run_id: int, kind: str, text: str, data: Mapping[str, Any] | None = None, state: RunState | None = None
    ) -> None:
        """Add a line to a run's story; with `state`, move the live run there at the same moment."""
        row = {"run_id": run_id, "at": stamp(self._clock()), "kind": kind, "text": text, "data": dict(data or {})}
        with self._engine.begin() as connection:
            connection.execute(insert(events).values(row))
            if state is not None:
                connection.execute(update(runs).where(runs.c.id == run_id).values(state=state))

    def events(self, run_id: int, after: int = 0, most: int = 10_000) -> list[Event]:
        """A run's events with numbers above `after`, oldest first."""
        query = select(events).where(events.c.run_id == run_id, events.c.id > after).order_by(events.c.id).limit(most)
        with self._reading.begin() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)]
