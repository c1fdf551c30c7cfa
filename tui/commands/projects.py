"""`milepost projects`: My Projects, as the site shows them now or as it showed them last."""

from __future__ import annotations

import click

from assistant.errors import RunError
from assistant.journal import RunState
from assistant.site import SiteProject
from assistant.work import Work, error_of
from tui.call import Call, this_call
from tui.command import command
from tui.following import follow_to_the_end
from tui.view.times import day_and_clock


@command(
    "projects", examples=["milepost projects", "milepost projects --last", "milepost projects --account anna --json"]
)
@click.option("--last", is_flag=True, help="The list as it was last read, without a browser.")
def projects(last: bool) -> None:
    """List My Projects as the site shows them: all pages of all lists."""
    call = this_call()
    work = call.work()
    if not last:
        read_my_projects(call, work)
    account = work.account.facts.id
    listed = work.journal.sightings.projects(account)
    rows = [("ref", "title", "counterparty", "currency", "bid", "list")]
    for project in listed:
        call.output.event(_event(project))
        status = project.status.replace("_", " ") + ("" if project.accepted else ", not accepted yet")
        bid = str(project.bid) if project.bid else ""
        rows.append((project.ref, project.title, project.counterparty, project.currency, bid, status))
    if listed:
        call.output.table(rows, right=(4,), flexible=1)
    seen = work.journal.sightings.projects_seen_at(account)
    when = f"read {day_and_clock(seen, call.output.zone)}" if seen else "never read" if last else "read now"
    call.output.line(f"{len(listed)} projects of {work.account.facts.name}, {when}")


def read_my_projects(call: Call, work: Work) -> None:
    """Read My Projects now, by a run of its own. Raises what that run met."""
    run_id = work.start_projects()
    call.output.progress(f"run {run_id} reads My Projects")
    run = follow_to_the_end(work.journal, run_id, call.output, lambda _event: None)
    if error := error_of(run):
        raise error
    if run.state is RunState.STOPPED:
        raise RunError("the run was stopped before it had read My Projects", where=f"run {run_id}")


def _event(project: SiteProject) -> dict[str, object]:
    return {
        "event": "project",
        "ref": project.ref,
        "title": project.title,
        "counterparty": project.counterparty,
        "currency": project.currency,
        "bid": project.bid.amount_text if project.bid else None,
        "status": project.status.value,
        "raw_status": project.raw_status,
        "accepted": project.accepted,
        "url": project.url,
    }
