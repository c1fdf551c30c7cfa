"""The text of a split from few words: so many milestones, so much upfront, the others alike."""

from __future__ import annotations

from fractions import Fraction

from assistant.errors import UsageError
from assistant.money import Money, fair_split
from assistant.plans.splits import MOST_PARTS, parse_share

_LARGEST = 9999
"""The largest number that a share ``N/M`` may have."""


def even_split(count: int, upfront: str, total: Money) -> str:
    """``5 x 20%``; with an upfront part (``30%``, ``1/3`` or an amount) ``upfront 30% + 35% + rest``.

    The parts after the first are alike, to the last minor unit of `total`. `UsageError` for what cannot be divided so.
    """
    if not 1 <= count <= MOST_PARTS:
        raise UsageError(f"{count} milestones are not possible", hint=f"write a number from 1 to {MOST_PARTS}")
    if not upfront:
        return f"{count} x {100 // count}%" if 100 % count == 0 else f"{count} x 1/{count}"
    if count < 2:
        raise UsageError("one milestone leaves nothing to pay upfront", hint="write 2 milestones or more")
    if upfront.rstrip(" %").replace(".", "", 1).isdecimal() and "%" not in upfront:
        return _after_amount(count, Money.parse_amount(upfront, total.currency), total)
    first = parse_share(upfront)
    if first >= 1:
        raise UsageError("the whole upfront leaves nothing for the others", hint="write less, such as 30%")
    each = _share_text((1 - first) / (count - 1))
    if each is None:
        return _after_amount(count, fair_split(total, [first, 1 - first])[0], total)
    return " + ".join([f"upfront {upfront}", *[each] * (count - 2), "rest"])


def _after_amount(count: int, first: Money, total: Money) -> str:
    left = total - first
    if first.minor <= 0 or left.minor < count - 1:
        raise UsageError(f"{first} upfront of {total} leaves nothing for the others", hint="write less, such as 30%")
    parts = fair_split(left, [Fraction(1)] * (count - 1))
    return " + ".join([f"upfront {first.amount_text}", *(part.amount_text for part in parts[:-1]), "rest"])


def _share_text(share: Fraction) -> str | None:
    """A share as a plan may say it, exactly; None where it has no such words."""
    percent = share * 100
    if 1_000_000 % percent.denominator == 0:
        return f"{float(percent):.6f}".rstrip("0").rstrip(".") + "%"
    if share.numerator <= _LARGEST and share.denominator <= _LARGEST:
        return f"{share.numerator}/{share.denominator}"
    return None
