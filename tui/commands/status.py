"""`milepost status`: the last known state, from the journal alone. No browser is started."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.journal import AttemptState
from assistant.plans import load_plans
from tui.call import Call, this_call
from tui.command import command
from tui.signs import MILESTONES, road, sign_of
from tui.view.projects import ProjectRow, read_projects
from tui.view.times import ago, day_and_clock

ROAD = 24


@command(
    "status", examples=["milepost status", "milepost status december.toml", "milepost status --account anna --json"]
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
def status(plans: tuple[Path, ...]) -> int:
    """Show the last known state of every project: planned ones first, with what stands of them.

    Plans are those that are named, else those of the settings. What may have been paid and is not settled is told, and
    ends with 4.
    """
    call = this_call()
    files = list(plans) or call.settings.plan_files()
    loaded = load_plans(files, call.settings)
    work = call.work(loaded[0] if loaded else None)
    facts = work.account.facts
    mine = [plan for plan in loaded if (plan.account, plan.platform) == (facts.name, facts.platform)]
    shown = read_projects(work.journal, facts.id, facts.role, mine)
    _tell(call, shown.rows)
    read = day_and_clock(shown.read_at) if shown.read_at else "never; `milepost projects` reads them"
    call.output.line(f"{shown.listed} projects of {facts.name}; My Projects was last read {read}")
    unknown = [one for one in work.journal.attempts.open(facts.id) if one.state is AttemptState.UNKNOWN]
    for one in unknown:
        place = f"{one.project_ref}/{one.key}"
        call.output.event(
            {
                "event": "unknown",
                "run": one.run_id,
                "project": one.project_ref,
                "key": one.key,
                "amount": one.amount.amount_text,
                "currency": one.amount.currency.code,
                "reason": one.reason,
            }
        )
        call.output.line(f"? {place} {one.amount} may have been paid in run {one.run_id}: {one.reason}")
    return 4 if unknown else 0


def _tell(call: Call, projects: tuple[ProjectRow, ...]) -> None:
    from assistant.clock import now

    moment = now()
    rows = [("ref", "title", "counterparty", "planned", "held", "released", "road", "looked at")]
    for project in projects:
        call.output.event(_event(project))
        marks = road([row.state for row in project.milestones], ROAD, call.ascii)
        planned = str(project.total) if project.planned and not project.skipped else ""
        seen = project.trouble or ago(project.looked_at, moment)
        held, released = str(project.funded), str(project.released)
        rows.append((project.ref, project.title, project.counterparty, planned, held, released, marks, seen))
    if len(rows) > 1:
        call.output.table(rows, right=(3, 4, 5), flexible=1)
    seen_states = sorted({row.state for project in projects for row in project.milestones})
    if seen_states:
        signs = (sign_of(MILESTONES, state).shown(call.ascii) for state in seen_states)
        call.output.line("marks: " + ", ".join(signs))


def _event(project: ProjectRow) -> dict[str, object]:
    return {
        "event": "project",
        "ref": project.ref,
        "title": project.title,
        "counterparty": project.counterparty,
        "status": project.status,
        "planned": project.planned,
        "skipped": project.skipped,
        "currency": project.total.currency.code,
        "total": project.total.amount_text,
        "held": project.funded.amount_text,
        "released": project.released.amount_text,
        "looked_at": project.looked_at,
        "trouble": project.trouble or None,
        "milestones": [
            {
                "key": row.key or None,
                "description": row.description,
                "amount": row.amount.amount_text,
                "currency": row.amount.currency.code,
                "state": row.state,
                "raw": row.raw,
                "site_ref": row.site_ref or None,
                "due": row.due.isoformat() if row.due else None,
            }
            for row in project.milestones
        ],
    }
