"""Finding the one element a step means: visible, unambiguous, and by its accessible name what the profile says.

A money step never guesses. Of the candidates the first that finds anything decides: one visible element, or the step
stops.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from assistant.errors import CouldNotRead, Mismatch
from assistant.money import Money, MoneyStyle, read_money, shown
from flows.profile import Button, path_of

_FORM = """(element) => {
  const form = element.form ?? element.closest('form');
  const link = element.closest('a[href]');
  if (link) return {method: 'GET', action: link.href};
  if (!form || (element.type !== 'submit' && element.type !== 'image')) return {method: '', action: ''};
  const own = element.getAttribute('formaction');
  const action = own ?? form.getAttribute('action');
  if (action === null) return {method: '', action: ''};
  return {method: (element.formMethod || form.method).toUpperCase(), action: new URL(action, document.baseURI).href};
}"""


@dataclass(frozen=True)
class Seen:
    """What an element is right now: its accessible name, and path and query of what it would submit ("" for none)."""

    name: str
    action: str


@dataclass(frozen=True)
class Frozen:
    """A part of a page and what it said when it was held against what was approved."""

    part: Locator
    text: str

    @staticmethod
    async def of(part: Locator) -> Frozen:
        """The part as it is now."""
        return Frozen(part, _one_line(await part.inner_text()))

    async def check(self) -> None:
        """Raises `Mismatch` when it says something else by now."""
        now = _one_line(await self.part.inner_text())
        if now != self.text:
            raise Mismatch(
                f"the page changed to {shown(now, longest=160)}",
                where=self.part.page.url,
                hint="nothing was submitted; make a new preview",
            )


def _one_line(text: str) -> str:
    return " ".join(text.split())


async def visible(root: Page | Locator, candidates: Sequence[str]) -> tuple[Locator, int]:
    """The visible elements of the first candidate that finds any, and how many: (nothing, 0) if none does."""
    found = root.locator(candidates[0])
    for candidate in candidates:
        found = root.locator(candidate).filter(visible=True)
        if count := await found.count():
            return found, count
    return found, 0


async def appear(root: Page | Locator, candidates: Sequence[str], *others: Locator) -> None:
    """Wait until any candidate, or one of the others, is visible. Nothing is done with it, so several are no harm."""
    found = root.locator(candidates[0])
    for other in (*(root.locator(candidate) for candidate in candidates[1:]), *others):
        found = found.or_(other)
    await found.filter(visible=True).first.wait_for()


async def only(root: Page | Locator, candidates: Sequence[str], what: str) -> Locator:
    """Exactly one visible element, or `CouldNotRead`."""
    found, count = await visible(root, candidates)
    if count != 1:
        raise CouldNotRead(
            f"{what}: {count or 'no'} elements where there must be exactly one",
            where=found.page.url,
            hint="the site may have changed: `milepost doctor` says what each locator finds",
        )
    return found


async def press(root: Page | Locator, button: Button, what: str) -> None:
    """Press a button that only leads on, once it is the only one and named as the profile says."""
    element = await only(root, button.find, what)
    await ready(element, button, what)
    await element.click()


_PUT_INTO = "(e) => e.localName === 'select' ? 'choice' : e.type === 'checkbox' ? 'tick' : 'text'"
_HELD = """(e) => e.localName === 'select' ? [e.selectedOptions[0]?.label ?? '', e.value]
  : [e.type === 'checkbox' ? (e.checked ? 'yes' : 'no') : e.value]"""


async def put(field: Locator, text: str) -> None:
    """Put a text into a field of a form: type it, choose that option of a list, or tick the box for yes."""
    match await field.evaluate(_PUT_INTO):
        case "choice":
            await field.select_option(text)
        case "tick":
            await field.set_checked(text == "yes")
        case _:
            await field.fill(text)


async def held(field: Locator) -> tuple[str, ...]:
    """What a field holds now; of a list, the chosen option's label and its value."""
    return tuple(await field.evaluate(_HELD))


def names_amount(text: str, amount: Money, style: MoneyStyle) -> bool:
    """Whether a text has this amount in it, as a number of its own, with separators or without."""
    for number in re.findall(rf"\d(?:[\d.,'{re.escape(style.group)}]*\d)?", text):
        with contextlib.suppress(CouldNotRead):
            if read_money(number, currency=amount.currency, style=style) == amount:
                return True
    return False


async def examine(element: Locator) -> Seen:
    """The accessible name of one element, and the form or link behind it."""
    tree = (await element.aria_snapshot()).strip().splitlines()
    named = re.match(r'- ?\'?[\w-]+ "((?:[^"\\]|\\.)*)"', tree[0]) if tree else None
    behind = await element.evaluate(_FORM)
    return Seen(_unescaped(named[1]) if named else "", path_of(behind["action"]) if behind["action"] else "")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


async def ready(element: Locator, button: Button, what: str) -> str:
    """Make sure a button is what the profile says; returns its name. `Mismatch` names what was found instead."""
    seen = await examine(element)
    for shape, regex, found in (("name", button.name, seen.name), ("form action", button.action, seen.action)):
        if not re.fullmatch(regex, found):
            raise Mismatch(
                f"{what} has the {shape} {shown(found)}, which is not what the profile says ({regex})",
                where=element.page.url,
                hint="nothing was pressed; look at the page, then mend the profile",
            )
    return seen.name
