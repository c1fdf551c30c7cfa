"""Ready plans: named outlines of milestones that a project takes with ``template = "website"``.

A template is a TOML file named after it, in ``assistant/plans/templates/`` or in a folder of the user's, used first::

    summary = "A website with a support period"
    first = "upfront"                  # optional, and a project can say otherwise

    [[milestone]]
    key = "design"
    description = "Design agreed"
    share = "20%"                      # or "1/5", or "rest"

    [[milestone]]
    key = "support"
    description = "Support period"
    share = "rest"
    after_end = "30 days"              # due so long after the project's days; the others are spread over these

or, for work that is paid by the week (the project says ``weeks = 8``), instead of the milestones::

    [each_week]
    key = "w{n}"
    description = "Week {n} of {count}"
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Final

from assistant.errors import PlanError, UsageError
from assistant.money import shown
from assistant.plans.fields import TableReader
from assistant.plans.keys import read_key
from assistant.plans.splits import REST, Part, even_dates, parse_period, parse_share, stepped_dates
from assistant.plans.toml_file import open_toml

OWN_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """One milestone of an outline: what it is and how much of the total, before there is a total."""

    key: str
    description: str
    part: Part
    after_end: int | None = None
    """Days after the end of the project; None for a milestone that is spread over the project's days."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was read. Either `parts`, or `week` with ``{n}`` and ``{count}`` to be filled in."""

    name: str
    summary: str
    parts: tuple[OutlinePart, ...]
    week: OutlinePart | None = None
    upfront: bool = False

    def outline(self, weeks: int | None) -> tuple[OutlinePart, ...]:
        """The milestones of a project; `weeks` counts only for a template by the week, which needs it."""
        if self.week is None:
            return self.parts
        count = weeks or 0
        return tuple(
            OutlinePart(
                _numbered(self.week.key, number, count),
                _numbered(self.week.description, number, count),
                Part(share=Fraction(1, count)),
            )
            for number in range(1, count + 1)
        )

    def dates(self, start: date, days: int | None, weeks: int | None, *, upfront: bool) -> tuple[date | None, ...]:
        """When the milestones of `outline` are due. Without days only the first may have a date: the start."""
        if self.week is not None:
            return stepped_dates(start, 7, weeks or 0, upfront=upfront)
        spread = sum(part.after_end is None for part in self.parts)
        dates: list[date | None] = [start if upfront and number == 0 else None for number in range(spread)]
        if days is not None:
            dates = list(even_dates(start, days, spread, upfront=upfront)) if spread else []
        within = iter(dates)
        end = start + timedelta(days=days) if days is not None else None
        return tuple(
            next(within) if part.after_end is None else end and end + timedelta(days=part.after_end)
            for part in self.parts
        )


def _numbered(pattern: str, number: int, count: int) -> str:
    return pattern.replace("{n}", str(number)).replace("{count}", str(count))


def template_names(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """The names of all templates, in order."""
    return tuple(sorted(_files(folders)))


def load_template(name: str, folders: Sequence[Path] = ()) -> Template:
    """Read a template by its name, from the user's folders first.

    `UsageError` with near names for one that does not exist; `PlanError` with all problems for one that is wrong.
    """
    files = _files(folders)
    if name not in files:
        near = difflib.get_close_matches(name[:60], files, n=1)
        mend = f'write template = "{near[0]}"' if near else f"there are {', '.join(sorted(files))}"
        raise UsageError(f"there is no template {shown(name)}", hint=mend)
    table = open_toml(files[name])
    template = _read(name, table)
    if table.log.problems:
        raise PlanError(sorted(table.log.problems))
    return template


def _files(folders: Sequence[Path]) -> dict[str, Path]:
    """Every template's file by name. A name is looked up here and never becomes a path."""
    files: dict[str, Path] = {}
    for folder in (*folders, OWN_FOLDER):
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            files.setdefault(file.stem, file)
    return files


def _read(name: str, table: TableReader) -> Template:
    table.refuse_unknown({"summary", "first", "milestone", "each_week"}, {"milestones": "write [[milestone]] for each"})
    first = table.text("first", '"upfront"')
    if first not in (None, "upfront", "evenly"):
        table.report("first", f"{shown(first)} is not known", 'write first = "upfront", or leave it out')
    kind = table.only_one_of(("milestone", "each_week"), "says the milestones", "[[milestone]] for each")
    parts: list[OutlinePart] = []
    week = None
    if kind == "each_week":
        week = _read_week(table.table("each_week"))
    elif kind == "milestone":
        parts = [_read_part(each) for each in table.tables("milestone")]
        _check_parts(table, parts)
    summary = table.text("summary", '"A website in five steps"') or ""
    return Template(name, summary, tuple(parts), week, upfront=first == "upfront")


def _read_week(table: TableReader) -> OutlinePart:
    table.refuse_unknown({"key", "description"}, {})
    key, description = table.text("key", '"w{n}"'), table.text("description", '"Week {n} of {count}"')
    if not key or "{n}" not in key or read_key(table, "key", _numbered(key, 1, 2)) is None:
        table.report("key", "gives the weeks no keys of their own", 'write key = "w{n}"')
    if not description:
        table.report("description", "is missing", 'write description = "Week {n} of {count}"')
    return OutlinePart(key or "", description or "", REST)


def _read_part(table: TableReader) -> OutlinePart:
    table.refuse_unknown({"key", "description", "share", "after_end"}, {"after": 'write after_end = "30 days"'})
    key = read_key(table, "key", table.text("key", '"design"'))
    description = table.text("description", '"Design agreed"')
    if "description" not in table:
        table.report("", "has no description", 'write description = "Design agreed"')
    part, after_end = REST, None
    try:
        share = table.text("share", '"20%"')
        if "share" not in table:
            table.report("", "has no share", 'write share = "20%"')
        part = Part(share=parse_share(share)) if share and share != "rest" else REST
    except UsageError as error:
        table.report("share", error.message, str(error.hint))
    try:
        period = table.text("after_end", '"30 days"')
        after_end = parse_period(period) if period else None
    except UsageError as error:
        table.report("after_end", error.message, str(error.hint))
    return OutlinePart(key or "", description or "", part, after_end)


def _check_parts(table: TableReader, parts: Sequence[OutlinePart]) -> None:
    """Keys of their own, and shares that are the whole (with at most one rest)."""
    for number, part in enumerate(parts):
        if part.key and part.key in [earlier.key for earlier in parts[:number]]:
            table.log.report(("milestone", number, "key"), f"{shown(part.key)} stands twice", "give each its own key")
    rests = sum(each.part.is_rest for each in parts)
    given = sum(each.part.share or 0 for each in parts)
    if not table.log.problems and (rests > 1 or (given != 1 if rests == 0 else given >= 1)):
        table.report("milestone", "shares are not the whole, 100%", 'write share = "rest" on one of them')
