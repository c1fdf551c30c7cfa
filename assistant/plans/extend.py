"""Deadlines that move: one milestone's due date in a plan's text, and those after it if asked, the old dates kept.

The file remembers: above each date that moved stands what it was, when it was moved and why. A split or a template is
spelled out first, with the keys and amounts that it has, since only a list can say one date by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.errors import UsageError
from assistant.plain_text import one_line
from assistant.plans.edit import PlanText, lines_of, spelled, with_values
from assistant.plans.planned import Plan, PlannedMilestone, PlannedProject
from assistant.plans.toml_lines import key_lines


@dataclass(frozen=True)
class Move:
    """One date that moves; `old` is None for a milestone that had none."""

    milestone: PlannedMilestone
    old: date | None
    new: date

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints, without its `event` and project."""
        old = self.old.isoformat() if self.old else None
        return {"key": self.milestone.key, "old": old, "new": self.new.isoformat()}


def moves_of(project: PlannedProject, key: str, by: int | None, to: date | None, *, later: bool) -> list[Move]:
    """Which dates move: that of `key` by so many days, or to a day; with `later` those after it by as much.

    Raises `UsageError` for a key that is not there, and for moving a date by days where there is none.
    """
    milestone = project.milestone(key)
    if milestone is None:
        keys = ", ".join(each.key for each in project.milestones) or "none"
        raise UsageError(f"the project has no milestone {key!r}", hint=f"its keys: {keys}")
    if milestone.due is None and (to is None or later):
        raise UsageError(f"{key} has no due date that could be moved", hint="give it one with --to 2026-12-20")
    new = to if to is not None else _moved(milestone.due, timedelta(days=by or 0))
    if new == milestone.due:
        raise UsageError(f"{key} is due on {new} already", hint="name another day")
    moves = [Move(milestone, milestone.due, new)]
    if later and milestone.due is not None:
        step, start = new - milestone.due, milestone.due
        others = (each for each in project.milestones if each is not milestone and each.due and each.due >= start)
        moves += [Move(each, each.due, _moved(each.due, step)) for each in others]
    return moves


def _moved(due: date | None, by: timedelta) -> date:
    assert due is not None  # noqa: S101  # looked at before
    try:
        return due + by
    except OverflowError:
        raise UsageError(f"{due} cannot be moved by {by.days} days", hint="name a day of this age") from None


def extended(text: str, plan: Plan, project: PlannedProject, moves: Sequence[Move], remark: str) -> str:
    """The plan's text with the dates moved and a remark above each. Raises `UsageError`, `PlanError`."""
    parts = PlanText.parse(text, str(plan.file))
    if parts.broken is not None:
        raise parts.broken
    number = plan.projects.index(project)
    block = parts.blocks[number]
    if project.split is not None or project.template is not None:
        block = spelled(block, project)
    for move in moves:
        block = _with_date(block, project.milestones.index(move.milestone), move, remark)
    return parts.with_block(number, block).text


def _with_date(block: str, at: int, move: Move, remark: str) -> str:
    changed = with_values(block, ("milestone", at), {"after": None, "due": move.new})
    line = key_lines(changed).get(("project", 0, "milestone", at, "due"))
    was = f"was {move.old}" if move.old else "had no date"
    lines = lines_of(changed)
    if line is None or not lines[line - 1].lstrip().startswith("due"):
        return changed  # written inline: there is no line above it to write on
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    mark = "\r\n" if lines[line - 1].endswith("\r\n") else "\n"
    lines.insert(line - 1, f"{indent}# {was}, {one_line(remark, longest=200)}{mark}")
    return "".join(lines)


def check_extended(
    text: str, plan: Plan, project: PlannedProject, moves: Sequence[Move], load: Callable[[str], Plan]
) -> None:
    """Make sure that the changed text says what the plan said, but for the dates. Raises `UsageError`, `PlanError`."""
    new = {move.milestone.key: move.new for move in moves}

    def told(each: PlannedProject, dates: dict[str, date]) -> list[tuple[object, ...]]:
        return [(m.key, m.description, m.amount, dates.get(m.key, m.due), m.site_ref) for m in each.milestones]

    number = plan.projects.index(project)
    after = load(text).projects
    wanted = [told(each, new if place == number else {}) for place, each in enumerate(plan.projects)]
    if [told(each, {}) for each in after] != wanted:
        raise UsageError(
            "the dates cannot be changed in this file without changing more", hint="edit its text yourself"
        )
