"""The one tab that a run works in, with everything that watches over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Response

from assistant.errors import CouldNotRead, NotFound, SiteError
from assistant.money import shown
from assistant.platform import origin_of
from flows.dialogs import Dialogs
from flows.gate import Gate
from flows.pages.payments import check_identity
from flows.pages.pressing import AtThePage
from flows.pages.reading import PageReading, read_page
from flows.pages.signals import first_signal, texts_in
from flows.profile import PageSpec, Profile, Signal, on_origin
from flows.watch import Watch

_INTERRUPTIONS = 4
"""How often a page that is being left may come in between a load, before that is an error. Loading never acts."""


@dataclass(frozen=True)
class Tab:
    """A page of one account on one origin, its gate, its dialogs, and the deadline keeper of its browser."""

    page: Page
    profile: Profile
    origin: str
    login: str
    watch: Watch
    gate: Gate
    dialogs: Dialogs
    at_the_page: AtThePage | None = None
    """The person who presses what has not been learned; None where Milepost presses everything itself."""

    async def open(self, url: str, what: str) -> Response | None:
        """A fresh load of a URL of the origin; never a reload, which would post a form again."""
        there = on_origin(self.origin, url)
        async with self.watch.over(f"opening {what}", self.profile.hands.waits.load):
            for _ in range(_INTERRUPTIONS):
                try:
                    return await self.page.goto(there, wait_until="domcontentloaded")
                except PlaywrightError as error:
                    # the page being left went somewhere by itself (its error page, a login) and came in between
                    if "interrupted by another navigation" not in error.message:
                        raise
                    await self.page.wait_for_load_state("domcontentloaded")
            return await self.page.goto(there, wait_until="domcontentloaded")

    async def read(self, spec: PageSpec, what: str) -> PageReading:
        """The page as it stands, read whole, if it is the site's own and shown to the account."""
        reading = await read_page(self.page, self.watch, spec, what=what, seconds=self.profile.hands.waits.read)
        check_identity(reading, self.origin, self.login)
        return reading

    async def outcome(self, signals: Mapping[str, Signal], what: str) -> str:
        """The first signal of an act's outcome that holds."""
        return await first_signal(self.page, self.watch, signals, what=what, seconds=self.profile.hands.waits.act)

    async def said(self, css: str) -> str:
        """What the site says in a place, "" for nothing."""
        return await texts_in(self.page, self.watch, css)

    def is_at_home(self) -> bool:
        """Whether the page is on the account's own origin."""
        return origin_of(self.page.url) == self.origin


def check_answer(response: Response | None, what: str) -> None:
    """Make sure that a page was answered. `NotFound` for 404 and 410, `CouldNotRead` for any other failure."""
    if response is None or response.ok:
        return
    if response.status in (404, 410):
        raise NotFound(
            f"the site has no {what} ({response.status})",
            where=response.url,
            hint="list the projects again: its address may have changed, or the account no longer sees it",
        )
    raise CouldNotRead(
        f"the site answered {response.status} for {what}", where=response.url, hint="try again in a while"
    )


def reason_of(error: BaseException) -> str:
    """Why something went wrong, in words for `Submission.trouble`."""
    text = error.message if isinstance(error, SiteError) else str(error)
    if isinstance(error, SiteError) and "milepost doctor" in (error.hint or ""):
        text = f"{text} ({error.hint})"
    return shown(text or type(error).__name__, longest=200).strip("'\"")
