"""Waiting for the first of several things that a page may do: an address, a text, something that goes away."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from playwright.async_api import Page

from flows.profile import Signal
from flows.watch import Watch

_SCRIPT = files("flows.pages").joinpath("signal.js").read_text(encoding="utf-8")
ERROR_PAGE = "error page"
"""The browser's own page for a dropped line or an aborted request."""


async def first_signal(page: Page, watch: Watch, signals: Mapping[str, Signal], *, what: str, seconds: float) -> str:
    """The name of the first signal that holds, or `ERROR_PAGE`. `CouldNotRead` when none does in time."""
    asked = {name: signal.model_dump(mode="json") for name, signal in signals.items()}
    async with watch.over(what, seconds):
        handle = await page.wait_for_function(_SCRIPT, arg=asked, timeout=0)
        return str(await handle.json_value())


async def texts_in(page: Page, watch: Watch, css: str) -> str:
    """The visible text of all elements that a CSS selector finds, joined; "" for none."""
    async with watch.over("reading what the site says", 5):
        found = await page.locator(css).filter(visible=True).all_inner_texts()
    return " ".join(" ".join(text.split()) for text in dict.fromkeys(found)).strip()
