"""What a whole look says about an attempt: done, refused, or still unknown. Pure, and the only place that decides it.

Presence settles at once. Absence settles only after the profile's `settle_after`, counted from the submit or the
payment, and then only if nothing hints at a payment: the recorded cart stands unpaid and the balance is not lower than
our own later payments explain. Absence settles at once where nothing could have been written: no request left the
browser, or the site's answer is a plain no by its profile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.changes import SPENDS, is_its_cart, label_of
from assistant.clock import moment
from assistant.journal import Attempt, RowKind, SeenRow
from assistant.journal.sightings import rows_of
from assistant.money import Money
from assistant.site import ENDED, HOLDS_MONEY, Look, MilestoneState


@dataclass(frozen=True)
class SettleRules:
    """What a profile says about when absence is proof."""

    settle_after: timedelta
    nothing_left_settles: bool = True


@dataclass(frozen=True)
class Done:
    """The milestone or request is there."""

    row: SeenRow


@dataclass(frozen=True)
class Moved:
    """The milestone, or the released part of it, is in the state that was asked for."""

    row: SeenRow


@dataclass(frozen=True)
class Withdrawn:
    """The request that was to be taken back is not there any more, and nothing came of it."""


@dataclass(frozen=True)
class NotDone:
    """It did not happen, and that is certain."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may have happened. `until` is when absence can settle it; None when only presence or a person can."""

    reason: str
    until: datetime | None


Verdict = Done | Moved | Withdrawn | NotDone | Unknown


RELEASES = {
    "request_release": frozenset({MilestoneState.RELEASE_REQUESTED, MilestoneState.RELEASED}),
    "release": frozenset({MilestoneState.RELEASED}),
}
"""Steps that move a milestone that stands, and the states that show it."""


def settles_at(attempt: Attempt, rules: SettleRules) -> datetime | None:
    """From when on absence is proof for this attempt; None before it submitted anything."""
    since = attempt.paying_at or attempt.submitting_at
    return moment(since) + rules.settle_after if since else None


def judge(
    attempt: Attempt,
    look: Look,
    claimed: Collection[tuple[RowKind, str]],
    rules: SettleRules,
    now: datetime,
    *,
    spent_since: Money | None = None,
    plain_no: bool = False,
) -> Verdict:
    """Judge an attempt by a look that was taken after it.

    `claimed` are rows that belong to other planned milestones; `spent_since` is what other attempts of ours took from
    the same balance since this one; `plain_no` is `Submission.refused`.
    """
    if attempt.change == "withdraw":
        return _judge_withdrawal(attempt, look, claimed, rules, now, plain_no=plain_no)
    if attempt.change in RELEASES:
        return _judge_release(attempt, look, claimed, rules, now, plain_no=plain_no)
    if attempt.cart is not None and attempt.cart.get("deposited"):
        return _judge_deposit(attempt, look, rules, now, spent_since=spent_since, plain_no=plain_no)
    rows = [row for row in rows_of(look) if (row.kind, row.site_ref) not in claimed and _is_it(row, attempt)]
    if row := _presence(rows, attempt):
        return Done(row)
    cart = next((row for row in rows if _is_unpaid(row)), None)
    if cart is not None and cart.state is MilestoneState.UNCLEAR:
        return Unknown(f"cart #{cart.site_ref} is charged, but the milestone is not listed", None)
    if attempt.submitting_at is None and attempt.paying_at is None:
        return NotDone("nothing had been submitted")
    if attempt.paying_at is None and cart is not None:
        return _judge_beside_cart(attempt, look, cart, rules, now, spent_since, plain_no)
    if attempt.paying_at is None and attempt.cart is not None and not attempt.cart["charged"]:
        return NotDone(f"cart #{attempt.cart['cart']} was left unpaid")
    unclear = next((r for r in rows if r.kind is RowKind.MILESTONE and r.state is MilestoneState.UNCLEAR), None)
    if unclear is not None:
        return Unknown(f"milestone #{unclear.site_ref} is there, and no rule says what “{unclear.raw}” means", None)
    if (plain_no or _nothing_left(attempt, rules)) and attempt.paying_at is None:
        return NotDone(attempt.site_message or "nothing left the browser")
    return _absence(attempt, look, cart, rules, now, spent_since, plain_no)


def _judge_beside_cart(
    attempt: Attempt,
    look: Look,
    cart: SeenRow,
    rules: SettleRules,
    now: datetime,
    spent_since: Money | None,
    plain_no: bool,
) -> Verdict:
    """Nothing was paid by us in a cart, and one stands unpaid. Where it is not known to be ours it proves little.

    Somebody may have opened it beside a submit that paid at once, and whose milestone is not shown yet.
    """
    stands = f"{cart.kind} #{cart.site_ref} stands unpaid"
    until = settles_at(attempt, rules)
    if attempt.cart is None and not (plain_no or _nothing_left(attempt, rules)) and attempt.change in SPENDS:
        if _balance_is_lower(attempt, look, spent_since):
            return Unknown(f"{stands}, but the balance is lower", None)
        if not _balance_is_known(attempt, look) and until is not None and now < until:
            return Unknown(f"{stands}, and the milestone may not be shown yet", until)
    return NotDone(f"{stands}; a new preview takes it up")


