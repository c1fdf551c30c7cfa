"""What the journal knows of a whole account, read in a few queries: for status, reminders and the first screen.

`SightingBook.look` answers for one project and asks twice for it; hundreds of projects are read here at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from assistant.clock import moment
from assistant.journal.attempts import Attempt, Claim
from assistant.journal.book import Journal
from assistant.journal.engine import reading
from assistant.journal.schema import looks, sightings
from assistant.journal.sightings import RowKind, SeenRow, _cart, _milestone, _request, pool_of
from assistant.money import Money
from assistant.site import Look, SiteProject

RowName = tuple[str, RowKind, str]
"""A row of the site: the project's ref, the list it stands in, its own ref."""


@dataclass(frozen=True)
class Overview:
    """The last known state of one account. Mappings without a project know nothing of it."""

    projects: tuple[SiteProject, ...]
    """My Projects as last read, in the site's order."""
    looks: Mapping[str, Look]
    """The last look at each listed project, by its ref."""
    rows: Mapping[str, tuple[SeenRow, ...]]
    """Every row ever seen, as last seen, by the project's ref; `present` is False for those that are gone."""
    first_seen: Mapping[RowName, str]
    """When each row was seen for the first time: a stamp."""
    claims: tuple[Claim, ...]
    open_attempts: tuple[Attempt, ...]


def read_overview(journal: Journal, account: str) -> Overview:
    """Everything the journal holds of an account's projects. `account` is `AccountFacts.id`."""
    projects = tuple(journal.sightings.projects(account))
    rows = _by_project(journal.sightings.rows(account))
    return Overview(
        projects=projects,
        looks=_looks(journal, account, projects, rows),
        rows=rows,
        first_seen=_first_seen(journal, account),
        claims=tuple(journal.attempts.claims(account)),
        open_attempts=tuple(journal.attempts.open(account)),
    )


def _by_project(rows: Iterable[SeenRow]) -> dict[str, tuple[SeenRow, ...]]:
    found: dict[str, list[SeenRow]] = {}
    for row in rows:
        found.setdefault(row.project_ref, []).append(row)
    return {ref: tuple(each) for ref, each in found.items()}


def _looks(
    journal: Journal, account: str, projects: Sequence[SiteProject], rows: Mapping[str, tuple[SeenRow, ...]]
) -> dict[str, Look]:
    newest = select(func.max(looks.c.id)).where(looks.c.account == account).group_by(looks.c.project_ref)
    query = select(looks.c.project_ref, looks.c.seen_at, looks.c.balances, looks.c.pool).where(looks.c.id.in_(newest))
    listed = {project.ref: project for project in projects}
    with reading(journal.engine).begin() as connection:
        last = [row for row in connection.execute(query) if row.project_ref in listed]
    return {
        row.project_ref: Look(
            project=listed[row.project_ref],
            seen_at=moment(row.seen_at),
            milestones=tuple(_milestone(r) for r in _present(rows, row.project_ref, RowKind.MILESTONE)),
            requests=tuple(_request(r) for r in _present(rows, row.project_ref, RowKind.REQUEST)),
            carts=tuple(_cart(r) for r in _present(rows, row.project_ref, RowKind.CART)),
            balances={code: Money.parse(text) for code, text in row.balances.items()},
            pool=pool_of(row.pool),
        )
        for row in last
    }


def _present(rows: Mapping[str, tuple[SeenRow, ...]], ref: str, kind: RowKind) -> list[SeenRow]:
    return [row for row in rows.get(ref, ()) if row.present and row.kind is kind]


def _first_seen(journal: Journal, account: str) -> dict[RowName, str]:
    row = (sightings.c.project_ref, sightings.c.kind, sightings.c.site_ref)
    query = select(*row, func.min(sightings.c.seen_at)).where(sightings.c.account == account).group_by(*row)
    with reading(journal.engine).begin() as connection:
        return {(ref, RowKind(kind), site_ref): at for ref, kind, site_ref, at in connection.execute(query)}
