"""`milepost plan`: check plans, and show what one says. Nothing is looked up on the site."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.plan import Plan, PlannedProject
from assistant.plans import load_plans
from tui.call import Call, this_call
from tui.command import group
from tui.road import WIDTH, road

PLAN = click.Path(path_type=Path)


@group("plan")
def plan() -> None:
    """Check and show plans."""


@plan.command("check", examples=["milepost plan check december.toml", "milepost plan check ~/milepost/*.toml --json"])
@click.argument("plans", nargs=-1, type=PLAN, required=True)
def check(plans: tuple[Path, ...]) -> None:
    """Check plans without a browser: every problem of every plan, with its line and how to mend it.

    Amounts and descriptions are held against what the platform's forms take, and plans of one account against each
    other.
    """
    call = this_call()
    for each in load_plans(plans, call.settings):
        call.output.event(_plan_event(each))
        call.output.line(f"{each.file}: in order, {_told(each)}")


@plan.command("show", examples=["milepost plan show december.toml", "milepost plan show december.toml --json"])
@click.argument("plan", type=PLAN)
def show(plan: Path) -> None:
    """Show what a plan says: projects, milestones with amounts and due dates, totals, and the road they make."""
    call = this_call()
    found = call.plan(plan)
    for project in found.projects:
        call.output.event(_project_event(project))
        _tell_project(call, project)
    _tell_road(call, found)
    call.output.event(_plan_event(found))
    call.output.line(f"{found.file} for {found.account} on {found.platform}: {_told(found)}")


def _told(plan: Plan) -> str:
    projects = len(plan.projects)
    milestones = sum(len(project.milestones) for project in plan.projects)
    totals = ", ".join(str(total) for total in plan.totals.values()) or "nothing"
    return f"{projects} project{'s' * (projects != 1)}, {milestones} milestone{'s' * (milestones != 1)}, {totals}"


def _plan_event(plan: Plan) -> dict[str, object]:
    return {
        "event": "plan",
        "file": str(plan.file),
        "platform": plan.platform,
        "account": plan.account,
        "projects": len(plan.projects),
        "milestones": sum(len(project.milestones) for project in plan.projects),
        "totals": {code: total.amount_text for code, total in plan.totals.items()},
    }


def _project_event(project: PlannedProject) -> dict[str, object]:
    return {
        "event": "project",
        "project": project.name,
        "counterparty": project.counterparty,
        "skipped": project.skipped,
        "total": None if project.skipped else project.total.amount_text,
        "currency": None if project.skipped else project.total.currency.code,
        "milestones": [
            {
                "key": milestone.key,
                "description": milestone.description,
                "amount": milestone.amount.amount_text,
                "due": milestone.due.isoformat() if milestone.due else None,
            }
            for milestone in project.milestones
        ],
    }


def _tell_project(call: Call, project: PlannedProject) -> None:
    output = call.output
    whom = f" with {project.counterparty}" if project.counterparty else ""
    if project.skipped:
        output.line(f"{project.name}{whom}: skipped on purpose")
    else:
        how = project.split or (f"template {project.template}" if project.template else "spelled out")
        output.line(f"{project.name}{whom}: {project.total}, {how}")
        rows = [
            (f"  {m.key}", m.description, str(m.amount), m.due.isoformat() if m.due else "no date")
            for m in project.milestones
        ]
        output.table(rows, right=(2,), flexible=1)
    output.line()


def _tell_road(call: Call, plan: Plan) -> None:
    """The projects with dates under each other, on one scale."""
    dues = {
        number: [milestone.due for milestone in project.milestones if milestone.due]
        for number, project in enumerate(plan.projects)
    }
    days = [due for some in dues.values() for due in some]
    if not days:
        return
    first, last = min(days), max(days)
    ascii_only = call.ascii
    scale = first.isoformat() + last.isoformat().rjust(WIDTH - 10)
    rows = [("", scale if first != last else first.isoformat())]
    rows += [
        (plan.projects[number].name, road(some, first, last, ascii_only=ascii_only))
        for number, some in dues.items()
        if some
    ]
    call.output.table(rows, flexible=0)
    call.output.line()
