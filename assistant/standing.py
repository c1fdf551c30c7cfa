"""May I work? What stands for each planned project, and what a freelancer or a client should know of it now.

From the journal alone: the last looks, the claims and what was seen before. Nothing here opens a browser, and every
answer carries the age of the look it rests on. Only a milestone that the site shows in a state that holds money is
money; a request, however the site words it, never is.

    WORK     the next milestone is funded, in full
    WAIT     it is not, or the award is not accepted yet
    STOP     disputed, asked to be cancelled, declined, cancelled or gone
    NOTHING  all released or delivered, or none planned
    UNKNOWN  never looked at, or the journal cannot tell
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from assistant.approval import AccountFacts
from assistant.changes import Memory, normalised
from assistant.errors import PlanError
from assistant.journal import Attempt, Claim, Journal
from assistant.journal.overview import Overview, read_overview
from assistant.marks import HELD, IN_DOUBT, History, Mark, MarkState, Name, marks_of, unknown_marks
from assistant.may_work import WorkVerdict, ago, may_work, where_it_stands
from assistant.money import Money
from assistant.plain_text import one_line
from assistant.plans.planned import Plan, PlannedProject
from assistant.resolve import resolve
from assistant.site import MilestoneState, Role, SiteProject

OLD_LOOK: Final = timedelta(hours=24)
"""From this age on an answer adds that the project should be looked at again first."""


@dataclass(frozen=True)
class ProjectStanding:
    """One planned project as the journal knows it at `now`.

    `seen_at` is the last look at it, None if there was none. `trouble` says why nothing can be told, where that is so.
    `beside` counts standing rows of the site that belong to no planned milestone. `unsettled` holds the keys of
    milestones with an outcome that nobody knows yet.
    """

    planned: PlannedProject
    project: SiteProject | None
    role: Role
    marks: tuple[Mark, ...]
    now: datetime
    seen_at: datetime | None = None
    trouble: str = ""
    beside: int = 0
    unsettled: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The title as the site shows it, else what the plan calls the project; one visible line."""
        return one_line(self.project.title if self.project else self.planned.title or self.planned.name)

    @property
    def total(self) -> Money:
        """What the plan wants in all."""
        return self.planned.total

    @property
    def funded(self) -> Money:
        """What the platform holds, and nobody has objected."""
        return self._sum(HELD)

    @property
    def in_doubt(self) -> Money:
        """What the platform holds, and who gets it is in question: disputed, or asked to be cancelled."""
        return self._sum(IN_DOUBT)

    @property
    def released(self) -> Money:
        """What was paid out."""
        parts = sum(mark.released_part.minor for mark in self.marks if mark.released_part is not None)
        return self._sum({MilestoneState.RELEASED}) + Money(parts, self.total.currency)

    @property
    def requested(self) -> Money:
        """What was asked for and not funded. It is not money."""
        return self._sum({MilestoneState.REQUESTED})

    def _sum(self, states: frozenset[MilestoneState] | set[MilestoneState]) -> Money:
        currency = self.total.currency
        amounts = (mark.at_stake for mark in self.marks if mark.state in states)
        return Money(sum(amount.minor for amount in amounts if amount.currency == currency), currency)

    @property
    def road(self) -> tuple[tuple[str, MarkState], ...]:
        """(key, state) of every mark, by due date, then in the plan's order; without a date last."""
        return tuple((mark.key, mark.state) for mark in self.in_order)

    @property
    def in_order(self) -> tuple[Mark, ...]:
        """The marks in the order of the road."""
        return tuple(sorted(self.marks, key=lambda mark: mark.due or date.max))

    @property
    def next(self) -> Mark | None:
        """The next milestone that is not released."""
        return next((mark for mark in self._wanted if mark.state is not MilestoneState.RELEASED), None)

    @property
    def _wanted(self) -> Iterable[Mark]:
        """The marks in order, without those that the plan takes back and for which there is no money."""
        money = HELD | IN_DOUBT | {MilestoneState.RELEASED}
        return (m for m in self.in_order if m.key not in self.planned.withdraw or m.state in money)

    @property
    def to_work(self) -> Mark | None:
        """The next milestone that is neither released nor delivered (its release asked for)."""
        over = {MilestoneState.RELEASED, MilestoneState.RELEASE_REQUESTED}
        return next((mark for mark in self._wanted if mark.state not in over), None)

    @property
    def age(self) -> timedelta | None:
        """How old the last look is; None if there was none."""
        return self.now - self.seen_at if self.seen_at is not None else None

    @property
    def age_text(self) -> str:
        """``looked at 2 hours ago``; asks for a new look where it is old."""
        if self.age is None:
            return "never looked at"
        return f"looked at {ago(self.age)}" + ("; look again first: milepost check" if self.age >= OLD_LOOK else "")

    @property
    def verdict(self) -> WorkVerdict | None:
        """Whether a freelancer may work on it; None for a client."""
        return may_work(self)[0] if self.role is Role.FREELANCER else None

    @property
    def reason(self) -> str:
        """Why, or for a client where it stands: one sentence, one line."""
        return may_work(self)[1] if self.role is Role.FREELANCER else where_it_stands(self)

    @property
    def sentence(self) -> str:
        """Verdict, reason and age of the look: ``WAIT m2, 500.00 USD is not funded: ... (looked at 2 hours ago)``."""
        word = f"{self.verdict.upper()} " if self.verdict else ""
        return f"{word}{self.reason} ({self.age_text})"

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints. Amounts are text with their decimals; `next` is a key or None."""
        return {
            "event": "standing",
            "project": self.project.ref if self.project else self.planned.name,
            "title": self.project.title if self.project else self.planned.title,
            "counterparty": self.project.counterparty if self.project else self.planned.counterparty,
            "role": self.role.value,
            "verdict": self.verdict.value if self.verdict else None,
            "reason": self.reason,
            "currency": self.total.currency.code,
            **{
                name: getattr(self, name).amount_text
                for name in ("total", "funded", "in_doubt", "released", "requested")
            },
            "next": self.next.key if self.next else None,
            "due": self.next.due.isoformat() if self.next and self.next.due else None,
            "beside": self.beside,
            "unsettled": sorted(self.unsettled),
            "seen_at": self.seen_at.isoformat() if self.seen_at else None,
            "age_seconds": int(self.age.total_seconds()) if self.age is not None else None,
            "milestones": [mark.as_event() for mark in self.marks],
        }


def standings(journal: Journal, account: AccountFacts, plan: Plan, now: datetime) -> tuple[ProjectStanding, ...]:
    """Every project of a plan, in its order, as the journal knows it. `now` is aware, in the person's own zone.

    Raises only `JournalError`: a project that the journal does not know, or that cannot be told, says so itself.
    """
    known = _Known(read_overview(journal, account.id))
    return tuple(_standing(planned, plan, account, known, now) for planned in plan.projects)


class _Known:
    """An overview, with what is needed by project at hand."""

    def __init__(self, overview: Overview) -> None:
        self.overview = overview
        self._by_title: dict[str, list[SiteProject]] = {}
        self._by_ref = {project.ref: project for project in overview.projects}
        for project in overview.projects:
            self._by_title.setdefault(normalised(project.title), []).append(project)
        self._owner: dict[Name, str] = {(c.kind, c.site_ref): c.project_ref for c in overview.claims}
        self._claims: dict[str, list[Claim]] = {}
        for claim in overview.claims:
            self._claims.setdefault(claim.project_ref, []).append(claim)
        self._attempts: dict[str, list[Attempt]] = {}
        for attempt in overview.open_attempts:
            self._attempts.setdefault(attempt.project_ref, []).append(attempt)

    def candidates(self, planned: PlannedProject) -> Sequence[SiteProject]:
        """The listed projects that a planned one could be: few, so that resolving many projects stays quick."""
        if planned.ref is not None:
            return [self._by_ref[planned.ref]] if planned.ref in self._by_ref else []
        if planned.title is not None:
            return self._by_title.get(normalised(planned.title), [])
        return self.overview.projects

    def open_attempts(self, ref: str) -> Sequence[Attempt]:
        """Attempts of a project whose outcome nobody knows yet."""
        return self._attempts.get(ref, [])

    def history(self, ref: str) -> History:
        """What is remembered of one project's rows."""
        own = self._claims.get(ref, [])
        last = {(row.kind, row.site_ref): row for row in self.overview.rows.get(ref, ())}
        elsewhere = frozenset(name for name in last if self._owner.get(name, ref) != ref)
        return History(
            memory=Memory(
                claims={claim.key: claim for claim in own},
                claimed_elsewhere=elsewhere,
                open_attempts=tuple(self.open_attempts(ref)),
            ),
            last=last,
            first_seen={name: at for name in last if (at := self.overview.first_seen.get((ref, *name)))},
        )


