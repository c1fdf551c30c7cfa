"""Releasing one milestone, which cannot be undone: its row's button, one dialog or two, a tick, and the last button.

The last dialog must name payee, description and amount as they were approved; a dialog that names less is left.
"""

from __future__ import annotations

import re

from playwright.async_api import Locator

from assistant.errors import Mismatch
from assistant.money import shown
from assistant.site import Look, Step, Submission
from flows.elements import Frozen, appear, names_amount, only, press, ready, visible
from flows.pages.acting import Act, act
from flows.pages.create_milestone import Prepared, Typed, check_fields, check_prepared
from flows.pages.row_button import check_row, find_button
from flows.profile import Release, Signal, described
from flows.tab import Tab


async def prepare_release(tab: Tab, spec: Release, step: Step, look: Look) -> Prepared:
    """Open the dialogs, make sure of the amount in each, tick the box. Nothing is released."""
    check_row(step, look, tab.page.url)
    async with tab.watch.over("opening the release", tab.profile.hands.waits.read):
        await (await find_button(tab, spec, step)).click()
        await appear(tab.page, (*spec.asks_amount, *spec.shown))
        first, count = await visible(tab.page, spec.asks_amount) if spec.asks_amount else (None, 0)
        if first is not None and count == 1:
            await _set_amount(tab, first, spec, step)
            await press(first, described(spec.go_on, "what leads to the last dialog"), "the button to the last dialog")
            await appear(tab.page, spec.shown)
        dialog = await only(tab.page, spec.shown, "the dialog of the release")
        fields = await _set_amount(tab, dialog, spec, step)
        await _check_words(tab, spec, dialog, step, look)
        if spec.sure:
            tick = await only(dialog, spec.sure, "the checkbox of the release")
            await tick.check()
            fields.append(Typed("tick", tick, "yes"))
        button = await only(dialog, spec.submit.find, "the button that releases")
        await ready(button, spec.submit, "the button that releases")
        await button.click(trial=True)
        frozen = await Frozen.of(dialog)
    return Prepared(step, spec.submit, button, tuple(fields), frozen)


async def _set_amount(tab: Tab, dialog: Locator, spec: Release, step: Step) -> list[Typed]:
    """Where a dialog asks for the amount, type it, leave the field as a person does, and read it back."""
    _, count = await visible(dialog, spec.amount) if spec.amount else (None, 0)
    if count == 0:
        return []
    field = Typed("amount", await only(dialog, spec.amount, "the amount of the release"), step.amount.amount_text)
    await field.element.fill(field.text)
    await field.element.blur()
    await check_fields(tab, (field,))
    return [field]


async def _check_words(tab: Tab, spec: Release, dialog: Locator, step: Step, look: Look) -> None:
    text = " ".join((await dialog.inner_text()).split())
    asked = (await visible(dialog, spec.amount))[1] if spec.amount else 0
    missing = [
        name
        for name, there in (
            ("payee", names_payee(text, look.project.counterparty)),
            ("description", " ".join(step.description.split()) in text),
            ("amount", asked == 1 or names_amount(text, step.amount, tab.profile.style)),
        )
        if not there
    ]
    if missing:
        raise Mismatch(
            f"the dialog of the release does not name the {', the '.join(missing)}: {shown(text, longest=200)}",
            where=tab.page.url,
            hint="nothing was released; look at the milestone on the site",
        )


def names_payee(text: str, who: str) -> bool:
    """Whether a text names somebody: whole, not within another name. Nobody is named by no name."""
    return bool(who) and re.search(rf"(?<!\w){re.escape(who)}(?!\w)", text) is not None


async def submit_release(tab: Tab, spec: Release, prepared: Prepared) -> Submission:
    """Press the last button, once."""
    return await act(
        tab,
        Act(
            step=prepared.step.kind.value,
            element=prepared.element,
            button=prepared.button,
            amount=prepared.step.amount,
            signals={"done": Signal(gone=spec.gone)},
            banner=spec.errors,
            still=lambda: check_prepared(tab, prepared),
        ),
    )
