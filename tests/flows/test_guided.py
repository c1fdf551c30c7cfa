"""Guided steps in a real browser: the person presses, Milepost watches, and only what was approved is let out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page

from assistant.errors import LiveRefused
from assistant.site import MilestoneState, StepKind, Submission
from flows.browser import OwnedBrowser
from flows.profile import Profile
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.flows.people import Somebody, helper
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SITE = "38112233"
NOTHING_LEARNED: frozenset[str] = frozenset()
Hand = Callable[[Page], Awaitable[None]]


@pytest.fixture
def with_window(owned_browser: OwnedBrowser, monkeypatch: pytest.MonkeyPatch) -> OwnedBrowser:
    monkeypatch.setattr(owned_browser, "has_window", True)
    return owned_browser


async def press(page: Page) -> None:
    await page.locator("[data-milepost]").click()


async def press_twice(page: Page) -> None:
    await page.locator("[data-milepost]").dblclick()


async def watched(site: BrowserSite, somebody: Somebody, act: Awaitable[Submission], hand: Hand) -> Submission:
    """What comes of an act while a person's hand is at the page."""
    acting = asyncio.ensure_future(act)
    await somebody.waits.wait()
    await site.tab.page.locator("[data-milepost]").wait_for()
    await hand(site.tab.page)
    return await acting


@pytest.mark.parametrize("hand", [press, press_twice])
async def test_the_person_presses_and_it_is_sent_once(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform, hand: Hand
) -> None:
    somebody = Somebody()
    site = await open_as(helper=helper(somebody, with_window), alone=NOTHING_LEARNED)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    assert mock.truth()["money_requests"] == []
    created = await watched(site, somebody, site.submit(wanted), hand)
    paid = await watched(site, somebody, site.pay(await site.cart(wanted)), hand)
    presses = [each.pressed for each in (created, paid)]
    assert [(one.step, one.name, one.expected) for one in presses if one] == [
        ("create", "Create Milestone", True),
        ("pay", "Confirm Payment", True),
    ]
    assert all(each.guided for each in (created, paid))
    assert presses[1] is not None
    assert presses[1].locators[0] == 'role=button[name="Confirm Payment"]'
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]
    assert len(mock.truth()["charges"]) == 1
    assert [row["path"] for row in mock.truth()["money_requests"]].count("/api/payments/0.1/carts/") == 1


async def edit_the_amount(page: Page) -> None:
    await page.get_by_label("Amount").fill("5000.00")


async def cancel(page: Page) -> None:
    await page.get_by_role("button", name="Cancel").click()


async def close_the_window(page: Page) -> None:
    await page.close()


@pytest.mark.parametrize(
    ("hand", "why"),
    [(edit_the_amount, "5000.00"), (cancel, "nobody pressed it"), (close_the_window, "window was closed")],
)
async def test_anything_else_ends_the_wait_with_nothing_sent(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform, profile: Profile, hand: Hand, why: str
) -> None:
    somebody = Somebody()
    profile = profile.with_waits(read=1.0)
    site = await open_as(profile=profile, helper=helper(somebody, with_window), alone=NOTHING_LEARNED)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await watched(site, somebody, site.submit(wanted), hand)
    assert (submission.guided, submission.pressed, submission.left) == (True, None, 0)
    assert why in (submission.trouble or "")
    if hand is edit_the_amount:  # and pressing it now lets nothing out any more
        await site.tab.page.get_by_role("button", name="Create Milestone").last.click()
        assert await site.tab.gate.settled() is None
        assert site.tab.gate.held
    assert mock.truth()["money_requests"] == []


async def test_a_cart_that_changes_before_the_press_is_not_paid(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform
) -> None:
    async def choose_the_card(page: Page) -> None:
        await page.locator("input[type=radio][value='card:4242']").check()

    somebody = Somebody()
    site = await open_as(helper=helper(somebody, with_window), alone=frozenset({"create"}))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    assert not (await site.submit(wanted)).guided  # that step has been learned
    submission = await watched(site, somebody, site.pay(await site.cart(wanted)), choose_the_card)
    assert "the cart changed" in (submission.trouble or "")
    assert mock.truth()["charges"] == []


async def test_nobody_who_comes_sends_nothing(open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform) -> None:
    site = await open_as(helper=helper(Somebody(gone=True), with_window), alone=NOTHING_LEARNED)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.guided, submission.left) == (True, 0)
    assert "nobody did what" in (submission.trouble or "")
    assert mock.truth()["money_requests"] == []


async def test_the_persons_dialogs_are_theirs(open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform) -> None:
    """A confirm() that no profile names: automatic runs dismiss it, a person answers it."""

    async def press_and_say_yes(page: Page) -> None:
        page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await press(page)

    mock.knobs(path="direct", confirm_dialog="Really pay {amount}?")
    somebody = Somebody()
    site = await open_as(helper=helper(somebody, with_window), alone=NOTHING_LEARNED)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await watched(site, somebody, site.submit(wanted), press_and_say_yes)
    assert submission.trouble is None
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]


async def test_a_release_is_pressed_by_a_person_too(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform
) -> None:
    mock.act("add", project=SITE, amount="500.00", description="Design")
    ref = mock.project(SITE)["milestones"][0]["ref"]
    somebody = Somebody()
    site = await open_as(helper=helper(somebody, with_window), alone=frozenset({"create", "pay"}))
    wanted = step(mock, StepKind.RELEASE, SITE, "Design", "500.00 USD", site_ref=ref)
    await site.prepare(wanted)
    submission = await watched(site, somebody, site.submit(wanted), press)
    assert submission.pressed is not None
    assert (submission.pressed.step, submission.trouble) == ("release", None)
    assert (await site.look(known(mock, SITE))).milestones[0].state is MilestoneState.RELEASED


async def test_without_a_window_nothing_is_prepared(
    open_as: OpenSite, owned_browser: OwnedBrowser, mock: MockPlatform
) -> None:
    site = await open_as(helper=helper(Somebody(), owned_browser), alone=frozenset({"create", "pay"}))
    with pytest.raises(LiveRefused, match="window"):
        await site.prepare(step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD"))
