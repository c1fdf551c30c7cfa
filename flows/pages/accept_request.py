"""Accepting a freelancer's request: the button on its row, and what that button leads to.

On one site it opens the create form with the request's figures in it, on another pressing it is the act itself: the
profile says which. Either way the figures of the row are held against what was approved before anything is pressed.
"""

from __future__ import annotations

from assistant.site import Look, Step, Submission
from flows.elements import appear
from flows.pages.create_milestone import Prepared, prepare_form, submit_form
from flows.pages.row_button import check_row, find_button, prepare_row, submit_row
from flows.profile import Accept, Form, described
from flows.tab import Tab


async def prepare_accept(tab: Tab, spec: Accept, step: Step, look: Look) -> Prepared:
    """Find the request's row, check it against the step, and get as far as the last click."""
    if not spec.opens_form:
        return await prepare_row(tab, spec, step, look)
    form = _form(tab)
    check_row(step, look, tab.page.url)
    async with tab.watch.over("opening the form of the request", tab.profile.hands.waits.read):
        await (await find_button(tab, spec, step)).click()
        await appear(tab.page, form.shown)
    return await prepare_form(tab, form, step)


async def submit_accept(tab: Tab, spec: Accept, prepared: Prepared) -> Submission:
    """Press the last button, once."""
    if spec.opens_form:
        return await submit_form(tab, prepared, _form(tab))
    return await submit_row(tab, spec, prepared)


def _form(tab: Tab) -> Form:
    return described(tab.profile.hands.create, "what the form of a request looks like")
