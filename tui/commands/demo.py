"""`milepost demo`: everything once, on a mock platform: preview, approval, a real browser, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from assistant import runs as all_runs
from assistant.approval import Preview
from assistant.clock import now as utc_now
from assistant.plans.plan import Plan
from assistant.standing import standings
from assistant.work import Work
from tui.call import Call, this_call
from tui.command import command
from tui.commands.apply import run_order, tell_end
from tui.commands.open import has_screen
from tui.commands.preview import look_and_preview
from tui.demo import Stage, stage
from tui.following import follow_to_the_end
from tui.preview_text import tell_estimate, tell_preview


@command("demo", examples=["milepost demo", "milepost demo --plain", "milepost demo --role freelancer --json"])
@click.option(
    "--role",
    type=click.Choice(["client", "freelancer"]),
    default="client",
    show_default=True,
    help="The client puts milestones up and pays; the freelancer asks for them.",
)
def demo(role: str) -> int:
    """Show everything once on a mock platform of its own, in a real browser. No real money, nothing to configure.

    In a terminal the screen opens on a sample plan, with a tour: a line that says what to try next. With --plain or
    --json, or without a terminal, the plan is previewed, approved (only here, where the money is not real) and carried
    out, and the mock platform then tells what it holds. The freelancer's plan asks for five milestones on each of
    twelve projects.
    """
    call = this_call()
    with stage(role) as ready:
        call.options.config, call.options.account = ready.config, ready.account
        if has_screen() and not call.options.plain and not call.options.json:
            from tui.app import run
            from tui.beginning import Beginning
            from tui.tour import Tour

            code = run(Beginning.of(call.settings, [ready.plan], ready.account), Tour())
            _end_live_runs(call)
            return code
        return _plain(call, ready)


def _plain(call: Call, ready: Stage) -> int:
    call.output.line(f"a mock platform at {ready.origin}; everything else is in {ready.folder}")
    plan = call.plan(ready.plan)
    work = call.work(plan)
    made = look_and_preview(call, work, plan)
    before = ready.truth()["balances"]
    tell_preview(call.output, made, call.ascii)
    tell_estimate(call.output, work.estimate(made))
    call.output.line("approved: by the demo itself, since this money is not real")
    order = work.order(made, [str(total) for total in made.totals.values()], made.digest)
    run = run_order(call, work, order, plan)
    truth = ready.truth()
    _tell_truth(call, truth, made)
    _tell_balances(call, before, truth["balances"])
    _tell_evidence(call, work, run.id)
    code = tell_end(call, run)
    _tell_standing(call, work, plan)
    return code


def _end_live_runs(call: Call) -> None:
    """The screen may be left while a run goes on; the mock platform that it works on is about to end."""
    for live in call.journal.runs.newest(live=True):
        all_runs.ask_to_stop(call.journal, live.id)
        call.output.note(f"run {live.id} stops after the current step")
        follow_to_the_end(call.journal, live.id, call.output, lambda _event: None)


def _tell_truth(call: Call, truth: Mapping[str, Any], made: Preview) -> None:
    """What the mock platform holds for the projects of the plan."""
    refs = {project.project.ref for project in made.projects}
    call.output.line("what the mock platform itself says:")
    rows = []
    for project in truth["projects"]:
        if project["ref"] not in refs:
            continue
        call.output.event({"event": "truth", **project})
        for kind in ("milestones", "requests"):
            for one in project[kind]:
                amount = f"{one['amount']} {project['currency']}"
                rows.append((f"  {project['title']}", one["description"], amount, f"{kind[:-1]} {one['raw']}"))
    call.output.table(rows, right=(2,), flexible=1)


def _tell_balances(call: Call, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Whose balances the run moved: a request moves none."""
    moved = {
        login: {code: [amount, after[login][code]] for code, amount in amounts.items() if after[login][code] != amount}
        for login, amounts in before.items()
    }
    moved = {login: amounts for login, amounts in moved.items() if amounts}
    call.output.event({"event": "balances", "moved": moved})
    for login, amounts in moved.items():
        for code, (was, now) in amounts.items():
            call.output.line(f"  the balance of {login} went from {was} {code} to {now} {code}")
    if not moved:
        call.output.line("  no balance was moved")


def _tell_standing(call: Call, work: Work, plan: Plan) -> None:
    """Where each project stands by now, and for a freelancer whether to work on it."""
    if call.options.json:
        return  # it ends with the summary there
    call.output.line("where it stands:")
    known = standings(work.journal, work.account.facts, plan, work.settings.local(utc_now()))
    call.output.table([(f"  {one.name}", one.sentence) for one in known])


def _tell_evidence(call: Call, work: Work, run_id: int) -> None:
    folder = work.settings.evidence_dir / f"run-{run_id}"
    pictures = sorted(str(path) for path in folder.glob("**/*") if path.is_file())
    call.output.event({"event": "evidence", "folder": str(folder), "files": pictures})
    call.output.line(f"evidence: {len(pictures)} files in {folder}")
