"""A list of any length, drawn line by line: only what is seen is made, and one changed row draws one line.

`DataTable` measures every cell of every row; a plan may have ten thousand of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.columns import GAP, Cell, Column, aligned, clipped, fit, kept, natural, spread, wrapped
from tui.signs import ROLES

Item = TypeVar("Item")

NOTHING = Cell("")


class LineList(ScrollView, Generic[Item], can_focus=True, inherit_bindings=False):
    """Rows of columns under a line of titles, with a cursor. `heading` makes a row one line of text over the width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{role}" for role in ROLES} | {
        "line--cursor",
        "line--cursor-blurred",
        "line--title",
    }

    DEFAULT_CSS = "LineList { height: 1fr; overflow-x: hidden; scrollbar-gutter: stable; }" + "".join(
        f"\nLineList .line--{role} {{ color: $role-{role}; text-style: $style-{role}; }}" for role in ROLES
    )

    runs_over: ClassVar[bool] = True
    """Whether a text that does not fit is drawn over empty fields behind it."""
    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, lines: LineList[Any]) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LineList[Any]:
            """The list."""
            return self.lines

    class Chosen(Moved):
        """The row under the cursor is to be opened."""

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        *,
        heading: Callable[[Item], Cell | None] = lambda item: None,
        empty: str = "",
        id: str | None = None,  # noqa: A002  # Textual's name
    ) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._heading = heading
        self._empty = empty
        self._items: Sequence[Item] = ()
        self._wanted: list[int] = []
        self._measured = 0
        self._widths: list[int] = []
        self._styles: dict[str, Style] = {}

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def items(self) -> Sequence[Item]:
        """The rows."""
        return self._items

    @property
    def item(self) -> Item | None:
        """The row under the cursor."""
        return self._items[self.cursor] if 0 <= self.cursor < len(self._items) else None

    def show(self, items: Sequence[Item], *, keep: Callable[[Item], object] | None = None) -> None:
        """Show these rows. With `keep` the cursor stays on the row of the same name, if it is still there."""
        before = keep(self.item) if keep is not None and self.item is not None else None
        rows = len(self._items)
        self._items = items
        self._measured = len(items)
        self._wanted = natural(self._columns, [item for item in items if self._heading(item) is None])
        place = min(self.cursor, max(len(items) - 1, 0))
        if keep is not None and before is not None:
            place = next((n for n, item in enumerate(items) if keep(item) == before), place)
        self._measure()
        self.set_reactive(LineList.cursor, self._free(place, 1))
        self._reveal()
        if rows and items and not self.scroll_offset.y:
            self.refresh(Region(0, 0, self.size.width, 1 + max(rows, len(items))))  # below them all stays empty
        else:
            self.refresh()
        self.post_message(self.Moved(self))

    def show_again(self, index: int) -> None:
        """One row has changed: draw its line anew. Its widths must be within those of the rows shown first."""
        if 0 <= index < len(self._items):
            self.refresh(Region(0, index + 1 - self.scroll_offset.y, self.size.width, 1))

    def grow(self) -> None:
        """Rows were added at the end of the list that is shown: look at those only."""
        new = [item for item in self._items[self._measured :] if self._heading(item) is None]
        self._measured = len(self._items)
        if new:
            wanted = natural(self._columns, new)
            self._wanted = [max(pair) for pair in zip(self._wanted or wanted, wanted, strict=True)]
            self._measure()
            self.refresh()

    def say_empty(self, text: str) -> None:
        """What is shown while there are no rows."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    # -- moving ----------------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Move the cursor by so many rows; headings are passed over."""
        self.go(self.cursor + by, 1 if by > 0 else -1)

    def go(self, place: int, way: int = 1) -> None:
        """Put the cursor on a row, or on the next one in that direction that is not a heading."""
        if self._items:
            self.cursor = self._free(max(0, min(place, len(self._items) - 1)), way)

    @property
    def page(self) -> int:
        """How many rows are seen at once."""
        return max(self.size.height - 2, 1)

    def _free(self, place: int, way: int) -> int:
        """The nearest row that is not a heading."""
        for step in (way, -way):
            at = place
            while 0 <= at < len(self._items):
                if self._heading(self._items[at]) is None:
                    return at
                at += step
        return place

    def watch_cursor(self, before: int, after: int) -> None:
        """Draw the two lines anew and tell."""
        if before != after:
            self.show_again(before)
            self.show_again(after)
            self._reveal()
            self.post_message(self.Moved(self))

    def _reveal(self) -> None:
        height = self.size.height - 1
        if height <= 0:
            return
        top = round(self.scroll_offset.y)
        first = self.cursor - 1 if self.cursor == 1 else self.cursor  # the first heading stays in sight
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)
        if self.has_focus:
            place = self.content_region.offset + Offset(0, self.cursor + 1 - round(self.scroll_target_y))
            self.app.cursor_position = place

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a second one opens the row."""
        row = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or not 0 <= row < len(self._items) or self._heading(self._items[row]) is not None:
            return
        self.cursor = row
        if event.chain == 2:
            self.post_message(self.Chosen(self))

    def on_focus(self) -> None:
        """The cursor shows where the keys go."""
        self._reveal()
        self.show_again(self.cursor)

    def on_blur(self) -> None:
        """The cursor fades."""
        self.show_again(self.cursor)

    # -- drawing ---------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Fit the columns anew."""
        self._measure()
        self._reveal()

    def notify_style_update(self) -> None:
        """Colours have changed."""
        super().notify_style_update()
        self._styles.clear()

    def _measure(self) -> None:
        width = self.scrollable_size.width
        self._widths = fit(self._columns, self._wanted, width - 2) if self._wanted and width > 2 else []
        self._take_size(Size(width, len(self._items) + 1 if self._items else 1))

    def _take_size(self, size: Size) -> None:
        """How much there is to scroll. Growing beyond what is seen changes the scrollbar, not the layout."""
        before, height = self.virtual_size, self.styles.height
        grows = size.width == before.width and self.size.height < before.height <= size.height
        if grows and height is not None and not height.is_auto:
            self.set_reactive(LineList.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def _style(self, name: str) -> Style:
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(f"line--{name}", partial=True)
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        width = self.scrollable_size.width
        ground = self.rich_style
        if not self._items:
            lines = wrapped(self._empty, max(width - 4, 8))
            text = "  " + lines[y - 1] if 1 <= y <= len(lines) else ""
            return Strip([Segment(clipped(text, width), ground + self._style("muted"))], width)
        if y == 0:
            return self._titles(width, ground)
        index = y - 1 + self.scroll_offset.y
        if index >= len(self._items):
            return Strip([Segment(" " * width, ground)], width)
        return self._row(index, width, ground)

    def _titles(self, width: int, ground: Style) -> Strip:
        parts = [
            aligned(Cell(column.title), column, size)
            for column, size in zip(self._columns, self._widths, strict=False)
            if size
        ]
        return Strip([Segment(clipped("  " + (" " * GAP).join(parts), width), ground + self._style("title"))], width)

    def _row(self, index: int, width: int, ground: Style) -> Strip:
        item = self._items[index]
        heading = self._heading(item)
        if heading is not None:
            style = ground + self._style(heading.role) + Style(bold=True)
            return Strip([Segment(f" {kept(heading, width - 1)}", style)], width)
        on_cursor = index == self.cursor
        if on_cursor:
            ground = ground + self._style("cursor" if self.has_focus else "cursor-blurred")
        pieces = [("▸ " if on_cursor else "  ", ground)]
        sized = zip(self._columns, self._widths, strict=False)
        cells = [column.cell(item) if size else NOTHING for column, size in sized]
        widths = spread(self._columns, cells, self._widths) if self.runs_over and cells else self._widths
        for number, (column, size) in enumerate(zip(self._columns, widths, strict=False)):
            if size:
                cell = cells[number]
                as_it_is = cell.role == "plain" or (
                    cell.role == "muted" and ground.reverse
                )  # dim on reverse: unreadable
                style = ground if as_it_is else ground + self._style(cell.role)
                style = self.cell_style(index, number, style)
                text = aligned(cell, column, size)
                pieces += [(text, style), (" " * GAP, ground)]
        pieces.append((" " * (width - sum(size + GAP for size in widths if size) - 2), ground))
        return Strip(in_few(pieces)).adjust_cell_length(width, ground)

    def cell_style(self, index: int, column: int, style: Style) -> Style:
        """How a cell is drawn; a list whose single fields can be chosen marks one."""
        return style


def in_few(pieces: Sequence[tuple[str, Style]]) -> list[Segment]:
    """The pieces as segments, those that look alike in one: each costs some forty bytes, and time to be drawn."""
    segments: list[Segment] = []
    for text, style in pieces:
        if segments:
            before, its = segments[-1].text, segments[-1].style or style
            if style == its or (text.isspace() and _same_ground(style, its)):
                segments[-1] = Segment(before + text, its)
                continue
            if before.isspace() and _same_ground(style, its):
                segments[-1] = Segment(before + text, style)
                continue
        segments.append(Segment(text, style))
    return segments


def _same_ground(one: Style, other: Style) -> bool:
    """Whether a space looks the same in both."""
    lines = one.reverse or other.reverse or one.underline or other.underline or one.strike or other.strike
    return one.bgcolor == other.bgcolor and not lines
