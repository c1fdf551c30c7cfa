"""What is open, chosen on the screen: the account.

Another account is another store. The one before is left as it is, for whoever still reads it, and closed at the end;
what is read of it meanwhile is dropped (`Frame.in_background`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import MilepostError
from tui.everywhere import Everywhere

if TYPE_CHECKING:
    from tui.planning import Planning
    from tui.store import Store


class Choices(Everywhere, inherit_bindings=False):
    """An app in which account and plans can be changed."""

    _planning: Planning | None = None

    @property
    def planning(self) -> Planning | None:
        """The plans of the account that is open, to be edited; None until there is one."""
        if self._planning is None and self.store is not None:
            from tui.planning import Planning  # brings what writes plans

            self._planning = Planning(self.store)
            self._planning.show_store_plan()
        return self._planning

    # -- the account -----------------------------------------------------------------------------------------------

    def open_store(self) -> None:
        """Read the plans, find the account and open its journal, beside the screen."""
        self.in_background(self._open, self.store_opened)

    def _open(self) -> Store:
        from tui.store import Store  # brings the database library, which the first screen does not need

        store = Store(*self.arguments)
        store.open()
        return store

    def store_opened(self, store: Store) -> None:
        """The account of `store` is the one that is shown; where nothing says which is meant, it is asked for."""
        self.store = store
        self.stores.append(store)
        self.page_does("show_account")
        self.show_frame()
        if store.asks_account:
            self.ask_account()

    def ask_account(self) -> None:
        """Which account is meant?"""
        from tui.screens.accounts import AccountSheet
        from tui.view.settings import accounts_of

        self.push_screen(AccountSheet(accounts_of(self.settings)), self._account_chosen)

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
        settings, paths, _, clock = self.arguments
        self.arguments = settings, list(store.plan_paths) if store is not None else paths, name, clock
        self.account_number += 1
        self.store = self._planning = None
        self.show_frame()
        self.open_store()

    def close_stores(self) -> None:
        """Let go of the journals. Runs go on."""
        for store in self.stores:
            store.close()
