"""Money: exact amounts, strict parsing, and reading what sites print without ever guessing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.currencies import DECIMALS, SIGNS, USUAL
from assistant.errors import CouldNotRead, UsageError
from assistant.money import Currency, Money, MoneyStyle, fair_split, read_money, read_signed_money, totals

USD, EUR, JPY, KWD, INR, GBP = (Currency(code) for code in ("USD", "EUR", "JPY", "KWD", "INR", "GBP"))

currencies = st.sampled_from(sorted(DECIMALS)).map(Currency)
amounts = st.builds(Money, st.integers(-(10**15) + 1, 10**15 - 1), currencies)
standing = st.builds(Money, st.integers(0, 10**15 - 1), currencies)
styles = st.builds(lambda marks: MoneyStyle(*marks), st.sampled_from(
    [(".", ","), (".", ""), (".", " "), (".", "'"), (",", "."), (",", ""), (",", " "), (",", "'")]
))  # fmt: skip


def test_the_table_knows_the_decimals_of_currencies() -> None:
    known = {
        "JPY": 0,
        "KRW": 0,
        "CLP": 0,
        "ISK": 0,
        "USD": 2,
        "EUR": 2,
        "HUF": 2,
        "KWD": 3,
        "BHD": 3,
        "TND": 3,
        "CLF": 4,
    }
    assert {code: Currency(code).decimals for code in known} == known
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in DECIMALS)
    assert not {"XAU", "XXX", "HRK", "BGN", "ZWL"} & set(DECIMALS)


def test_every_sign_stands_for_active_currencies() -> None:
    assert set().union(*SIGNS.values()) <= set(DECIMALS)
    assert all(code in SIGNS[sign] for sign, code in USUAL.items())


@pytest.mark.parametrize("code", ["EURO", "usd", "", "XXX", "US", "$"])
def test_an_unknown_code_is_a_usage_error(code: str) -> None:
    with pytest.raises(UsageError, match="not a currency code"):
        Currency(code)


def test_a_near_code_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        Currency("usd")
    assert caught.value.hint == "write USD"


@pytest.mark.parametrize(
    ("text", "minor", "code"),
    [
        ("2500 USD", 250000, "USD"),
        ("2500.00 USD", 250000, "USD"),
        ("  0.05 USD ", 5, "USD"),
        ("-5.00 USD", -500, "USD"),
        ("5000 JPY", 5000, "JPY"),
        ("1.250 KWD", 1250, "KWD"),
        ("7 KWD", 7000, "KWD"),
        ("0 EUR", 0, "EUR"),
    ],
)
def test_parse(text: str, minor: int, code: str) -> None:
    assert Money.parse(text) == Money(minor, Currency(code))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "USD", "2500", "2500USD", "USD 2500", "2500.000 USD", "2500.5 USD", "2,500 USD", "2500. USD", ".5 USD",
        "007 USD", "+5 USD", "--5 USD", "5.0 JPY", "1e3 USD", "٢٥٠٠ USD", "2500 usd", "2500 USD EUR", "1 250 USD",
        "9" * 16 + " USD", "9" * 5000 + " USD", "nan USD", "5 USD\x00",
    ],
)  # fmt: skip
def test_parse_refuses(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Money.parse(text)
    assert caught.value.hint
    assert len(str(caught.value)) < 200


@given(amounts)
def test_parse_undoes_str(money: Money) -> None:
    assert Money.parse(str(money)) == money
    assert Money.parse_amount(money.amount_text, money.currency) == money


def test_amount_text_has_the_decimals_of_the_currency() -> None:
    texts = [Money(250000, USD), Money(5, USD), Money(-5, USD), Money(5000, JPY), Money(1, KWD), Money(0, EUR)]
    assert [money.amount_text for money in texts] == ["2500.00", "0.05", "-0.05", "5000", "0.001", "0.00"]


def test_one_currency_is_added_and_ordered() -> None:
    assert Money(5, USD) + Money(7, USD) == Money(12, USD)
    assert Money(5, USD) - Money(7, USD) == -Money(2, USD)
    assert sorted([Money(7, USD), Money(5, USD)]) == [Money(5, USD), Money(7, USD)]
    assert Money(5, USD) <= Money(5, USD) < Money(6, USD) >= Money(6, USD) > Money.zero(USD)


def test_two_currencies_do_not_mix() -> None:
    for mix in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(TypeError, match="USD and EUR do not mix"):
            mix(Money(5, USD), Money(5, EUR))
    assert Money(5, USD) != Money(5, EUR)


def test_numbers_are_not_money() -> None:
    with pytest.raises(TypeError):
        Money(5, USD) + 5  # type: ignore[operator]
    for wrong in (5.0, True, "5"):
        with pytest.raises(TypeError):
            Money(wrong, USD)  # type: ignore[arg-type]


def test_totals_keep_currencies_apart() -> None:
    assert totals([Money(5, USD), Money(1, EUR), Money(7, USD)]) == {"EUR": Money(1, EUR), "USD": Money(12, USD)}
    assert list(totals([Money(5, USD), Money(1, EUR)])) == ["EUR", "USD"]
    assert totals([]) == {}


weights = st.lists(st.one_of(st.integers(0, 10**6), st.fractions(0, 1000)), min_size=1, max_size=40).filter(any)


@given(standing, weights)
def test_a_split_adds_up_and_is_fair(total: Money, weights: list[Fraction | int]) -> None:
    parts = fair_split(total, weights)
    assert sum(part.minor for part in parts) == total.minor
    assert all(part.currency == total.currency for part in parts)
    whole = Fraction(sum(weights))
    for part, weight in zip(parts, weights, strict=True):
        assert part.minor >= 0
        assert abs(part.minor - total.minor * weight / whole) < 1
    assert parts == fair_split(total, weights)


@given(standing, st.integers(1, 60))
def test_equal_weights_differ_by_at_most_one_unit_earlier_ones_first(total: Money, count: int) -> None:
    parts = [part.minor for part in fair_split(total, [1] * count)]
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_a_tie_goes_to_the_earlier_part() -> None:
    assert [m.minor for m in fair_split(Money(100, USD), [1, 1, 1])] == [34, 33, 33]
    assert [m.minor for m in fair_split(Money(1, JPY), [1, 3, 3])] == [0, 1, 0]


@pytest.mark.parametrize(("minor", "weights"), [(-1, [1]), (1, []), (1, [0]), (1, [2, -1])])
def test_a_split_without_meaning_is_a_value_error(minor: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="split"):
        fair_split(Money(minor, USD), weights)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US$ 1,250.00 USD", "1250.00 USD"),
        ("$1,250.00 USD", "1250.00 USD"),
        ("USD 1,250.00", "1250.00 USD"),
        ("USD1250", "1250.00 USD"),
        ("MXN$ 20.00", "20.00 MXN"),
        ("$20.00 AUD", "20.00 AUD"),
        ("€1.250,00 EUR", "1250.00 EUR"),
        ("1 250,00 €", "1250.00 EUR"),
        ("1\u00a0250,00\u00a0€", "1250.00 EUR"),
        ("1\u202f250,00\u202f€", "1250.00 EUR"),
        ("\u200e€\u200e5", "5.00 EUR"),
        ("1'250.00 CHF", "1250.00 CHF"),
        ("CHF 1’250.00", "1250.00 CHF"),
        ("1.250.000,00 €", "1250000.00 EUR"),
        ("1,250,000 USD", "1250000.00 USD"),
        ("₹ 1,25,000", "125000.00 INR"),
        ("₹1,25,00,000.50", "12500000.50 INR"),
        ("Rs. 500 INR", "500.00 INR"),
        ("£5", "5.00 GBP"),
        ("£5 EGP", "5.00 EGP"),
        ("¥5000 JPY", "5000 JPY"),
        ("CN¥5000", "5000.00 CNY"),
        ("5,000 JPY", "5000 JPY"),
        ("5,000.00 JPY", "5000 JPY"),
        ("0.250 KWD", "0.250 KWD"),
        ("1250.500 KWD", "1250.500 KWD"),
        ("1,250.500 KWD", "1250.500 KWD"),
        ("5.5 EUR", "5.50 EUR"),
        ("0,05 €", "0.05 EUR"),
        ("+5 EUR", "5.00 EUR"),
        ("R$ 10,00", "10.00 BRL"),
    ],
)
def test_what_sites_print(text: str, expected: str) -> None:
    assert str(read_money(text)) == expected


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("$5", USD, "5.00 USD"),
        ("$5", Currency("CAD"), "5.00 CAD"),
        ("¥5000", JPY, "5000 JPY"),
        ("¥5000", Currency("CNY"), "5000.00 CNY"),
        ("\uffe55000", JPY, "5000 JPY"),
        ("£5", Currency("GIP"), "5.00 GIP"),
        ("kr 5", Currency("SEK"), "5.00 SEK"),
        ("1250", USD, "1250.00 USD"),
    ],
)
def test_a_known_currency_settles_a_shared_sign(text: str, currency: Currency, expected: str) -> None:
    assert str(read_money(text, currency=currency)) == expected


def test_a_style_settles_which_mark_is_which() -> None:
    assert str(read_money("1,250 USD", style=MoneyStyle(".", ","))) == "1250.00 USD"
    assert str(read_money("1.250 €", style=MoneyStyle(",", "."))) == "1250.00 EUR"
    assert str(read_money("1.250 KWD", style=MoneyStyle(".", ","))) == "1.250 KWD"
    assert str(read_money("1,25,000.00", style=MoneyStyle(), currency=INR)) == "125000.00 INR"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("  \u00a0", "empty"),
        ("USD", "not one amount"),
        ("$", "not one amount"),
        ("free", "not one amount"),
        ("$5", "could be in"),
        ("¥5000", "CNY, JPY"),
        ("kr 5", "could be in"),
        ("5.00", "names no currency"),
        ("1.250 USD", "1250 or as 1 and 250"),
        ("1,250 USD", "1250 or as 1 and 250"),
        ("1,250 KWD", "1250 or as 1 and 250"),
        ("$5 €", "two currencies"),
        ("5 USD EUR", "two currencies"),
        ("€5 USD", "two currencies"),
        ("US$5 AUD", "two currencies"),
        ("5 XYZ", "no currency"),
        ("5 dollars", "no currency"),
        ("5% USD", "no currency"),
        ("-5 USD", "negative"),
        ("5- USD", "negative"),
        ("−5 USD", "negative"),
        ("-5- USD", "two signs"),
        ("--5 USD", "two signs"),
        ("$5 - $10", "not one amount"),
        ("5 USD 3", "not one amount"),
        ("1,2345.00 USD", "grouped"),
        ("12,50,00 USD", "grouped"),
        ("1,250 50 USD", "grouped"),
        ("1 25 USD", "grouped"),
        ("1,,250.00 USD", "grouped"),
        ("0,250.00 USD", "grouped"),
        ("007 USD", "grouped"),
        ("1234,567,890 USD", "grouped"),
        ("1 250,000.00 USD", "grouped"),
        ("1,250.00.00 USD", "decimals"),
        ("1,250.123 USD", "decimals"),
        ("1250.500 USD", "more decimals"),
        ("5,000.50 JPY", "decimals"),
        (".50 USD", "no currency"),
        ("５ USD", "not one amount"),
        ("٥ USD", "not one amount"),
        ("$5² USD", "no currency"),
        ("1e3 USD", "not one amount"),
        ("9" * 20 + " USD", "15 digits"),
        ("9" * 5000 + " USD", "not one amount"),
    ],
)
def test_what_cannot_be_read_for_certain_is_refused(text: str, why: str) -> None:
    with pytest.raises(CouldNotRead, match=why) as caught:
        read_money(text)
    assert caught.value.hint


def test_another_currency_than_expected_is_refused() -> None:
    for text in ("5 EUR", "€5", "US$5", "$5 USD"):
        with pytest.raises(CouldNotRead, match="not in GBP"):
            read_money(text, currency=GBP)


def test_a_style_refuses_the_other_style() -> None:
    with pytest.raises(CouldNotRead, match="decimals"):
        read_money("1.250,00 €", style=MoneyStyle(".", ","))
    with pytest.raises(CouldNotRead, match="decimals"):
        read_money("1.250 €", style=MoneyStyle(".", ","))
    with pytest.raises(CouldNotRead, match="grouped"):
        read_money("12,50 €", style=MoneyStyle(".", ","))
    with pytest.raises(CouldNotRead, match="grouped"):
        read_money("1,250.00 USD", style=MoneyStyle(".", ""))


@pytest.mark.parametrize("text", ["-$5.00 USD", "$-5.00 USD", "$5.00- USD", "- $5.00 USD", "−US$5"])
def test_negative_where_asked(text: str) -> None:
    assert read_signed_money(text) == Money(-500, USD)


@given(standing, styles)
def test_reading_undoes_rendering_in_every_style(money: Money, style: MoneyStyle) -> None:
    printed = style.render(money)
    code = money.currency.code
    for text in (f"{code} {printed}", f"{printed}\u00a0{code}", f"{printed.replace(' ', chr(0x202F))} {code}"):
        assert read_money(text, style=style) == money
    assert read_money(printed, style=style, currency=money.currency) == money


@given(standing, styles)
def test_without_a_style_a_rendering_is_read_right_or_refused(money: Money, style: MoneyStyle) -> None:
    try:
        read = read_money(style.render(money), currency=money.currency)
    except CouldNotRead:
        return
    assert read == money


@given(standing)
def test_indian_groups_are_read(money: Money) -> None:
    whole, dot, fraction = money.amount_text.partition(".")
    head, last = whole[:-3], whole[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    assert read_money(",".join([*pairs, last]) + dot + fraction, currency=money.currency, style=MoneyStyle()) == money


@given(st.text(max_size=40), st.one_of(st.none(), currencies), st.one_of(st.none(), styles))
def test_any_text_is_money_or_could_not_be_read(text: str, currency: Currency | None, style: MoneyStyle | None) -> None:
    try:
        money = read_money(text, currency=currency, style=style)
    except CouldNotRead:
        return
    assert money.minor >= 0
    assert currency in (None, money.currency)


@given(st.text(alphabet="0123456789.,' -+$€USDER\u00a0", max_size=16))
def test_money_like_text_never_gains_a_digit(text: str) -> None:
    try:
        money = read_signed_money(text, currency=USD)
    except CouldNotRead:
        return
    digits = "".join(mark for mark in text if mark.isdigit())
    assert str(abs(money.minor)) in {digits.lstrip("0") + "0" * n for n in range(3)} | {"0"}


@pytest.mark.parametrize("marks", [(".", "."), ("x", ","), (".", "x"), ("", ","), (" ", ",")])
def test_a_style_that_is_none_is_refused(marks: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="not a money format"):
        MoneyStyle(*marks)
