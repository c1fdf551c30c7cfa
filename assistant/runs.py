"""Starting runs, following them and asking them to pause or stop: the same for screens, command line and timers.

A run is a row in the journal. Whoever wants one writes the row and starts a runner for it, a process in a session of
its own that outlives the terminal; from then on both sides only read and write the journal.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.accounts import AccountInUse
from assistant.changes import may_have
from assistant.errors import JournalError, OutcomeUnknown, RunError
from assistant.fallback import RESERVED, kept_for
from assistant.journal import AttemptState, Event, Journal, Run, RunKind, RunState, Wanted
from assistant.journal.book import ChangeWatch
from assistant.money import shown
from assistant.private_files import private_folder
from assistant.processes import alive
from assistant.settings.model import Settings

POLL_SECONDS = 0.05
"""Between two looks at the journal's change counter, each of which costs a fraction of a millisecond."""

RUNNER = "flows.runner"
"""The module that carries a run out, in a process of its own."""

UNATTENDED = "unattended"
"""Set in the order of a run that nobody follows, such as a timer's: it never signs in, and asks nobody."""

ASKS = "asks"
"""Set in the order of a run whose starter sits at a screen or terminal: a fee above the approved one is asked about."""

BY_HAND = "by_hand"
"""Set in the order of a login that a person makes in a window."""


def start(
    settings: Settings,
    journal: Journal,
    account: AccountInUse,
    kind: RunKind,
    order: Mapping[str, Any],
    plan: Path | None = None,
) -> int:
    """Ask for a run and start its runner; returns the run's number. Raises `RunError` if no process can be started."""
    facts = account.facts
    run_id = journal.runs.ask(kind, facts.id, facts.name, order, str(plan.absolute()) if plan else None)
    log = stderr_of(settings, run_id)
    private_folder(log.parent)
    environment = os.environ | {
        "MILEPOST_CONFIG": str(settings.file),
        "MILEPOST_DATA_DIR": str(settings.data_dir),
    }
    try:
        with os.fdopen(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab") as stderr:
            # -P: a folder named `flows` in the working directory must not be run in place of ours.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", RUNNER, str(run_id)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
                env=environment,
            )
    except OSError as error:
        journal.runs.end(run_id, RunState.FAILED, error={"message": str(error)})
        raise RunError(f"the run's process could not be started: {error}", where=str(log)) from error
    _CHILDREN[run_id] = process
    return run_id


_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Runners that this process started, so that their ends are collected."""


def stderr_of(settings: Settings, run_id: int) -> Path:
    """The file that a run's process writes its stderr to."""
    return settings.runs_dir / f"{run_id}.log"


def follow(
    journal: Journal, run_id: int, after: int = 0, between: Callable[[], None] = lambda: None
) -> Iterator[Event]:
    """A run's events as they are written, until it has ended. `between` is called before each look at the journal."""
    watch = ChangeWatch(journal.path)
    try:
        while True:
            between()
            changed = watch.changed()
            run = current(journal, run_id) if changed else refresh(journal, run_id)
            for event in journal.runs.events(run_id, after):
                after = event.id
                yield event
            if not run.live:
                return
            time.sleep(POLL_SECONDS)
    finally:
        watch.close()


def wait(journal: Journal, run_id: int) -> Run:
    """Wait for a run's end and return its row."""
    for _ in follow(journal, run_id):
        pass
    return current(journal, run_id)


def current(journal: Journal, run_id: int) -> Run:
    """The run's row. Raises `RunError` if there is none."""
    run = journal.runs.get(run_id)
    if run is None:
        raise RunError(f"there is no run {run_id}", hint="milepost runs lists them")
    return run


def refresh(journal: Journal, run_id: int) -> Run:
    """The run's row, after marking it as interrupted if its process is gone without having ended it.

    Raises `OutcomeUnknown` for a run that paid and could not write it down, while the journal still cannot be written.
    """
    run = current(journal, run_id)
    child = _CHILDREN.get(run_id)
    died_waiting = run.state is RunState.WAITING and child is not None and child.poll() is not None
    died_running = run.live and run.pid is not None and not alive(run.pid, run.pid_started)
    if died_waiting or died_running:
        run = current(journal, run_id)  # it may have ended between the two looks
        if run.live:
            run = _end_dead(journal, run)
    return run


