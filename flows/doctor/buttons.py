"""Locators of elements: how many they find, whether the name is what the profile says, and what would find the one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator, Page

from assistant.money import shown
from assistant.profile_files import Where
from flows.doctor.findings import Findings, Found, LocatorFacts
from flows.doctor.nearest import Near, nearest, only_one, roles_of, wanted_words
from flows.elements import examine
from flows.profile import Button, Form, Profile, path_of


@dataclass(frozen=True)
class Scope:
    """Where locators are tried: the page or an element of it, what people call the place, and where findings go."""

    root: Page | Locator
    page: str
    profile: Profile
    findings: Findings

    def note(self, place: Where, found: Found, **more: Any) -> None:
        """Take an entry in."""
        self.findings.add(LocatorFacts(place, found, self.page, **more))


async def _tried(scope: Scope, candidates: Sequence[str]) -> tuple[Locator | None, int, int, str]:
    """The elements of the first candidate that finds any, which candidate, how many, and what was wrong with one."""
    note = ""
    for number, candidate in enumerate(candidates, start=1):
        found = scope.root.locator(candidate).filter(visible=True)
        try:
            count = await found.count()
        except PlaywrightError as error:
            note = f"candidate {number} is no selector: {shown(error.message.splitlines()[0], longest=120)}"
            continue
        if count:
            return found, number, count, note
    return None, 0, 0, note


async def study_locator(
    scope: Scope, place: Where, candidates: Sequence[str], *, suggest: bool = True
) -> Locator | None:
    """Note what a locator finds; its one element, or None."""
    found, number, count, note = await _tried(scope, candidates)
    if found is not None and count == 1:
        scope.note(place, Found.ONE, candidate=number, count=1, note=note)
        return found
    if found is not None:
        names = tuple([f"{(await examine(one)).name!r}" for one in await found.all()][:5])
        scope.note(place, Found.SEVERAL, candidate=number, count=count, note=note, nearest=names)
        return None
    near = await _near(scope, candidates, candidates, ()) if suggest else []
    if chosen := await only_one(scope.root, near):
        scope.findings.mend(place, [chosen.selector, *candidates])
    scope.note(place, Found.NONE, note=note, nearest=_names(near))
    return None


async def study_button(scope: Scope, place: Where, button: Button) -> Locator | None:
    """Note what a button's locator finds, and whether its accessible name is the profile's; the button, or None."""
    found, number, count, note = await _tried(scope, button.find)
    at = (*place, "find")
    if found is not None and count == 1:
        name = (await examine(found)).name
        if re.fullmatch(button.name, name):
            scope.note(at, Found.ONE, candidate=number, count=1, note=note)
            return found
        note = f"what it finds is named {shown(name)}, and the profile says {button.name}" if name else _NAMELESS
        scope.note(at, Found.NONE, candidate=number, note=note, nearest=(name,) if name else ())
        if name:
            scope.findings.mend((*place, "name"), f"{re.escape(name)}|{button.name}".replace(r"\ ", " "))
        return None
    if found is not None:
        scope.note(at, Found.SEVERAL, candidate=number, count=count, note="a money step never chooses between them")
        return None
    await _missing_button(scope, place, at, [button])
    return None


_NAMELESS = "what it finds has no accessible name; a money step presses nothing that has none"


async def _missing_button(scope: Scope, place: Where, at: Where, buttons: Sequence[Button]) -> None:
    """Note that a button is not there, with the nearest ones; the first of `buttons` gets what would find it."""
    finds = [text for button in buttons for text in button.find]
    names = [button.name for button in buttons]
    near = await _near(scope, finds, [*finds, *names], names)
    if chosen := await only_one(scope.root, near):
        first = buttons[0]
        scope.findings.mend((*place, "find"), [chosen.selector, *first.find])
        scope.findings.mend((*place, "name"), f"{chosen.pattern}|{first.name}")
    nameless = "" if near else _nothing(roles_of(finds))
    scope.note(at, Found.NONE, nearest=_names(near), note=nameless)


def _nothing(roles: Sequence[str]) -> str:
    return f"there is no {' or '.join(roles)} with a name that could be meant; one without a name is never pressed"


async def study_submits(scope: Scope, place: Where, form: Form) -> None:
    """Note the form's submit button: one of the kinds must show, and what the others are for is not seen."""
    seen = []
    for number, button in enumerate(form.submits):
        found, _, count, _ = await _tried(scope, button.find)
        if found is not None:
            seen.append(number)
            await study_button(scope, (*place, "submits", number), button)
        else:
            scope.note(
                (*place, "submits", number, "find"), Found.UNSEEN, count=count, note="the form shows another kind"
            )
    if not seen:
        for number in range(len(form.submits)):
            del scope.findings.facts[(*place, "submits", number, "find")]
        await _missing_button(scope, (*place, "submits", 0), (*place, "submits"), form.submits)


async def study_tab(scope: Scope, place: Where, candidates: Sequence[str], leads_to: str) -> None:
    """Note the locator of a tab that leads to a known address; where it is missing, what leads there."""
    found, number, count, note = await _tried(scope, candidates)
    if found is not None:
        state = Found.ONE if count == 1 else Found.SEVERAL
        scope.note(place, state, candidate=number, count=count, note=note)
        return
    roles = [*roles_of(candidates), "menuitem"]
    # tabs stand in a page's frame as often as not, and it is where they lead that tells them
    near = await _near(scope, [f"role={role}" for role in roles], candidates, (), framed=True)
    links = [one for one in near if await _leads(one, leads_to)]
    if chosen := await only_one(scope.root, links):
        scope.findings.mend(place, [chosen.selector, *candidates])
    scope.note(place, Found.NONE, note=note, nearest=_names([*links, *(one for one in near if one not in links)]))


async def _leads(near: Near, there: str) -> bool:
    href = await near.element.evaluate(
        "(element) => element.closest('a')?.href ?? element.querySelector('a')?.href ?? ''"
    )
    return bool(href) and path_of(href) == path_of(there)


async def _near(
    scope: Scope, finds: Sequence[str], words: Sequence[str], own: Sequence[str], *, framed: bool = False
) -> list[Near]:
    taken = [name for name in _button_names(scope.profile) if name not in own]
    return await nearest(scope.root, roles_of(finds), wanted_words(words), taken, framed=framed)


def _button_names(profile: Profile) -> Iterator[str]:
    """The name patterns of all buttons of the profile."""
    hands = profile.hands
    yield hands.cart.pay.name
    if hands.cart.pay_in is not None:
        yield hands.cart.pay_in.open.name
    yield from (form.open.name for form in hands.forms.values())
    yield from (spec.button.name for spec in hands.row_buttons.values())


def _names(near: Sequence[Near]) -> tuple[str, ...]:
    return tuple(f"{one.role} {one.name!r}" for one in near[:5])
