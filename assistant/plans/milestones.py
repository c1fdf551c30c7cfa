"""The ``[[project.milestone]]`` tables of a plan: milestones that a person spelled out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.errors import UsageError
from assistant.money import Money, shown
from assistant.plans.fields import TableReader, seen
from assistant.plans.keys import read_key
from assistant.plans.splits import MOST_PARTS, REST, Part, parse_period, parse_share
from assistant.plans.toml_lines import KeyPath

KEYS: Final = ("key", "description", "share", "amount", "due", "after", "site_ref")

_MEANT: Final = {
    "title": 'write description = "..."',
    "name": 'write description = "..." and key = "..."',
    "text": 'write description = "..."',
    "id": 'write key = "...", or site_ref = "..." for one that stands on the site',
    "ref": 'write site_ref = "..."',
    "date": "write due = 2026-12-10",
    "deadline": "write due = 2026-12-10",
    "days": 'write after = "8 days"',
    "percent": 'write share = "30%"',
    "total": 'write amount = "300.00"',
    "price": 'write amount = "300.00"',
    "currency": "the currency is that of the project's total",
}


@dataclass
class Draft:
    """A milestone before the total was divided. `part` is None if it could not be read."""

    key: str
    description: str
    part: Part | None
    due: date | None
    site_ref: str | None
    path: KeyPath
    """Its own table, or the split or template it comes from."""
    ref_path: KeyPath | None = None
    """Where its site_ref stands, if that is elsewhere."""

    @property
    def is_shared(self) -> bool:
        """Whether it has no table of its own."""
        return self.path[-1] in ("split", "template")

    def at(self, field: str) -> KeyPath:
        """The path of one of its fields; of the split or template, where it has no fields of its own."""
        return self.path if self.is_shared else (*self.path, field)


def read_list(project: TableReader, total: Money | None, start: date | None) -> list[Draft]:
    """The milestones of a project, in the order of the file. Amounts are checked against the total's currency."""
    tables = project.tables("milestone")
    if not tables and project.values.get("milestone") == []:
        project.report("milestone", "is an empty list", 'write milestones = "none" to skip the project')
    if len(tables) > MOST_PARTS:
        project.report("milestone", f"has {len(tables)} milestones", f"write at most {MOST_PARTS}")
    drafts = [_read(table, total, start, has_start="start" in project) for table in tables]
    _check_keys(project, drafts)
    return drafts


def _read(table: TableReader, total: Money | None, start: date | None, *, has_start: bool) -> Draft:
    table.refuse_unknown(KEYS, _MEANT)
    key = read_key(table, "key", table.text("key", '"design"'))
    description = table.text("description", '"Design of the three pages"')
    if "description" not in table:
        table.report("", "has no description", 'write description = "Design of the three pages"')
    return Draft(
        key or "",
        description or "",
        _read_part(table, total),
        _read_due(table, start, has_start=has_start),
        table.text("site_ref", '"123"'),
        table.path,
    )


def _check_keys(project: TableReader, drafts: list[Draft]) -> None:
    first: dict[str, Draft] = {}
    for draft in drafts:
        earlier = first.setdefault(draft.key, draft)
        if draft.key and earlier is not draft:
            line = project.log.line_of(earlier.at("key"))
            project.log.report(
                draft.at("key"),
                f"{shown(draft.key)} is already the key of line {line}",
                "give each milestone of a project its own key",
            )


def _read_part(table: TableReader, total: Money | None) -> Part | None:
    """The share or the amount; None (and a problem) for neither, both, or one that cannot be."""
    way = table.only_one_of(("share", "amount"), "says how much it is", 'share = "1/3" or amount = "300.00"')
    value = table.values.get(way) if way else None
    if way and isinstance(value, (int, float)) and not isinstance(value, bool):
        example = 'share = "30%", "1/3" or "rest"' if way == "share" else 'amount = "300.00"'
        table.report(way, f"{seen(value)} is a bare number", f"write {example}, in quotes")
        return None
    text = table.text(way, '"1/3"' if way == "share" else '"300.00"') if way else None
    if way is None or text is None:
        return None
    try:
        if way == "share":
            return REST if text == "rest" else Part(share=parse_share(text))
        return _read_amount(table, text, total)
    except UsageError as error:
        table.report(way, error.message, str(error.hint))
        return None


def _read_amount(table: TableReader, text: str, total: Money | None) -> Part | None:
    """An amount, with or without its currency, in that of the total. Without a total it cannot be judged."""
    if " " in text:
        amount = Money.parse(text)
        if total is not None and amount.currency != total.currency:
            mend = f'write amount = "..." in {total.currency}'
            table.report("amount", f"{shown(text)} is not in {total.currency}, the currency of the total", mend)
            return None
    elif total is not None:
        amount = Money.parse_amount(text, total.currency)
    else:
        return None
    if amount.minor <= 0:
        table.report("amount", f"{amount} is not above zero", 'write amount = "300.00"')
        return None
    return Part(amount=amount.amount_text)


def _read_due(table: TableReader, start: date | None, *, has_start: bool) -> date | None:
    """The date of ``due``, or of ``after`` counted from the project's start; None if it says neither."""
    due = table.day("due")
    period = table.text("after", '"8 days"')
    if "due" in table and "after" in table:
        table.report("after", "stands beside due, and only one of them says the date", "delete due or after")
        return None
    if due is not None and start is not None and due < start:
        table.report("due", f"{due} is before the start, {start}", "write a later due, or an earlier start")
    if period is None:
        return due
    try:
        days = parse_period(period)
    except UsageError as error:
        table.report("after", error.message, str(error.hint))
        return None
    if not has_start:
        table.report("after", "counts from the start, and there is none", "write start = 2026-12-01 in the project")
    return start + timedelta(days=days) if start is not None else None
