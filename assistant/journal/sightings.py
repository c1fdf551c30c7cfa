"""What the site showed, and when. A row for each look, and one for each change between two looks; never rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from assistant.clock import Clock, moment, stamp
from assistant.journal.engine import reading
from assistant.journal.schema import listings, looks, projects, sightings
from assistant.money import Money
from assistant.site import (
    Look,
    MilestoneState,
    Pool,
    ProjectStatus,
    SiteCart,
    SiteMilestone,
    SiteProject,
    SiteRequest,
)


class RowKind(StrEnum):
    """Which list of a project's page a row stands in."""

    MILESTONE = "milestone"
    REQUEST = "request"
    CART = "cart"


@dataclass(frozen=True)
class SeenRow:
    """A row of the site as it was last seen. `present` is False once a whole look did not show it."""

    project_ref: str
    kind: RowKind
    site_ref: str
    present: bool
    description: str
    amount: Money
    state: MilestoneState
    raw: str
    url: str
    seen_at: str

    def same_as(self, other: SeenRow) -> bool:
        """Whether both tell the same, whenever they were seen."""
        return self._told() == other._told()

    def _told(self) -> tuple[object, ...]:
        return (self.present, self.description, self.amount, self.state, self.raw, self.url)


def rows_of(look: Look) -> list[SeenRow]:
    """A look's milestones, requests and carts as rows of the journal."""
    at, ref = stamp(look.seen_at), look.project.ref
    rows = [
        SeenRow(ref, RowKind.MILESTONE, m.site_ref, True, m.description, m.amount, m.state, m.raw, "", at)
        for m in look.milestones
    ]
    rows += [
        SeenRow(ref, RowKind.REQUEST, r.site_ref, True, r.description, r.amount, r.state, r.raw, "", at)
        for r in look.requests
    ]
    rows += [
        SeenRow(ref, RowKind.CART, c.site_ref, True, c.description, c.amount, _cart_state(c), c.raw, c.url, at)
        for c in look.carts
    ]
    return rows


def _cart_state(cart: SiteCart) -> MilestoneState:
    return MilestoneState.UNCLEAR if cart.charged else MilestoneState.AWAITING_PAYMENT


class SightingBook:
    """Reads and writes the list of projects, looks, and what changed between looks."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._reading = reading(engine)

    def keep_projects(self, account: str, seen: Iterable[SiteProject]) -> None:
        """Keep a whole reading of My Projects in place of the one before."""
        at = stamp(self._clock())
        rows = [
            {
                "account": account,
                "ref": p.ref,
                "title": p.title,
                "counterparty": p.counterparty,
                "currency": p.currency,
                "url": p.url,
                "status": p.status,
                "raw_status": p.raw_status,
                "bid": str(p.bid) if p.bid else None,
                "accepted": p.accepted,
                "seen_at": at,
            }
            for p in seen
        ]
        with self._engine.begin() as connection:
            connection.execute(delete(projects).where(projects.c.account == account))
            if rows:
                connection.execute(insert(projects), rows)
            _keep_listings(connection, account, rows, at)

    def projects(self, account: str) -> list[SiteProject]:
        """My Projects as last read, in the site's order."""
        query = select(projects).where(projects.c.account == account)
        with self._reading.begin() as connection:
            return [_project(row) for row in connection.execute(query)]

    def projects_seen_at(self, account: str) -> str | None:
        """When My Projects was last read whole; None if never."""
        query = select(func.max(projects.c.seen_at)).where(projects.c.account == account)
        with self._reading.begin() as connection:
            return cast("str | None", connection.execute(query).scalar_one())

    def keep_look(self, account: str, run_id: int, look: Look, list_mark: str | None = None) -> None:
        """Keep that a project was looked at, and every row that differs from the look before.

        `list_mark` tells how My Projects showed the project right before; None where the list was not read for it.
        """
        ref = look.project.ref
        shown = {(row.kind, row.site_ref): row for row in rows_of(look)}
        with self._engine.begin() as connection:
            known = {(row.kind, row.site_ref): row for row in _latest(connection, account, ref)}
            key = connection.execute(
                insert(looks).values(
                    run_id=run_id,
                    account=account,
                    project_ref=ref,
                    seen_at=stamp(look.seen_at),
                    balances={code: str(money) for code, money in look.balances.items()},
                    pool=_pool_values(look.pool),
                    list_mark=list_mark,
                )
            ).inserted_primary_key
            changed = [row for name, row in shown.items() if name not in known or not row.same_as(known[name])]
            gone = [row for name, row in known.items() if row.present and name not in shown]
            values = [_values(row, True, row.seen_at) for row in changed]
            values += [_values(row, False, stamp(look.seen_at)) for row in gone]
            if values:
                assert key is not None  # noqa: S101  # SQLite always gives the row's number
                common = {"look_id": key[0], "account": account}
                connection.execute(insert(sightings), [value | common for value in values])

    def rows(self, account: str, project_ref: str | None = None) -> list[SeenRow]:
        """Every row ever seen, as last seen: of one project, or of the whole account."""
        with self._reading.begin() as connection:
            return _latest(connection, account, project_ref)

    def first_seen(
        self, account: str, project_ref: str, states: Collection[MilestoneState] = frozenset(MilestoneState)
    ) -> dict[tuple[RowKind, str], str]:
        """When each row of a project was seen for the first time, or for the first time in one of `states`."""
        query = (
            select(sightings.c.kind, sightings.c.site_ref, func.min(sightings.c.seen_at))
            .where(sightings.c.account == account, sightings.c.project_ref == project_ref)
            .where(sightings.c.state.in_(states))
            .group_by(sightings.c.kind, sightings.c.site_ref)
        )
        with self._reading.begin() as connection:
            return {(RowKind(kind), site_ref): at for kind, site_ref, at in connection.execute(query)}

    def last_seen(self, account: str, project_ref: str, kind: RowKind, site_ref: str) -> str | None:
        """When a row was last seen standing: the newest look before it was gone; None if it was never seen."""
        row = next((r for r in self.rows(account, project_ref) if (r.kind, r.site_ref) == (kind, site_ref)), None)
        if row is None:
            return None
        query = select(func.max(looks.c.seen_at)).where(looks.c.account == account, looks.c.project_ref == project_ref)
        if not row.present:
            query = query.where(looks.c.seen_at < row.seen_at)
        with self._reading.begin() as connection:
            return connection.execute(query).scalar_one() or row.seen_at

    def look(self, account: str, project: SiteProject) -> Look | None:
        """The last look at a project, put together again from what was kept; None if there was none."""
        with self._reading.begin() as connection:
            query = select(looks).where(looks.c.account == account, looks.c.project_ref == project.ref)
            last = connection.execute(query.order_by(looks.c.id.desc()).limit(1)).one_or_none()
            if last is None:
                return None
            rows = [row for row in _latest(connection, account, project.ref) if row.present]
        return Look(
            project=project,
            seen_at=moment(last.seen_at),
            milestones=tuple(_milestone(r) for r in rows if r.kind is RowKind.MILESTONE),
            requests=tuple(_request(r) for r in rows if r.kind is RowKind.REQUEST),
            carts=tuple(_cart(r) for r in rows if r.kind is RowKind.CART),
            balances={code: Money.parse(text) for code, text in last.balances.items()},
            pool=pool_of(last.pool),
        )


