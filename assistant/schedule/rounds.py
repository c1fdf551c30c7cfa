"""Rounds of checks: one at a time, later after failures, a little at random, each one written down.

A timer of the machine, `milepost watch` and a person may all want to check. The lock (an flock, which dies with its
owner) lets one of them; the others leave it be. After a round that could not run the next one waits twice as long as
before, up to a day, so that a site that is down or a session that has ended is not knocked at every few minutes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom
from typing import Final

from assistant.clock import Clock, moment, now, stamp
from assistant.private_files import write_private

LONGEST_WAIT: Final = timedelta(days=1)
WELL: Final = frozenset({0, 2})
"""Exit codes of a check that ran: nothing new, or findings."""
LOG_BYTES: Final = 1_000_000


@dataclass(frozen=True)
class RoundState:
    """What is remembered of the rounds: journal stamps; `failures` counts those in a row that could not run.

    `by` and `every` (seconds; 0 where not known) say who began the last one: ``timer`` or ``watch``.
    """

    last_started: str | None = None
    last_ended: str | None = None
    last_code: int | None = None
    failures: int = 0
    not_before: str | None = None
    by: str = "timer"
    every: int = 0


@dataclass(frozen=True)
class NotNow:
    """Why no round begins now: somebody else checks, or it is too soon after failures."""

    why: str


class Rounds:
    """The rounds of one data folder. `every` is the seconds between two of them, `by` who begins them."""

    def __init__(self, data_dir: Path, every: int, clock: Clock = now, *, by: str = "timer") -> None:
        self._folder = data_dir / "schedule"
        self._by = by
        self._every = timedelta(seconds=every)
        self._clock = clock

    @property
    def every(self) -> int:
        """Seconds between two rounds."""
        return self._every // timedelta(seconds=1)

    @property
    def log(self) -> Path:
        """Where rounds by a timer write what they said; the one before it is beside it, as `checks.log.1`."""
        return self._folder / "checks.log"

    @property
    def state(self) -> RoundState:
        """What is remembered; nothing where it cannot be read."""
        try:
            return RoundState(**json.loads((self._folder / "rounds.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return RoundState()

    def next_after(self, state: RoundState) -> datetime | None:
        """When the next round may begin at the earliest; None before the first one."""
        if state.last_started is None:
            return None
        due = moment(state.last_started) + self._every
        return max(due, moment(state.not_before)) if state.not_before else due

    def carry_out(self, check: Callable[[], int], *, patient: bool = True) -> int | NotNow:
        """One round: the exit code of `check`. `NotNow` while another one is at work, or, if `patient`, too soon after
        failures.
        """
        with self._alone() as alone:
            if not alone:
                return NotNow("another check is at work")
            state = self.state
            began = self._clock()
            if patient and state.not_before is not None and began < moment(state.not_before):
                until = state.not_before[:16].replace("T", " ")
                return NotNow(f"{state.failures} checks in a row could not run; the next is tried from {until} UTC on")
            self._write(replace(state, last_started=stamp(began), by=self._by, every=self.every))
            code = 1
            try:
                code = check()
            finally:
                self._write(self._after(state, began, code))
            return code

    def end(self) -> None:
        """Nobody begins another round of these: a watch has ended."""
        if self.state.by == self._by and self.state.last_started is not None:
            self._write(replace(self.state, every=0))

    def _after(self, state: RoundState, began: datetime, code: int) -> RoundState:
        done = RoundState(stamp(began), stamp(self._clock()), code, by=self._by, every=self.every)
        if code in WELL:
            return done
        failures = state.failures + 1
        wait = min(self._every * 2 ** min(failures, 12), LONGEST_WAIT)
        return replace(done, failures=failures, not_before=stamp(began + max(wait, self._every)))

    def _write(self, state: RoundState) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._folder / "rounds.json", json.dumps(asdict(state)).encode())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._folder / "round.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            yield False
            return
        try:
            yield True
        finally:
            os.close(file)

    def open_log(self) -> Path:
        """The log, ready to be added to: private, and begun anew where it had grown long."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_BYTES:
                self.log.replace(self.log.with_suffix(".log.1"))
        os.close(os.open(self.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
        return self.log

    def forget(self) -> list[Path]:
        """Delete everything that is remembered of rounds; returns what was there."""
        if not self._folder.is_dir():
            return []
        files = sorted(self._folder.iterdir())
        for file in files:
            file.unlink(missing_ok=True)
        self._folder.rmdir()
        return files


def some_of(seconds: float) -> float:
    """A number of seconds between none and so many, at random: so that not everybody knocks at the full hour."""
    return SystemRandom().uniform(0, seconds)
