"""`milepost login [ACCOUNT]`: sign an account in, by hand in a window or typed, and keep the session."""

from __future__ import annotations

import click

from assistant.errors import RunError
from assistant.journal import RunState
from assistant.work import error_of
from tui.call import this_call
from tui.command import command
from tui.following import follow_to_the_end


@command("login", examples=["milepost login", "milepost login anna", "milepost login anna --by-hand"])
@click.argument("name", metavar="[ACCOUNT]", required=False)
@click.option("--by-hand", is_flag=True, help="Sign in yourself in a window, even where a password is kept.")
def login(name: str | None, by_hand: bool) -> None:
    """Sign an account in and keep its session, encrypted, so that runs need no login until it ends.

    Without a kept password a window opens, and you sign in there yourself: captchas, codes and devices are yours to
    answer. With one it is typed, and you are asked for what only you can do. The session is kept once it has signed in
    by itself in a second browser context; one that does not is not kept, and never takes the place of a good one.
    """
    call = this_call()
    work = call.work_of(name or call.options.account)
    one = work.account.account
    run_id = work.start_login(by_hand=by_hand or one.password is None)
    call.output.progress(f"run {run_id} signs {one.name} in")
    run = follow_to_the_end(work.journal, run_id, call.output, lambda _event: None)
    if error := error_of(run):
        raise error
    if run.state is RunState.STOPPED:
        raise RunError("the run was stopped before anybody was signed in", where=f"run {run_id}")
    call.output.event({"event": "login", "account": one.name, "run": run_id, "session": "kept"})
    call.output.line(f"{one.name} is signed in on {work.account.facts.origin}; the session is kept")
