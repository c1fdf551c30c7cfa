"""One ``[[project]]`` of a plan: from its table to a `PlannedProject`, every problem written down.

A project names itself (title, ref or url), says its total, and says its milestones in one of four ways::

    split = "5 x 20%"          keys m1..m5, "Milestone 1 of 5"; see assistant/plans/splits.py for what can be written
    template = "website"       keys and descriptions of the template; see assistant/plans/template.py
    [[project.milestone]]      spelled out: key, description, share or amount, due or after, site_ref
    milestones = "none"        skipped on purpose

With a split or a template, ``start`` and ``days`` (or ``weeks``, for a template by the week) give the dates, ``first``
is ``"upfront"`` or ``"evenly"``, and ``[project.site_refs]`` names milestones that already stand on the site: ``m1 =
"123"``. In a list the milestone itself says ``site_ref = "123"``. ``ignore = ["124"]`` names rows of the site that
belong to no milestone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from assistant.errors import PlanError, UsageError
from assistant.money import Currency, Money, shown
from assistant.plans.fields import TableReader, seen
from assistant.plans.milestones import Draft, read_list
from assistant.plans.planned import PlanLimits, PlannedMilestone, PlannedProject
from assistant.plans.splits import MOST_DAYS, MOST_PARTS, Part, even_dates, parse_split, part_amounts, stepped_dates
from assistant.plans.template import Template
from assistant.plans.toml_lines import KeyPath

TemplateOf = Callable[[str], Template]
"""Where templates come from: raises `UsageError` for an unknown one, `PlanError` for one that is wrong."""

NAMES: Final = ("title", "ref", "url")
WAYS: Final = ("split", "template", "milestone", "milestones")
KEYS: Final = (
    *NAMES,
    *WAYS,
    "counterparty",
    "total",
    "start",
    "days",
    "weeks",
    "first",
    "ignore",
    "withdraw",
    "site_refs",
)

_MEANT: Final = {
    "name": 'write title = "..."',
    "id": 'write ref = "..."',
    "link": 'write url = "..."',
    "client": 'write counterparty = "..."',
    "freelancer": 'write counterparty = "..."',
    "currency": 'write it into the total: total = "900.00 EUR"',
    "amount": 'write total = "900.00 EUR"',
    "budget": 'write total = "900.00 EUR"',
    "price": 'write total = "900.00 EUR"',
    "due": "the dates of a split come from start and days; in a list each milestone has its due",
    "end": "write start = 2026-12-01 and days = 40",
    "site_ref": 'write it on the milestone, or for a split: site_refs = { m1 = "123" }',
}

NOTHING: Final = Money.zero(Currency("USD"))
"""The total of a skipped project that names none."""


@dataclass(frozen=True)
class _Timing:
    """When a project runs, as far as it says so."""

    start: date | None
    days: int | None
    weeks: int | None
    first: str | None


def read_project(table: TableReader, limits: PlanLimits, template_of: TemplateOf) -> PlannedProject:
    """The project of a table; where problems were written down it holds what could be read, for further checks."""
    table.refuse_unknown(KEYS, _MEANT)
    names = _read_names(table)
    way = table.only_one_of(WAYS, "says its milestones", 'split = "5 x 20%", or [[project.milestone]] for each')
    skipped = way == "milestones" and _is_none(table)
    total = _read_total(table, needed=way != "milestones")
    timing = _read_timing(table)
    ignore = frozenset(table.texts("ignore", '"123"'))
    withdraw = frozenset(table.texts("withdraw", '"m1"'))
    drafts: list[Draft] = []
    if way == "milestone":
        drafts = read_list(table, total, timing.start)
        _refuse_timing_of_splits(table)
    elif way == "split":
        drafts = _read_split(table, timing)
    elif way == "template":
        drafts = _read_template(table, timing, template_of)
    _read_site_refs(table, drafts, way)
    _check_refs(table, drafts, ignore)
    _check_withdrawn(table, drafts, withdraw)
    return PlannedProject(
        title=names.get("title"),
        ref=names.get("ref"),
        url=names.get("url"),
        counterparty=names.get("counterparty"),
        total=total or NOTHING,
        milestones=_milestones(table, drafts, total, limits),
        skipped=skipped,
        ignore=ignore,
        withdraw=withdraw,
        start=timing.start,
        days=timing.days,
        weeks=timing.weeks,
        first=timing.first,
        split=_said(table, "split"),
        template=_said(table, "template"),
        line=table.log.line_of(table.path),
    )


def _said(table: TableReader, key: str) -> str | None:
    value = table.values.get(key)
    return value.strip() if isinstance(value, str) else None


def _read_names(table: TableReader) -> dict[str, str]:
    """What names the project; exactly one of title, ref and url, and a counterparty beside a title only."""
    way = table.only_one_of(NAMES, "names the project", 'title = "...", ref = "..." or url = "https://..."')
    examples = {"title": '"Resume rewriting"', "ref": '"38112233"', "url": '"https://..."', "counterparty": '"ben"'}
    names = {key: text for key, example in examples.items() if (text := table.text(key, example))}
    if "ref" in names and any(character.isspace() for character in names["ref"]):
        table.report("ref", f"{shown(names['ref'])} is not the site's id of a project", 'write ref = "38112233"')
    if "url" in names and not _is_url(names["url"]):
        table.report("url", f"{shown(names['url'])} is not a web address", 'write url = "https://..."')
    if "counterparty" in table and way in ("ref", "url"):
        table.report("counterparty", f"tells projects of one title apart, and {way} names one already", "delete it")
    return names


def _is_url(text: str) -> bool:
    """An absolute address of the web, without a name and password in it."""
    try:
        parts = urlsplit(text)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        return False
    blank = any(character.isspace() for character in text)
    return parts.scheme in ("http", "https") and bool(host) and user is None and not blank


def _is_none(table: TableReader) -> bool:
    value = table.values["milestones"]
    if value == "none":
        return True
    if isinstance(value, (list, dict)):
        table.report("milestones", "is not the name of the list", "write [[project.milestone]] for each")
    else:
        table.report("milestones", 'takes only "none"', 'write milestones = "none", or a split')
    return False


def _read_total(table: TableReader, *, needed: bool) -> Money | None:
    if "total" not in table:
        if needed:
            table.report("", "has no total", 'write total = "900.00 EUR"')
        return None
    value = table.values["total"]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        table.report("total", f"{seen(value)} is a bare number", f'write total = "{_as_text(value)} EUR", in quotes')
        return None
    text = table.text("total", '"900.00 EUR"')
    if text is None:
        return None
    try:
        total = Money.parse(text)
    except UsageError as error:
        table.report("total", error.message, str(error.hint))
        return None
    if total.minor <= 0:
        table.report("total", f"{total} is not above zero", "write what the project is to pay in all")
        return None
    return total


def _as_text(value: float) -> str:
    """The digits of a bare number as an amount, for an example."""
    whole, _, fraction = (str(value) if 0 < value < 10**9 else "").partition(".")
    usable = whole.isdigit() and len(fraction) <= 2 and (fraction or "0").isdigit()
    return f"{whole}.{fraction.ljust(2, '0')}" if usable else "900.00"


def _read_timing(table: TableReader) -> _Timing:
    first = table.text("first", '"upfront"')
    if first not in (None, "upfront", "evenly"):
        table.report("first", f"{shown(first)} is not known", 'write first = "upfront", or leave it out')
        first = None
    days, weeks = table.number("days", 1, MOST_DAYS), table.number("weeks", 1, MOST_PARTS)
    timing = _Timing(table.day("start"), days, weeks, first)
    for key in ("days", "first"):
        if key in table and "start" not in table:
            table.report(key, "counts from the start, and there is none", "write start = 2026-12-01")
    return timing


def _refuse_timing_of_splits(table: TableReader) -> None:
    for key in ("days", "weeks", "first"):
        if key in table:
            table.report(key, "is for a split or a template", "delete it, and give each milestone its due or after")


def _read_split(table: TableReader, timing: _Timing) -> list[Draft]:
    """Milestones m1..mN of a split, with their dates."""
    text = table.text("split", '"5 x 20%"')
    if text is None:
        return []
    try:
        split = parse_split(text)
    except UsageError as error:
        table.report("split", error.message, str(error.hint))
        return []
    _refuse(table, "weeks", 'are for a template by the week; write "every 1 week" in the split')
    upfront = timing.first == "upfront" or (split.upfront and timing.first is None)
    if split.upfront and timing.first == "evenly":
        table.report("first", f"says evenly, and {shown(text)} says upfront", "delete one of the two")
    if split.every is not None:
        _refuse(table, "days", "stands beside a split that says every")
        if "start" not in table:
            table.report("split", "says every, and there is no start to count from", "write start = 2026-12-01")
    else:
        _need_days(table, upfront=upfront)
    dates = _dates(timing, split.every, len(split.parts), upfront=upfront)
    count = len(split.parts)
    return [
        Draft(f"m{number}", f"Milestone {number} of {count}", part, due, None, (*table.path, "split"))
        for number, (part, due) in enumerate(zip(split.parts, dates, strict=True), start=1)
    ]


def _dates(timing: _Timing, every: int | None, count: int, *, upfront: bool) -> Sequence[date | None]:
    if timing.start is None:
        return [None] * count
    if every is not None:
        return stepped_dates(timing.start, every, count, upfront=upfront)
    if timing.days is not None:
        return even_dates(timing.start, timing.days, count, upfront=upfront)
    return [timing.start if upfront and number == 0 else None for number in range(count)]


def _refuse(table: TableReader, key: str, why: str) -> None:
    if key in table:
        table.report(key, why, "delete it")


def _need_days(table: TableReader, *, upfront: bool) -> None:
    """A start without days dates only a first milestone that is due upfront."""
    if "start" in table and "days" not in table and not upfront:
        table.report("start", "gives no dates without days", 'write days = 40, or first = "upfront"')


def _read_template(table: TableReader, timing: _Timing, template_of: TemplateOf) -> list[Draft]:
    """The milestones of a template, with their dates."""
    name = table.text("template", '"website"')
    if name is None:
        return []
    try:
        template = template_of(name)
    except UsageError as error:
        table.report("template", error.message, str(error.hint))
        return []
    except PlanError as error:
        table.log.problems.extend(problem for problem in error.problems if problem not in table.log.problems)
        return []
    upfront = template.upfront if timing.first is None else timing.first == "upfront"
    if template.week is None:
        _refuse(table, "weeks", f"is for a template by the week, and {shown(name)} is none")
        _need_days(table, upfront=upfront)
    else:
        _refuse(table, "days", f"stands beside {shown(name)}, which goes by weeks")
        if "weeks" not in table:
            table.report("template", f"{shown(name)} needs a number of weeks", "write weeks = 8")
    outline = template.outline(timing.weeks)
    dates: Sequence[date | None] = [None] * len(outline)
    if timing.start is not None:
        dates = template.dates(timing.start, timing.days, timing.weeks, upfront=upfront)
    return [
        Draft(each.key, each.description, each.part, due, None, (*table.path, "template"))
        for each, due in zip(outline, dates, strict=True)
    ]


def _read_site_refs(table: TableReader, drafts: list[Draft], way: str | None) -> None:
    """The table of site_refs by key, for milestones that have no table of their own."""
    if "site_refs" not in table:
        return
    if way not in ("split", "template"):
        table.report("site_refs", "is for a split or a template", 'write site_ref = "123" on the milestone')
        return
    refs = table.table("site_refs")
    if drafts:
        refs.refuse_unknown([draft.key for draft in drafts], {})
    for draft in drafts:
        if draft.key in refs:
            draft.site_ref = refs.text(draft.key, '"123"')
            draft.ref_path = (*refs.path, draft.key)


def _check_refs(table: TableReader, drafts: Sequence[Draft], ignore: frozenset[str]) -> None:
    for draft in drafts:
        if draft.site_ref is not None and draft.site_ref in ignore:
            table.log.report(
                draft.ref_path or draft.path,
                f"{shown(draft.site_ref)} is named here and ignored above",
                "it is this milestone or another one: delete it in one of the two places",
            )


def _check_withdrawn(table: TableReader, drafts: Sequence[Draft], withdraw: frozenset[str]) -> None:
    keys = [draft.key for draft in drafts]
    for key in sorted(withdraw - set(keys)):
        table.log.report(
            (*table.path, "withdraw"),
            f"{shown(key)} is the key of no milestone of this project",
            f"its keys are {', '.join(keys)}" if keys else "leave it out",
        )


def _milestones(
    table: TableReader, drafts: Sequence[Draft], total: Money | None, limits: PlanLimits
) -> tuple[PlannedMilestone, ...]:
    """The drafts with their amounts, each within the platform's limits; () if there can be no amounts."""
    for draft in drafts:
        for message, mend in limits.description_faults(draft.description):
            table.log.report(draft.at("description"), message, mend)
    parts = [draft.part for draft in drafts if draft.part is not None]
    if total is None or not drafts or len(parts) < len(drafts):
        return ()
    amounts = _amounts(table, drafts, parts, total)
    for draft, amount in zip(drafts, amounts, strict=False):
        if amount.minor == 0:
            message = f"{shown(draft.key)} would get {amount}"
            table.log.report(draft.at("share"), message, "plan fewer milestones, or a larger total")
            continue
        for message, mend in limits.amount_faults(amount):
            table.log.report(draft.at("amount"), message, mend)
    return tuple(
        PlannedMilestone(draft.key, draft.description, amount, draft.due, draft.site_ref, table.log.line_of(draft.path))
        for draft, amount in zip(drafts, amounts, strict=False)
    )


def _amounts(table: TableReader, drafts: Sequence[Draft], parts: Sequence[Part], total: Money) -> tuple[Money, ...]:
    try:
        return part_amounts(parts, total)
    except UsageError as error:
        path: KeyPath = drafts[0].path if drafts[0].is_shared else (*table.path, "total")
        table.log.report(path, error.message, str(error.hint))
        return ()
