"""The pace of money steps: the seconds that a platform's profile wants between two of them, waited on a clock.

It is the only place in `flows/` that lets time pass on purpose, and it does so before a step, never instead of waiting
for what a page does. On a mock platform the pace is zero and nothing is waited for.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time that passes: the machine's, or a test's."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    async def wait(self, seconds: float) -> None:
        """Let that much time pass."""
        ...


class MachineClock:
    """The machine's own monotonic clock."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    async def wait(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)  # the one documented sleep: see the head of this file


class Pace:
    """Keeps at least `seconds` between the starts of two money steps, in however many tabs they are."""

    def __init__(self, seconds: float, clock: Clock | None = None) -> None:
        self._seconds = seconds
        self._clock = clock or MachineClock()
        self._last: float | None = None
        self._turn = asyncio.Lock()

    async def before_step(self) -> None:
        """Wait until a money step may begin. Who comes while another waits begins after it."""
        async with self._turn:
            if self._last is not None and self._seconds > 0:
                left = self._last + self._seconds - self._clock.now()
                if left > 0:
                    await self._clock.wait(left)
            self._last = self._clock.now()
