"""What is open: an account, its journal, and the plans that are its own.

Plain Python, without a screen. Problems go to the inbox.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from assistant import runs
from assistant.accounts import AccountInUse, use_account
from assistant.errors import MilepostError
from assistant.journal import Journal
from assistant.journal.book import ChangeWatch
from assistant.plans.plan import Plan
from assistant.plans.together import load_plans
from assistant.platform import is_mock
from assistant.site import Role
from assistant.work import Work
from tui.beginning import Beginning
from tui.view.inbox import Inbox, of_error

WHICH: Final = "which account? 7, then Enter on one of them, opens it"
"""Said wherever an account is needed and several could be meant."""

JOURNAL_PATIENCE: Final = 2.0
"""Seconds that a key may wait for another program that writes to the journal: meanwhile the screen stands still."""


class Opened:
    """One account with its journal and plans. Loads the settings if nobody has yet, and raises `ConfigError`."""

    def __init__(self, beginning: Beginning) -> None:
        self.settings = beginning.settings()
        self.plan_paths = list(beginning.plan_paths) or self.settings.plan_files()
        self.clock = beginning.clock
        self.inbox = Inbox()
        self.account: AccountInUse | None = None
        self.no_account = "no account is open"
        self.asks_account = False
        """Whether nothing says which of several accounts is meant, so that a person has to."""
        self.used_last = ""
        """Where that is so: the account of the newest run, if there was one."""
        self.plans: list[Plan] = []
        self.plan_number = 0
        self._account_name = beginning.account
        self._journal: Journal | None = None
        self._watch: ChangeWatch | None = None

    # -- opening ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Read the plans, find the account, open the journal. Problems go to the inbox."""
        self.take_plans(self.read_plans())
        name = self._account_name or (self.plans[0].account if self.plans else None)
        if name is None and len(self.settings.accounts) > 1:
            self.asks_account, self.no_account = True, WHICH
            self.used_last = self._used_last()
            return
        try:
            self.account = use_account(self.settings, name)
        except MilepostError as error:
            self.no_account = error.message
            self.inbox.add(of_error(error, "opening the account", "account"))
            return
        self.plans = self._own(self.plans)
        try:
            self._journal = Journal.open(self.settings.journal_path, self.clock, JOURNAL_PATIENCE)
            runs.mark_dead(self._journal, self.facts_id)
            self._watch = ChangeWatch(self.settings.journal_path)
            self._watch.changed()
        except MilepostError as error:
            self.no_account = error.message
            self.account = None
            self.inbox.add(of_error(error, "opening the journal", "journal"))
            return

    def _used_last(self) -> str:
        """The account of the newest run; "" where there is none, or no journal that can be read."""
        with contextlib.suppress(MilepostError):
            if self.settings.journal_path.exists():
                journal = Journal.open(self.settings.journal_path, self.clock)
                with contextlib.closing(journal):
                    return next((run.account_name for run in journal.runs.newest(1)), "")
        return ""

    def close(self) -> None:
        """Let go of the journal. Runs go on."""
        if self._watch is not None:
            self._watch.close()
        if self._journal is not None:
            self._journal.close()

    @property
    def journal(self) -> Journal:
        """The journal, once it is open."""
        if self._journal is None:
            raise MilepostError(self.no_account, hint="see the inbox")
        return self._journal

    @property
    def is_open(self) -> bool:
        """Whether there is an account and its journal."""
        return self.account is not None and self._journal is not None

    @property
    def facts_id(self) -> str:
        """What the journal knows the account by."""
        return self._in_use.facts.id

    @property
    def _in_use(self) -> AccountInUse:
        if self.account is None:
            raise MilepostError(self.no_account, hint="see the inbox")
        return self.account

    @property
    def platform(self) -> str:
        """The platform's name as people know it."""
        return self._in_use.rules.title

    @property
    def pays(self) -> bool:
        """Whether the account is the one that pays."""
        return self._in_use.facts.role is Role.CLIENT

    @property
    def is_mock(self) -> bool:
        """Whether the account's money is play money."""
        return self.account is not None and is_mock(self.account.facts.origin)

    def empty_word(self, otherwise: str) -> str:
        """What an empty list says: why nothing is open, or what to do next."""
        if self.asks_account:
            return "Several accounts are in the settings, and none is open. 7 shows them; Enter on one opens it."
        return otherwise if self.is_open else f"{self.no_account}. ! opens the inbox with what to do."

    @property
    def plan(self) -> Plan | None:
        """The plan that a preview is made of."""
        return self.plans[self.plan_number] if self.plans else None

    @property
    def _a_plan(self) -> Plan:
        if self.plan is None:
            raise MilepostError("no plan is open", hint="open one with milepost PLAN")
        return self.plan

    @property
    def work(self) -> Work:
        """What the account's runs are started with."""
        return Work(self.settings, self.journal, self._in_use)

    # -- plans -----------------------------------------------------------------------------------------------------

    def read_plans(self) -> tuple[list[Plan], list[MilepostError]]:
        """Read every plan file; the plans without a problem, and the errors of the others."""
        try:
            return load_plans(self.plan_paths, self.settings), []
        except MilepostError as error:
            plans: list[Plan] = []
            for path in self.plan_paths if len(self.plan_paths) > 1 else ():
                with contextlib.suppress(MilepostError):
                    plans += load_plans([path], self.settings)
            return plans, [error]

    def take_plans(self, read: tuple[list[Plan], list[MilepostError]]) -> None:
        """Put what `read_plans` read in place."""
        plans, errors = read
        self.plans = self._own(plans)
        self.plan_number = min(self.plan_number, max(len(plans) - 1, 0))
        self.inbox.drop("plan:")
        for error in errors:
            self.inbox.add(of_error(error, "reading the plan", f"plan:{error.where}"))

    def _own(self, plans: list[Plan]) -> list[Plan]:
        """The plans of the account that is open; about others there is a message."""
        if self.account is None:
            return plans
        facts, own = self.account.facts, []
        for plan in plans:
            if (plan.account, plan.platform) == (facts.name, facts.platform):
                own.append(plan)
                continue
            error = MilepostError(
                f"the plan is for {plan.account} on {plan.platform}, and {facts.name} on {facts.platform} is open",
                where=str(plan.file),
                hint=self._way_to(plan),
            )
            self.inbox.add(of_error(error, "opening the plan", f"plan:{plan.file}:account"))
        return own

    def show(self, path: Path) -> None:
        """Go on to the plan of this file, if it is one of the open ones."""
        for number, plan in enumerate(self.plans):
            if plan.file.resolve() == path.resolve():
                self.plan_number = number

    def _way_to(self, plan: Plan) -> str:
        known = self.settings.accounts.get(plan.account)
        if known is not None and known.platform == plan.platform:
            return f"7, then Enter on {plan.account}, opens that account"
        return f"correct the plan, or add {plan.account} to the settings: 7, then e"

    def next_plan(self) -> None:
        """Go on to the next plan."""
        self.plan_number = (self.plan_number + 1) % max(len(self.plans), 1)
