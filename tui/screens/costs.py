"""What a preview would probably cost and leave, and what should be known before it is approved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from tui.screens.sheet import TextSheet
from tui.widgets.words import Words


class CostsSheet(TextSheet[None]):
    """A sentence each; Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c,q,enter", "leave", "Back", show=False),
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