def _keep_listings(connection: Connection, account: str, rows: Sequence[Mapping[str, Any]], at: str) -> None:
    """A row for each project that My Projects shows otherwise than before, or no longer."""
    newest = select(func.max(listings.c.id)).where(listings.c.account == account).group_by(listings.c.project_ref)
    known = {row.project_ref: row for row in connection.execute(select(listings).where(listings.c.id.in_(newest)))}
    shown = {row["ref"] for row in rows}
    told = {
        row["ref"]: {"present": True, "status": str(row["status"]), "accepted": row["accepted"]} for row in rows
    } | {
        ref: {"present": False, "status": row.status, "accepted": row.accepted}
        for ref, row in known.items()
        if ref not in shown
    }
    changed = [
        {"account": account, "project_ref": ref, "seen_at": at, **now}
        for ref, now in told.items()
        if ref not in known or any(getattr(known[ref], name) != value for name, value in now.items())
    ]
    if changed:
        connection.execute(insert(listings), changed)


def _project(row: Row[Any]) -> SiteProject:
    return SiteProject(
        ref=row.ref,
        title=row.title,
        counterparty=row.counterparty,
        currency=row.currency,
        url=row.url,
        status=ProjectStatus(row.status),
        raw_status=row.raw_status,
        bid=Money.parse(row.bid) if row.bid else None,
        accepted=row.accepted,
    )


def _pool_values(pool: Pool | None) -> dict[str, Any] | None:
    if pool is None:
        return None
    return {"deposited": str(pool.deposited), "lacks": [[ref, str(money)] for ref, money in pool.lacks.items()]}


def pool_of(kept: Mapping[str, Any] | None) -> Pool | None:
    """A look's pool from what was kept of it."""
    if kept is None:
        return None
    return Pool(Money.parse(kept["deposited"]), {ref: Money.parse(text) for ref, text in kept["lacks"]})


def _values(row: SeenRow, present: bool, seen_at: str) -> dict[str, Any]:
    return {
        "project_ref": row.project_ref,
        "kind": row.kind,
        "site_ref": row.site_ref,
        "present": present,
        "description": row.description,
        "amount": row.amount.amount_text,
        "currency": row.amount.currency.code,
        "state": row.state,
        "raw": row.raw,
        "url": row.url,
        "seen_at": seen_at,
    }


def _latest(connection: Connection, account: str, project_ref: str | None) -> list[SeenRow]:
    newest = select(func.max(sightings.c.id)).where(sightings.c.account == account)
    if project_ref is not None:
        newest = newest.where(sightings.c.project_ref == project_ref)
    newest = newest.group_by(sightings.c.project_ref, sightings.c.kind, sightings.c.site_ref)
    query = select(sightings).where(sightings.c.id.in_(newest)).order_by(sightings.c.id)
    return [seen_row(row) for row in connection.execute(query)]


def seen_row(row: Row[Any]) -> SeenRow:
    """A row of the table of sightings as an object."""
    return SeenRow(
        row.project_ref,
        RowKind(row.kind),
        row.site_ref,
        row.present,
        row.description,
        Money.parse(f"{row.amount} {row.currency}"),
        MilestoneState(row.state),
        row.raw,
        row.url,
        row.seen_at,
    )


def _milestone(row: SeenRow) -> SiteMilestone:
    return SiteMilestone(row.site_ref, row.description, row.amount, row.state, row.raw)


def _request(row: SeenRow) -> SiteRequest:
    return SiteRequest(row.site_ref, row.description, row.amount, row.state, row.raw)


def _cart(row: SeenRow) -> SiteCart:
    return SiteCart(row.site_ref, row.description, row.amount, row.url, row.state is MilestoneState.UNCLEAR, row.raw)
