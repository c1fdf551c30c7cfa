"""The mock's own exact money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.mock_platform import money
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.sources import Quote, _mixed

CODES = st.sampled_from(sorted(money.CURRENCIES))
MINOR = st.integers(min_value=0, max_value=10**11)


@given(minor=MINOR, code=CODES)
def test_text_and_back_is_exact(minor, code):
    assert money.from_text(money.to_text(minor, code), code) == minor


@given(minor=st.integers(min_value=100, max_value=99_999_999_900))
def test_a_json_number_of_two_decimals_parses_to_the_cent(minor):
    assert money.parse(Decimal(str(money.to_number(minor, "USD"))), "USD") == minor


@given(minor=MINOR, one=CODES, other=CODES)
def test_converted_worth_always_suffices_and_never_by_more_than_one_unit(minor, one, other):
    there = money.convert(minor, one, other)
    rate = Decimal(money.CURRENCIES[one].usd_micros) / money.CURRENCIES[other].usd_micros
    shift = money.CURRENCIES[other].decimals - money.CURRENCIES[one].decimals
    exact = Decimal(minor) * rate * Decimal(10) ** shift
    assert exact <= Decimal(there) * (1 + Decimal("1e-20"))
    assert there - exact < 1


@given(held=st.dictionaries(CODES, st.integers(0, 10**7), max_size=4), code=CODES, total=st.integers(1, 10**7))
def test_a_mix_of_balances_takes_no_more_than_there_is(held, code, total):
    takes = _mixed(held, code, total)
    assert all(0 < minor <= held[name] for name, minor in takes)
    worth = sum(Decimal(money.convert(minor, name, "USD")) for name, minor in takes)
    wanted = Decimal(money.convert(total, code, "USD"))
    assert not takes or worth >= wanted - len(takes)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", "Amount field is required"),
        (None, "Amount field is required"),
        ("0", "Please enter a greater amount."),
        ("-5", "Please enter a greater amount."),
        ("1000000000", "Please enter a lesser amount."),
        ("0.50", "Invalid amount specified"),
        ("01", "Invalid amount specified"),
        ("1.234", "Invalid amount specified"),
        ("1,250.00", "Invalid amount specified"),
        ("1e3", "Invalid amount specified"),
        ("ten", "Invalid amount specified"),
        ("NaN", "Invalid amount specified"),
        ("١٢", "Invalid amount specified"),
        ("1٢", "Invalid amount specified"),
        ("5\n", None),
    ],
)
def test_the_amount_rule_and_its_texts(value, text):
    if text is None:
        assert money.parse(value, "USD") == 500
        return
    with pytest.raises(money.BadAmount) as bad:
        money.parse(value, "USD")
    assert str(bad.value) == text


def test_yen_have_no_cents():
    assert money.parse("500", "JPY") == 500
    with pytest.raises(money.BadAmount):
        money.parse("500.50", "JPY")


@pytest.mark.parametrize(
    ("minor", "code", "style", "text"),
    [
        (125_000, "USD", "us", "$1,250.00 USD"),
        (125_000, "USD", "plain", "1250.00 USD"),
        (125_000, "EUR", "european", "€1.250,00 EUR"),
        (12_500_000, "INR", "indian", "₹1,25,000.00 INR"),
        (99_900, "INR", "indian", "₹999.00 INR"),
        (50_000, "JPY", "us", "¥50,000 JPY"),
        (5, "USD", "us", "$0.05 USD"),
    ],
)
def test_how_amounts_are_shown(minor, code, style, text):
    assert money.display(minor, code, style) == text


def test_quotes_carry_what_they_take():
    quote = Quote("balance:EUR", "balance", "", True, "balance", 0, 100, (("EUR", 93),))
    assert quote.converted == (("EUR", 93),)
    assert Quote("balance", "balance", "", True, "balance", 0, 100, (("USD", 100),)).converted == ()
    assert Knobs().get("path") == "cart"
