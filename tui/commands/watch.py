"""`milepost watch`: checks in the foreground, again and again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from assistant.clock import now, stamp
from assistant.journal import RunKind, Wanted
from assistant.schedule.period import parse_every
from assistant.schedule.rounds import NotNow, Rounds, some_of
from tui.call import Call, this_call
from tui.command import command
from tui.commands.check import Asked, carry_out_check


@command("watch", examples=["milepost watch", "milepost watch --every 2h december.toml", "milepost watch --json"])
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option("--every", default="30m", show_default=True, metavar="PERIOD", help="How often: 30m, 2h, 1d.")
@click.option("--rounds", "most", type=click.IntRange(1), metavar="N", help="End after so many checks.")
def watch(plans: tuple[Path, ...], every: str, most: int | None) -> int:
    """Check every so often until Ctrl-C. Nobody has to attend: it types no password and opens no window.

    After checks that could not run it waits longer, up to a day. While a timer's check is at work it leaves that be.
    """
    call = this_call()
    seconds = parse_every(every)
    rounds = Rounds(call.settings.data_dir, seconds, by="watch")
    try:
        return _watch(call, plans, rounds, most)
    finally:
        rounds.end()


def _watch(call: Call, plans: Sequence[Path], rounds: Rounds, most: int | None) -> int:
    """Rounds until Ctrl-C, or so many; the exit code of the last one."""
    seconds = rounds.every
    code, done = 0, 0
    while True:
        asked = Asked.of(call, plans, unattended=True)  # plans may have been edited meanwhile
        ended = rounds.carry_out(partial(carry_out_check, call, asked), patient=done > 0)
        if isinstance(ended, NotNow):
            call.output.note(ended.why)
        else:
            code = ended
        done += 1
        last = call.journal.runs.newest(1, kind=RunKind.CHECK)
        if last and last[0].wanted is Wanted.STOP:  # Ctrl-C during the check
            return code
        if most is not None and done >= most:
            return code
        due = rounds.next_after(rounds.state) or now() + timedelta(seconds=seconds)
        wait = max((due - now()).total_seconds(), 60) + some_of(min(seconds / 10, 300))
        call.output.event({"event": "waiting", "next": stamp(now() + timedelta(seconds=wait))})
        call.output.note(
            f"next check {call.settings.local(now() + timedelta(seconds=wait)):%Y-%m-%d %H:%M}; Ctrl-C ends"
        )
        try:
            threading.Event().wait(wait)
        except KeyboardInterrupt:
            return code
