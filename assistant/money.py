"""Money: an exact amount in one ISO 4217 currency, read, written, added and divided without a float anywhere.

Three readers, from strict to experienced:

* ``Money.parse("2500.00 USD")`` for plans and the command line. Wrong text is a ``UsageError``;
* ``Money.parse_amount("2500.00", currency)``: the same without the code, where the currency is known;
* ``read_money("US$ 1,250.00 USD")`` for what a site prints. It never guesses: what can be read in two ways is
  ``CouldNotRead``.

Adding, subtracting or ordering two currencies is a mistake in the calling code and so a ``TypeError``; where amounts
of several currencies come together, ``totals`` keeps them apart.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn

from assistant.currencies import DECIMALS, SIGNS, USUAL
from assistant.errors import CouldNotRead, UsageError

MAX_DIGITS: Final = 15
"""Digits before the decimal mark. With three decimals the minor units still fit a 64-bit column."""

LONGEST_TEXT: Final = 80
"""Characters that an amount on a page may take; more is a page that was misread."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An active ISO 4217 currency, by its code. ``Currency("EURO")`` is a ``UsageError`` that names near codes."""

    code: str

    def __post_init__(self) -> None:
        if self.code in DECIMALS:
            return
        near = difflib.get_close_matches(self.code[:8].upper(), DECIMALS, n=1, cutoff=0.6)
        hint = f"write {near[0]}" if near else "write its three letters, such as USD, EUR or INR"
        raise UsageError(f"{shown(self.code)} is not a currency code of ISO 4217", hint=hint)

    @property
    def decimals(self) -> int:
        """Digits after the decimal mark: 0 for JPY, 2 for USD, 3 for KWD."""
        return DECIMALS[self.code]

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, yen, fils) of one currency. May be negative or zero."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are a whole number, not {type(self.minor).__name__}")

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``2500 USD``, ``2500.00 USD`` or ``-5.00 USD``; anything else is a ``UsageError`` with a hint."""
        amount, _, code = text.strip().rpartition(" ")
        if not amount or not code.isalpha():
            raise UsageError(f"{shown(text)} is not an amount with its currency", hint='write it as "2500.00 USD"')
        return cls.parse_amount(amount.rstrip(" "), Currency(code))

    @classmethod
    def parse_amount(cls, text: str, currency: Currency) -> Money:
        """Read ``2500`` or ``2500.00`` in a known currency: all decimals or none, no separators, no leading zeros."""
        found = _PLAIN.fullmatch(text.strip(" "))
        if found is None:
            raise UsageError(
                f"{shown(text)} is not an amount", hint=f'write it as "{_example(currency)}", without separators'
            )
        minus, whole, fraction = found["minus"], found["whole"], found["fraction"] or ""
        if len(whole) > MAX_DIGITS:
            raise UsageError(f"{shown(text)} has more than {MAX_DIGITS} digits", hint="write a smaller amount")
        if fraction and len(fraction) != currency.decimals:
            raise UsageError(
                f"{shown(text)} has {len(fraction)} decimals, and {currency} has {currency.decimals}",
                hint=f'write it as "{_example(currency)}"',
            )
        return cls(int(minus + whole + fraction.ljust(currency.decimals, "0")), currency)

    @property
    def amount_text(self) -> str:
        """``2500.00``: the decimals of the currency, a dot, no separators, no code."""
        decimals = self.currency.decimals
        digits = str(abs(self.minor)).rjust(decimals + 1, "0")
        cut = len(digits) - decimals
        return ("-" if self.minor < 0 else "") + digits[:cut] + ("." + digits[cut:] if decimals else "")

    def __str__(self) -> str:
        return f"{self.amount_text} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Money) -> int:
        """The other's minor units, if both are of one currency."""
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix: keep them apart with totals()")
        return other.minor


_PLAIN: Final = re.compile(r"(?P<minus>-?)(?P<whole>0|[1-9][0-9]*)(?:\.(?P<fraction>[0-9]+))?")


def _example(currency: Currency) -> str:
    return Money(2500 * 10**currency.decimals, currency).amount_text


def shown(text: str, *, longest: int = 60) -> str:
    """Untrusted text for a message: quoted, escaped, and cut so that it cannot fill a screen."""
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


