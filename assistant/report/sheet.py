"""A report as CSV, for a spreadsheet or a tax adviser: a row for each milestone, and one for each fee, as an estimate.

Amounts have a dot and their currency beside them; nothing is added up. Cells that a spreadsheet would run as a formula
are made harmless.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.plans.csv_sheet import harmless
from assistant.report.gather import AccountReport, ProjectMoney

COLUMNS: Final = (
    "line",
    "account",
    "platform",
    "project ref",
    "title",
    "counterparty",
    "key",
    "description",
    "currency",
    "planned",
    "stands",
    "held",
    "released",
    "state",
    "site word",
    "due",
    "state since",
    "site ref",
    "note",
)
MARK: Final = ",".join(COLUMNS[:6])
"""How every such sheet begins."""

Row = dict[str, str]


def sheet(reports: Sequence[AccountReport], delimiter: str = ",") -> str:
    """The sheet, with lines that end in CR LF. Save it as UTF-8 with a mark (``utf-8-sig``), so that Excel knows it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        for project in report.projects:
            common = _common(report, project)
            for row in [*_milestones(project), *_fees(project)]:
                cells = common | row
                writer.writerow([harmless(cells.get(column, "")) for column in COLUMNS])
    return stream.getvalue()


def _common(report: AccountReport, project: ProjectMoney) -> Row:
    site = project.standing.project
    return {
        "account": report.view.account,
        "platform": report.rules.name,
        "project ref": site.ref if site else project.standing.planned.ref or "",
        "title": project.standing.name,
        "counterparty": site.counterparty if site else project.standing.planned.counterparty or "",
        "currency": project.gross.currency.code,
    }


def _milestones(project: ProjectMoney) -> Iterator[Row]:
    for mark in project.standing.in_order:
        part = mark.released_part
        money = {"released": part.amount_text if part is not None else ""}
        if mark.state == "released":
            money = {"released": mark.at_stake.amount_text}
        elif mark.state in ("funded", "release_requested", "disputed", "cancel_requested"):
            money["held"] = mark.at_stake.amount_text
        yield money | {
            "line": "milestone",
            "key": mark.key,
            "description": mark.description,
            "planned": mark.amount.amount_text,
            "stands": mark.seen_amount.amount_text if mark.seen_amount is not None else "",
            "state": str(mark.state).replace("_", " "),
            "site word": mark.raw,
            "due": mark.due.isoformat() if mark.due else "",
            "state since": mark.since.astimezone(project.standing.now.tzinfo).date().isoformat() if mark.since else "",
            "site ref": mark.site_ref or "",
            "note": mark.note,
        }


def _fees(project: ProjectMoney) -> Iterator[Row]:
    for fee in project.fees:
        yield {
            "line": "fee (estimate)",
            "description": fee.name,
            "stands": f"-{fee.amount.amount_text}" if project.standing.role == "freelancer" else fee.amount.amount_text,
            "note": fee.sentence,
        }
