"""`milepost plan import SHEET [FILE]` and `milepost plan export PLAN [SHEET]`: plans from and for spreadsheets."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from assistant.accounts import use_account
from assistant.errors import MilepostError, PlanError, Problem
from assistant.plain_text import one_line
from assistant.plans.csv_file import csv_text, load_csv
from assistant.plans.draft import of_new
from assistant.plans.plan import Plan
from assistant.plans.planned import PlannedProject
from assistant.plans.save import check_new, save_new
from tui.call import Call, this_call
from tui.command import command
from tui.plan_target import Target
from tui.plan_text import told

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@command(
    "import",
    examples=[
        "milepost plan import projects.csv",
        "milepost plan import projects.csv december.toml --account anna",
        "milepost plan import more.csv december.toml --add",
    ],
)
@click.argument("sheet", type=click.Path(path_type=Path))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--add", is_flag=True, help="Add to the plan FILE, which is there, in place of making a new one.")
def import_(sheet: Path, file: Path | None, add: bool) -> None:
    """Make a plan from a CSV sheet, as a spreadsheet saves it: one row a milestone, the first row names the columns.

    Columns: project ref, title, url, counterparty, currency, total, key, description, amount, due, site ref, ignore,
    withdraw; description and amount are needed, and what names the project. Every mistake is told at once, by row and
    column. FILE is named after the sheet if left out, or stdout where nobody sits at a terminal.
    """
    call = this_call()
    target = Target.adding(call, file) if add else Target.of(call, file, default=Path(sheet.name).with_suffix(".toml"))
    projects = load_csv(sheet, limits=target.rules.limits)
    try:
        made = target.draft(projects)
    except PlanError as error:
        raise PlanError([_in_the_sheet(each, sheet, projects, len(target.before)) for each in error.problems]) from None
    target.write(made)


def _in_the_sheet(problem: Problem, sheet: Path, projects: Sequence[PlannedProject], before: int) -> Problem:
    """A problem of the plan as one of the sheet that it came from, where it did."""
    about = of_new(problem, before)
    if about is None:
        return problem
    number, field = about
    return Problem(str(sheet), projects[number].line, field or "row", problem.message, problem.mend)


@command(
    "export",
    examples=[
        "milepost plan export december.toml december.csv",
        "milepost plan export december.toml --delimiter semicolon > december.csv",
    ],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("sheet", required=False, type=click.Path(path_type=Path))
@click.option(
    "--delimiter",
    type=click.Choice(list(DELIMITERS)),
    default="comma",
    show_default=True,
    help="What stands between cells; semicolon where a comma is the decimal mark.",
)
def export(plan: Path, sheet: Path | None, delimiter: str) -> None:
    """Write a plan as a CSV sheet, one row a milestone, splits and templates spelled out.

    SHEET is named after the plan if left out, or stdout where nobody sits at a terminal; no file is ever written over.
    Cells that a spreadsheet would run as a formula have an apostrophe in front, which `plan import` takes off again.
    """
    call = this_call()
    found = call.plan(plan)
    if sheet is None and sys.stdout.isatty() and not call.options.json:
        sheet = Path(plan.name).with_suffix(".csv")
    to_file = sheet is not None and str(sheet) != "-"
    if to_file and sheet is not None:
        check_new(sheet)
    text = csv_text(found.projects, titles=_titles(call, found), delimiter=DELIMITERS[delimiter])
    event = {"event": "sheet", "plan": str(found.file), "projects": len(found.projects)}
    event |= {"milestones": sum(len(project.milestones) for project in found.projects)}
    if to_file and sheet is not None:
        save_new(sheet, text.encode("utf-8-sig"))  # the mark tells Excel the encoding
        call.output.event(event | {"file": str(sheet)})
        call.output.line(f"wrote {sheet}: {told(found)}")
        return
    call.output.event(event | {"file": None, "text": text})
    if not call.output.as_json:
        click.echo(text, nl=False)


def _titles(call: Call, plan: Plan) -> Mapping[str, str]:
    """The titles of projects that the plan names by their ref, as the journal knows them: only for the reader."""
    if not call.settings.journal_path.is_file():
        return {}
    try:
        account = use_account(call.settings, plan.account)
    except MilepostError:  # a plan of somebody else's can be exported, too
        return {}
    return {each.ref: one_line(each.title) for each in call.journal.sightings.projects(account.facts.id)}
