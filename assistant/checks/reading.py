"""The reading half of a check: My Projects, and the pages of those projects where something may have changed.

It is handed `ReadOnlySite`s, which have no method that changes anything. What it sees goes into the journal look by
look, so that nothing is lost if it dies; what that means is worked out from the journal (`assistant/checks/stock.py`).

A project is looked at when My Projects shows it otherwise than right before its last look, when that cannot be told
(never looked at, or the list does not say when something changed), when a planned date has come near or passed since,
when an outcome is unknown, or when the last look is old. Everything else is left alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from assistant.accounts import AccountInUse
from assistant.checks.history import LastLook, last_looks
from assistant.clock import moment
from assistant.errors import CouldNotRead, LoginError, NotFound, OriginRefused, PlanError
from assistant.journal import Journal, Wanted
from assistant.memory import settle_project
from assistant.plans.planned import Plan, PlannedProject
from assistant.resolve import resolve
from assistant.settings.model import CheckSettings
from assistant.site import ProjectStatus, ReadOnlySite, SiteProject

_PLANS = TypeAdapter(tuple[Plan, ...])

OnePageTroubles = (CouldNotRead, NotFound, OriginRefused)
"""What keeps one project from being read, and not the others. A login that is needed stops the whole check."""


@dataclass(frozen=True)
class CheckOrder:
    """What a check was asked for: the plans, whether only their projects, and whether nobody is there to sign in."""

    plans: tuple[Plan, ...] = ()
    only_planned: bool = False
    unattended: bool = False

    def to_json(self) -> dict[str, Any]:
        """The order as a run's row keeps it."""
        plans = _PLANS.dump_python(self.plans, mode="json")
        return {"plans": plans, "only_planned": self.only_planned, "unattended": self.unattended}

    @classmethod
    def from_json(cls, order: Mapping[str, Any]) -> CheckOrder:
        """The order that `to_json` wrote."""
        plans = _PLANS.validate_python(order["plans"])
        return cls(plans, bool(order["only_planned"]), bool(order["unattended"]))


@dataclass
class ReadingSummary:
    """What a check read. `unread`: why a project could not be read; `unresolved`: why a planned one was not found."""

    listed: int = 0
    list_loads: int = 0
    """Pages loaded until My Projects was read, signing in included."""
    scope: list[str] = field(default_factory=list)
    """Refs of the projects that the check is about."""
    looked: dict[str, str] = field(default_factory=dict)
    """Why each project was looked at, by its ref."""
    unread: dict[str, str] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    page_loads: int = 0

    def as_event(self) -> dict[str, Any]:
        """The summary as a run's row keeps it."""
        return dict(vars(self))


def list_mark(project: SiteProject) -> str:
    """A short text that changes whenever My Projects shows a project otherwise."""
    shown = (
        project.title,
        project.counterparty,
        project.currency,
        project.status.value,
        project.raw_status,
        str(project.bid),
        str(project.accepted),
        project.activity,
    )
    return hashlib.sha256("\x1f".join(shown).encode()).hexdigest()[:16]


def why_look(
    project: SiteProject, last: LastLook | None, planned: PlannedProject | None, now: datetime, settings: CheckSettings
) -> str | None:
    """Why a project's own page has to be read; None if it need not be. `now` is aware, in the person's zone."""
    if last is None:
        return "never looked at"
    if last.list_mark is None or last.list_mark != list_mark(project):
        return "may have changed"
    if project.status is ProjectStatus.PAST:
        return None
    if not project.activity:
        return "the list does not say whether it changed"
    seen = moment(last.seen_at)
    if now - seen >= timedelta(days=settings.look_again_days):
        return "not looked at for long"
    day_then, soon = seen.astimezone(now.tzinfo).date(), timedelta(days=settings.due_soon_days)
    dues = [milestone.due for milestone in planned.milestones if milestone.due] if planned is not None else []
    if any(day_then < due - soon <= now.date() or day_then <= due < now.date() for due in dues):
        return "due"
    return None


