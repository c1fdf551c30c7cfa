"""Whether a cart is what was approved, and which of its sources may be charged.

Item, project, amount, currency, each fee line and the total are held against the approval; anything else is a
`Mismatch`, and the cart is left unpaid.
"""

from __future__ import annotations

from assistant.approval import SpendLimits
from assistant.changes import normalised
from assistant.errors import Mismatch
from assistant.money import Money
from assistant.site import CartReading, PaymentSource, SourceKind, Step


def check_item(cart: CartReading, step: Step) -> None:
    """One item, the approved one, of the approved project. Raises `Mismatch`.

    What is paid into a project's pool names no milestone; it is held against project and amount.
    """
    if cart.project_ref is not None and cart.project_ref != step.project.ref:
        raise Mismatch(f"the cart is for project {cart.project_ref}, not for {step.project.ref}", hint=_HINT)
    if len(cart.items) != 1:
        raise Mismatch(f"the cart holds {len(cart.items)} items instead of one", hint=_HINT)
    item = cart.items[0]
    if item.amount != step.amount:
        raise Mismatch(f"the cart asks {item.amount} for the milestone, approved was {step.amount}", hint=_HINT)
    if cart.deposited is None and normalised(step.description) not in normalised(item.description):
        raise Mismatch(f"the cart's item is “{item.description}”, approved was “{step.description}”", hint=_HINT)


def check_sum(cart: CartReading, step: Step) -> Money:
    """The fees of the cart with its source selected, when its lines and its total are in order. Raises `Mismatch`."""
    fees = Money(0, step.amount.currency)
    for line in cart.fees:
        if line.amount.currency != step.amount.currency:
            raise Mismatch(f"the fee “{line.name}” is in {line.amount.currency}", hint=_HINT)
        fees = fees + line.amount
    if cart.total != step.amount + fees:
        raise Mismatch(
            f"the cart's total is {cart.total}; {step.amount} and {fees} of fees make {step.amount + fees}", hint=_HINT
        )
    return fees


def same_payment(one: CartReading, other: CartReading) -> bool:
    """Whether two readings of a cart would take the same money for the same things from the same source."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("site_ref", "items", "fees", "total", "selected", "charged")
    )


def choose_source(cart: CartReading, step: Step, limits: SpendLimits) -> PaymentSource:
    """The first source in the order of the settings that is verified and has enough. Raises `Mismatch`."""
    reasons: list[str] = []
    for kind in limits.sources:
        for source in cart.sources:
            if source.kind is not kind:
                continue
            reason = _why_not(source, step, limits)
            if reason is None:
                return source
            reasons.append(f"“{source.label}” {reason}")
    others = [f"“{source.label}” is not allowed" for source in cart.sources if source.kind not in limits.sources]
    seen = "; ".join(reasons + others) or "the cart offers none"
    raise Mismatch(
        f"no allowed source can pay {step.amount}: {seen}",
        hint="add funds, or allow another source with sources = [...] on the account",
    )


def _why_not(source: PaymentSource, step: Step, limits: SpendLimits) -> str | None:
    if not source.verified:
        return "is not verified"
    if not source.enough:
        return "does not have enough"
    foreign = source.currency is not None and source.currency != step.amount.currency.code
    if source.kind is SourceKind.BALANCE and foreign and not limits.allow_conversion:
        return f"is in {source.currency} and would be converted"
    return None


_HINT = "nothing was paid; look at the cart on the site, then make a new preview"
