"""After a check: what each channel is told now, and what waits for the morning or for the day's digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.checks.finding import ORDER, Finding, Severity
from assistant.checks.memory import Remembered
from assistant.clock import moment
from assistant.notify.channel import send
from assistant.notify.hours import latest
from assistant.notify.message import Message, message_of
from assistant.notify.owed import Owed, OwedBook
from assistant.settings.model import Channel, Notify, Settings
from assistant.work import Work


@dataclass(frozen=True)
class Delivery:
    """What became of one message to one channel; `trouble` is why it did not go, "" if it went."""

    channel: str
    findings: int
    waiting: int
    trouble: str = ""

    def as_event(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        return {
            "event": "notified",
            "channel": self.channel,
            "findings": self.findings,
            "waiting": self.waiting,
            "trouble": self.trouble or None,
        }


def notify(work: Work, new: Sequence[Remembered], now: datetime) -> list[Delivery]:
    """Tell every channel what it is owed by now (aware, in the person's zone). Raises only `JournalError`."""
    settings, account = work.settings, work.account.facts
    book = OwedBook(work.journal, account.id)
    deliveries = []
    for name, channel in settings.channels.items():
        book.queue(name, [each for each in new if wants(channel, each.finding)], now)
        owed = book.owed(name)
        due = [each for each in owed if is_due(settings.notify, channel, each, now)]
        if not due:
            continue
        findings = [each.finding for each in due]
        message = message_of(account.name, findings, amounts=channel.amounts, titles=channel.titles)
        trouble = send(settings, name, message)
        if trouble is None:
            book.sent(due, now)
        else:
            book.failed(due, trouble)
        deliveries.append(Delivery(name, len(due), len(owed) - len(due), trouble or ""))
    return deliveries


def wants(channel: Channel, finding: Finding) -> bool:
    """Whether a channel is told of such findings at all."""
    severe = ORDER.index(finding.severity) >= ORDER.index(channel.least)
    return severe and (not channel.kinds or finding.kind in channel.kinds)


def is_due(settings: Notify, channel: Channel, owed: Owed, now: datetime) -> bool:
    """Whether it is told now: what is urgent always, the rest outside quiet hours, and by the digest if so set."""
    severity = owed.finding.severity
    if severity is Severity.URGENT:
        return True
    if settings.quiet is not None and settings.quiet.hold(now):
        return False
    if ORDER.index(severity) >= ORDER.index(channel.at_once):
        return True
    return moment(owed.queued_at) < latest(settings.digest_at, now)


def send_test(settings: Settings, name: str) -> str | None:
    """A test message to one channel; why it did not go, or None."""
    text = "This is a test by milepost notify test. Findings of status checks will come the same way.\n"
    return send(settings, name, Message("Milepost: a test", text, Severity.INFO))