def totals(amounts: Iterable[Money]) -> dict[str, Money]:
    """Add up per currency: ``{"EUR": ..., "USD": ...}``, by code in order. Empty for no amounts."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        code = amount.currency.code
        sums[code] = sums[code] + amount if code in sums else amount
    return dict(sorted(sums.items()))


def fair_split(total: Money, weights: Sequence[Fraction | int]) -> tuple[Money, ...]:
    """Divide a total by weights, to the last minor unit (largest remainder, or Hamilton's method).

    Each part is its exact share rounded down; the units left over go one each to the parts with the largest
    remainders, and among equal remainders to the earlier part. So the parts add up to the total exactly, none is
    negative, none is a whole unit away from its exact share, and the same call always gives the same answer.

    ``ValueError`` for a negative total, a negative weight, or weights that add up to nothing.
    """
    whole = sum(weights, start=Fraction(0))
    if total.minor < 0 or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("a split needs a total of at least zero and weights of at least zero that are not all zero")
    exact = [total.minor * Fraction(weight) / whole for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total.minor - sum(parts)]:
        parts[i] += 1
    return tuple(Money(part, total.currency) for part in parts)


@dataclass(frozen=True, slots=True)
class MoneyStyle:
    """How a platform prints amounts: its decimal mark (``.`` or ``,``) and its group mark (``,``, ``.``, space, ``'``).

    ``group=""`` where digits are never grouped. A space stands for every kind of space, ``'`` for either apostrophe.
    """

    decimal: str = "."
    group: str = ","

    def __post_init__(self) -> None:
        if self.decimal not in (".", ",") or self.group not in ("", ",", ".", " ", "'") or self.decimal == self.group:
            raise UsageError(
                f"decimal mark {shown(self.decimal)} with group mark {shown(self.group)} is not a money format",
                hint='decimal is "." or ","; group is another one of "," "." " " "\'", or "" for none',
            )

    def render(self, money: Money) -> str:
        """The amount as such a platform prints it, without code or sign of the currency: ``1,250.00``."""
        whole, _, fraction = money.amount_text.partition(".")
        grouped = f"{int(whole):,}" if int(whole) else whole
        return grouped.replace(",", self.group) + (self.decimal + fraction if fraction else "")


def read_money(text: str, *, currency: Currency | None = None, style: MoneyStyle | None = None) -> Money:
    """Read an amount that a site prints, such as ``$1,250.00``, ``1.250,00 €`` or ``₹ 1,25,000``.

    ``currency`` is what the caller knows it must be (the project's); a text that names another one is refused.
    ``style`` is the platform's; without it a text counts only if every reading of it is the same. Digits are ASCII: a
    site in English prints no others, and look-alikes are not for money. ``CouldNotRead`` for a text that is empty,
    negative, in two currencies or in none that is certain, or with digits that could mean two amounts.
    """
    money = read_signed_money(text, currency=currency, style=style)
    if money.minor < 0:
        _refuse(text, "is negative")
    return money


def read_signed_money(text: str, *, currency: Currency | None = None, style: MoneyStyle | None = None) -> Money:
    """``read_money`` where an amount may be negative, as in a balance: ``-$5.00``, ``$-5.00``, ``5.00- USD``."""
    plain = text.translate(_SPELLINGS).strip(" ")
    found = _PRINTED.fullmatch(plain) if len(plain) <= LONGEST_TEXT else None
    if found is None:
        _refuse(text, "is not one amount" if plain else "is empty")
    before, minus_before = _without_sign(found["before"], text)
    after, minus_after = _without_sign(found["after"], text)
    if minus_before is not None and minus_after is not None:
        _refuse(text, "has two signs")
    known = _currency_of(before.split() + after.split(), currency, text)
    minor = _minor_units(found["digits"], known, style, text)
    return Money(-minor if minus_before or minus_after else minor, known)


# Spaces, apostrophes, minus and yen in their several spellings; direction marks carry no meaning for digits.
_SPELLINGS: Final = {
    **dict.fromkeys(map(ord, "\t\n\r\u00a0\u2007\u2009\u200a\u202f"), " "),
    **dict.fromkeys(map(ord, "\u200e\u200f\u061c")),
    **dict.fromkeys(map(ord, "’ʼ"), "'"),
    ord("−"): "-",
    0xFFE5: "¥",
}
_PRINTED: Final = re.compile(r"(?P<before>[^0-9]*?)(?P<digits>[0-9](?:[0-9., ']*[0-9])?)(?P<after>[^0-9]*)")
_NAMED: Final = re.compile(r"(?P<code>[A-Z]{3})?(?P<sign>[^A-Z]\S*)?")


def _refuse(text: str, why: str) -> NoReturn:
    raise CouldNotRead(f"the amount {shown(text)} {why}", hint="look at the page, or set the platform's money format")


def _without_sign(around: str, text: str) -> tuple[str, bool | None]:
    """What stands beside the digits without its plus or minus, and whether it was a minus (None: no sign)."""
    signs = [mark for mark in around if mark in "+-"]
    if len(signs) > 1:
        _refuse(text, "has two signs")
    return around.replace("-", " ").replace("+", " "), (signs[0] == "-" if signs else None)


def _currency_of(names: Sequence[str], expected: Currency | None, text: str) -> Currency:
    """The one currency that all names beside the digits and the expected one leave possible."""
    possible = frozenset({expected.code}) if expected else None
    for name in names:
        meant = _codes_of(name, text)
        possible = meant if possible is None else possible & meant
    if possible is None:
        _refuse(text, "names no currency")
    if not possible:
        _refuse(text, f"is not in {expected}, which was expected" if expected else "names two currencies")
    usual = possible & {USUAL[name] for name in names if name in USUAL}
    if len(possible) > 1 and len(usual) != 1:
        _refuse(text, f"could be in {', '.join(sorted(possible)[:4])} and more" if possible else "names no currency")
    return Currency(min(usual if len(possible) > 1 else possible))


def _codes_of(name: str, text: str) -> frozenset[str]:
    """The currencies that one name (``$``, ``US$``, ``USD``, ``MXN$``) stands for."""
    if name in SIGNS:
        return SIGNS[name]
    found = _NAMED.fullmatch(name)
    if found is None or (found["code"] or "USD") not in DECIMALS or (found["sign"] or "$") not in SIGNS:
        _refuse(text, f"says {shown(name)}, which is no currency")
    codes = frozenset({found["code"]}) if found["code"] else SIGNS[found["sign"]]
    return codes & SIGNS[found["sign"]] if found["sign"] else codes


def _minor_units(digits: str, currency: Currency, style: MoneyStyle | None, text: str) -> int:
    """The printed digits as minor units, if they can only mean one amount."""
    decimal = style.decimal if style else _decimal_mark(digits, currency, text)
    group = style.group if style else next((mark for mark in ",.' " if mark in digits and mark != decimal), "")
    whole, mark, fraction = digits.partition(decimal) if decimal else (digits, "", "")
    if mark and (not fraction.isdigit() or fraction[currency.decimals :].strip("0")):
        _refuse(text, f"has decimals that {currency} does not have")
    if len(fraction) > max(currency.decimals, 2):  # some sites print .00 for every currency, none prints .000
        _refuse(text, f"has more decimals than {currency}")
    groups = whole.split(group) if group else [whole]
    if not _is_grouped(groups):
        _refuse(text, "has digits grouped in no known way")
    whole = "".join(groups)
    if len(whole) > MAX_DIGITS:
        _refuse(text, f"has more than {MAX_DIGITS} digits")
    return int(whole + fraction[: currency.decimals].ljust(currency.decimals, "0"))


def _decimal_mark(digits: str, currency: Currency, text: str) -> str:
    """Which mark is the decimal one, where no style says so; "" for none. Refuses what has two readings."""
    marks = [mark for mark in digits if not mark.isdigit()]
    if len(set(marks)) > 1:
        return marks[-1] if marks[-1] in ".," else ""
    if len(marks) != 1 or marks[0] in " '":
        return ""
    whole, mark, last = digits.partition(marks[0])
    if len(last) != 3 or len(whole) > 3 or whole == "0":
        return mark
    if currency.decimals:  # a thousand or one and a bit
        _refuse(text, f"can be read as {whole}{last} or as {whole} and {last} thousandths")
    return ""


def _is_grouped(groups: Sequence[str]) -> bool:
    """Whether these are the digits of one number: ungrouped, in threes, or as in India in twos and a last three."""
    first, rest = groups[0], groups[1:]
    if not all(group.isdigit() for group in groups) or (first.startswith("0") and (first != "0" or rest)):
        return False
    if not rest:
        return True
    in_threes = len(first) <= 3 and all(len(group) == 3 for group in rest)
    indian = len(first) <= 2 and all(len(group) == 2 for group in rest[:-1]) and len(rest[-1]) == 3
    return in_threes or indian
