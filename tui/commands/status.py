"""`milepost status`: the last known state, from the journal alone. No browser is started."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from assistant.clock import now
from assistant.errors import OutcomeUnknown, worst_exit
from assistant.journal import Attempt, AttemptState
from assistant.plain_text import one_line
from assistant.plans.plan import Plan
from assistant.plans.together import load_plans
from assistant.work import Work
from tui.call import Call, this_call
from tui.command import command
from tui.signs import ATTEMPTS, MILESTONES, VERDICTS, road, sign_of, unknown_sign
from tui.view.projects import ProjectRow, projects_of
from tui.view.times import ago, day_and_clock

ROAD = 24


@command(
    "status", examples=["milepost status", "milepost status december.toml", "milepost status --account anna --json"]
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
def status(plans: tuple[Path, ...]) -> int:
    """Show the last known state of every project: planned ones first, with what stands of them.

    For a freelancer it begins with the word whether to work on each planned project, to wait, or to stop, and why.

    Plans are those that are named, else those of the settings; each of their accounts is told. What may have been paid
    and is not settled ends with 4.
    """
    call = this_call()
    loaded = load_plans(list(plans) or call.settings.plan_files(), call.settings)
    named = dict.fromkeys(plan.account for plan in loaded)
    names: list[str | None] = [call.options.account] if call.options.account else [*named] or [None]
    return worst_exit([_tell_account(call, call.work_of(name), loaded) for name in names])


def _tell_account(call: Call, work: Work, plans: Sequence[Plan]) -> int:
    """The state of one account, with those of the plans that are its own; the exit code."""
    facts = work.account.facts
    mine = [plan for plan in plans if (plan.account, plan.platform) == (facts.name, facts.platform)]
    shown = projects_of(work.journal, facts, mine, call.settings.local(now()))
    _tell_work(call, shown.rows)
    _tell(call, shown.rows)
    read = day_and_clock(shown.read_at, call.output.zone) if shown.read_at else "never; `milepost projects` reads them"
    call.output.line(f"{shown.listed} projects of {facts.name}; My Projects was last read {read}")
    unknown = [one for one in work.journal.attempts.open(facts.id) if one.state is AttemptState.UNKNOWN]
    for one in unknown:
        _tell_unknown(call, one)
    return OutcomeUnknown.exit_code if unknown else 0


def _tell_unknown(call: Call, one: Attempt) -> None:
    place = f"{one.project_ref}/{one.key}"
    call.output.event(
        {
            "event": "unknown",
            "run": one.run_id,
            "account": one.account,
            "project": one.project_ref,
            "key": one.key,
            "change": one.change,
            "amount": one.amount.amount_text,
            "currency": one.amount.currency.code,
            "reason": one.reason,
        }
    )
    sign = sign_of(ATTEMPTS, unknown_sign(one.change))
    call.output.line(f"{sign.shown(call.ascii)}: {place} {one.amount}, in run {one.run_id}: {one.reason}")


def _tell_work(call: Call, projects: Sequence[ProjectRow]) -> None:
    """For a freelancer, before anything else: whether to work on each planned project, and why."""
    judged = [project for project in projects if project.verdict]
    if not judged:
        return
    rows = [("work?", "project", "why")]
    for project in judged:
        sign = sign_of(VERDICTS, project.verdict).shown(call.ascii)
        rows.append((sign, one_line(project.title, longest=32), project.reason))
    call.output.table(rows, flexible=2)
    call.output.line()


def _tell(call: Call, projects: Sequence[ProjectRow]) -> None:
    moment = now()
    rows = [("ref", "title", "counterparty", "planned", "held", "in doubt", "released", "road", "looked at")]
    for project in projects:
        call.output.event(_event(project))
        marks = road([row.state for row in project.milestones], ROAD, call.ascii)
        planned = str(project.total) if project.planned and not project.skipped else ""
        seen = project.trouble or ago(project.looked_at, moment)
        money = (str(project.funded), str(project.in_doubt) if project.in_doubt.minor else "", str(project.released))
        rows.append((project.ref, project.title, project.counterparty, planned, *money, marks, seen))
    if len(rows) > 1:
        call.output.table(rows, right=(3, 4, 5, 6), flexible=1)
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
        "in_doubt": project.in_doubt.amount_text,
        "released": project.released.amount_text,
        "looked_at": project.looked_at,
        "trouble": project.trouble or None,
        "verdict": project.verdict or None,
        "reason": project.reason or None,
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
