"""Logins that only a person can make: handed over, waited for, and the reading begun again; never a click."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.accounts import use_account
from assistant.errors import AccountClosed, CouldNotRead, LoginError, NobodyCame
from assistant.journal import Journal, RunKind, Wanted
from assistant.person import Need
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from assistant.site import StepKind
from flows.browser import OwnedBrowser, open_browser
from flows.handover import HandOver
from flows.profile import Profile
from flows.run_site import RunSite
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.flows.people import Somebody, helper
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SITE = "38112233"


@pytest.fixture
def with_window(owned_browser: OwnedBrowser, monkeypatch: pytest.MonkeyPatch) -> OwnedBrowser:
    """The tests' browser, as if a person could see it."""
    monkeypatch.setattr(owned_browser, "has_window", True)
    return owned_browser


async def sign_in(site: BrowserSite, login: str) -> None:
    """What a person does in the window."""
    page = site.tab.page
    await page.get_by_placeholder("Email or Username").fill(login)
    await page.get_by_placeholder("Password").fill("milepost")
    await page.get_by_role("button", name="Log In", exact=True).click()


async def test_a_code_is_asked_for_until_it_is_right(open_as: OpenSite, owned_browser: OwnedBrowser) -> None:
    somebody = Somebody("111111", "246810")
    site = await open_as("twostep-tina", helper=helper(somebody, owned_browser))
    await site.ensure_login()
    assert [need for need, _ in somebody.asked_for] == [Need.CODE, Need.CODE]
    assert "This code is incorrect" in somebody.asked_for[1][1]
    assert not any("246810" in words or "111111" in words for _, words in somebody.asked_for)
    assert await site.session_state() is not None


@pytest.mark.parametrize("login", ["captcha-cara", "device-dora"])
async def test_what_only_a_person_can_do_is_theirs_in_the_window(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform, login: str
) -> None:
    """They sign in as somebody the site lets in; here that is another account, which is then no login of this one."""
    somebody = Somebody()
    site = await open_as(login, helper=helper(somebody, with_window))
    reading = asyncio.ensure_future(site.ensure_login())
    await somebody.waits.wait()
    assert site.login in somebody.asked_for[0][1]
    await sign_in(site, "anna")
    with pytest.raises(CouldNotRead, match="'anna' as signed in"):
        await reading
    assert await site.session_state() is None


async def test_a_session_that_ends_in_a_run_is_renewed_by_a_person_and_the_look_begins_again(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform
) -> None:
    somebody = Somebody()
    site = await open_as(password=None, helper=helper(somebody, with_window))
    kept: list[object] = []

    async def keep() -> None:
        kept.append(await site.session_state())

    site.after_help = keep
    first = asyncio.ensure_future(site.look(known(mock, SITE)))
    await somebody.waits.wait()
    await sign_in(site, "anna")
    assert (await first).project.ref == SITE
    mock.fault(at="project", when="before", kind="logout")
    other = step(mock, StepKind.CREATE, "38112236", "Design", "500.00 USD")
    preparing = asyncio.ensure_future(site.prepare(other))  # of another project: it begins with a look
    await somebody.waits.wait()
    await sign_in(site, "anna")
    await preparing
    assert (len(somebody.asked_for), len(kept)) == (2, 2)
    assert mock.truth()["money_requests"] == []


async def test_a_session_that_ends_at_the_click_is_not_clicked_again(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform
) -> None:
    somebody = Somebody()
    site = await open_as(helper=helper(somebody, with_window))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    mock.fault(at="milestone.create", when="before", kind="logout")
    assert (await site.submit(wanted)).trouble is not None
    sent = len(mock.truth()["money_requests"])
    with pytest.raises(CouldNotRead):
        await site.cart(wanted)
    assert (await site.look(wanted.project)).milestones == ()  # signed in again, with the password
    assert len(mock.truth()["money_requests"]) == sent == 1
    assert somebody.asked_for == []


async def test_a_captcha_in_place_of_a_page_is_waited_for(
    open_as: OpenSite, with_window: OwnedBrowser, mock: MockPlatform, profile: Profile
) -> None:
    somebody = Somebody()
    site = await open_as(profile=profile.with_waits(read=1.5), helper=helper(somebody, with_window))
    await site.ensure_login()
    mock.fault(at="project", when="before", kind="captcha")
    assert (await site.look(known(mock, SITE))).project.ref == SITE
    assert "captcha" in somebody.asked_for[0][1]


