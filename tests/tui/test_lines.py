"""The list: it draws what is seen and no more, its cursor passes over headings, its figures are never cut."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from tests.tui.driving import running, text_of, until
from tui.columns import Cell, Column
from tui.sample import Sample
from tui.themes import MILEPOST_DARK
from tui.widgets.lines import LineList, in_few
from tui.widgets.words import Words


@dataclass(frozen=True)
class Row:
    text: str
    amount: str = "500.00 USD"
    heading: bool = False


class Counting(LineList[Row]):
    """Counts what it is asked to draw."""

    drawn = 0

    def render_line(self, y: int) -> Strip:
        Counting.drawn += 1
        return super().render_line(y)


class ListApp(App[None]):
    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self.rows = rows
        self.told: list[str] = []
        self.register_theme(MILEPOST_DARK)
        self.theme = MILEPOST_DARK.name

    def compose(self) -> ComposeResult:
        columns = [
            Column[Row]("name", lambda row: Cell(row.text), least=6),
            Column[Row]("amount", lambda row: Cell(row.amount), right=True),
        ]
        heading = lambda row: Cell(row.text) if row.heading else None  # noqa: E731
        yield Counting(columns, heading=heading, empty="Nothing is here.", id="list")

    def on_mount(self) -> None:
        lines = self.query_one(Counting)
        lines.show(self.rows)
        lines.focus()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        self.told.append(event.lines.item.text)


@asynccontextmanager
async def shown(rows: list[Row], size: tuple[int, int] = (40, 12)) -> AsyncIterator[tuple[Pilot[None], Counting]]:
    app = ListApp(rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, app.query_one(Counting)


def line(lines: LineList, y: int) -> str:
    return lines.render_line(y).text


async def test_ten_thousand_rows_cost_as_much_to_draw_as_ten() -> None:
    async with shown([Row(f"Milestone {n}") for n in range(10_000)]) as (pilot, lines):
        Counting.drawn = 0
        lines.go(5000)
        await pilot.pause()
        assert 0 < Counting.drawn <= 4 * lines.size.height
        assert "Milestone 5000" in "".join(line(lines, y) for y in range(lines.size.height))


async def test_one_changed_row_draws_one_line() -> None:
    async with shown([Row(f"Milestone {n}") for n in range(5)]) as (pilot, lines):
        await pilot.pause()
        Counting.drawn = 0
        lines.show_again(3)
        await pilot.pause()
        assert Counting.drawn == 1
        lines.show_again(500)
        await pilot.pause()
        assert Counting.drawn == 1


async def test_the_cursor_passes_over_headings() -> None:
    rows = [Row("A", heading=True), Row("1"), Row("2"), Row("B", heading=True), Row("3")]
    async with shown(rows) as (_, lines):
        assert lines.item == Row("1")
        lines.move(1)
        lines.move(1)
        assert lines.item == Row("3")
        lines.move(-1)
        assert lines.item == Row("2")
        lines.go(0)
        assert lines.item == Row("1")
        lines.move(-5)
        assert lines.item == Row("1")
        lines.go(99, -1)
        assert lines.item == Row("3")


async def test_rows_fit_and_amounts_are_whole() -> None:
    rows = [
        Row("A title that is far too long for a list of this width", "123456789.00 USD"),
        Row("短い名前のプロジェクト"),
    ]
    async with shown(rows, (34, 8)) as (_, lines):
        for y in range(1, 3):
            assert lines.render_line(y).cell_length == lines.scrollable_size.width
        assert "123456789.00 USD" in line(lines, 1)
        assert "…" in line(lines, 1)


async def test_the_row_under_the_cursor_is_marked_by_more_than_colour() -> None:
    async with shown([Row("a"), Row("b")]) as (_, lines):
        assert line(lines, 1).startswith("▸ a")
        lines.move(1)
        assert line(lines, 1).startswith("  a")
        assert line(lines, 2).startswith("▸ b")


async def test_an_empty_list_says_so() -> None:
    async with shown([]) as (_, lines):
        assert "Nothing is here." in line(lines, 1)
        assert lines.item is None
        lines.move(1)
        lines.go(3)
        assert lines.item is None


async def test_showing_other_rows_keeps_the_row_under_the_cursor() -> None:
    rows = [Row(str(n)) for n in range(6)]
    async with shown(rows) as (_, lines):
        lines.go(4)
        lines.show(rows[2:], keep=lambda row: row.text)
        assert lines.item == Row("4")
        lines.show(rows[:2], keep=lambda row: row.text)
        assert lines.item == Row("1")


async def test_the_mouse_moves_and_opens() -> None:
    async with shown([Row("H", heading=True), *(Row(str(n)) for n in range(4))]) as (pilot, lines):
        await pilot.click("#list", offset=(3, 4))
        assert lines.item == Row("2")
        await pilot.click("#list", offset=(3, 1))
        assert lines.item == Row("2"), "a heading cannot be opened"
        await pilot.click("#list", offset=(3, 4), times=2)
        assert isinstance(pilot.app, ListApp)
        assert pilot.app.told == ["2"]


async def test_the_real_cursor_follows_for_those_who_read_with_it() -> None:
    async with shown([Row(str(n)) for n in range(4)]) as (pilot, lines):
        lines.go(2)
        await pilot.pause()
        assert pilot.app.cursor_position == (lines.content_region.x, lines.content_region.y + 3)


async def test_rows_that_are_added_are_the_only_ones_looked_at() -> None:
    rows = [Row(f"Milestone {n}", "5.00 USD") for n in range(1000)]
    async with shown(rows) as (pilot, lines):
        looked: list[str] = []
        column = Column[Row]("name", lambda row: (looked.append(row.text), Cell(row.text))[1], least=6)
        lines._columns = [column, lines._columns[1]]
        rows.append(Row("The last", "123456.00 USD"))
        lines.grow()
        assert looked == ["The last"]
        lines.go(1000)
        await pilot.pause()
        assert "The last" in "".join(line(lines, y) for y in range(lines.size.height))
        assert "123456.00 USD" in "".join(line(lines, y) for y in range(lines.size.height))


async def test_rows_that_take_the_place_of_others_draw_no_more_lines_than_there_are() -> None:
    async with shown([Row(f"Milestone {n}") for n in range(5)], (40, 30)) as (pilot, lines):
        await pilot.pause()
        Counting.drawn = 0
        lines.show([Row(f"Other {n}") for n in range(5)])
        await pilot.pause()
        assert Counting.drawn == 1 + 5
        assert "Other 4" in line(lines, 5)


async def test_a_row_in_one_colour_is_one_piece_to_the_terminal() -> None:
    async with shown([Row("Milestone"), Row("Milestone")]) as (_, lines):
        row = lines.render_line(2)
        assert len(list(row)) == 1
        assert row.text.split() == ["Milestone", "500.00", "USD"]


def test_pieces_that_look_alike_become_one_and_no_space_changes_its_looks() -> None:
    plain, red, marked = Style(bgcolor="black"), Style(color="red", bgcolor="black"), Style(bgcolor="blue")
    reverse = red + Style(reverse=True)
    pieces = [("  ", plain), ("late", red), (" ", plain), ("soon", red), (" ", plain), ("x", marked), (" ", plain)]
    assert [(part.text, part.style) for part in in_few(pieces)] == [
        ("  late soon ", red), ("x", marked), (" ", plain)
    ]  # fmt: skip
    assert [part.text for part in in_few([("x", reverse), (" ", plain)])] == ["x", " "]


@contextmanager
def laid_out() -> Iterator[list[Screen]]:
    """The screens that are laid out meanwhile, each as often as that happens."""
    found: list[Screen] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen, *arguments: object, **options: object) -> None:
        found.append(screen)
        lay_out(screen, *arguments, **options)

    with patch.object(Screen, "_refresh_layout", counted):
        yield found


async def test_a_list_that_is_longer_than_its_room_grows_without_laying_the_screen_out() -> None:
    rows = [Row(f"Project {number}") for number in range(100)]
    async with shown(rows) as (pilot, lines):
        await pilot.pause()
        with laid_out() as places:
            rows += [Row(f"Project {number}") for number in range(100, 200)]
            lines.grow()
            lines.go(len(rows) - 1)
            await pilot.pause()
        assert not places
        assert "Project 199" in text_of(pilot)
        assert lines.vertical_scrollbar.window_virtual_size == 201


async def test_another_text_of_the_same_height_is_drawn_without_laying_the_screen_out(sample: Sample) -> None:
    async with running(sample, (120, 40)) as pilot:
        about = pilot.app.screen.query_one("#about", Words)
        with laid_out() as places:
            about.say(about.said.replace("e", "o"))
            await pilot.pause()
            assert not places
            about.say("One\nTwo\nThree\nFour\nFive\nSix\nSeven")
            await until(pilot, lambda: places)
