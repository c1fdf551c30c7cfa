"""A CSV file as spreadsheets write it, read as rows of named cells, with problems told by row and column letter.

Taken as it comes: comma, semicolon or tab between cells; UTF-8 with or without a mark at its beginning, or the UTF-16
of Excel's "Unicode text"; its ``sep=;`` line; rows and columns of blanks at the end; ``="00123"`` around digits.

A cell that a spreadsheet would run as a formula is written with an apostrophe in front (`harmless`), which reading
takes off again (`plain_cell`), so that nothing that a site or a client wrote becomes a formula on somebody's machine.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.errors import PlanError, Problem
from assistant.money import shown

MOST_BYTES: Final = 16 * 1024 * 1024
DELIMITERS: Final = (",", ";", "\t")

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_AS_TEXT: Final = re.compile(r'="([^"]*)"')


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet could take it for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def plain_cell(cell: str) -> str:
    """What `harmless` was given, whatever that was; and the inside of ``="00123"``."""
    if found := _AS_TEXT.fullmatch(cell):
        return found[1]
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def column_letter(index: int) -> str:
    """``A`` for 0, ``Z`` for 25, ``AA`` for 26: as spreadsheets name columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells by column name, outer blanks gone."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Sheet:
    """The rows of a file below its header. `problems` grows while they are read."""

    file: str
    columns: Mapping[str, int]
    rows: Sequence[Row] = ()
    spoilt: frozenset[int] = frozenset()
    """Numbers of rows whose cells have shifted, so that only this is to be said of them."""
    header: int = 1
    """The row that names the columns."""
    absent: set[str] = field(default_factory=set)
    """Columns that were missed: nothing more is to be said of their cells."""
    problems: list[Problem] = field(default_factory=list)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def report(self, row: int, column: str, message: str, mend: str) -> None:
        """Write down what is wrong with a cell."""
        where = f"{column} (column {column_letter(self.columns[column])})" if column in self.columns else column
        self.problems.append(Problem(self.file, row, where, message, mend))

    def miss(self, column: str, mend: str) -> None:
        """Write down that a column is not there."""
        self.absent.add(column)
        self.problems.append(Problem(self.file, self.header, "header", f"has no column {column}", mend))


def read_sheet(
    content: bytes, file: str, names: Sequence[str], meant: Mapping[str, str], needed: Sequence[str]
) -> Sheet:
    """The rows of a file whose columns are among `names`, in any order, case and spacing.

    `meant` maps other words for a column (folded) to its name, for a hint; `needed` columns must be there. A column
    whose header begins with # is the person's own and left out. `PlanError` with one problem for what is no such file
    at all; everything else is in the sheet's `problems`.
    """
    headers = {folded(name): name for name in names}
    records = list(_records(_decoded(content, file), file, headers.keys() | meant.keys()))
    start = next((number for number, record in enumerate(records) if any(cell.strip() for cell in record)), None)
    if start is None:
        raise _unreadable(file, 1, "is empty", "the first row names the columns")
    sheet = Sheet(file, {}, header=start + 1)
    header = [plain_cell(cell.strip()) for cell in records[start]]
    sheet.columns = _read_header(header, sheet, headers, meant, needed)
    body = [
        (number, cells)
        for number, record in enumerate(records[start + 1 :], start=start + 2)
        if any(cells := [plain_cell(cell.strip()).strip() for cell in record])
    ]
    sheet.rows = [
        Row(number, {name: cells[at] for name, at in sheet.columns.items() if at < len(cells)})
        for number, cells in body
    ]
    sheet.spoilt = _check_unnamed(sheet, header, body)
    return sheet


def folded(header: str) -> str:
    """A header as it is compared: ``Project_Ref`` and ``project ref`` are one."""
    return "".join(header.casefold().replace("_", " ").replace("-", " ").split())


def _decoded(content: bytes, file: str) -> str:
    if len(content) > MOST_BYTES:
        raise _unreadable(file, 1, f"has more than {MOST_BYTES // 1024**2} MB", "divide it into several files")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        what = f"byte {content[error.start]:#04x} is not {encoding.removesuffix('-sig').upper()}"
        raise _unreadable(file, row, what, 'save it as "CSV UTF-8"') from None


