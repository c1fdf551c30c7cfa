"""The browser that a run owns: started with a sandbox and without secrets, kept off the network, and ended for sure.

`open_browser` starts (or connects to) it, `new_context` gives a fresh context with service and shared workers off,
`processes` names what the operating system runs for it, and closing takes ten seconds at most, then kills.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

import psutil
from playwright.async_api import Browser, BrowserContext, Playwright, Response, StorageState, async_playwright
from playwright.async_api import Error as PlaywrightError

from assistant.errors import BrowserError
from assistant.money import shown
from assistant.processes import alive, started
from flows.browser_search import FoundBrowser, find_browser
from flows.environment import allowed_only, browser_environment, group_of_its_own, without_debugging
from flows.rig import PLAIN, Rig
from flows.watch import CLOSE_SECONDS, Watch, first_line

START_SECONDS = 40.0

QUIET_FLAGS = (
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--lang=en-US",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)

_NO_WORKERS = """(() => {
  const gone = {value: undefined, writable: false, configurable: false};
  try { delete globalThis.SharedWorker; Object.defineProperty(globalThis, 'SharedWorker', gone); } catch {}
  const container = globalThis.ServiceWorkerContainer;
  if (!container) return;
  const refuse = () => Promise.reject(new DOMException('service workers are off', 'SecurityError'));
  try {
    Object.defineProperty(container.prototype, 'register', {value: refuse, writable: false, configurable: false});
  } catch {}
})()"""
"""Routing sees nothing of a SharedWorker, and Playwright's own block of service workers is one assignment that a page
can step around through the prototype (measured: a POST from either arrives)."""

SessionState = dict[str, Any]
"""A context's cookies, localStorage and IndexedDB, as Playwright's storage state."""


class ProcessRecord(NamedTuple):
    """A process of the operating system; `started`, as `assistant.processes` writes it, tells it from a namesake."""

    pid: int
    started: str
    name: str


class OwnedBrowser:
    """A started or connected browser. `note`s are things a person should know, such as a session saved in part."""

    def __init__(
        self,
        playwright: Playwright,
        browser: Browser,
        found: FoundBrowser,
        driver: list[psutil.Process],
        *,
        has_window: bool = False,
        rig: Rig = PLAIN,
    ) -> None:
        self.found = found
        self.has_window = has_window
        self.rig = rig
        self.watch = Watch()
        self.notes: list[str] = []
        self._playwright = playwright
        self._browser = browser
        self._driver = driver
        self._processes = self._find_processes()
        browser.on("disconnected", lambda _: self.watch.broke("the browser went away"))

    @property
    def remote(self) -> bool:
        """Whether it is somebody else's browser, connected to through an endpoint; it is never closed."""
        return self.found.endpoint is not None

    @property
    def version(self) -> str:
        """The browser's own version, such as `156.0.8078.79`."""
        return self._browser.version

    def processes(self) -> list[ProcessRecord]:
        """Playwright's node and the browser's processes, those that ran at the start and those that run now."""
        known = {record.pid: record for record in self._processes}
        for record in self._find_processes():
            known.setdefault(record.pid, record)
        return list(known.values())

    def _find_processes(self) -> list[ProcessRecord]:
        found = []
        for node in self._driver:
            with contextlib.suppress(psutil.Error):
                for process in (node, *node.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        found.append(ProcessRecord(process.pid, started(process.pid) or "", process.name()))
        return found

    async def new_context(self, state: SessionState | None = None) -> BrowserContext:
        """A fresh context with a session in it. English, no downloads, no service or shared workers."""
        async with self.watch.over("opening a browser context", START_SECONDS):
            context = await self._browser.new_context(
                accept_downloads=False,
                locale="en-US",
                service_workers="block",
                storage_state=cast(StorageState, state) if state else None,
                viewport={"width": 1280, "height": 900},
            )
            context.set_default_timeout(START_SECONDS * 1000)
            await context.add_init_script(_NO_WORKERS)
        context.on("page", lambda page: page.on("crash", lambda _: self.watch.broke("the page crashed")))
        return context

    async def session_state(self, context: BrowserContext) -> SessionState:
        """The context's session. IndexedDB fails to save on some sites: then without it, and a note says so."""
        try:
            async with self.watch.over("saving the session", START_SECONDS):
                state = await _save(context, with_indexed_db=True)
        except Exception as error:
            if self.watch.is_broken():
                raise
            self.notes.append(f"the session was saved without IndexedDB: {shown(str(error), longest=160)}")
            async with self.watch.over("saving the session without IndexedDB", START_SECONDS):
                state = await _save(context, with_indexed_db=False)
        return state

    async def close_context(self, context: BrowserContext) -> None:
        """Close a context within the close deadline; what does not close ends with the browser."""
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await context.close()

    async def close(self) -> None:
        """End the browser and the driver: ten seconds each to do it themselves, then they are killed."""
        records = self.processes()
        try:
            if not self.remote:
                await _ended(self._browser.close())
        finally:
            if not self.remote:
                _kill_browser(records)
            try:
                await _ended(self._playwright.stop())
            finally:
                _kill(records)


async def _save(context: BrowserContext, *, with_indexed_db: bool) -> SessionState:
    return cast(SessionState, await context.storage_state(indexed_db=with_indexed_db))


async def _ended(closing: Any) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            await closing


def _alive(record: ProcessRecord) -> psutil.Process | None:
    try:
        return psutil.Process(record.pid) if alive(record.pid, record.started) else None
    except psutil.Error:
        return None


def _kill_browser(records: list[ProcessRecord]) -> None:
    """Kill the browser's process group (Playwright gives it one of its own), never ours."""
    own = os.getpgid(0)
    for record in records:
        process = _alive(record)
        if process is None or "node" in record.name:
            continue
        with contextlib.suppress(ProcessLookupError, PermissionError):
            group = os.getpgid(record.pid)
            if group not in (own, 0):
                os.killpg(group, signal.SIGKILL)


def _kill(records: list[ProcessRecord]) -> None:
    for record in records:
        if process := _alive(record):
            with contextlib.suppress(psutil.Error):
                process.kill()


class PageCounter:
    """Counts HTML documents answered to navigations of main frames. Redirects do not count, nor do frames.

    `latest` is the answer that the latest of them came with.
    """

    def __init__(self) -> None:
        self.count = 0
        self.latest: Response | None = None

    def attach(self, context: BrowserContext) -> None:
        """Count in this context from now on."""
        context.on("response", self._seen)

    def _seen(self, response: Response) -> None:
        if 300 <= response.status < 400 or response.status == 204 or not response.request.is_navigation_request():
            return
        if not response.headers.get("content-type", "").startswith("text/html"):
            return
        try:
            in_main_frame = response.frame.parent_frame is None
        except PlaywrightError:  # the first document of a new window comes before its frame
            in_main_frame = True
        if in_main_frame:
            self.count += 1
            self.latest = response


@asynccontextmanager
async def open_browser(
    configured: str | Path | None = None, *, headless: bool = True, prefer_shell: bool = False, rig: Rig = PLAIN
) -> AsyncIterator[OwnedBrowser]:
    """A browser for the length of a block. `BrowserError` says what was looked for, tried and seen."""
    headless = headless or rig.windowless
    if not headless and not has_display():
        raise no_display()
    owned = await _start(configured, headless=headless, prefer_shell=prefer_shell and headless, rig=rig)
    try:
        yield owned
    finally:
        await owned.close()


async def _start(configured: str | Path | None, *, headless: bool, prefer_shell: bool, rig: Rig) -> OwnedBrowser:
    without_debugging()
    before = {child.pid for child in psutil.Process().children()}
    try:
        with allowed_only(), group_of_its_own():
            async with asyncio.timeout(START_SECONDS):
                playwright = await async_playwright().start()
    except (TimeoutError, PlaywrightError, OSError) as error:
        raise BrowserError(
            f"Playwright's driver did not start: {shown(first_line(str(error)) or 'no answer', longest=200)}",
            hint="reinstall the package `playwright`; on Debian its node needs `libatomic1`",
        ) from error
    driver = [child for child in psutil.Process().children() if child.pid not in before]
    try:
        found = find_browser(configured, own=Path(playwright.chromium.executable_path), prefer_shell=prefer_shell)
        browser = await _launch(playwright, found, headless=headless, rig=rig)
    except BaseException:
        await _ended(playwright.stop())
        raise
    return OwnedBrowser(playwright, browser, found, driver, has_window=not headless or rig.windowless, rig=rig)


async def _launch(playwright: Playwright, found: FoundBrowser, *, headless: bool, rig: Rig) -> Browser:
    if found.shell and not headless:
        raise BrowserError(f"{found} has no window", hint="name a full Chromium, Chrome or Edge in `browser.path`")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    try:
        async with asyncio.timeout(START_SECONDS):
            if found.endpoint is not None:
                return await playwright.chromium.connect_over_cdp(found.endpoint)
            return await playwright.chromium.launch(
                executable_path=found.path,
                headless=headless,
                chromium_sandbox=not root,
                args=[*QUIET_FLAGS, *rig.flags],
                proxy={"server": rig.proxy} if rig.proxy else None,
                env=cast(dict[str, str | float | bool], browser_environment(os.environ)),
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
    except (TimeoutError, PlaywrightError) as error:
        raise _launch_error(found, str(error)) from error


def has_display() -> bool:
    """Whether a window can be opened here, as far as the environment tells."""
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def no_display() -> BrowserError:
    """The error for a window that cannot be opened."""
    return BrowserError(
        "this needs a window, and this machine has no display",
        hint="do it in a desktop session; a session that was signed in on another machine can be brought here with "
        "`milepost account export-session` and `import-session`",
    )


def _launch_error(found: FoundBrowser, said: str) -> BrowserError:
    missing = re.search(r"error while loading shared libraries: (\S+?):", said)
    hint = "try to start that browser by hand; `milepost doctor` looks for others"
    if missing:
        hint = f"the system lacks {missing[1]}: install it, or `playwright install-deps chromium`"
    elif "No usable sandbox" in said:
        hint = "the system forbids the browser's sandbox: use the system's Chrome, or allow it in AppArmor"
    elif "DISPLAY" in said or "XServer" in said or "X server" in said:
        hint = "there is no display for a visible browser: run it in a desktop session, or headless"
    return BrowserError(f"{found} did not start: {shown(_why_not_launched(said), longest=200)}", hint=hint)


def _why_not_launched(said: str) -> str:
    """What tells most of what Playwright says about a launch: the browser's own last words, else its own first ones."""
    lines = said.partition("Call log:")[0].splitlines()
    words = [line.partition("[err]")[2].strip() for line in lines if "[err]" in line]
    own = next((line for line in words if "rror" in line), words[0] if words else "")
    if not own and "has been closed" in said:
        return "it ended at once, and said nothing"
    return own or next((line.strip() for line in lines if "rror" in line), first_line(said)) or "no answer in time"
