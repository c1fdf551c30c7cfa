"""`milepost history`: what was done, newest first, with where the evidence is."""

from __future__ import annotations

import click

from assistant.journal import Attempt, Journal
from tui.call import Call, this_call
from tui.command import command
from tui.signs import ATTEMPTS, sign_of
from tui.view.times import day_and_clock


@command("history", examples=["milepost history", "milepost history --most 500 --account anna --json"])
@click.option("--most", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@click.option("--run", "run_id", type=int, metavar="RUN", help="Only what this run did.")
def history(most: int, run_id: int | None) -> None:
    """Show what was done, newest first: each attempt with its outcome and its evidence.

    With --account only that account's; else all accounts'.
    """
    call = this_call()
    account = call.account().facts.id if call.options.account else None
    if run_id is not None:
        found = [one for one in reversed(call.journal.attempts.of_run(run_id)) if account in (None, one.account)][:most]
    else:
        found = call.journal.attempts.newest(account, most)
    for one in found:
        call.output.event(_event(call.journal, one))
        _tell(call, one)
    if not found:
        call.output.line("nothing was done yet")


def _event(journal: Journal, one: Attempt) -> dict[str, object]:
    return {
        "event": "attempt",
        "attempt": one.id,
        "run": one.run_id,
        "account": one.account,
        "project": one.project_ref,
        "key": one.key,
        "change": one.change,
        "description": one.description,
        "amount": one.amount.amount_text,
        "currency": one.amount.currency.code,
        "outcome": one.state.value,
        "site_ref": one.site_ref,
        "reason": one.reason,
        "site_message": one.site_message,
        "request_id": one.request_id,
        "source": one.source,
        "fees": one.fees,
        "settled_by": one.settled_by,
        "recorded_at": one.recorded_at,
        "ended_at": one.ended_at,
        "evidence": [dict(piece) for piece in journal.attempts.evidence_of(one.id)],
    }


def _tell(call: Call, one: Attempt) -> None:
    state = sign_of(ATTEMPTS, one.state.value).shown(call.ascii)
    fees = f", fees {one.fees}" if one.fees else ""
    source = f" from {one.source}" if one.source else ""
    where = f" #{one.site_ref}" if one.site_ref else ""
    at = day_and_clock(one.recorded_at, call.output.zone)
    call.output.line(
        f"{at}  run {one.run_id}  {state}  {one.change} {one.amount}{source}{fees}  "
        f"{one.project_ref}/{one.key}{where}  {one.description}"
    )
    if one.reason:
        call.output.line(f"    {one.reason}")
    for piece in call.journal.attempts.evidence_of(one.id):
        if piece["path"]:
            call.output.line(f"    {piece['moment']}: {piece['path']}")
