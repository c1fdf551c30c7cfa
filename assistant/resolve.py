"""Which project of the site a planned project is. Never a guess: what fits two is a problem that names both."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from assistant.changes import normalised
from assistant.errors import PlanError, Problem
from assistant.plans.planned import Plan, PlannedProject
from assistant.site import SiteProject

Resolved = tuple[PlannedProject, SiteProject]


def resolve(plan: Plan, listed: Sequence[SiteProject]) -> list[Resolved]:
    """Every planned project that is not skipped, with its project on the site. Raises `PlanError` with all problems."""
    found: list[Resolved] = []
    problems: list[Problem] = []
    for planned in plan.projects:
        if planned.skipped:
            continue
        fits = [project for project in listed if _fits(planned, project)]
        if len(fits) == 1:
            found.append((planned, fits[0]))
        else:
            problems.append(_problem(plan, planned, fits, listed))
    problems += _twice(plan, found)
    if problems:
        raise PlanError(sorted(problems, key=lambda problem: problem.line))
    return found


def _fits(planned: PlannedProject, project: SiteProject) -> bool:
    if planned.ref is not None:
        return planned.ref == project.ref
    if planned.url is not None:
        return _path(planned.url) == _path(project.url)
    return normalised(planned.title or "") == normalised(project.title) and (
        planned.counterparty is None or planned.counterparty.casefold() == project.counterparty.casefold()
    )


def _path(url: str) -> str:
    """A project's address without its origin (accounts share one over all regional domains), tab and case."""
    return urlsplit(url).path.rstrip("/").removesuffix("/payments").removesuffix("/details").casefold()


def _problem(
    plan: Plan, planned: PlannedProject, fits: Sequence[SiteProject], listed: Sequence[SiteProject]
) -> Problem:
    field = "ref" if planned.ref is not None else "url" if planned.url is not None else "title"
    if fits:
        told = "; ".join(f"{p.ref} with {p.counterparty or 'nobody'} ({p.status})" for p in fits)
        return Problem(
            str(plan.file),
            planned.line,
            field,
            f"“{planned.name}” is {len(fits)} projects on the site: {told}",
            f'write ref = "{fits[0].ref}" or the other in place of the title',
        )
    return Problem(
        str(plan.file),
        planned.line,
        field,
        f"“{planned.name}” is none of the {len(listed)} projects of this account",
        "see milepost projects for what is there",
    )


def _twice(plan: Plan, found: Sequence[Resolved]) -> list[Problem]:
    seen: dict[str, PlannedProject] = {}
    problems = []
    for planned, project in found:
        first = seen.setdefault(project.ref, planned)
        if first is not planned:
            problems.append(
                Problem(
                    str(plan.file),
                    planned.line,
                    "project",
                    f"“{planned.name}” is project {project.ref}, as is the one in line {first.line}",
                    "leave one of the two out",
                )
            )
    return problems
