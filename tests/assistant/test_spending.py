"""What may be spent, and from where: each cap, each rule for a source, each figure of a cart, one at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.approval import Cap, SpendLimits, check_caps, check_milestone_cap
from assistant.cart import check_item, check_sum, choose_source
from assistant.errors import CapExceeded, Mismatch
from assistant.journal import Journal
from assistant.site import CartItem, CartReading, FeeLine, PaymentSource, SourceKind, Step, StepKind
from tests.assistant.fake_site import FakeSite, money, project
from tests.assistant.test_apply import World

STEP = Step(StepKind.CREATE, project(), "Design", money("500.00 USD"))
BALANCE = PaymentSource(SourceKind.BALANCE, "Balance", verified=True, selected=True, enough=True, currency="USD")
CARD = PaymentSource(SourceKind.BILLING_AGREEMENT, "Card", verified=True, selected=False, enough=True)
CART = CartReading("7", "1001", (CartItem("Design", money("500.00 USD")),), (), money("500.00 USD"), (BALANCE, CARD))
FEE = FeeLine("Fee", money("3.00 USD"))


@pytest.mark.parametrize(
    ("cap", "why"),
    [
        (Cap("USD", milestone=money("499.99 USD")), "a milestone"),
        (Cap("USD", run=money("1499.99 USD")), "a run"),
        (Cap("USD", day=money("1499.99 USD")), "a day"),
    ],
)
def test_what_is_over_a_cap_is_not_approved(tmp_path: Path, cap: Cap, why: str) -> None:
    """The plan comes to 1500.00 USD in three; a cap of just that is kept, and so is one in another currency."""
    site = FakeSite()
    changes = World(Journal.open(tmp_path / "j.sqlite3", site.clock), site).preview().changes
    with pytest.raises(CapExceeded, match=why):
        check_caps(changes, SpendLimits(caps=(cap,)), [])
    just = Cap("USD", money("500.00 USD"), money("1500.00 USD"), money("1500.00 USD"))
    check_caps(changes, SpendLimits(caps=(just, Cap("EUR", run=money("1.00 EUR")))), [])


def test_what_was_spent_before_counts_for_the_day(tmp_path: Path) -> None:
    site = FakeSite()
    world = World(Journal.open(tmp_path / "j.sqlite3", site.clock), site)
    changes = world.preview().changes
    world.apply()
    limits = SpendLimits(caps=(Cap("USD", day=money("2999.99 USD")),))
    check_caps(changes, limits, [])
    with pytest.raises(CapExceeded, match=r"3,?000\.00 USD"):
        check_caps(changes, limits, world.journal.attempts.newest())


def test_the_cap_of_a_milestone_is_held_again_right_before_it() -> None:
    check_milestone_cap(money("500.00 USD"), SpendLimits(caps=(Cap("USD", milestone=money("500.00 USD")),)))
    with pytest.raises(CapExceeded):
        check_milestone_cap(money("500.01 USD"), SpendLimits(caps=(Cap("USD", milestone=money("500.00 USD")),)))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (replace(BALANCE, verified=False), "is not verified"),
        (replace(BALANCE, enough=False), "does not have enough"),
        (replace(BALANCE, currency="EUR"), "would be converted"),
    ],
)
def test_a_source_that_may_not_pay_is_passed_over_for_the_next_that_may(source: PaymentSource, why: str) -> None:
    cart = replace(CART, sources=(source, CARD))
    with pytest.raises(Mismatch, match=f"{why}.*“Card” is not allowed"):
        choose_source(cart, STEP, SpendLimits())
    assert choose_source(cart, STEP, SpendLimits((SourceKind.BALANCE, SourceKind.BILLING_AGREEMENT))) == CARD
    allowed = SpendLimits(allow_conversion=True)
    assert source.currency == "USD" or choose_source(cart, STEP, allowed) == source


@pytest.mark.parametrize(
    ("cart", "why"),
    [
        (replace(CART, project_ref="1002"), "for project 1002"),
        (replace(CART, items=()), "0 items"),
        (replace(CART, items=CART.items * 2), "2 items"),
        (replace(CART, items=(CartItem("Design", money("500.01 USD")),)), "asks 500.01 USD"),
        (replace(CART, items=(CartItem("Design", money("500.00 EUR")),)), "asks 500.00 EUR"),
        (replace(CART, items=(CartItem("Another", money("500.00 USD")),)), "“Another”"),
    ],
)
def test_a_cart_with_anything_else_is_not_the_approved_one(cart: CartReading, why: str) -> None:
    check_item(CART, STEP)
    with pytest.raises(Mismatch, match=why):
        check_item(cart, STEP)


def test_a_total_is_the_amount_and_its_fees_in_one_currency() -> None:
    assert check_sum(replace(CART, fees=(FEE,), total=money("503.00 USD")), STEP) == FEE.amount
    for fees, total in (
        ((FEE,), "500.00 USD"),
        ((), "503.00 USD"),
        ((FeeLine("Fee", money("3.00 EUR")),), "500.00 USD"),
    ):
        with pytest.raises(Mismatch):
            check_sum(replace(CART, fees=fees, total=money(total)), STEP)
