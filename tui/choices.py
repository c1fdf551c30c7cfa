"""What is open, chosen on the screen: the account, and its plans.

Another account is another store. The one before is left as it is, for whoever still reads it, and closed at the end;
what is read of it meanwhile is dropped (`Frame.in_background`).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MilepostError, UsageError
from tui.actions import Facts
from tui.beginning import Look
from tui.everywhere import Everywhere
from tui.screens.guarded import Ask
from tui.text import plain

if TYPE_CHECKING:
    from tui.planning import Planning
    from tui.store import Store
    from tui.view.known_plans import KnownPlan


class Choices(Everywhere, inherit_bindings=False):
    """An app in which account and plans can be changed."""

    wrong_settings: MilepostError | None = None
    """What is wrong with the settings, if the screen had to be left for it."""
    _planning: Planning | None = None

    @property
    def planning(self) -> Planning | None:
        """The plans of the account that is open, to be edited; None until there is one."""
        if self._planning is None and self.store is not None:
            from tui.planning import Planning  # brings what writes plans

            self._planning = Planning(self.store)
            self._planning.show_store_plan()
        return self._planning

    def facts(self) -> Facts:
        """The same, and what of plans is not in the store yet."""
        return replace(super().facts(), new_plan=self._planning.new_name if self._planning is not None else "")

    # -- the account -----------------------------------------------------------------------------------------------

    def open_store(self) -> None:
        """Load the settings, read the plans, find the account and open its journal, beside the screen."""
        self.in_background(self._open, self.store_opened, self._not_opened)

    def _open(self) -> Store:
        from tui.store import Store  # brings the database library, which the first screen does not need

        store = Store(self.beginning)
        store.open()
        return store

    def _not_opened(self, error: MilepostError) -> None:
        """With settings that are wrong there is nothing to show: the error is told when the screen has gone."""
        self.wrong_settings = error
        self.exit()

    def store_opened(self, store: Store) -> None:
        """The account of `store` is the one that is shown; where nothing says which is meant, it is asked for."""
        self.store = store
        self.stores.append(store)
        self.wear(Look.of(store.settings))
        self.page_does("show_account")
        self.show_frame()
        if store.asks_account:
            self.ask_account()

    def ask_account(self) -> None:
        """Which account is meant?"""
        from tui.screens.accounts import AccountSheet
        from tui.view.settings import accounts_of

        used_last = self.store.used_last if self.store is not None else ""
        self.push_screen(AccountSheet(accounts_of(self.settings), used_last), self._account_chosen)

    def _account_chosen(self, name: str | None) -> None:
        if name is not None:
            self.open_account(name)

    def open_account(self, name: str) -> None:
        """Open another account with the same plans. Raises `MilepostError` while a run of this one is under way."""
        store = self.store
        if store is not None and store.is_open and store.live is not None:
            raise MilepostError(
                f"run {store.live.id} is under way", hint="the account can be changed when it has ended"
            )
        paths = self.beginning.plan_paths if store is None else store.plan_paths
        self.beginning = replace(self.beginning, plan_paths=paths, account=name)
        self.account_number += 1
        self.store = self._planning = None
        self.show_frame()
        self.open_store()

    # -- plans -----------------------------------------------------------------------------------------------------

    def do_open_plan(self) -> None:
        """Which plan?"""
        from tui.screens.known_plans import PlansSheet

        if self.planning is not None:
            self.push_screen(PlansSheet(self.planning.known(Path.cwd())), self._plan_chosen)

    def _plan_chosen(self, plan: KnownPlan | None) -> None:
        from tui.screens.one_line import OneLine

        if plan is None:
            return
        if plan.path.name:
            self.open_plan(plan)
        else:
            folder = f"{Path.cwd()}{os.sep}"
            self.push_screen(OneLine("Open a plan", "The path of its file.", folder), self._path_typed)

    def _path_typed(self, typed: str | None) -> None:
        from tui.view.known_plans import plan_at

        if typed is None:
            return
        path = Path(typed).expanduser()
        plan = plan_at(path, "")
        if plan is None:
            told = "it is no plan" if path.is_file() else "there is no such file"
            error = UsageError(told, where=str(path), hint="O opens one; 2, then N, begins one")
            self.tell_error(error, "opening a plan")
        else:
            self.open_plan(plan)

    def open_plan(self, plan: KnownPlan) -> None:
        """Show a plan beside those that are open. One of another account is asked about."""
        account = self.store.account if self.store is not None else None
        if account is None:
            return
        if plan.account not in {"", account.facts.name} and plan.account in self.settings.accounts:
            answers = [(f"Stay with {account.facts.name}", "stay"), (f"Open the account {plan.account}", "open")]
            told = f"{plan.path.name} is a plan of {plan.account}, and {account.facts.name} is open."
            self.push_screen(Ask("Change the account?", told, answers), lambda said: self._with_account(said, plan))
        elif plan.draft is not None:
            self.take_up(plan)
        else:
            self._show_plan(plan.path)

    def _with_account(self, said: str | None, plan: KnownPlan) -> None:
        if said != "open" or self.store is None:
            return
        self.store.plan_paths = [plan.path]
        try:
            self.open_account(plan.account)
        except MilepostError as error:
            self.tell_error(error, "opening the plan's account")

    def _show_plan(self, path: Path) -> None:
        if self.planning is not None:
            self.planning.show(path)
            self.do_reload(path)

    def take_up(self, plan: KnownPlan) -> None:
        """Go on with a draft that was kept."""
        if self.planning is None:
            return
        try:
            self.planning.begin(plan.path)
        except MilepostError as error:
            self.tell_error(error, "taking up a draft")
            return
        self.go("plan")
        self.page_does("refresh_all")

    def do_reload(self, then_show: Path | None = None, then: Callable[[], object] = lambda: None) -> None:
        """Read the plan files anew, and go on to one of them. Small ones are there for the next key."""
        from tui.planning import is_large  # with what writes plans

        store = self.opened_store()

        def taken(read: Any) -> None:
            store.take_plans(read)
            if then_show is not None:
                store.show(then_show)
            self.read_projects()
            self.page_does("refresh_all")
            self.show_unread()
            then()

        if any(map(is_large, store.plan_paths)):
            self.in_background(store.read_plans, taken)
        else:
            taken(store.read_plans())

    def opened_store(self) -> Store:
        """The store, once it is there. `MilepostError` before."""
        if self.store is None:
            raise MilepostError("the journal is being opened", hint="try again in a moment")
        return self.store

    def read_projects(self) -> None:
        """Show the projects as the journal has them now."""
        raise NotImplementedError

    def kept_word(self) -> str:
        """What is said on leaving of edits that are not saved; empty where there are none."""
        told = []
        for path in self._planning.unsaved() if self._planning is not None else ():
            way = f"milepost {shlex.quote(str(path))}, then 2, goes on with it" if path.exists() else "2 then offers it"
            told.append(f"Not saved, and kept as a draft: {plain(path.name)}. The next time {plain(way)}.")
        return "\n".join(told)

    def close_stores(self) -> None:
        """Let go of the journals. Runs go on."""
        for store in self.stores:
            store.close()
