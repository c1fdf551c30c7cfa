"""Signing in with a typed name and password, and recognising each way a site says no.

Typed only on the account's own origin, over https or on loopback. Milepost solves no captcha and types no code that
nobody gave it: each such page is an error of its own that says whose turn it is.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page, Response
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
from assistant.money import shown
from assistant.person import BEAT
from assistant.platform import is_mock, origin_of
from flows.elements import appear, only
from flows.pages.signals import ERROR_PAGE, first_signal, texts_in
from flows.profile import LoginSpec, Profile, Signal, fill, on_origin, path_of
from flows.watch import Watch

KINDS: Final[Mapping[str, tuple[type[LoginError], str]]] = {
    "wrong_password": (WrongPassword, "correct the account's login or password, then log in again"),
    "captcha": (CaptchaShown, "log in by hand in a window: Milepost never solves a captcha"),
    "unknown_device": (UnknownDevice, "confirm the device with the message the site sent, then log in again"),
    "wrong_code": (CodeNeeded, "log in again with a fresh code"),
    "closed": (AccountClosed, "only the platform's support can help"),
    "suspended": (AccountSuspended, "only the platform's support can help"),
    "other": (LoginError, "log in by hand in a browser of your own and see what the site wants"),
}
"""The names that a profile's `[hands.login.errors]` may use, the error of each, and what to do about it."""


@dataclass(frozen=True)
class Credentials:
    """Who signs in. Without a password nothing is typed."""

    login: str
    password: SecretStr | None = None


def is_login_page(profile: Profile, url: str) -> bool:
    """Whether a URL is the site's login page: where a session that has ended leads to."""
    return re.search(profile.hands.urls.is_login, path_of(url)) is not None


def needs_login(profile: Profile, response: Response | None, url: str) -> bool:
    """Whether an answer says that nobody is signed in: the login page, or 401."""
    return is_login_page(profile, url) or (response is not None and response.status == 401)


async def sign_in(page: Page, watch: Watch, profile: Profile, origin: str, who: Credentials, then: str) -> None:
    """Open the login page (unless it is open), type, and land on the path `then`. Raises a `LoginError`."""
    if who.password is None:
        raise LoginError(
            f"{shown(who.login)} is not signed in on {origin}, and no password is set",
            where=origin,
            hint="`milepost login` signs in once by hand",
        )
    spec = profile.hands.login
    if not is_login_page(profile, page.url):
        async with watch.over("opening the login page", profile.hands.waits.load):
            await page.goto(login_url(profile, origin, then), wait_until="domcontentloaded")
    try:
        await _type(page, watch, profile, origin, who.login, who.password)
        await _see_through(page, watch, profile, origin, spec)
    except CouldNotRead as error:
        raise LoginError(
            f"the login page is not one that Milepost knows: {error.message}",
            where=origin,
            hint="log in by hand in a window: `milepost login --by-hand`",
        ) from error


async def wait_for_person(
    page: Page, watch: Watch, profile: Profile, url: str, done: Callable[[float], Awaitable[bool]]
) -> None:
    """Open a URL of the origin and wait until a person has signed in there, or says so. Needs a window.

    Signed in means a page that is not the login page and names who is signed in, so captchas and codes in between are
    simply waited for. `done` is given the seconds to wait for what the person says; it raises when the wait is over.
    Leave the page's dialogs to the person.
    """
    async with watch.over("opening the login page", profile.hands.waits.load):
        await page.goto(url, wait_until="domcontentloaded")
    named = ", ".join(source.css for source in profile.hands.projects.values["signed_in"] if source.css)
    signed_in = {"in": Signal(url=_not_login(profile), css=named)}
    while not await done(0):
        try:
            seen = await first_signal(page, watch, signed_in, what="waiting for a person to log in", seconds=BEAT)
        except CouldNotRead:  # not yet, or the page is on its way to another one
            continue
        if seen == ERROR_PAGE:
            raise LoginError("the line dropped while a person was logging in", hint="start the login again")
        return


def login_url(profile: Profile, origin: str, then: str) -> str:
    """The login page that leads on to a path."""
    return on_origin(origin, fill(profile.hands.urls.login, next=then))


async def type_code(page: Page, watch: Watch, profile: Profile, origin: str, code: SecretStr) -> None:
    """Type a 2-step code into the page that asks for it. Raises a `LoginError` when the site does not take it."""
    spec = profile.hands.login
    _check_origin(page, origin)
    async with watch.over("typing the 2-step code", profile.hands.waits.read):
        await (await only(page, spec.code, "the field for the 2-step code")).fill(code.get_secret_value())
        await (await only(page, spec.code_submit, "the button that sends the code")).click()
    await _see_through(page, watch, profile, origin, spec, asked=True)


async def _type(page: Page, watch: Watch, profile: Profile, origin: str, login: str, password: SecretStr) -> None:
    spec = profile.hands.login
    wait = profile.hands.waits.read
    _check_origin(page, origin)
    async with watch.over("waiting for the login form", wait):
        await appear(page, spec.password)
    async with watch.over("typing name and password", wait):
        await (await only(page, spec.name, "the field for the login name")).fill(login)
        _check_origin(page, origin)
        await (await only(page, spec.password, "the field for the password")).fill(password.get_secret_value())
        await (await only(page, spec.submit, "the button that logs in")).click()


async def _see_through(
    page: Page, watch: Watch, profile: Profile, origin: str, spec: LoginSpec, *, asked: bool = False
) -> None:
    """Wait for what the site makes of it: another page, the form for a code, or an error."""
    signals = {"in": Signal(url=_not_login(profile))}
    signals |= {kind: Signal(text=texts) for kind, texts in spec.errors.items()}
    if not asked:
        signals["code"] = spec.code_shown
    signals["other"] = Signal(css=spec.banner)
    seen = await first_signal(page, watch, signals, what="signing in", seconds=profile.hands.waits.act)
    if seen == "in":
        return
    if seen == ERROR_PAGE:
        raise LoginError("the line dropped while signing in", where=origin, hint="try again")
    said = await texts_in(page, watch, spec.banner)
    if seen == "code":
        raise CodeNeeded(
            "the site asks for a 2-step code",
            where=origin,
            hint="type the code on the screen",
            site_message=said or None,
        )
    kind, hint = KINDS[seen]
    raise kind(f"the site did not sign in: {shown(said, longest=200)}", where=origin, hint=hint, site_message=said)


def _not_login(profile: Profile) -> str:
    """A regex for every path but the login page's."""
    return f"^(?!{profile.hands.urls.is_login.removeprefix('^')})"


def _check_origin(page: Page, origin: str) -> None:
    here = origin_of(page.url)
    if here != origin or not (here.startswith("https://") or is_mock(here)):
        raise OriginRefused(
            f"the login page is on {here or shown(page.url)}, and the account lives on {origin}: nothing was typed",
            where=origin,
            hint="open the site in a browser of your own; if it has moved, set the account's `origin`",
        )
