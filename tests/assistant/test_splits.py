"""Splits: totals into milestones to the last cent, days into dates."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.currencies import DECIMALS
from assistant.errors import UsageError
from assistant.money import Currency, Money
from assistant.plans.splits import (
    REST,
    Part,
    even_dates,
    parse_period,
    parse_share,
    parse_split,
    part_amounts,
    percent_text,
    stepped_dates,
)

USD = Currency("USD")
START = date(2026, 12, 1)


@pytest.mark.parametrize(
    "text", ["5 x 20%", "5 x 20 %", "5 × 20%", "5x20%", "5 * 20.0%", "5 X 1/5", " 5  x  20 % ", "5 x 2/10"]
)
def test_five_times_twenty(text: str) -> None:
    assert parse_split(text).parts == (Part(share=Fraction(1, 5)),) * 5


def test_forms() -> None:
    third, half = Part(share=Fraction(3, 10)), Part(share=Fraction(1, 2))
    assert parse_split("30% + rest").parts == (third, REST)
    assert parse_split("rest").parts == (REST,)
    assert parse_split("30%+30%+rest").parts == (third, third, REST)
    assert parse_split("1/2 + 50 %").parts == (half, half)
    assert parse_split("500.00 + 500.00 + rest").parts == (Part(amount="500.00"), Part(amount="500.00"), REST)
    assert parse_split("500 + 30% + rest").parts == (Part(amount="500"), third, REST)
    upfront = parse_split("upfront 30% + rest")
    assert (upfront.parts, upfront.upfront, upfront.every) == ((third, REST), True, None)
    assert parse_split("upfront 5 x 20% every 2 weeks").every == 14
    assert not parse_split("30% + rest").upfront


@pytest.mark.parametrize(
    ("text", "why", "mend"),
    [
        ("3 x 33.33%", "adds up to 99.99%, not 100%", '"3 x 1/3"'),
        ("5 x 25%", "125%", '"5 x 1/5"'),
        ("30% + 30%", "60%", "rest"),
        ("5 x 0%", "not a share", "30%"),
        ("0 x 20%", "0 parts", "from 1 to 200"),
        ("1000 x 0.1%", "1000 parts", "from 1 to 200"),
        ("5 x rest", "not a share", "30%"),
        ("20%%", "not a share", "30%"),
        ("1/0", "not a share", "30%"),
        ("101% + rest", "not a share", "30%"),
        ("-20% + rest", "not a split", "5 x 20%"),
        ("", "not a split", "5 x 20%"),
        ("+", "not a split", "5 x 20%"),
        ("rest every", "not a split", "5 x 20%"),
        ("half + half", "not a split", "5 x 20%"),
        ("5 x 20% every month", "not a number of days", "2 weeks"),
        ("5 x 20% every 9999 weeks", "not a number of days", "ten years"),
        ("٥ x 20%", "not a", "5 x 20%"),
        ("+".join(["1"] * 201), "201 parts", "at most 200"),
    ],
)
def test_what_is_no_split(text: str, why: str, mend: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_split(text)
    assert why in caught.value.message
    assert mend in str(caught.value.hint)


@given(st.text(alphabet="0123456789x×%+/. restupfovydayw", max_size=30))
def test_any_text_is_a_split_or_a_usage_error(text: str) -> None:
    try:
        split = parse_split(text)
        amounts = part_amounts(split.parts, Money(100_000, USD))
    except UsageError:
        return
    assert sum(amount.minor for amount in amounts) == 100_000


@pytest.mark.parametrize(
    ("text", "total", "expected"),
    [
        ("5 x 20%", "2500.00 USD", ["500.00"] * 5),
        ("3 x 1/3", "100.00 USD", ["33.34", "33.33", "33.33"]),
        ("3 x 1/3", "100 JPY", ["34", "33", "33"]),
        ("upfront 30% + rest", "0.05 USD", ["0.02", "0.03"]),
        ("500.00 + 500.00 + rest", "1250.01 USD", ["500.00", "500.00", "250.01"]),
        ("0.01 + 1/3 + rest", "100.00 USD", ["0.01", "33.33", "66.66"]),
        ("500.00 + 50%", "1000.00 USD", ["500.00", "500.00"]),
        ("4 x 25%", "0.001 KWD", ["0.001", "0.000", "0.000", "0.000"]),
    ],
)
def test_amounts(text: str, total: str, expected: list[str]) -> None:
    amounts = part_amounts(parse_split(text).parts, Money.parse(total))
    assert [amount.amount_text for amount in amounts] == expected


@pytest.mark.parametrize(
    ("text", "total", "why"),
    [
        ("500.00 + 499.99", "1000.00 USD", "come to 999.99 USD of 1000.00 USD: 0.01 USD missing"),
        ("500.00 + 500.01", "1000.00 USD", "1000.01 USD of 1000.00 USD: 0.01 USD too much"),
        ("500.00 + 500.00 + rest", "1000.00 USD", "nothing is left for the rest"),
        ("600.00 + 600.00 + rest", "1000.00 USD", "1200.00 USD of 1000.00 USD: 200.00 USD too much"),
        ("500.000 + rest", "1000.00 USD", "3 decimals"),
        ("500.5 + rest", "1000 JPY", "1 decimals"),
        ("5 x 20%", "0 USD", "cannot be divided"),
        ("rest + rest", "5 USD", "more than one rest"),
    ],
)
def test_parts_that_miss_the_total(text: str, total: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        part_amounts(parse_split(text).parts, Money.parse(total))
    assert why in caught.value.message
    assert caught.value.hint


def test_a_miss_of_less_than_a_cent_is_not_shown_as_zero() -> None:
    with pytest.raises(UsageError, match=r"99\.99% of 1\.00 USD: 0\.01 USD missing"):
        part_amounts([Part(share=Fraction("0.3333"))] * 3, Money(100, USD))


totals = st.builds(Money, st.integers(1, 10**15 - 1), st.sampled_from(sorted(DECIMALS)).map(Currency))
shares = st.lists(st.fractions("1/1000", "1/20").map(lambda share: Part(share=share)), max_size=19)


@given(totals, shares, st.integers(0, 19), st.integers(0, 10**15))
def test_shares_amounts_and_a_rest_add_up_and_amounts_stay(total: Money, parts: list[Part], at: int, own: int) -> None:
    amount = Money(own % total.minor // 20, total.currency)
    mixed = [*parts, Part(amount=amount.amount_text)]
    mixed.insert(min(at, len(mixed)), REST)
    try:
        amounts = part_amounts(mixed, total)
    except UsageError:
        shares_given = sum(part.share or 0 for part in parts)
        assert Fraction(amount.minor, total.minor) + shares_given >= 1
        return
    assert sum(each.minor for each in amounts) == total.minor
    assert amounts[mixed.index(Part(amount=amount.amount_text))] == amount


@given(totals, st.integers(1, 200))
def test_equal_parts_add_up(total: Money, count: int) -> None:
    amounts = part_amounts(parse_split(f"{count} x 1/{count}").parts, total)
    assert sum(amount.minor for amount in amounts) == total.minor
    assert max(amounts).minor - min(amounts).minor <= 1


def test_even_dates_of_the_example() -> None:
    assert [d.day for d in even_dates(START, 25, 5, upfront=False)] == [6, 11, 16, 21, 26]
    assert [d.isoformat() for d in even_dates(START, 40, 5, upfront=True)] == [
        "2026-12-01", "2026-12-11", "2026-12-21", "2026-12-31", "2027-01-10",
    ]  # fmt: skip
    assert even_dates(START, 40, 1, upfront=True) == (START,)
    assert even_dates(START, 5, 2, upfront=False) == (date(2026, 12, 4), date(2026, 12, 6))  # 2.5 days: up


@given(st.dates(max_value=date(9900, 1, 1)), st.integers(0, 3660), st.integers(1, 200), st.booleans())
def test_even_dates_rise_and_end_exactly(start: date, days: int, count: int, upfront: bool) -> None:
    dates = even_dates(start, days, count, upfront=upfront)
    assert len(dates) == count
    assert list(dates) == sorted(dates)
    if upfront:
        assert dates[0] == start
    if not upfront or count > 1:
        assert (dates[-1] - start).days == days
        offsets = [(day - start).days for day in dates]
        gaps = [later - earlier for earlier, later in pairwise(offsets)]
        assert not gaps or max(gaps) - min(gaps) <= 1


def test_stepped_dates() -> None:
    assert [d.day for d in stepped_dates(START, 7, 3, upfront=False)] == [8, 15, 22]
    assert [d.day for d in stepped_dates(START, 7, 3, upfront=True)] == [1, 8, 15]


def test_shares_periods_and_percent_texts() -> None:
    assert [parse_share(text) for text in ("1/3", "33 %", "33.3%", "100%")] == [
        Fraction(1, 3), Fraction(33, 100), Fraction(333, 1000), 1,
    ]  # fmt: skip
    assert [parse_period(text) for text in ("8 days", "1 day", "2 weeks", "0 days")] == [8, 1, 14, 0]
    assert [percent_text(Fraction(n, 3)) for n in (1, 3, -1)] == ["33.3333%", "100%", "-33.3333%"]
    for text in ("8", "days", "8 months", "-1 days", "8.5 days", ""):
        with pytest.raises(UsageError, match="not a number of days"):
            parse_period(text)
