"""A runner that stays: it carries one run after the other out in one browser, so that hundreds of cells take minutes.

Each run is the runner's own code (`flows.runner.Runner`) with a journal of its own and a fresh browser context, gate
and session; only the process and the browser's start are shared. Runs in processes of their own are what the kill
test, `tests/e2e` and the desks outside the matrix have.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import flows.runner
import flows.site
from assistant import runs
from assistant.accounts import AccountInUse
from assistant.journal import Journal, RunKind
from assistant.processes import own
from assistant.settings.model import Settings
from flows.browser import OwnedBrowser, open_browser


class Resident:
    """Owns a loop, a thread and a browser, for the length of `at_work`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="resident runner", daemon=True)
        self._stack = AsyncExitStack()
        self._browser: OwnedBrowser | None = None

    @contextmanager
    def at_work(self) -> Iterator[Resident]:
        """Be there in this block; the browser is started when it is wanted."""
        self._thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    @contextmanager
    def instead_of_processes(self) -> Iterator[None]:
        """In this block every run that this process starts is carried out here."""
        with (
            mock.patch.object(runs, "start", self._start),
            mock.patch.object(flows.site, "open_browser", self._borrowed),
        ):
            yield

    def _start(
        self,
        settings: Settings,
        journal: Journal,
        account: AccountInUse,
        kind: RunKind,
        order: Mapping[str, Any],
        plan: Path | None = None,
    ) -> int:
        """Ask for a run and let it be carried out; returns its number."""
        run_id = journal.runs.ask(kind, account.facts.id, account.facts.name, order, str(plan) if plan else None)
        going: Future[None] = asyncio.run_coroutine_threadsafe(self._carry(settings, run_id), self._loop)
        going.result()
        return run_id

    async def _carry(self, settings: Settings, run_id: int) -> None:
        journal = Journal.open(settings.journal_path)
        try:
            assert journal.runs.take(run_id, *own())
            row = journal.runs.get(run_id)
            assert row is not None
            await flows.runner.Runner(settings, journal, row).carry_out()
        finally:
            journal.close()

    @asynccontextmanager
    async def _borrowed(self, *_: Any, **_options: Any) -> AsyncIterator[OwnedBrowser]:
        """The browser; a new one where the last run found it broken. No run has it among its own processes."""
        if self._browser is None or self._browser.watch.is_broken():
            await self._stack.aclose()
            self._browser = await self._stack.enter_async_context(open_browser(prefer_shell=True))
            self._browser.processes = list  # type: ignore[method-assign]
        yield self._browser
