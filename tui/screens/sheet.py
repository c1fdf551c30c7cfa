"""What the sheets share that are laid over a screen to say something about a plan. None of them moves money."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.widgets.filter import Filter
from tui.widgets.lines import LineList

if TYPE_CHECKING:
    from tui.app import MilepostApp

Answer = TypeVar("Answer")


class Sheet(ModalScreen[Answer], inherit_bindings=False):
    """Something to be filled in. Esc leaves it, and nothing is changed."""

    NAME: ClassVar[str] = "sheet"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", "Back, nothing is changed", show=False),
        Binding("ctrl+l", "app.redraw", "Draw anew", show=False),
    ]

    app: MilepostApp

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)


class TextSheet(Sheet[Answer]):
    """A text in `#lines` that may be longer than the window."""

    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("pagedown,space,ctrl+d", "move(8)", "A page down", show=False),
        Binding("pageup,ctrl+u", "move(-8)", "A page up", show=False),
    ]

    def action_move(self, by: int) -> None:
        """Scroll."""
        self.query_one("#lines").scroll_relative(y=by, animate=False)


class PickSheet(Sheet[Answer]):
    """A list that is moved in. Enter goes on with the line under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down,ctrl+n", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("pagedown,ctrl+d", "move(10)", "A page down", show=False),
        Binding("pageup,ctrl+u", "move(-10)", "A page up", show=False),
        Binding("g,home", "move(-100000)", "To the first line", show=False),
        Binding("G,end", "move(100000)", "To the last line", show=False),
        Binding("enter", "choose", "Go on with the line under the cursor", show=False),
    ]

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.query_one(LineList).move(by)


class ListSheet(PickSheet[Answer]):
    """A filter over a list that is moved in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("/", "find", "Filter", show=False),
        Binding("tab,shift+tab", "other", "Between filter and list", show=False),
    ]

    def action_leave(self) -> None:
        """One step back: first what is filtered for is cleared, then the sheet is left."""
        field = self.query_one(Filter)
        if field.value:
            field.clear()
            self.set_focus(self.query_one(LineList))
        else:
            super().action_leave()

    def action_find(self) -> None:
        """To the filter."""
        self.set_focus(self.query_one(Filter).field)  # at once: what is typed next belongs there

    def action_other(self) -> None:
        """From the filter to the list, and back."""
        self.focus_next()
