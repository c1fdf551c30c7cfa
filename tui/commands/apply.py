"""`milepost apply PLAN`: preview, approval by the typed total, and the run that carries it out."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from assistant.aftermath import aftermath_of_run
from assistant.approval import Order, Preview
from assistant.errors import ApprovalRefused, worst_exit
from assistant.guided import guided_text, overrides, presses_of
from assistant.journal import Event, Run
from assistant.plans.plan import Plan
from assistant.summary import Summary
from assistant.work import Work, error_of, has_work
from tui.asking import ask_line, drop_what_was_typed_ahead
from tui.call import Call, this_call
from tui.command import command
from tui.commands.preview import preview_alone
from tui.following import follow_to_the_end
from tui.output import tell_error
from tui.preview_text import approve_words, tell_approval, tell_estimate, tell_preview
from tui.signs import ATTEMPTS, sign_of


@command(
    "apply",
    examples=[
        "milepost apply december.toml",
        'milepost apply december.toml --approve "2500.00 USD" --digest 0f3a9c5d21b7e864',
        "milepost apply december.toml --again 38112233/m2",
    ],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--approve", multiple=True, metavar='"TOTAL CUR"', help="Approve this total; once for each currency.")
@click.option("--digest", metavar="DIGEST", help="Hold it to the preview that was seen; another one is refused.")
@click.option("--again", multiple=True, metavar="PROJECT/KEY", help="Make once more what was there and is gone.")
def apply(plan: Path, approve: tuple[str, ...], digest: str | None, again: tuple[str, ...]) -> int:
    """Carry a plan out: look, show what would change, have the total typed, and do it in a real browser.

    Where nobody can type, the total is given with --approve. Ctrl-C asks the run to stop after the current step;
    a second one stops it now. Closing the terminal stops nothing: `milepost runs` shows the run.
    """
    call = this_call()
    found = call.plan(plan)
    work = call.work(found)
    made = preview_alone(call, work, found, again)
    if approve and digest is None:
        made = replace(made, platform_fees={})  # whoever wrote the total down did not see the fees on top of it
    tell_preview(call.output, made, call.ascii)
    if not has_work(made):
        return _nothing_to_do(call, work, made)
    tell_approval(call.output, made, asks=_can_type(call))
    if made.acts:
        tell_estimate(call.output, work.estimate(made))
        _tell_guided(call, work.to_be_guided(made))
    typed = approve or _typed_totals(call, found, made, digest, again)
    order = work.order(made, typed, digest)
    return tell_end(call, run_order(call, work, order, found))


def _tell_guided(call: Call, steps: Sequence[str]) -> None:
    """On a live account: what the person will press themselves, because nobody has yet."""
    if steps:
        call.output.event({"event": "guided", "steps": list(steps)})
        call.output.line(guided_text(steps))


def tell_learned(call: Call, run: Run) -> None:
    """After a guided run: what was pressed, and lines for the user's own profile where it was not what that finds."""
    presses = presses_of(call.journal, run.id)
    for press in presses:
        call.output.event({"event": "learned", "run": run.id, **asdict(press)})
        told = "which is what the profile finds" if press.expected else "which the profile does not find"
        call.output.line(f"you pressed “{press.name}” for {press.step}, {told}")
    lines = overrides(presses)
    if lines:
        call.output.line("the next run is guided again; to let it run by itself, put this into your own profile")
        for line in lines:
            call.output.line(f"  {line}")


def run_order(call: Call, work: Work, order: Order, plan: Plan) -> Run:
    """Start the run of an order, tell each attempt as it settles, and return the run once it has ended."""
    run_id = work.start_order(order, plan, asks=_can_type(call))
    call.output.note(f"run {run_id}")
    return follow_to_the_end(work.journal, run_id, call.output, lambda event: tell_attempt(call, event))


def tell_end(call: Call, run: Run) -> int:
    """Tell the summary of a run that has ended, and why it ended if not by itself; returns the exit code."""
    tell_learned(call, run)
    codes = [_tell_summary(call, run)] if run.summary else []
    if aftermath := aftermath_of_run(call.journal, run):
        call.output.event({"event": "aftermath", "run": run.id, **aftermath.as_json()})
        call.output.line(f"run {run.id} {run.state}: {aftermath}")
    if error := error_of(run):
        tell_error(error, as_json=call.options.json)
        codes.append(error.exit_code)
    return worst_exit(codes)


