"""What is wrong with the words of a call, each named by its option: all of them at once, as for a plan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.errors import Problem, UsageError


@dataclass(frozen=True)
class WordProblem:
    """One option with what is wrong with it and how to mend it."""

    option: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.option}: {self.message}" + (f" ({self.mend})" if self.mend else "")

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for this problem."""
        return {
            "event": "error",
            "code": UsageError.code,
            "message": self.message,
            "where": self.option,
            "hint": self.mend or None,
        }


class WordProblems(UsageError):
    """A call with problems. ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[WordProblem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''}:\n" + "\n".join(f"  {each}" for each in self.problems),
            hint="mend the command and run it again; nothing was written",
        )


def wrong(option: str, error: UsageError) -> WordProblem:
    """A problem from what a reader said of an option's value."""
    return WordProblem(option, error.message, error.hint or "")


OPTIONS: Final = {
    "title": "--project",
    "ref": "--project",
    "url": "--project",
    "total": "--total",
    "split": "--split",
    "template": "--template",
    "start": "--start",
    "days": "--days",
    "weeks": "--weeks",
    "first": "--first",
}
"""The options by the fields of a plan that they stand for."""

_WRITES: Final = re.compile(rf'\b({"|".join(OPTIONS)}) = ("[^"]*"|[^\s,;]+)')


def as_options(mend: str) -> str:
    """A mend that speaks of a plan's lines, for somebody who types options: ``--start 2026-12-01``."""
    return _WRITES.sub(lambda found: f"{OPTIONS[found[1]]} {found[2]}", mend)


def as_answers(mend: str) -> str:
    """The same for somebody who is asked for one value: ``2026-12-01``."""
    return _WRITES.sub(lambda found: found[2].strip('"'), mend)


def of_fields(problems: Iterable[Problem]) -> Iterable[tuple[str, Problem]]:
    """Each problem of a planned project with its field's own name: the last part of ``project 1, split``."""
    for problem in problems:
        _, _, field = problem.field.rpartition(", ")
        yield field if field in OPTIONS else "title", problem