def _end_dead(journal: Journal, run: Run) -> Run:
    unwritten = _unwritten(journal, run.id)
    try:
        error = unwritten.as_event() if unwritten else _why_dead(journal, run.id)
        journal.runs.end(run.id, RunState.INTERRUPTED, error=error)
    except JournalError:
        if unwritten:
            raise unwritten from None
        raise
    return current(journal, run.id)


def _unwritten(journal: Journal, run_id: int) -> OutcomeUnknown | None:
    """Whether a run that died had done something that the journal did not take: by its file, or its exit code."""
    child, kept = _CHILDREN.get(run_id), kept_for(journal.path, run_id)
    if kept is None and (child is None or child.poll() != OutcomeUnknown.exit_code):
        return None
    return OutcomeUnknown(
        "the run could not write down what it did, and it may have paid",
        where=str(kept) if kept else None,
        hint="run it again once the journal is writable: it begins by looking at what stands",
    )


def _why_dead(journal: Journal, run_id: int) -> Mapping[str, Any]:
    words = "the run's process died" + _last_words(journal, run_id)
    doubt = in_doubt(journal, run_id)
    return {**doubt.as_event(), "message": f"{words}; {doubt.message}"} if doubt else {"message": words}


def in_doubt(journal: Journal, run_id: int) -> OutcomeUnknown | None:
    """What a run that ended in the middle of a step may have done; None if it was between two steps."""
    attempt = next((a for a in journal.attempts.of_run(run_id) if a.state in _MID_STEP), None)
    if attempt is None:
        return None
    return OutcomeUnknown(
        f"{attempt.project_ref}/{attempt.key} {attempt.change} {attempt.amount} {may_have(attempt.change)}",
        where=f"run {run_id}",
        hint=how_to_go_on(current(journal, run_id)),
    )


def how_to_go_on(run: Run) -> str:
    """What takes up what a run has left, on the command line and on the screen."""
    if run.kind is not RunKind.APPLY:
        return "start it again: it begins by looking at what stands"
    command = shlex.join(["milepost", "apply", run.plan or "PLAN"])
    on_screen = "on the screen, with that plan open: 3, then r"
    return f"{command} looks at what stands, says what is left and asks before it goes on ({on_screen})"


_MID_STEP = frozenset({AttemptState.SUBMITTING, AttemptState.IN_CART, AttemptState.PAYING})


def _last_words(journal: Journal, run_id: int) -> str:
    """What a run that died without an ending wrote last, for a message; "" if nothing, and nothing says why."""
    folder = journal.path.parent
    try:
        lines = (folder / "runs" / f"{run_id}.log").read_text(encoding="utf-8", errors="replace").split("\n")
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if not last:
        return f"; the disk of {folder} is full" if free < RESERVED else ""
    return f"; its last words: {shown(last, longest=200)}"


def mark_dead(journal: Journal, account: str) -> list[Run]:
    """Mark every run of an account whose process died as interrupted; returns those runs."""
    dead = []
    for run in journal.runs.newest(account=account, live=True):
        if run.pid is not None and not refresh(journal, run.id).live:
            dead.append(run)
    return dead


def outlived(journal: Journal, account: str, most: int = 50) -> list[Run]:
    """Runs of an account that have ended, and whose recorded processes have not: newest first, of the latest `most`."""
    ended = [run for run in journal.runs.newest(most, account=account) if not run.live]
    return [run for run in ended if any(alive(process[0], process[1]) for process in run.processes)]


def ask_to_stop(journal: Journal, run_id: int) -> None:
    """Ask a run to stop after the current step."""
    journal.runs.want(run_id, Wanted.STOP)


def stop_now(journal: Journal, run_id: int) -> None:
    """Stop a run's process at once. What it was doing is then unknown until a look settles it."""
    run = current(journal, run_id)
    if run.pid is not None and alive(run.pid, run.pid_started):
        # A signal of its own: two SIGTERMs in a row can arrive as one, which only asks for a stop after the step.
        os.kill(run.pid, signal.SIGUSR1)
