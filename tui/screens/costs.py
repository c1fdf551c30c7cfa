"""What a preview would probably cost and leave, and what should be known before it is approved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from tui.screens.sheet import Sheet
from tui.widgets.words import Words


class CostsSheet(Sheet[None]):
    """A sentence each; Esc goes back."""

    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c,q,enter", "leave", "Back", show=False),
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("pagedown,space,ctrl+d", "move(8)", "A page down", show=False),
        Binding("pageup,ctrl+u", "move(-8)", "A page up", show=False),
    ]

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Title, the sentences, how to go back."""
        with Vertical(id="card"):
            yield Words("What it would cost and leave: estimates", classes="title")
            with VerticalScroll(id="lines"):
                for line in self._lines or ("There is nothing to estimate: no change would be carried out.",):
                    yield Words(f"· {line}")
            yield Words("Esc goes back.", id="why")

    def action_move(self, by: int) -> None:
        """Scroll."""
        self.query_one("#lines").scroll_relative(y=by, animate=False)
