"""The nearest accessible names: what a locator that finds nothing was probably looking for.

What is suggested was tried on the page: it finds exactly one visible element. It is a suggestion all the same; nothing
is pressed because of it, and a person decides whether to paste it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from flows.elements import examine

_MOST = 80
_LEAVES = re.compile(r"(?i)^(cancel|close|back|discard|abbrechen|schliessen|zurück)$")
_IN_ROW = "tr, li, [role=row], [role=listitem]"
_FRAME = "header, nav, footer"


@dataclass(frozen=True)
class Near:
    """An element that might be meant: its role and accessible name."""

    role: str
    name: str
    element: Locator

    @property
    def selector(self) -> str:
        """The locator that would find it."""
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'role={self.role}[name="{escaped}"]'

    @property
    def pattern(self) -> str:
        """A regular expression that fits its name alone."""
        return re.escape(self.name).replace(r"\ ", " ")


def wanted_words(texts: Iterable[str]) -> list[str]:
    """The names that locators and name patterns ask for, without the signs of their syntax."""
    words = []
    for text in texts:
        for quoted, regex in re.findall(r'name="([^"]+)"|name=/((?:[^/\\]|\\.)+)/', text) or [("", text)]:
            plain = re.sub(r"[\^$()?\\*+]|\[[^\]]*\]", "", quoted or regex)
            words += [part.strip() for part in plain.split("|") if part.strip()]
    return words


def roles_of(candidates: Sequence[str]) -> list[str]:
    """The roles that locators ask for; a button's where they name none."""
    return list(dict.fromkeys(re.findall(r"role=(\w+)", " ".join(candidates)))) or ["button"]


def likeness(name: str, words: Sequence[str]) -> float:
    """How like a name is to the nearest of the words, between 0 and 1."""
    ratios = (difflib.SequenceMatcher(None, name.casefold(), word.casefold()).ratio() for word in words)
    return max(ratios, default=0.0)


async def nearest(
    root: Page | Locator, roles: Sequence[str], words: Sequence[str], taken: Sequence[str] = (), *, framed: bool = False
) -> list[Near]:
    """Visible elements of these roles outside rows and (unless `framed`) the page's frame, the likeliest first.

    `taken` are patterns of names that other entries of the profile are about.
    """
    found: dict[tuple[str, str], Near] = {}
    outside = _IN_ROW if framed else f"{_IN_ROW}, {_FRAME}"
    for role in roles:
        elements = root.locator(f"role={role}").filter(visible=True)
        for element in (await elements.all())[:_MOST]:
            if await element.evaluate(f"(e) => e.closest({outside!r}) !== null"):
                continue
            name = (await examine(element)).name
            if name and not _LEAVES.match(name) and not any(re.fullmatch(pattern, name) for pattern in taken):
                found.setdefault((role, name), Near(role, name, element))
    return sorted(found.values(), key=lambda near: -likeness(near.name, words))


async def only_one(root: Page | Locator, found: Sequence[Near]) -> Near | None:
    """The likeliest that its own locator finds alone; None if there is none."""
    for near in found:
        if await root.locator(near.selector).filter(visible=True).count() == 1:
            return near
    return None
