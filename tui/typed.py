"""What is typed, handed on a key at a time: each once all that the key before it has done is over.

Textual gives a letter to the field that has the focus, does what a key is bound to by itself, and opens a sheet while
it goes on reading keys. Typed fast, a letter would overtake the Ctrl+U in front of it, and what was meant for a field
that is about to open would be lost, or act on the screen behind.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

ROUNDS = 2
"""How often word goes round after a key: what it has done in the first round may have told others of it."""

LONGEST = 1.0
"""Seconds after which a key is taken as done whose word never came back, as from a field that went away under it."""

Typed = events.Key | events.Paste


class TypedKeys:
    """The keys that wait, and whether one is being done. `hand` gives one to the app."""

    def __init__(self, app: App[None], hand: Callable[[Typed], Awaitable[None]]) -> None:
        self._app, self._hand = app, hand
        self._waiting: deque[Typed] = deque()
        self._since: float | None = None
        """When the key that is being done was handed on; None while there is none."""
        self._number = 0
        """Of the key that is being done."""

    @property
    def busy(self) -> bool:
        """Whether a key is being done, or waits to be."""
        return bool(self._waiting) or self._since is not None

    async def take(self, event: Typed) -> None:
        """One was typed."""
        self._waiting.append(event)
        await self._go_on()

    async def _go_on(self) -> None:
        while (
            self._waiting
            and self._app.screen_stack
            and (self._since is None or time.monotonic() - self._since > LONGEST)
        ):
            self._since = time.monotonic()
            self._number += 1
            way = self._way()
            await self._hand(self._waiting.popleft())
            self._send(self._number, ROUNDS, way)

    def _way(self) -> Sequence[DOMNode]:
        """What a key goes through before it is the app's."""
        first = self._app.focused or self._app.screen
        return [node for node in first.ancestors_with_self if node is not self._app]

    def _send(self, number: int, rounds: int, way: Sequence[DOMNode]) -> None:
        """Send word after a key, through the queues that the key went through: it comes back after the key."""
        if not self._app.screen_stack:
            return  # the app is about to end
        front = self._app.screen

        async def back() -> None:
            if number != self._number:
                return
            if rounds > 1 or self._app.screen is not front:  # a screen that has just come up gets ready meanwhile
                self._send(number, max(rounds - 1, 1), self._way())
                return
            self._since = None
            await self._go_on()

        def step(at: int) -> None:
            for place in range(at, len(way)):
                if way[place].call_later(step, place + 1):
                    return  # what is going away takes no word, and is passed over
            self._app.call_later(back)

        step(0)
