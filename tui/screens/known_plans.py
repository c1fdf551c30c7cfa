"""Opening a plan: those that are known, and a line for the path of any other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from tui.columns import Cell, Column
from tui.screens.sheet import PickSheet
from tui.text import plain
from tui.view.known_plans import KnownPlan
from tui.widgets.lines import LineList
from tui.widgets.words import Words

MOST_LINES = 12


class PlansSheet(PickSheet[KnownPlan]):
    """Returns the plan that was chosen; the last line stands for another file, a plan with an empty path."""

    def __init__(self, plans: Sequence[KnownPlan]) -> None:
        super().__init__()
        self._plans = [*plans, KnownPlan(Path(), "type its path")]

    def compose(self) -> ComposeResult:
        """The plans, the one under the cursor in full, the keys."""
        with Vertical(id="card"):
            yield Words("Which plan?", classes="title")
            yield LineList(_columns(), id="plans")
            yield Words(id="told")
            yield Words("Enter opens it, Esc goes back.", id="why")

    def on_mount(self) -> None:
        """Show all."""
        lines = self.query_one(LineList)
        lines.styles.height = min(len(self._plans), MOST_LINES) + 2
        lines.show(self._plans)
        self.set_focus(lines)

    @on(LineList.Moved)
    def _moved(self) -> None:
        item = self.query_one(LineList).item
        self.query_one("#told", Words).say(str(item.path.absolute()) if item is not None and item.path.name else "")

    @on(LineList.Chosen)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Open the one under the cursor."""
        item = self.query_one(LineList).item
        if item is not None:
            self.dismiss(item)


def _columns() -> list[Column[KnownPlan]]:
    return [
        Column("plan", lambda each: Cell(_name(each), "info"), least=16),
        Column("", lambda each: Cell(each.told if each.path.name else "", "muted"), least=12),
        Column("", lambda each: Cell(each.known_by, "warn" if each.draft or each.edited else "muted")),
    ]


def _name(each: KnownPlan) -> str:
    return plain(each.path.name) if each.path.name else "Another file"
