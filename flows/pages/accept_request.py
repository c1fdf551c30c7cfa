"""Accepting a freelancer's request: the button on its row, and what that button leads to.

On one site it opens the create form with the request's figures in it, on another pressing it is the act itself: the
profile says which. Either way the figures of the row are held against what was approved before anything is pressed.
"""

from __future__ import annotations

import re

from playwright.async_api import Locator

from assistant.errors import CouldNotRead, Mismatch
from assistant.money import shown
from assistant.site import Look, Step, Submission
from flows.elements import appear, only, ready
from flows.pages.acting import Act, act
from flows.pages.create_milestone import Prepared, prepare_form, submit_form
from flows.profile import Signal
from flows.tab import Tab


async def prepare_accept(tab: Tab, step: Step, look: Look) -> Prepared:
    """Find the request's row, check it against the step, and get as far as the last click."""
    _check_request(step, look, tab.page.url)
    spec = tab.profile.hands.accept
    async with tab.watch.over("finding the request's button", tab.profile.hands.waits.read):
        button = await _button(tab, step.request_ref or "")
        await ready(button, spec.button, "the button of the request")
        if not spec.opens_form:
            await button.click(trial=True)
            return Prepared(step, spec.button, button, ())
        await button.click()
        await appear(tab.page, tab.profile.hands.create.shown)
    return await prepare_form(tab, tab.profile.hands.create, step)


def _check_request(step: Step, look: Look, url: str) -> None:
    """The request on the page must be the one that was approved, word for word and cent for cent."""
    found = [request for request in look.requests if request.site_ref == step.request_ref]
    if len(found) != 1:
        raise CouldNotRead(f"request {step.request_ref} is not on the page", where=url, hint="make a new preview")
    request = found[0]
    if request.amount != step.amount or " ".join(request.description.split()) != " ".join(step.description.split()):
        raise Mismatch(
            f"request {step.request_ref} is {request.amount} for {shown(request.description)}, approved was "
            f"{step.amount} for {shown(step.description)}",
            where=url,
            hint="nothing was submitted; the freelancer may have changed it: make a new preview",
        )


async def _button(tab: Tab, ref: str) -> Locator:
    spec = tab.profile.hands.accept
    if not re.fullmatch(r"[\w.-]{1,60}", ref):
        raise CouldNotRead(f"{shown(ref)} is not the reference of a request", where=tab.page.url)
    row = await only(tab.page, [text.replace("{ref}", ref) for text in spec.row], f"the row of request {ref}")
    return await only(row, spec.button.find, f"the button of request {ref}")


async def submit_accept(tab: Tab, prepared: Prepared) -> Submission:
    """Press the last button, once."""
    hands = tab.profile.hands
    if hands.accept.opens_form:
        return await submit_form(tab, prepared, hands.create)
    row = [text.replace("{ref}", prepared.step.request_ref or "") for text in hands.accept.row]
    return await act(
        tab,
        Act(
            step=prepared.step.kind.value,
            element=prepared.element,
            button=prepared.button,
            amount=prepared.step.amount,
            signals={"cart": Signal(url=hands.urls.is_cart), "row gone": Signal(gone=row[0])},
            banner=hands.create.errors,
        ),
    )
