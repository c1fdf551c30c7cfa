"""Plans and spreadsheets: a CSV file with one row a milestone, read into planned projects and written from them.

    project ref | title | url | counterparty | currency | total | ignore
    key | description | amount | due | site ref | withdraw

Rows belong to the project that they name by its ref, else its url, else its title (with a counterparty where two have
one title); a row that names none belongs to the project of the row above. Only ``description`` and ``amount`` are
needed in each row. Currency, total and ignore hold for the whole project and may stand in any of its rows; without a
total the milestones are the total. A milestone without a key gets one made of its description. ``none`` as the amount,
in a row without description, skips the project on purpose; ``yes`` under withdraw takes a request back. Titles beside a
ref are for the reader.

Every mistake is one `Problem` whose line is the row and whose field is the column with its letter; all at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from assistant.errors import PlanError, UsageError
from assistant.plans.csv_cells import code_in
from assistant.plans.csv_projects import NAMES, projects_of, refs_text
from assistant.plans.csv_sheet import MOST_BYTES, Sheet, folded, harmless, read_sheet
from assistant.plans.planned import PlanLimits, PlannedMilestone, PlannedProject

COLUMNS: Final = (
    "project ref",
    "title",
    "url",
    "counterparty",
    "currency",
    "total",
    "key",
    "description",
    "amount",
    "due",
    "site ref",
    "ignore",
    "withdraw",
)
_SELDOM: Final = ("url", "ignore", "withdraw")
"""Columns that are written only where something stands in them."""
_NEEDED: Final = ("description", "amount")
_MEANT: Final = {
    folded(word): column
    for column, words in {
        "project ref": ("ref", "id", "project", "project id", "project number"),
        "title": ("project title", "project name", "name"),
        "url": ("link", "address"),
        "counterparty": ("client", "freelancer", "employer", "customer"),
        "total": ("budget", "project total", "bid"),
        "key": ("milestone key",),
        "description": ("milestone", "task", "text", "milestone description"),
        "amount": ("price", "value", "sum", "milestone amount"),
        "due": ("date", "due date", "deadline"),
        "site ref": ("milestone ref", "milestone id"),
    }.items()
    for word in words
}
NO_LIMITS: Final = PlanLimits()
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})


def load_csv(path: Path, *, limits: PlanLimits = NO_LIMITS) -> tuple[PlannedProject, ...]:
    """The projects of a CSV file, in the order in which they come first. `PlanError` with every problem of it."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(0, "it is not a plain file")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{path} cannot be read: {why}", hint="look at its name and its permissions") from None
    return parse_csv(content, str(path), limits=limits)


def parse_csv(content: bytes, file: str, *, limits: PlanLimits = NO_LIMITS) -> tuple[PlannedProject, ...]:
    """The same for a file's bytes; `file` is for the messages. Lines of what is planned are row numbers."""
    sheet = read_sheet(content, file, COLUMNS, _MEANT, _NEEDED)
    _check_columns(sheet)
    planned = tuple(project.planned(limits) for project in projects_of(sheet))
    if not sheet.rows and not sheet.problems:
        sheet.report(sheet.header, "file", "has a header and no rows", "write one row a milestone")
    if sheet.problems:
        raise PlanError(sorted(sheet.problems, key=lambda problem: problem.line))
    return planned


def _check_columns(sheet: Sheet) -> None:
    """Columns of which one of several is needed."""
    if not any(name in sheet for name in NAMES):
        sheet.miss("project ref", "add a column project ref, or title")
    if "currency" not in sheet and not any(code_in(row["amount"]) or code_in(row["total"]) for row in sheet.rows):
        sheet.miss("currency", "add a column currency, or write 500.00 USD")


def csv_text(projects: Iterable[PlannedProject], *, titles: Mapping[str, str] = NO_TITLES, delimiter: str = ",") -> str:
    """Planned projects as CSV, one row a milestone, with splits and templates spelled out. Lines end with CR LF.

    `titles` are what the reader may see beside a ref, by that ref. Save it as UTF-8 with a mark (``utf-8-sig``), so
    that Excel knows the encoding. Amounts have a dot; cells that a spreadsheet would run are made harmless.
    """
    rows = [row for project in projects for row in _project_rows(project, titles)]
    used = [column for column in COLUMNS if column not in _SELDOM or any(row.get(column) for row in rows)]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(used)
    writer.writerows([harmless(row.get(column, "")) for column in used] for row in rows)
    return stream.getvalue()


def _project_rows(project: PlannedProject, titles: Mapping[str, str]) -> list[dict[str, str]]:
    named = {
        "project ref": project.ref,
        "title": project.title or titles.get(project.ref or ""),
        "url": project.url,
        "counterparty": project.counterparty,
        "currency": project.total.currency.code,
        "total": project.total.amount_text,
        "ignore": refs_text(project.ignore) if project.ignore else "",
    }
    common = {column: text for column, text in named.items() if text}
    if project.skipped:
        if project.total.minor == 0:
            del common["currency"], common["total"]
        return [common | {"amount": "none"}]
    return [
        common | _milestone_row(milestone) | ({"withdraw": "yes"} if milestone.key in project.withdraw else {})
        for milestone in project.milestones
    ]


def _milestone_row(milestone: PlannedMilestone) -> dict[str, str]:
    return {
        "key": milestone.key,
        "description": milestone.description,
        "amount": milestone.amount.amount_text,
        "due": milestone.due.isoformat() if milestone.due is not None else "",
        "site ref": milestone.site_ref or "",
    }
