"""Pages that are read: which ways to a value work on them, and which would where one does not.

A page is read as `flows.pages.reading` reads it, except that what is missing is told instead of being an error. What is
suggested for a missing value was tried: with it the same page gives the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from assistant.profile_files import Where
from flows.doctor.findings import Findings, Found, LocatorFacts
from flows.doctor.nearest import likeness
from flows.pages.reading import raw_page
from flows.profile import ListSpec, PageSpec, Source
from flows.tab import Tab

_LABELS = files("flows.doctor").joinpath("labels.js").read_text(encoding="utf-8")
_MOST_TRIES = 6
_QUICK_SECONDS = 2.0
"""A page that was read once is not waited for again."""

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class PageUnderStudy:
    """A page of the profile as it stands in the tab: its place in the profile, and its description."""

    tab: Tab
    place: Where
    spec: PageSpec
    name: str

    async def read(self, spec: PageSpec | None = None) -> Raw:
        """The page as it is now; with another description, to try that."""
        seconds = self.tab.profile.hands.waits.read if spec is None else _QUICK_SECONDS
        what = f"{self.name}, to see what the profile finds"
        return await raw_page(self.tab.page, self.tab.watch, spec or self.spec, what=what, seconds=seconds)


async def study(page: PageUnderStudy, findings: Findings) -> Raw:
    """Note every value and list of the page, and what would mend those that are missing. Returns the reading."""
    raw = await page.read()
    lost = [name for name, one in page.spec.lists.items() if _heading_is_lost(one, raw["lists"][name])]
    if lost:
        page = await _with_headings(page, findings, lost, raw)
        raw = await page.read()
    entries = list(_entries(page, raw))
    if any(entry.found is Found.NONE for entry in entries):
        offered = await _offered(page)
        entries = [await _with_nearest(page, findings, entry, offered, raw) for entry in entries]
    told = [(*page.place, "lists", name, "headings") for name in lost]
    findings.add(*(entry for entry in entries if entry.place not in told))
    return raw


async def _offered(page: PageUnderStudy) -> Raw:
    rows = {name: list(one.rows) for name, one in page.spec.lists.items()}
    return dict(await page.tab.page.evaluate(_LABELS, {"rows": rows}))


def _heading_is_lost(spec: ListSpec, seen: Raw) -> bool:
    return bool(spec.headings) and not spec.optional and seen["headings"] == 0


async def _with_headings(page: PageUnderStudy, findings: Findings, lost: Sequence[str], raw: Raw) -> PageUnderStudy:
    """The page with headings that would work for those that are lost: a list ends where the next one's heading stands.

    Without that its neighbours could not be read either, and would be told as broken in its place.
    """
    offered = await _offered(page)
    for name in lost:
        entry = LocatorFacts((*page.place, "lists", name, "headings"), Found.NONE, page.name)
        findings.add(await _with_nearest(page, findings, entry, offered, raw))
        mend = findings.mends.get(entry.place)
        lists = dict(page.spec.lists)
        if mend is None:
            del lists[name]
        else:
            lists[name] = lists[name].model_copy(update={"headings": tuple(mend)})
        page = replace(page, spec=page.spec.model_copy(update={"lists": lists}))
    return page


def _entries(page: PageUnderStudy, raw: Raw) -> Iterator[LocatorFacts]:
    for name, value in raw["values"].items():
        place = (*page.place, "values", name)
        if value["text"] is not None:
            yield LocatorFacts(place, Found.ONE, page.name, value["used"] + 1, 1)
        elif name != "next_page" or _goes_on(raw):
            yield LocatorFacts(place, Found.NONE, page.name)
        else:
            yield LocatorFacts(place, Found.UNSEEN, page.name, note="there is one page only")
    for name, spec in page.spec.lists.items():
        yield from _list_entries(page, name, spec, raw["lists"][name])


def _goes_on(raw: Raw) -> bool:
    totals = [one["total"] for one in raw["lists"].values() if one["total"]]
    return any(total["to"] < total["of"] for total in totals)


def _list_entries(page: PageUnderStudy, name: str, spec: ListSpec, seen: Raw) -> Iterator[LocatorFacts]:
    place, rows = (*page.place, "lists", name), seen["rows"]

    def entry(key: Where, found: Found, **more: Any) -> LocatorFacts:
        return LocatorFacts((*place, *key), found, page.name, **more)

    if spec.headings:
        count = seen["headings"]
        found = Found.ONE if count == 1 else Found.SEVERAL if count else Found.UNSEEN if spec.optional else Found.NONE
        yield entry(("headings",), found, candidate=1 if count == 1 else 0, count=count)
        if count != 1:
            yield from (entry(key, Found.UNSEEN) for key in _inside(spec))
            return
    if rows:
        yield entry(("rows",), Found.ONE, candidate=seen["used"] + 1, count=len(rows))
        if spec.total:
            yield entry(("total",), Found.ONE if seen["total"] else Found.NONE)
    elif spec.total:
        yield entry(
            ("rows",),
            Found.UNSEEN if seen["empty"] else Found.NONE,
            note="" if seen["empty"] else "no rows, and nothing says so",
        )
    if spec.empty and not rows:
        yield entry(("empty",), Found.ONE if seen["empty"] else Found.UNSEEN)
    for field in spec.fields:
        values = [row[field] for row in rows]
        used = [value["used"] for value in values if value["text"] is not None]
        found = Found.UNSEEN if not rows else Found.ONE if used else Found.NONE
        yield entry(("fields", field), found, candidate=max(used) + 1 if used else 0, count=len(used))


def _inside(spec: ListSpec) -> Iterator[Where]:
    yield from (("rows",), ("total",)) if spec.total else (("rows",),)
    yield from (("fields", field) for field in spec.fields)


async def _with_nearest(
    page: PageUnderStudy, findings: Findings, entry: LocatorFacts, offered: Raw, raw: Raw
) -> LocatorFacts:
    """A missing entry with what the page has instead; what works when tried is noted as its mend."""
    if entry.found is not Found.NONE:
        return entry
    inside = entry.place[len(page.place) :]
    match inside:
        case ("lists", str() as name, "headings"):
            options = _headings(page.spec, name, offered)
            tries: Sequence[Any] = [[text, *page.spec.lists[name].headings] for text in options]
        case ("lists", str() as name, "fields", str() as field):
            labels, attributes = _row_offers(page.spec, name, field, offered, raw)
            options = [*labels, *attributes]
            old = [source.model_dump(exclude_none=True) for source in page.spec.lists[name].fields[field]]
            tries = [[{"label": text}, *old] for text in labels] + [[{"attr": text}, *old] for text in attributes]
            if not any(source.label for source in page.spec.lists[name].fields[field]):
                tries = tries[len(labels) :]
        case ("values", str() as name):
            options = _free(offered["labels"], page.spec.values, name)
            tries = [[{"label": text}] for text in options] if _by_label(page.spec.values[name]) else []
        case _:
            options, tries = [], []
    for value in tries[:_MOST_TRIES]:
        if await _works(page, inside, value):
            findings.mend(entry.place, value)
            break
    return LocatorFacts(entry.place, Found.NONE, entry.page, note=entry.note, nearest=tuple(options[:5]))


def _headings(spec: PageSpec, name: str, offered: Raw) -> list[str]:
    taken = {text for other, one in spec.lists.items() if other != name for text in one.headings}
    free = [text for text in offered["headings"] if text not in taken]
    return sorted(free, key=lambda text: -likeness(text, spec.lists[name].headings))


def _row_offers(spec: PageSpec, name: str, field: str, offered: Raw, raw: Raw) -> tuple[list[str], list[str]]:
    """Labels and attributes of the list's rows that no other field is read from, the likeliest first."""
    fields = spec.lists[name].fields
    groups = offered["lists"][name]
    labels = _free(dict.fromkeys(text for one in groups for text in one["labels"]), fields, field)
    attributes = list(dict.fromkeys(text for one in groups for text in one["attributes"]))
    old = [source.attr for source in fields[field] if source.attr]
    return labels, sorted(attributes, key=lambda text: -likeness(text, old or [field]))


def _free(labels: Any, fields: Mapping[str, Sequence[Source]], field: str) -> list[str]:
    taken = {source.label for name, sources in fields.items() if name != field for source in sources}
    own = [source.label for source in fields[field] if source.label] or [field]
    return sorted((text for text in labels if text not in taken), key=lambda text: -likeness(text, own))


def _by_label(sources: Sequence[Source]) -> bool:
    return any(source.label for source in sources)


async def _works(page: PageUnderStudy, inside: Where, value: Any) -> bool:
    """Whether the page, read with this value in place of the profile's, gives what is missing."""
    data = page.spec.model_dump(mode="json")
    here: Any = data
    for step in inside[:-1]:
        here = here[step]
    here[inside[-1]] = value
    raw = await page.read(PageSpec.model_validate(data))
    match inside:
        case ("lists", name, "headings"):
            seen = raw["lists"][name]
            return seen["headings"] == 1 and (seen["empty"] or (seen["total"] or {}).get("rows") == len(seen["rows"]))
        case ("lists", name, "fields", field):
            rows = raw["lists"][name]["rows"]
            return bool(rows) and all(row[field]["text"] for row in rows)
        case ("values", name):
            return raw["values"][name]["text"] is not None
    return False
