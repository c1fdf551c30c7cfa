"""Every project of the account, as the site last showed it, with the plan's milestones beside what stands.

What a planned milestone has come to is said by `assistant.standing`; here it is only made ready to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.approval import AccountFacts
from assistant.clock import stamp
from assistant.errors import Problem
from assistant.journal import Journal, RowKind
from assistant.journal.overview import Overview, read_overview
from assistant.marks import HELD, IN_DOUBT, Mark
from assistant.money import Currency, Money
from assistant.plans.planned import Plan
from assistant.site import ENDED, MilestoneState, SiteProject
from assistant.standing import ProjectStanding, standings
from tui.text import plain


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    in_doubt: Money
    released: Money
    total: Money
    looked_at: str | None
    found: bool = True
    """Whether it is one of the site's projects, as far as is known."""
    trouble: str = ""
    """Why nothing can be told of it, where that is so."""
    verdict: str = ""
    """For a freelancer: work, wait, stop, nothing or unknown."""
    reason: str = ""
    next: MilestoneRow | None = None
    """The first mark that has something to come still."""

    @property
    def search(self) -> str:
        """What a filter looks into."""
        words = [self.title, self.counterparty, self.ref, self.status, self.verdict]
        return " ".join(words + [row.description for row in self.milestones]).casefold()


@dataclass(frozen=True)
class Projects:
    """What the projects screen shows."""

    rows: tuple[ProjectRow, ...] = ()
    read_at: str | None = None
    listed: int = 0
    problems: tuple[Problem, ...] = ()
    """Planned projects that cannot be told among those of the site."""
    balances: tuple[Money, ...] = ()
    """As the newest look showed them; nothing where no page showed any."""


def projects_of(journal: Journal, account: AccountFacts, plans: Sequence[Plan], now: datetime) -> Projects:
    """Everything that the projects screen shows, planned projects first, in the plans' order.

    `now` is aware, in the person's own zone.
    """
    overview = read_overview(journal, account.id)
    rows: list[ProjectRow] = []
    problems: list[Problem] = []
    taken = set()
    for plan in plans:
        for standing in standings(journal, account, plan, now):
            rows.append(_planned_row(standing))
            if standing.project is not None and not standing.planned.skipped:
                taken.add(standing.project.ref)
            if standing.trouble and overview.projects and not standing.planned.skipped:
                problems.append(
                    Problem(str(plan.file), standing.planned.line, "project", standing.trouble, "correct the plan")
                )
    rows += [_site_row(project, overview) for project in overview.projects if project.ref not in taken]
    newest = max((look for look in overview.looks.values() if look.balances), key=lambda k: k.seen_at, default=None)
    return Projects(
        tuple(rows),
        journal.sightings.projects_seen_at(account.id),
        len(overview.projects),
        tuple(problems),
        tuple(newest.balances.values()) if newest is not None else (),
    )


def _planned_row(standing: ProjectStanding) -> ProjectRow:
    planned, project = standing.planned, standing.project
    marks = tuple(_mark_row(mark, mark.key in standing.unsettled) for mark in standing.in_order)
    upcoming = standing.next
    return ProjectRow(
        ref=plain(project.ref if project else planned.ref or ""),
        title=plain(project.title if project else planned.title or planned.name),
        counterparty=plain((project.counterparty if project else planned.counterparty) or ""),
        status=str(project.status) if project else "",
        url=plain((project.url if project else planned.url) or ""),
        planned=True,
        skipped=planned.skipped,
        milestones=marks,
        funded=standing.funded,
        in_doubt=standing.in_doubt,
        released=standing.released,
        total=Money.zero(planned.total.currency) if planned.skipped else standing.total,
        looked_at=stamp(standing.seen_at) if standing.seen_at else None,
        found=project is not None or planned.skipped,
        trouble=plain(standing.trouble),
        verdict=str(standing.verdict) if standing.verdict and not planned.skipped else "",
        reason=plain(standing.reason),
        next=next((row for row in marks if upcoming is not None and row.key == plain(upcoming.key)), None),
    )


def _mark_row(mark: Mark, unsettled: bool) -> MilestoneRow:
    return MilestoneRow(
        plain(mark.key),
        plain(mark.description),
        mark.at_stake,
        "unsettled" if unsettled else str(mark.state),
        plain(mark.raw),
        plain(mark.site_ref or ""),
        mark.due,
        plain(mark.note),
    )


def _site_row(project: SiteProject, overview: Overview) -> ProjectRow:
    seen = [row for row in overview.rows.get(project.ref, ()) if row.present and row.kind is not RowKind.CART]
    money = [r for r in seen if r.kind is RowKind.MILESTONE and r.amount.currency.code == project.currency]
    look = overview.looks.get(project.ref)

    def total(states: Iterable[MilestoneState]) -> Money:
        return sum((r.amount for r in money if r.state in states), start=Money.zero(Currency(project.currency)))

    return ProjectRow(
        ref=plain(project.ref),
        title=plain(project.title),
        counterparty=plain(project.counterparty),
        status=str(project.status),
        url=plain(project.url),
        planned=False,
        skipped=False,
        milestones=tuple(
            MilestoneRow("", plain(r.description), r.amount, str(r.state), plain(r.raw), plain(r.site_ref))
            for r in seen
        ),
        funded=total(HELD),
        in_doubt=total(IN_DOUBT),
        released=total({MilestoneState.RELEASED}),
        total=total(set(MilestoneState) - ENDED),
        looked_at=stamp(look.seen_at) if look else None,
        reason="" if project.accepted else "waits for the freelancer's yes",
    )
