"""The form in which a project's milestones are said in few words: total, how many, upfront, start, days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from assistant.errors import PlanError, UsageError
from assistant.money import Currency, Money
from assistant.plain_text import one_line
from assistant.plans.edit import Load, new_block, outlined, values_of
from assistant.plans.even_split import even_split
from assistant.plans.new import Outline, with_totals
from assistant.plans.planned import PlannedProject
from assistant.site import SiteProject
from tui.text import plain

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "total": ("Total", "2500.00 USD; nothing: each bid"),
    "divided": ("Milestones", "5, or 30% + rest, or a template"),
    "upfront": ("Upfront", "30% or an amount, or nothing"),
    "start": ("Start", "2026-12-01; nothing: no dates"),
    "days": ("Days", "40; 8 weeks for a template by week"),
}
"""The fields in their order: what each is called, and what can be written."""

_OF_KEY: Final = {"split": "divided", "template": "divided", "weeks": "days", "first": "upfront"}


class FormError(Exception):
    """Something is wrong in the form: a field, and what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field if field in LABELS else "divided"
        self.message = plain(message)


@dataclass(frozen=True)
class Fields:
    """What was typed."""

    total: str = ""
    divided: str = "5"
    upfront: str = ""
    start: str = ""
    days: str = ""


@dataclass(frozen=True)
class Filled:
    """What it comes to: projects with their milestones worked out, and why others were left out, by ref."""

    projects: tuple[PlannedProject, ...]
    left_out: Mapping[str, str]
    block: str = ""
    """The changed text, where one project of the plan was changed."""


def fields_of(block: str) -> Fields:
    """What the form begins with for a project that is there."""
    values = values_of(block)
    way = values.get("split") or values.get("template") or ""
    weeks = f"{values['weeks']} weeks" if "weeks" in values else ""
    upfront = "yes" if values.get("first") == "upfront" else ""
    return Fields(str(values.get("total", "")), str(way) or "5", upfront, str(values.get("start", "")),
                  str(values.get("days", weeks)))  # fmt: skip


def for_block(fields: Fields, block: str, load: Load, templates: Sequence[str]) -> Filled:
    """A project of the plan with what was typed. Raises `FormError`."""
    total = _total(fields.total, str(values_of(block).get("total", "")).rpartition(" ")[2])
    if total is None:
        raise FormError("total", 'say a total, such as "2500.00 USD"')
    outline = _outline(fields, templates, total)
    changed = _checked(lambda: outlined(block, str(total), vars(outline)))
    return Filled((_checked(lambda: load(changed)),), {}, changed)


def for_new(fields: Fields, chosen: Sequence[SiteProject], load: Load, templates: Sequence[str]) -> Filled:
    """New projects, one for each that was chosen, each by its bid or the total that was typed. Raises `FormError`."""
    codes = {project.currency for project in chosen}
    if len(codes) > 1 and fields.total.strip().replace(".", "").isdecimal():
        raise FormError("total", f"say its currency, or nothing for each project's bid: {currencies_told(chosen)}")
    total = _total(fields.total, codes.pop() if len(codes) == 1 else "")
    planned: list[PlannedProject] = []
    left_out: dict[str, str] = {}
    for project in chosen:  # an amount upfront is another share of each bid
        made, without = with_totals([project], total, _outline(fields, templates, total or project.bid))
        planned += [_checked(lambda each=each: load(new_block(each))) for each in made]  # type: ignore[misc]
        left_out |= without
    if not planned:
        raise FormError("total", next(iter(left_out.values()), "no project was chosen"))
    return Filled(tuple(planned), left_out)


def currencies_told(chosen: Sequence[SiteProject]) -> str:
    """``2 in USD, Logo and letterhead in EUR`` where there is more than one currency; "" otherwise."""
    by_code: dict[str, list[str]] = {}
    for project in chosen:
        by_code.setdefault(project.currency, []).append(one_line(project.title, longest=30))
    named = [f"{those[0] if len(those) == 1 else len(those)} in {code}" for code, those in by_code.items()]
    return ", ".join(named) if len(named) > 1 else ""


def _total(text: str, code: str) -> Money | None:
    """The amount that was typed; one without a currency is in that of `code`, where there is one."""
    text = text.strip()
    if not text:
        return None
    try:
        total = Money.parse(text if " " in text else f"{text} {code}".strip())
    except UsageError as error:
        raise FormError("total", f"{error.message}: {error.hint}") from None
    if total.minor <= 0:
        raise FormError("total", "write a total above zero")
    return total


def _outline(fields: Fields, templates: Sequence[str], total: Money | None) -> Outline:
    start, (days, weeks) = _start(fields.start.strip()), _days(fields.days.strip())
    divided, upfront = " ".join(fields.divided.split()), fields.upfront.strip()
    first = "upfront" if upfront.casefold() in {"yes", "y", "upfront"} else None
    if not divided:
        raise FormError("divided", "say how many, or a split, or a template")
    if divided in templates:
        if upfront and first is None:
            raise FormError("upfront", 'a template has its own shares: write "yes" for a first one due at the start')
        return Outline(template=divided, start=start, days=days, weeks=weeks, first=first)
    if not divided.isdecimal():
        if upfront and first is None:
            raise FormError("upfront", f"say it in the split: upfront {upfront} + rest")
        return Outline(split=divided, start=start, days=days, weeks=weeks, first=first if start else None)
    try:
        # Without a total only shares can be said; any total divides them alike.
        split = even_split(int(divided), "" if first else upfront, total or Money(10**9, Currency("USD")))
    except UsageError as error:
        raise FormError("upfront" if upfront else "divided", f"{error.message}: {error.hint}") from None
    return Outline(split=split, start=start, days=days, weeks=weeks, first=first if start else None)


def _start(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FormError("start", f"{text!r} is no date: write it as 2026-12-01") from None


def _days(text: str) -> tuple[int | None, int | None]:
    """Days, or weeks."""
    words = text.split()
    if not words:
        return None, None
    if not words[0].isdecimal() or len(words) > 2:
        raise FormError("days", f"{text!r} is no number of days")
    in_weeks = len(words) == 2 and words[1].startswith("week")
    return (None, int(words[0])) if in_weeks else (int(words[0]), None)


def _checked(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except PlanError as error:
        problem = error.problems[0]
        key = problem.field.rpartition(", ")[2]
        raise FormError(_OF_KEY.get(key, key), f"{problem.message}: {problem.mend}") from None
    except UsageError as error:
        raise FormError("divided", f"{error.message}: {error.hint}") from None
