"""Several plans together, held against their platforms: every problem of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.accounts import plan_limits
from assistant.changes import normalised
from assistant.errors import PlanError, Problem, ProfileError
from assistant.plans.plan import Plan, PlanLimits, check_together, load_plan
from assistant.plans.planned import PlannedProject
from assistant.plans.toml_lines import key_lines
from assistant.platform import load_rules
from assistant.resolve import resolve
from assistant.settings.model import Settings
from assistant.site import SiteProject


def template_folders(settings: Settings) -> tuple[Path, ...]:
    """Where the person's own templates are."""
    return (settings.config_dir / "templates",)


def load_plans(files: Sequence[Path], settings: Settings) -> list[Plan]:
    """Read and check plans in the order given. `PlanError` with every problem of each file and between them."""
    plans: list[Plan] = []
    problems: list[Problem] = []
    for file in files:
        unknown: list[ProfileError] = []
        try:
            limits = _limits(settings, unknown)
            plans.append(load_plan(file, limits=limits, template_folders=template_folders(settings)))
        except PlanError as error:
            problems += error.problems
        problems += [_unknown_platform(file, error) for error in unknown]
    if not problems:
        check_together(plans)
        return plans
    order = {str(file): number for number, file in enumerate(files)}
    last = len(files)  # templates come after the plans that use them
    raise PlanError(sorted(problems, key=lambda problem: (order.get(problem.file, last), problem.file, problem.line)))


@dataclass(frozen=True)
class Others:
    """The other plans of an account that the settings name; `unread` are those that cannot be read."""

    plans: tuple[Plan, ...]
    unread: tuple[Path, ...] = ()


def other_plans(plan: Plan, settings: Settings) -> Others:
    """The plans of the setting `plans` for the account of this one, without itself."""
    found: list[Plan] = []
    unread: list[Path] = []
    for file in settings.plan_files():
        if file.resolve() == plan.file.resolve():
            continue
        try:
            other = load_plan(file, limits=_limits(settings, []), template_folders=template_folders(settings))
        except PlanError:
            unread.append(file)
            continue
        if (other.platform, other.account) == (plan.platform, plan.account):
            found.append(other)
    return Others(tuple(found), tuple(unread))


def check_among(plan: Plan, others: Sequence[Plan], listed: Sequence[SiteProject]) -> None:
    """The plan and each other one claim no milestone together, however they name its project.

    `listed` are the projects of the site, as far as they are known: a title in one plan and a ref in another may be one
    project. `PlanError` with every clash; each problem stands at this plan and names file and line of the other one.
    """
    if not others:
        return
    by_title: dict[str, list[SiteProject]] = {}
    for project in listed:
        by_title.setdefault(normalised(project.title), []).append(project)
    mine = _by_ref(plan, listed, by_title)
    problems: list[Problem] = []
    for other in others:
        try:
            check_together([_by_ref(other, listed, by_title), mine])
        except PlanError as error:
            problems += error.problems
    if problems:
        raise PlanError(sorted(set(problems)))


def _by_ref(plan: Plan, listed: Sequence[SiteProject], by_title: Mapping[str, Sequence[SiteProject]]) -> Plan:
    """The plan with each project named by its ref, where the site's list tells which one it is."""

    def named(project: PlannedProject) -> PlannedProject:
        if project.ref is not None or project.skipped:
            return project
        could_be = listed if project.title is None else by_title.get(normalised(project.title), ())
        try:
            found = resolve(replace(plan, projects=(project,)), could_be)[0][1]
        except PlanError:
            return project
        return replace(project, ref=found.ref, title=None, url=None, counterparty=None)

    return replace(plan, projects=tuple(map(named, plan.projects)))


def _limits(settings: Settings, unknown: list[ProfileError]) -> Callable[[str], PlanLimits | None]:
    """Finds the limits of a platform by name; one that is not known goes to `unknown`."""

    def limits(platform: str) -> PlanLimits | None:
        try:
            return plan_limits(load_rules(platform, settings.config_dir))
        except ProfileError as error:
            unknown.append(error)
            return None

    return limits


def _unknown_platform(file: Path, error: ProfileError) -> Problem:
    line = key_lines(file.read_text(encoding="utf-8")).get(("platform",), 1)
    return Problem(str(file), line, "platform", error.message, error.hint or "milepost platforms lists them")
