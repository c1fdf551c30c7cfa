"""The doctor's round: login page, My Projects, a project, its payments, and the form that it opens and closes again.

It gets a `ReadingSite`, which can submit nothing, under a gate that no pass is ever granted for. The only click is the
one on the button that opens the form, once its accessible name is what the profile says; nothing is typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from playwright.async_api import Locator, Response

from assistant.clock import now
from assistant.errors import CouldNotRead, MilepostError
from assistant.money import shown
from assistant.profile_files import Where
from assistant.site import MilestoneState, Role
from assistant.switches import ReleaseNeeds
from flows.doctor.buttons import Scope, study_button, study_locator, study_submits, study_tab
from flows.doctor.findings import Findings, Found, LocatorFacts, behind
from flows.doctor.readings import PageUnderStudy, Raw, study
from flows.elements import appear, examine, visible
from flows.login import is_login_page
from flows.pages.my_projects import first_page
from flows.profile import Form, Locators, PayIn, RowButton, fill, on_origin, path_of
from flows.reading_site import ReadingSite

_MOST_PROJECTS = 5
_FOR_THE_FORM = 15
"""Projects to look at while none of them has let the form be opened."""
_CLOSE_SECONDS = 2.0
Say = Callable[[str, str, Mapping[str, Any]], None]
"""Tells whoever watches the run: kind, text, figures."""


class Walk:
    """One round on one account's site. `known` are links of projects that had rows to see the last time."""

    def __init__(self, site: ReadingSite, say: Say, known: Sequence[str] = ()) -> None:
        self._known = tuple(known)
        self.findings = Findings()
        self.pictures: list[str] = []
        self.held: list[str] = []
        """Money requests that opening the form tried to send: the gate held them, and a run must not open it."""
        self.clock_off: float | None = None
        """Seconds that this machine's clock is ahead of the site's."""
        self._site = site
        self._say = say
        self._hands = site.profile.hands
        self.form_seen = False
        """Whether any project let the form be opened: without that the steps that matter most were not looked at."""

    async def around(self) -> None:
        """Walk. Raises `LoginError`, `CouldNotRead` or `BrowserError` where the pages cannot be reached at all."""
        await self._login_page()
        projects = [*self._known, *(link for link in await self._my_projects() if link not in self._known)]
        for number, link in enumerate(projects[:_FOR_THE_FORM]):
            if number >= _MOST_PROJECTS and self.form_seen:
                break
            if number == 0:
                await self._project_page(link)
            await self._payments_page(link)
            if self.form_seen and self._seen_rows("milestones") and self._seen_rows("requests"):
                break
        self._note_the_rest()

    def _seen_rows(self, name: str) -> bool:
        fact = self.findings.facts.get(("hands", "payments", "lists", name, "rows"))
        return fact is not None and fact.found is not Found.UNSEEN

    async def _login_page(self) -> None:
        landing = path_of(
            first_page(self._site.profile, self._site.origin, self._site.role, next(iter(self._hands.lists)))
        )
        async with self._site.signed_out() as other:
            response = await other.tab.open(fill(self._hands.urls.login, next=landing), "the login page")
            self._compare_clocks(response)
            if not is_login_page(self._site.profile, other.tab.page.url):
                self._say("doctor", "the login page leads elsewhere", {})
                return
            page = other.tab.page
            async with other.tab.watch.over("looking at the login page", self._hands.waits.read):
                await page.locator(":focus, input").filter(visible=True).count()
            for key in ("name", "password", "submit"):
                scope = Scope(page, "login", self._site.profile, self.findings)
                await study_locator(scope, ("hands", "login", key), getattr(self._hands.login, key))
            await self._evidence(other, "login")

    def _compare_clocks(self, response: Response | None) -> None:
        told = response.headers.get("date") if response is not None else None
        if told:
            moment: datetime = parsedate_to_datetime(told)
            self.clock_off = (now() - moment).total_seconds()

    async def _my_projects(self) -> list[str]:
        """The links of the projects on the first page that has any."""
        for status in self._hands.lists:
            url = first_page(self._site.profile, self._site.origin, self._site.role, status)
            await self._site.visit(url, "My Projects")
            tab = self._site.tab
            raw = await study(
                PageUnderStudy(tab, ("hands", "projects"), self._hands.projects, "My Projects"), self.findings
            )
            self._check_account(raw)
            links = tab.page.locator(self._hands.title_links).filter(visible=True)
            rows = raw["lists"]["projects"]["rows"]
            if rows:
                count = await links.count()
                found = Found.ONE if count == len(rows) else Found.SEVERAL if count else Found.NONE
                note = "" if found is Found.ONE else f"{count} links for {len(rows)} projects"
                self.findings.add(LocatorFacts(("hands", "title_links"), found, "My Projects", 1, count, note=note))
                await self._evidence(self._site, "my-projects")
                hrefs = [row["link"]["text"] for row in rows if row["link"]["text"]]
                return hrefs or [href for link in await links.all() if (href := await link.get_attribute("href"))]
        await self._evidence(self._site, "my-projects")
        return []

    def _check_account(self, raw: Raw) -> None:
        """Another account's pages say nothing about this one's. Where no name is found, that is what is told."""
        name = raw["values"]["signed_in"]["text"]
        if name is not None and name.casefold() != self._site.login.casefold():
            raise CouldNotRead(
                f"the site shows {shown(name)} as signed in, and the account's login is {shown(self._site.login)}",
                where=self._site.origin,
                hint="log in again as the account, or correct the account's `login`",
            )

    def _payments_url(self, link: str) -> str:
        seo_url = self._site.profile.seo_url(on_origin(self._site.origin, link))
        if seo_url is None:
            raise CouldNotRead(
                f"{link} is not the address of a project, as the profile has it",
                where="hands.urls.is_project",
                hint="compare it with the address of a project in your browser",
            )
        return on_origin(self._site.origin, fill(self._hands.urls.payments, seo_url=seo_url))

    async def _project_page(self, link: str) -> None:
        """The page that a project's title leads to, with the tab of its payments."""
        await self._site.visit(on_origin(self._site.origin, link), "a project")
        scope = Scope(self._site.tab.page, "project", self._site.profile, self.findings)
        await study_tab(scope, ("hands", "payments_tab"), self._hands.payments_tab, self._payments_url(link))
        await self._evidence(self._site, "project")

    async def _payments_page(self, link: str) -> None:
        await self._site.visit(self._payments_url(link), "the payments of a project")
        page = PageUnderStudy(self._site.tab, ("hands", "payments"), self._hands.payments, "payments")
        raw = await study(page, self.findings)
        await self._row_buttons(raw)
        await self._evidence(self._site, "payments")
        if not self.form_seen:
            await self._form()

    async def _row_buttons(self, raw: Raw) -> None:
        """The buttons on rows in a state that offers them to this side. None is pressed."""
        for name, spec, rows, states in self._rows(raw):
            place: Where = ("hands", *name.split("."))
            for row in rows:
                ref, word = row["site_ref"]["text"], row["raw"]["text"] or ""
                state = self._state(name, word)
                if state is MilestoneState.UNCLEAR and word:
                    self.findings.words.add(word)
                if ref is None or state not in states:
                    continue
                scope = Scope(self._site.tab.page, "payments", self._site.profile, self.findings)
                candidates = [text.replace("{ref}", ref) for text in spec.row]
                element = await study_locator(scope, (*place, "row"), candidates, suggest=False)
                if element is not None:
                    inner = Scope(element, "payments", self._site.profile, self.findings)
                    await study_button(inner, (*place, "button"), spec.button)
                break

    def _rows(self, raw: Raw) -> Iterator[tuple[str, RowButton, Sequence[Raw], frozenset[MilestoneState]]]:
        """The buttons on rows of this side: their table, the rows of their list, and the states that offer them."""
        lists, buttons = raw["lists"], self._hands.row_buttons
        for name in _ON_ROWS[self._site.role]:
            kind = "requests" if name in ("accept", "withdraw") else "milestones"
            if name in buttons and kind in lists:
                yield name, buttons[name], lists[kind]["rows"], self._offered(name)

    def _offered(self, name: str) -> frozenset[MilestoneState]:
        """The states of a row that offer such a button."""
        needs = self._site.profile.rules.switches.release_needs
        first = name == "release" and needs is not ReleaseNeeds.NOTHING
        return _OFFERED[name] - {MilestoneState.FUNDED} if first else _OFFERED[name]

    def _state(self, name: str, word: str) -> MilestoneState:
        rules = self._site.profile.rules
        return rules.request_state_of(word) if name in ("accept", "withdraw") else rules.state_of(word)

    async def _form(self) -> None:
        """Open the form of this side, look at what is in it, and close it. Nothing is typed, nothing is submitted."""
        client = self._site.role is Role.CLIENT
        name = "create" if client else "request"
        form: Form | PayIn | None = self._hands.forms.get(name)
        place: Where = ("hands", name)
        if form is None and client:
            form, place = self._hands.cart.pay_in, ("hands", "cart", "pay_in")
        if form is None:
            self.form_seen = True  # this side has none, so there is none to look at
            return
        tab = self._site.tab
        scope = Scope(tab.page, "payments", self._site.profile, self.findings)
        opener = await study_button(scope, (*place, "open"), form.open)
        if opener is None or not await opener.is_enabled():
            return
        self.form_seen = True
        try:
            async with tab.watch.over("opening the form", self._hands.waits.read):
                await opener.click()
                await appear(tab.page, form.shown)
        except CouldNotRead:
            self._say("doctor", "the form did not appear as the profile describes it", {})
        await self._inside(place, form)
        self.held += tab.gate.held
        await self._evidence(self._site, "form")
        await self._close(form)

    async def _inside(self, place: Where, form: Form | PayIn) -> None:
        page = self._site.tab.page
        shown = await study_locator(
            Scope(page, "form", self._site.profile, self.findings), (*place, "shown"), form.shown
        )
        if shown is None:
            return
        scope = Scope(shown, "form", self._site.profile, self.findings)
        if isinstance(form, PayIn):
            amount = await study_locator(scope, (*place, "amount"), form.amount)
            await study_button(scope, (*place, "go_on"), form.go_on)
            if amount is not None:
                await self._label(place, form, amount)
            return
        await self._fields(scope, place, form)
        gone = await page.locator(form.gone).filter(visible=True).count()
        found = Found.ONE if gone else Found.NONE
        self.findings.add(LocatorFacts((*place, "gone"), found, "form", 1 if gone else 0, gone))

    async def _fields(self, scope: Scope, place: Where, form: Form) -> None:
        """What the form shows at once: of one that comes in stages, the fields of the first and its button."""
        finds: dict[Where, Locators] = {("amount",): form.amount, ("description",): form.description}
        finds |= {("more", name, "find"): field.find for name, field in form.more.items()}
        first = form.stages[0] if form.stages else None
        for key, find in finds.items():
            if first is not None and key[0 if key[0] != "more" else 1] not in first.fields:
                self.findings.add(LocatorFacts((*place, *key), Found.BEHIND, behind=first.go_on.name))
                continue
            element = await study_locator(scope, (*place, *key), find)
            if key == ("amount",) and element is not None:
                await self._label(place, form, element)
        if first is None:
            await study_submits(scope, place, form)
        else:
            await study_button(scope, (*place, "stages", 0, "go_on"), first.go_on)

    async def _label(self, place: Where, form: Form | PayIn, amount: Locator) -> None:
        name = (await examine(amount)).name
        found = Found.ONE if re.search(form.currency_label, name) else Found.NONE
        note = "" if found is Found.ONE else f"the amount is labelled {name!r}"
        self.findings.add(LocatorFacts((*place, "currency_label"), found, "form", 1, 1, note=note, nearest=(name,)))

    async def _close(self, form: Form | PayIn) -> None:
        """Away with the form: Escape, and where that does not do it, the next page load does."""
        tab = self._site.tab
        try:
            async with tab.watch.over("closing the form", _CLOSE_SECONDS):
                await tab.page.keyboard.press("Escape")
                element, count = await visible(tab.page, form.shown)
                if count == 1:
                    await element.wait_for(state="hidden")
        except MilepostError:
            url = first_page(self._site.profile, self._site.origin, self._site.role, next(iter(self._hands.lists)))
            await self._site.visit(url, "My Projects")

    async def _evidence(self, site: ReadingSite, page: str) -> None:
        """Picture and outline of a page where something is broken; a line about it in any case."""
        broken = [
            entry.field for entry in self.findings.broken if entry.page == page or page in _PAGES.get(entry.page, ())
        ]
        self._say("doctor", f"looked at {page}: {len(broken)} broken", {"page": page, "broken": broken})
        if broken:
            kept = [await site.picture(f"doctor-{page}"), await site.outline(f"doctor-{page}")]
            self.pictures += [str(path) for path in kept if path and str(path) not in self.pictures]

    def _note_the_rest(self) -> None:
        """What only shows after a step that nobody takes to look."""
        data = self._site.profile.files.data["hands"]
        opens = "Create" if self._hands.cart.open is None else self._step("cart.open")
        opens = self._hands.cart.pay_in.go_on.name if self._hands.cart.pay_in is not None else opens
        rest: tuple[tuple[str, Where, Any], ...] = (
            ("login", ("hands", "login"), data["login"]),
            (opens, ("hands", "cart"), data["cart"]),
            *((self._step(name), ("hands", name), data[name]) for name in _STEPS if name in data),
        )
        for step, place, part in rest:
            self.findings.add(*behind(step, place, part))
        self.findings.add(LocatorFacts(("hands", "cart", "done"), Found.BEHIND, behind="Pay"))

    def _step(self, name: str) -> str:
        if name in ("create", "accept", "release", "cart.open"):
            return _STEPS[name] if self._site.role is Role.CLIENT else "the client's login"
        return _STEPS[name] if self._site.role is Role.FREELANCER else "the freelancer's login"


_PAGES = {"My Projects": ("my-projects",)}
_STEPS = {
    "create": "Create",
    "request": "Request",
    "accept": "Accept",
    "withdraw": "Withdraw",
    "request_release": "Request Release",
    "release": "Release",
    "cart.open": "Fund",
}
"""Tables of the profile, and the button behind which what is not seen otherwise stands."""

_ON_ROWS = {
    Role.CLIENT: ("accept", "cart.open", "release"),
    Role.FREELANCER: ("withdraw", "request_release"),
}
_OFFERED = {
    "accept": frozenset({MilestoneState.REQUESTED}),
    "withdraw": frozenset({MilestoneState.REQUESTED}),
    "cart.open": frozenset({MilestoneState.AWAITING_PAYMENT}),
    "release": frozenset({MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED}),
    "request_release": frozenset({MilestoneState.FUNDED}),
}
"""The states of a row that may have such a button."""
