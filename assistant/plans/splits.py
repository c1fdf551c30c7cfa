"""Splits: how a total becomes milestones, and how a stretch of days becomes dates.

The grammar of ``split = "..."`` (spaces are free, ``x``, ``X``, ``×`` and ``*`` are one sign)::

    split  = (equal | parts) [ "every" period ]
    equal  = COUNT "x" share             5 x 20%      4 x 25 %      3 x 1/3         COUNT times the share is the whole
    parts  = ["upfront"] part {"+" part} 30% + 30% + rest    upfront 30% + rest     500.00 + 500.00 + rest
    part   = share | amount | "rest"     at most one rest; without a rest the parts are the whole
    share  = NUMBER "%" | N "/" M        20%   33.3 %   1/3
    amount = digits of the project's currency, without its code:  500.00
    period = COUNT ("day" | "days" | "week" | "weeks")

``upfront`` means that the first one is due at the start, as ``first = "upfront"`` does. ``every 2 weeks`` puts the
dates that far apart instead of spreading them over ``days``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from assistant.errors import UsageError
from assistant.money import Money, fair_split, shown

MOST_PARTS: Final = 200
"""Milestones that one project may have; far more than any contract, far less than a typing error would make."""

MOST_DAYS: Final = 3660
"""Days (ten years) that a project or a period may last."""

_DIGITS: Final = frozenset("0123456789")
_SHARE: Final = re.compile(
    r"(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,6})?) ?%|(?P<over>[0-9]{1,4}) ?/ ?(?P<under>[0-9]{1,4})"
)
_PERIOD: Final = re.compile(r"(?P<count>[0-9]{1,4}) *(?P<unit>days?|weeks?)")
_EQUAL: Final = re.compile(r"(?P<count>[0-9]{1,4}) ?[xX×*] ?(?P<share>.+)")
_EVERY: Final = re.compile(r"(?P<parts>.*?)\bevery (?P<period>.*)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a total: a share of it, an exact amount (as written), or neither, which is the rest."""

    share: Fraction | None = None
    amount: str | None = None

    @property
    def is_rest(self) -> bool:
        """Whether this part is what the others leave."""
        return self.share is None and self.amount is None


REST: Final = Part()


@dataclass(frozen=True, slots=True)
class Split:
    """A split as it was written, before it meets a total. ``every`` is days between dates, None to spread them."""

    parts: tuple[Part, ...]
    upfront: bool = False
    every: int | None = None


def parse_split(text: str) -> Split:
    """Read the text of a split; a ``UsageError`` says what does not fit the grammar and what to write."""
    plain = " ".join(text.split())
    every = None
    if found := _EVERY.fullmatch(plain):
        every, plain = parse_period(found["period"]), found["parts"].strip()
    upfront = plain.startswith("upfront ")
    plain = plain.removeprefix("upfront ").strip()
    equal = _EQUAL.fullmatch(plain)
    parts = _equal_parts(equal["count"], equal["share"]) if equal else _listed_parts(plain, text)
    if not any(part.is_rest or part.amount for part in parts):
        _check_whole(sum(part.share or 0 for part in parts), text, equal["count"] if equal else None)
    return Split(parts, upfront, every)


def _equal_parts(count: str, share: str) -> tuple[Part, ...]:
    number = int(count)
    if not 1 <= number <= MOST_PARTS:
        raise UsageError(f"{number} parts are not possible", hint=f"write a count from 1 to {MOST_PARTS}")
    return (Part(share=parse_share(share)),) * number


def _listed_parts(plain: str, text: str) -> tuple[Part, ...]:
    parts = tuple(_part(word.strip(), text) for word in plain.split("+"))
    if len(parts) > MOST_PARTS:
        raise UsageError(f"{len(parts)} parts are not possible", hint=f"write at most {MOST_PARTS}")
    return parts


def _part(word: str, text: str) -> Part:
    if word == "rest":
        return REST
    if re.fullmatch(r"[0-9][0-9.]*", word):
        return Part(amount=word)
    if word[:1] not in _DIGITS:
        raise UsageError(
            f"{shown(text)} is not a split", hint='write split = "5 x 20%", "upfront 30% + rest" or "500.00 + rest"'
        )
    return Part(share=parse_share(word))


def _check_whole(whole: Fraction | int, text: str, count: str | None) -> None:
    if whole != 1:
        mend = f'"{count} x 1/{int(count)}"' if count else 'the last part as "rest"'
        raise UsageError(f"{shown(text)} adds up to {percent_text(Fraction(whole))}, not 100%", hint=f"write {mend}")


