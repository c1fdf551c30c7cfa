"""Reading a page whole, in one call to the browser, as its profile describes it.

Rows can change without a reload, so lists that belong together are read at one moment. The call waits in the page
until each list has as many rows as the page itself says (or says that it is empty); what never gets there was not
read, and nothing is absent because of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from assistant.errors import CouldNotRead
from assistant.money import shown
from flows.profile import ListSpec, PageSpec
from flows.watch import Watch

_SCRIPT = files("flows.pages").joinpath("read.js").read_text(encoding="utf-8")
Row = Mapping[str, str | None]


@dataclass(frozen=True)
class ListReading:
    """A list as the page showed it: the text of each field of each row, and the page's own count over all pages."""

    rows: tuple[Row, ...]
    of: int
    last: int
    """The number of the last row shown, counted over all pages; 0 for an empty list."""


@dataclass(frozen=True)
class PageReading:
    """A page, read whole. `fallbacks` names what was found only by a later candidate of the profile."""

    url: str
    values: Row
    lists: Mapping[str, ListReading]
    fallbacks: tuple[str, ...]

    def need(self, name: str) -> str:
        """A value that the page must have. `CouldNotRead` if it was not found."""
        text = self.values.get(name)
        if text is None:
            raise missing(name, self.url)
        return text


def missing(name: str, url: str) -> CouldNotRead:
    """The error for a value that no candidate of the profile found, or that several elements answered to."""
    return CouldNotRead(
        f"{name.replace('_', ' ')} was not found on the page",
        where=url,
        hint="the site may have changed: `milepost doctor` says what each locator finds",
    )


async def read_page(page: Page, watch: Watch, spec: PageSpec, *, what: str, seconds: float) -> PageReading:
    """Wait until the page is whole and read it. `CouldNotRead` tells which list never was, and what was seen of it."""
    raw = await raw_page(page, watch, spec, what=what, seconds=seconds)
    if not raw["whole"]:
        raise _not_whole(raw, spec, what)
    return _reading(raw, spec)


async def raw_page(page: Page, watch: Watch, spec: PageSpec, *, what: str, seconds: float) -> Mapping[str, Any]:
    """What `read.js` makes of a page once it is whole, or when the time is up: {values, lists, url, title, whole}."""
    asked = spec.model_dump(mode="json")
    raw: Any = None
    async with watch.over(f"reading {what}", seconds + 5):
        with contextlib.suppress(PlaywrightTimeout):
            handle = await page.wait_for_function(_SCRIPT, arg=asked | {"final": False}, timeout=seconds * 1000)
            raw = await handle.json_value()
        if raw is None:
            raw = await page.evaluate(_SCRIPT, asked | {"final": True})
    return dict(raw)


def _reading(raw: Mapping[str, Any], spec: PageSpec) -> PageReading:
    fallbacks = [name for name, value in raw["values"].items() if value["used"] > 0]
    lists = {}
    for name, found in raw["lists"].items():
        rows = tuple({field: value["text"] for field, value in row.items()} for row in found["rows"])
        total = found["total"] if rows else None
        lists[name] = ListReading(rows, total["of"] if total else 0, total["to"] if total else 0)
        fallbacks += [name] if found["used"] > 0 else []
        fallbacks += sorted({f"{name}.{field}" for row in found["rows"] for field, v in row.items() if v["used"] > 0})
    values = {name: value["text"] for name, value in raw["values"].items()}
    return PageReading(raw["url"], values, lists, tuple(name for name in fallbacks if name not in spec.either))


def _is_left_out(spec: ListSpec, found: Mapping[str, Any]) -> bool:
    return spec.optional and bool(spec.headings) and found["headings"] == 0


def _not_whole(raw: Mapping[str, Any], spec: PageSpec, what: str) -> CouldNotRead:
    seen = [
        "nobody's name as signed in" if name == "signed_in" else f"no {name.replace('_', ' ')}"
        for name in spec.required
        if raw["values"][name]["text"] is None
    ]
    for name, found in raw["lists"].items():
        rows, total = len(found["rows"]), found["total"]
        if not spec.lists[name].total:
            seen += [f"{rows} rows of {name}"] if rows < spec.lists[name].least else []
        elif _is_left_out(spec.lists[name], found):
            continue
        elif spec.lists[name].headings and found["headings"] != 1:
            seen.append(f"{found['headings'] or 'no'} headings of the list of {name}")
        elif rows and (total is None or total["rows"] != rows):
            seen.append(f"{rows} rows of {name} where the page says {total['rows'] if total else 'nothing'}")
        elif not rows and not found["empty"]:
            seen.append(f"neither rows of {name} nor the words for none")
    return CouldNotRead(
        f"{what} was not seen whole: {'; '.join(seen) or 'it was still loading'} (page title {shown(raw['title'])})",
        where=raw["url"],
        hint="nothing follows from it; look at the page yourself and try again; if it stays so see `milepost doctor`",
    )