def tell_attempt(call: Call, event: Event) -> None:
    """Tell one event of a run that carries something out."""
    if event.kind == "attempt":
        call.output.event({"event": "attempt", "run": event.run_id, **event.data})
        sign = sign_of(ATTEMPTS, str(event.data["outcome"]))
        call.output.line(f"{sign.shown(call.ascii)}: {_told(event.data)}")
    elif event.kind in {"refused", "left"}:
        call.output.event({"event": event.kind, "run": event.run_id, **event.data})
        call.output.line(f"{sign_of(ATTEMPTS, event.kind).shown(call.ascii)}: {event.text}")


def _told(attempt: Mapping[str, Any]) -> str:
    what = f"{attempt['project']}/{attempt['key']} {attempt['change']} {attempt['amount']} {attempt['currency']}"
    source = f" from {attempt['source']}, fees {attempt['fees']}" if attempt.get("source") else ""
    reason = f", {attempt['reason']}" if attempt.get("reason") else ""
    return what + source + reason


def _tell_summary(call: Call, run: Run) -> int:
    """The last line, and the exit code that it stands for."""
    assert run.summary is not None  # noqa: S101  # the caller asked
    call.output.event({**run.summary, "event": "summary", "run": run.id, "state": run.state.value})
    counts = {name: number for name, number in run.summary.items() if name in _COUNTED and number}
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items())
    call.output.line(f"run {run.id} {run.state}: {told or 'nothing done'}; {run.summary['page_loads']} pages loaded")
    numbers = {name: number for name, number in run.summary.items() if name in _COUNTED}
    return Summary(run.id, **numbers).exit_code


_COUNTED = (
    *("planned", "created", "accepted", "confirmed", "requested", "withdrawn", "release_requested", "released"),
    *("adopted", "kept"),
    *("blocked", "gone", "refused", "unknown", "not_reached", "not_read"),
)


def _nothing_to_do(call: Call, work: Work, made: Preview) -> int:
    """Where no change is one that a run could do, none is started."""
    looked = next(iter(work.journal.runs.newest(1, account=made.account.id)))
    summary = Summary(looked.id, planned=len(made.changes))
    for change in made.changes:
        summary.count_standing(change)
    summary.page_loads = int((looked.summary or {}).get("page_loads", 0))
    call.output.event(summary.as_event())
    call.output.line("nothing to do" if summary.exit_code == 0 else "nothing that a run could do")
    return summary.exit_code


def _typed_totals(call: Call, plan: Plan, made: Preview, digest: str | None, again: Sequence[str]) -> tuple[str, ...]:
    """The totals as the person types them. Raises `ApprovalRefused` where nobody can type, or nothing was typed."""
    without_money = not made.totals
    if without_money and digest is not None:
        return ()
    if not _can_type(call):
        raise ApprovalRefused(
            "nobody is there to type the approval",
            hint=f"look at the preview, then approve it with: {approve_words(plan, made, call.options, again)}",
        )
    drop_what_was_typed_ahead()
    if without_money:
        word, question = _word_without_money(made)
        if ask_line(question) != word:
            raise ApprovalRefused("not approved", hint="nothing was done")
        return ()
    return tuple(_typed_total(code, str(total)) for code, total in made.totals.items())


def _can_type(call: Call) -> bool:
    """Whether somebody is there who can be asked."""
    return not call.options.json and sys.stdin.isatty()


def _word_without_money(made: Preview) -> tuple[str, str]:
    """What is typed where there is no total to type, and the question for it."""
    counts = made.counts
    if counts["withdraw"]:
        return "withdraw", f"type withdraw to take back {counts['withdraw']} requests"
    return "adopt", f"type adopt to take over {counts['adopt']} that stand already"


def _typed_total(code: str, total: str) -> str:
    said = ask_line(f"type the total in {code} to approve it ({total})")
    if not said:
        raise ApprovalRefused("not approved", hint="nothing was done")
    return said if code in said.upper() else f"{said.strip()} {code}"
