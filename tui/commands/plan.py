"""`milepost plan`: plans made, checked, shown, taken from spreadsheets and written to them."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.clock import now
from assistant.plans.together import load_plans
from tui.call import this_call
from tui.command import group
from tui.plan_text import plan_event, project_event, tell_as_list, tell_project, tell_road, told

PLAN = click.Path(path_type=Path)


@group("plan")
def plan() -> None:
    """Make, check and show plans; spreadsheets in and out."""


plan.lazy |= {
    "new": ("tui.commands.plan_new:new", "Make a plan: by questions, from flags, or from what stands on the site."),
    "import": ("tui.commands.plan_sheet:import_", "Make a plan from a CSV sheet."),
    "extend": ("tui.commands.plan_extend:extend", "Move a due date, and the ones after it; a message to paste."),
    "export": ("tui.commands.plan_sheet:export", "Write a plan as a CSV sheet."),
}


@plan.command("check", examples=["milepost plan check december.toml", "milepost plan check ~/milepost/*.toml --json"])
@click.argument("plans", nargs=-1, type=PLAN, required=True)
def check(plans: tuple[Path, ...]) -> None:
    """Check plans without a browser: every problem of every plan, with its line and how to mend it.

    Amounts and descriptions are held against what the platform's forms take, and plans of one account against each
    other.
    """
    call = this_call()
    for each in load_plans(plans, call.settings):
        call.output.event(plan_event(each))
        call.output.line(f"{each.file}: in order, {told(each)}")


@plan.command(
    "show",
    examples=[
        "milepost plan show december.toml",
        "milepost plan show december.toml --json",
        "milepost plan show december.toml --as-list",
    ],
)
@click.argument("plan", type=PLAN)
@click.option("--as-list", is_flag=True, help="The projects as a plan spells them out, milestone by milestone.")
def show(plan: Path, *, as_list: bool) -> None:
    """Show what a plan says: projects, milestones with amounts and due dates, totals, and the road they make.

    The road has the projects under each other on one line of days, with today's place and what falls due next. It is
    the plan alone; `milepost status` shows what stands of it.

    A split cannot be changed once one of its milestones stands on the site. With `--as-list` the projects come as lists
    of milestones, keys and amounts as they are, to be put into the plan in place of the splits; then each milestone can
    be changed by itself.
    """
    call = this_call()
    found = call.plan(plan)
    if as_list:
        tell_as_list(call.output, found)
        return
    today = call.settings.local(now()).date()
    for project in found.projects:
        call.output.event(project_event(project, today))
        tell_project(call.output, project, today)
    tell_road(call.output, found, today, ascii_only=call.ascii)
    call.output.event(plan_event(found))
    call.output.line(f"{found.file} for {found.account} on {found.platform}: {told(found)}")
