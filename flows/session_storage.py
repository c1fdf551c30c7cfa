"""sessionStorage as a part of a kept session, for sites whose sign-in is lost without it.

A browser's own saved state leaves it out: it belongs to a tab. A profile's `session_storage` says that it is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from playwright.async_api import BrowserContext, Page

from flows.watch import Watch

KEY = "sessionStorage"
"""Where it stands in a session's state, beside what the browser saves: the origin, and names with their texts."""

_RESTORE = """((kept) => {
  if (location.origin !== kept.origin || sessionStorage.length) return;
  for (const [name, text] of Object.entries(kept.items)) sessionStorage.setItem(name, text);
})"""


async def with_session_storage(state: Mapping[str, Any], page: Page, watch: Watch, origin: str) -> dict[str, Any]:
    """The state with what the page's own tab holds, if the page is of that origin."""
    async with watch.over("saving what the tab holds", 5):
        here, items = await page.evaluate("() => [location.origin, {...sessionStorage}]")
    return {**state, KEY: {"origin": origin, "items": items}} if here == origin and items else dict(state)


def without_session_storage(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The part of a state that the browser takes itself."""
    return {name: part for name, part in state.items() if name != KEY} if state else None


async def restore(context: BrowserContext, state: Mapping[str, Any] | None) -> None:
    """Give each new tab of a context what was kept, before the site's own scripts run; a tab that has some keeps it."""
    if state and (kept := state.get(KEY)):
        await context.add_init_script(f"{_RESTORE}({json.dumps(kept)})")
