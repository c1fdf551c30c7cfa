"""The line in which the words to filter for are typed, with its name before it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from tui.widgets.words import Words


class Filter(Horizontal):
    """Hidden until `/`. Its field is an `Input` named `filter`, which tells what is typed."""

    DEFAULT_CSS = """
    Filter { height: 1; display: none; background: $surface; }
    Filter #filter-label { width: auto; padding: 0 1; text-style: bold; }
    Filter Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    Filter Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "leave", "To the list", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The name and the field."""
        yield Words("Filter:", id="filter-label")
        field = Input(id="filter", placeholder="words; Enter keeps them, Esc clears", compact=True)
        field.cursor_blink = False
        yield field

    @property
    def field(self) -> Input:
        """What is typed into."""
        return self.query_one(Input)

    @property
    def value(self) -> str:
        """What was typed."""
        return self.field.value

    def clear(self) -> None:
        """Filter for nothing."""
        self.field.value = ""

    def action_leave(self) -> None:
        """Keep the words and go to the list."""
        self.field.post_message(Input.Submitted(self.field, self.field.value))
