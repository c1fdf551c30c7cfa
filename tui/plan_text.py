"""What a plan says, as lines, as a road in time, and as the objects that `--json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.plans.plan import Plan, PlannedProject
from assistant.plans.planned import PlannedMilestone
from assistant.plans.write import project_toml, spelled_out
from tui.output import Output
from tui.road import WIDTH, road, spot
from tui.view.times import when


def told(plan: Plan) -> str:
    """``3 projects, 7 milestones, 900.00 EUR, 2500.00 USD``."""
    projects = len(plan.projects)
    milestones = sum(len(project.milestones) for project in plan.projects)
    totals = ", ".join(str(total) for total in plan.totals.values()) or "nothing"
    return f"{projects} project{'s' * (projects != 1)}, {milestones} milestone{'s' * (milestones != 1)}, {totals}"


def plan_event(plan: Plan) -> dict[str, object]:
    """The object that stands for a whole plan."""
    return {
        "event": "plan",
        "file": str(plan.file),
        "platform": plan.platform,
        "account": plan.account,
        "projects": len(plan.projects),
        "milestones": sum(len(project.milestones) for project in plan.projects),
        "totals": {code: total.amount_text for code, total in plan.totals.items()},
    }


def project_event(project: PlannedProject, today: date) -> dict[str, object]:
    """The object that stands for one project: its milestones, and the next one that falls due."""
    upcoming = next_due(project, today)
    return {
        "event": "project",
        "project": project.name,
        "counterparty": project.counterparty,
        "skipped": project.skipped,
        "total": None if project.skipped else project.total.amount_text,
        "currency": None if project.skipped else project.total.currency.code,
        "next": upcoming.key if upcoming else None,
        "next_due": upcoming.due.isoformat() if upcoming and upcoming.due else None,
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


def next_due(project: PlannedProject, today: date) -> PlannedMilestone | None:
    """The milestone that falls due next, from today on, by the plan alone."""
    ahead = [(m.due, number) for number, m in enumerate(project.milestones) if m.due is not None and m.due >= today]
    return project.milestones[min(ahead)[1]] if ahead else None


def tell_project(output: Output, project: PlannedProject, today: date) -> None:
    """One project in lines: how it is divided, and each milestone."""
    whom = f" with {project.counterparty}" if project.counterparty else ""
    if project.skipped:
        output.line(f"{project.name}{whom}: skipped on purpose")
    else:
        how = project.split or (f"template {project.template}" if project.template else "spelled out")
        output.line(f"{project.name}{whom}: {project.total}, {how}")
        upcoming = next_due(project, today)
        rows = [
            (
                f"  {m.key}",
                m.description,
                str(m.amount),
                _day(m.due, today),
                "next" if m is upcoming else "",
            )
            for m in project.milestones
        ]
        output.table(rows, right=(2,), flexible=1)
    output.line()


def tell_as_list(output: Output, plan: Plan) -> None:
    """Each project as the text of a plan, its milestones one by one; with ``--json`` in an object of its own."""
    for project in plan.projects:
        text = project_toml(spelled_out(project))
        output.event({"event": "text", "project": project.name, "text": text})
        for line in text.splitlines():
            output.line(line)
        output.line()


def _day(due: date | None, today: date) -> str:
    """The day, with how near it is. Whether one that is past is late, the plan alone does not know."""
    if due is None:
        return "no date"
    return when(due, today) if due >= today else due.isoformat()


def tell_road(output: Output, plan: Plan, today: date, *, ascii_only: bool) -> None:
    """The projects with dates under each other on one scale, with today's place in it and what falls due next."""
    dated = [(project, dues) for project in plan.projects if (dues := [m.due for m in project.milestones if m.due])]
    if not dated:
        return
    first, last = min(min(dues) for _, dues in dated), max(max(dues) for _, dues in dated)
    rows = [*_scale(first, last, today, ascii_only=ascii_only)]
    for project, dues in dated:
        rows.append((project.name, road(dues, first, last, ascii_only=ascii_only), *_next(project, today)))
    output.table(rows, right=(3,), flexible=0)
    output.line()


def _scale(first: date, last: date, today: date, *, ascii_only: bool) -> Sequence[tuple[str, ...]]:
    """The first and the last day, and over them today, if it lies between."""
    days = first.isoformat() + (last.isoformat().rjust(WIDTH - 10) if first != last else "")
    if not first <= today <= last:
        return [("", days, "next", "", "")]
    column, sign = spot(today, first, last, WIDTH), "v" if ascii_only else "▼"
    text = f"{sign} today" if column + 7 <= WIDTH else f"today {sign}"
    mark = " " * (column if text.startswith(sign) else column - 6) + text
    return [("", mark, "", "", ""), ("", days, "next", "", "")]


def _next(project: PlannedProject, today: date) -> tuple[str, str, str]:
    upcoming = next_due(project, today)
    if upcoming is None:
        return "none ahead", "", ""
    return upcoming.key, str(upcoming.amount), when(upcoming.due, today)
