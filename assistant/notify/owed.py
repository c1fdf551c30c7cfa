"""What is owed to channels: a row for each finding and channel, from the check that found it until it is sent.

So a message that waits for the morning, or whose channel was down, is sent by a later check; and a finding that is told
once is sent once to each channel, whichever check dies in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from assistant.checks.finding import Finding
from assistant.checks.memory import Remembered
from assistant.clock import stamp
from assistant.journal import Journal
from assistant.journal.engine import reading
from assistant.journal.schema import findings, notices

MOST_TRIES = 20
"""Tries after which a message is given up: with a check every half hour, a channel that was down for ten hours."""


@dataclass(frozen=True)
class Owed:
    """One finding that a channel is to be told of."""

    id: int
    finding: Finding
    queued_at: str
    tries: int


class OwedBook:
    """Reads and writes what is owed to the channels of one account."""

    def __init__(self, journal: Journal, account: str) -> None:
        self._engine = journal.engine
        self._account = account

    def queue(self, channel: str, found: Iterable[Remembered], now: datetime) -> None:
        """Note that a channel is to be told of these; what was noted before stays as it is."""
        rows = [
            {"finding_id": each.id, "telling": each.told + 1, "channel": channel, "queued_at": stamp(now)}
            for each in found
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(notices).on_conflict_do_nothing(), rows)

    def owed(self, channel: str) -> Sequence[Owed]:
        """What the channel was not told yet, oldest first."""
        query = (
            select(notices.c.id, notices.c.queued_at, notices.c.tries, findings.c.facts)
            .join(findings, findings.c.id == notices.c.finding_id)
            .where(findings.c.account == self._account, notices.c.channel == channel)
            .where(notices.c.sent_at.is_(None), notices.c.tries < MOST_TRIES)
            .order_by(notices.c.id)
        )
        with reading(self._engine).begin() as connection:
            return [Owed(r.id, Finding.from_facts(r.facts), r.queued_at, r.tries) for r in connection.execute(query)]

    def sent(self, told: Iterable[Owed], now: datetime) -> None:
        """Note that these are out."""
        with self._engine.begin() as connection:
            ids = [each.id for each in told]
            connection.execute(update(notices).where(notices.c.id.in_(ids)).values(sent_at=stamp(now), trouble=None))

    def failed(self, told: Iterable[Owed], trouble: str) -> None:
        """Note why these did not go; a later check tries again."""
        with self._engine.begin() as connection:
            ids = [each.id for each in told]
            values = {"tries": notices.c.tries + 1, "trouble": trouble}
            connection.execute(update(notices).where(notices.c.id.in_(ids)).values(values))
