"""Every project of the account, as the site last showed it, with the plan's milestones beside what stands.

What a planned milestone has come to is decided by `assistant.changes`, the same code that makes previews.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.changes import Change, ChangeKind, Memory, changes_of
from assistant.clock import moment
from assistant.errors import PlanError, Problem
from assistant.journal import Attempt, Claim, Journal, RowKind, SeenRow
from assistant.money import Currency, Money
from assistant.planned import Plan, PlannedProject
from assistant.resolve import Resolved, resolve
from assistant.site import (
    ENDED,
    HOLDS_MONEY,
    Look,
    MilestoneState,
    Role,
    SiteCart,
    SiteMilestone,
    SiteProject,
    SiteRequest,
)
from tui.text import plain
from tui.view.reads import looked_at

NO_MARK = frozenset({"released", "cancelled", "declined", "cancel_requested"})
"""States after which nothing more is to come of a milestone."""


@dataclass(frozen=True)
class MilestoneRow:
    """A mark of the road. Texts are clean; `state` is a key of `tui.signs.MILESTONES`."""

    key: str
    description: str
    amount: Money
    state: str
    raw: str = ""
    site_ref: str = ""
    due: date | None = None
    note: str = ""


@dataclass(frozen=True)
class ProjectRow:
    """A project with its road. Texts are clean. `looked_at` is a journal stamp, None if it was never looked at."""

    ref: str
    title: str
    counterparty: str
    status: str
    url: str
    planned: bool
    skipped: bool
    milestones: tuple[MilestoneRow, ...]
    funded: Money
    released: Money
    total: Money
    looked_at: str | None
    trouble: str = ""
    """Why the plan's project is not one of the site's, where it is none."""

    @property
    def next(self) -> MilestoneRow | None:
        """The first mark that has something to come still."""
        return next((row for row in self.milestones if row.state not in NO_MARK), None)

    @property
    def search(self) -> str:
        """What a filter looks into."""
        words = [self.title, self.counterparty, self.ref, self.status]
        return " ".join(words + [row.description for row in self.milestones]).casefold()


@dataclass(frozen=True)
class Projects:
    """What the projects screen shows."""

    rows: tuple[ProjectRow, ...] = ()
    read_at: str | None = None
    listed: int = 0
    problems: tuple[Problem, ...] = ()
    """Planned projects that cannot be told among those of the site."""


@dataclass
class _Known:
    """What the journal holds of an account, in hand at once: thousands of projects are not asked for one by one."""

    rows: Mapping[str, list[SeenRow]]
    claims: Mapping[str, list[Claim]]
    claimed: Mapping[tuple[RowKind, str], str]
    unsettled: Mapping[str, list[Attempt]]
    looked: Mapping[str, str]

    @classmethod
    def of(cls, journal: Journal, account: str) -> _Known:
        rows: dict[str, list[SeenRow]] = defaultdict(list)
        for row in journal.sightings.rows(account):
            if row.present:
                rows[row.project_ref].append(row)
        claims: dict[str, list[Claim]] = defaultdict(list)
        claimed = {}
        for claim in journal.attempts.claims(account):
            claims[claim.project_ref].append(claim)
            claimed[claim.kind, claim.site_ref] = claim.project_ref
        unsettled: dict[str, list[Attempt]] = defaultdict(list)
        for attempt in journal.attempts.open(account):
            unsettled[attempt.project_ref].append(attempt)
        return cls(rows, claims, claimed, unsettled, looked_at(journal, account))

    def look(self, project: SiteProject) -> Look | None:
        """The last look, from what is in hand."""
        at = self.looked.get(project.ref)
        if at is None:
            return None
        rows = self.rows.get(project.ref, [])
        charged = MilestoneState.UNCLEAR
        return Look(
            project,
            moment(at),
            milestones=tuple(
                SiteMilestone(r.site_ref, r.description, r.amount, r.state, r.raw)
                for r in rows
                if r.kind is RowKind.MILESTONE
            ),
            requests=tuple(
                SiteRequest(r.site_ref, r.description, r.amount, r.state, r.raw)
                for r in rows
                if r.kind is RowKind.REQUEST
            ),
            carts=tuple(
                SiteCart(r.site_ref, r.description, r.amount, r.url, r.state is charged, r.raw)
                for r in rows
                if r.kind is RowKind.CART
            ),
        )

    def memory(self, ref: str) -> Memory:
        """What matters of the journal for one project's changes."""
        elsewhere = {
            (row.kind, row.site_ref)
            for row in self.rows.get(ref, [])
            if self.claimed.get((row.kind, row.site_ref), ref) != ref
        }
        return Memory(
            claims={claim.key: claim for claim in self.claims.get(ref, [])},
            claimed_elsewhere=frozenset(elsewhere),
            open_attempts=tuple(self.unsettled.get(ref, [])),
        )