def _standing(
    planned: PlannedProject, plan: Plan, account: AccountFacts, known: _Known, now: datetime
) -> ProjectStanding:
    project, trouble = _find(planned, plan, known)
    look = known.overview.looks.get(project.ref) if project is not None else None
    blank = ProjectStanding(planned, project, account.role, unknown_marks(planned), now, trouble=trouble)
    if planned.skipped:
        return ProjectStanding(planned, project, account.role, (), now, look.seen_at if look else None)
    if project is None or look is None:
        return blank
    if planned.total.currency.code != project.currency:
        trouble = f"the plan says {planned.total.currency}, the project is in {project.currency}"
        return ProjectStanding(planned, project, account.role, blank.marks, now, look.seen_at, trouble)
    marks, beside = marks_of(planned, look, known.history(project.ref), account.role, account.ways)
    unsettled = frozenset(attempt.key for attempt in known.open_attempts(project.ref))
    return ProjectStanding(planned, project, account.role, marks, now, look.seen_at, "", beside, unsettled)


def _find(planned: PlannedProject, plan: Plan, known: _Known) -> tuple[SiteProject | None, str]:
    """The project that a planned one is, or why that cannot be told."""
    listed = len(known.overview.projects)
    if not listed:
        return None, "My Projects was not read yet"
    candidates = known.candidates(planned)
    if not candidates:
        return None, f"none of the {listed} projects of this account answers to “{one_line(planned.name)}”"
    single = replace(planned, skipped=False)
    try:
        return resolve(Plan(plan.file, plan.platform, plan.account, (single,)), candidates)[0][1], ""
    except PlanError as error:
        problem = error.problems[0]
        return None, one_line(f"{problem.message}; {problem.mend}", longest=400)
