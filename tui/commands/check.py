"""`milepost check [PLAN...]`: what has happened since the last check. It reads and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from assistant.checks.conclude import Conclusion, conclude, mark_told
from assistant.checks.memory import Remembered
from assistant.checks.reading import CheckOrder
from assistant.clock import now, stamp
from assistant.errors import MilepostError, OutcomeUnknown, worst_exit
from assistant.journal import AttemptState, Event, RunState
from assistant.notify.notify import notify
from assistant.plans.plan import Plan
from assistant.plans.together import load_plans
from assistant.schedule.period import parse_every
from assistant.schedule.rounds import NotNow, Rounds, some_of
from assistant.work import Work
from tui.call import Call, this_call
from tui.command import command
from tui.following import follow_to_the_end
from tui.output import also_to, tell_error

FINDINGS = 2


@command(
    "check",
    examples=[
        "milepost check",
        "milepost check december.toml",
        "milepost check --all --account anna --json",
    ],
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="List what was told before and still holds, too.")
@click.option("--unattended", is_flag=True, help="Nobody is there: sign in to nothing, and say so if that is needed.")
@click.option("--notify", "notifying", is_flag=True, help="Tell the channels, too; unattended checks always do.")
@click.option("--scheduled", metavar="PERIOD", hidden=True, help="A timer's check, one that comes every so often.")
@click.option("--jitter", type=click.IntRange(0, 3600), default=0, hidden=True, help="Seconds to wait at most.")
def check(
    plans: tuple[Path, ...], everything: bool, unattended: bool, notifying: bool, scheduled: str | None, jitter: int
) -> int:
    """Say what has happened on the site since the last check, and what falls due.

    It can only read. With plans, it looks at their projects alone; without, at every project of the account (of all
    accounts, if none is named), held against the plans of the settings. Project pages are read only where something
    may have changed. Each finding is told once, and again when it changes. Ends with 2 if there is anything new.
    """
    call = this_call()
    if scheduled is not None:
        time.sleep(some_of(jitter))
        return _by_timer(call, plans, parse_every(scheduled))
    asked = Asked.of(call, plans, unattended=unattended, notifying=unattended or notifying)
    return carry_out_check(call, asked, everything=everything)


def _by_timer(call: Call, plans: Sequence[Path], every: int) -> int:
    """A timer's check: one at a time, later after failures, and what it says is kept in a log."""
    rounds = Rounds(call.settings.data_dir, every)
    with rounds.open_log().open("a", encoding="utf-8", errors="backslashreplace") as log, also_to(log):
        call.output.note(f"--- {stamp()}")
        try:
            ended = rounds.carry_out(lambda: carry_out_check(call, Asked.of(call, plans, unattended=True)))
        except MilepostError as error:
            tell_error(error, as_json=call.output.as_json)
            return error.exit_code
        if isinstance(ended, NotNow):
            call.output.note(ended.why)
            return 0
        return ended


@dataclass(frozen=True)
class Asked:
    """What a check was asked for on the command line."""

    plans: tuple[Plan, ...]
    accounts: tuple[str, ...]
    only_planned: bool
    unattended: bool
    notifying: bool

    @classmethod
    def of(cls, call: Call, plans: Sequence[Path], *, unattended: bool, notifying: bool = True) -> Asked:
        """The plans that are named, else those of the settings; their accounts, else all. Raises `PlanError`."""
        loaded = tuple(load_plans(list(plans) or call.settings.plan_files(), call.settings))
        named = dict.fromkeys(plan.account for plan in loaded) if plans else dict.fromkeys(call.settings.accounts)
        accounts = (call.options.account,) if call.options.account else tuple(named)
        if not accounts:
            call.settings.account(None)  # says that no account is set up, and what to do
        return cls(loaded, accounts, bool(plans), unattended, notifying)


def carry_out_check(call: Call, asked: Asked, *, everything: bool = False) -> int:
    """One check of each account, told; the exit code."""
    concluded: list[tuple[Work, Conclusion]] = []
    codes: list[int] = []
    for name in asked.accounts:
        try:
            work = call.work_of(name)
            conclusion = _check_account(call, work, asked)
        except MilepostError as error:  # one account's trouble is not the others'
            tell_error(error, as_json=call.output.as_json)
            codes.append(error.exit_code)
            continue
        concluded.append((work, conclusion))
        codes += _tell(call, work, conclusion, everything=everything, notifying=asked.notifying)
    _tell_summary(call, [conclusion for _, conclusion in concluded])
    return worst_exit(codes)


