"""Signing in: each way the site says no is an error of its own, and nothing is typed on a strange origin."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pydantic import SecretStr

from assistant.errors import (
    AccountClosed,
    AccountSuspended,
    CaptchaShown,
    CodeNeeded,
    CouldNotRead,
    LoginError,
    OriginRefused,
    UnknownDevice,
    WrongPassword,
)
from assistant.site import Role
from flows.browser import OwnedBrowser
from flows.profile import Profile
from flows.site import open_site
from tests.flows.conftest import OpenSite, known
from tests.flows.hazards import HazardSite
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("ids", ["none", "emailOrUsernameInput", "emailOrUsername"])
async def test_signing_in_lands_on_the_list(open_as: OpenSite, mock: MockPlatform, ids: str) -> None:
    mock.knobs(login_ids=ids)
    site = await open_as()
    await site.ensure_login()
    assert site.page_loads == mock.truth()["page_loads"] == 2  # the login page, and the first list
    assert await site.session_state() is not None
    await site.ensure_login()
    assert site.page_loads == 3


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        ("captcha-cara", CaptchaShown),
        ("device-dora", UnknownDevice),
        ("closed-clara", AccountClosed),
        ("suspended-sue", AccountSuspended),
        ("token-theo", LoginError),
        ("blocked-bruno", LoginError),
        ("twostep-tina", CodeNeeded),
    ],
)
async def test_each_no_is_an_error_of_its_own(open_as: OpenSite, login: str, kind: type[LoginError]) -> None:
    site = await open_as(login)
    with pytest.raises(LoginError) as raised:
        await site.ensure_login()
    assert type(raised.value) is kind
    assert raised.value.hint
    assert await site.session_state() is None


async def test_a_wrong_password_is_told_and_not_shown(open_as: OpenSite) -> None:
    site = await open_as(password="not-the-password")
    with pytest.raises(WrongPassword) as raised:
        await site.ensure_login()
    assert "not-the-password" not in str(raised.value.as_event())
    assert "Incorrect username or password." in (raised.value.site_message or "")


async def test_a_code_can_be_given_while_the_page_is_open(open_as: OpenSite) -> None:
    site = await open_as("twostep-tina")
    with pytest.raises(CodeNeeded):
        await site.ensure_login()
    with pytest.raises(CodeNeeded):
        await site.give_code(SecretStr("111111"))
    await site.give_code(SecretStr("246810"))
    await site.ensure_login()
    assert await site.session_state() is not None


async def test_a_person_signs_in_by_hand_with_a_code_and_is_waited_for(open_as: OpenSite) -> None:
    site = await open_as("twostep-tina", password=None)
    waiting = asyncio.ensure_future(site.login_by_hand(30))
    page = site.tab.page
    await page.get_by_placeholder("Email or Username").fill("twostep-tina")
    await page.get_by_placeholder("Password").fill("milepost")
    await page.get_by_role("button", name="Log In", exact=True).click()
    await page.get_by_placeholder("6 digit code").fill("246810")
    assert not waiting.done()
    await page.get_by_role("button", name="Verify").click()
    await waiting
    assert await site.session_state() is not None


async def test_a_person_who_signs_in_as_somebody_else_is_not_the_account(open_as: OpenSite) -> None:
    site = await open_as(password=None)
    waiting = asyncio.ensure_future(site.login_by_hand(30))
    page = site.tab.page
    await page.get_by_placeholder("Email or Username").fill("ben")
    await page.get_by_placeholder("Password").fill("milepost")
    await page.get_by_role("button", name="Log In", exact=True).click()
    with pytest.raises(CouldNotRead, match="'ben' as signed in"):
        await waiting
    assert await site.session_state() is None


async def test_a_person_who_does_not_come_ends_the_wait(open_as: OpenSite) -> None:
    site = await open_as(password=None)
    with pytest.raises(LoginError, match="nobody logged in within"):
        await site.login_by_hand(0.5)


async def test_pictures_show_no_password(open_as: OpenSite) -> None:
    """Two passwords of different length, one picture: what is masked is not in it."""
    site = await open_as(password=None)
    with pytest.raises(LoginError):
        await site.login_by_hand(0.1)
    field = site.tab.page.get_by_placeholder("Password")
    shots = []
    for typed in ("short", "a very much longer password"):
        await field.fill(typed)
        await field.blur()
        masked = await site.picture(f"with {len(typed)}")
        assert masked is not None
        shots.append((masked.read_bytes(), await site.tab.page.screenshot(animations="disabled")))
    assert shots[0][0] == shots[1][0]
    assert shots[0][1] != shots[1][1]


async def test_a_login_that_signs_somebody_else_in_is_no_login(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.fault(at="login", when="after", kind="other_user")
    site = await open_as()
    with pytest.raises(CouldNotRead, match="anna"):
        await site.ensure_login()
    assert await site.session_state() is None


@pytest.mark.parametrize("kind", ["drop", "http500", "hang"])
async def test_a_login_without_an_answer_is_a_login_error(
    open_as: OpenSite, mock: MockPlatform, profile: Profile, kind: str
) -> None:
    mock.fault(at="login", when="before", kind=kind, seconds=4)
    site = await open_as(profile=profile.with_waits(act=2.0))
    with pytest.raises((LoginError, CouldNotRead)):
        await site.ensure_login()


async def test_nothing_is_typed_on_another_origin(
    owned_browser: OwnedBrowser, mock: MockPlatform, profile: Profile, tmp_path: object
) -> None:
    """The account's origin sends the login to another host: the password must not follow."""
    async with HazardSite.serve(login_at=f"{mock.origin}/login?next=/manage") as trap:
        site = open_site(
            profile, "anna", SecretStr("milepost"), Role.CLIENT, trap.origin, tmp_path, browser=owned_browser
        )
        async with site as opened:
            with pytest.raises(OriginRefused):
                await opened.ensure_login()
            assert await opened.tab.page.locator("input[type=password]").input_value() == ""
    assert all(row["path"] != "/ajax-api/auth/login.php" for row in mock.truth()["money_requests"])


async def test_an_origin_that_the_profile_does_not_list_is_refused(
    owned_browser: OwnedBrowser, profile: Profile, tmp_path: object
) -> None:
    with pytest.raises(OriginRefused):
        async with open_site(
            profile, "anna", None, Role.CLIENT, "https://freelancer.example", tmp_path, browser=owned_browser
        ):
            pass


async def test_a_link_that_leads_elsewhere_is_not_followed(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    elsewhere = replace(known(mock, "38112233"), url="https://freelancer.example/projects/a/b")
    with pytest.raises((OriginRefused, CouldNotRead)):
        await site.look(elsewhere)
    assert site.page_loads == 0
