"""Exact money: integers in minor units, the platform's currencies, its amount rule, conversion and display."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

AMOUNT_RULE = re.compile(r"[1-9][0-9]*(\.[0-9]{1,2})?")
"""What the site's amount field accepts: no leading zero, no separators, at most two decimals."""
AMOUNT_MAX = Decimal(999_999_999)


@dataclass(frozen=True)
class Currency:
    """A currency of the platform. `usd_micros` is what one unit costs in millionths of a dollar (invented, fixed)."""

    code: str
    id: int
    sign: str
    decimals: int
    usd_micros: int


_ALL = (
    Currency("USD", 1, "$", 2, 1_000_000),
    Currency("NZD", 2, "$", 2, 610_000),
    Currency("AUD", 3, "$", 2, 660_000),
    Currency("GBP", 4, "£", 2, 1_270_000),
    Currency("EUR", 8, "€", 2, 1_080_000),
    Currency("CAD", 9, "$", 2, 730_000),
    Currency("INR", 11, "₹", 2, 12_000),
    Currency("JPY", 13, "¥", 0, 6_700),
)
CURRENCIES: dict[str, Currency] = {currency.code: currency for currency in _ALL}


class BadAmount(ValueError):
    """An amount that the site's form would not take; the text is the form's own."""


def currency_by_id(number: object) -> Currency | None:
    """The currency with that id, or None."""
    return next((currency for currency in _ALL if currency.id == number), None)


def parse(value: object, code: str) -> int:
    """Minor units of what a request sent (number or string). Raises BadAmount with the site's validation text."""
    text = "" if value is None else str(value).strip()
    if not text:
        raise BadAmount("Amount field is required")
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise BadAmount("Invalid amount specified") from None
    if not number.is_finite():
        raise BadAmount("Invalid amount specified")
    if number <= 0:
        raise BadAmount("Please enter a greater amount.")
    if number > AMOUNT_MAX:
        raise BadAmount("Please enter a lesser amount.")
    if not AMOUNT_RULE.fullmatch(text):
        raise BadAmount("Invalid amount specified")
    scaled = number.scaleb(CURRENCIES[code].decimals)
    if scaled != scaled.to_integral_value():
        raise BadAmount("Invalid amount specified")
    return int(scaled)


def from_text(text: str, code: str) -> int:
    """Minor units of an exact decimal text in a seed ("2500.00"); zero and below one are allowed. Raises ValueError."""
    try:
        scaled = Decimal(text).scaleb(CURRENCIES[code].decimals)
        exact = scaled == scaled.to_integral_value()
    except ArithmeticError:
        exact = False
    if not exact:
        raise ValueError(f"{text!r} is no amount of {code}")
    return int(scaled)


def to_text(minor: int, code: str) -> str:
    """Plain decimal text with the currency's decimals: 250000 USD -> "2500.00"."""
    return str(Decimal(minor).scaleb(-CURRENCIES[code].decimals))


def to_number(minor: int, code: str) -> float | int:
    """The JSON number the API would send."""
    return int(minor) if CURRENCIES[code].decimals == 0 else float(to_text(minor, code))


def convert(minor: int, source: str, target: str) -> int:
    """The same worth in another currency, rounded up to the target's minor unit (so that it always suffices)."""
    if source == target:
        return minor
    a, b = CURRENCIES[source], CURRENCIES[target]
    top: int = minor * a.usd_micros * 10**b.decimals
    bottom: int = b.usd_micros * 10**a.decimals
    return -(-top // bottom)


def share(minor: int, percent: Decimal) -> int:
    """That percentage of an amount, half a minor unit rounded up."""
    return int((Decimal(minor) * percent / 100 + Decimal("0.5")) // 1)


def _by_thousands(digits: str) -> str:
    return f"{int(digits):,}"


def _indian(digits: str) -> str:
    head, tail = digits[:-3], digits[-3:]
    pairs = []
    while head:
        pairs.append(head[-2:])
        head = head[:-2]
    return ",".join([*reversed(pairs), tail])


def _dotted(digits: str) -> str:
    return _by_thousands(digits).replace(",", ".")


_GROUPING: dict[str, tuple[Callable[[str], str], str]] = {
    "us": (_by_thousands, "."),
    "european": (_dotted, ","),
    "indian": (_indian, "."),
}


def display(minor: int, code: str, style: str) -> str:
    """An amount as the pages show it: us "$1,250.00 USD", plain "1250.00 USD", european "€1.250,00 EUR", indian."""
    if style == "plain":
        return f"{to_text(minor, code)} {code}"
    group, point = _GROUPING[style]
    whole, _, cents = to_text(abs(minor), code).partition(".")
    number = group(whole) + (point + cents if cents else "")
    return f"{'-' if minor < 0 else ''}{CURRENCIES[code].sign}{number} {code}"