def read_projects(journal: Journal, account: str, role: Role, plans: Sequence[Plan]) -> Projects:
    """Everything that the projects screen shows, planned projects first, in the plans' order."""
    listed = journal.sightings.projects(account)
    known = _Known.of(journal, account)
    resolved: list[Resolved] = []
    lost: list[tuple[PlannedProject, str]] = []
    problems: list[Problem] = []
    for plan in plans:
        found, missing = resolve_what_can_be(plan, listed)
        resolved += found
        lost += [(planned, problem.message) for planned, problem in missing]
        problems += [problem for _, problem in missing] if listed else []
        lost += [(planned, "") for planned in plan.projects if planned.skipped]
    planned_refs = {project.ref for _, project in resolved}
    rows = [_planned_row(planned, project, known, role) for planned, project in resolved]
    rows += [_lost_row(planned, why if listed else "not read yet") for planned, why in lost]
    rows += [_site_row(project, known) for project in listed if project.ref not in planned_refs]
    return Projects(tuple(rows), journal.sightings.projects_seen_at(account), len(listed), tuple(problems))


def resolve_what_can_be(
    plan: Plan, listed: Sequence[SiteProject]
) -> tuple[list[Resolved], list[tuple[PlannedProject, Problem]]]:
    """The planned projects that are told for sure, and those that are not, each with its problem."""
    try:
        return resolve(plan, listed), []
    except PlanError:
        pass
    found: list[Resolved] = []
    missing = []
    for planned in plan.projects:
        try:
            found += resolve(replace(plan, projects=(planned,)), listed)
        except PlanError as error:
            missing.append((planned, error.problems[0]))
    return found, missing


def _planned_row(planned: PlannedProject, project: SiteProject, known: _Known, role: Role) -> ProjectRow:
    look = known.look(project)
    memory = known.memory(project.ref)
    changes = changes_of(planned, look, memory, role) if look else []
    by_key = {change.key: change for change in changes}
    unsettled = {attempt.key for attempt in memory.open_attempts}
    marks = []
    for milestone in planned.milestones:
        change = by_key.get(milestone.key)
        state, row = _state(change, milestone.key in unsettled)
        marks.append(
            MilestoneRow(
                milestone.key,
                plain(milestone.description),
                milestone.amount,
                state,
                plain(row.raw) if row else "",
                plain(row.site_ref) if row else "",
                milestone.due,
                plain(change.reason) if change and change.kind is ChangeKind.BLOCKED else "",
            )
        )
    return _row(project, marks, known, planned.total, planned=True)


def _state(change: Change | None, unsettled: bool) -> tuple[str, SeenRow | None]:
    if unsettled:
        return "unknown", change.row if change else None
    if change is None:
        return "planned", None
    if change.kind is ChangeKind.GONE:
        return "gone", change.row
    standing = {ChangeKind.KEEP, ChangeKind.ADOPT, ChangeKind.CONFIRM, ChangeKind.ACCEPT}
    if change.row is not None and change.kind in standing:
        return str(change.row.state), change.row
    return "planned", None


def _site_row(project: SiteProject, known: _Known) -> ProjectRow:
    rows = [row for row in known.rows.get(project.ref, []) if row.kind is not RowKind.CART]
    marks = [
        MilestoneRow("", plain(r.description), r.amount, str(r.state), plain(r.raw), plain(r.site_ref)) for r in rows
    ]
    total = _sum((r.amount for r in rows if r.kind is RowKind.MILESTONE and r.state not in ENDED), project.currency)
    return _row(project, marks, known, total, planned=False)


def _row(project: SiteProject, marks: list[MilestoneRow], known: _Known, total: Money, *, planned: bool) -> ProjectRow:
    money = [
        row
        for row in known.rows.get(project.ref, [])
        if row.kind is RowKind.MILESTONE and row.state in HOLDS_MONEY and row.amount.currency.code == project.currency
    ]
    released = [row.amount for row in money if row.state is MilestoneState.RELEASED]
    held = [row.amount for row in money if row.state is not MilestoneState.RELEASED]
    return ProjectRow(
        ref=plain(project.ref),
        title=plain(project.title),
        counterparty=plain(project.counterparty),
        status=str(project.status),
        url=plain(project.url),
        planned=planned,
        skipped=False,
        milestones=tuple(marks),
        funded=_sum(held, project.currency),
        released=_sum(released, project.currency),
        total=total,
        looked_at=known.looked.get(project.ref),
        trouble="" if project.accepted else "waits for the freelancer's yes",
    )


def _lost_row(planned: PlannedProject, why: str) -> ProjectRow:
    nothing = Money.zero(planned.total.currency)
    return ProjectRow(
        ref=plain(planned.ref or ""),
        title=plain(planned.title or planned.name),
        counterparty=plain(planned.counterparty or ""),
        status="",
        url=plain(planned.url or ""),
        planned=True,
        skipped=planned.skipped,
        milestones=tuple(
            MilestoneRow(m.key, plain(m.description), m.amount, "planned", due=m.due) for m in planned.milestones
        ),
        funded=nothing,
        released=nothing,
        total=nothing if planned.skipped else planned.total,
        looked_at=None,
        trouble="skipped on purpose" if planned.skipped else plain(why),
    )


def _sum(amounts: Iterable[Money], code: str) -> Money:
    return sum(amounts, start=Money.zero(Currency(code)))
