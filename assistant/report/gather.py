"""What a report tells of each account: roads, money by month, fees, findings, runs with their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.checks.view import CheckView, check_view
from assistant.estimates import FeeEstimate, fees_of
from assistant.journal import Attempt, Run
from assistant.money import Money, totals
from assistant.plain_text import one_line
from assistant.plans.planned import Plan
from assistant.platform import PlatformRules
from assistant.site import Role
from assistant.standing import ProjectStanding
from assistant.work import Work

MOST_RUNS = 50


@dataclass(frozen=True)
class ProjectMoney:
    """One planned project's money: what stands of it, the fees on that as estimates, and what they leave or make of it.

    `net` is what is left for a freelancer, or what it costs a client in all; it is an estimate, and None without fees
    that could be worked out. `at_most` says that a fee could be more than estimated.
    """

    standing: ProjectStanding
    gross: Money
    fees: tuple[FeeEstimate, ...]
    net: Money | None
    at_most: bool


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence of an attempt: when, of which moment, the figures, and a picture's file if there is one."""

    at: str
    moment: str
    figures: str
    path: Path | None


@dataclass(frozen=True)
class AttemptTold:
    """One attempt of a run with its evidence."""

    attempt: Attempt
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class RunTold:
    """One run that tried something, or that failed."""

    run: Run
    attempts: tuple[AttemptTold, ...]


@dataclass(frozen=True)
class AccountReport:
    """Everything a report tells of one account."""

    view: CheckView
    rules: PlatformRules
    projects: tuple[ProjectMoney, ...]
    runs: tuple[RunTold, ...]

    @property
    def fees(self) -> dict[str, Money]:
        """The estimated fees in all, by currency code."""
        return totals(fee.amount for project in self.projects for fee in project.fees)

    @property
    def gross(self) -> dict[str, Money]:
        """What stands in all, by currency code."""
        return totals(project.gross for project in self.projects if project.gross.minor)

    @property
    def net(self) -> dict[str, Money]:
        """What is left or what it costs in all, by currency code: only where fees could be worked out."""
        return totals(project.net for project in self.projects if project.net is not None)


def account_report(work: Work, plans: Sequence[Plan], now: datetime) -> AccountReport:
    """What a report tells of an account; `now` is aware, in the person's zone. Raises only `JournalError`."""
    view = check_view(work, plans, now)
    rules, role = work.account.rules, work.account.facts.role
    projects = tuple(_money(each, rules, role) for each in view.roads if not each.planned.skipped)
    return AccountReport(view, rules, projects, _runs(work))


def _money(standing: ProjectStanding, rules: PlatformRules, role: Role) -> ProjectMoney:
    gross = standing.funded + standing.in_doubt + standing.released
    project = standing.project
    fees = fees_of(project, rules, role, gross) if project is not None and gross.minor else ()
    cost = Money(sum(fee.amount.minor for fee in fees), gross.currency)
    net = None
    if fees:
        net = gross - cost if role is Role.FREELANCER else gross + cost
    return ProjectMoney(standing, gross, fees, net, any(fee.or_equivalent is not None for fee in fees))


def _runs(work: Work) -> tuple[RunTold, ...]:
    told = []
    for run in work.journal.runs.newest(MOST_RUNS, account=work.account.facts.id):
        attempts = tuple(_attempt(work, each) for each in work.journal.attempts.of_run(run.id))
        if attempts or run.error:
            told.append(RunTold(run, attempts))
    return tuple(told)


def _attempt(work: Work, attempt: Attempt) -> AttemptTold:
    kept = []
    for each in work.journal.attempts.evidence_of(attempt.id):
        figures = ", ".join(
            f"{name.replace('_', ' ')}: {one_line(str(value), longest=120)}" for name, value in each["figures"].items()
        )
        kept.append(Evidence(each["at"], each["moment"], figures, Path(each["path"]) if each["path"] else None))
    return AttemptTold(attempt, tuple(kept))
