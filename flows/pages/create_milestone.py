"""The forms that put a milestone up, ask for one, or accept a request: opened, filled, read back, and submitted once.

`prepare` never submits: whatever it presses opens a form, and the gate has no pass for anything else. The client's
create form and the freelancer's request form differ in data only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from playwright.async_api import Locator

from assistant.clock import now
from assistant.errors import CouldNotRead, Mismatch, SiteRefused
from assistant.money import shown
from assistant.site import Step, Submission
from flows.elements import Frozen, appear, examine, held, names_amount, only, press, put, ready, visible
from flows.pages.acting import Act, act
from flows.profile import Button, Form, FormField, Locators, Signal, Stage
from flows.tab import Tab


@dataclass(frozen=True)
class Typed:
    """A field of the form, what people call it, and what was put into it."""

    name: str
    element: Locator
    text: str


@dataclass(frozen=True)
class Prepared:
    """A form that is filled and whose button can be pressed."""

    step: Step
    button: Button
    element: Locator
    fields: tuple[Typed, ...]
    """Those that show beside the button; none where a request is accepted as it stands."""
    frozen: Frozen | None = None
    """Where amount and description are no fields there: the row or dialog that was held against the approval."""


async def prepare_form(tab: Tab, form: Form, step: Step) -> Prepared:
    """Open the form, fill its fields stage by stage, read them back, and try whether the button can be pressed."""
    what = f"the form for a milestone ({step.kind})"
    wait = tab.profile.hands.waits.read
    async with tab.watch.over(f"opening {what}", wait):
        await _open(tab, form, what)
        scope = await only(tab.page, form.shown, what)
    left = dict(_texts(tab, form, step))
    for stage in form.stages:
        here = {name: left.pop(name) for name in stage.fields}
        await _fill(tab, form, scope, here, step)
        async with tab.watch.over(f"going on in {what}", wait):
            await press(scope, stage.go_on, "the button that goes on")
            await appear(scope, _next(form, stage), tab.page.locator(form.errors))
        await check_said(tab, form.errors)
    fields = await _fill(tab, form, scope, left, step)
    frozen = None if left.keys() >= _OWN else await _review(tab, scope, _OWN - left.keys(), step)
    button, element = await _submit_button(tab, form, scope)
    await _try(tab, form, element, button)
    return Prepared(step, button, element, fields, frozen)


_OWN = frozenset({"amount", "description"})
"""The fields that say what was approved."""


def _texts(tab: Tab, form: Form, step: Step) -> Mapping[str, tuple[Locators, str]]:
    """Where each field of the form is, and what goes into it."""
    typed = tab.profile.typed(step.amount)
    own = {"amount": (form.amount, typed), "description": (form.description, step.description)}
    return {**own, **{name: (field.find, text_of(field, step)) for name, field in form.more.items()}}


def text_of(field: FormField, step: Step) -> str:
    """What goes into a further field of a form."""
    due = step.due or now().date() + timedelta(days=field.days)
    return field.text.replace("{due}", due.strftime(field.date))


def _next(form: Form, stage: Stage) -> Locators:
    """What shows that the stage after this one is there: a field of it, or the form's button."""
    after = form.stages[form.stages.index(stage) + 1 :]
    named = {name for each in form.stages for name in each.fields}
    names = after[0].fields if after else [name for name in (*sorted(_OWN), *form.more) if name not in named]
    own = {"amount": form.amount, "description": form.description}
    finds = [own.get(name) or form.more[name].find for name in names] or [one.find for one in form.submits]
    return tuple(text for find in finds for text in find)


async def _fill(
    tab: Tab, form: Form, scope: Locator, wanted: Mapping[str, tuple[Locators, str]], step: Step
) -> tuple[Typed, ...]:
    """Fill the fields that show now, and make sure that they hold it."""
    async with tab.watch.over("filling the form", tab.profile.hands.waits.read):
        fields = []
        for name, (find, text) in wanted.items():
            element = await only(scope, find, f"the field for the {name}")
            if name == "amount":
                await check_currency(element, form.currency_label, step)
            fields.append(Typed(name, element, text))
        for field in fields:
            await (field.element.fill(field.text) if field.name in _OWN else put(field.element, field.text))
        if fields:
            await fields[-1].element.blur()
    await check_fields(tab, tuple(fields))
    return tuple(fields)


async def _review(tab: Tab, scope: Locator, names: Collection[str], step: Step) -> Frozen:
    """A last stage that only shows what was typed before must show it as it was approved."""
    async with tab.watch.over("reading what the form shows", tab.profile.hands.waits.read):
        frozen = await Frozen.of(scope)
    shows = {
        "amount": names_amount(frozen.text, step.amount, tab.profile.style),
        "description": " ".join(step.description.split()) in frozen.text,
    }
    if missing := [name for name in sorted(names) if not shows[name]]:
        raise Mismatch(
            f"the form's last stage does not show the {' and the '.join(missing)} that were typed: "
            f"{shown(frozen.text, longest=200)}",
            where=tab.page.url,
            hint="nothing was submitted; the site may cut or round what is typed",
        )
    return frozen


async def _open(tab: Tab, form: Form, what: str) -> None:
    """Bring the form up, unless the page shows it already."""
    _, there = await visible(tab.page, form.shown)
    if there:
        return
    await press(tab.page, form.open, f"the button that opens {what}")
    await appear(tab.page, form.shown)


async def check_currency(amount: Locator, label: str, step: Step) -> None:
    """The field's own label names the currency that the amount is typed in."""
    name = (await examine(amount)).name
    found = re.search(label, name)
    if found is None:
        raise CouldNotRead(f"the amount's label {shown(name)} does not name a currency", where=amount.page.url)
    if found[1] != step.amount.currency.code:
        raise Mismatch(
            f"the form asks for {shown(found[1])}, and approved is {step.amount}",
            where=amount.page.url,
            hint="nothing was submitted; check the project's currency in the plan",
        )


async def check_fields(tab: Tab, fields: Sequence[Typed]) -> None:
    """Make sure that the fields hold exactly what goes into them. `Mismatch` shows what they hold instead."""
    if not fields:
        return
    async with tab.watch.over("reading the form back", tab.profile.hands.waits.read):
        found = [await held(field.element) for field in fields]
    for field, texts in zip(fields, found, strict=True):
        if field.text not in texts:
            raise Mismatch(
                f"the form holds the {field.name} {shown(texts[0])} after {shown(field.text)} was typed",
                where=tab.page.url,
                hint="nothing was submitted; the site may cut or round what is typed",
            )


async def check_prepared(tab: Tab, prepared: Prepared) -> None:
    """Make sure that what was prepared is still what the page holds. `Mismatch` shows what it holds instead."""
    await check_fields(tab, prepared.fields)
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


async def check_said(tab: Tab, css: str) -> None:
    """Raises `SiteRefused` with what the site's own validation says, if it says anything."""
    if said := await tab.said(css):
        raise SiteRefused(
            f"the site does not take the form: {shown(said, longest=300)}",
            where=tab.page.url,
            hint="nothing was submitted; change the milestone in the plan",
            site_message=said,
        )


async def _try(tab: Tab, form: Form, element: Locator, button: Button) -> None:
    """Make sure the button is the right one and can be pressed; else say what the site's own validation says."""
    await check_said(tab, form.errors)
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
            signals={**tab.profile.hands.to_cart, **signals},
            banner=form.errors,
            still=lambda: check_prepared(tab, prepared),
        ),
    )