async def test_nobody_who_comes_is_a_refusal(open_as: OpenSite, with_window: OwnedBrowser) -> None:
    site = await open_as("captcha-cara", helper=helper(Somebody(gone=True), with_window))
    with pytest.raises(NobodyCame) as raised:
        await site.ensure_login()
    assert raised.value.exit_code == 3


async def test_what_nobody_can_mend_is_not_asked(open_as: OpenSite, owned_browser: OwnedBrowser) -> None:
    somebody = Somebody()
    site = await open_as("closed-clara", helper=helper(somebody, owned_browser))
    with pytest.raises(AccountClosed):
        await site.ensure_login()
    assert somebody.asked_for == []


async def test_without_a_window_the_same_session_goes_on_in_one_and_comes_back(
    open_as: OpenSite, owned_browser: OwnedBrowser, mock: MockPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run's browser has no window: another one is opened, and the run takes up the session that was made there."""
    somebody = Somebody()
    site = await open_as(password=None, helper=helper(somebody, owned_browser))
    windows: list[BrowserSite] = []
    watch = type(site).watch_login

    async def watched(one: BrowserSite, *rest: object) -> None:
        windows.append(one)
        await asyncio.gather(watch(one, *rest), _when_there(one))  # type: ignore[arg-type]

    async def _when_there(one: BrowserSite) -> None:
        await one.tab.page.get_by_placeholder("Password").wait_for()
        await sign_in(one, "anna")

    monkeypatch.setattr("flows.reading_site.ReadingSite.watch_login", watched)
    look = await site.look(known(mock, SITE))
    assert look.project.ref == SITE
    assert windows[0] is not site
    assert await site.session_state() is not None


async def test_a_machine_without_a_display_says_so(open_as: OpenSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    somebody = Somebody()
    site = await open_as("captcha-cara", helper=HandOver(somebody, lambda: open_browser(headless=False)))
    with pytest.raises(LoginError) as raised:
        await site.ensure_login()
    assert "export-session" in (raised.value.hint or "")
    assert somebody.asked_for == []


async def test_a_session_is_proved_by_a_second_context(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await site.ensure_login()
    state = await site.session_state()
    assert state is not None
    assert await site.prove_session(state)
    assert not await site.prove_session({"cookies": [], "origins": []})
    mock.reset()  # every session of the site has ended
    assert not await site.prove_session(state)


async def test_a_session_that_does_not_sign_in_again_is_not_kept(
    open_as: OpenSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mock: MockPlatform
) -> None:
    """The good one that was kept before stays."""
    settings = Settings.load(None, {"data_dir": str(tmp_path / "data"), "accounts": {"anna": _anna(mock)}}).settings
    account = use_account(settings, "anna")
    journal = Journal.open(settings.journal_path)
    run = journal.runs.get(journal.runs.ask(RunKind.LOGIN, account.facts.id, "anna", {}))
    assert run is not None
    sites, store = RunSite(settings, journal, run, account, lambda: Wanted.GO), SessionStore(settings)
    store.save(account.facts.id, {"cookies": [], "good": True})
    site = await open_as()
    await site.ensure_login()
    with monkeypatch.context() as patched:
        patched.setattr(site, "prove_session", _never)
        with pytest.raises(LoginError, match="does not sign in a second time"):
            await sites.keep_proven(site)
    assert store.load(account.facts.id) == {"cookies": [], "good": True}
    await sites.keep_proven(site)
    assert "good" not in (store.load(account.facts.id) or {})
    journal.close()


async def _never(_: object) -> bool:
    return False


def _anna(mock: MockPlatform) -> dict[str, str]:
    return {"platform": "freelancer", "role": "client", "login": "anna", "origin": mock.origin}


async def test_what_only_the_tab_holds_is_kept_where_the_profile_says_so(
    open_as: OpenSite, mock: MockPlatform, profile: Profile
) -> None:
    holding = replace(profile, hands=profile.hands.model_copy(update={"session_storage": True}))
    site = await open_as(profile=holding)
    await site.ensure_login()
    await site.tab.page.evaluate("sessionStorage.setItem('token', '<b>\\u2028 kept')")
    state = await site.session_state()
    again = await open_as(profile=holding, session_state=state)
    await again.ensure_login()
    assert await again.tab.page.evaluate("sessionStorage.getItem('token')") == "<b>\u2028 kept"
    plain = await open_as()
    await plain.ensure_login()
    await plain.tab.page.evaluate("sessionStorage.setItem('token', 'not kept')")
    assert set(await plain.session_state() or {}) == {"cookies", "origins"}
