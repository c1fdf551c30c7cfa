"""A list whose single fields can be chosen and typed into, in place."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from tui.columns import GAP
from tui.widgets.lines import LineList

Item = TypeVar("Item")

LEAST_FIELD = 14
"""Cells that a field has at least while it is typed into, over what stands beside it, unless that is an amount."""


class CellList(LineList[Item], inherit_bindings=False):
    """Lines with a cursor on one field. The first `fields` columns can be chosen."""

    DEFAULT_CSS = """
    CellList .line--field { text-style: reverse bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--field"}

    column: reactive[int] = reactive(0, repaint=False)
    fields = 4
    runs_over: ClassVar[bool] = False

    def aside(self, by: int) -> None:
        """To the next field, or the one before; fields that are not shown are passed over."""
        place = self.column + by
        while 0 <= place < self.fields:
            if place < len(self._widths) and self._widths[place]:
                self.column = place
                break
            place += by

    def watch_column(self) -> None:
        """Mark the other field."""
        self.show_again(self.cursor)
        self.post_message(self.Moved(self))

    def cell_style(self, index: int, column: int, style: Style) -> Style:
        """The field under the cursor is marked while the keys go here."""
        chosen = index == self.cursor and column == self.column and self.has_focus
        return style + self._style("field") if chosen else style

    def field_region(self) -> Region:
        """Where the field under the cursor is, within this widget; wide enough to type into. No amount is covered."""
        shown = [size for size in self._widths[: self.column] if size]
        left = 2 + sum(shown) + GAP * len(shown)
        width = self._widths[self.column] if self.column < len(self._widths) else 0
        beside = next((n for n in range(self.column + 1, len(self._widths)) if self._widths[n]), None)
        if not width or beside is None or not self._columns[beside].right:
            width = max(width, LEAST_FIELD)
        left = max(min(left, self.size.width - width - 1), 0)
        return Region(left, self.cursor + 1 - round(self.scroll_offset.y), min(width, self.size.width - left), 1)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor to the field; a second one opens it."""
        edge = 2
        for number, size in enumerate(self._widths[: self.fields]):
            edge += size + GAP if size else 0
            if size and event.x < edge:
                self.column = number
                break
        super().on_click(event)


class CellInput(Input):
    """The line that a field is typed into. It says what is typed, and what ended it."""

    DEFAULT_CSS = """
    CellInput { height: 1; border: none; padding: 0; display: none; background: $panel; }
    CellInput:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave it as it was", show=False),
        Binding("tab", "aside(1)", "Take it, and on to the next field", show=False),
        Binding("shift+tab", "aside(-1)", "Take it, and back to the field before", show=False),
        Binding("down", "below(1)", "Take it, and on to the line below", show=False),
        Binding("up", "below(-1)", "Take it, and on to the line above", show=False),
    ]

    class Left(Message):
        """Typing was given up."""

    class Taken(Message):
        """What was typed is meant; afterwards the cursor goes so many fields and lines on."""

        def __init__(self, fields: int = 0, lines: int = 0) -> None:
            super().__init__()
            self.fields, self.lines = fields, lines

    def __init__(self) -> None:
        super().__init__(id="cell", compact=True, select_on_focus=True)
        self.cursor_blink = False

    def open_at(self, region: Region, text: str) -> None:
        """Show it there, with this text in it."""
        self.value = text
        self.styles.offset = (region.x, region.y)
        self.styles.width = region.width
        self.display = True
        self.focus()

    def action_leave(self) -> None:
        """Give up."""
        self.post_message(self.Left())

    async def action_submit(self) -> None:
        """Enter."""
        self.post_message(self.Taken())

    def action_aside(self, by: int) -> None:
        """Tab."""
        self.post_message(self.Taken(fields=by))

    def action_below(self, by: int) -> None:
        """An arrow."""
        self.post_message(self.Taken(lines=by))
