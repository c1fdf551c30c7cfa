"""The rows of a sheet gathered into projects, and each project read into a `PlannedProject` or into its problems.

One mistake is one problem: what follows from a cell that could not be read (a sum, a row that has shifted, a currency
that is not known) is not reported again.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

from assistant.errors import UsageError
from assistant.money import Currency, Money, shown
from assistant.plans.csv_cells import DateOrder, check_id, code_in, read_amount
from assistant.plans.csv_sheet import Row, Sheet
from assistant.plans.fields import LONGEST_TEXT, hidden_character
from assistant.plans.fresh_keys import fresh_key
from assistant.plans.keys import is_key, key_from
from assistant.plans.planned import PlanLimits, PlannedMilestone, PlannedProject
from assistant.plans.project import NOTHING
from assistant.plans.splits import MOST_PARTS

T = TypeVar("T")
NAMES: Final = {"project ref": "ref", "url": "url", "title": "title"}
"""The columns that name a project, the strongest first, and what each is in a plan."""

_PROJECT: Final = (*NAMES, "counterparty")
_MILESTONE: Final = ("key", "description", "amount", "due", "site ref", "withdraw")


def projects_of(sheet: Sheet) -> list[SheetProject]:
    """The projects of a sheet, in the order in which they come first; rows that name none are problems of the sheet."""
    if not any(name in sheet for name in NAMES):
        return []
    gathering = _Gathering(sheet)
    for row in sheet.rows:
        project = gathering.project_of(row)
        if project is not None:
            project.rows.append(row)
            gathering.last = project
    return gathering.projects


@dataclass
class _Gathering:
    """Finds the project of each row, in the order of the rows."""

    sheet: Sheet
    projects: list[SheetProject] = field(default_factory=list)
    last: SheetProject | None = None

    def __post_init__(self) -> None:
        self._order = DateOrder.of(row["due"] for row in self.sheet.rows)
        self._refs: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], list[SheetProject]] = {}

    def project_of(self, row: Row) -> SheetProject | None:
        """The project of a row; None (and a problem) if it names none."""
        how = next((column for column in NAMES if row[column]), None)
        if how is None:
            if self.last is None or _folded(row["counterparty"]) not in ("", self.last.whom):
                self._report(row, "names no project", "write a project ref or a title")
                return None
            return self.last
        name = _folded(row[how]) if how == "title" else row[how].rstrip("/")
        namesakes = self._by_name.setdefault((how, name), [])
        if how != "title":
            return namesakes[0] if namesakes else self._new(how, row, namesakes)
        return self._of_title(row, namesakes)

    def _of_title(self, row: Row, namesakes: list[SheetProject]) -> SheetProject | None:
        """The project of a title: two of one title have a counterparty each, in every row that does not follow on."""
        whom = _folded(row["counterparty"])
        same = [each for each in namesakes if each.whom == whom]
        if same or not namesakes:
            return same[0] if same else self._new("title", row, namesakes)
        if whom and all(each.whom for each in namesakes):
            return self._new("title", row, namesakes)
        if not whom and (self.last in namesakes or len(namesakes) == 1):
            return self.last if self.last in namesakes else namesakes[0]
        told = f"{shown(row['title'])} stands with another counterparty in row {namesakes[0].first.number}"
        self._report(row, told, "write the counterparty in every row of this title")
        return None

    def _new(self, how: str, row: Row, namesakes: list[SheetProject]) -> SheetProject:
        project = SheetProject(self.sheet, how, row, self._order, self._refs)
        namesakes.append(project)
        self.projects.append(project)
        return project

    def _report(self, row: Row, message: str, mend: str) -> None:
        if row.number not in self.sheet.spoilt:
            self.sheet.report(row.number, "row", message, mend)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(eq=False)
class SheetProject:
    """The rows of one project. `how` is the column that names it, `refs` the row of each site ref in the whole file."""

    sheet: Sheet
    how: str
    first: Row
    order: DateOrder
    refs: dict[str, int]
    rows: list[Row] = field(default_factory=list)

    @property
    def whom(self) -> str:
        """The counterparty as compared."""
        return _folded(self.first["counterparty"])

    @property
    def whole(self) -> list[Row]:
        """The rows whose cells stand where they should."""
        return [row for row in self.rows if row.number not in self.sheet.spoilt]

    def planned(self, limits: PlanLimits) -> PlannedProject:
        """The project as planned. Where problems were written down it holds what could be read."""
        names = self._names()
        currency = self._currency()
        ignore = self._ignore()
        rows = [row for row in self.whole if any(row[column] for column in _MILESTONE)]
        skipped = self._is_skipped(rows)
        milestones = [] if skipped else self._milestones(rows, currency, ignore, limits)
        all_read = len(milestones) == len(rows) and self.whole == self.rows
        total = self._total(currency, milestones if all_read and not skipped else [])
        return PlannedProject(
            title=names.get("title"),
            ref=names.get("ref"),
            url=names.get("url"),
            counterparty=names.get("counterparty"),
            total=total,
            milestones=tuple(milestones),
            skipped=skipped,
            ignore=ignore,
            withdraw=frozenset() if skipped else self._withdrawn(rows),
            line=self.first.number,
        )

    def _read(self, row: Row, column: str, reader: Callable[[str], T]) -> T | None:
        """What a reader makes of a cell; None for a blank one, and (with a problem) for a wrong one."""
        if not row[column]:
            return None
        try:
            return reader(row[column])
        except UsageError as error:
            self.sheet.report(row.number, column, error.message, str(error.hint))
            return None

    def _one(self, column: str) -> Row | None:
        """The row that speaks for the project in a column of it: what most rows say, those that say anything.

        Each other one is a problem. None where the column is blank in all of them.
        """
        said = [row for row in self.whole if row[column]]
        if not said:
            return None
        usual = Counter(_folded(row[column]) for row in said).most_common(1)[0][0]
        voice = next(row for row in said if _folded(row[column]) == usual)
        for row in said:
            if _folded(row[column]) != usual:
                what = f"{shown(row[column])} differs from {shown(voice[column])} in row {voice.number}"
                self.sheet.report(row.number, column, what, "write the same in every row of a project")
        return voice

    def _names(self) -> dict[str, str]:
        """What names the project. Title and counterparty beside a ref are only held against each other."""
        names: dict[str, str] = {}
        for column in _PROJECT:
            row = self._one(column)
            if column == self.how:
                name = self._read(row, column, _CHECKS[column]) if row is not None else self.first[column]
                names[NAMES[column]] = name or ""
            elif column == "counterparty" and self.how == "title" and row is not None:
                names[column] = self._read(row, column, _line) or ""
        return {key: name for key, name in names.items() if name}

    def _currency(self) -> Currency | None:
        """The currency of the project: in its own column, or beside an amount. None if it cannot be told."""
        row = self._one("currency")
        if row is not None:
            return self._read(row, "currency", lambda text: Currency(text.upper()))
        cells = [row[column] for column in ("total", "amount") for row in self.whole]
        code = next((code for cell in cells if (code := code_in(cell))), None)
        if code is not None:
            return Currency(code)
        has_amounts = any(row["amount"] and row["amount"].casefold() != "none" for row in self.whole)
        if "currency" not in self.sheet.absent and has_amounts and self.whole == self.rows:
            mend = "write the project's currency, such as USD"
            self.sheet.report(self.first.number, "currency", "is empty", mend)
        return None

    def _ignore(self) -> frozenset[str]:
        """Refs of rows that belong to no milestone, blanks between them."""
        row = self._one("ignore")
        refs = self._read(row, "ignore", _refs) if row is not None else None
        return refs or frozenset()

    def _is_skipped(self, rows: Sequence[Row]) -> bool:
        """Whether the project is skipped on purpose: ``none`` as the amount of its only row."""
        none = [row for row in rows if row["amount"].casefold() == "none"]
        if not rows and self.whole == self.rows and "amount" not in self.sheet.absent:
            mend = "write a row for each, or none as the amount"
            self.sheet.report(self.first.number, "amount", "the project has no milestones", mend)
        if len(none) == len(rows) == 1 and not any(none[0][column] for column in _MILESTONE if column != "amount"):
            return True
        for row in none:
            mend = "write an amount; none, in a row without description, skips the whole project"
            self.sheet.report(row.number, "amount", "none is not an amount of a milestone", mend)
        return False

    def _milestones(
        self, rows: Sequence[Row], currency: Currency | None, ignore: frozenset[str], limits: PlanLimits
    ) -> list[PlannedMilestone]:
        """The milestones of rows whose amount could be read, each other cell of every row checked as well."""
        if len(rows) > MOST_PARTS:
            message = f"is milestone {MOST_PARTS + 1} of the project"
            self.sheet.report(rows[MOST_PARTS].number, "row", message, f"write at most {MOST_PARTS}")
        keys = self._keys(rows)
        found = []
        for row, key in zip(rows, keys, strict=True):
            description = self._description(row, limits)
            amount = self._amount(row, currency, limits)
            due = self._read(row, "due", self.order.read)
            site_ref = self._site_ref(row, ignore)
            if amount is not None:
                found.append(PlannedMilestone(key, description, amount, due, site_ref, row.number))
        return found

    def _withdrawn(self, rows: Sequence[Row]) -> frozenset[str]:
        """Keys of the milestones whose request is to be taken back."""
        said = [self._read(row, "withdraw", _yes) for row in rows]
        return frozenset(key for key, yes in zip(self._keys_of(rows), said, strict=True) if yes)

    def _keys(self, rows: Sequence[Row]) -> list[str]:
        """A key for each row: its own, or where there is none one made of its description."""
        said: dict[str, int] = {}
        for row in rows:
            key = row["key"]
            if key and not is_key(key):
                message = f"{shown(key)} is not a key of small letters, digits, - and _"
                self.sheet.report(row.number, "key", message, f"write {key_from(key)}")
            elif key in said:
                message = f"{shown(key)} is already the key of row {said[key]}"
                self.sheet.report(row.number, "key", message, "give each milestone of a project its own key")
            elif key:
                said[key] = row.number
        return self._keys_of(rows)

    def _keys_of(self, rows: Sequence[Row]) -> list[str]:
        taken = {row["key"] for row in rows}
        keys = []
        for number, row in enumerate(rows, start=1):
            keys.append(row["key"] or fresh_key(row["description"], taken, number))
            taken.add(keys[-1])
        return keys

    def _description(self, row: Row, limits: PlanLimits) -> str:
        if not row["description"] and row["amount"].casefold() != "none":
            if "description" not in self.sheet.absent:
                self.sheet.report(row.number, "description", "is empty", "write what the milestone is for")
            return ""
        text = self._read(row, "description", _line)
        for message, mend in limits.description_faults(text or ""):
            self.sheet.report(row.number, "description", message, mend)
        return text or ""

    def _amount(self, row: Row, currency: Currency | None, limits: PlanLimits) -> Money | None:
        if not row["amount"] and "amount" not in self.sheet.absent:
            self.sheet.report(row.number, "amount", "is empty", "write the amount of the milestone")
        if currency is None or row["amount"].casefold() == "none":
            return None
        amount = self._read(row, "amount", lambda text: read_amount(text, currency))
        if amount is None:
            return None
        faults = list(limits.amount_faults(amount))
        for message, mend in faults:
            self.sheet.report(row.number, "amount", message, mend)
        return None if faults else amount

    def _site_ref(self, row: Row, ignore: frozenset[str]) -> str | None:
        ref = self._read(row, "site ref", _id)
        if ref is None:
            return None
        earlier = self.refs.setdefault(ref, row.number)
        if earlier != row.number:
            message = f"{shown(ref)} is already the milestone of row {earlier}"
            self.sheet.report(
                row.number, "site ref", message, "a row of the site is one milestone: clear one of the two"
            )
        elif ref in ignore:
            message = f"{shown(ref)} is named here and in ignore"
            self.sheet.report(
                row.number, "site ref", message, "it is this milestone or another one: clear one of the two"
            )
        return ref

    def _total(self, currency: Currency | None, milestones: Sequence[PlannedMilestone]) -> Money:
        """The project's total, held against its milestones (if all could be read); their sum where none is written."""
        row = self._one("total")
        if currency is None:
            return NOTHING
        total = self._read(row, "total", lambda text: read_amount(text, currency)) if row is not None else None
        if not milestones:
            return total or NOTHING
        come_to = Money(sum(milestone.amount.minor for milestone in milestones), currency)
        if row is not None and total is not None and total != come_to:
            miss = come_to - total if come_to > total else total - come_to
            word = "more" if come_to > total else "less"
            message = f"the milestones come to {come_to}, {miss} {word} than {total}"
            self.sheet.report(row.number, "total", message, "mend the total, or an amount; or clear the total")
        return come_to


