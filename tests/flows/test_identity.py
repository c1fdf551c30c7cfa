"""Whose page it is: one of another origin, or one that another user sees, was not read; a payee is named whole."""

from __future__ import annotations

import pytest

from assistant.errors import CouldNotRead
from flows.pages.payments import check_identity
from flows.pages.reading import PageReading
from flows.pages.release import names_payee

ORIGIN = "https://www.freelancer.com"


def reading(url: str, login: str = "anna") -> PageReading:
    return PageReading(url, {"signed_in": login}, {}, ())


def test_the_accounts_own_page_is_taken() -> None:
    check_identity(reading(f"{ORIGIN}/projects/x/payments", "Anna"), ORIGIN, "anna")


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/projects/x", "http://www.freelancer.com/x", "https://www.freelancer.com.evil.example/"],
)
def test_a_page_of_another_origin_was_not_read_whatever_it_says(url: str) -> None:
    with pytest.raises(CouldNotRead, match="the account lives on"):
        check_identity(reading(url), ORIGIN, "anna")


def test_another_users_page_was_not_read() -> None:
    with pytest.raises(CouldNotRead, match="as signed in"):
        check_identity(reading(f"{ORIGIN}/x", "annabel"), ORIGIN, "anna")


def test_a_payee_is_named_whole_and_nobody_by_no_name() -> None:
    assert names_payee("Release 300.00 USD to Ben (K.)?", "Ben (K.)")
    assert not names_payee("Release 300.00 USD to Bennett?", "Ben")
    assert not names_payee("Release 300.00 USD to Ben?", "")
