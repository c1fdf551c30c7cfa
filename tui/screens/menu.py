"""Every key of a screen, found by its words and done when chosen; what cannot be done now says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from tui.actions import GROUPS, Action, Facts, actions_of, key_name
from tui.columns import Cell, Column
from tui.content import joined
from tui.screens.sheet import ListSheet
from tui.widgets.filter import Filter
from tui.widgets.lines import LineList
from tui.widgets.words import Words


@dataclass(frozen=True)
class Line:
    """An action, or the heading of its group."""

    action: Action | None
    text: str
    off: str = ""


KEYS: Final = "Keys of this screen: Enter does it, / filters, Esc goes back"
FIND: Final = "What is to be done? Type words of it; Enter does it"


class Menu(ListSheet[str]):
    """Returns the name of the action that was chosen. `typing` begins in the filter, as a palette does."""

    NAME: ClassVar[str] = "menu"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "move(-1)", "Up", show=False),
        Binding("q,?", "leave", "Back", show=False),
    ]

    def __init__(self, screen: str, facts: Facts, *, typing: bool) -> None:
        super().__init__()
        self._of, self._facts, self._typing = screen, facts, typing

    def compose(self) -> ComposeResult:
        """The filter and the lines."""
        with Vertical(id="card"):
            yield Words(FIND if self._typing else KEYS, classes="title")
            yield Filter()
            yield LineList(
                [
                    Column("key", lambda line: Cell(self._keys(line), "muted" if line.off else "info")),
                    Column("does", _does, least=30),
                ],
                heading=lambda line: Cell(line.text, "muted") if line.action is None else None,
                empty="No action holds these words.",
                id="actions",
            )
            yield Words(id="why")

    def on_mount(self) -> None:
        """Show all."""
        field = self.query_one(Filter)
        field.display = True
        self._show()
        self.set_focus(field.field if self._typing else self.query_one("#actions"))

    def _show(self) -> None:
        parts = self.query_one(Filter).value.casefold().split()
        lines: list[Line] = []
        for group in GROUPS:
            found = [
                Line(action, action.words, action.disabled_reason(self._facts) or "")
                for action in actions_of(self._of)
                if action.group == group and all(part in self._search(action) for part in parts)
            ]
            lines += [Line(None, group), *found] if found else []
        self.query_one(LineList).show(lines)

    def _keys(self, line: Line) -> str:
        keys = self.app.keymap.keys(self._of, line.action) if line.action else ()
        return " ".join(key_name(key) for key in keys)

    def _search(self, action: Action) -> str:
        return f"{action.name} {action.words} {' '.join(self.app.keymap.keys(self._of, action))}".casefold()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()
        self.query_one(LineList).go(0)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    @on(LineList.Moved)
    def _moved(self) -> None:
        line = self.query_one(LineList).item
        told = line.text if line is not None and line.action is not None else ""
        off = f"Not now: {line.off}" if line is not None and line.off else ""
        self.query_one("#why", Words).say(joined([(told, "$role-muted"), (off, "$role-warn")], ". "))

    @on(LineList.Chosen)
    def _clicked(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Do what the cursor is on; the screen says so where it cannot be done."""
        line = self.query_one(LineList).item
        if line is not None and line.action is not None:
            self.dismiss(line.action.name)


def _does(line: Line) -> Cell:
    if line.off:
        return Cell(f"(off) {line.text}", "muted")
    return Cell(line.text, "bad" if line.action and line.action.dangerous else "plain")