def _line(text: str) -> str:
    """One visible line of a bearable length, as a plan takes it."""
    if hidden := hidden_character(text):
        raise UsageError(f"{shown(text)} contains {hidden}", hint="write one line of visible characters")
    if len(text) > LONGEST_TEXT:
        raise UsageError(f"has {len(text)} characters", hint=f"write at most {LONGEST_TEXT}")
    return text


def _yes(text: str) -> bool:
    if text.casefold() not in ("yes", "y", "x", "true"):
        raise UsageError(f"{shown(text)} is not known", hint="write yes, or leave it blank")
    return True


def _id(text: str) -> str:
    check_id(text)
    return _line(text)


def _ref(text: str) -> str:
    """A project's id: the site's, without blanks."""
    if any(mark.isspace() for mark in text):
        raise UsageError(f"{shown(text)} is not the site's id of a project", hint="write it as 38112233")
    return _id(text)


def _url(text: str) -> str:
    """An absolute address of the web, without a name and password in it."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except ValueError:
        usable = False
    if not usable or any(mark.isspace() for mark in text):
        raise UsageError(f"{shown(text)} is not a web address", hint="write it as https://...")
    return _line(text)


_CHECKS: Final = {"project ref": _ref, "url": _url, "title": _line}


def _refs(text: str) -> frozenset[str]:
    """Refs with blanks between them; one with a blank in it stands in quotes (`refs_text`)."""
    return frozenset(_id(ref) for ref in next(csv.reader([text], delimiter=" ", skipinitialspace=True)) if ref)


def refs_text(refs: Iterable[str]) -> str:
    """What `_refs` reads: the refs in order, blanks between them."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=" ", lineterminator="").writerow(sorted(refs))
    return stream.getvalue()
