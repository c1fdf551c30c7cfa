"""Times as people read them: how long ago, how long, at what o'clock in their own zone (the setting `time_zone`)."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from assistant.clock import moment


def ago(at: str | None, now: datetime) -> str:
    """``just now``, ``4 min ago``, ``3 h ago``, ``12 days ago``; ``never`` for None."""
    if at is None:
        return "never"
    seconds = max((now - moment(at)).total_seconds(), 0)
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 2 * 86400:
        return f"{int(seconds // 3600)} h ago"
    return f"{int(seconds // 86400)} days ago"


def lasted(since: str | None, until: str | None, now: datetime) -> str:
    """``00:42`` or ``1:02:05`` between two stamps; up to now where it has not ended."""
    if since is None:
        return "00:00"
    seconds = max(int(((moment(until) if until else now) - moment(since)).total_seconds()), 0)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def clock(at: str, zone: tzinfo | None) -> str:
    """``14:03:22`` in a zone; None: this machine's."""
    return moment(at).astimezone(zone).strftime("%H:%M:%S")


def day_and_clock(at: str, zone: tzinfo | None) -> str:
    """``2026-12-01 14:03`` in a zone; None: this machine's."""
    return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def when(due: date | None, today: date) -> str:
    """``2026-12-10``, with how far away it is where that is a week or less."""
    if due is None:
        return ""
    days = (due - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    if near is None and -7 <= days < 0:
        near = f"{-days} days late"
    elif near is None and 0 < days <= 7:
        near = f"in {days} days"
    return f"{due.isoformat()}, {near}" if near else due.isoformat()
