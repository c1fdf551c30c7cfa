"""A plan as a table: a row for each project and each of its milestones, and what a typed field makes of the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from assistant.errors import Problem, UsageError
from assistant.money import Money
from assistant.plans.edit import Load, balanced, milestones_of, outlined, spelled, values_of, with_part, with_values
from assistant.plans.planned import PlannedMilestone, PlannedProject
from assistant.plans.splits import percent_text
from assistant.plans.template import template_names
from tui.text import plain

WHAT, SHARE, AMOUNT, DUE = range(4)
FIELDS: Final = ("description", "share", "amount", "due")
"""The columns that can be edited, in their order."""

_PLUS_DAYS: Final = re.compile(r"(?P<start>[^+]*)(?:\+ *(?P<days>[0-9]{1,4}) *(?:d|days?)?)?")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the table. Texts are clean. `milestone` is None for the project's own line."""

    block: int
    milestone: int | None
    texts: tuple[str, str, str, str]
    key: str = ""
    state: str = ""
    """A key of `tui.signs.MILESTONES`; empty where nothing is known."""
    shared: bool = False
    """Whether it comes from a split or a template, and has no text of its own yet."""
    trouble: str = ""
    search: str = ""
    is_heading: bool = False

    @property
    def name(self) -> tuple[int, int | None]:
        """What it is known by while the table changes."""
        return self.block, self.milestone


def rows_of(
    number: int, block: str, project: PlannedProject | None, problems: Sequence[Problem], states: Mapping[str, str]
) -> list[PlanRow]:
    """The lines of one project. `project` is None where it does not load; then the text itself is shown."""
    values = values_of(block)
    written = milestones_of(values)
    loaded = project.milestones if project else ()
    search = plain(_name(values)).casefold()
    troubles = _troubles(problems)
    rows = [PlanRow(number, None, _project_texts(values), trouble=troubles.get(None, ""), search=search)]
    for place in range(max(len(written), len(loaded))):
        own = written[place] if place < len(written) else {}
        each = loaded[place] if place < len(loaded) else None
        texts = _milestone_texts(own, each, project)
        key = plain(each.key if each else own.get("key", ""))
        rows.append(
            PlanRow(number, place, texts, key, states.get(key, ""), not written, troubles.get(place, ""),
                    f"{search} {texts[0]} {key}".casefold())
        )  # fmt: skip
    return rows


def _troubles(problems: Sequence[Problem]) -> dict[int | None, str]:
    """The first problem of each milestone, and of the project itself."""
    found: dict[int | None, str] = {}
    for problem in problems:
        told = re.search(r", milestone ([0-9]+)", problem.field)
        found.setdefault(int(told[1]) - 1 if told else None, plain(problem.message))
    return found


def _name(values: Mapping[str, Any]) -> str:
    return str(values.get("title") or values.get("ref") or values.get("url") or "(without a name)")


def _project_texts(values: Mapping[str, Any]) -> tuple[str, str, str, str]:
    way = values.get("split") or values.get("template")
    if way is None:
        way = "list" if "milestone" in values else "none" if "milestones" in values else ""
    start = values.get("start")
    days = f" +{values['days']}d" if "days" in values else f" {values['weeks']} weeks" if "weeks" in values else ""
    due = f"{start or ''}{days}".strip()
    return plain(_name(values)), plain(way), plain(values.get("total", "")), plain(due)


def _milestone_texts(
    own: Mapping[str, Any], each: PlannedMilestone | None, project: PlannedProject | None
) -> tuple[str, str, str, str]:
    share = str(own.get("share", ""))
    amount = str(own.get("amount", ""))
    due = str(own.get("due", own.get("after", "")))
    if each is not None and project is not None:
        share = share or f"{percent_text(Fraction(each.amount.minor, project.total.minor))}"
        amount, due = str(each.amount), each.due.isoformat() if each.due else due
    return plain(each.description if each else own.get("description", "")), plain(share), plain(amount), plain(due)


