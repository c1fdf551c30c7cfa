"""A person settles an unknown: by the number of the milestone that is there, or by saying that nothing was paid.

Looks settle most unknowns by themselves. What they cannot settle (a cart that vanished, a balance that is lower for
another reason) only a person can, who looks at the site and at the account's statement. What was typed is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import ApprovalRefused, NotFound, Refused
from assistant.journal import Attempt, AttemptState, Journal, RowKind
from assistant.site import Look

NOT_PAID = "not paid"
"""What a person types to say that nothing was paid."""


@dataclass(frozen=True)
class Settlement:
    """An unknown attempt and what a person says of it. `paid` is the site's number of the milestone, or None."""

    account: str
    attempt: Attempt
    paid: str | None

    @property
    def wanted(self) -> str:
        """What has to be typed for it."""
        return NOT_PAID if self.paid is None else str(self.attempt.amount)


def settlement_of(journal: Journal, account: str, look: Look, key: str, *, paid: str | None = None) -> Settlement:
    """The unknown attempt of a planned milestone, with the row that a person says is its own.

    Raises `NotFound` when nothing about it is unknown, or the row is not on the page; `Refused` when the row is
    another one's or shows another amount.
    """
    unknown = [a for a in journal.attempts.open(account, look.project.ref) if a.key == key]
    unknown = [attempt for attempt in unknown if attempt.state is AttemptState.UNKNOWN]
    if not unknown:
        raise NotFound(
            f"nothing about {look.project.ref}/{key} is unknown",
            hint="milepost history shows every attempt and outcome",
        )
    attempt = unknown[0]
    if paid is not None:
        _check_row(journal, account, look, attempt, paid)
    return Settlement(account, attempt, paid)


def _check_row(journal: Journal, account: str, look: Look, attempt: Attempt, site_ref: str) -> None:
    row = next((m for m in look.milestones if m.site_ref == site_ref), None)
    if row is None:
        there = ", ".join(f"#{m.site_ref}" for m in look.milestones) or "none"
        raise NotFound(f"milestone #{site_ref} is not on the project's page", hint=f"it shows {there}")
    if row.amount != attempt.amount:
        raise Refused(f"#{site_ref} is {row.amount}, the attempt was about {attempt.amount}")
    for claim in journal.attempts.claims(account):
        if (claim.kind, claim.site_ref) == (RowKind.MILESTONE, site_ref) and claim.key != attempt.key:
            raise Refused(f"#{site_ref} belongs to {claim.project_ref}/{claim.key}")


def settle_by_person(journal: Journal, settlement: Settlement, typed: str) -> None:
    """Carry a settlement out. Raises `ApprovalRefused` unless exactly the wanted text was typed."""
    if " ".join(typed.split()) != settlement.wanted:
        raise ApprovalRefused(f"typed was “{typed}”, not “{settlement.wanted}”", hint="nothing was changed")
    attempt = settlement.attempt
    journal.attempts.add_evidence(attempt.id, "settled by a person", None, {"typed": typed, "paid": settlement.paid})
    if settlement.paid is not None:
        journal.attempts.done(attempt.id, RowKind.MILESTONE, settlement.paid, "settled", settled_by="person")
    else:
        reason = "a person says that nothing was paid"
        journal.attempts.move(attempt.id, AttemptState.REFUSED, reason=reason, settled_by="person")
