"""`milepost schedule install | show | remove`: checks by a timer of the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.clock import moment
from assistant.errors import ApprovalRefused
from assistant.schedule.choose import SCHEDULERS, check_job, notes_for_timers, scheduler
from assistant.schedule.period import every_text, parse_every
from assistant.schedule.rounds import Rounds
from tui.asking import ask_line
from tui.call import Call, this_call
from tui.command import group

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
    installed = {each.name: where for each in SCHEDULERS if (where := each.installed()) is not None}
    every = _every_of(installed)
    rounds = Rounds(call.settings.data_dir, every)
    state = rounds.state
    due = rounds.next_after(state) if installed else None
    call.output.event(
        {
            "event": "schedule",
            "installed": installed,
            "every_seconds": every if installed else None,
            "last_started": state.last_started,
            "last_ended": state.last_ended,
            "last_code": state.last_code,
            "failures": state.failures,
            "next": due.isoformat() if due else None,
            "log": str(rounds.log) if rounds.log.exists() else None,
        }
    )
    for name, where in installed.items():
        call.output.line(f"{name}, every {every_text(every)}: {where}")
    if not installed:
        call.output.line("no timer is installed: milepost schedule install")
    _tell_rounds(call, rounds)
    if due is not None:
        call.output.line(f"next run: {call.settings.local(due):%Y-%m-%d %H:%M}, or a little after")


def _tell_rounds(call: Call, rounds: Rounds) -> None:
    state = rounds.state
    if state.last_started is None:
        call.output.line("it has not run yet")
        return
    ended = {0: "nothing new", 2: "findings", None: "not ended yet"}.get(state.last_code, "it could not run")
    call.output.line(f"last run: {_when(call, state.last_started)}, {ended}")
    if state.failures:
        call.output.line(f"{state.failures} in a row could not run; see {rounds.log}")


def _when(call: Call, at: str) -> str:
    return f"{call.settings.local(moment(at)):%Y-%m-%d %H:%M}"


def _every_of(installed: dict[str, str]) -> int:
    """How often the installed timer runs, by its own words."""
    for each in SCHEDULERS:
        if each.name in installed and (every := each.every()) is not None:
            return every
    return parse_every(EVERY)


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
