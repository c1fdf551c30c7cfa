"""`milepost doctor`: is everything in place, from this machine down to each locator of a platform's pages?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from assistant.doctor import newest
from assistant.errors import MilepostError, RunError
from assistant.journal import Run, RunState
from assistant.machine import Check, check_machine
from assistant.work import Work, error_of
from tui.call import Call, this_call
from tui.command import command
from tui.doctor_text import check_lines, checks_of, locator_lines, override_file, trouble_lines
from tui.following import follow_to_the_end

DIFFERENT = 2


@command(
    "doctor",
    examples=["milepost doctor", "milepost doctor anna", "milepost doctor anna --json", "milepost doctor --last anna"],
)
@click.argument("name", metavar="[ACCOUNT]", required=False)
@click.option("--last", is_flag=True, help="What was found the last time, without a browser.")
def doctor(name: str | None, last: bool) -> int:
    """Say whether everything is in place, down to each locator of the pages.

    It checks this machine, then holds the platform's profile against the pages of today; nothing is changed anywhere.
    For an account it signs in, reads My Projects and a few projects, opens the form and closes it again, and says for
    each locator whether it finds one element, none or several; what stands behind a step that costs money is not looked
    at. What is broken comes with the nearest names, a picture, and an override to paste into your own file of the
    platform. Ends with 1 where this machine is not in order, and with 2 where locators are broken.
    """
    call = this_call()
    named = name or call.options.account or _only_account(call)
    checks = [] if last else list(check_machine(call.settings, call.settings.account(named) if named else None))
    if named is None:
        _tell_checks(call, checks)
        call.output.line("no account was examined; name one: milepost doctor ACCOUNT")
        return _end(call, checks, None)
    work = call.work_of(named)
    if last:
        return _end(call, [], _last(work), work)
    _tell_checks(call, checks)
    run = _examine(call, work)
    if error := error_of(run):
        raise error
    if run.state is RunState.STOPPED or run.summary is None:
        raise RunError("the run was stopped before it had looked at everything", where=f"run {run.id}")
    found = checks_of(run.summary)
    _tell_checks(call, found)
    return _end(call, [*checks, *found], run.summary, work)


def _only_account(call: Call) -> str | None:
    names = list(call.settings.accounts)
    return names[0] if len(names) == 1 else None


def _last(work: Work) -> Mapping[str, Any]:
    run = newest(work.journal, work.account.facts.id)
    if run is None or run.summary is None:
        name = work.account.facts.name
        raise MilepostError(f"the doctor has not examined {name} yet", hint=f"milepost doctor {name}")
    return run.summary


def _examine(call: Call, work: Work) -> Run:
    run_id = work.start_doctor()
    call.output.progress(f"run {run_id} looks at the pages")
    return follow_to_the_end(work.journal, run_id, call.output, lambda event: call.output.progress(event.text))


def _tell_checks(call: Call, checks: list[Check]) -> None:
    for check in checks:
        call.output.event(check.as_event())
    for line in check_lines(checks):
        call.output.line(line)


def _end(call: Call, checks: list[Check], summary: Mapping[str, Any] | None, work: Work | None = None) -> int:
    """Tell the locators and the end of it all; returns the exit code."""
    in_order = all(check.ok for check in checks)
    if summary is not None:
        _tell_locators(call, summary)
        _tell_mends(call, summary, work)
    broken, seen = (list(summary["broken"]), bool(summary["ok"])) if summary is not None else ([], True)
    figures = {key: summary[key] for key in ("override", "pictures", "words", "page_loads")} if summary else {}
    call.output.event({"event": "summary", "ok": in_order and seen, "broken": broken, **figures})
    return 1 if not in_order else 0 if seen else DIFFERENT


def _tell_locators(call: Call, summary: Mapping[str, Any]) -> None:
    for entry in summary["locators"]:
        call.output.event({"event": "locator", **entry})
    for line in locator_lines(summary):
        call.output.line(line)


def _tell_mends(call: Call, summary: Mapping[str, Any], work: Work | None) -> None:
    for line in trouble_lines(summary):
        call.output.line(line)
    if summary["override"] and work is not None:
        file = override_file(summary, work.settings.config_dir)
        call.output.line(f"\nthis would find them; look at it, then put it into {file}:\n")
        for line in summary["override"].splitlines():
            call.output.line(line)
