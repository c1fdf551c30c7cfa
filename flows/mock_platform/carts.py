"""Drafts, carts and the charge: three steps until money moves, and the one-step direct path."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.mock_platform import milestone_requests, milestones, money, projects
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.sources import Quote, quotes
from flows.mock_platform.store import Row, Tx

UNVERIFIED = "You have to either add a verified payment method or add funds upon creating a milestone."
_FEE_PERCENT = Decimal(3)


@dataclass(frozen=True)
class Order:
    """What is to be paid for: a project, an amount, a description, perhaps the request it answers."""

    project: Row
    minor: int
    description: str
    request_ref: int | None


def check_may_create(tx: Tx, project: Row | None, user_id: int) -> Row:
    """The project, if this user may put a milestone on it. Raises ApiError with the site's code."""
    if project is None or project["owner_id"] != user_id:
        raise ApiError("NOT_FOUND", "Project not found.")
    if project["ended"] or project["award"] == "none" or project["bidder_id"] is None:
        raise ApiError(BAD_FORM, "Milestones can only be created on a project that is awarded and not ended.")
    for person in (project["bidder_id"], user_id):
        row = tx.one("SELECT block FROM users WHERE id = ?", person)
        if row and row["block"]:
            raise ApiError(row["block"], "A Milestone Payment cannot be created at the moment.")
    return project


def project_fee(tx: Tx, project: Row, minor: int, knobs: Knobs) -> int:
    """Project fee of one more milestone: hourly on all of it, fixed on what exceeds the bid (knob overage_fee)."""
    if project["type"] == "hourly":
        return money.share(minor, _FEE_PERCENT)
    if not knobs.on("overage_fee"):
        return 0
    before = projects.committed(tx, project["ref"])
    above = min(minor, max(0, before + minor - project["bid_minor"]))
    return money.share(above, _FEE_PERCENT)


def create_draft(tx: Tx, order: Order) -> int:
    """A milestone draft. It is neither money nor a milestone. Answers its ref."""
    if order.request_ref is not None:
        milestone_requests.pending(tx, order.request_ref, order.project)
    ref = tx.new_ref("drafts")
    tx.run(
        "INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?)",
        *(ref, order.project["ref"], order.minor, order.description, order.request_ref, tx.now),
    )
    return ref


def create_cart(tx: Tx, owner_id: int) -> int:
    """An empty open cart. Answers its ref."""
    ref = tx.new_ref("carts")
    tx.run("INSERT INTO carts (ref, owner_id, status, time_created) VALUES (?, ?, 'OPEN', ?)", ref, owner_id, tx.now)
    return ref


def get(tx: Tx, ref: object, owner_id: int) -> Row:
    """The user's cart. Raises ApiError when there is none."""
    row = tx.one("SELECT * FROM carts WHERE ref = ? AND owner_id = ?", ref, owner_id)
    if row is None:
        raise ApiError("NOT_FOUND", "Cart not found.")
    return row


def items(tx: Tx, cart: int) -> list[Row]:
    """A cart's items, in order."""
    return tx.all("SELECT * FROM cart_items WHERE cart = ? ORDER BY ref", cart)


def add_draft(tx: Tx, cart: Row, draft_ref: object, knobs: Knobs) -> int:
    """Put a draft into an open cart, with its project fee as a line of its own. Answers the item's ref."""
    draft = tx.one("SELECT * FROM drafts WHERE ref = ?", draft_ref)
    project = projects.by_ref(tx, draft["project"]) if draft else None
    if draft is None or project is None or project["owner_id"] != cart["owner_id"]:
        raise ApiError("NOT_FOUND", "Milestone draft not found.")
    if cart["status"] != "OPEN":
        raise ApiError(BAD_FORM, "This cart is closed.")
    ref = tx.new_ref("cart_items")
    tx.run(
        "INSERT INTO cart_items VALUES (?, ?, 'MILESTONE', ?, ?, ?)",
        *(ref, cart["ref"], draft["ref"], draft["description"], draft["minor"]),
    )
    if fee := project_fee(tx, project, draft["minor"], knobs):
        tx.run(
            "INSERT INTO cart_items VALUES (?, ?, 'PROJECT_FEE', ?, 'Project Fee', ?)",
            *(tx.new_ref("cart_items"), cart["ref"], project["ref"], fee),
        )
    tx.run("UPDATE carts SET project = ? WHERE ref = ?", project["ref"], cart["ref"])
    tx.note("milestoneStatusUpdate", "carts", cart["ref"], project["ref"], None)
    return ref


def subtotal(tx: Tx, cart: int) -> int:
    """Minor units of all items."""
    return sum(int(item["minor"]) for item in items(tx, cart))


def discard(tx: Tx, cart: Row) -> None:
    """Close an unpaid cart."""
    if cart["status"] != "OPEN":
        raise ApiError(BAD_FORM, "This cart is closed.")
    tx.run("UPDATE carts SET status = 'DISCARDED' WHERE ref = ?", cart["ref"])
    if cart["project"] is not None:
        tx.note("milestoneStatusUpdate", "carts", cart["ref"], cart["project"], cart)


