"""Hours of the day as settings write them: ``08:00``, ``22:00-07:00``; and when they are, in the person's own zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def parse_clock(text: str) -> time:
    """``08:00``. Raises `ValueError`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a time of day")
    return time(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class QuietHours:
    """From one time of day to another, over midnight if the second is the earlier one."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """``22:00-07:00``. Raises `ValueError`."""
        begin, dash, end = text.partition("-")
        hours = cls(parse_clock(begin), parse_clock(end)) if dash else None
        if hours is None or hours.begin == hours.end:
            raise ValueError(f"{text!r} are not quiet hours")
        return hours

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def hold(self, at: datetime) -> bool:
        """Whether a moment, in the person's zone, is within them."""
        clock = at.time().replace(second=0, microsecond=0)
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


def latest(clock: time, at: datetime) -> datetime:
    """The last moment before `at` (in the person's zone) at which it was that time of day."""
    today = datetime.combine(at.date(), clock, at.tzinfo)
    return today if today <= at else datetime.combine(at.date() - timedelta(days=1), clock, at.tzinfo)
