"""The gate: money requests leave the browser only as often as an attempt was recorded for them.

It is the second line of "never twice"; the look before each step is the first. It stands under the page: whatever a
script, a second click, another window or a beacon does, a POST, PUT, PATCH or DELETE to one of the profile's money
URLs is aborted unless a pass was granted for the step at hand, and each pass lets one request through.

A request that passes is sent by Playwright's driver and its answer handed to the page. Sent by Chromium itself it
could arrive twice: Chromium repeats a request, POST or not, when a connection that it has used before is cut without
an answer (measured; no event tells of it). The driver sends once. `by_driver=False` is for sites that answer only to a
browser.

What the gate cannot hold, it reports: redirected requests are never routed, so a second counter on request events sees
them and calls a *breach*, after which a run stops with an unknown outcome. Shared and service workers would be seen by
neither; `flows.browser` takes them away.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page, Request, Route, WebSocket
from playwright.async_api import Error as PlaywrightError

from assistant.money import shown
from assistant.platform import origin_of

COUNTED = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that can move money. OPTIONS is only a question, and Playwright answers some itself."""

_QUIET = frozenset({"GET", "HEAD", "OPTIONS"})
_SETTLE_SECONDS = 2.0


@dataclass(frozen=True)
class MoneyUrl:
    """A request that moves money: method, a regex on the URL's path and query, its step, and passes per attempt.

    With `says`, a pass is only for a request whose query or body matches: one address may serve several actions.
    """

    method: str
    path: str
    step: str
    passes: int = 1
    says: str | None = None

    @property
    def url_regex(self) -> str:
        """The regex on the whole URL, of any origin: a money request to a sister domain is held as well."""
        return r"^[a-z]+://[^/?#]+(?:" + self.path.removeprefix("^") + ")"

    def fits(self, request: Request) -> bool:
        """Whether a request is this one."""
        if request.method != self.method or not re.search(self.url_regex, request.url):
            return False
        if self.says is None:
            return True
        body = (request.post_data_buffer or b"").decode("utf-8", "replace")
        return any(re.search(self.says, text) for text in (request.url.partition("?")[2], body))