def parse_share(text: str) -> Fraction:
    """Read ``20%``, ``33.3 %`` or ``1/3`` as a fraction above 0 and at most 1; else a ``UsageError``."""
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{shown(text)} is not a share", hint='write "1/3", "30%" or "rest"')
    if found["percent"]:
        share = Fraction(found["percent"]) / 100
    else:
        share = Fraction(int(found["over"]), int(found["under"])) if int(found["under"]) else Fraction(0)
    if not 0 < share <= 1:
        raise UsageError(f"{shown(text)} is not a share between nothing and the whole", hint='write "1/3" or "30%"')
    return share


def parse_period(text: str) -> int:
    """Read ``8 days`` or ``2 weeks`` as a number of days, from 0 to ten years; else a ``UsageError``."""
    found = _PERIOD.fullmatch(text.strip())
    days = int(found["count"]) * (7 if found["unit"].startswith("week") else 1) if found else -1
    if not 0 <= days <= MOST_DAYS:
        raise UsageError(f"{shown(text)} is not a number of days", hint='write "8 days" or "2 weeks", up to ten years')
    return days


def percent_text(share: Fraction) -> str:
    """``99.99%``: at most four decimals, rounded half to even, without the zeros at the end."""
    whole, part = divmod(round(abs(share) * 1_000_000), 10_000)
    digits = f"{part:04d}".rstrip("0")
    return ("-" if share < 0 else "") + f"{whole}{'.' + digits if digits else ''}%"


def part_amounts(parts: Sequence[Part], total: Money) -> tuple[Money, ...]:
    """The parts of a total, adding up to it to the last minor unit.

    Amounts stay as written, shares are rounded by largest remainder (``fair_split``), the rest is what they leave. A
    ``UsageError`` says by how much the parts miss the total, or which amount is not one of the currency.
    """
    if total.minor <= 0:
        raise UsageError(f"a total of {total} cannot be divided", hint="write a total above zero")
    if sum(part.is_rest for part in parts) > 1:
        raise UsageError("there is more than one rest", hint="leave one rest, and give the others a share or an amount")
    weights = [_weight(part, total) for part in parts]
    given = sum((weight for weight in weights if weight is not None), start=Fraction(0))
    left = 1 - given
    has_rest = any(weight is None for weight in weights)
    if left < 0 or (left > 0 and not has_rest) or (left == 0 and has_rest):
        raise _missed(given, total, has_rest=has_rest)
    return fair_split(total, [left if weight is None else weight for weight in weights])


def _weight(part: Part, total: Money) -> Fraction | None:
    """The part as a fraction of the total; None for the rest."""
    if part.amount is not None:
        return Fraction(Money.parse_amount(part.amount, total.currency).minor, total.minor)
    return part.share


def _missed(given: Fraction, total: Money, *, has_rest: bool) -> UsageError:
    """The error of parts that do not add up: what they come to and by how much it misses."""
    miss = given * total.minor - total.minor
    if miss == 0:
        return UsageError(f"the parts come to {total}: nothing is left for the rest", hint="leave the rest out")
    units = -(-abs(miss).numerator // miss.denominator)  # up to a whole unit: a miss is never shown as zero
    by = f"{Money(units, total.currency)} {'too much' if miss > 0 else 'missing'}"
    mend = "write smaller parts" if miss > 0 else 'write share = "rest" for the last one'
    if has_rest:
        mend = "write smaller parts, so that something is left for the rest"
    sum_ = given * total.minor
    come_to = Money(int(sum_), total.currency) if sum_.denominator == 1 else percent_text(given)
    return UsageError(f"the parts come to {come_to} of {total}: {by}", hint=mend)


def even_dates(start: date, days: int, count: int, *, upfront: bool) -> tuple[date, ...]:
    """Dates of ``count`` milestones spread evenly over ``days``; the last is ``start + days`` exactly.

    Without ``upfront`` number i of n is due after i/n of the days, none at the start. With it the first is due at the
    start and number i after (i-1)/(n-1) of the days; a single one is due at the start. A broken day is rounded to the
    nearest day, a half day up. ``OverflowError`` past the year 9999.
    """
    gaps = count - 1 if upfront else count
    if gaps == 0:
        return (start,)
    steps = range(0 if upfront else 1, gaps + 1)
    return tuple(start + timedelta(days=(2 * days * step + gaps) // (2 * gaps)) for step in steps)


def stepped_dates(start: date, every: int, count: int, *, upfront: bool) -> tuple[date, ...]:
    """Dates ``every`` so many days: the first at the start if upfront, else one step after it."""
    return tuple(start + timedelta(days=every * (number + (not upfront))) for number in range(count))
