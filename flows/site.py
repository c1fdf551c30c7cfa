"""`BrowserSite`: the `assistant.site.Site` that a browser fulfils, for one account on one origin.

`open_site` gives one for the length of a block: browser, context, gate, dialogs and evidence folder included. What it
reads with is in `flows.reading_site`; here are the money steps, each of which stands or falls by `_guard`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from assistant.errors import CouldNotRead, LiveRefused, MilepostError, OutcomeUnknown, Refused, SiteError
from assistant.platform import is_mock
from assistant.site import CartReading, Look, PaymentSource, Role, SiteProject, Step, StepKind, Submission
from assistant.switches import why_not_driven
from flows.browser import OwnedBrowser, SessionState, open_browser
from flows.evidence import Evidence
from flows.handover import HandOver
from flows.login import Credentials
from flows.pace import Pace
from flows.pages.accept_request import prepare_accept, submit_accept
from flows.pages.confirm_payment import choose_source, open_cart, open_pay_in, pay_cart, read_cart
from flows.pages.create_milestone import Prepared, check_prepared, prepare_form, submit_form
from flows.pages.pressing import AtThePage
from flows.pages.release import prepare_release, submit_release
from flows.pages.row_button import prepare_row, submit_row
from flows.profile import Form, Profile, RowButton, described, on_origin, path_of
from flows.reading_site import ReadingSite
from flows.rig import PLAIN, Rig
from flows.tab import reason_of

_PUTS_UP = frozenset({StepKind.CREATE, StepKind.ACCEPT})
"""The steps that may take money at once where a site has no cart."""

_HOW = {
    StepKind.CREATE: "how a milestone is put up",
    StepKind.REQUEST: "how a milestone is asked for",
    StepKind.ACCEPT: "how a request is accepted",
    StepKind.WITHDRAW: "how a request is taken back",
    StepKind.REQUEST_RELEASE: "how a release is asked for",
    StepKind.RELEASE: "how a milestone is released",
}
"""What a profile that leaves a step's table out does not say."""


