"""Reads of the journal that a screen needs often: small answers, without the big columns of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from assistant.journal import Journal, RunKind, RunState, Wanted
from assistant.journal.engine import reading
from assistant.journal.runs import LIVE
from assistant.journal.schema import looks, runs
from tui.text import plain


@dataclass(frozen=True)
class RunFacts:
    """A run's row without its order, which may be megabytes."""

    id: int
    kind: RunKind
    state: RunState
    wanted: Wanted
    plan: str | None
    asked_at: str
    started_at: str | None
    ended_at: str | None

    @property
    def live(self) -> bool:
        """Whether it has not ended, as far as the journal knows."""
        return self.state in LIVE

    @property
    def plan_name(self) -> str:
        """The plan's file name, clean; empty for runs without a plan."""
        return plain(Path(self.plan).name) if self.plan else ""

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.id} {self.kind} {self.state} {self.plan_name}".casefold()


_FACTS = (
    runs.c.id,
    runs.c.kind,
    runs.c.state,
    runs.c.wanted,
    runs.c.plan,
    runs.c.asked_at,
    runs.c.started_at,
    runs.c.ended_at,
)


def runs_of(journal: Journal, account: str, most: int = 500) -> list[RunFacts]:
    """The account's runs, newest first."""
    query = select(*_FACTS).where(runs.c.account == account).order_by(runs.c.id.desc()).limit(most)
    with reading(journal.engine).begin() as connection:
        return [
            RunFacts(row[0], RunKind(row[1]), RunState(row[2]), Wanted(row[3]), *row[4:])
            for row in connection.execute(query)
        ]


def run_now(journal: Journal, run_id: int) -> dict[str, Any]:
    """What changes about a run while it goes on, by the names of `Run`."""
    names = ("state", "wanted", "started_at", "ended_at", "pid", "pid_started", "summary", "error")
    query = select(*(runs.c[name] for name in names)).where(runs.c.id == run_id)
    with reading(journal.engine).begin() as connection:
        values = dict(zip(names, connection.execute(query).one(), strict=True))
    return values | {"state": RunState(values["state"]), "wanted": Wanted(values["wanted"])}


def summaries_of(journal: Journal, ids: Sequence[int]) -> dict[int, Any]:
    """The summaries of these runs, by their numbers; None for one that has none."""
    query = select(runs.c.id, runs.c.summary).where(runs.c.id.in_(ids))
    with reading(journal.engine).begin() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def looked_at(journal: Journal, account: str) -> dict[str, str]:
    """When each project was last looked at whole, by its ref."""
    query = select(looks.c.project_ref, func.max(looks.c.seen_at)).where(looks.c.account == account)
    with reading(journal.engine).begin() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(looks.c.project_ref))}
