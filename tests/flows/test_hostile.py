"""Hostile pages: texts that would be something else elsewhere, pages that send by themselves, carts that change."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Page

from assistant.approval import SpendLimits
from assistant.cart import check_sum, choose_source
from assistant.money import Money
from assistant.site import StepKind
from flows.browser import OwnedBrowser
from flows.evidence import Evidence
from tests.flows.conftest import OpenSite, known, step
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SITE = "38112233"
TEXTS = [
    "[@click=app.quit]Milestone[/]",
    "<script>fetch('/api/projects/0.1/milestones/', {method: 'POST'})</script>",
    '"><img src=x onerror="document.title=1">',
    '=HYPERLINK("http://evil.example","pay")',
    "\x1b[2J\x1b[31mfunded",
    "funded \u202edesaeler\u202c",
    "first line\nsecond line\r\n\tthird",
    "$(touch /tmp/owned) `id` %s {0} ../../etc/passwd",
    "x" * 10_000,
]


def one_line(text: str) -> str:
    return " ".join(text.split())


async def test_texts_are_read_as_they_are_and_do_nothing(open_as: OpenSite, mock: MockPlatform) -> None:
    """In titles, in descriptions of milestones and of requests; and what is typed is typed as it is."""
    rows = [{"description": text, "amount": "10.00", "status": "frozen"} for text in TEXTS]
    asked = [{"description": text, "amount": "11.00", "status": "pending"} for text in TEXTS]
    made = [{"title": text, "client": "anna", "freelancer": "ben", "bid": "900.00"} for text in TEXTS]
    made.append({"title": "All of it", "client": "anna", "freelancer": "ben", "bid": "900.00", "milestones": rows,
                 "requests": asked})  # fmt: skip
    mock.reset({"base": "empty", "projects": made, "balances": {"anna": {"USD": "9000.00"}}})
    site = await open_as()
    listed = {one_line(project.title) for project in await site.projects()}
    assert listed == {one_line(text) for text in TEXTS} | {"All of it"}
    ref = next(row["ref"] for row in mock.truth()["projects"] if row["title"] == "All of it")
    look = await site.look(known(mock, ref))
    for rows_read in (look.milestones, look.requests):
        assert {one_line(row.description) for row in rows_read} == {one_line(text) for text in TEXTS}
    typed = [text for text in TEXTS if len(text) <= 100 and one_line(text) == text and text.isprintable()]
    wanted = step(mock, StepKind.CREATE, ref, typed[0], "12.00 USD")
    await site.prepare(wanted)
    assert (await site.submit(wanted)).trouble is None
    assert (await site.cart(wanted)).items[0].description == typed[0]
    assert "/api/projects/0.1/milestones/" not in {row["path"] for row in mock.truth()["money_requests"]}
    assert (await site.tab.page.title()) != "1"


async def test_no_text_names_a_picture(owned_browser: OwnedBrowser, tmp_path: Path) -> None:
    """A picture lands in its folder under a plain name, whatever it was to be called."""
    context = await owned_browser.new_context()
    page = await context.new_page()
    evidence = Evidence(tmp_path / "run-1")
    for text in TEXTS:
        picture = await evidence.picture(page, text)
        assert picture is not None
        assert (picture.parent, picture.name.isascii(), len(picture.name) <= 90) == (tmp_path / "run-1", True, True)
        assert not any(unicodedata.category(char).startswith("C") for char in picture.name)
    await owned_browser.close_context(context)


async def test_no_picture_shows_a_card_number(owned_browser: OwnedBrowser, tmp_path: Path) -> None:
    context = await owned_browser.new_context()
    page = await context.new_page()
    await page.set_content('<input autocomplete="cc-number"><input autocomplete="one-time-code"><input type=password>')
    shots = []
    for digit in ("4", "7"):
        for field in await page.locator("input").all():
            await field.fill(digit * 16)
            await field.blur()
        picture = await Evidence(tmp_path).picture(page, digit)
        assert picture is not None
        shots.append((picture.read_bytes(), await page.screenshot()))
    assert shots[0][0] == shots[1][0]
    assert shots[0][1] != shots[1][1]
    await owned_browser.close_context(context)


async def test_no_outline_tells_what_no_picture_shows(owned_browser: OwnedBrowser, tmp_path: Path) -> None:
    """Fields are outlined with what they hold; text that a profile masks as well."""
    context = await owned_browser.new_context()
    page = await context.new_page()
    evidence = Evidence(tmp_path, mask=[".card"])
    for field in ("<input type=password>", "<input autocomplete=one-time-code>", "<input autocomplete=cc-number>"):
        await page.set_content(f"<h1>Pay</h1>{field}")
        outline = await evidence.outline(page, "empty")
        assert outline is not None
        assert "Pay" in outline.read_text()
        await page.locator("input").fill("246810")
        assert await evidence.outline(page, "held") is None
    await page.set_content("<h1>Pay</h1><p class=card>4111 1111</p>")
    assert await evidence.outline(page, "held") is None
    assert not (tmp_path / "held.txt").exists()
    assert len(evidence.notes) == 4
    await owned_browser.close_context(context)


class Hanging:
    """Stands in for a page that never answers."""

    def locator(self, _css: str) -> Hanging:
        return self

    async def screenshot(self, **_: object) -> bytes:
        await asyncio.Event().wait()
        return b""

    async def evaluate_all(self, _script: str) -> bool:
        await asyncio.Event().wait()
        return False


async def test_a_page_that_hangs_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.evidence.SECONDS", 0.01)
    evidence, page = Evidence(tmp_path), cast(Page, Hanging())
    async with asyncio.timeout(20):
        assert await evidence.picture(page, "hangs") is None
        assert await evidence.outline(page, "hangs") is None
    assert evidence.notes == [
        "no picture hangs.jpg: 'not done within 0.01 s'",
        "no outline hangs.txt: 'not done within 0.01 s'",
    ]


BY_ITSELF = """addEventListener('load', () => {
  for (const path of ['/api/projects/0.1/milestones/', '/api/payments/0.1/carts/1', '/api/payments/0.1/deposits/'])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      fetch(path, {method, body: JSON.stringify({action: 'process'})}).catch(() => 0);
})"""


async def test_a_page_that_submits_by_itself_sends_nothing_but_what_is_pressed(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as()
    await site.tab.page.context.add_init_script(BY_ITSELF)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    assert (await site.look(wanted.project)).milestones == ()
    await site.prepare(wanted)
    assert await site.tab.gate.settled() is None
    assert mock.truth()["money_requests"] == []
    await site.submit(wanted)
    sent = [(row["method"], row["path"]) for row in mock.truth()["money_requests"]]
    assert [path for _, path in sent].count("/api/payments/0.1/carts/") == 1
    assert ("PUT", "/api/payments/0.1/carts/1") not in sent
    assert mock.truth()["charges"] == []


@pytest.mark.parametrize(
    "change",
    [
        "document.querySelector('table tbody').insertAdjacentHTML('afterbegin', '<tr><td>More</td><td>$5.00 USD</td>')",
        "for (const cell of document.querySelectorAll('td, th'))"
        " if (cell.textContent.includes('500.00')) cell.textContent = '$5,000.00 USD'",
        "document.querySelector(\"input[type=radio][value='card:4242']\").click()",
    ],
    ids=["item", "amount", "source"],
)
async def test_a_cart_that_changes_between_the_check_and_the_click_is_not_paid(
    open_as: OpenSite, mock: MockPlatform, change: str
) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    cart = await site.cart(wanted)
    await site.tab.page.evaluate(change)
    paid = await site.pay(cart)
    assert (paid.left, "the cart changed" in (paid.trouble or "")) == (0, True), paid
    assert mock.truth()["charges"] == []


async def test_the_fee_for_going_over_the_bid_is_read_from_the_cart(open_as: OpenSite, mock: MockPlatform) -> None:
    """It costs a project fee, which the cart alone shows."""
    bid = Money.parse(f"{mock.project(SITE)['bid']} USD")
    wanted = step(mock, StepKind.CREATE, SITE, "All and more", str(bid + Money.parse("100.00 USD")))
    site = await open_as()
    await site.prepare(wanted)
    await site.submit(wanted)
    cart = await site.cart(wanted)
    assert {fee.name: str(fee.amount) for fee in cart.fees if fee.amount.minor} == {"Project Fee": "3.00 USD"}
    assert choose_source(cart, wanted, SpendLimits()).selected
    assert str(check_sum(cart, wanted)) == "3.00 USD"
