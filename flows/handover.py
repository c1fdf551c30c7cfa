"""Handing a login over to a person, and taking the run up again where it was reading.

A 2-step code is asked for and typed into the page that waits for it. Everything else (a captcha, a device that the site
does not know, a page that the profile does not describe, no password) is a person's to do, in a window: the one that
the run has, or one that is opened for it with the same session. Only a reading is taken up again, never a click.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING

from assistant.errors import (
    AccountClosed,
    AccountSuspended,
    BrowserError,
    CaptchaShown,
    CodeNeeded,
    LoginError,
    WrongPassword,
)
from assistant.person import BEAT, Need, Person

if TYPE_CHECKING:
    from flows.browser import OwnedBrowser
    from flows.reading_site import ReadingSite

OpenWindow = Callable[[], AbstractAsyncContextManager["OwnedBrowser"]]


class HandOver:
    """Hands logins of one run over to `person`. `open_window` opens a browser with a window."""

    def __init__(self, person: Person, open_window: OpenWindow) -> None:
        self.person = person
        self._open_window = open_window
        self._one_at_a_time = asyncio.Lock()

    async def help(self, site: ReadingSite, error: LoginError) -> None:
        """Wait until a person has done what the site wants. Raises `error` where nobody can, `NobodyCame`."""
        async with self._one_at_a_time:
            await self._help(site, error)

    async def _help(self, site: ReadingSite, error: LoginError) -> None:
        if isinstance(error, AccountClosed | AccountSuspended | WrongPassword):
            raise error  # a window would not mend it
        if isinstance(error, CodeNeeded):
            await self._code(site, error)
            return
        at = error.where if isinstance(error, CaptchaShown) else None
        await self.sign_in(site, error.message, at, without_window=error)

    async def sign_in(
        self, site: ReadingSite, why: str, at: str | None = None, without_window: LoginError | None = None
    ) -> None:
        """Have the person sign in by hand; the site goes on with that session. `at` is the page to begin with.

        Where no window can be opened it raises `without_window`, or a `LoginError` that says why.
        """
        words = f"{why}; sign in as {site.login} in the window that is open on {site.origin}"
        if site.has_window:
            async with self.person.asked(Need.SIGN_IN, words):
                await site.watch_login(self._done, at)
            return
        async with AsyncExitStack() as stack:
            try:
                browser = await stack.enter_async_context(self._open_window())
            except BrowserError as error:
                told = without_window or LoginError(why, where=site.origin)
                told.hint = error.hint  # which says how to sign in elsewhere and bring the session here
                raise told from error
            other = site.in_window(browser)
            stack.push_async_callback(other.close)
            await other.start(await site.whole_state())
            async with self.person.asked(Need.SIGN_IN, words):
                await other.watch_login(self._done, at)
            state = await other.whole_state()
        await site.go_on_with(state)

    async def _code(self, site: ReadingSite, error: CodeNeeded) -> None:
        said = error.site_message or error.message
        while True:
            async with self.person.asked(Need.CODE, f"{site.origin} asks for a 2-step code for {site.login}: {said}"):
                while (answer := await self.person.said(BEAT)) is None:
                    self.person.check()
            if answer.code is None:
                return  # done in another way: the next reading tells
            try:
                await site.give_code(answer.code)
            except CodeNeeded as again:
                said = again.site_message or again.message
                continue
            return

    async def _done(self, seconds: float) -> bool:
        """Whether the person says that they are done."""
        self.person.check()
        answer = await self.person.said(seconds)
        return answer is not None and answer.done


def within(seconds: float) -> Callable[[float], Awaitable[bool]]:
    """For a wait that nobody but the page can end: raises `LoginError` when so many seconds are over."""
    ends = asyncio.get_running_loop().time() + seconds

    async def done(_: float) -> bool:
        if asyncio.get_running_loop().time() > ends:
            raise LoginError(f"nobody logged in within {seconds:g} s", hint="start the login again")
        return False

    return done
