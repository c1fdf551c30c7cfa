"""A finding: one thing that a check has to say, with what was seen, what was before, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from assistant.money import Money
from assistant.plain_text import one_line


class Kind(StrEnum):
    """What a finding is about. The first half is about what happened, the second about what time has made of it."""

    FUNDED = "funded"
    REQUESTED = "requested"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AWAITING_PAYMENT = "awaiting_payment"
    RELEASE_REQUESTED = "release_requested"
    RELEASED = "released"
    PARTIAL_RELEASE = "partial_release"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_WITHDRAWN = "cancel_withdrawn"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    DISPUTE_OVER = "dispute_over"
    AMOUNT_CHANGED = "amount_changed"
    DESCRIPTION_CHANGED = "description_changed"
    MISSING = "missing"
    EXTRA = "extra"
    UNCLEAR = "unclear"
    AWARD_ACCEPTED = "award_accepted"
    PROJECT_ENDED = "project_ended"
    PROJECT_GONE = "project_gone"

    NOT_FUNDED = "not_funded"
    DUE_SOON = "due_soon"
    LATE = "late"
    BEHIND = "behind"
    RELEASE_NOT_REQUESTED = "release_not_requested"
    RELEASE_WAITING = "release_waiting"
    NOT_RELEASED = "not_released"
    DISPUTE_DEADLINE = "dispute_deadline"
    OVER_BID = "over_bid"
    LOW_BALANCE = "low_balance"
    SESSION_EXPIRING = "session_expiring"
    NEEDS_PERSON = "needs_person"
    COULD_NOT_READ = "could_not_read"
    NOT_FOUND = "not_found"
    UNSETTLED = "unsettled"


class Severity(StrEnum):
    """How soon a person should know: an URGENT one is sent in quiet hours, too."""

    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"


ORDER = tuple(Severity)
"""From the least to the most."""

SEVERITIES: Mapping[Kind, Severity] = {
    **dict.fromkeys((Kind.DISPUTED, Kind.DISPUTE_DEADLINE, Kind.NEEDS_PERSON, Kind.UNSETTLED), Severity.URGENT),
    **dict.fromkeys(
        (
            Kind.CANCEL_REQUESTED,
            Kind.CANCELLED,
            Kind.MISSING,
            Kind.AMOUNT_CHANGED,
            Kind.DECLINED,
            Kind.UNCLEAR,
            Kind.LATE,
            Kind.PROJECT_GONE,
            Kind.LOW_BALANCE,
            Kind.SESSION_EXPIRING,
            Kind.RELEASE_NOT_REQUESTED,
            Kind.COULD_NOT_READ,
            Kind.NOT_FOUND,
        ),
        Severity.WARNING,
    ),
    **dict.fromkeys(
        (
            Kind.RELEASE_REQUESTED,
            Kind.REQUESTED,
            Kind.AWAITING_PAYMENT,
            Kind.WITHDRAWN,
            Kind.EXTRA,
            Kind.DESCRIPTION_CHANGED,
            Kind.PROJECT_ENDED,
            Kind.NOT_FUNDED,
            Kind.DUE_SOON,
            Kind.BEHIND,
            Kind.RELEASE_WAITING,
            Kind.NOT_RELEASED,
            Kind.OVER_BID,
            Kind.PARTIAL_RELEASE,
        ),
        Severity.NOTICE,
    ),
    **dict.fromkeys(
        (Kind.FUNDED, Kind.RELEASED, Kind.CANCEL_WITHDRAWN, Kind.DISPUTE_OVER, Kind.AWARD_ACCEPTED), Severity.INFO
    ),
}
"""How soon a person should know of each kind."""


class Sure(StrEnum):
    """How sure a finding is: the site SHOWS it, or it is what most LIKELY is behind what the site shows."""

    SHOWN = "shown"
    LIKELY = "likely"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding about one project (`project` "" where it is about the account).

    `name` tells it from every other one of the account for good: the same name is the same finding, told once.
    `since` is a journal stamp: from when on it is so, as far as the looks tell; "" where only time made it so, until a
    check has found it. `standing` says whether it still holds, or is recent enough to be called news; one that is not
    standing is told only if it never was. What `happened` was once, and never comes back under its name.
    """

    name: str
    kind: Kind
    project: str = ""
    title: str = ""
    counterparty: str = ""
    key: str | None = None
    site_ref: str | None = None
    description: str = ""
    amount: Money | None = None
    seen: str
    before: str = ""
    since: str = ""
    due: date | None = None
    days: int | None = None
    """Days late, waited or left, as `seen` says."""
    sure: Sure = Sure.SHOWN
    next: str = ""
    plan: str = ""
    """The file of the plan that it rests on: a check that was not given this plan cannot say that it is over."""
    standing: bool = True
    happened: bool = False

    @property
    def severity(self) -> Severity:
        """How soon a person should know."""
        return SEVERITIES[self.kind]

    @property
    def place(self) -> str:
        """``Website / m2``, ``Website / #501``, ``Website`` or ``account``, in one visible line."""
        what = self.key or (f"#{self.site_ref}" if self.site_ref else "")
        name = one_line(self.title, longest=60) or self.project
        return " / ".join(part for part in (name, what) if part) or "account"

    @property
    def sentence(self) -> str:
        """What is the matter, without the place: ``500.00 USD funded (was requested)``."""
        likely = "most likely " if self.sure is Sure.LIKELY else ""
        was = f" (was {self.before})" if self.before else ""
        return f"{likely}{self.seen}{was}"

    def as_facts(self) -> dict[str, Any]:
        """The finding as JSON holds it; `from_facts` reads it back."""
        facts = {each.name: getattr(self, each.name) for each in fields(self)}
        facts["amount"] = str(self.amount) if self.amount is not None else None
        facts["due"] = self.due.isoformat() if self.due else None
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Finding:
        """The finding that `as_facts` wrote."""
        values = dict(facts)
        values["kind"], values["sure"] = Kind(values["kind"]), Sure(values["sure"])
        values["amount"] = Money.parse(values["amount"]) if values["amount"] else None
        values["due"] = date.fromisoformat(values["due"]) if values["due"] else None
        return cls(**values)

    def as_event(self) -> dict[str, Any]:
        """The object that ``--json`` prints, without `event`, `new` and `account`. Amounts are text with decimals."""
        return {
            "kind": self.kind.value,
            "project": self.project or None,
            "title": self.title,
            "counterparty": self.counterparty,
            "key": self.key,
            "site_ref": self.site_ref,
            "severity": self.severity.value,
            "description": self.description,
            "amount": self.amount.amount_text if self.amount is not None else None,
            "currency": self.amount.currency.code if self.amount is not None else None,
            "seen": self.seen,
            "before": self.before or None,
            "since": self.since,
            "due": self.due.isoformat() if self.due else None,
            "days": self.days,
            "sure": self.sure.value,
            "next": self.next,
            "plan": self.plan or None,
        }
