"""Attempts, what they claimed on the site, and their evidence.

The states of an attempt and its moves are those that `assistant/apply.py` draws at its head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from assistant.clock import Clock, stamp
from assistant.errors import JournalError
from assistant.journal.engine import reading
from assistant.journal.schema import attempts, claims, evidence
from assistant.journal.sightings import RowKind
from assistant.money import Money


class AttemptState(StrEnum):
    """Where an attempt stands; the last three end it, `unknown` until something settles it."""

    RECORDED = "recorded"
    SUBMITTING = "submitting"
    IN_CART = "in_cart"
    PAYING = "paying"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


OPEN = frozenset(AttemptState) - {AttemptState.DONE, AttemptState.REFUSED}
"""States in which money may yet move or have moved."""

_ENDS = (AttemptState.DONE, AttemptState.REFUSED, AttemptState.UNKNOWN)
LEADS_TO = {
    AttemptState.RECORDED: {AttemptState.SUBMITTING, AttemptState.IN_CART, AttemptState.REFUSED},
    AttemptState.SUBMITTING: {AttemptState.IN_CART, *_ENDS},
    AttemptState.IN_CART: {AttemptState.PAYING, *_ENDS},
    AttemptState.PAYING: {*_ENDS},
    AttemptState.UNKNOWN: {AttemptState.DONE, AttemptState.REFUSED},
}
"""The moves of the drawing in `assistant/apply.py`; the journal takes no other. An ended attempt stays as it is."""


@dataclass(frozen=True)
class Attempt:
    """One try at one change. Times are journal stamps; `left` counts requests that left the browser."""

    id: int
    run_id: int
    account: str
    project_ref: str
    key: str
    change: str
    description: str
    amount: Money
    fingerprint: str
    state: AttemptState
    recorded_at: str
    submitting_at: str | None = None
    paying_at: str | None = None
    ended_at: str | None = None
    left: int | None = None
    site_ref: str | None = None
    request_ref: str | None = None
    cart: Mapping[str, Any] | None = None
    source: str | None = None
    fees: str | None = None
    balance_before: str | None = None
    reason: str | None = None
    site_message: str | None = None
    request_id: str | None = None
    settled_by: str | None = None

    @property
    def cost(self) -> Money:
        """What it takes, its fees included, as far as they are known yet."""
        return self.amount + Money.parse(self.fees) if self.fees else self.amount


@dataclass(frozen=True)
class Claim:
    """A row of the site that belongs to a planned milestone. `how`: created, adopted, accepted, named, settled."""

    project_ref: str
    key: str
    kind: RowKind
    site_ref: str
    how: str
    since: str


def _attempt(row: Row[Any]) -> Attempt:
    values = dict(row._mapping)
    currency = values.pop("currency")
    values["amount"] = Money.parse(f"{row.amount} {currency}")
    values["state"] = AttemptState(row.state)
    return Attempt(**values)


class AttemptBook:
    """Reads and writes attempts, claims and evidence."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._reading = reading(engine)

    def _now(self) -> str:
        return stamp(self._clock())

    def record(self, **values: Any) -> int:
        """Write an attempt down in state RECORDED, on disk before the browser moves; returns its number."""
        money: Money = values.pop("amount")
        row = {
            "state": AttemptState.RECORDED,
            "recorded_at": self._now(),
            "amount": money.amount_text,
            "currency": money.currency.code,
            **values,
        }
        with self._engine.begin() as connection:
            key = connection.execute(insert(attempts).values(row)).inserted_primary_key
        assert key is not None  # noqa: S101  # SQLite always gives the row's number
        return int(key[0])

    def move(self, attempt_id: int, state: AttemptState, **values: Any) -> None:
        """Move an attempt to `state`, with the figures that belong to the move."""
        times = {AttemptState.SUBMITTING: "submitting_at", AttemptState.PAYING: "paying_at"}
        if state in times:
            values[times[state]] = self._now()
        elif state not in OPEN or state is AttemptState.UNKNOWN:
            values["ended_at"] = self._now()
        with self._engine.begin() as connection:
            _move(connection, attempt_id, state, values)

    def note(self, attempt_id: int, **values: Any) -> None:
        """Keep figures of an attempt without moving it."""
        with self._engine.begin() as connection:
            connection.execute(update(attempts).where(attempts.c.id == attempt_id).values(**values))

    def done(self, attempt_id: int, kind: RowKind, site_ref: str, how: str, **values: Any) -> None:
        """End an attempt as done and claim its row, in one transaction."""
        with self._engine.begin() as connection:
            row = connection.execute(select(attempts).where(attempts.c.id == attempt_id)).one()
            _claim(connection, self._now(), row.account, row.project_ref, row.key, kind, site_ref, how, attempt_id)
            _move(connection, attempt_id, AttemptState.DONE, {"site_ref": site_ref, "ended_at": self._now(), **values})

    def withdrawn(self, attempt_id: int, **values: Any) -> None:
        """End an attempt to withdraw as done: its planned milestone claims nothing any more."""
        with self._engine.begin() as connection:
            row = connection.execute(select(attempts).where(attempts.c.id == attempt_id)).one()
            _let_go(connection, self._now(), row.account, row.project_ref, row.key)
            found = {"site_ref": row.request_ref, "ended_at": self._now(), **values}
            _move(connection, attempt_id, AttemptState.DONE, found)

    def claim(self, account: str, project_ref: str, key: str, kind: RowKind, site_ref: str, how: str) -> None:
        """Say that a row of the site belongs to a planned milestone from now on."""
        with self._engine.begin() as connection:
            _claim(connection, self._now(), account, project_ref, key, kind, site_ref, how, None)

    def get(self, attempt_id: int) -> Attempt | None:
        """One attempt, or None."""
        found = self._select(attempts.c.id == attempt_id)
        return found[0] if found else None

    def of_run(self, run_id: int) -> list[Attempt]:
        """A run's attempts in the order they were made."""
        return self._select(attempts.c.run_id == run_id)

    def open(self, account: str, project_ref: str | None = None) -> list[Attempt]:
        """Attempts whose money may yet move or have moved: of one project, or of the whole account."""
        where = [attempts.c.account == account, attempts.c.state.in_(OPEN)]
        if project_ref is not None:
            where.append(attempts.c.project_ref == project_ref)
        return self._select(*where)

    def of_project(self, account: str, project_ref: str) -> list[Attempt]:
        """Every attempt at a project, oldest first."""
        return self._select(attempts.c.account == account, attempts.c.project_ref == project_ref)

    def done_by(self, account: str) -> list[Attempt]:
        """Every attempt of an account that went through, oldest first."""
        return self._select(attempts.c.account == account, attempts.c.state == AttemptState.DONE)

    def spent_since(self, account: str, since: str) -> list[Attempt]:
        """Attempts from `since` on that took money or may have: what a day's cap counts."""
        return self._select(
            attempts.c.account == account,
            attempts.c.recorded_at >= since,
            attempts.c.change.in_(("create", "accept", "confirm")),
            attempts.c.state != AttemptState.REFUSED,
        )

    def last_id(self, account: str) -> int:
        """The number of the account's last attempt, 0 before the first; part of every preview's digest."""
        with self._reading.begin() as connection:
            query = select(func.max(attempts.c.id)).where(attempts.c.account == account)
            return connection.execute(query).scalar_one() or 0

    def newest(self, account: str | None = None, most: int = 200) -> list[Attempt]:
        """Attempts, newest first."""
        query = select(attempts).order_by(attempts.c.id.desc()).limit(most)
        if account is not None:
            query = query.where(attempts.c.account == account)
        with self._reading.begin() as connection:
            return [_attempt(row) for row in connection.execute(query)]

    def claims(self, account: str, project_ref: str | None = None) -> list[Claim]:
        """The claims that hold now: of one project, or of the whole account."""
        query = select(claims).where(claims.c.account == account, claims.c.ended_at.is_(None))
        if project_ref is not None:
            query = query.where(claims.c.project_ref == project_ref)
        with self._reading.begin() as connection:
            return [
                Claim(row.project_ref, row.key, RowKind(row.kind), row.site_ref, row.how, row.since)
                for row in connection.execute(query.order_by(claims.c.id))
            ]

    def add_evidence(self, attempt_id: int, moment: str, path: str | None, figures: Mapping[str, Any]) -> None:
        """Keep what was seen at a moment of an attempt; `path` is the picture, None where none could be taken."""
        row = {"attempt_id": attempt_id, "at": self._now(), "moment": moment, "path": path, "figures": dict(figures)}
        with self._engine.begin() as connection:
            connection.execute(insert(evidence).values(row))

    def evidence_of(self, attempt_id: int) -> Sequence[Mapping[str, Any]]:
        """An attempt's evidence in order: at, moment, path, figures."""
        query = select(evidence).where(evidence.c.attempt_id == attempt_id).order_by(evidence.c.id)
        with self._reading.begin() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]

    def evidence_at(self, account: str, moment: str) -> Sequence[Mapping[str, Any]]:
        """The figures kept at a moment of each attempt of an account that is done, oldest first."""
        query = (
            select(evidence.c.figures)
            .join(attempts, attempts.c.id == evidence.c.attempt_id)
            .where(attempts.c.account == account, attempts.c.state == AttemptState.DONE, evidence.c.moment == moment)
            .order_by(evidence.c.id)
        )
        with self._reading.begin() as connection:
            return list(connection.execute(query).scalars())

    def forget_evidence(self, account: str) -> list[str]:
        """Delete an account's evidence; what was done and paid stays. Returns the paths of its pictures."""
        own = select(attempts.c.id).where(attempts.c.account == account)
        with self._engine.begin() as connection:
            held = select(evidence.c.path).where(evidence.c.attempt_id.in_(own), evidence.c.path.is_not(None))
            paths = list(connection.execute(held).scalars())
            connection.execute(delete(evidence).where(evidence.c.attempt_id.in_(own)))
        return paths

    def _select(self, *where: Any) -> list[Attempt]:
        with self._reading.begin() as connection:
            return [_attempt(row) for row in connection.execute(select(attempts).where(*where).order_by(attempts.c.id))]


