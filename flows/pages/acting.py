"""One act: the click that submits, watched from the moment before it to the answer, and never repeated.

Where a step has not been learned yet, the click is a person's (`flows.pages.pressing`); all the rest is the same.
`act` never raises for what the site, the line or the browser does, because none of it is an outcome: what left the
browser and what the site said are told, and only a later look says what happened. A cancelled act passes on.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator

from assistant.errors import MilepostError
from assistant.money import Money
from assistant.site import Submission
from flows.elements import ready
from flows.pages.pressing import AtThePage, await_press
from flows.pages.signals import ERROR_PAGE
from flows.profile import Button, Signal, path_of
from flows.tab import Tab, reason_of


async def _nothing_to_check() -> None:
    """For a page that holds nothing but its button."""


@dataclass(frozen=True)
class Act:
    """A click that moves money: on which element, for which step of the profile, and what may come of it."""

    step: str
    element: Locator
    button: Button
    amount: Money
    signals: Mapping[str, Signal]
    banner: str
    still: Callable[[], Awaitable[None]] = _nothing_to_check
    """Raises `MilepostError` when the page does not hold what was approved any more."""


async def act(tab: Tab, deed: Act) -> Submission:
    """Check the element a last time, click it once (or let a person press it), and wait for what comes of it."""
    if tab.gate.breach:
        return Submission(left=0, trouble=f"nothing was pressed: {tab.gate.breach}")
    try:
        async with tab.watch.over("checking the button", tab.profile.hands.waits.read):
            name = await ready(deed.element, deed.button, "the button")
        if said := await tab.said(deed.banner):
            return Submission(left=0, site_message=said, trouble="nothing was pressed: the page shows an error")
    except MilepostError as error:
        return Submission(left=0, trouble=f"nothing was pressed: {reason_of(error)}")
    tab.gate.begin()
    tab.gate.allow(deed.step)
    tab.dialogs.expect(deed.step, deed.amount)
    try:
        if tab.at_the_page is not None and tab.at_the_page.presses(deed.step):
            return await _watch_and_see(tab, deed, tab.at_the_page, name)
        return await _click_and_see(tab, deed)
    finally:
        tab.gate.shut()
        tab.dialogs.expect_none()


async def _watch_and_see(tab: Tab, deed: Act, at: AtThePage, name: str) -> Submission:
    """A person presses. Their dialogs are theirs to answer."""
    with tab.dialogs.by_person():
        why_not = await await_press(tab, deed, name)
        if why_not is not None:
            return Submission(left=tab.gate.left, trouble=why_not, guided=True)
        seen = await _see(tab, deed, [])
    return replace(seen, guided=True, pressed=at.pressed(deed.step))


async def _click_and_see(tab: Tab, deed: Act) -> Submission:
    trouble: list[str] = []
    try:
        async with tab.watch.over("pressing the button", tab.profile.hands.waits.act):
            await deed.element.click(timeout=tab.profile.hands.waits.act * 1000)
    except MilepostError as error:
        trouble.append(reason_of(error))
    return await _see(tab, deed, trouble)


async def _see(tab: Tab, deed: Act, trouble: list[str]) -> Submission:
    """What came of a click that was made."""
    signal = message = ""
    if not tab.watch.is_broken():
        signal, message, lost = await _answer(tab, deed)
        trouble += lost
    trouble += [f"a dialog was dismissed: {text}" for text in tab.dialogs.dismissed]
    if breach := await tab.gate.settled():
        trouble.append(breach)
    if not tab.watch.is_broken() and not await tab.gate.answered(0 if trouble else tab.profile.hands.waits.act):
        trouble.append("a money request left the browser and was not answered")
    if tab.gate.lost:
        trouble.append(f"the line dropped without an answer to {', '.join(tab.gate.lost)}")
    if tab.gate.held:
        trouble.append(f"held back at the gate: {', '.join(tab.gate.held)}")
    request_id = tab.profile.hands.request_id
    found = re.search(request_id, message) if request_id is not None else None
    plain_no = signal == "banner" and any(text in message for text in tab.profile.hands.plain_no)
    return Submission(
        left=tab.gate.left,
        site_message=message or None,
        request_id=found[1] if found else None,
        refused=plain_no and not trouble,
        trouble="; ".join(trouble) or None,
    )


async def _answer(tab: Tab, deed: Act) -> tuple[str, str, list[str]]:
    """(name of the signal, the site's message, troubles)."""
    signals = {"login": Signal(url=tab.profile.hands.urls.is_login), "banner": Signal(css=deed.banner), **deed.signals}
    if tab.dialogs.dismissed:
        return "", "", []
    try:
        signal = await tab.outcome(signals, "waiting for the site's answer")
        if signal == ERROR_PAGE:
            return signal, "", ["the line dropped: the browser shows its own error page"]
        if signal == "login":
            return signal, "", ["the site asks to log in again"]
        if signal != "banner":
            return signal, "", []
        message = await tab.said(deed.banner)
        return signal, message, [] if message else ["the site showed an error and went on before it could be read"]
    except MilepostError as error:
        message = ""
        with contextlib.suppress(MilepostError, PlaywrightError):
            message = await tab.said(deed.banner)
        return "", message, [reason_of(error)]


def where(tab: Tab) -> str:
    """Path and query of the page, for messages."""
    return path_of(tab.page.url)
