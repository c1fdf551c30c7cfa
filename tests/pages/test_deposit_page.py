"""The deposit page: what it shows, what it preselects, what it refuses."""

import re

import pytest
from playwright.sync_api import Page, expect


def to_deposit(page: Page, amount: str) -> None:
    page.locator(".payments-actions").get_by_role("button", name="Create Milestone").click()
    page.get_by_label(re.compile("^Amount")).fill(amount)
    page.get_by_label("Description", exact=True).fill("Design")
    page.locator('[fltrackinglabel="MilestoneCreateModalCreateCartButton"] button').click()
    page.wait_for_url(re.compile(r"/deposit\?cartId="))
    expect(page.locator("section.checkout")).to_have_attribute("aria-busy", "false")


def summary(page: Page) -> list[tuple[str, str]]:
    rows = page.get_by_role("table", name="Summary").locator("tbody tr")
    return [(row.locator("th").inner_text(), row.locator("td").inner_text()) for row in rows.all()]


def test_rows_follow_the_chosen_source(visit, page):
    visit("anna", "Bid already used up")
    to_deposit(page, "100")
    heads = page.get_by_role("table", name="Summary").get_by_role("columnheader").all_inner_texts()
    assert heads == ["Item", "Amount"]
    items = [("Design", "$100.00 USD"), ("Project Fee", "$3.00 USD")]
    assert summary(page) == [
        *items,
        ("Processing Fee", "Free"),
        ("Subtotal", "$103.00 USD"),
        ("Total", "$103.00 USD"),
    ]
    page.get_by_label("Visa ending in 4242").check()
    assert summary(page) == [
        *items,
        ("Deposit Amount", "$103.00 USD"),
        ("Processing Fee", "$2.67 USD"),
        ("Subtotal", "$103.00 USD"),
        ("Total", "$105.67 USD"),
    ]
    page.get_by_label(re.compile("balance in EUR")).check()
    assert ("Equivalent Balance", "€95.38 EUR") in summary(page)
    expect(page.get_by_role("heading", name="More payment methods")).to_be_visible()
    expect(page.locator('[data-source="paypal"]')).to_have_attribute("data-verified", "false")


def test_a_converted_balance_is_preselected_when_the_own_one_does_not_suffice(visit, page):
    visit("euro-otto", "Dollar project of a euro client")
    to_deposit(page, "100")
    expect(page.locator('[data-source="balance:EUR"] input')).to_be_checked()
    expect(page.get_by_role("row", name="Equivalent Balance")).to_contain_text("€92.60 EUR")


def test_an_unverified_source_is_neither_preselected_nor_accepted(visit, mock, page):
    visit("unverified-uma", "Unverified card project")
    to_deposit(page, "100")
    pay = page.get_by_role("button", name="Confirm Payment")
    expect(pay).to_be_disabled()
    page.get_by_label("Visa ending in 1881 (unverified)").check()
    pay.click()
    expect(page.get_by_role("alert")).to_have_text(
        re.compile("add a verified payment method.*request_id: [0-9a-f]{32}")
    )
    assert mock.truth()["charges"] == []


def test_nothing_to_pay_with(visit, page):
    visit("nofunds-nora", "No funds project")
    to_deposit(page, "100")
    expect(page.get_by_text("You have to either add a verified payment method or add funds")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm Payment")).to_be_disabled()


def test_an_unpaid_cart_is_listed_resumed_and_discarded(visit, mock, page):
    visit("anna", "Artist marketplace website")
    to_deposit(page, "100")
    first = page.url
    page.goto(f"{mock.origin}{mock.titled('Artist marketplace website')['url']}/payments")
    expect(page.locator("section.carts .end")).to_have_text("Showing 1 of 1 unpaid carts")
    expect(page.locator("[data-cart-id] .amount")).to_have_text("$100.00 USD")
    page.get_by_role("link", name="Resume").click()
    assert page.url == first
    page.go_back()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("section.carts .end")).to_have_text("No unpaid carts")
    assert mock.truth()["carts"][0]["status"] == "discarded"


@pytest.mark.parametrize("kind", ["error200", "http500"])
def test_an_error_after_the_charge_looks_like_any_error(visit, mock, page, kind):
    visit("anna", "Artist marketplace website")
    to_deposit(page, "100")
    mock.arm("cart.process", kind, "after")
    page.get_by_role("button", name="Confirm Payment").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("Unable to create milestone.*request_id: [0-9a-f]{32}"))
    assert len(mock.truth()["charges"]) == 1
    page.goto(page.url)
    expect(page).to_have_url(re.compile(r"/cart\?cartId="))
