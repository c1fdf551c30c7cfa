"""`milepost runs`: the runs of the journal, live and past."""

from __future__ import annotations

from pathlib import PurePath

import click

from assistant import runs as all_runs
from assistant.aftermath import aftermath_of_run
from assistant.journal import Run, RunKind
from tui.call import Call, this_call
from tui.command import command
from tui.signs import RUNS, sign_of
from tui.view.summary import counts_told
from tui.view.times import day_and_clock


@command("runs", examples=["milepost runs", "milepost runs --live --json", "milepost runs --most 5 --account anna"])
@click.option("--live", is_flag=True, help="Only those that have not ended.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
def runs(live: bool, most: int) -> None:
    """List runs, newest first, of --account or of all accounts. One whose process died is shown as interrupted."""
    call = this_call()
    account = call.account().facts.id if call.options.account else None
    newest_apply: dict[str, Run] = {}
    rows: list[tuple[str, ...]] = [("run", "state", "kind", "account", "plan", "asked for", "pid", "what came of it")]
    for run in call.journal.runs.newest(most, account=account, live=live):
        now = all_runs.refresh(call.journal, run.id)
        if live and not now.live:
            continue
        call.output.event(_event(now))
        rows.append(_row(call, now))
        if now.kind is RunKind.APPLY:
            newest_apply.setdefault(now.account, now)
    if len(rows) > 1:
        call.output.table(rows, right=(0, 6), flexible=7)
        for run in newest_apply.values():
            _tell_aftermath(call, run)
    else:
        call.output.line("no run is live" if live else "no run yet")


def _tell_aftermath(call: Call, run: Run) -> None:
    """Of the last apply, if it died: how it stands, and what takes up what it left."""
    if aftermath := aftermath_of_run(call.journal, run):
        call.output.line(f"run {run.id}: {aftermath}")
        call.output.line(f"  next: {all_runs.how_to_go_on(run)}")


def _event(run: Run) -> dict[str, object]:
    return {
        "event": "run",
        "run": run.id,
        "kind": run.kind.value,
        "state": run.state.value,
        "wanted": run.wanted.value,
        "account": run.account_name,
        "account_id": run.account,
        "plan": run.plan,
        "pid": run.pid,
        "asked_at": run.asked_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "summary": run.summary,
        "error": run.error,
    }


def _row(call: Call, run: Run) -> tuple[str, ...]:
    told = str(run.error.get("message", "")) if run.error else ", ".join(counts_told(run.summary))
    state = sign_of(RUNS, run.state.value).shown(call.ascii)
    asked = day_and_clock(run.asked_at, call.output.zone)
    pid = str(run.pid) if run.pid and run.live else ""
    return (str(run.id), state, run.kind.value, run.account_name, PurePath(run.plan or "").name, asked, pid, told)
