"""A guided step: the person presses, Milepost watches. The button is shown to them, never pressed for them.

While the person is waited for, the page is held again and again against what was approved; a field or a cart that has
changed ends the wait, and the gate is shut. What lets one request through is the same pass that an automatic click
would have had, so a double click is sent once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from assistant.errors import MilepostError, NobodyCame
from assistant.money import shown
from assistant.person import BEAT, Need, Person
from assistant.site import Press

if TYPE_CHECKING:
    from flows.pages.acting import Act
    from flows.tab import Tab

_LISTEN = files("flows.pages").joinpath("press.js").read_text(encoding="utf-8")
_SHOW = """(element) => {
  globalThis.milepostAwaits = element;
  element.dataset.milepost = 'press';
  element.scrollIntoView({block: 'center'});
  element.style.outline = '4px solid #d9480f';
  element.style.outlineOffset = '3px';
}"""
_DEEDS: Mapping[str, str] = {
    "create": "creates the milestone",
    "accept": "accepts the request",
    "pay": "pays",
    "request": "asks for the milestone",
    "withdraw": "takes the request back",
    "request_release": "asks for the release",
    "release": "releases the money",
}


class AtThePage:
    """A person at the pages of one context: for which steps they press, and what they pressed last."""

    def __init__(self, person: Person, alone: frozenset[str]) -> None:
        self.person = person
        self._alone = alone
        self._presses: list[Mapping[str, Any]] = []

    async def attach(self, context: BrowserContext) -> None:
        """Listen to presses on every page of a context, from the start of each."""
        await context.expose_binding("milepostPressed", lambda _source, told: self._told(told))
        await context.add_init_script(_LISTEN)

    def presses(self, step: str) -> bool:
        """Whether this step is the person's to press."""
        return step not in self._alone

    def _told(self, told: object) -> None:
        if isinstance(told, dict) and len(self._presses) < 100:
            self._presses.append(told)

    def begin(self) -> None:
        """Forget what was pressed before the person was asked."""
        self._presses.clear()

    def pressed(self, step: str) -> Press | None:
        """The last thing that was pressed since then, cut to size: the page could tell anything."""
        if not self._presses:
            return None
        told = self._presses[-1]
        found = told.get("locators")
        locators = tuple(str(text)[:200] for text in found[:3]) if isinstance(found, list) else ()
        role, name = str(told.get("role"))[:40], str(told.get("name"))[:120]
        return Press(step, role, name, locators, expected=told.get("expected") is True)


async def await_press(tab: Tab, deed: Act, name: str) -> str | None:
    """Show the button and wait until a money request of this step was let through. Returns why none was, or None."""
    at = tab.at_the_page
    assert at is not None  # noqa: S101  # the caller asked whether the person presses
    at.begin()
    words = f"press {shown(name)}, which {_DEEDS.get(deed.step, 'goes on')}: {deed.amount}"
    async with at.person.asked(Need.PRESS, f"{words}; it is marked in the window on {tab.origin}, nothing else there"):
        with contextlib.suppress(PlaywrightError):
            await tab.page.bring_to_front()
            await deed.element.evaluate(_SHOW)
        try:
            while not await tab.gate.used(BEAT):
                await _still_in_order(tab, deed)
                at.person.check()
        except MilepostError as error:
            tab.gate.shut()
            if tab.gate.passed:  # it was pressed while this was found out
                return None
            why = error.message if isinstance(error, NobodyCame) else f"nobody pressed it: {error.message}"
            return f"nothing was submitted: {why}"
    return None


async def _still_in_order(tab: Tab, deed: Act) -> None:
    """The page is still the one that was prepared, and holds what was approved. Raises otherwise."""
    if tab.page.is_closed():
        raise NobodyCame("the window was closed")
    if tab.gate.breach:
        raise NobodyCame(tab.gate.breach)
    await deed.still()
