"""People in place of people: each acts at a page of the browser, as somebody in front of its window would."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from playwright.async_api import Error as PlaywrightError

from flows.reading_site import ReadingSite

SHOWN = "[data-milepost]"
"""The button that a guided step shows."""


async def presses(site: ReadingSite, *, clicks: int = 1) -> None:
    """Presses each button that is shown, as soon as it is."""
    while True:
        with contextlib.suppress(PlaywrightError):
            button = site.tab.page.locator(SHOWN)
            await button.wait_for(timeout=0)
            await button.click(click_count=clicks, timeout=5000)
            await button.wait_for(state="hidden", timeout=5000)
        await asyncio.sleep(0)


async def double_clicks(site: ReadingSite) -> None:
    """The same, with a double click each time."""
    await presses(site, clicks=2)


async def signs_in(site: ReadingSite) -> None:
    """Signs in whenever the login page is there, with a code if one is wanted."""
    page = site.tab.page
    await page.get_by_placeholder("Password").wait_for(timeout=0)
    await page.get_by_placeholder("Email or Username").fill(site.login)
    await page.get_by_placeholder("Password").fill("milepost")
    await page.get_by_role("button", name="Log In", exact=True).click()


async def signs_in_and_presses(site: ReadingSite) -> None:
    """Both, as they come."""
    await asyncio.gather(signs_in(site), presses(site))


STAND_INS: dict[str, Callable[[ReadingSite], Awaitable[None]]] = {
    each.__name__: each for each in (presses, double_clicks, signs_in, signs_in_and_presses)
}
