"""`milepost preview PLAN`: what a run of the plan would change, after a look at each of its projects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from assistant.approval import Preview
from assistant.errors import RunError
from assistant.journal import Event, RunState
from assistant.plans.plan import Plan
from assistant.plans.together import check_among, other_plans
from assistant.work import Work, error_of, has_work
from tui.call import Call, this_call
from tui.command import command
from tui.following import follow_to_the_end
from tui.preview_text import approve_words, preview_event, tell_estimate, tell_preview

NOTHING, DIFFERENCES = 0, 2


@command(
    "preview",
    examples=["milepost preview december.toml", "milepost preview december.toml --json --account anna"],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--again", multiple=True, metavar="PROJECT/KEY", help="Make once more what was there and is gone.")
def preview(plan: Path, again: tuple[str, ...]) -> int:
    """Show what a run of the plan would change. Nothing is changed.

    A browser looks at every project of the plan first. Ends with 0 if the site is as planned, with 2 if not.
    """
    call = this_call()
    found = call.plan(plan)
    work = call.work(found)
    made = preview_alone(call, work, found, again)
    estimate = work.estimate(made)
    call.output.event(preview_event(made, estimate))
    tell_preview(call.output, made, call.ascii)
    if made.max_fees:
        call.output.line(f"plus at most {', '.join(map(str, made.max_fees.values()))} in fees")
    if made.acts:
        tell_estimate(call.output, estimate)
    call.output.line(f"digest: {made.digest}")
    if made.as_planned:
        waiting = f", and {made.unpaid} wait to be paid for" if made.unpaid else ""
        call.output.line(f"the site is as planned{waiting}; there is nothing to do{' now' * bool(waiting)}")
        return NOTHING
    if has_work(made):
        call.output.line(f"to carry it out: {approve_words(found, made, call.options, again)}")
    return DIFFERENCES


def preview_alone(call: Call, work: Work, plan: Plan, again: Sequence[str] = ()) -> Preview:
    """The same as `look_and_preview`, after holding the plan against the others of its account in the settings.

    Before the looks by what the journal knows of the site, so that nobody waits for a browser in vain; after them by
    the list as it is now.
    """
    others = other_plans(plan, work.settings)
    for file in others.unread:
        call.output.note(f"{file} has problems and was not held against this plan: milepost plan check {file}")
    account = work.account.facts.id
    check_among(plan, others.plans, work.journal.sightings.projects(account))
    made = look_and_preview(call, work, plan, again)
    check_among(plan, others.plans, work.journal.sightings.projects(account))
    return made


def look_and_preview(call: Call, work: Work, plan: Plan, again: Sequence[str] = ()) -> Preview:
    """A preview from looks made now, by a run of its own. Raises what that run met."""
    look_at_projects(call, work, plan)
    return work.preview(plan, again)


def look_at_projects(call: Call, work: Work, plan: Plan) -> None:
    """Look at every project of the plan now, by a run of its own. Raises what that run met."""
    run_id = work.start_looks(plan)
    call.output.progress(f"run {run_id} looks at {len(plan.projects)} projects")

    def tell(event: Event) -> None:
        if event.kind in {"listed", "looked"}:
            call.output.progress(f"{event.kind}: {event.text}")

    run = follow_to_the_end(work.journal, run_id, call.output, tell)
    if error := error_of(run):
        raise error
    if run.state is RunState.STOPPED:
        raise RunError("the run was stopped before it had looked at every project", where=f"run {run_id}")