def process(tx: Tx, cart: Row, source: str, knobs: Knobs) -> list[int]:
    """Charge the cart to a source and make its milestones. Raises ApiError; answers the milestones' refs."""
    project = projects.by_ref(tx, cart["project"])
    if project is None:
        raise ApiError(BAD_FORM, "This cart is empty.")
    if cart["status"] == "DISCARDED" or (cart["status"] == "CHARGED" and knobs.on("cart_guard")):
        raise ApiError(BAD_FORM, "This cart has already been paid or closed.")
    check_may_create(tx, project, cart["owner_id"])
    rows = items(tx, cart["ref"])
    fee = sum(row["minor"] for row in rows if row["context_type"] == "PROJECT_FEE")
    drafts = [tx.one("SELECT * FROM drafts WHERE ref = ?", row["context_id"]) for row in rows if not _is_fee(row)]
    _close_requests(tx, project, [draft["request_ref"] for draft in drafts if draft], cart["status"] == "OPEN")
    total = sum(row["minor"] for row in rows)
    quote = _take(tx, cart["owner_id"], project["currency"], total, source, knobs)
    made = [_make(tx, project, draft["minor"], draft["description"]) for draft in drafts if draft]
    _record(tx, Charge(cart["ref"], project, cart["owner_id"], fee, quote, made[0] if made else None))
    tx.run("UPDATE carts SET status = 'CHARGED' WHERE ref = ?", cart["ref"])
    tx.note("milestoneStatusUpdate", "carts", cart["ref"], project["ref"], cart)
    return made


def charge_directly(tx: Tx, order: Order, source: str, knobs: Knobs) -> int:
    """The direct path: charge and make the milestone in one step. Raises ApiError; answers its ref."""
    project = order.project
    if order.request_ref is not None:
        milestone_requests.pending(tx, order.request_ref, project)
        _close_requests(tx, project, [order.request_ref], still_open=True)
    fee = project_fee(tx, project, order.minor, knobs)
    quote = _take(tx, project["owner_id"], project["currency"], order.minor + fee, source, knobs)
    ref = _make(tx, project, order.minor, order.description)
    _record(tx, Charge(None, project, project["owner_id"], fee, quote, ref))
    return ref


def charge_milestone(tx: Tx, project: Row, row: Row, knobs: Knobs) -> None:
    """Charge the balance for a milestone that stands already. Raises ApiError."""
    quote = _take(tx, project["owner_id"], project["currency"], row["minor"], "balance", knobs)
    _record(tx, Charge(None, project, project["owner_id"], 0, quote, row["ref"]))


def deposit(tx: Tx, project: Row, minor: int, source: str | None, knobs: Knobs) -> int:
    """Money that is for a project and not for one milestone: a charged cart of its own. Answers its ref.

    Without a source nobody is charged: it was paid before a seed begins.
    """
    quote = _take(tx, project["owner_id"], project["currency"], minor, source, knobs) if source is not None else None
    cart = create_cart(tx, project["owner_id"])
    tx.run("UPDATE carts SET project = ?, status = 'CHARGED' WHERE ref = ?", project["ref"], cart)
    tx.run(
        "INSERT INTO cart_items VALUES (?, ?, 'DEPOSIT', ?, 'Deposit', ?)",
        *(tx.new_ref("cart_items"), cart, project["ref"], minor),
    )
    if quote is not None:
        _record(tx, Charge(cart, project, project["owner_id"], 0, quote, None))
    tx.note("milestoneStatusUpdate", "carts", cart, project["ref"], None)
    return cart


@dataclass(frozen=True)
class Charge:
    """What was taken from whom, for the truth."""

    cart: int | None
    project: Row
    user_id: int
    fee: int
    quote: Quote
    milestone: int | None


def _is_fee(item: Row) -> bool:
    return bool(item["context_type"] == "PROJECT_FEE")


def _make(tx: Tx, project: Row, minor: int, description: str) -> int:
    return milestones.create(tx, project, minor, description, initial=project["type"] == "hourly")


def _close_requests(tx: Tx, project: Row, refs: list[Any], still_open: bool) -> None:
    if not still_open:
        return
    for ref in refs:
        if ref is not None:
            milestone_requests.decide(tx, milestone_requests.pending(tx, ref, project), "created")


def _take(tx: Tx, user_id: int, currency: str, total: int, source: str, knobs: Knobs) -> Quote:
    found = quotes(tx, user_id, currency, total, knobs)
    quote = next((quote for quote in found if quote.id == source), None)
    if quote is None and source.startswith("balance"):
        raise ApiError("PAYMENT_REQUIRED", "Insufficient funds.")
    if quote is None:
        raise ApiError(BAD_FORM, "Please choose a payment method.")
    if not quote.verified:
        raise ApiError("PAYMENT_REQUIRED", UNVERIFIED)
    if quote.kind == "card" and knobs.get("card") == "declined":
        raise ApiError("PAYMENT_REQUIRED", "Your card was declined.")
    for code, minor in quote.takes:
        tx.run("UPDATE balances SET minor = minor - ? WHERE user_id = ? AND currency = ?", minor, user_id, code)
    return quote


def _record(tx: Tx, charge: Charge) -> None:
    code = charge.project["currency"]
    taken = [{"currency": name, "amount": money.to_text(minor, name)} for name, minor in charge.quote.takes]
    taken = taken or [{"currency": code, "amount": money.to_text(charge.quote.total, code)}]
    tx.run(
        "INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(tx.new_ref("charges"), charge.cart, charge.project["ref"], charge.user_id, charge.quote.total, charge.fee),
        *(charge.quote.processing, code, charge.quote.id, json.dumps(taken), charge.milestone, tx.now),
    )
