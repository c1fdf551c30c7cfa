"""Several plans together, held against their platforms: every problem of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.accounts import plan_limits
from assistant.errors import PlanError, Problem, ProfileError
from assistant.plan import Plan, PlanLimits, check_together, load_plan
from assistant.plan_lines import key_lines
from assistant.platform import load_rules
from assistant.settings import Settings


def load_plans(files: Sequence[Path], settings: Settings) -> list[Plan]:
    """Read and check plans in the order given. `PlanError` with every problem of each file and between them."""
    plans: list[Plan] = []
    problems: list[Problem] = []
    for file in files:
        unknown: list[ProfileError] = []
        try:
            plan = load_plan(
                file, limits=_limits(settings, unknown), template_folders=[settings.config_dir / "templates"]
            )
            plans.append(plan)
        except PlanError as error:
            problems += error.problems
        problems += [_unknown_platform(file, error) for error in unknown]
    if not problems:
        check_together(plans)
        return plans
    order = {str(file): number for number, file in enumerate(files)}
    last = len(files)  # templates come after the plans that use them
    raise PlanError(sorted(problems, key=lambda problem: (order.get(problem.file, last), problem.file, problem.line)))


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
