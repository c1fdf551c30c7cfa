"""One project as it stands: its rows with their keys, its plan's standing, and how findings about it are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.changes import normalised
from assistant.checks.finding import Finding, Kind
from assistant.checks.history import ProjectHistory
from assistant.journal import RowKind, SeenRow
from assistant.journal.overview import Overview
from assistant.money import Money
from assistant.plans.planned import Plan
from assistant.site import ENDED, MilestoneState, Role, SiteProject
from assistant.standing import ProjectStanding

RowName = tuple[RowKind, str]


@dataclass(frozen=True)
class ProjectNow:
    """One project as it stands: its rows with when each came to be so, its keys by row, its plan's standing if any.

    `plan` is the file of that plan, "" if there is none.
    """

    project: SiteProject
    role: Role
    rows: tuple[SeenRow, ...]
    keys: Mapping[tuple[RowKind, str], str]
    standing: ProjectStanding | None = None
    plan: str = ""

    def planned(self, kind: Kind, version: str, **values: object) -> Finding:
        """A finding that rests on the project's plan."""
        return self.find(kind, version, plan=self.plan, **values)

    def find(self, kind: Kind, version: str, **values: object) -> Finding:
        """A finding about this project; `version` is what makes it another one when it changes.

        One about a row is named by the row, since its key is known only while its plan is.
        """
        by_key = values.get("plan") and values.get("key")
        subject = by_key or values.get("site_ref") or values.get("key") or ""
        given = {"since": "", "seen": ""} | values
        return Finding(
            name=f"{kind}|{self.project.ref}|{subject}|{version}",
            kind=kind,
            project=self.project.ref,
            title=self.project.title,
            counterparty=self.project.counterparty,
            **given,  # type: ignore[arg-type]
        )

    def about(self, row: SeenRow) -> dict[str, object]:
        """What a finding about a row says of it."""
        key = self.keys.get((row.kind, row.site_ref))
        return {"key": key, "site_ref": row.site_ref, "description": row.description, "amount": row.amount}


def project_now(
    project: SiteProject,
    role: Role,
    overview: Overview,
    planned: tuple[ProjectStanding, Plan] | None,
    past: ProjectHistory,
) -> ProjectNow:
    """A project as the journal and its plan, if there is one, have it."""
    standing, plan = planned if planned is not None else (None, None)
    rows = tuple(row for row in overview.rows.get(project.ref, ()) if row.present)
    keys: dict[RowName, str] = {
        (claim.kind, claim.site_ref): claim.key for claim in overview.claims if claim.project_ref == project.ref
    }
    if standing is not None:
        by_ref = {mark.site_ref: mark.key for mark in standing.marks if mark.site_ref is not None}
        keys |= {(row.kind, row.site_ref): by_ref[row.site_ref] for row in rows if row.site_ref in by_ref}
        wanted = {milestone.key for milestone in standing.planned.milestones}
        keys = {name: key for name, key in keys.items() if key in wanted}
        keys = _former_keys(standing, past, set(keys.values())) | keys
    file = str(plan.file.absolute()) if plan is not None else ""
    return ProjectNow(project, role, rows, keys, standing, file)


def _former_keys(standing: ProjectStanding, past: ProjectHistory, taken: set[str]) -> dict[RowName, str]:
    """Rows that once had the words and amount of a planned milestone which has no row now: they were changed since."""
    labels: dict[tuple[str, Money], list[str]] = {}
    for milestone in standing.planned.milestones:
        labels.setdefault((normalised(milestone.description), milestone.amount), []).append(milestone.key)
    found: dict[RowName, str] = {}
    for row in (row for step in past.steps for row in step.rows):
        keys = labels.get((normalised(row.description), row.amount), [])
        if len(keys) == 1 and keys[0] not in taken:
            found.setdefault((row.kind, row.site_ref), keys[0])
    return found


def key_by_words(project: ProjectNow, row: SeenRow) -> str | None:
    """The planned milestone that a row without a claim was, by its words: for rows that are gone or were replaced."""
    if project.standing is None:
        return None
    words = normalised(row.description).split(" (Partial")[0]
    fits = [each.key for each in project.standing.planned.milestones if normalised(each.description) == words]
    return fits[0] if len(fits) == 1 else None


def rows_beside(project: ProjectNow, overview: Overview) -> list[SeenRow]:
    """Standing rows of a planned project that belong to no planned milestone, as its marks say."""
    standing = project.standing
    if standing is None or standing.planned.skipped or standing.trouble or standing.seen_at is None:
        return []
    own = {mark.site_ref for mark in standing.marks}
    # What was released in parts, or has other figures now, has rows with its words and none of its own.
    parts = {
        normalised(mark.description)
        for mark in standing.marks
        if mark.released_part is not None or mark.site_ref is None
    }
    elsewhere = {(c.kind, c.site_ref) for c in overview.claims if c.project_ref != project.project.ref}
    return [
        row
        for row in project.rows
        if row.site_ref not in own
        and (row.kind, row.site_ref) not in project.keys
        and (row.kind, row.site_ref) not in elsewhere
        and row.site_ref not in standing.planned.ignore
        and row.state not in ENDED
        and normalised(row.description).split(" (Partial")[0] not in parts
        and not (row.kind is RowKind.REQUEST and row.state is not MilestoneState.REQUESTED)
    ]