def _judge_withdrawal(
    attempt: Attempt,
    look: Look,
    claimed: Collection[tuple[RowKind, str]],
    rules: SettleRules,
    now: datetime,
    *,
    plain_no: bool,
) -> Verdict:
    """Here absence is success, unless the client turned the request into a milestone meanwhile."""
    rows = rows_of(look)
    pending = [row for row in rows if row.kind is RowKind.REQUEST and row.state not in ENDED]
    if all(row.site_ref != attempt.request_ref for row in pending):
        new = [row for row in rows if row.kind is RowKind.MILESTONE and (row.kind, row.site_ref) not in claimed]
        accepted = next((row for row in new if _is_it(row, attempt)), None)
        return NotDone(f"the client made milestone #{accepted.site_ref} of it") if accepted else Withdrawn()
    until = settles_at(attempt, rules)
    if until is None or plain_no or _nothing_left(attempt, rules) or now >= until:
        return NotDone(attempt.site_message or "the request still stands")
    return Unknown("the request still stands", until)


def _judge_release(
    attempt: Attempt,
    look: Look,
    claimed: Collection[tuple[RowKind, str]],
    rules: SettleRules,
    now: datetime,
    *,
    plain_no: bool,
) -> Verdict:
    """Done when the row has the new state, or, for a part, when a new row of that part is released."""
    rows = [row for row in rows_of(look) if row.kind is RowKind.MILESTONE and row.state in RELEASES[attempt.change]]
    for row in rows:
        part = row.amount == attempt.amount and (row.kind, row.site_ref) not in claimed
        if row.site_ref == attempt.site_ref or part:
            return Moved(row)
    until = settles_at(attempt, rules)
    stands = any(m.site_ref == attempt.site_ref for m in look.milestones)
    certain = plain_no or _nothing_left(attempt, rules) or (until is not None and now >= until)
    if until is None or (stands and certain):
        return NotDone(attempt.site_message or "the milestone stands as it did")
    return Unknown("the milestone is not in the new state", until if stands else None)


def _judge_deposit(
    attempt: Attempt, look: Look, rules: SettleRules, now: datetime, *, spent_since: Money | None, plain_no: bool
) -> Verdict:
    """Money paid into a project's pool: done when it covers the milestone, absent while the pool has not grown."""
    row = next((r for r in rows_of(look) if (r.kind, r.site_ref) == (RowKind.MILESTONE, attempt.site_ref)), None)
    if row is not None and row.state in HOLDS_MONEY:
        return Done(row)
    if attempt.paying_at is None:
        return NotDone("nothing was paid into the pool")
    before = Money.parse(str((attempt.cart or {})["deposited"]))
    if look.pool is None or look.pool.deposited >= before + attempt.amount:
        return Unknown(f"the pool has grown since, and milestone #{attempt.site_ref} is not covered by it", None)
    return _absence(attempt, look, None, rules, now, spent_since, plain_no, listed=False)


def _is_unpaid(row: SeenRow) -> bool:
    """Whether a row stands for what was put up and waits to be paid for."""
    return row.kind is RowKind.CART or row.state is MilestoneState.AWAITING_PAYMENT


def _is_it(row: SeenRow, attempt: Attempt) -> bool:
    same = label_of(row.description, row.amount) == label_of(attempt.description, attempt.amount)
    return same or is_its_cart(row, attempt)


def _presence(rows: list[SeenRow], attempt: Attempt) -> SeenRow | None:
    """What the attempt made: a row that stands, else one that was declined or cancelled before anybody saw it stand."""
    if attempt.change == "request":
        # What was asked for is a request; a milestone of the same words counts where the request became it.
        made = sorted(
            (row for row in rows if row.kind is not RowKind.CART), key=lambda row: row.kind is not RowKind.REQUEST
        )
    else:
        states = HOLDS_MONEY | ENDED
        if attempt.change not in SPENDS:
            states |= {MilestoneState.AWAITING_PAYMENT}  # put up or agreed to, and paid for later
        made = [row for row in rows if row.kind is RowKind.MILESTONE and row.state in states]
    return next((row for row in made if row.state not in ENDED), made[0] if made else None)


def _nothing_left(attempt: Attempt, rules: SettleRules) -> bool:
    return attempt.left == 0 and rules.nothing_left_settles


def _absence(
    attempt: Attempt,
    look: Look,
    cart: SeenRow | None,
    rules: SettleRules,
    now: datetime,
    spent_since: Money | None,
    plain_no: bool,
    *,
    listed: bool = True,
) -> Verdict:
    """`listed` says whether an unpaid cart would be listed, so that one that is not may have been paid."""
    at_once = plain_no or _nothing_left(attempt, rules)
    until = settles_at(attempt, rules)
    if listed and attempt.paying_at is not None and cart is None and attempt.cart is not None:
        return Unknown("neither the cart nor the milestone is listed", None)
    if attempt.change in SPENDS and _balance_is_lower(attempt, look, spent_since):
        return Unknown("the milestone is not listed, but the balance is lower", None)
    if at_once or (until is not None and now >= until):
        return NotDone(attempt.site_message or "it is not on the site, and it would be by now")
    return Unknown("it is not on the site yet", until)


def _balance_is_known(attempt: Attempt, look: Look) -> bool:
    return attempt.balance_before is not None and attempt.amount.currency.code in look.balances


def _balance_is_lower(attempt: Attempt, look: Look, spent_since: Money | None) -> bool:
    if attempt.balance_before is None or not _balance_is_known(attempt, look):
        return False
    before = Money.parse(attempt.balance_before)
    expected = before - spent_since if spent_since is not None else before
    return look.balances[attempt.amount.currency.code] < expected
