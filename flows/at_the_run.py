"""The person whom a run waits for: the journal says what to do, and the run waits in a state of its own.

What to do is an event, for every screen and command line that follows the run. What the person says comes back through
the line of `assistant.person_line`, never through the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from assistant.clock import now
from assistant.errors import NobodyCame
from assistant.journal import Journal, RunState, Wanted
from assistant.person import PATIENCE, Need
from assistant.person_line import EVENT, Line, Said, open_line


class AtTheRun:
    """Whoever follows a run. `wanted` tells what is wanted of the run right now.

    Nobody is waited for beyond `approved_until`, where the run's order has such an end: what they did then would count
    for nothing.
    """

    def __init__(
        self,
        journal: Journal,
        run_id: int,
        wanted: Callable[[], Wanted],
        patience: float | None = None,
        approved_until: datetime | None = None,
    ) -> None:
        self._journal = journal
        self._run_id = run_id
        self._wanted = wanted
        self._patience = PATIENCE if patience is None else patience
        self._approved_until = approved_until
        self._ends = 0.0
        self._line: Line | None = None

    @asynccontextmanager
    async def asked(self, need: Need, words: str, figures: Mapping[str, Any] | None = None) -> AsyncIterator[None]:
        """Wait for the person for the length of a block, in the state `person`."""
        self._ends = asyncio.get_running_loop().time() + self._patience
        until = now() + timedelta(seconds=self._patience)
        if self._approved_until is not None:
            until = min(until, self._approved_until)
        async with open_line() as line:
            self._line = line
            data = {"need": need.value, "line": str(line.path), "until": until.isoformat(timespec="seconds")}
            data |= figures or {}
            self._journal.runs.say(self._run_id, EVENT, words, data, RunState.PERSON)
            try:
                yield
            finally:
                self._line = None
                self._journal.runs.set_state(self._run_id, RunState.RUNNING)

    async def said(self, seconds: float) -> Said | None:
        """What came through the line within so many seconds."""
        return await self._line.said(seconds) if self._line else None

    def check(self) -> None:
        """Raises `NobodyCame` when the time is over, the approval has run out, or the run is to stop."""
        if self._wanted() is Wanted.STOP:
            raise NobodyCame("the run was stopped while it waited for a person", hint="start it again")
        if self._approved_until is not None and now() > self._approved_until:
            raise NobodyCame(
                "the approval ran out while the run waited for a person", hint="make a new preview and approve it again"
            )
        if asyncio.get_running_loop().time() > self._ends:
            raise NobodyCame(
                f"nobody did what the run waited for within {self._patience / 60:g} minutes",
                hint="start it again when somebody is there; nothing goes on by itself",
            )
