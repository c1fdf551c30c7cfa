"""So many milestones, so much upfront: a split that comes to the total, its later parts alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.money import Currency, Money
from assistant.plans.even_split import even_split
from assistant.plans.splits import parse_split, part_amounts

USD = Currency("USD")


@pytest.mark.parametrize(
    ("count", "upfront", "split"),
    [
        (5, "", "5 x 20%"),
        (3, "", "3 x 1/3"),
        (1, "", "1 x 100%"),
        (2, "30%", "upfront 30% + rest"),
        (5, "30%", "upfront 30% + 17.5% + 17.5% + 17.5% + rest"),
        (4, "1/2", "upfront 1/2 + 1/6 + 1/6 + rest"),
        (3, "500.00", "upfront 500.00 + 1000.00 + rest"),
    ],
)
def test_the_words_of_a_split(count: int, upfront: str, split: str) -> None:
    assert even_split(count, upfront, Money.parse("2500.00 USD")) == split


@pytest.mark.parametrize(("count", "upfront"), [(0, ""), (201, ""), (1, "30%"), (3, "100%"), (3, "2500"), (3, "half")])
def test_what_cannot_be_divided_is_refused(count: int, upfront: str) -> None:
    with pytest.raises(UsageError):
        even_split(count, upfront, Money.parse("2500.00 USD"))


@given(
    st.integers(2, 40),
    st.one_of(st.integers(1, 99).map("{}%".format), st.integers(1, 10**6).map(lambda n: f"{n // 100}.{n % 100:02d}"),
              st.tuples(st.integers(1, 98), st.integers(99, 9999)).map("{0[0]}/{0[1]}".format)),
    st.integers(10**4, 10**9),
)  # fmt: skip
def test_it_comes_to_the_total_and_the_later_parts_are_alike(count: int, upfront: str, minor: int) -> None:
    total = Money(minor, USD)
    try:
        split = parse_split(even_split(count, upfront, total))
    except UsageError:
        return
    amounts = [each.minor for each in part_amounts(split.parts, total)]
    assert sum(amounts) == minor
    assert len(amounts) == count
    assert split.upfront
    assert max(amounts[1:]) - min(amounts[1:]) <= 1
