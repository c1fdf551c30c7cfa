"""`milepost remind [PLAN...]`: ready words for clients who have not funded what was asked for. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from assistant.clock import now as utc_now
from assistant.errors import UsageError
from assistant.plans.plan import Plan
from assistant.plans.together import load_plans
from assistant.reminders import DAYS, Reminder, reminders
from assistant.site import Role
from assistant.standing import OLD_LOOK, standings
from assistant.work import Work
from tui.call import Call, this_call
from tui.command import command
from tui.view.times import ago


@command(
    "remind",
    examples=[
        "milepost remind",
        "milepost remind december.toml --days 7",
        "milepost remind --account ben --json",
    ],
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--days",
    type=click.IntRange(0, 365),
    default=DAYS,
    show_default=True,
    metavar="N",
    help="Days that a request has waited.",
)
def remind(plans: tuple[Path, ...], days: int) -> None:
    """Print reminders for a freelancer's clients to paste: one text for each, about what is asked for and not funded.

    Plans are those that are named, else those of the settings. It reads the journal alone; look again first where it
    says so. Nothing is sent.
    """
    call = this_call()
    loaded = load_plans(list(plans) or call.settings.plan_files(), call.settings)
    if not loaded:
        raise UsageError("no plan is named, and the settings name none", hint="milepost remind PLAN, or set `plans`")
    named = dict.fromkeys(plan.account for plan in loaded)
    names: list[str | None] = [call.options.account] if call.options.account else [*named] or [None]
    for name in names:
        _remind(call, call.work_of(name), loaded, days)


def _remind(call: Call, work: Work, plans: Sequence[Plan], days: int) -> None:
    facts = work.account.facts
    if facts.role is not Role.FREELANCER:
        call.output.note(f"{facts.name} is a client: there is nobody to remind")
        return
    mine = [plan for plan in plans if (plan.account, plan.platform) == (facts.name, facts.platform)]
    now = call.settings.local(utc_now())
    known = [standing for plan in mine for standing in standings(work.journal, facts, plan, now)]
    found = reminders(known, days)
    for each in found:
        call.output.event(each.as_event() | {"account": facts.name})
        _tell(call, each, mine, now)
    unseen = sum(standing.seen_at is None and not standing.planned.skipped for standing in known)
    if unseen:
        call.output.note(f"{unseen} of {len(known)} planned projects never looked at: milepost preview PLAN")
    if not found:
        waits = f"has waited for {days} day{'s' * (days != 1)} or longer" if days else "waits"
        call.output.line(f"no request of {facts.name} {waits}; there is nobody to remind")


def _tell(call: Call, reminder: Reminder, plans: Sequence[Plan], now: datetime) -> None:
    """A head that is not for pasting, then the text."""
    output = call.output
    whom = reminder.counterparty or f"the client of project {', '.join(reminder.projects)}"
    amounts = " and ".join(str(amount) for amount in reminder.amounts)
    since = reminder.oldest.astimezone(now.tzinfo).date().isoformat()
    count = f"{reminder.milestones} milestone{'s' * (reminder.milestones != 1)}"
    looked = ago(reminder.as_of.isoformat(), now)
    output.note(f"--- for {whom}: {count}, {amounts}, waiting since {since}; looked at {looked}")
    if now - reminder.as_of >= OLD_LOOK:
        files = " ".join(str(plan.file) for plan in plans)
        output.note(f"--- that is long ago: look again first, with milepost preview {files}")
    for line in reminder.text.splitlines():
        output.line(line)
    output.line()
