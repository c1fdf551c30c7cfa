"""My Projects: the list of all projects of an account, each of its lists, all pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from assistant.errors import CouldNotRead
from assistant.money import Currency, Money, read_money, shown
from assistant.site import ProjectStatus, Role, SiteProject
from flows.elements import appear, only
from flows.pages.payments import payments_url
from flows.pages.reading import ListReading, PageReading, Row, missing
from flows.profile import Profile, fill, on_origin
from flows.tab import Tab

_MOST_PAGES = 500
"""More pages than any account has; a pager that goes on for ever is not a list."""

Read = Callable[[str], Awaitable[PageReading]]
"""Opens a URL of My Projects and reads it whole."""


def first_page(profile: Profile, origin: str, role: Role, status: ProjectStatus) -> str:
    """The URL of the first page of one list of My Projects, as long a page as the site offers."""
    hands = profile.hands
    path = fill(hands.urls.projects, view=hands.views[role], list=hands.lists[status], show=hands.page_size)
    return on_origin(origin, path)


async def read_list(read: Read, profile: Profile, origin: str, role: Role, status: ProjectStatus) -> list[SiteProject]:
    """All projects of one list. `CouldNotRead` unless there are exactly as many as the site says."""
    found: dict[str, SiteProject] = {}
    url: str | None = first_page(profile, origin, role, status)
    for _ in range(_MOST_PAGES):
        if url is None:
            break
        reading = await read(url)
        page = reading.lists["projects"]
        for row in page.rows:
            project = _project(row, profile, origin, status, reading.url)
            found[project.ref] = project
        url = _next_page(reading, page, origin)
    if url is not None or len(found) != page.of:
        raise CouldNotRead(
            f"My Projects ({status}) showed {len(found)} projects, and the site says {page.of}",
            where=reading.url,
            hint="a project may have moved between pages meanwhile; try again",
        )
    return list(found.values())


def _next_page(reading: PageReading, page: ListReading, origin: str) -> str | None:
    if page.last >= page.of:
        return None
    link = reading.values["next_page"]
    if link is None:
        raise missing("the link to the next page", reading.url)
    return on_origin(origin, link)


def _project(row: Row, profile: Profile, origin: str, status: ProjectStatus, url: str) -> SiteProject:
    ref, title, link, currency = (row.get(name) for name in ("ref", "title", "link", "currency"))
    if not ref or not title or not link or not currency:
        lost = next(name for name in ("ref", "title", "link", "currency") if not row.get(name))
        raise missing(f"the {lost} of the project {shown(title or ref or '?')}", url)
    known = Currency(currency.upper())
    bid = row.get("bid")
    raw = row.get("status") or ""
    return SiteProject(
        ref=ref,
        title=title,
        counterparty=row.get("counterparty") or "",
        currency=known.code,
        url=on_origin(origin, link),
        status=status,
        raw_status=raw,
        bid=_money(bid, known, profile) if bid and not _is_rate(bid, profile) else None,
        accepted=raw.casefold() not in {word.casefold() for word in profile.hands.not_accepted},
        activity=row.get("activity") or "",
    )


def _is_rate(bid: str, profile: Profile) -> bool:
    return any(words.casefold() in bid.casefold() for words in profile.hands.per_hour)


def _money(text: str, currency: Currency, profile: Profile) -> Money:
    return read_money(text, currency=currency, style=profile.style)


def by_title(projects: list[SiteProject], title: str) -> list[SiteProject]:
    """The projects of exactly that title, spaces aside. Titles in lists can be cut; a cut one never matches."""
    wanted = " ".join(title.split())
    return [project for project in projects if " ".join(project.title.split()) == wanted]


async def click_title(tab: Tab, read: Read, role: Role, project: SiteProject) -> None:
    """Go to a project's payments the users' way: the page of its list, its title, its payments tab."""
    hands = tab.profile.hands
    url: str | None = first_page(tab.profile, tab.origin, role, project.status)
    while url is not None:
        reading = await read(url)
        page = reading.lists["projects"]
        refs = [row.get("ref") for row in page.rows]
        if project.ref in refs:
            break
        url = _next_page(reading, page, tab.origin)
    else:
        raise CouldNotRead(f"project {project.ref} has moved on in My Projects", where=tab.page.url, hint="try again")
    async with tab.watch.over("opening the project by its title", hands.waits.load):
        links = tab.page.locator(hands.title_links).filter(visible=True)
        if await links.count() != len(refs):
            raise missing("one title for each project", tab.page.url)
        await links.nth(refs.index(project.ref)).click()
        await tab.page.wait_for_url(lambda here: tab.profile.seo_url(here) == tab.profile.seo_url(project.url))
        await appear(tab.page, hands.payments_tab)
        await (await only(tab.page, hands.payments_tab, "the tab of the payments")).click()
        await tab.page.wait_for_url(payments_url(tab.profile, tab.origin, project), wait_until="domcontentloaded")