def _check_account(call: Call, work: Work, asked: Asked) -> Conclusion:
    facts = work.account.facts
    mine = tuple(p for p in asked.plans if (p.account, p.platform) == (facts.name, facts.platform))
    run_id = work.start_check(CheckOrder(mine, asked.only_planned, asked.unattended))
    call.output.progress(f"run {run_id} checks {facts.name}")

    def tell(event: Event) -> None:
        if event.kind in {"listed", "looked", "unread", "warning"}:
            call.output.progress(f"{event.kind}: {event.text}")

    run = follow_to_the_end(work.journal, run_id, call.output, tell)
    return conclude(work, run, asked.plans, work.settings.local(now()), only_planned=asked.only_planned)


def _tell(call: Call, work: Work, conclusion: Conclusion, *, everything: bool, notifying: bool) -> list[int]:
    """What one account's check has to say, and then that it was said; the exit codes that hold."""
    outcome = conclusion.outcome
    call.output.line(f"{work.account.facts.name}, {work.account.facts.role} on {work.account.rules.title}:")
    for each in outcome.new:
        _tell_finding(call, work, each, conclusion, new=True)
    for each in outcome.standing if everything else ():
        _tell_finding(call, work, each, conclusion, new=False)
    for finding in outcome.gone:
        call.output.event({"event": "gone", "account": work.account.facts.name, **finding.as_event()})
        call.output.line(f"over     {finding.kind.replace('_', ' ')}: {finding.place}: {finding.sentence}")
    if notifying:
        _notify(call, work, conclusion)
    mark_told(work, outcome.new, now())
    codes = [FINDINGS] if outcome.new or (everything and outcome.standing) else []
    if conclusion.error is not None:
        tell_error(conclusion.error, as_json=call.output.as_json)
        codes.append(conclusion.error.exit_code)
    elif conclusion.run.state is RunState.STOPPED:
        call.output.note(f"run {conclusion.run.id} was stopped before it had looked at everything")
        codes.append(MilepostError.exit_code)
    unknown = any(one.state is AttemptState.UNKNOWN for one in work.journal.attempts.open(work.account.facts.id))
    return [*codes, OutcomeUnknown.exit_code] if unknown else codes


def _notify(call: Call, work: Work, conclusion: Conclusion) -> None:
    """Tell the channels. One that fails is a note: it never changes how the check ends."""
    for delivery in notify(work, conclusion.outcome.new, work.settings.local(now())):
        call.output.event(delivery.as_event())
        if delivery.trouble:
            call.output.note(f"{delivery.channel} was not told, and will be tried again: {delivery.trouble}")


def _tell_finding(call: Call, work: Work, each: Remembered, conclusion: Conclusion, *, new: bool) -> None:
    finding = each.finding
    event = {"event": "finding", "account": work.account.facts.name, "new": new, **finding.as_event()}
    call.output.event(event | {"seen_at": conclusion.run.ended_at or conclusion.run.asked_at})
    kind = finding.kind.replace("_", " ")
    call.output.line(f"{finding.severity:8} {kind}: {finding.place}: {finding.sentence}")
    if finding.next:
        call.output.line(f"{'':8} next: {finding.next}")


def _tell_summary(call: Call, concluded: Sequence[Conclusion]) -> None:
    reads = [conclusion.read for conclusion in concluded]
    counts = {
        "projects": sum(len(read.get("scope", ())) for read in reads),
        "looked": sum(len(read.get("looked", ())) for read in reads),
        "unread": sum(len(read.get("unread", ())) for read in reads),
        "findings": sum(len(c.outcome.new) + len(c.outcome.standing) for c in concluded),
        "new": sum(len(c.outcome.new) for c in concluded),
        "gone": sum(len(c.outcome.gone) for c in concluded),
        "list_loads": sum(read.get("list_loads", 0) for read in reads),
        "page_loads": sum(read.get("page_loads", 0) for read in reads),
    }
    call.output.event({"event": "summary", "runs": [c.run.id for c in concluded], **counts})
    standing = counts["findings"] - counts["new"]
    still = f", {standing} told before{'' if not standing else ' (--all lists them)'}"
    call.output.line(
        f"{counts['projects']} projects, {counts['looked']} looked at, {counts['page_loads']} pages loaded; "
        f"{counts['new']} new finding{'s' * (counts['new'] != 1)}{still}"
    )
