"""`milepost attach [RUN]`: follow a run that somebody else started, or ask it to pause, go on or stop."""

from __future__ import annotations

import sys

import click
from pydantic import SecretStr

from assistant import runs
from assistant.errors import UsageError
from assistant.journal import Event, Run, Wanted
from assistant.person_line import EVENT, Said
from tui.answering import Answering, answer
from tui.call import Call, this_call
from tui.command import command
from tui.commands.apply import tell_end
from tui.view.times import clock

DETACHED = 130


@command(
    "attach",
    examples=[
        "milepost attach",
        "milepost attach 12 --json",
        "milepost attach 12 --stop",
        "milepost attach 12 --code",
        'milepost attach 12 --approve "503.00 USD"',
    ],
)
@click.argument("run_id", metavar="[RUN]", type=int, required=False)
@click.option("--pause", "wanted", flag_value="pause", help="Ask it to pause after the current step.")
@click.option("--go", "wanted", flag_value="go", help="Let a paused run go on.")
@click.option("--stop", "wanted", flag_value="stop", help="Ask it to stop after the current step.")
@click.option("--code", "wanted", flag_value="code", help="Give the 2-step code that it waits for: read from stdin.")
@click.option("--done", "wanted", flag_value="done", help="Say that you have done what it waits for.")
@click.option("--stop-now", "wanted", flag_value="now", help="Stop it in mid-step; what it was doing is then unknown.")
@click.option("--refuse", "wanted", flag_value="refuse", help="Refuse the fee that it asks about: nothing is paid.")
@click.option("--approve", metavar='"TOTAL CUR"', help="Approve the fee that it asks about: what the payment comes to.")
def attach(run_id: int | None, wanted: str | None, approve: str | None) -> int:
    """Follow a run from its beginning to its end: the one that is live, or RUN. Ends as the run does.

    Ctrl-C only stops the watching. What the run waits for a person to do is told; a 2-step code, or the yes to a fee
    that is higher than approved, can be typed here. With one of the options the run is told so, and not followed.
    """
    call = this_call()
    if approve and wanted:
        raise UsageError("--approve goes with no other word to the run")
    run = _meant(call, run_id)
    if approve:
        return _ask(call, run, "approve", Said(amount=approve))
    if wanted is not None:
        return _ask(call, run, wanted)
    answering = Answering(call.journal, run.id, call.output)
    try:
        for event in runs.follow(call.journal, run.id, between=answering.between):
            if event.kind == EVENT:
                answering.asked(event)
            else:
                _tell(call, event)
    except KeyboardInterrupt:
        call.output.note(f"run {run.id} goes on; `milepost attach {run.id}` follows it again")
        return DETACHED
    return tell_end(call, runs.current(call.journal, run.id))


def _meant(call: Call, run_id: int | None) -> Run:
    """The run of that number, else the only live one (of --account). Raises `RunError`, `UsageError`."""
    if run_id is not None:
        return runs.refresh(call.journal, run_id)
    account = call.account().facts.id if call.options.account else None
    found = [runs.refresh(call.journal, run.id) for run in call.journal.runs.newest(account=account, live=True)]
    live = [run for run in found if run.live]
    if len(live) == 1:
        return live[0]
    if live:
        numbers = ", ".join(f"{run.id} ({run.account_name})" for run in live)
        raise UsageError("several runs are live", hint=f"say which: {numbers}")
    raise UsageError("no run is live", hint="`milepost runs` lists those that have ended; name one to see its story")


def _ask(call: Call, run: Run, wanted: str, said: Said | None = None) -> int:
    if not run.live:
        raise UsageError(f"run {run.id} has ended: {run.state}", hint="`milepost runs` lists those that are live")
    if wanted == "now":
        runs.stop_now(call.journal, run.id)
    elif wanted in {"code", "done", "refuse", "approve"}:
        answer(call.journal, run.id, said or _said(wanted))
    else:
        call.journal.runs.want(run.id, Wanted(wanted))
    told = {"pause": "pauses after the current step", "go": "goes on", "stop": "stops after the current step"}
    told |= {"code": "was given the code", "done": "was told that you are done"}
    told |= {"refuse": "leaves the cart unpaid", "approve": "was told what you approve"}
    call.output.event({"event": "asked", "run": run.id, "wanted": wanted})
    call.output.line(f"run {run.id} {told.get(wanted, 'is stopped now')}")
    return 0


def _said(wanted: str) -> Said:
    if wanted == "code":
        return Said(code=_typed_code())
    return Said(done=wanted == "done", no=wanted == "refuse")


def _typed_code() -> SecretStr:
    """A line of stdin; asked for without showing it where a person types. Never an argument: others could read it."""
    if sys.stdin.isatty():
        return SecretStr(click.prompt("code", hide_input=True, err=True))
    return SecretStr(sys.stdin.readline().strip())


def _tell(call: Call, event: Event) -> None:
    call.output.event({"run": event.run_id, "at": event.at, "text": event.text, **event.data, "event": event.kind})
    call.output.line(f"{clock(event.at, call.output.zone)}  {event.kind}: {event.text}")