@dataclass
class CheckReading:
    """One check's reading. `between` is awaited before each look and says whether to go on; `tell` hears of each."""

    order: CheckOrder
    sites: Sequence[ReadOnlySite]
    journal: Journal
    account: AccountInUse
    settings: CheckSettings
    run_id: int
    now: Callable[[], datetime]
    between: Callable[[], Awaitable[Wanted]]
    tell: Callable[[str, str, Mapping[str, Any]], None]

    def __post_init__(self) -> None:
        self.summary = ReadingSummary()
        self._tried_again: set[str] = set()

    async def read(self, open_more: Callable[[int], Awaitable[Sequence[ReadOnlySite]]] | None = None) -> ReadingSummary:
        """Read the list, then what has to be looked at. `open_more` gives more sites to look with, once it is known
        how many there are to look at. Raises what stops the whole check; what was seen by then is in the journal.
        """
        site = self.sites[0]
        listed = await site.projects()
        account = self.account.facts.id
        self.journal.sightings.keep_projects(account, listed)
        self.summary.listed, self.summary.list_loads = len(listed), site.page_loads
        self.tell("listed", f"{len(listed)} projects", {"projects": len(listed)})
        planned = self._resolve(listed)
        scope = [project for project in listed if not self.order.only_planned or project.ref in planned]
        self.summary.scope = [project.ref for project in scope]
        waiting = deque(self._to_look_at(scope, planned))
        more = await open_more(len(waiting)) if open_more is not None else self.sites[1:]
        hands = [site, *more][: max(1, len(waiting))]
        try:
            async with asyncio.TaskGroup() as group:
                for hand in hands:
                    group.create_task(self._look_at_each(hand, waiting))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            self.summary.page_loads = sum(hand.page_loads for hand in hands)
        return self.summary

    def _resolve(self, listed: Sequence[SiteProject]) -> dict[str, PlannedProject]:
        """The planned projects by the ref that the site has for them; those that are not found are noted."""
        found: dict[str, PlannedProject] = {}
        by_ref = {project.ref: project for project in listed}
        for plan in self.order.plans:
            for planned in plan.projects:
                known = [by_ref[planned.ref]] if planned.ref in by_ref else listed
                alone = Plan(plan.file, plan.platform, plan.account, (planned,))
                try:
                    found |= {project.ref: each for each, project in resolve(alone, known)}
                except PlanError as error:
                    self.summary.unresolved[planned.name] = error.problems[0].message
        return found

    def _to_look_at(
        self, scope: Sequence[SiteProject], planned: Mapping[str, PlannedProject]
    ) -> list[tuple[SiteProject, str]]:
        account = self.account.facts.id
        last = last_looks(self.journal, account)
        unsettled = {attempt.project_ref for attempt in self.journal.attempts.open(account)}
        now = self.now()
        chosen = []
        for project in scope:
            unknown = "an outcome is unknown" if project.ref in unsettled else None
            why = unknown or why_look(project, last.get(project.ref), planned.get(project.ref), now, self.settings)
            if why is not None:
                chosen.append((project, why))
        return chosen

    async def _look_at_each(self, site: ReadOnlySite, waiting: deque[tuple[SiteProject, str]]) -> None:
        while waiting:
            if self.summary.stopped or await self.between() is Wanted.STOP:
                self.summary.stopped = True
                return
            if not waiting:  # another tab took the last one while this one asked
                return
            project, why = waiting.popleft()
            try:
                look = await site.look(project)
            except LoginError:
                raise
            except OnePageTroubles as error:
                if project.ref not in self._tried_again:  # a page may be slow once; nobody need be told of that
                    self._tried_again.add(project.ref)
                    waiting.append((project, why))
                    continue
                self.summary.unread[project.ref] = error.message
                self.tell("unread", f"{project.ref} {project.title}: {error.message}", {"project": project.ref})
                continue
            account = self.account.facts
            self.journal.sightings.keep_look(account.id, self.run_id, look, list_mark(project))
            settle_project(self.journal, account, look, self.account.settle_rules, look.seen_at)
            self.summary.looked[project.ref] = why
            told = {"project": project.ref, "looked": len(self.summary.looked), "why": why}
            self.tell("looked", f"{project.ref} {project.title}", told)
