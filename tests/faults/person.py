"""The person: their plan, how they edit it, and what they said yes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.approval import Order
from assistant.money import Money
from assistant.plans.planned import PlannedMilestone, PlannedProject
from tests.assistant.fake_site import money
from tests.faults.history import Edit, Setup
from tests.faults.rows import Shown

Uid = tuple[str, int]
"""A planned milestone, whatever its key is called: the project's ref and its place in the plan."""


@dataclass(frozen=True)
class Approved:
    """A person's yes, with the plan as it was then and what they asked to be made again."""

    order: Order
    at: datetime
    again: frozenset[Uid]

    def project(self, ref: str) -> PlannedProject:
        """The planned project as it was approved."""
        return next(ordered.planned for ordered in self.order.projects if ordered.project.ref == ref)

    def total(self, code: str) -> Money:
        """What was approved to be spent in a currency."""
        return next((total for total in self.order.approval.totals if total.currency.code == code), money(f"0 {code}"))


def planned_projects(setup: Setup) -> list[PlannedProject]:
    """The plan at the beginning of a history: keys m1, m2, ..., in projects 1001, 1002, ..."""
    projects = []
    for number, texts in enumerate(setup.projects, 1001):
        milestones = tuple(
            PlannedMilestone(f"m{place}", text, money(f"{amount} USD")) for place, (text, amount) in enumerate(texts, 1)
        )
        total = money(f"{sum(amount for _, amount in texts)} USD")
        projects.append(PlannedProject(ref=str(number), total=total, milestones=milestones))
    return projects


class Person:
    """Holds the plan and edits it. `named` and `named_rows` collect what they ever tied together by hand."""

    def __init__(self, setup: Setup, shown: Callable[[str], Sequence[Shown]]) -> None:
        self.plan = planned_projects(setup)
        self.named: set[Uid] = set()
        self.named_rows: set[str] = set()
        self._shown = shown

    def uid(self, project: PlannedProject, key: str) -> Uid:
        """Which planned milestone a key of a version of the plan means."""
        place = next(place for place, milestone in enumerate(project.milestones) if milestone.key == key)
        return project.ref or "", place

    def edit(self, edit: Edit) -> str | None:
        """Edit the plan. Returns the project that was touched, None if there was nothing to be edited."""
        number = edit.project % len(self.plan)
        project = self.plan[number]
        place = edit.which % len(project.milestones)
        milestone = project.milestones[place]
        if edit.act in ("ignore", "name"):
            shown = self._shown(project.ref or "")
            if not shown:
                return None
            row = shown[edit.row % len(shown)]
            if edit.act == "ignore":
                self.plan[number] = replace(project, ignore=project.ignore ^ {row.ref})
                return project.ref
            self.named.add((project.ref or "", place))
            self.named_rows.add(row.ref)
            milestone = replace(milestone, site_ref=row.ref)
        elif edit.act == "unname":
            milestone = replace(milestone, site_ref=None)
        elif edit.act == "text":
            milestone = replace(milestone, description=f"{milestone.description} v2")
        elif edit.act == "withdraw":
            project = replace(project, withdraw=project.withdraw ^ {milestone.key})
        elif edit.act == "rename":
            milestone = replace(milestone, key=f"{milestone.key}x")
        elif edit.act == "amount":
            more = money("1 USD")
            milestone = replace(milestone, amount=milestone.amount + more)
            project = replace(project, total=project.total + more)
        milestones = (*project.milestones[:place], milestone, *project.milestones[place + 1 :])
        self.plan[number] = replace(project, milestones=milestones)
        return project.ref


EDITS = ("ignore", "name", "unname", "text", "rename", "amount", "withdraw")
