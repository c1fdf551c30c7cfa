"""The site of a run's account: opened with the session that is kept, and the session kept anew when the run ends well.

An unattended run (a timer's) never signs in: it types no password, asks for no code, and opens no window.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from assistant.accounts import AccountInUse
from assistant.errors import LoginError
from assistant.guided import Licence
from assistant.journal import Journal, Run, RunKind, Wanted
from assistant.person import Person
from assistant.platform import is_mock
from assistant.runs import ASKS, BY_HAND, UNATTENDED
from assistant.secrets import resolve_password, secret_variables
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from flows.at_the_run import AtTheRun
from flows.browser import open_browser
from flows.handover import HandOver
from flows.profile import load_profile
from flows.rig import PLAIN, Rig
from flows.site import BrowserSite, open_site

_ACTS = frozenset({RunKind.APPLY, RunKind.SINGLE})


class RunSite:
    """Opens the site for one run, and keeps its session."""

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        run: Run,
        account: AccountInUse,
        wanted: Callable[[], Wanted],
        rig: Rig = PLAIN,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._run = run
        self._account = account
        self._rig = rig
        self._sessions = SessionStore(settings)
        self._person = AtTheRun(journal, run.id, wanted, rig.patience, _approved_until(run))

    @asynccontextmanager
    async def open(self, licence: Licence | None) -> AsyncIterator[BrowserSite]:
        """The site for the length of a block. `licence` says what may be pressed automatically on a live site."""
        facts, browser = self._account.facts, self._settings.browser
        session = self._sessions.load(facts.id)
        if self._sessions.warning:
            self._journal.runs.say(self._run.id, "warning", self._sessions.warning)
        helper = None if self._unattended else self._helper()
        async with open_site(
            profile=load_profile(facts.platform, self._settings.config_dir),
            account_login=facts.login,
            password=self.password(),
            role=facts.role,
            origin=facts.origin,
            evidence_dir=self._settings.evidence_dir / f"run-{self._run.id}",
            session_state=session,
            browser_path=browser.endpoint or browser.path,
            headless=self._headless(),
            helper=helper,
            alone=licence.steps if licence and self._run.kind in _ACTS else None,
            rig=self._rig,
        ) as site:
            site.after_help = lambda: self.keep_proven(site)
            yield site
            if self._run.kind is not RunKind.LOGIN:
                self._keep(await site.session_state())

    async def keep_proven(self, site: BrowserSite) -> None:
        """Keep the session once it has signed in by itself in a second context. Raises `LoginError` if it does not."""
        state = await site.session_state()
        if state is None or not await site.prove_session(state):
            raise LoginError(
                f"{site.login} is signed in, but the session does not sign in a second time; nothing was kept",
                where=site.origin,
                hint="the site may tie sessions to a window: log in again, with “Remember me” where it is offered",
            )
        self._keep(state)

    @property
    def asked_about_fees(self) -> Person | None:
        """Whoever started the run, if they are there to be asked about a fee."""
        return self._person if self._run.order.get(ASKS) else None

    def _keep(self, state: dict[str, Any] | None) -> None:
        if state is not None:
            self._sessions.save(self._account.facts.id, state)

    @property
    def _unattended(self) -> bool:
        return bool(self._run.order.get(UNATTENDED))

    @property
    def _by_hand(self) -> bool:
        return bool(self._run.order.get(BY_HAND))

    def _headless(self) -> bool:
        """Without a window on a mock platform; on a live site reads may do without one, money and hands may not."""
        live = not is_mock(self._account.facts.origin)
        if self._by_hand or (live and self._run.kind in _ACTS):
            return False
        wanted = self._settings.browser.headless
        return not live if wanted is None else wanted

    def _helper(self) -> HandOver:
        return HandOver(self._person, lambda: open_browser(self._settings.browser.path, headless=False, rig=self._rig))

    def password(self) -> SecretStr | None:
        """The account's password, after which no secret is left in the environment for a browser to inherit."""
        wanted = not (self._unattended or self._by_hand)
        password = resolve_password(self._settings, self._account.account) if wanted else None
        for name in secret_variables(self._settings):
            os.environ.pop(name, None)
        return password


def _approved_until(run: Run) -> datetime | None:
    """When the approval of a run's order ends; None for a run that needs none."""
    ends_at = run.order.get("approval", run.order).get("ends_at")
    return datetime.fromisoformat(ends_at) if ends_at else None
