"""A button on the row of a milestone or request: found by the row's reference, held against what was approved."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.async_api import Locator

from assistant.errors import CouldNotRead, Mismatch
from assistant.money import shown
from assistant.site import Look, SiteMilestone, SiteRequest, Step, StepKind, Submission
from flows.elements import Frozen, only, ready
from flows.pages.acting import Act, act
from flows.pages.create_milestone import Prepared, check_prepared
from flows.profile import RowButton, Signal
from flows.tab import Tab


def check_row(step: Step, look: Look, url: str) -> None:
    """The row on the page must be the one that was approved, word for word and cent for cent."""
    of_requests = step.kind in (StepKind.ACCEPT, StepKind.WITHDRAW)
    rows: Sequence[SiteRequest | SiteMilestone] = look.requests if of_requests else look.milestones
    what, ref = ("request", step.request_ref) if of_requests else ("milestone", step.site_ref)
    found = [row for row in rows if row.site_ref == ref]
    if len(found) != 1:
        raise CouldNotRead(f"{what} {ref} is not on the page", where=url, hint="make a new preview")
    row = found[0]
    stands = step.whole or step.amount
    if row.amount != stands or " ".join(row.description.split()) != " ".join(step.description.split()):
        raise Mismatch(
            f"{what} {ref} is {row.amount} for {shown(row.description)}, approved was {stands} for "
            f"{shown(step.description)}",
            where=url,
            hint=f"nothing was submitted; the {what} may have been changed: make a new preview",
        )


def ref_of(step: Step) -> str:
    """The reference of the row that a step is about, safe to stand in a locator. `CouldNotRead` for any other text."""
    ref = step.request_ref if step.kind in (StepKind.ACCEPT, StepKind.WITHDRAW) else step.site_ref
    if ref is None or not re.fullmatch(r"[\w.-]{1,60}", ref):
        raise CouldNotRead(f"{shown(str(ref))} is not the reference of a row", where=step.project.url)
    return ref


async def find_row(tab: Tab, spec: RowButton, ref: str) -> Locator:
    """The one row of that reference. Call it under a deadline."""
    return await only(tab.page, [text.replace("{ref}", ref) for text in spec.row], f"the row {ref}")


async def find_button(tab: Tab, spec: RowButton, step: Step) -> Locator:
    """The button on the step's row, checked by its accessible name. Call it under a deadline."""
    ref = ref_of(step)
    row = await find_row(tab, spec, ref)
    button = await only(row, spec.button.find, f"the button of the row {ref}")
    await ready(button, spec.button, f"the button of the row {ref}")
    return button


async def prepare_row(tab: Tab, spec: RowButton, step: Step, look: Look) -> Prepared:
    """Get as far as the click, where pressing the row's button is the act itself."""
    check_row(step, look, tab.page.url)
    async with tab.watch.over("finding the row's button", tab.profile.hands.waits.read):
        button = await find_button(tab, spec, step)
        await button.click(trial=True)
        frozen = await Frozen.of(await find_row(tab, spec, ref_of(step)))
    return Prepared(step, spec.button, button, (), frozen)


async def submit_row(tab: Tab, spec: RowButton, prepared: Prepared) -> Submission:
    """Press the row's button, once."""
    hands, ref = tab.profile.hands, ref_of(prepared.step)
    places = {name: value.replace("{ref}", ref) for name in ("css", "gone") if (value := getattr(spec.done, name))}
    done: Signal = spec.done.model_copy(update=places)
    return await act(
        tab,
        Act(
            step=prepared.step.kind.value,
            element=prepared.element,
            button=prepared.button,
            amount=prepared.step.amount,
            signals={**hands.to_cart, "done": done},
            banner=spec.errors,
            still=lambda: check_prepared(tab, prepared),
        ),
    )
