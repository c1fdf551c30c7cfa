"""A person for tests of the hands: says what the test has laid out, and comes or does not come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from assistant.errors import NobodyCame
from assistant.person import Need
from assistant.person_line import Said
from flows.browser import OwnedBrowser
from flows.handover import HandOver


class Somebody:
    """`asked` are the needs and words in order; `codes` are given one after the other; `gone`: nobody comes."""

    def __init__(self, *codes: str, gone: bool = False) -> None:
        self.asked_for: list[tuple[Need, str]] = []
        self.waits = asyncio.Event()
        self.gone = gone
        self._codes = list(codes)

    @asynccontextmanager
    async def asked(self, need: Need, words: str) -> AsyncIterator[None]:
        self.asked_for.append((need, words))
        self.waits.set()
        try:
            yield
        finally:
            self.waits.clear()

    async def said(self, seconds: float) -> Said | None:
        if self._codes and self.asked_for[-1][0] is Need.CODE:
            return Said(SecretStr(self._codes.pop(0)))
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=min(seconds, 0.05))
        return None

    def check(self) -> None:
        if self.gone:
            raise NobodyCame("nobody did what the run waited for")


def helper(person: Somebody, browser: OwnedBrowser) -> HandOver:
    """Whoever it is, in a browser that has a window already."""

    @asynccontextmanager
    async def no_other() -> AsyncIterator[OwnedBrowser]:
        yield browser

    return HandOver(person, no_other)