def _unreadable(file: str, row: int, message: str, mend: str) -> PlanError:
    return PlanError([Problem(file, row, "file", message, mend)])


def _records(text: str, file: str, words: Collection[str]) -> Iterator[list[str]]:
    """The records of the file. The ``sep=`` line is none: a spreadsheet does not count it either."""
    if found := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):
        delimiter, text = found[1], text[found.end() :]
    else:
        delimiter = max(DELIMITERS, key=lambda mark: _fitness(text, mark, words))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 1
    try:
        for record in reader:
            yield record
            row += 1
    except csv.Error as error:
        message = f"cannot be told apart into cells: {error}"
        raise _unreadable(file, row, message, 'save it as "CSV UTF-8" in the spreadsheet') from None


def _fitness(text: str, delimiter: str, words: Collection[str]) -> tuple[int, int]:
    """How well a delimiter fits: how many known words it makes of the first row with anything in it, and cells."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = next((record for record in reader if any(cell.strip(" ,;\t") for cell in record)), [])
    except csv.Error:
        return 0, 0
    return sum(folded(cell) in words for cell in header), len(header)


def _read_header(
    header: Sequence[str],
    sheet: Sheet,
    headers: Mapping[str, str],
    meant: Mapping[str, str],
    needed: Sequence[str],
) -> dict[str, int]:
    """The columns by name. One that is only misspelt is reported, and then read as what it is meant to be."""
    columns: dict[str, int] = {}
    strange: list[tuple[int, str]] = []
    for index, cell in enumerate(header):
        name = headers.get(folded(cell))
        if not cell or cell.startswith("#"):
            continue
        if name is None:
            strange.append((index, cell))
        elif name in columns:
            _report_header(sheet, index, cell, "stands twice", "delete one of the two columns")
        else:
            columns[name] = index
    for index, cell in strange:
        near = meant.get(folded(cell)) or _near(cell, headers)
        mend = f"did you mean {near}?" if near else f"known are {', '.join(headers.values())}"
        _report_header(sheet, index, cell, "is no column of a plan", f"{mend}; a column of your own begins with #")
        if near:
            columns.setdefault(near, index)  # read on as if it were: its cells may have problems, too
    for name in needed:
        if name not in columns:
            sheet.miss(name, f"add a column {name}")
    return columns


def _report_header(sheet: Sheet, index: int, cell: str, message: str, mend: str) -> None:
    where = f"{shown(cell, longest=30)} (column {column_letter(index)})"
    sheet.problems.append(Problem(sheet.file, sheet.header, where, message, mend))


def _near(cell: str, headers: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(folded(cell)[:40], headers, n=1)
    return headers[near[0]] if near else ""


def _check_unnamed(sheet: Sheet, header: Sequence[str], body: Sequence[tuple[int, Sequence[str]]]) -> frozenset[int]:
    """Cells in columns without a name. Returns the rows that have more cells than the header and cannot be judged."""
    for index, name in enumerate(header):
        if not name and (found := [number for number, cells in body if index < len(cells) and cells[index]]):
            where = f"column {column_letter(index)}"
            message = f"has no name, and a cell in row {found[0]}"
            sheet.problems.append(Problem(sheet.file, sheet.header, where, message, "name the column, or clear it"))
    usual = Counter(len(cells) for _, cells in body).most_common(1)
    width = max([len(header), *(length for length, _ in usual)])
    # Blank cells beyond the last column are padding, except in a row that has more of them than the others.
    long = [number for number, cells in body if any(cells[len(header) :]) or len(cells) > width]
    where = f"column {column_letter(len(header))}"
    if 2 * len(long) > len(body) > 1:
        mend = "name the column, or write # and a name of your own"
        sheet.problems.append(Problem(sheet.file, sheet.header, where, "has cells and no name", mend))
        return frozenset()
    for number in long:
        mend = 'a text or an amount with the delimiter in it needs quotes: "1,250.00"'
        sheet.problems.append(Problem(sheet.file, number, where, "has a cell beyond the last column", mend))
    return frozenset(long)