# -- editing -------------------------------------------------------------------------------------------------------


def typed_at_first(block: str, row: PlanRow, field: int, project: PlannedProject | None) -> str:
    """What stands in a field when its editing begins."""
    if row.milestone is None or project is None or row.milestone >= len(project.milestones):
        return row.texts[field]
    if field == AMOUNT:
        return project.milestones[row.milestone].amount.amount_text
    own = milestones_of(values_of(block))
    if field == DUE and row.milestone < len(own) and "after" in own[row.milestone]:
        return str(own[row.milestone]["after"])
    return row.texts[field]


@dataclass(frozen=True)
class Cell:
    """A field of a project that is to be changed: which one, and what the project is now."""

    block: str
    milestone: int | None
    field: int
    project: PlannedProject | None
    """None while something is wrong with it: then nothing is balanced, only mended."""
    load: Load
    standing: frozenset[str] = frozenset()
    """Keys of milestones that stand on the site."""
    templates: Sequence[str] = ()

    def changed(self, typed: str) -> str:
        """The project's text with this typed into the field, unchecked. `PlanError` or `UsageError` if it cannot be."""
        typed = typed.strip()
        if self.milestone is None:
            block = (self._named, self._divided, self._total, self._timed)[self.field](typed)
        else:
            block = self._of_milestone(self.milestone, typed)
        return block

    def _balanced(self, block: str, keep: int | None = None) -> str:
        return balanced(block, self.load, keep, self.standing) if self.project else block

    def _named(self, typed: str) -> str:
        values = values_of(self.block)
        key = next((key for key in ("title", "ref", "url") if key in values), "title")
        return with_values(self.block, (), {key: typed})

    def _divided(self, typed: str) -> str:
        if self.standing:
            raise UsageError(
                f"{len(self.standing)} of its milestones stand on the site",
                hint="change the others one by one: each has a line of its own",
            )
        total = str(values_of(self.block).get("total", ""))
        way = "template" if typed in (self.templates or template_names()) else "split"
        kept = {key: values_of(self.block).get(key) for key in ("start", "days", "weeks", "first")}
        return outlined(self.block, total, kept | {way: typed})

    def _total(self, typed: str) -> str:
        code = self.project.total.currency if self.project and " " not in typed else ""
        total = f"{typed} {code}".strip()
        with suppress(UsageError):  # what is no amount is told by the plan's own check
            total = str(Money.parse(total))
        return self._balanced(with_values(self.block, (), {"total": total}))

    def _timed(self, typed: str) -> str:
        found = _PLUS_DAYS.fullmatch(typed)
        if found is None:
            raise UsageError(f"{typed!r} is no start", hint="write 2026-12-01 +40d, or only the date")
        start, days = _day(found["start"].strip()), found["days"]
        return with_values(self.block, (), {"start": start or None, "days": int(days) if days else None})

    def _of_milestone(self, number: int, typed: str) -> str:
        block = self.block
        if self.project is not None and not milestones_of(values_of(block)):
            block = spelled(block, self.project)
        at = ("milestone", number)
        if self.field == WHAT:
            return with_values(block, at, {"description": typed})
        if self.field == DUE:
            is_date = not typed or isinstance(_day(typed), date)
            return with_values(block, at, {"due": (_day(typed) or None) if is_date else None,
                                           "after": None if is_date else typed})  # fmt: skip
        way = "share" if self.field == SHARE else "amount"
        said = f"{typed}%" if way == "share" and typed.isdecimal() else typed
        if way == "amount" and self.project is not None:
            with suppress(UsageError):
                said = Money.parse_amount(typed, self.project.total.currency).amount_text
        return self._balanced(with_part(block, number, way, said, self.project), number)


def _day(text: str) -> date | str:
    """A date, or the text as it is where it is none: the plan says what is wrong with it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
