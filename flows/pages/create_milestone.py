"""The forms that put a milestone up, ask for one, or accept a request: opened, filled, read back, and submitted once.

`prepare` never submits: whatever it presses opens a form, and the gate has no pass for anything else. The client's
create form and the freelancer's request form differ in data only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator

from assistant.errors import CouldNotRead, Mismatch, SiteRefused
from assistant.money import shown
from assistant.site import Step, Submission
from flows.elements import Frozen, appear, examine, only, ready, visible
from flows.pages.acting import Act, act
from flows.profile import Button, Form, Signal
from flows.tab import Tab


@dataclass(frozen=True)
class Prepared:
    """A form that is filled and whose button can be pressed."""

    step: Step
    button: Button
    element: Locator
    fields: tuple[Locator, ...]
    """Amount and description; none where a request is accepted as it stands."""
    frozen: Frozen | None = None
    """Where there are no fields: the row or dialog that was held against the approval."""


async def prepare_form(tab: Tab, form: Form, step: Step) -> Prepared:
    """Open the form, type amount and description, read both back, and try whether the button can be pressed."""
    what = f"the form for a milestone ({step.kind})"
    wait = tab.profile.hands.waits.read
    async with tab.watch.over(f"opening {what}", wait):
        await _open(tab, form, what)
        scope = await only(tab.page, form.shown, what)
        amount = await only(scope, form.amount, "the field for the amount")
        description = await only(scope, form.description, "the field for the description")
        await _check_currency(amount, form, step)
    async with tab.watch.over(f"filling {what}", wait):
        await amount.fill(step.amount.amount_text)
        await description.fill(step.description)
        await description.blur()
    prepared_fields = (amount, description)
    await check_fields(tab, prepared_fields, step)
    button, element = await _submit_button(tab, form, scope)
    await _try(tab, form, element, button)
    return Prepared(step, button, element, prepared_fields)


async def _open(tab: Tab, form: Form, what: str) -> None:
    """Bring the form up, unless the page shows it already."""
    _, there = await visible(tab.page, form.shown)
    if there:
        return
    opener = await only(tab.page, form.open.find, f"the button that opens {what}")
    await ready(opener, form.open, f"the button that opens {what}")
    await opener.click()
    await appear(tab.page, form.shown)


async def _check_currency(amount: Locator, form: Form, step: Step) -> None:
    """The field's own label names the currency that the amount is typed in."""
    name = (await examine(amount)).name
    found = re.search(form.currency_label, name)
    if found is None:
        raise CouldNotRead(f"the amount's label {shown(name)} does not name a currency", where=amount.page.url)
    if found[1] != step.amount.currency.code:
        raise Mismatch(
            f"the form asks for {shown(found[1])}, and approved is {step.amount}",
            where=amount.page.url,
            hint="nothing was submitted; check the project's currency in the plan",
        )


async def check_fields(tab: Tab, fields: tuple[Locator, ...], step: Step) -> None:
    """Make sure that the fields hold exactly what was approved. `Mismatch` shows what they hold instead."""
    if not fields:
        return
    async with tab.watch.over("reading the form back", tab.profile.hands.waits.read):
        held = [await field.input_value() for field in fields]
    wanted = [step.amount.amount_text, step.description]
    for name, typed, found in zip(("amount", "description"), wanted, held, strict=True):
        if typed != found:
            raise Mismatch(
                f"the form holds the {name} {shown(found)} after {shown(typed)} was typed",
                where=tab.page.url,
                hint="nothing was submitted; the site may cut or round what is typed",
            )


async def check_prepared(tab: Tab, prepared: Prepared) -> None:
    """Make sure that what was prepared is still what the page holds. `Mismatch` shows what it holds instead."""
    await check_fields(tab, prepared.fields, prepared.step)
    if prepared.frozen is not None:
        async with tab.watch.over("reading the page back", tab.profile.hands.waits.read):
            await prepared.frozen.check()


async def _submit_button(tab: Tab, form: Form, scope: Locator) -> tuple[Button, Locator]:
    """The form's submit button: the first kind of button that the form shows."""
    async with tab.watch.over("finding the button that submits", tab.profile.hands.waits.read):
        for button in form.submits:
            found, count = await visible(scope, button.find)
            if count == 1:
                return button, found
            if count:
                break
    raise CouldNotRead(
        f"the button that submits: {count or 'no'} elements where there must be exactly one",
        where=tab.page.url,
        hint="the site may have changed: `milepost doctor` says what each locator finds",
    )


async def _try(tab: Tab, form: Form, element: Locator, button: Button) -> None:
    """Make sure the button is the right one and can be pressed; else say what the site's own validation says."""
    if said := await tab.said(form.errors):
        raise SiteRefused(
            f"the site does not take the form: {shown(said, longest=300)}",
            where=tab.page.url,
            hint="nothing was submitted; change the milestone in the plan",
            site_message=said,
        )
    async with tab.watch.over("trying whether the button can be pressed", tab.profile.hands.waits.read):
        await ready(element, button, "the button that submits")
        if not await element.is_enabled():
            raise SiteRefused(
                "the site keeps the button disabled, and does not say why",
                where=tab.page.url,
                hint="nothing was submitted; fill the form by hand to see what it wants",
            )
        await element.click(trial=True)


async def submit_form(tab: Tab, prepared: Prepared, form: Form) -> Submission:
    """Press the button that `prepare_form` made sure of, once."""
    signals = {"form gone": Signal(gone=form.gone)} if prepared.button.direct else {}
    return await act(
        tab,
        Act(
            step=prepared.step.kind.value,
            element=prepared.element,
            button=prepared.button,
            amount=prepared.step.amount,
            signals={"cart": Signal(url=tab.profile.hands.urls.is_cart), **signals},
            banner=form.errors,
            still=lambda: check_prepared(tab, prepared),
        ),
    )
