"""Which findings are new: what was told is remembered, and told once.

Memory is kept apart from finding: `take_stock` says what there is, `FindingBook` what of it was told. Telling comes
first and is written down after it, so a check that dies in between is told twice rather than never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.checks.compare import LASTING
from assistant.checks.finding import ORDER, Finding
from assistant.clock import moment, stamp
from assistant.journal import Journal
from assistant.journal.engine import reading
from assistant.journal.schema import findings

FIRST = "first"
"""The name under which the first check of an account is remembered: what was over before it is not news."""


@dataclass(frozen=True)
class Remembered:
    """A finding and what is remembered of it. `told` counts how often it was told; 0 means that it is new."""

    id: int
    finding: Finding
    told: int
    told_at: str | None
    again: bool = False
    """Whether it was told, still holds, and is to be told again."""

    @property
    def new(self) -> bool:
        """Whether it is to be told now."""
        return self.again or not self.told


@dataclass(frozen=True)
class Outcome:
    """What a check has to tell: what is new (worst first), what still holds and was told, and what is over."""

    new: tuple[Remembered, ...]
    standing: tuple[Remembered, ...]
    gone: tuple[Finding, ...]


class FindingBook:
    """Reads and writes what is remembered of an account's findings. `again_days`: how often what holds is told."""

    def __init__(self, journal: Journal, account: str, again_days: int | None = None) -> None:
        self._engine = journal.engine
        self._account = account
        self._again = again_days

    def compare(self, found: Sequence[Finding], now: datetime, only: frozenset[str] | None = None) -> Outcome:
        """Remember what was found, and say what of it is new. `only`: the check was about these projects alone."""
        with self._engine.begin() as connection:
            known = {row.name: row for row in self._rows(connection)}
            first = FIRST not in known
            if first:
                self._add(connection, FIRST, "", {}, now, told=1)
            here: dict[str, Finding] = {}
            for finding in found:
                here.setdefault(finding.name, finding)
            for finding in here.values():
                self._keep(connection, finding, known.get(finding.name), now, first=first)
            gone = self._end(connection, known, here, now, only)
            rows = {row.name: row for row in self._rows(connection)}
        told = [self._remembered(rows[name], finding, now) for name, finding in here.items() if name in rows]
        new = sorted((each for each in told if each.new), key=worst_first)
        standing = sorted((each for each in told if not each.new and each.finding.standing), key=worst_first)
        return Outcome(tuple(new), tuple(standing), tuple(gone))

    def mark_told(self, told: Iterable[Remembered], now: datetime) -> None:
        """Write down that these were told."""
        with self._engine.begin() as connection:
            for each in told:
                values = {"told": each.told + 1, "told_at": stamp(now)}
                # What somebody else told meanwhile was told by them.
                where = (findings.c.id == each.id, findings.c.told == each.told)
                connection.execute(update(findings).where(*where).values(values))

    def last(self) -> tuple[Remembered, ...]:
        """What the last check left standing, without looking again: for screens and reports. Worst first."""
        query = select(findings).where(
            findings.c.account == self._account, findings.c.gone_at.is_(None), findings.c.name != FIRST
        )
        with reading(self._engine).begin() as connection:
            rows = connection.execute(query).all()
        told = [self._remembered(r, Finding.from_facts(r.facts), moment(r.found_at)) for r in rows]
        return tuple(sorted((each for each in told if each.finding.standing), key=worst_first))

    def _rows(self, connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(select(findings).where(findings.c.account == self._account)).all()

    def _add(
        self, connection: Connection, name: str, ref: str, facts: Mapping[str, Any], now: datetime, *, told: int
    ) -> None:
        at = stamp(now)
        values = {"account": self._account, "name": name, "project_ref": ref, "facts": dict(facts), "told": told}
        connection.execute(insert(findings).values(values | {"found_at": at, "told_at": at if told else None}))

    def _keep(
        self, connection: Connection, finding: Finding, row: Row[Any] | None, now: datetime, *, first: bool
    ) -> None:
        if row is None:
            over = first and not finding.standing
            self._add(connection, finding.name, finding.project, finding.as_facts(), now, told=int(over))
            return
        values: dict[str, Any] = {}
        if (
            row.gone_at is not None and finding.standing and not finding.happened
        ):  # it was over, and holds again: that is news
            values = {"gone_at": None, "told": 0, "told_at": None}
        if row.facts != finding.as_facts():
            values["facts"] = finding.as_facts()
        if values:
            connection.execute(update(findings).where(findings.c.id == row.id).values(values))

    def _end(
        self,
        connection: Connection,
        known: Mapping[str, Row[Any]],
        here: Mapping[str, Finding],
        now: datetime,
        only: frozenset[str] | None,
    ) -> list[Finding]:
        """Write down what no longer holds; returns what of it was told and so is worth a word."""
        over = []
        for name, row in known.items():
            outside = only is not None and row.project_ref not in only
            if name == FIRST or row.gone_at is not None or outside:
                continue
            finding = here.get(name)
            if finding is None or (not finding.standing and row.told):
                connection.execute(update(findings).where(findings.c.id == row.id).values(gone_at=stamp(now)))
                was = Finding.from_facts(row.facts)
                news = was.happened and was.kind not in LASTING  # what was only news is never over
                if row.told and finding is None and not news:
                    over.append(was)
        return over

    def _remembered(self, row: Row[Any], finding: Finding, now: datetime) -> Remembered:
        old = row.told_at is not None and self._again is not None
        due = old and now - moment(row.told_at) >= timedelta(days=self._again or 0)
        since = finding.since or row.found_at
        return Remembered(
            row.id, replace(finding, since=since), row.told, row.told_at, again=bool(due and finding.standing)
        )


def worst_first(each: Remembered) -> tuple[int, str, str]:
    """The order in which findings are told."""
    finding = each.finding
    return -ORDER.index(finding.severity), finding.since, finding.name
