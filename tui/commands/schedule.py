"""`milepost schedule install | show | remove`: checks by a timer of the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.clock import now
from assistant.errors import ApprovalRefused
from assistant.schedule.choose import SCHEDULERS, check_job, notes_for_timers, scheduler
from assistant.schedule.period import every_text, parse_every
from assistant.schedule.rounds import Rounds
from assistant.schedule.upcoming import Upcoming, upcoming
from tui.asking import ask_line
from tui.call import Call, this_call
from tui.command import group
from tui.view.times import day_and_clock

KINDS = click.Choice([each.name for each in SCHEDULERS])
EVERY = "30m"


@group("schedule")
def schedule() -> None:
    """Checks by a timer of this machine: systemd, cron or launchd."""


@schedule.command(
    "install",
    examples=[
        "milepost schedule install",
        "milepost schedule install --every 2h december.toml",
        "milepost schedule install --with cron --yes",
    ],
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option("--every", default=EVERY, show_default=True, metavar="PERIOD", help="How often: 30m, 2h, 1d.")
@click.option("--with", "kind", type=KINDS, help="The kind of timer; left out: the first that this machine has.")
@click.option("--yes", is_flag=True, help="Do it without asking, after showing it.")
def install(plans: tuple[Path, ...], every: str, kind: str | None, yes: bool) -> None:
    """Let a timer of this machine check, with the account's kept session.

    It shows what it will write and run, and asks. Installing again puts the new one in place of the old. The check is
    that of `milepost check`: of the plans named here, else of every project of every account.
    """
    call = this_call()
    settings, seconds, chosen = call.settings, parse_every(every), scheduler(kind)
    if plans:
        for path in plans:
            call.plan(path)  # a plan with problems would fail every time
    accounts = [call.options.account] if call.options.account else []
    job = check_job(settings, seconds, plans, accounts, chosen)
    call.output.event({"event": "preview", "with": chosen.name, "text": chosen.preview(job)})
    for line in chosen.preview(job).splitlines():
        call.output.note(line)
    for note in [*notes_for_timers(settings, accounts), *chosen.notes()]:
        call.output.note(f"note: {note}")
    if not yes:
        _ask(f"install this with {chosen.name}?")
    others = [each for each in SCHEDULERS if each is not chosen and each.installed() is not None]
    for other in others:  # two timers would check twice
        other.remove()
    chosen.install(job)
    event = {"event": "installed", "with": chosen.name, "every_seconds": seconds, "where": chosen.installed()}
    call.output.event(event | {"replaced": [each.name for each in others]})
    call.output.line(f"checks every {every_text(seconds)} with {chosen.name}: {chosen.installed()}")


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise ApprovalRefused("nobody is there to be asked, and nothing was written", hint="add --yes")
    if ask_line(f"{question} Type yes", "no").casefold() != "yes":
        raise ApprovalRefused("it was not confirmed, and nothing was written")


@schedule.command("show", examples=["milepost schedule show", "milepost schedule show --json"])
def show() -> None:
    """Show which timer is installed, when it last ran, how that ended, and when it runs next."""
    call = this_call()
    known = upcoming(call.settings, call.settings.local(now()))
    state = known.state
    call.output.event(
        {
            "event": "schedule",
            "installed": known.installed,
            "every_seconds": known.every,
            "last_started": state.last_started,
            "last_ended": state.last_ended,
            "last_code": state.last_code,
            "failures": state.failures,
            "by": known.by or None,
            "next": known.next.isoformat() if known.next else None,
            "overdue": known.overdue,
            "log": str(known.log) if known.log.exists() else None,
        }
    )
    for name, where in known.installed.items():
        call.output.line(f"{name}, every {every_text(known.every) if known.every else 'so often'}: {where}")
    if not known.installed:
        call.output.line("no timer is installed: milepost schedule install")
    _tell_rounds(call, known)


def _tell_rounds(call: Call, known: Upcoming) -> None:
    state = known.state
    if state.last_started is None:
        call.output.line("it has not run yet")
        return
    by = " by milepost watch" if state.by == "watch" else ""
    call.output.line(f"last run{by}: {day_and_clock(state.last_started, call.output.zone)}, {known.ended}")
    if state.failures:
        call.output.line(f"{state.failures} in a row could not run; see {known.log}")
    if known.overdue:
        call.output.line(f"it should have run by {known.next:%Y-%m-%d %H:%M}: is {known.by} at work?")
    elif known.next is not None:
        watch = " by milepost watch" if known.by == "watch" else ""
        call.output.line(f"next run{watch}: {known.next:%Y-%m-%d %H:%M}, or a little after")


@schedule.command("remove", examples=["milepost schedule remove"])
def remove() -> None:
    """Take the timer away, and what was remembered of its rounds. The journal stays."""
    call = this_call()
    gone = [what for each in SCHEDULERS for what in each.remove()]
    gone += [str(path) for path in Rounds(call.settings.data_dir, parse_every(EVERY)).forget()]
    call.output.event({"event": "removed", "what": gone})
    for what in gone:
        call.output.line(f"removed {what}")
    if not gone:
        call.output.line("no timer was installed")
