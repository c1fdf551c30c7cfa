"""A plan before it is saved: new, or one that is there with more projects; its text, and what it loads to.

What is written is read back with every check of a plan first, so nothing is ever saved that a plan does not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import PlanError, Problem, UsageError
from assistant.plans.plan import Plan, load_plan, parse_plan
from assistant.plans.planned import PlanLimits, PlannedProject
from assistant.plans.save import save_new, save_over
from assistant.plans.write import NO_NOTES, add_projects, plan_toml

_UTF8_MARK: Final = "\ufeff"


@dataclass(frozen=True)
class Rules:
    """What plans of one account are held against: the platform's limits, and where the person's templates are."""

    platform: str
    account: str
    limits: PlanLimits
    template_folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A plan that is there and gets more projects: its bytes as they were read, and what they load to."""

    content: bytes
    plan: Plan

    @classmethod
    def read(cls, path: Path, limits: Callable[[str], PlanLimits], template_folders: Sequence[Path]) -> Standing:
        """Read it. Raises `PlanError` for one with problems, `UsageError` for one that is not there."""
        if not path.is_file():
            raise UsageError("there is no such plan to add to", where=str(path), hint="leave --add out to begin one")
        plan = load_plan(path, limits=limits, template_folders=template_folders)
        return cls(path.read_bytes(), plan)


@dataclass(frozen=True)
class Draft:
    """A plan that loads, ready to be saved. `added` counts the projects that are new in it."""

    text: str
    plan: Plan
    added: int
    before: bytes | None = None

    def save(self, path: Path) -> None:
        """Save it: as a new file, or over the one it adds to. `UsageError` if that one was changed meanwhile."""
        if self.before is None:
            save_new(path, self.text.encode())
        else:
            save_over(path, self.text.encode(), self.before)


def draft(
    rules: Rules,
    file: Path,
    projects: Sequence[PlannedProject],
    notes: Mapping[str, str] = NO_NOTES,
    *,
    to: Standing | None = None,
) -> Draft:
    """A new plan of these projects, or `to` with these at its end. `PlanError` with all problems if it does not load.

    Lines of the problems are those of the text that would be saved; `of_new` says which project each is about.
    """
    if to is None:
        text = plan_toml(rules.platform, rules.account, projects, notes=notes)
    else:
        text = _with_more(to.content.decode(), projects, notes)
    plan = parse_plan(text.removeprefix(_UTF8_MARK), file, limits=rules.limits, template_folders=rules.template_folders)
    return Draft(text, plan, len(projects), to.content if to else None)


def _with_more(text: str, projects: Sequence[PlannedProject], notes: Mapping[str, str]) -> str:
    """The text with more at its end, in line ends of its own."""
    whole = add_projects(text, projects, notes=notes)
    return text + whole[len(text) :].replace("\n", "\r\n") if "\r\n" in text else whole


def problems_of(rules: Rules, project: PlannedProject) -> list[Problem]:
    """Everything that a plan would find wrong with one project."""
    try:
        draft(rules, Path("plan.toml"), [project])
    except PlanError as error:
        return list(error.problems)
    return []


def of_new(problem: Problem, before: int) -> tuple[int, str] | None:
    """Which of the new projects a problem of a draft is about (0 for the first), and its field; None for any other.

    `before` is how many projects the plan had before.
    """
    word, _, field = problem.field.partition(", ")
    name, _, number = word.partition(" ")
    if name != "project" or not number.isdecimal() or int(number) <= before:
        return None
    return int(number) - before - 1, field
