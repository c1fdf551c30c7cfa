"""What spreadsheets write into cells, read without guessing: amounts, dates, and ids that should be text.

Every reader raises a `UsageError` that says what was seen and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assistant.currencies import DECIMALS
from assistant.errors import CouldNotRead, UsageError
from assistant.money import Currency, Money, read_signed_money, shown

_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_TWO_WAYS: Final = re.compile(r"([0-9]{1,3})[.,]([0-9]{3})")
_CODE: Final = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")


def code_in(text: str) -> str | None:
    """The currency code that stands beside an amount in its cell, if one does."""
    return next((code for code in _CODE.findall(text) if code in DECIMALS), None)


def read_amount(text: str, currency: Currency) -> Money:
    """An amount above zero: ``500``, ``500.00``, ``500.5`` and whatever else can only be read in one way.

    A plan's own form comes first, so what Milepost exported is what it reads.
    """
    if text.startswith("#"):
        raise UsageError(f"{shown(text)} is an error of the spreadsheet", hint="mend its formula, or write the amount")
    if text.startswith("="):
        raise UsageError(f"{shown(text)} is a formula", hint="save the file with values, not formulas")
    if _SCIENTIFIC.fullmatch(text):
        raise UsageError(f"{shown(text)} is rounded by the spreadsheet", hint="show the column as text, and save again")
    money = _read(text, currency)
    if money.minor <= 0:
        raise UsageError(f"{shown(text)} is not above zero", hint=f"write an amount such as {_example(currency)}")
    return money


def _read(text: str, currency: Currency) -> Money:
    with suppress(UsageError):
        return Money.parse_amount(text, currency)
    try:
        return read_signed_money(text, currency=currency)
    except CouldNotRead as error:
        message = error.message.removeprefix("the amount ")
    raise UsageError(message, hint=_amount_mend(text, currency))


def _amount_mend(text: str, currency: Currency) -> str:
    if (found := _TWO_WAYS.fullmatch(text)) and currency.decimals == 2:
        thousands = Money(int(found[1] + found[2]) * 100, currency)
        return f"write {thousands.amount_text}, or the smaller amount with {currency.decimals} decimals"
    return f"write it as {_example(currency)}, without separators"


def _example(currency: Currency) -> str:
    return Money(500 * 10**currency.decimals, currency).amount_text


def check_id(text: str) -> None:
    """Refuse an id that a spreadsheet took for a number."""
    if _SCIENTIFIC.fullmatch(text) or re.fullmatch(r"[0-9]+[.,]0+", text):
        raise UsageError(
            f"{shown(text)} was made a number by the spreadsheet",
            hint="show the column as text, and write the id again",
        )


_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_DOTTED: Final = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_SLASHED: Final = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_SERIAL: Final = re.compile(r"([34567][0-9]{4})(?:[.,]0+)?")
_DAY_ZERO: Final = date(1899, 12, 30)


@dataclass(frozen=True)
class DateOrder:
    """Whether ``12/10/2026`` is in October or in December, as far as the other dates of the same column prove it."""

    day_first: bool | None = None

    @classmethod
    def of(cls, cells: Iterable[str]) -> DateOrder:
        """The order that a column proves: a number above 12 says which one is the day. None where it proves both."""
        found = [(int(each[1]), int(each[2])) for cell in cells if (each := _SLASHED.fullmatch(cell))]
        day_first = any(first > 12 for first, _ in found)
        month_first = any(second > 12 for _, second in found)
        return cls(day_first) if day_first != month_first else cls()

    def read(self, text: str) -> date:
        """A date of this age: ``2026-12-10``, ``10.12.2026``, or ``10/12/2026`` where that can only be one."""
        if found := _ISO.fullmatch(text):
            return _date(text, int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.fullmatch(text):
            return _date(text, int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.fullmatch(text):
            return self._slashed(text, int(found[1]), int(found[2]), int(found[3]))
        if found := _SERIAL.fullmatch(text):
            meant = _DAY_ZERO + timedelta(days=int(found[1]))
            raise UsageError(f"{shown(text)} is a day's number", hint=f"show the column as dates; it would be {meant}")
        raise UsageError(f"{shown(text)} is not a date", hint="write it as 2026-12-10")

    def _slashed(self, text: str, first: int, second: int, year: int) -> date:
        one_way = first > 12 or second > 12 or first == second
        if self.day_first is None and not one_way:
            ways = f"{_date(text, year, second, first)} or {_date(text, year, first, second)}"
            raise UsageError(f"{shown(text)} can be read in two ways", hint=f"write {ways}")
        day_first = first > 12 if one_way else self.day_first
        return _date(text, year, second, first) if day_first else _date(text, year, first, second)


def _date(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise UsageError(f"{shown(text)} is no day of the calendar", hint="write it as 2026-12-10") from None
    if not 2000 <= year < 2200:
        raise UsageError(f"{shown(text)} is not a date of this age", hint="look at the year")
    return found
