"""The history of an account's projects: what each look changed, and how My Projects listed them, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select

from assistant.journal import Journal, SeenRow
from assistant.journal.engine import reading
from assistant.journal.schema import listings, looks, sightings
from assistant.journal.sightings import seen_row
from assistant.site import ProjectStatus


@dataclass(frozen=True)
class Step:
    """What one look at a project showed otherwise than the look before.

    `first` is the first look of all: its rows are how things stood, not what happened. `before` is when the look
    before was made, "" for the first one: a change happened between the two.
    """

    seen_at: str
    before: str
    first: bool
    rows: tuple[SeenRow, ...]


@dataclass(frozen=True)
class Listing:
    """How My Projects showed a project from `seen_at` on; `present` is False once it did not."""

    present: bool
    status: ProjectStatus
    accepted: bool
    seen_at: str


@dataclass(frozen=True)
class ProjectHistory:
    """One project's looks that changed something, and its listings, oldest first."""

    steps: tuple[Step, ...] = ()
    listings: tuple[Listing, ...] = ()


def read_history(journal: Journal, account: str) -> Mapping[str, ProjectHistory]:
    """The history of every project of an account that was ever listed or looked at, by its ref."""
    seen = select(sightings).where(sightings.c.account == account).order_by(sightings.c.id)
    listed = select(listings).where(listings.c.account == account).order_by(listings.c.id)
    with reading(journal.engine).begin() as connection:
        rows = connection.execute(seen).all()
        made = connection.execute(_looks_that_tell(account)).all()
        shown = connection.execute(listed).all()
    by_look: dict[int, list[SeenRow]] = {}
    for row in rows:
        by_look.setdefault(row.look_id, []).append(seen_row(row))
    steps: dict[str, list[Step]] = {}
    for look in made:
        step = Step(look.seen_at, look.before or "", look.before is None, tuple(by_look.get(look.id, ())))
        steps.setdefault(look.project_ref, []).append(step)
    told: dict[str, list[Listing]] = {}
    for each in shown:
        told.setdefault(each.project_ref, []).append(_listing(each))
    return {
        ref: ProjectHistory(tuple(steps.get(ref, ())), tuple(told.get(ref, ())))
        for ref in dict.fromkeys([*steps, *told])
    }


def _looks_that_tell(account: str) -> Select[tuple[int, str, str, str]]:
    """The first look at each project and those that changed something, each with the time of the look before it."""
    earlier = looks.alias()
    before = (
        select(earlier.c.seen_at)
        .where(earlier.c.account == account, earlier.c.project_ref == looks.c.project_ref, earlier.c.id < looks.c.id)
        .order_by(earlier.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    changed = select(sightings.c.look_id).where(sightings.c.account == account)
    first = select(func.min(looks.c.id)).where(looks.c.account == account).group_by(looks.c.project_ref)
    query = select(looks.c.id, looks.c.project_ref, looks.c.seen_at, before.label("before"))
    return query.where(looks.c.id.in_(changed.union(first))).order_by(looks.c.id)


def _listing(row: Row[Any]) -> Listing:
    return Listing(row.present, ProjectStatus(row.status), row.accepted, row.seen_at)


@dataclass(frozen=True)
class LastLook:
    """When a project was last looked at, and how My Projects showed it right before (None: it was not read for it)."""

    seen_at: str
    list_mark: str | None


def last_looks(journal: Journal, account: str) -> Mapping[str, LastLook]:
    """The last look at each project of an account, by its ref."""
    newest = select(func.max(looks.c.id)).where(looks.c.account == account).group_by(looks.c.project_ref)
    query = select(looks.c.project_ref, looks.c.seen_at, looks.c.list_mark).where(looks.c.id.in_(newest))
    with reading(journal.engine).begin() as connection:
        return {ref: LastLook(at, mark) for ref, at, mark in connection.execute(query)}
