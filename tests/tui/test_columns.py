"""Columns: text gives way, whole columns go, and a figure or a state is never cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.columns import GAP, Cell, Column, aligned, clipped, fit, kept, natural, shortened, spread, wrapped

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Mn", "Me", "Zl", "Zp")), max_size=40)
ROWS = st.lists(
    st.tuples(TEXT, st.integers(min_value=0, max_value=10**15).map(lambda n: f"{n}.00 USD"), TEXT), max_size=8
)


def columns() -> list[Column]:
    return [
        Column("title", lambda row: Cell(row[0]), least=10),
        Column("amount", lambda row: Cell(row[1]), right=True),
        Column("why", lambda row: Cell(row[2]), least=8, drop=1),
    ]


@given(ROWS, st.integers(min_value=29, max_value=160))
def test_amounts_are_never_cut_and_rows_fit(rows, width) -> None:
    widths = fit(columns(), natural(columns(), rows), width)
    assert sum(widths) + GAP * max(sum(1 for w in widths if w) - 1, 0) <= width
    for row in rows:
        cells = {c.title: aligned(c.cell(row), c, w) for c, w in zip(columns(), widths, strict=True) if w}
        assert row[1] in cells["amount"]
        assert [cell_len(cell) for cell in cells.values()] == [w for w in widths if w]


def test_a_column_without_anything_in_it_takes_no_room() -> None:
    rows = [("a", "1.00 USD", ""), ("b", "2.00 USD", "")]
    assert natural(columns(), rows)[2] == 0
    kept = [*columns()[:2], Column("why", lambda row: Cell(row[2]), least=8, drop=1, fills=True)]
    assert natural(kept, rows)[2] == len("why")


@given(ROWS, st.integers(min_value=1, max_value=60))
def test_the_column_to_be_dropped_goes_before_any_figure(rows, width) -> None:
    wanted = natural(columns(), rows)
    widths = fit(columns(), wanted, width)
    assert widths[1] == wanted[1]
    if widths[2]:
        assert sum(widths) + GAP * (sum(1 for w in widths if w) - 1) <= width


@given(TEXT, st.integers(min_value=1, max_value=50))
def test_clipped_is_exactly_as_wide_as_asked(text, width) -> None:
    assert cell_len(clipped(text, width)) == width


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Cf", "Mn", "Me", "Zl", "Zp"))), st.integers(2, 60))
def test_wrapped_lines_fit_and_hold_every_letter(text, width) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_wide_letters_are_not_cut_in_half() -> None:
    assert clipped("佐藤健", 4) == "佐 …"
    assert cell_len(clipped("佐藤健", 4)) == 4


@given(ROWS, st.integers(min_value=29, max_value=160))
def test_a_text_runs_over_into_empty_fields_and_the_row_is_as_wide_as_before(rows, width) -> None:
    widths = fit(columns(), natural(columns(), rows), width)
    for row in rows:
        cells = [Cell(row[0]), Cell(""), Cell("")]
        wide = spread(columns(), cells, widths)
        taken = [size for size in wide if size]
        before = [size for size in widths if size]
        assert sum(taken) + GAP * len(taken) == sum(before) + GAP * len(before)
        assert wide[0] >= min(cell_len(row[0]), sum(before))
        assert spread(columns(), [Cell(row[0]), Cell("-"), Cell("")], widths)[:2] == widths[:2]


def test_the_end_of_a_cell_stays_where_its_text_is_cut() -> None:
    column = columns()[0]
    assert aligned(Cell("Website redesign", tail="#38112241"), column, 20) == "Website r… #38112241"
    assert aligned(Cell("Website", tail="#38112241"), column, 20) == "Website #38112241   "


@given(TEXT, st.integers(min_value=5, max_value=30), st.integers(min_value=1, max_value=3))
def test_what_is_shortened_ends_in_whole_words_and_fits(text, width, most) -> None:
    told = shortened(text, width, most)
    if told != text:
        assert told.endswith(" …")
        words = told.removesuffix(" …")
        assert " ".join(wrapped(text, width)).startswith(words)
        assert words == "" or len(wrapped(words, width)) <= most


def test_a_heading_keeps_its_end_within_its_width() -> None:
    cell = Cell("Artist marketplace website · with ben", tail="· 9.00 USD over")
    assert kept(cell, 30) == "Artist market… · 9.00 USD over"
    assert kept(cell, 60) == f"{cell.text} {cell.tail}".ljust(60)
