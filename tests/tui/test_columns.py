"""Columns: text gives way, whole columns go, and a figure or a state is never cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.columns import GAP, Cell, Column, aligned, clipped, fit, natural, wrapped

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