def _move(connection: Connection, attempt_id: int, state: AttemptState, values: Mapping[str, Any]) -> None:
    """Move an attempt if the move is one of `LEADS_TO`. Raises `JournalError` otherwise: then two processes did it."""
    from_states = [before for before, after in LEADS_TO.items() if state in after]
    moved = connection.execute(
        update(attempts)
        .where(attempts.c.id == attempt_id, attempts.c.state.in_(from_states))
        .values(state=state, **values)
    )
    if moved.rowcount != 1:
        was = connection.execute(select(attempts.c.state).where(attempts.c.id == attempt_id)).scalar_one_or_none()
        raise JournalError(
            f"attempt {attempt_id} is {was} and cannot become {state}",
            hint="another process has moved it; look at milepost history",
        )


def _claim(
    connection: Connection,
    at: str,
    account: str,
    project_ref: str,
    key: str,
    kind: RowKind,
    site_ref: str,
    how: str,
    attempt_id: int | None,
) -> None:
    _let_go(connection, at, account, project_ref, key)
    # A row whose planned milestone was given another key in the same project goes with it.
    same_row = (claims.c.account == account, claims.c.kind == kind, claims.c.site_ref == site_ref)
    known_as = (*same_row, claims.c.project_ref == project_ref, claims.c.ended_at.is_(None))
    connection.execute(update(claims).where(*known_as).values(ended_at=at))
    connection.execute(
        insert(claims).values(
            account=account,
            project_ref=project_ref,
            key=key,
            kind=kind,
            site_ref=site_ref,
            how=how,
            attempt_id=attempt_id,
            since=at,
        )
    )


def _let_go(connection: Connection, at: str, account: str, project_ref: str, key: str) -> None:
    """End whatever a planned milestone claims now."""
    connection.execute(
        update(claims)
        .where(
            claims.c.account == account,
            claims.c.project_ref == project_ref,
            claims.c.key == key,
            claims.c.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
