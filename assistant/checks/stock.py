"""Taking stock of an account: every finding that its journal and its plans hold at a moment. No browser, no writing.

The same journal, plans and moment always give the same findings, so it does not matter which check saw what, nor which
of them died: whatever a look has left in the journal is told by the next one that takes stock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.accounts import AccountInUse
from assistant.changes import SPENDS
from assistant.checks.compare import LASTING, Happening, happenings
from assistant.checks.deadlines import (
    Day,
    Limits,
    answer_by,
    deadline_findings,
    dispute_deadline,
    low_balance_findings,
)
from assistant.checks.finding import Finding, Kind
from assistant.checks.history import ProjectHistory, read_history
from assistant.checks.listed import listing_findings
from assistant.checks.project_now import ProjectNow, key_by_words, project_now, rows_beside
from assistant.checks.words import next_step, seen_words, with_commands
from assistant.clock import moment
from assistant.journal import Attempt, AttemptState, Journal, RowKind, SeenRow
from assistant.journal.overview import Overview, read_overview
from assistant.money import Money
from assistant.plans.planned import Plan
from assistant.settings.model import CheckSettings
from assistant.site import ProjectStatus, Role, SiteProject
from assistant.standing import ProjectStanding, standings

_OWN: Mapping[Kind, Set[str]] = {
    Kind.FUNDED: SPENDS,
    Kind.AWAITING_PAYMENT: SPENDS | {"agree", "put_up"},
    Kind.REQUESTED: {"request"},
    Kind.WITHDRAWN: {"withdraw"},
    Kind.RELEASED: {"release"},
    Kind.PARTIAL_RELEASE: {"release"},
    Kind.RELEASE_REQUESTED: {"request_release"},
}
"""What Milepost itself does that looks like news: it was told when it was done."""


@dataclass(frozen=True)
class Stock:
    """Everything that there is to say of one account at a moment. `projects` are those that it was taken of."""

    findings: tuple[Finding, ...]
    projects: tuple[ProjectNow, ...]
    standings: tuple[ProjectStanding, ...]
    happened: Mapping[str, tuple[Happening, ...]] = field(default_factory=dict)
    """What happened on each project, oldest first, by its ref."""


def take_stock(
    journal: Journal,
    account: AccountInUse,
    plans: Sequence[Plan],
    settings: CheckSettings,
    now: datetime,
    only: frozenset[str] | None = None,
) -> Stock:
    """Every finding of an account at `now` (aware, in the person's zone); `only` these project refs, if given."""
    return _Taking(journal, account, plans, settings, Day(now), only).take()


@dataclass
class _Taking:
    journal: Journal
    account: AccountInUse
    plans: Sequence[Plan]
    settings: CheckSettings
    day: Day
    only: frozenset[str] | None

    def take(self) -> Stock:
        facts = self.account.facts
        overview = read_overview(self.journal, facts.id)
        history = read_history(self.journal, facts.id)
        planned = [(one, plan) for plan in self.plans for one in standings(self.journal, facts, plan, self.day.now)]
        by_ref = {one.project.ref: (one, plan) for one, plan in planned if one.project is not None}
        wanted = [project for project in _listed(overview, history) if self.only is None or project.ref in self.only]
        past = {project.ref: history.get(project.ref, ProjectHistory()) for project in wanted}
        nows = [project_now(each, facts.role, overview, by_ref.get(each.ref), past[each.ref]) for each in wanted]
        own = _own_acts(self.journal, facts.id)
        happened: dict[str, tuple[Happening, ...]] = {}
        findings: list[Finding] = []
        for each in nows:
            ref = each.project.ref
            happened[ref] = self._happened(past[ref], own.get(ref, ()))
            findings += self._of_project(each, past[ref], happened[ref], overview)
        if self.only is None:  # what a balance must reach for is a matter of all projects
            findings += low_balance_findings(nows, _newest_balances(overview), self.day, self.settings.balance_days)
        findings += _unsettled(overview, {project.ref for project in wanted})
        standing = tuple(
            each for each, _ in planned if self.only is None or (each.project and each.project.ref in self.only)
        )
        files = {ref: str(plan.file) for ref, (_, plan) in by_ref.items()}
        ready = tuple(with_commands(each, files.get(each.project, "")) for each in findings)
        return Stock(ready, tuple(nows), standing, happened)

    def _happened(self, past: ProjectHistory, own: Iterable[Attempt]) -> tuple[Happening, ...]:
        """What happened on a project, without what Milepost did there itself."""
        hides = self.account.rules.rules.hides_cancelled
        done = list(own)
        return tuple(each for each in happenings(past.steps, hides_cancelled=hides) if not _is_own(each, done))

    def _of_project(
        self, project: ProjectNow, past: ProjectHistory, happened: Sequence[Happening], overview: Overview
    ) -> Iterator[Finding]:
        limits = self._limits()
        beside = {(row.kind, row.site_ref) for row in rows_beside(project, overview)}
        for each in happened:
            # What stands beside the plan is said once, as that.
            extra = (each.row.kind, each.row.site_ref) in beside and each.kind in (Kind.FUNDED, Kind.REQUESTED)
            if not extra and self._is_told_to(project.role, each.kind):
                yield self._finding(project, each)
            if each.kind is Kind.DISPUTED:
                yield from dispute_deadline(project, each, self.day, limits)
        for row in project.rows:
            if (row.kind, row.site_ref) in beside:
                yield _extra(project, row)
        yield from listing_findings(project, past.listings, self.day, self.settings.news_days)
        yield from deadline_findings(project, self.day, limits)

    def _is_told_to(self, role: Role, kind: Kind) -> bool:
        """A freelancer knows what they have asked for."""
        return not (role is Role.FREELANCER and kind is Kind.REQUESTED)

    def _limits(self) -> Limits:
        own = self.settings
        answer = self.account.rules.rules.answer_days
        return Limits(own.due_soon_days, own.waiting_days, own.idle_days, own.dispute_days, answer)

    def _finding(self, project: ProjectNow, each: Happening) -> Finding:
        row = each.row
        recent = self.day.now - moment(each.at) <= timedelta(days=self.settings.news_days)
        deadline = answer_by(each, project.role, self._limits()) if each.kind is Kind.DISPUTED else None
        last = deadline.astimezone(self.day.now.tzinfo).date() if deadline else None
        return Finding(
            name=each.name,
            kind=each.kind,
            project=project.project.ref,
            title=project.project.title,
            counterparty=project.project.counterparty,
            key=project.keys.get((row.kind, row.site_ref)) or key_by_words(project, row),
            site_ref=row.site_ref,
            description=row.description,
            amount=each.released or row.amount,
            seen=seen_words(each, last, self.day.today),
            before=each.before,
            since=each.at,
            due=last,
            days=(last - self.day.today).days if last else None,
            sure=each.sure,
            next=next_step(each.kind, project.role),
            standing=each.lasts if each.kind in LASTING else recent,
            happened=True,
        )


def _listed(overview: Overview, history: Mapping[str, ProjectHistory]) -> list[SiteProject]:
    """Every project listed now, and those that were once looked at and are listed no more."""
    listed = list(overview.projects)
    known = {project.ref for project in listed}
    for ref, past in history.items():
        if ref not in known and past.listings:
            rows = overview.rows.get(ref, ())
            currency = rows[0].amount.currency.code if rows else "USD"
            listed.append(SiteProject(ref, f"project {ref}", "", currency, "", ProjectStatus.PAST))
    return listed


def _extra(project: ProjectNow, row: SeenRow) -> Finding:
    ref = row.site_ref
    return project.planned(
        Kind.EXTRA,
        row.seen_at if row.kind is RowKind.CART else "",
        **project.about(row),
        since=row.seen_at,
        seen=f"{row.kind} “{row.description}” {row.amount} {row.state.replace('_', ' ')}, which the plan does not have",
        next=f'put it into the plan, or write ignore = ["{ref}"] on the project',
    )


def _own_acts(journal: Journal, account: str) -> Mapping[str, list[Attempt]]:
    """What Milepost did, by the project's ref."""
    found: dict[str, list[Attempt]] = {}
    for attempt in journal.attempts.done_by(account):
        found.setdefault(attempt.project_ref, []).append(attempt)
    return found


def _is_own(happening: Happening, done: Iterable[Attempt]) -> bool:
    changes = _OWN.get(happening.kind)
    if changes is None:
        return False
    row = happening.row
    return any(
        attempt.change in changes
        and attempt.recorded_at <= happening.at
        and (row.site_ref in (attempt.site_ref, attempt.request_ref) or _is_rest_of(attempt, happening))
        for attempt in done
    )


def _is_rest_of(attempt: Attempt, happening: Happening) -> bool:
    """A partial release by Milepost: the row that is left has a new ref, and the amount paid out is the attempt's."""
    return happening.kind is Kind.PARTIAL_RELEASE and happening.released == attempt.amount


def _newest_balances(overview: Overview) -> Mapping[str, Money]:
    newest = max(
        (look for look in overview.looks.values() if look.balances), key=lambda look: look.seen_at, default=None
    )
    return newest.balances if newest is not None else {}


def _unsettled(overview: Overview, refs: set[str]) -> Iterator[Finding]:
    titles = {project.ref: project for project in overview.projects}
    for attempt in overview.open_attempts:
        if attempt.state is AttemptState.UNKNOWN and attempt.project_ref in refs:
            project = titles.get(attempt.project_ref)
            yield Finding(
                name=f"{Kind.UNSETTLED}|{attempt.project_ref}|{attempt.key}|{attempt.id}",
                kind=Kind.UNSETTLED,
                project=attempt.project_ref,
                title=project.title if project else "",
                counterparty=project.counterparty if project else "",
                key=attempt.key,
                amount=attempt.amount,
                description=attempt.description,
                since=attempt.ended_at or attempt.recorded_at,
                seen=f"{attempt.change} {attempt.amount} may have gone through in run {attempt.run_id}",
                next=f"look again later, or say it: milepost settle PLAN {attempt.project_ref} {attempt.key}",
            )
