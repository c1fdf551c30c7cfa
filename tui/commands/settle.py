"""`milepost settle PLAN PROJECT KEY`: a person says what became of an attempt whose outcome is unknown."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.errors import UsageError
from assistant.settle import Settlement, settle_by_person, settlement_of
from tui.call import Call, this_call
from tui.command import command
from tui.commands.single import look_at, only_project, typed_or_refused


@command(
    "settle",
    examples=[
        "milepost settle december.toml 38112233 m1 --paid 41200037",
        "milepost settle december.toml 38112233 m1 --not-paid",
    ],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("project")
@click.argument("key")
@click.option("--paid", metavar="REF", help="It was paid: it is the milestone of this number on the site.")
@click.option("--not-paid", is_flag=True, help="It was not paid, as the site and the account's statement show.")
@click.option("--approve", metavar="TEXT", help="The amount, or “not paid”, where nobody can type it.")
def settle(plan: Path, project: str, key: str, paid: str | None, not_paid: bool, approve: str | None) -> int:
    """Say what became of a milestone that may have been paid.

    Looking settles most of these by itself; look at the site and at the account's statement before you use this.
    """
    if (paid is None) is not not_paid:
        raise UsageError("say one of the two: --paid REF, or --not-paid")
    call = this_call()
    found = only_project(call.plan(plan), project)
    work = call.work(found)
    look = look_at(call, work, found)
    settlement = settlement_of(work.journal, work.account.facts.id, look, key, paid=paid)
    _tell(call, settlement)
    settle_by_person(work.journal, settlement, approve or typed_or_refused(call, settlement.wanted))
    call.output.event({"event": "settled", "project": look.project.ref, "key": key, "paid": paid})
    call.output.line("kept; milepost preview shows what is left to do")
    return 0


def _tell(call: Call, settlement: Settlement) -> None:
    attempt = settlement.attempt
    call.output.line(f"run {attempt.run_id}: {attempt.change} {attempt.amount} “{attempt.description}”")
    call.output.line(f"it {attempt.reason or 'may have been paid'}")
    said = f"milestone #{settlement.paid} is it" if settlement.paid else "nothing was paid"
    call.output.line(f"you say: {said}")
