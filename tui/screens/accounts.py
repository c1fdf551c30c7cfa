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
    """Returns the name of the account that was chosen. The cursor is on the one that was used last."""

    def __init__(self, accounts: Sequence[SettingRow], used_last: str = "") -> None:
        super().__init__()
        self._accounts, self._used_last = accounts, used_last

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
        """Show all; the one that had the newest run is the likeliest, else the one that was signed in last."""
        lines = self.query_one(LineList)
        lines.styles.height = len(self._accounts) + 2
        lines.show(self._accounts)
        lines.go(max(range(len(self._accounts)), key=self._likely))
        self.set_focus(lines)

    def _likely(self, number: int) -> tuple[bool, str, int]:
        row = self._accounts[number]
        return row.account == self._used_last, row.kept_at or "", -number

    @on(LineList.Chosen)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Open the one under the cursor."""
        row = self.query_one(LineList).item
        if row is not None:
            self.dismiss(row.account)
