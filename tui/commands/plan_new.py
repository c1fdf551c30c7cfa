"""`milepost plan new [FILE]`: a plan by questions, from options, or from what stands on the site."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from assistant.errors import PlanError, UsageError
from assistant.plans.choosing import WORDS, Choice
from assistant.plans.draft import Draft, of_new
from assistant.plans.new import total_of
from assistant.plans.planned import PlannedProject
from tui.call import Call, this_call
from tui.command import command
from tui.plan_reading import Reading
from tui.plan_target import Target
from tui.plan_wishes import Said, Wishes, check_drafted
from tui.word_problems import OPTIONS, WordProblems, as_options, wrong

MOST_NAMED = 5
"""Projects that are told with their titles; of more only the refs."""


@command(
    "new",
    examples=[
        "milepost plan new",
        'milepost plan new december.toml --project 38112233 --total "2500.00 USD" --split "5 x 20%" --start 2026-12-01',
        "milepost plan new december.toml --projects without-milestones --template website",
        "milepost plan new all.toml --from-site --projects all",
        "milepost plan new december.toml --add --project 38112240 --template small-job",
    ],
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--add", is_flag=True, help="Add to the plan FILE, which is there, in place of making a new one.")
@click.option("--project", multiple=True, metavar="REF|TITLE", help="A project to plan; once for each.")
@click.option("--projects", metavar="WHICH", help=f"Projects of the site: {', '.join(WORDS)}, or refs, with commas.")
@click.option("--from-site", is_flag=True, help="Take what stands on the site, and make nothing (--projects: open).")
@click.option("--total", metavar='"TOTAL CUR"', help="Total of each project; left out: its bid.")
@click.option("--split", metavar='"5 x 20%"', help="How each total is divided.")
@click.option("--template", metavar="NAME", help="A ready outline of milestones, such as website.")
@click.option("--start", metavar="DATE", help="When the projects begin; gives the milestones due dates.")
@click.option("--days", type=int, metavar="N", help="How many days the projects last from the start.")
@click.option("--weeks", type=int, metavar="N", help="How many weeks, for a template by the week.")
@click.option(
    "--first", type=click.Choice(["upfront", "evenly"]), help="When the first one is due; upfront: the start."
)
def new(file: Path | None, add: bool, **said: Any) -> None:
    """Make a plan: by questions, from options, or from what stands on the site. Nothing is changed there.

    FILE is plan.toml if left out, or stdout where nobody sits at a terminal; no file is ever written over. Projects
    of --projects and --from-site are read from the site by a browser; so are bids that nobody has read yet.
    """
    call = this_call()
    wanted = Said(**said)
    if wanted.nothing:
        made_by_questions(call, file, add=add)
        return
    wishes = Wishes.read(wanted)
    target = Target.adding(call, file) if add else Target.of(call, file)
    if not wanted.from_site and wishes.choice is None:
        target.write(_by_name(target, wishes))
        return
    reading = Reading.of(target)
    choice = wishes.choice or Choice.read("open")
    if wanted.from_site:
        projects, notes = reading.what_stands(choice)
    else:
        projects, notes = reading.outlined(choice, wishes.total, wishes.outline)
    _tell_left_out(call, reading)
    _need_any(projects, reading)
    target.write(_drafted(target, wishes, projects, notes))


def made_by_questions(call: Call, file: Path | None, *, add: bool) -> None:
    """Ask a person, who must be there to be asked."""
    if call.options.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "nobody is there to be asked",
            hint='say it in options: --projects open --template website, or --project REF --split "5 x 20%"',
        )
    from tui.plan_questions import ask

    target, projects, notes = ask(call, file, add=add)
    target.write(target.draft(projects, notes))


def _by_name(target: Target, wishes: Wishes) -> Draft:
    """Projects that were named one by one; their bids come from the journal, and from the site where it has none."""
    listed = target.listed()
    if not listed and wishes.total is None:
        listed = Reading.of(target).listed()
    names = wishes.names(listed)
    projects = []
    for named in names:
        try:
            projects.append(named.planned(total_of(named, wishes.total), wishes.outline))
        except UsageError as error:
            wishes.problems.append(wrong("--project", error))
    if wishes.problems:
        raise WordProblems(wishes.problems)
    notes = {str(named.ref): named.site.title for named in names if named.site is not None and named.ref}
    return _drafted(target, wishes, projects, notes)


def _drafted(target: Target, wishes: Wishes, projects: Sequence[PlannedProject], notes: Mapping[str, str]) -> Draft:
    """The plan, or all its problems in the words of the options."""
    try:
        return target.draft(projects, notes)
    except PlanError as error:
        faults = []
        for problem in error.problems:
            about = of_new(problem, len(target.before))
            if about is None:
                raise
            number, field = about
            names = "--projects" if wishes.said.projects is not None else "--project"
            option = OPTIONS.get(field, names)
            option = names if option == "--project" or (option == "--total" and wishes.total is None) else option
            faults.append((number, option, problem.message, as_options(problem.mend)))
        check_drafted(wishes, projects, faults)
        raise


def _tell_left_out(call: Call, reading: Reading) -> None:
    """Each project that is not in the plan for programs; for people one line a reason."""
    titles = {project.ref: project.title for project in reading.target.listed()}
    by_reason: dict[str, list[str]] = {}
    for ref, reason in reading.left_out.items():
        call.output.event({"event": "left_out", "project": ref, "title": titles.get(ref), "reason": reason})
        by_reason.setdefault(reason, []).append(ref)
    for reason, refs in by_reason.items():
        named = [f"{ref} {titles.get(ref, '')}".rstrip() if len(refs) <= MOST_NAMED else ref for ref in refs]
        call.output.note(f"left out, {reason}: {', '.join(named)}")


def _need_any(projects: Sequence[PlannedProject], reading: Reading) -> None:
    if projects:
        return
    if len(reading.left_out) == 1:
        ((ref, reason),) = reading.left_out.items()
        raise UsageError(f"there is nothing to plan: {ref}: {reason}", hint="nothing was written")
    raise UsageError(
        f"there is nothing to plan: all {len(reading.left_out)} projects were left out",
        hint="the reasons stand above; nothing was written",
    )
