"""The half of a browser's site that changes nothing: signing in, My Projects, looks and pictures.

It signs in when a page asks for it, keeps the page of a look for the step that follows, and counts what it loads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, Response
from pydantic import SecretStr

from assistant.errors import (
    Ambiguous,
    CaptchaShown,
    CouldNotRead,
    LoginError,
    MilepostError,
    NotFound,
    OriginRefused,
)
from assistant.money import shown
from assistant.site import (
    Look,
    Role,
    SiteProject,
)
from flows.browser import OwnedBrowser, PageCounter, ProcessRecord, SessionState
from flows.dialogs import Dialogs
from flows.evidence import Evidence
from flows.gate import Gate
from flows.handover import HandOver, within
from flows.login import Credentials, is_login_page, login_url, needs_login, sign_in, type_code, wait_for_person
from flows.pages.my_projects import by_title, click_title, first_page, read_list
from flows.pages.payments import look_of, payments_url
from flows.pages.pressing import AtThePage
from flows.pages.reading import PageReading
from flows.pages.signals import first_signal
from flows.profile import Profile, Signal, on_origin, path_of
from flows.session_storage import restore, with_session_storage, without_session_storage
from flows.tab import Tab, check_answer

HELPS = 5
"""How often a person is asked to sign in for one reading, before that is an error."""

Found = TypeVar("Found")


class ReadingSite:
    """One account's site in one browser, read only. `start` before use, `close` after.

    With `helper`, what only a person can do about a login is handed over to one; `after_help` is awaited then.
    """

    def __init__(
        self,
        profile: Profile,
        browser: OwnedBrowser,
        account: Credentials,
        role: Role,
        origin: str,
        evidence: Evidence,
        helper: HandOver | None = None,
    ) -> None:
        if not profile.rules.is_allowed(origin):
            raise OriginRefused(
                f"{origin} is not an origin of {profile.rules.title}",
                where=origin,
                hint=f"its profile lists {', '.join(profile.rules.origins)}",
            )
        self.profile = profile
        self.origin = origin
        self.role = role
        self.evidence = evidence
        self._browser = browser
        self._account = account
        self._helper = helper
        self.after_help: Callable[[], Awaitable[None]] | None = None
        self._stand_in: asyncio.Future[None] | None = None
        self._counter = PageCounter()
        self._beside: list[ReadingSite] = []
        self._signing_in = asyncio.Lock()
        self._stored: SessionState | None = None
        self._breach: str | None = None
        self._context: BrowserContext | None = None
        self._tab: Tab | None = None
        self._fresh: Look | None = None
        self._looks = 0
        self._signed_in = False
        self.fallbacks: set[str] = set()

    async def start(self, state: SessionState | None = None) -> None:
        """Open a context with a stored session in it, under a gate of its own."""
        context = await self._browser.new_context(without_session_storage(state))
        await restore(context, state)
        self._context, self._stored = context, state
        hands = self.profile.hands
        gate = Gate(self.profile.money_urls, self.origin, by_driver=hands.sends_money == "driver")
        await gate.install(context)
        dialogs = Dialogs(hands.dialogs, self.profile.style)
        dialogs.attach(context)
        at_the_page = self._at_the_page()
        if at_the_page is not None:
            await at_the_page.attach(context)
        self._counter.attach(context)
        async with self._browser.watch.over("opening a tab", hands.waits.load):
            page = await context.new_page()
        self._tab = Tab(page, self.profile, self.origin, self.login, self._browser.watch, gate, dialogs, at_the_page)
        self._looks = 0
        self._fresh = None
        if stand_in := self._browser.rig.stand_in:
            self._stand_in = asyncio.ensure_future(stand_in(self))

    async def close(self) -> None:
        """Close the context; the browser is its owner's to close."""
        if self._stand_in is not None:
            self._stand_in.cancel()
        if self._context is not None:
            self._breach = self.breach
            await self._browser.close_context(self._context)
            self._context = self._tab = None

    async def renew(self) -> None:
        """Go on in a new context with the same session: the driver keeps every request of a context in memory."""
        await self.go_on_with(await self.session_state())

    def _at_the_page(self) -> AtThePage | None:
        """Who presses; nobody where nothing is pressed at all."""
        return None

    @property
    def login(self) -> str:
        """The name that the account signs in with."""
        return self._account.login

    @property
    def has_window(self) -> bool:
        """Whether a person can see the browser and use it."""
        return self._browser.has_window

    @property
    def tab(self) -> Tab:
        """The tab at work."""
        if self._tab is None:
            raise RuntimeError("the site was not started")
        return self._tab

    @property
    def browser(self) -> OwnedBrowser:
        """The browser that the pages are shown in."""
        return self._browser

    @property
    def page_loads(self) -> int:
        """HTML documents answered so far (redirects not counted), those of the tabs beside this one included."""
        return self._counter.count + sum(other.page_loads for other in self._beside)

    @property
    def processes(self) -> list[ProcessRecord]:
        """(pid, start time, name) of Playwright's node and the browser's processes."""
        return self._browser.processes()

    @property
    def notes(self) -> list[str]:
        """What a person should know of this run's browser: pictures not taken, fallback locators, partial sessions."""
        fallbacks = self.fallbacks.union(*(other.fallbacks for other in self._beside))
        found = [f"found only by a later candidate of the profile: {name}" for name in sorted(fallbacks)]
        return [*self._browser.notes, *self.evidence.notes, *found]

    @property
    def breach(self) -> str | None:
        """What went past the gate, in words: after it a run stops as unknown. None while nothing did."""
        own = self._breach or (self._tab.gate.breach if self._tab else None)
        return own or next((breach for other in self._beside if (breach := other.breach)), None)

    async def ensure_login(self) -> None:
        """Sign in if the stored session does not hold, and land on My Projects. Raises a `LoginError`."""
        await self._helped(lambda: self._read_projects(self._landing()))

    async def login_by_hand(self, seconds: float) -> None:
        """Open the login page in the window and wait for a person to sign in as the account. Raises a `LoginError`."""
        if self._helper is not None:
            await self._helper.sign_in(self, "a login by hand was asked for")
        else:
            await self.watch_login(within(seconds))
        await self._read_projects(self._landing())

    async def watch_login(self, done: Callable[[float], Awaitable[bool]], at: str | None = None) -> None:
        """Leave the page to a person until somebody is signed in, or `done` says so. `at` is the page to begin with."""
        self._fresh = None
        there = on_origin(self.origin, at) if at else login_url(self.profile, self.origin, path_of(self._landing()))
        with self.tab.dialogs.by_person():
            await wait_for_person(self.tab.page, self.tab.watch, self.profile, there, done)

    def in_window(self, browser: OwnedBrowser) -> ReadingSite:
        """The same account's site in another browser, for a person to sign in with."""
        other = ReadingSite(self.profile, browser, Credentials(self.login), self.role, self.origin, self.evidence)
        other._counter = self._counter
        return other

    async def whole_state(self) -> SessionState | None:
        """The context's session as it is, signed in or not; never to be kept."""
        if self._context is None:
            return None
        state = await self._browser.session_state(self._context)
        if not self.profile.hands.session_storage:
            return state
        return await with_session_storage(state, self.tab.page, self.tab.watch, self.origin)

    async def go_on_with(self, state: SessionState | None) -> None:
        """Go on in a new context with this session."""
        await self.close()
        await self.start(state)

    async def _helped(self, reading: Callable[[], Awaitable[Found]]) -> Found:
        """Read; where the site wants what only a person can do, wait for that person, and read again."""
        helped = 0
        while True:
            try:
                found = await reading()
                break
            except LoginError as error:
                if self._helper is None or helped >= HELPS:
                    raise
                helped += 1
                await self._helper.help(self, error)
        if helped and self.after_help is not None:
            await self.after_help()
        return found

    def _landing(self) -> str:
        return first_page(self.profile, self.origin, self.role, next(iter(self.profile.hands.lists)))

    async def give_code(self, code: SecretStr) -> None:
        """Type the 2-step code that `CodeNeeded` asked for; the page is still open. Raises a `LoginError`."""
        await type_code(self.tab.page, self.tab.watch, self.profile, self.origin, code)

    async def session_state(self) -> SessionState | None:
        """The session to keep; None unless the account was seen signed in, so that nothing good is overwritten."""
        if not self._signed_in or self._context is None:
            return None
        return await self.whole_state()

    async def prove_session(self, state: Mapping[str, Any]) -> bool:
        """Whether a stored session signs in by itself: tried in a context of its own, with nothing typed."""
        other = self.in_window(self._browser)
        try:
            await other.start(dict(state))
            await other.ensure_login()
        except MilepostError:
            return False
        finally:
            await other.close()
        return True

    async def projects(self) -> tuple[SiteProject, ...]:
        """Every project of My Projects, all pages of all lists. Raises `CouldNotRead`, `LoginError`."""
        return await self._helped(self._all_projects)

    async def _all_projects(self) -> tuple[SiteProject, ...]:
        found: dict[str, SiteProject] = {}
        for status in self.profile.hands.lists:
            for project in await read_list(self._read_projects, self.profile, self.origin, self.role, status):
                found[project.ref] = project
        return tuple(found.values())

    async def look(self, project: SiteProject) -> Look:
        """The project's payments page from a fresh load, read whole. `CouldNotRead`, `NotFound`, `LoginError`."""
        self._fresh = None
        if self._looks >= self.profile.hands.contexts_last:
            await self.renew()
        return await self._helped(lambda: self._look(project))

    async def _look(self, project: SiteProject) -> Look:
        if not project.url:
            return await self.open_by_title(project.title)
        what = f"the payments of project {project.ref or shown(project.title)}"
        await self._arrive(payments_url(self.profile, self.origin, project), what)
        return await self._look_here(project, what)

    async def open_by_title(self, title: str) -> Look:
        """Look at a project the users' way: My Projects, its title, its payments tab. `Ambiguous` for twins."""
        self._fresh = None
        projects = by_title(list(await self.projects()), title)
        if len(projects) != 1:
            kind, count = (Ambiguous, len(projects)) if projects else (NotFound, "no")
            refs = ", ".join(project.ref for project in projects)
            raise kind(
                f"{count} projects are titled {shown(title)}" + (f": {refs}" if refs else ""),
                where=self.origin,
                hint="name the project by its `ref` in the plan",
            )
        project = projects[0]
        await click_title(self.tab, self._read_projects, self.role, project)
        return await self._look_here(project, f"the payments of project {project.ref}")

    async def picture(self, name: str) -> Path | None:
        """A picture of the page as it stands, under the evidence folder; None if none could be taken."""
        if self._tab is None or self._browser.watch.is_broken():
            return None
        return await self.evidence.picture(self.tab.page, name)

    async def outline(self, name: str) -> Path | None:
        """The outline of the page as it stands, beside its picture; None if none could be taken."""
        if self._tab is None or self._browser.watch.is_broken():
            return None
        return await self.evidence.outline(self.tab.page, name)

    async def visit(self, url: str, what: str) -> Response | None:
        """Load a page of the site, signing in if it asks, and read nothing. Returns the answer it came with."""
        self._fresh = None
        await self._helped(lambda: self._arrive(url, what))
        return self._counter.latest

    @asynccontextmanager
    async def signed_out(self) -> AsyncIterator[ReadingSite]:
        """The site as it meets somebody who is not signed in, in a context of its own, for the length of a block."""
        other = ReadingSite(
            self.profile, self._browser, Credentials(self._account.login), self.role, self.origin, self.evidence
        )
        self._beside.append(other)
        try:
            await other.start()
            yield other
        finally:
            await other.close()

    async def _look_here(self, project: SiteProject, what: str) -> Look:
        reading = await self._read(self.profile.hands.payments, what)
        look = look_of(reading, self.profile, project)
        self._looks += 1
        self._fresh = look
        return look

    async def _read_projects(self, url: str) -> PageReading:
        self._fresh = None
        await self._arrive(url, "My Projects")
        return await self._read(self.profile.hands.projects, "My Projects")

    async def _read(self, spec: Any, what: str) -> PageReading:
        async with self._or_captcha(what):
            reading = await self.tab.read(spec, what)
        self._signed_in = True
        self.fallbacks.update(reading.fallbacks)
        return reading

    @asynccontextmanager
    async def _or_captcha(self, what: str) -> AsyncIterator[None]:
        """For the length of a block: what could not be read because a captcha stands there raises `CaptchaShown`."""
        try:
            yield
        except CouldNotRead as error:
            if captcha := await self._captcha(what):
                raise captcha from error
            raise

    async def _captcha(self, what: str) -> CaptchaShown | None:
        """Where a page was not seen whole because a captcha stands in its place: that error instead."""
        texts = self.profile.hands.login.errors.get("captcha", ())
        with contextlib.suppress(MilepostError):
            async with self.tab.watch.over("looking for a captcha", 5):
                said = " ".join((await self.tab.page.locator("body").inner_text()).split())
            if any(text in said for text in texts):
                return CaptchaShown(
                    f"the site shows a captcha instead of {what}",
                    where=self.tab.page.url,
                    hint="log in by hand in a window: Milepost never solves a captcha",
                )
        return None

    async def _open(self, url: str, what: str) -> Response | None:
        """A fresh load. Of a site whose scripts draw its pages, wait until they have: only then a login shows."""
        response = await self.tab.open(url, what)
        hands = self.profile.hands
        if hands.drawn is not None and (response is None or response.ok):
            signals = {"login": Signal(url=hands.urls.is_login), "drawn": hands.drawn}
            async with self._or_captcha(what):
                await first_signal(
                    self.tab.page, self.tab.watch, signals, what=f"seeing {what} drawn", seconds=hands.waits.read
                )
        return response

    async def _arrive(self, url: str, what: str) -> None:
        """Load a URL; where the site wants a login first, sign in and land there."""
        response = await self._open(url, what)
        if not needs_login(self.profile, response, self.tab.page.url):
            check_answer(response, what)
            return
        self._signed_in = False
        wanted = path_of(on_origin(self.origin, url))
        async with self._signing_in:  # one after the other: several at once look like somebody breaking in
            await sign_in(self.tab.page, self.tab.watch, self.profile, self.origin, self._account, then=wanted)
        response = self._counter.latest
        if path_of(self.tab.page.url) != wanted:
            response = await self._open(url, what)
        check_answer(response, what)
        if is_login_page(self.profile, self.tab.page.url):
            raise CouldNotRead(f"the site asks to log in again for {what}", where=self.origin, hint="log in by hand")
