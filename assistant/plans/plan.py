"""Plans: what should stand on the site. A TOML file that people write, loaded and checked, every problem at once.

    platform = "freelancer"
    account  = "anna"

    [[project]]
    title = "Artist marketplace website"
    total = "2500.00 USD"
    start = 2026-12-01
    days  = 40
    split = "5 x 20%"

See assistant/plans/project.py for what a project can say, assistant/plans/milestones.py for a milestone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final, TypeVar

from assistant.errors import PlanError, Problem
from assistant.money import shown
from assistant.plans.fields import TableReader
from assistant.plans.planned import Plan, PlanLimits, PlannedMilestone, PlannedProject
from assistant.plans.project import read_project
from assistant.plans.template import load_template
from assistant.plans.toml_file import open_toml, parse_toml
from assistant.plans.toml_lines import KeyPath

__all__ = [
    "Plan",
    "PlanLimits",
    "PlannedMilestone",
    "PlannedProject",
    "check_together",
    "load_plan",
    "parse_plan",
]

T = TypeVar("T")

LimitsOf = Callable[[str], PlanLimits | None]
"""The limits of a platform, by the name that the plan gives it."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

_MEANT: Final = {
    "projects": "write [[project]] for each",
    "milestone": "write [[project.milestone]] under its [[project]]",
    "milestones": "write [[project.milestone]] under its [[project]]",
    "site": 'write platform = "freelancer"',
    "user": 'write account = "anna"',
    "login": 'write account = "anna"',
}


def load_plan(
    path: Path, *, limits: PlanLimits | LimitsOf | None = None, template_folders: Sequence[Path] = ()
) -> Plan:
    """Read and check a plan. `limits` are the platform's, or where they come from once the platform is known.

    `PlanError` with every problem, in the order of the file; a file that is no TOML has only that one.
    """
    return _read(open_toml(path), path, limits, template_folders)


def parse_plan(
    text: str, file: Path, *, limits: PlanLimits | LimitsOf | None = None, template_folders: Sequence[Path] = ()
) -> Plan:
    """The same for text that is not saved yet; `file` is where it belongs."""
    return _read(parse_toml(text, str(file)), file, limits, template_folders)


def _read(
    table: TableReader, path: Path, limits: PlanLimits | LimitsOf | None, template_folders: Sequence[Path]
) -> Plan:
    table.refuse_unknown(("platform", "account", "project"), _MEANT)
    platform, account = _read_name(table, "platform", '"freelancer"'), _read_name(table, "account", '"anna"')
    found = limits if isinstance(limits, PlanLimits) else limits(platform) if limits and platform else None
    tables = table.tables("project")
    if "project" not in table or table.values["project"] == []:
        table.report("", "has no projects", "write [[project]] and below it what the project is")
    template_of = cache(partial(load_template, folders=tuple(template_folders)))
    projects = tuple(read_project(each, found or PlanLimits(), template_of) for each in tables)
    _check_named_once(table, projects)
    _check_refs_once(table, tables)
    if table.log.problems:
        raise PlanError(sorted(table.log.problems, key=lambda problem: (problem.file, problem.line)))
    return Plan(path, platform, account, projects)


def _read_name(table: TableReader, key: str, example: str) -> str:
    """The name of a platform or account: letters, digits, dots, dashes. "" (and a problem) if there is none."""
    if key not in table:
        table.report("", f"has no {key}", f"write {key} = {example} at the top")
    name = table.text(key, example)
    if name is not None and not _NAME.fullmatch(name):
        table.report(key, f"{shown(name)} is no name of letters, digits, dots and dashes", f"write {key} = {example}")
    return name or ""


def _check_named_once(table: TableReader, projects: Sequence[PlannedProject]) -> None:
    """No project stands twice; two of one title need a counterparty each, or they could be one and the same."""
    earlier: dict[tuple[str, str], dict[str, int]] = {}
    for number, project in enumerate(projects):
        how, name, whom = project.identity
        if not name:
            continue
        namesakes = earlier.setdefault((how, name), {})
        same = _may_be_same(namesakes, whom)
        if same:
            line = table.log.line_of(("project", same[0]))
            mend = "say a counterparty in both, or the ref" if how == "title" else "put both into one [[project]]"
            table.log.report(
                ("project", number, how), f"{shown(project.name)} is already the project of line {line}", mend
            )
        namesakes.setdefault(whom, number)