class Gate:
    """Guards one context for its life. `left` counts what left since `begin`, `breach` says what went past it.

    `held` and `lost` name the money requests since `begin` that were aborted, and those that left without an answer.
    """

    def __init__(self, money_urls: Sequence[MoneyUrl], origin: str, *, by_driver: bool = True) -> None:
        if not money_urls:
            raise ValueError("a gate without money URLs guards nothing")
        self._rules = tuple(money_urls)
        self._origin = origin
        self._by_driver = by_driver
        self._passes: Counter[MoneyUrl] = Counter()
        self._breach: str | None = None
        self._seen = self._handled = self._frames = 0
        self._out: set[Request] = set()
        self._unanswered: set[Request] = set()
        self._changed = asyncio.Event()
        self.passed = 0
        """Money requests that were let through since `begin`."""
        self.held: list[str] = []
        self.lost: list[str] = []

    async def install(self, context: BrowserContext) -> None:
        """Put the gate under a context, once and for the context's life."""
        whole = re.compile("|".join(f"(?:{rule.url_regex})" for rule in self._rules))
        await context.route(whole, self._decide)
        context.on("request", self._note_request)
        context.on("response", lambda response: self._answered(response.request))
        context.on("requestfailed", self._failed)
        context.on("page", self._watch_page)
        for page in context.pages:
            self._watch_page(page)

    @property
    def left(self) -> int:
        """Requests other than GET that left the browser since `begin`, and WebSocket frames."""
        return len(self._out) + self._frames

    @property
    def breach(self) -> str | None:
        """What went past the gate, in words; None while nothing did. It stays for the context's life."""
        return self._breach

    def begin(self) -> None:
        """An act begins: count what leaves from here on."""
        self._out.clear()
        self._unanswered.clear()
        self._frames = self.passed = 0
        self.held.clear()
        self.lost.clear()

    def allow(self, step: str) -> None:
        """Grant each request that is listed for a step its passes, once. What another step had left is gone."""
        granted = {rule: rule.passes for rule in self._rules if rule.step == step}
        if not granted:
            raise ValueError(f"the profile lists no money URL for the step {step!r}")
        self._passes = Counter(granted)

    def shut(self) -> None:
        """Take back all passes that were not used."""
        self._passes.clear()

    async def settled(self) -> str | None:
        """Wait until each money request seen went through the gate; what did not is a breach. Returns the breach."""
        if not await self._until(lambda: self._handled >= self._seen, _SETTLE_SECONDS):
            self._break(f"{self._seen - self._handled} money requests did not come through the gate")
        return self._breach

    async def used(self, seconds: float) -> bool:
        """Wait until a money request was let through since `begin`. False if none was in time."""
        return await self._until(lambda: self.passed > 0, seconds)

    async def answered(self, seconds: float) -> bool:
        """Wait until each money request that was let through has an answer or has failed. False if one has not."""
        return await self._until(lambda: not self._unanswered, seconds)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        return holds()

    async def _decide(self, route: Route) -> None:
        """The route handler. Whatever goes wrong in here, the request is aborted."""
        if route.request.method in COUNTED:
            self._handled += 1
        try:
            may_pass = self._may_pass(route.request)
            self._changed.set()
            if not may_pass:
                await _abort(route)
            elif route.request.method in COUNTED and self._by_driver:
                await self._send_once(route)
            else:
                await route.continue_()
        except Exception as error:
            self._break(f"the gate failed: {shown(str(error), longest=120)}")
            await _abort(route)

    async def _send_once(self, route: Route) -> None:
        """Let the driver send a request that has its pass, and give the page the answer. No answer: it failed."""
        try:
            answer = await route.fetch(max_redirects=0, max_retries=0, timeout=0)
        except PlaywrightError:
            await _abort(route)
            return
        with contextlib.suppress(PlaywrightError):  # the page may be gone by now; the request has been sent
            await route.fulfill(response=answer)

    def _may_pass(self, request: Request) -> bool:
        if request.method not in COUNTED:
            return True
        matching = [rule for rule in self._rules if re.search(rule.url_regex, request.url)]
        for rule in matching:
            if self._passes[rule] > 0 and rule.fits(request) and origin_of(request.url) == self._origin:
                self._passes[rule] -= 1
                self.passed += 1
                self._unanswered.add(request)
                return True
        self._out.discard(request)  # counted when it was seen, and it does not leave
        self.held.append(f"{request.method} {_path_of(request.url)}")
        return False

    def _failed(self, request: Request) -> None:
        if request in self._unanswered:
            self.lost.append(f"{request.method} {_path_of(request.url)}")
        self._answered(request)

    def _answered(self, request: Request) -> None:
        self._unanswered.discard(request)
        self._changed.set()

    def _note_request(self, request: Request) -> None:
        """The second counter: every request that any page of the context makes, routed or not."""
        if request.method in _QUIET:
            return
        self._out.add(request)
        if not any(re.search(rule.url_regex, request.url) for rule in self._rules) or request.method not in COUNTED:
            return
        if request.redirected_from is not None:
            self._break(f"a redirect led {request.method} to {_path_of(request.url)} past the gate")
        else:
            self._seen += 1

    def _break(self, what: str) -> None:
        self._breach = self._breach or what

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", self._watch_socket)

    def _watch_socket(self, socket: WebSocket) -> None:
        socket.on("framesent", self._count_frame)

    def _count_frame(self, _: object) -> None:
        self._frames += 1


async def _abort(route: Route) -> None:
    with contextlib.suppress(Exception):
        await route.abort("blockedbyclient")


def _path_of(url: str) -> str:
    """The path of a URL for a message: no query (it may hold figures), and short."""
    path = re.sub(r"^[a-z]+://[^/?#]+", "", url).partition("?")[0]
    return path if len(path) <= 80 else path[:79] + "…"
