"""Accepting a freelancer's request: the button on its row, and what that button leads to.

On one site it opens the create form with the request's figures in it, on another pressing it is the act itself: the
profile says which. Either way the figures of the row are held against what was approved before anything is pressed.
"""

from __future__ import annotations

from assistant.site import Look, Step, Submission
from flows.elements import appear
from flows.pages.create_milestone import Prepared, prepare_form, submit_form
from flows.pages.row_button import check_row, find_button, prepare_row, submit_row
from flows.tab import Tab


async def prepare_accept(tab: Tab, step: Step, look: Look) -> Prepared:
    """Find the request's row, check it against the step, and get as far as the last click."""
    hands = tab.profile.hands
    if not hands.accept.opens_form:
        return await prepare_row(tab, hands.accept, step, look)
    check_row(step, look, tab.page.url)
    async with tab.watch.over("opening the form of the request", hands.waits.read):
        await (await find_button(tab, hands.accept, step)).click()
        await appear(tab.page, hands.create.shown)
    return await prepare_form(tab, hands.create, step)


async def submit_accept(tab: Tab, prepared: Prepared) -> Submission:
    """Press the last button, once."""
    hands = tab.profile.hands
    if hands.accept.opens_form:
        return await submit_form(tab, prepared, hands.create)
    return await submit_row(tab, hands.accept, prepared)
