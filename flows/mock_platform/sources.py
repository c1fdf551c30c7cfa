"""Payment sources and what paying with each would cost: the quotes of the deposit page."""

from dataclasses import dataclass
from decimal import Decimal

from flows.mock_platform import money
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.store import Row, Tx


@dataclass(frozen=True)
class Quote:
    """One way to pay: total in the cart's currency, and what it takes from which balances ((currency, minor), ...)."""

    id: str
    kind: str
    label: str
    verified: bool
    group: str
    processing: int
    total: int
    takes: tuple[tuple[str, int], ...] = ()

    @property
    def converted(self) -> tuple[tuple[str, int], ...]:
        """Balances in other currencies than the cart's, if this way takes any."""
        return self.takes if self.id != "balance" else ()


def balances(tx: Tx, user_id: int) -> dict[str, int]:
    """A user's balances in minor units, by currency."""
    rows = tx.all("SELECT currency, minor FROM balances WHERE user_id = ? ORDER BY currency", user_id)
    return {row["currency"]: int(row["minor"]) for row in rows}


def quotes(tx: Tx, user_id: int, currency: str, subtotal: int, knobs: Knobs) -> list[Quote]:
    """Every way to pay: balances that suffice, then billing agreements, then the other methods."""
    held = balances(tx, user_id)
    found = _balance_quotes(held, currency, subtotal, knobs.get("amount_format"))
    for row in tx.all("SELECT * FROM sources WHERE user_id = ? ORDER BY verified DESC, id", user_id):
        found.append(_source_quote(row, currency, subtotal, knobs))
    return found


def _balance_quotes(held: dict[str, int], currency: str, subtotal: int, style: str) -> list[Quote]:
    found = []
    if held.get(currency, 0) >= subtotal:
        found.append(_balance("balance", currency, held, subtotal, ((currency, subtotal),), style))
    for other in (code for code in held if code != currency):
        needed = money.convert(subtotal, currency, other)
        if held[other] >= needed > 0:
            found.append(_balance(f"balance:{other}", other, held, subtotal, ((other, needed),), style))
    if not found and (mix := _mixed(held, currency, subtotal)):
        label = "Account balance, all currencies converted"
        found.append(Quote("balance:mixed", "balance", label, True, "balance", 0, subtotal, mix))
    return found


def _balance(
    source: str, code: str, held: dict[str, int], subtotal: int, takes: tuple[tuple[str, int], ...], style: str
) -> Quote:
    words = "Account balance" if source == "balance" else f"Account balance in {code}, converted"
    label = f"{words} ({money.display(held[code], code, style)})"
    return Quote(source, "balance", label, True, "balance", 0, subtotal, takes)


def _mixed(held: dict[str, int], currency: str, subtotal: int) -> tuple[tuple[str, int], ...]:
    order = sorted(held, key=lambda code: (code != currency, code))
    rest, takes = subtotal, []
    for code in order:
        worth = money.convert(rest, currency, code)
        taken = min(held[code], worth)
        if taken <= 0:
            continue
        takes.append((code, taken))
        if taken == worth:
            return tuple(takes)
        # what is left is rounded up, so a mix never pays a fraction too little
        rest = money.convert(worth - taken, code, currency)
    return ()


def _source_quote(row: Row, currency: str, subtotal: int, knobs: Knobs) -> Quote:
    fee = 0
    if row["kind"] == "card":
        fixed = money.from_text(str(Decimal(knobs.get("card_fee_fixed")).quantize(Decimal("0.01"))), "USD")
        fee = money.share(subtotal, Decimal(knobs.get("card_fee_percent"))) + money.convert(fixed, "USD", currency)
    group = "agreement" if row["verified"] else "more"
    label = row["label"] if row["verified"] else f"{row['label']} (unverified)"
    return Quote(row["id"], row["kind"], label, bool(row["verified"]), group, fee, subtotal + fee)
