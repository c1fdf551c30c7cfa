"""`milepost plan extend PLAN PROJECT KEY`: a deadline moves, the plan remembers the old one, and a message is ready."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from assistant.accounts import use_account
from assistant.clock import now
from assistant.errors import MilepostError, UsageError
from assistant.plans.extend import check_extended, extended, moves_of
from assistant.plans.plan import Plan, parse_plan
from assistant.plans.planned import PlannedProject
from assistant.plans.save import save_over
from assistant.plans.splits import parse_period
from assistant.plans.together import template_folders
from assistant.reminders import MovedDue, moved_due_texts
from assistant.standing import standings
from tui.call import Call, this_call
from tui.command import command


@command(
    "extend",
    examples=[
        'milepost plan extend december.toml 38112234 design --by "5 days" --reason "the photos came late"',
        'milepost plan extend december.toml "Resume rewriting" m2 --by "1 week" --later',
        "milepost plan extend december.toml 38112234 design --to 2026-12-20",
    ],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("project")
@click.argument("key")
@click.option("--by", metavar="PERIOD", help='How far it moves: "5 days", "1 week".')
@click.option("--to", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="The day it moves to, in place of --by.")
@click.option("--later", is_flag=True, help="Move the milestones after it by as much.")
@click.option("--reason", default="", metavar="TEXT", help="Why: for the message, and for the remark in the plan.")
@click.option("--dry-run", is_flag=True, help="Show what would move, and write nothing.")
def extend(
    plan: Path, project: str, key: str, by: str | None, to: datetime | None, later: bool, reason: str, dry_run: bool
) -> None:
    """Move a milestone's due date in the plan, and print a message to the other side, ready to paste.

    PROJECT is the ref, the title or the URL of a project, as the plan names it. The old date stays in the file, as a
    remark above the new one. A split or template is spelled out as a list. Nothing is sent, and nothing on the site
    changes: sites know no due dates.
    """
    call = this_call()
    if (by is None) == (to is None):
        raise UsageError("say either how far or to which day", hint='--by "5 days", or --to 2026-12-20')
    was = plan.read_bytes() if plan.is_file() else b""
    found = call.plan(plan)
    planned = _the_project(found, project)
    # A period counts on; a day may as well be an earlier one.
    moves = moves_of(planned, key, parse_period(by) if by else None, to.date() if to else None, later=later)
    today, why = call.settings.local(now()).date(), f": {reason}" if reason else ""
    text = extended(was.decode("utf-8-sig"), found, planned, moves, f"moved on {today}{why}")
    folders = template_folders(call.settings)
    check_extended(text, found, planned, moves, lambda new: parse_plan(new, found.file, template_folders=folders))
    if not dry_run:
        save_over(plan, text.encode(), was)
    title, counterparty = _people(call, found, planned)
    moved = [MovedDue(title, counterparty, each.milestone.description, each.old, each.new) for each in moves]
    message = "\n".join(moved_due_texts(moved, reason).values())
    event = {"event": "extended", "plan": str(plan), "project": planned.name, "written": not dry_run}
    call.output.event(event | {"moves": [move.as_event() for move in moves], "message": message})
    for move in moves:
        call.output.note(f"{move.milestone.key}: {move.old or 'no date'} -> {move.new}")
    written = "not written (--dry-run)" if dry_run else f"written to {plan}"
    call.output.note(f"--- {written}; to paste to {counterparty or 'the other side'}:")
    for line in message.splitlines():
        call.output.line(line)


def _the_project(plan: Plan, name: str) -> PlannedProject:
    found = plan.named(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} projects of the plan are called {name!r}", hint="name it by its ref or url")
    names = ", ".join(project.name for project in plan.projects[:10])
    raise UsageError(f"the plan has no project {name!r}", where=str(plan.file), hint=f"its projects: {names}")


def _people(call: Call, plan: Plan, planned: PlannedProject) -> tuple[str, str]:
    """The project's title and its counterparty, as the journal knows them, else as the plan says."""
    title, counterparty = planned.title or planned.name, planned.counterparty or ""
    if not call.settings.journal_path.is_file():
        return title, counterparty
    try:
        account = use_account(call.settings, plan.account)
    except MilepostError:  # a plan of somebody else's can be changed, too
        return title, counterparty
    for each in standings(call.journal, account.facts, plan, call.settings.local(now())):
        if each.planned == planned and each.project is not None:
            return each.project.title, each.project.counterparty
    return title, counterparty
