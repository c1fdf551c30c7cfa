"""Deadlines for browser calls, cut short when the page crashes or the browser goes away.

A call into a crashed page may never return, so each one stands inside `Watch.over(...)`, which also turns what
Playwright raises into Milepost's own errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from assistant.errors import BrowserError, CouldNotRead
from assistant.money import shown

_GONE = ("Target page, context or browser has been closed", "Target crashed", "Page crashed", "Connection closed")
CLOSE_SECONDS = 10.0
"""How long a close may take before what is closed is killed."""


class Watch:
    """Watches over one browser: what is under way is broken off when `broke` is called."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._why: str | None = None

    @property
    def why(self) -> str | None:
        """Why the browser is of no more use; None while it is."""
        return self._why

    def is_broken(self) -> bool:
        """Whether the browser is of no more use."""
        return self._why is not None

    def broke(self, why: str) -> None:
        """The page crashed or the browser went away: end all that waits, and refuse all that comes."""
        self._why = self._why or why
        now = asyncio.get_running_loop().time()
        for timeout in self._open:
            timeout.reschedule(now)

    @asynccontextmanager
    async def over(self, doing: str, seconds: float) -> AsyncIterator[None]:
        """Give the block `seconds`. `CouldNotRead` when they pass, `BrowserError` when the browser is gone."""
        if self.is_broken():
            raise self._gone(doing)
        try:
            async with asyncio.timeout(seconds) as timeout:
                self._open.add(timeout)
                try:
                    yield
                finally:
                    self._open.discard(timeout)
        except (TimeoutError, PlaywrightTimeout) as error:
            if self.is_broken():
                raise self._gone(doing) from error
            raise CouldNotRead(
                f"{doing} took longer than {seconds:g} s",
                hint="the site is slow or shows something else than the profile says; try again, or see `doctor`",
            ) from error
        except PlaywrightError as error:
            if self.is_broken() or any(words in error.message for words in _GONE):
                raise self._gone(doing) from error
            raise CouldNotRead(
                f"{doing} failed: {shown(first_line(error.message), longest=200)}",
                hint="see that this machine is online, look at the site in a browser of your own, then try again",
            ) from error

    def _gone(self, doing: str) -> BrowserError:
        return BrowserError(
            f"{self._why or 'the browser was closed'} while {doing}",
            hint="run it again: it starts a fresh browser and looks first at what stands on the site",
        )


def first_line(text: str) -> str:
    """The first line of a Playwright message; the rest is a call log."""
    return text.strip().partition("\n")[0]
