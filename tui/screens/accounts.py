"""Which account is meant, where the settings have several and nothing says it: one Enter, and it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.columns import Cell, Column
from tui.screens.sheet import PickSheet
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.view.settings import SettingRow


class AccountSheet(PickSheet[str]):
    """Returns the name of the account that was chosen. The cursor is where a session was kept last."""

    def __init__(self, accounts: Sequence[SettingRow]) -> None:
        super().__init__()
        self._accounts = accounts

    def compose(self) -> ComposeResult:
        """The accounts, and the keys."""
        with Vertical(id="card"):
            yield Words("Which account?", classes="title")
            yield LineList(
                [
                    Column("account", lambda row: Cell(row.account, "info")),
                    Column("who and where", lambda row: Cell(row.value), least=20),
                ],
                id="accounts",
            )
            yield Words("Enter opens it; Esc opens none. Later the screen Settings (7) changes it.", id="why")

    def on_mount(self) -> None:
        """Show all; the one that was signed in last is the likeliest."""
        lines = self.query_one(LineList)
        lines.styles.height = len(self._accounts) + 2
        lines.show(self._accounts)
        lines.go(max(range(len(self._accounts)), key=lambda n: (self._accounts[n].kept_at or "", -n)))
        self.set_focus(lines)

    @on(LineList.Chosen)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Open the one under the cursor."""
        row = self.query_one(LineList).item
        if row is not None:
            self.dismiss(row.account)
