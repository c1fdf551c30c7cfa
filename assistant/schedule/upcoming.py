"""When checks by themselves last ran, how that ended, and when they run next: by a timer of the machine or a watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from assistant.errors import RunError
from assistant.schedule.choose import SCHEDULERS
from assistant.schedule.job import Scheduler
from assistant.schedule.period import every_text
from assistant.schedule.rounds import Rounds, RoundState
from assistant.settings.model import Settings

LATE: Final = timedelta(minutes=15)
"""How much later than expected a round may begin: a timer's accuracy, and what is left to chance."""


@dataclass(frozen=True)
class Upcoming:
    """What is known of checks by themselves at `now` (aware, in the person's zone).

    `installed`: where each kind of timer is installed, in words. `every` is in seconds, None where nothing checks by
    itself. `next` is when the next round begins at the earliest, None where that is not known.
    """

    now: datetime
    installed: Mapping[str, str]
    every: int | None
    state: RoundState
    next: datetime | None
    log: Path

    @property
    def by(self) -> str:
        """What begins the rounds: ``systemd``, ``launchd``, ``cron``, ``watch``; "" where nothing does."""
        if self.installed:
            return next(iter(self.installed))
        return "watch" if self.next is not None else ""

    @property
    def overdue(self) -> bool:
        """Whether a round should have begun by now, and has not."""
        return self.next is not None and self.now > self.next + LATE

    @property
    def ended(self) -> str:
        """How the last round ended, in words; "" before the first one."""
        if self.state.last_started is None:
            return ""
        told = {0: "nothing new", 2: "findings", 4: "an outcome is unknown", None: "not ended yet"}
        return told.get(self.state.last_code, "it could not run")

    @property
    def sentence(self) -> str:
        """``next check 14:30 by cron, every 30m``, or what to do where there is none; one line."""
        if not self.by or self.every is None:
            return "no timer: milepost schedule install"
        rounds = f"by {self.by}, every {every_text(self.every)}"
        if self.next is None:
            return f"the first check comes {rounds}"
        day = "" if self.next.date() == self.now.date() else f"{self.next:%Y-%m-%d} "
        if self.overdue:
            return f"a check was due {day}{self.next:%H:%M} {rounds}: milepost schedule show"
        return f"next check {day}{self.next:%H:%M} {rounds}"


def upcoming(settings: Settings, now: datetime) -> Upcoming:
    """What is known of the checks of a data folder. Asks the timers of the machine, which takes a moment."""
    installed = {each.name: where for each in SCHEDULERS if (where := _installed(each)) is not None}
    state = Rounds(settings.data_dir, 0).state
    every = next((seconds for each in SCHEDULERS if each.name in installed and (seconds := each.every())), None)
    if not installed and state.by == "watch":
        every = state.every or None
    rounds = Rounds(settings.data_dir, every or 0)
    due = rounds.next_after(state) if every is not None else None
    if not installed and due is not None and now > due + LATE:
        every = due = None  # that watch has ended
    return Upcoming(now, installed, every, state, settings.local(due) if due is not None else None, rounds.log)


def _installed(scheduler: Scheduler) -> str | None:
    """Where it is installed; None also where this user may not ask it."""
    try:
        return scheduler.installed()
    except RunError:
        return None