class BrowserSite(ReadingSite):
    """One account's site in one browser, money steps included.

    `alone` are the profile's steps that are pressed without a person; None: all of them, which is for a mock alone.
    On a live site without `alone` every money step is refused.
    """

    def __init__(
        self,
        profile: Profile,
        browser: OwnedBrowser,
        account: Credentials,
        role: Role,
        origin: str,
        evidence: Evidence,
        *,
        pace: Pace | None = None,
        helper: HandOver | None = None,
        alone: frozenset[str] | None = None,
    ) -> None:
        super().__init__(profile, browser, account, role, origin, evidence, helper)
        self._alone = alone
        self._pace = pace or Pace(profile.rules.pace(origin))
        self._may_pay = is_mock(origin) or alone is not None
        self._creating_pays = profile.rules.creates_pays
        self._prepared: Prepared | None = None

    def _at_the_page(self) -> AtThePage | None:
        """The person of this run, where not everything is pressed automatically."""
        if self._alone is None or self._helper is None:
            return None
        return AtThePage(self._helper.person, self._alone)

    @property
    def creating_pays(self) -> bool:
        """True where submitting the form takes the money at once, without a cart: as the form at hand shows."""
        return self._creating_pays

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[BrowserSite]:
        """Another tab of this account for the length of a block: same session and pace, a context and gate of its own.

        A gate's passes are one step's; in a context of its own no step can use what was granted to another.
        """
        other = BrowserSite(
            self.profile,
            self._browser,
            self._account,
            self.role,
            self.origin,
            self.evidence,
            pace=self._pace,
            helper=self._helper,
            alone=self._alone,
        )
        other._signing_in = self._signing_in
        self._beside.append(other)
        try:
            await other.start(await self.session_state() or self._stored)
            yield other
        finally:
            await other.close()

    async def prepare(self, step: Step) -> None:
        """Open the form, type, read back, make sure the button can be pressed. Nothing is submitted."""
        self._guard()
        self._prepared = None
        await self._pace.before_step()
        look = self._fresh
        if look is None or look.project.ref != step.project.ref or not self._is_on_payments(step.project):
            look = await self.look(step.project)
        self._fresh = None
        try:
            self._prepared = await self._prepare(step, look)
            self._check_still_there(step.project)
        except (SiteError, Refused):
            await self.outline(f"stopped-{step.kind}-{step.project.ref}")
            raise
        self._creating_pays = step.kind in _PUTS_UP and self._prepared.button.direct

    async def submit(self, step: Step) -> Submission:
        """Press the button that `prepare` made sure of, once. Never raises for what the site or the line does."""
        prepared, self._prepared = self._prepared, None
        if prepared is None or prepared.step != step:
            return Submission(left=0, trouble="nothing was pressed: this step was not prepared")
        try:
            await check_prepared(self.tab, prepared)
        except MilepostError as error:
            return Submission(left=0, trouble=f"nothing was pressed: {reason_of(error)}")
        submission = await self._submit(prepared)
        if self.profile.hands.is_cart(self.tab.page.url):
            self._creating_pays = False
        return submission

    async def cart(self, step: Step) -> CartReading:
        """Read the cart that `submit` led to, or for CONFIRM the one of `cart_url` or of the row, from a fresh load."""
        self._guard()
        self._fresh = None
        if step.kind is StepKind.CONFIRM:
            await self._pace.before_step()
            return await self._cart_of(step)
        if not self.profile.hands.is_cart(self.tab.page.url):
            raise CouldNotRead(
                "the page is not a cart: pressing the button did not lead to one",
                where=self.tab.page.url,
                hint="nothing was paid",
            )
        return await read_cart(self.tab)

    async def _cart_of(self, step: Step) -> CartReading:
        """What a confirmation pays: the cart that stands, or the dialog behind the button of the milestone's row."""
        if step.cart_url is not None:
            there = on_origin(self.origin, step.cart_url)
            await self._helped(lambda: self._arrive(there, "the cart"))
            if self.profile.hands.is_cart(self.tab.page.url):
                return await read_cart(self.tab)
        elif (button := self.profile.hands.cart.open) is not None:
            await open_cart(self.tab, button, step, await self._look_for(step))
            return await read_cart(self.tab)
        elif (pay_in := self.profile.hands.cart.pay_in) is not None:
            await open_pay_in(self.tab, pay_in, step, await self._look_for(step))
            return await read_cart(self.tab)
        raise CouldNotRead(
            f"{self.profile.rules.title} has no way to pay this milestone that its profile describes",
            where=self.tab.page.url,
            hint="nothing was paid; pay it by hand on the site",
        )

    async def _look_for(self, step: Step) -> Look:
        """A fresh look at the step's project, whose page is then used up."""
        look = await self.look(step.project)
        self._fresh = None
        return look

    async def choose(self, source: PaymentSource) -> CartReading:
        """Select a source on the cart page and read the cart again; its fees may have changed."""
        self._guard()
        return await choose_source(self.tab, source)

    async def pay(self, cart: CartReading) -> Submission:
        """Confirm the payment of exactly this reading, once. Reads the page again right before the click."""
        try:
            self._guard()
        except MilepostError as error:
            return Submission(left=0, trouble=f"nothing was paid: {error.message}")
        paid = await pay_cart(self.tab, cart)
        if not paid.left and paid.trouble:
            await self.outline(f"stopped-pay-{cart.project_ref}")
        return paid

    async def _prepare(self, step: Step, look: Look) -> Prepared:
        tab, hands = self.tab, self.profile.hands
        match step.kind:
            case StepKind.CREATE | StepKind.REQUEST:
                return await prepare_form(tab, self._form_of(step), step)
            case StepKind.WITHDRAW | StepKind.REQUEST_RELEASE:
                return await prepare_row(tab, self._button_of(step), step, look)
            case StepKind.ACCEPT:
                return await prepare_accept(tab, described(hands.accept, _HOW[step.kind]), step, look)
            case StepKind.RELEASE:
                return await prepare_release(tab, described(hands.release, _HOW[step.kind]), step, look)
            case StepKind.CONFIRM:
                raise CouldNotRead("a payment has no form: read its cart", where=step.project.url)

    async def _submit(self, prepared: Prepared) -> Submission:
        tab, hands, step = self.tab, self.profile.hands, prepared.step
        match step.kind:
            case StepKind.CREATE | StepKind.REQUEST:
                return await submit_form(tab, prepared, self._form_of(step))
            case StepKind.WITHDRAW | StepKind.REQUEST_RELEASE:
                return await submit_row(tab, self._button_of(step), prepared)
            case StepKind.ACCEPT:
                return await submit_accept(tab, described(hands.accept, _HOW[step.kind]), prepared)
            case StepKind.RELEASE:
                return await submit_release(tab, described(hands.release, _HOW[step.kind]), prepared)
            case StepKind.CONFIRM:
                return Submission(left=0, trouble="nothing was pressed: a payment has no form")

    def _form_of(self, step: Step) -> Form:
        return described(self.profile.hands.forms.get(step.kind.value), _HOW[step.kind])

    def _button_of(self, step: Step) -> RowButton:
        return described(self.profile.hands.row_buttons.get(step.kind.value), _HOW[step.kind])

    def _check_still_there(self, project: SiteProject) -> None:
        """A form on a page of its own must be the project's, on the account's own origin. Raises `CouldNotRead`."""
        if not self._is_on_payments(project):
            raise CouldNotRead(
                f"the form's page {path_of(self.tab.page.url)} is not one of project {project.ref}",
                where=self.tab.page.url,
                hint="nothing was submitted; `urls.is_project` of the profile says which pages are a project's",
            )

    def _is_on_payments(self, project: SiteProject) -> bool:
        here = self.profile.seo_url(self.tab.page.url)
        return self.tab.is_at_home() and here is not None and here == self.profile.seo_url(project.url)

    def _guard(self) -> None:
        """What must hold before any money step: a mock platform or a person's word, and no breach."""
        if why := why_not_driven(self.profile.rules, self.role, live=not is_mock(self.origin)):
            raise Refused(f"nothing is submitted: {why}", where=self.origin, hint="`milepost profile check` says more")
        if self._browser.remote:
            raise LiveRefused(
                "the browser is somebody's own, connected to through its debugging port: it is only read with",
                where=self.origin,
                hint="leave `browser.endpoint` out, so that Milepost starts a browser of its own",
            )
        if not self._may_pay:
            raise LiveRefused(
                f"{self.origin} is a live site, and this is not a run that may take a money step there",
                where=self.origin,
                hint="start it with `milepost apply`, which begins with a guided run",
            )
        if self._alone is not None and not self.has_window:
            raise LiveRefused(
                f"money steps on {self.origin} are taken in a window that a person can see",
                where=self.origin,
                hint="run it in a desktop session, without `browser.headless = true`",
            )
        if self.breach:
            raise OutcomeUnknown(
                f"a money request went past the gate: {self.breach}",
                where=self.origin,
                hint="the run stops; look at the site, then settle what is unknown",
            )


@asynccontextmanager
async def open_site(
    profile: Profile,
    account_login: str,
    password: SecretStr | None,
    role: Role,
    origin: str,
    evidence_dir: Path,
    session_state: SessionState | None = None,
    browser_path: str | Path | None = None,
    headless: bool = True,
    *,
    browser: OwnedBrowser | None = None,
    helper: HandOver | None = None,
    alone: frozenset[str] | None = None,
    rig: Rig = PLAIN,
) -> AsyncIterator[BrowserSite]:
    """An account's site for the length of a block, in a browser of its own (or in `browser`, which is left open).

    `browser_path` may also be the endpoint of a running browser; it is then only read with. Headless-shell is used for
    a mock platform without a window. Raises `BrowserError`, `OriginRefused`.
    """
    async with AsyncExitStack() as stack:
        if browser is None:
            own = open_browser(browser_path, headless=headless, prefer_shell=is_mock(origin), rig=rig)
            browser = await stack.enter_async_context(own)
        site = BrowserSite(
            profile,
            browser,
            Credentials(account_login, password),
            role,
            origin,
            Evidence(evidence_dir, profile.hands.mask),
            helper=helper,
            alone=alone,
        )
        stack.push_async_callback(site.close)
        await site.start(session_state)
        yield site
