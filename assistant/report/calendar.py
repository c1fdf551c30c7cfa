"""Due dates as an iCalendar file (RFC 5545): a whole-day event for each, under the same UID whenever it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from assistant.marks import Mark
from assistant.plain_text import one_line
from assistant.report.gather import AccountReport
from assistant.standing import ProjectStanding

MARK: Final = "PRODID:-//Milepost//Due dates//EN"
"""What every such file has near its beginning."""
_LONGEST: Final = 75
"""Bytes of a line, its end not counted."""
_OVER: Final = ("cancelled", "declined", "gone")


def calendar(reports: Sequence[AccountReport], now: datetime, *, amounts: bool, titles: bool) -> str:
    """The calendar, with lines that end in CR LF. A due date is a day, in whatever zone it is read."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", MARK, "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:Milestones"]
    for report in reports:
        for project in report.projects:
            for mark in project.standing.in_order:
                if mark.due is not None:
                    lines += _event(report, project.standing, mark, mark.due, now, amounts=amounts, titles=titles)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(
    report: AccountReport,
    standing: ProjectStanding,
    mark: Mark,
    due: date,
    now: datetime,
    *,
    amounts: bool,
    titles: bool,
) -> Iterator[str]:
    ref = standing.project.ref if standing.project else standing.planned.name
    told = "\x1f".join((report.rules.name, report.view.account, ref, mark.key))
    state = str(mark.state).replace("_", " ")
    name = one_line(standing.name, longest=80) if titles else f"project {ref}"
    parts = [f"{name} / {mark.key}", *([str(mark.at_stake)] if amounts else []), state]
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(told.encode()).hexdigest()[:32]}@milepost"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{due:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(', '.join(parts))}"
    if titles:
        yield f"DESCRIPTION:{_text(one_line(mark.description))}"
    yield f"STATUS:{'CANCELLED' if mark.state in _OVER else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 bytes, the ones after the first behind a blank; no character is parted."""
    piece, size = "", 0
    for mark in line:
        width = len(mark.encode())
        if size + width > _LONGEST:
            yield piece
            piece, size = " ", 1
        piece, size = piece + mark, size + width
    yield piece
