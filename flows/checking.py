"""A status check in a browser: tabs that can only read, for the reading half of a check (assistant/checks/reading.py).

Read only by construction: the check is handed `ReadingSite`s, which have no step that changes anything, and under each
of them the gate lets no money request pass. It has no window, ever. A check that nobody attends types no password
either: a session that has ended, a captcha or an unknown device ends it with an error that says whose turn it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from assistant.accounts import AccountInUse
from assistant.checks.reading import CheckOrder, CheckReading
from assistant.clock import now, stamp
from assistant.errors import LoginError, OutcomeUnknown
from assistant.journal import Journal, Run, Wanted
from assistant.platform import is_mock
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from flows.browser import OwnedBrowser, SessionState, open_browser
from flows.evidence import Evidence
from flows.login import Credentials
from flows.profile import Profile, load_profile
from flows.reading_site import ReadingSite


@dataclass(frozen=True)
class CheckRun:
    """One check's run: what it is given, and how it tells what it does."""

    settings: Settings
    journal: Journal
    run: Run
    account: AccountInUse
    password: Callable[[], SecretStr | None]
    between: Callable[[], Awaitable[Wanted]]
    say: Callable[[str, str, Mapping[str, Any]], None]

    async def carry_out(self) -> Mapping[str, Any]:
        """Read what has to be read; the summary. Raises a `LoginError` where a person is needed."""
        order = CheckOrder.from_json(self.run.order)
        facts = self.account.facts
        sessions = SessionStore(self.settings)
        stored = sessions.load(facts.id)
        if sessions.warning:
            self.say("warning", sessions.warning, {})
        profile = load_profile(facts.platform, self.settings.config_dir)
        secret = self.password()
        who = Credentials(facts.login, None if order.unattended else secret)
        # Never a browser that somebody has open: a check must not show itself unasked.
        path = self.settings.browser.path
        async with (
            open_browser(path, headless=True, prefer_shell=is_mock(facts.origin)) as owned,
            _Tabs(profile, owned, who, self.account, self.evidence_dir).opened(stored) as tabs,
        ):
            self.journal.runs.set_processes(self.run.id, tabs.sites[0].processes)
            reading = CheckReading(
                order=order,
                sites=tabs.sites,
                journal=self.journal,
                account=self.account,
                settings=self.settings.check,
                run_id=self.run.id,
                now=lambda: self.settings.local(now()),
                between=lambda: self._between(tabs.sites),
                tell=self.say,
            )
            try:
                summary = await reading.read(lambda waiting: tabs.open_more(self.settings.check.at_once, waiting))
            except LoginError as error:
                raise _needs_person(error, order) from error
            for note in dict.fromkeys(note for site in tabs.sites for note in site.notes):
                self.say("note", note, {})
            state = await tabs.sites[0].session_state()
            if state is not None:
                sessions.save(facts.id, state)
            return summary.as_event() | {"session_ends": session_ends(state or {}, profile)}

    async def _between(self, sites: Sequence[ReadingSite]) -> Wanted:
        """What is wanted before the next look. `OutcomeUnknown` if a page sent money past the gate by itself."""
        if breach := next((each.breach for each in sites if each.breach), None):
            raise OutcomeUnknown(
                f"a request that moves money went past the gate: {breach}",
                where=self.account.facts.origin,
                hint="a check sends none: look at the site and at the account's statement",
            )
        return await self.between()

    @property
    def evidence_dir(self) -> Path:
        """Where pictures of this run would go; a check takes none."""
        return self.settings.evidence_dir / f"run-{self.run.id}"


def _needs_person(error: LoginError, order: CheckOrder) -> LoginError:
    """The same error; where nobody attends, its hint says that nothing was typed."""
    if not order.unattended:
        return error
    hint = "a check by a timer signs in to nothing: milepost login, and the next check goes on"
    return type(error)(error.message, where=error.where, hint=hint, site_message=error.site_message)


class _Tabs:
    """The tabs of one check, in one browser, with one session."""

    def __init__(
        self, profile: Profile, browser: OwnedBrowser, who: Credentials, account: AccountInUse, evidence: Path
    ) -> None:
        self._profile, self._browser, self._who = profile, browser, who
        self._account, self._evidence = account, evidence
        self._stack = AsyncExitStack()
        self.sites: list[ReadingSite] = []

    @asynccontextmanager
    async def opened(self, state: SessionState | None) -> AsyncIterator[_Tabs]:
        """The first tab; all of them are closed after the block."""
        async with self._stack:
            await self._open(state)
            yield self

    async def open_more(self, at_once: int, waiting: int) -> Sequence[ReadingSite]:
        """More tabs with the first one's session, as many as there is work for; a tab is not worth one page."""
        state = await self.sites[0].session_state()
        for _ in range(min(at_once, waiting // 2) - 1):
            await self._open(state)
        return self.sites[1:]

    async def _open(self, state: SessionState | None) -> None:
        facts = self._account.facts
        evidence = Evidence(self._evidence, self._profile.hands.mask)
        site = ReadingSite(self._profile, self._browser, self._who, facts.role, facts.origin, evidence)
        self._stack.push_async_callback(site.close)
        await site.start(state)
        self.sites.append(site)


def session_ends(state: Mapping[str, Any], profile: Profile) -> str | None:
    """When the session in a storage state ends, as a journal stamp; None where its cookies do not say."""
    names = set(profile.hands.login.session_cookies)
    ends = [
        float(cookie["expires"])
        for cookie in state.get("cookies", ())
        if cookie.get("name") in names and float(cookie.get("expires", -1)) > 0
    ]
    return stamp(datetime.fromtimestamp(min(ends), UTC)) if ends else None