def _may_be_same(namesakes: Mapping[str, T], whom: str) -> list[T]:
    """Of the projects of one name, by counterparty: those that may be the one with this counterparty."""
    if not whom:
        return list(namesakes.values())
    return [namesakes[each] for each in (whom, "") if each in namesakes]


def _check_refs_once(table: TableReader, projects: Sequence[TableReader]) -> None:
    """No row of the site is two milestones."""
    first: dict[str, KeyPath] = {}
    for path, ref in (found for project in projects for found in _written_refs(project)):
        earlier = first.setdefault(ref, path)
        if earlier is not path:
            message = f"{shown(ref)} is already the milestone of line {table.log.line_of(earlier)}"
            table.log.report(path, message, "a row of the site is one milestone: delete it in one of the two places")


def _written_refs(project: TableReader) -> Iterator[tuple[KeyPath, str]]:
    """Every site_ref that a project writes, whatever else is wrong with it."""
    milestones, refs = project.values.get("milestone"), project.values.get("site_refs")
    for number, each in enumerate(milestones if isinstance(milestones, list) else ()):
        ref = each.get("site_ref") if isinstance(each, Mapping) else None
        if isinstance(ref, str):
            yield (*project.path, "milestone", number, "site_ref"), ref.strip()
    for key, ref in (refs if isinstance(refs, Mapping) else {}).items():
        if isinstance(ref, str):
            yield (*project.path, "site_refs", key), ref.strip()


def check_together(plans: Sequence[Plan]) -> None:
    """Several plans of one account never claim the same project and key, nor the same row of the site.

    `PlanError` with every clash; each problem stands at the later plan and names file and line of the earlier one.
    """
    problems: list[Problem] = []
    for number, plan in enumerate(plans):
        for earlier in plans[:number]:
            if (plan.platform, plan.account) != (earlier.platform, earlier.account):
                continue
            if plan.file.resolve() == earlier.file.resolve():
                problems.append(Problem(str(plan.file), 1, "file", "is given twice", "name each plan once"))
                break
            problems += _clashing_keys(earlier, plan)
            problems += _clashing_refs(earlier, plan)
    if problems:
        raise PlanError(sorted(problems))


def _clashing_keys(earlier: Plan, later: Plan) -> list[Problem]:
    by_name: dict[tuple[str, str], dict[str, PlannedProject]] = {}
    for project in earlier.projects:
        how, name, whom = project.identity
        by_name.setdefault((how, name), {})[whom] = project
    problems: list[Problem] = []
    for project in later.projects:
        how, name, whom = project.identity
        for other in _may_be_same(by_name.get((how, name), {}), whom):
            theirs = {milestone.key for milestone in other.milestones}
            both = [milestone.key for milestone in project.milestones if milestone.key in theirs]
            if both:
                stand = f"{', '.join(both[:5])} of {shown(project.name)} stand{'s' * (len(both) == 1)}"
                problems.append(
                    Problem(
                        str(later.file), project.line, "project", f"{stand} in {earlier.file}:{other.line}, too",
                        "a milestone belongs to one plan: delete it in one, or give it another key",
                    )
                )  # fmt: skip
    return problems


def _clashing_refs(earlier: Plan, later: Plan) -> list[Problem]:
    theirs = {
        milestone.site_ref: milestone
        for project in earlier.projects
        for milestone in project.milestones
        if milestone.site_ref is not None
    }
    return [
        Problem(
            str(later.file), milestone.line, "site_ref",
            f"{shown(milestone.site_ref)} is a milestone of {earlier.file}:{theirs[milestone.site_ref].line}, too",
            "a row of the site is one milestone of one plan: delete it in one of the two",
        )
        for project in later.projects
        for milestone in project.milestones
        if milestone.site_ref in theirs and milestone.site_ref is not None
    ]  # fmt: skip
