"""One call of a command: its shared options, and the settings, journal and account that they lead to."""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.errors import UsageError
from tui.command import Shared, shared
from tui.output import Output

if TYPE_CHECKING:
    from assistant.accounts import AccountInUse
    from assistant.journal import Journal
    from assistant.plans.plan import Plan
    from assistant.settings.model import Settings
    from assistant.settings.sources import LoadedSettings
    from assistant.work import Work


class Call:
    """What a command works with."""

    def __init__(self, options: Shared) -> None:
        self.options = options
        self.output = Output(as_json=options.json)

    @cached_property
    def loaded(self) -> LoadedSettings:
        """The settings with their sources. Raises `ConfigError`."""
        from assistant.settings.model import Settings

        loaded = Settings.load(self.options.config, {"ascii": self.options.ascii})
        self.output.zone = loaded.settings.time_zone
        return loaded

    @property
    def settings(self) -> Settings:
        """The settings. Raises `ConfigError`."""
        return self.loaded.settings

    @cached_property
    def ascii(self) -> bool:
        """Whether to draw with plain letters: as set, and where the output speaks nothing else."""
        from tui.signs import only_ascii

        return only_ascii(self.settings.ascii, encoding=sys.stdout.encoding)

    @cached_property
    def journal(self) -> Journal:
        """The journal, made if it is not there yet. Raises `JournalError`."""
        from assistant.journal import Journal

        journal = Journal.open(self.settings.journal_path)
        click.get_current_context().call_on_close(journal.close)
        return journal

    def account(self, plan: Plan | None = None) -> AccountInUse:
        """The account of `--account`, else the plan's, else the only one. Raises `UsageError`."""
        from assistant.accounts import use_account

        account = use_account(self.settings, self.options.account or (plan.account if plan else None))
        if plan is not None and plan.platform != account.facts.platform:
            raise UsageError(
                f"the plan is for {plan.platform}, and the account {account.facts.name} is on {account.facts.platform}",
                where=str(plan.file),
                hint="name another account with --account, or correct the plan",
            )
        return account

    def work(self, plan: Plan | None = None) -> Work:
        """The account at work, with settings and journal."""
        from assistant.work import Work

        account = self.account(plan)
        return Work(self.settings, self.journal, account)

    def work_of(self, name: str | None) -> Work:
        """The same for an account by its name; None: the only one."""
        from assistant.accounts import use_account
        from assistant.work import Work

        return Work(self.settings, self.journal, use_account(self.settings, name))

    def plan(self, path: Path) -> Plan:
        """One plan, held against its platform's limits. Raises `PlanError`."""
        from assistant.plans.together import load_plans

        return load_plans([path], self.settings)[0]


def this_call() -> Call:
    """The call that is being carried out."""
    return Call(shared(click.get_current_context()))
