"""Plans and spreadsheets: what spreadsheets write is read without guessing, and a round trip is exact to the cent."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.currencies import DECIMALS
from assistant.errors import PlanError, Problem, UsageError
from assistant.money import Currency, Money
from assistant.plans.csv_cells import DateOrder, read_amount
from assistant.plans.csv_file import COLUMNS, csv_text, load_csv, parse_csv
from assistant.plans.csv_sheet import column_letter, harmless, plain_cell
from assistant.plans.fields import hidden_character
from assistant.plans.plan import PlanLimits, PlannedMilestone, PlannedProject, parse_plan
from assistant.plans.write import plan_toml
from tests.assistant.fake_site import money

LIMITS = PlanLimits(100, r"^[1-9]\d*(\.\d{1,2})?$", "1", "999999999")
FILE = "plan.csv"


def read(text: str, **values: object) -> tuple[PlannedProject, ...]:
    return parse_csv(text.encode(), FILE, **values)  # type: ignore[arg-type]


def problems(text: str | bytes, limits: PlanLimits = LIMITS) -> list[Problem]:
    with pytest.raises(PlanError) as caught:
        parse_csv(text.encode() if isinstance(text, str) else text, FILE, limits=limits)
    return list(caught.value.problems)


def told(text: str | bytes) -> list[tuple[int, str]]:
    return [(problem.line, problem.field) for problem in problems(text)]


PLAIN = """\
Project ref,Title,Counterparty,Currency,Total,Key,Description,Amount,Due,Site ref
38112233,Website,ben,USD,800.00,design,Design,500.00,2026-12-10,
38112233,,,,,,"Build, all pages",300,2026-12-20,991
,Logo,chloe,EUR,,,Sketches,250.50,,
,,,,,,Final files,249.50,,
"""


def test_a_sheet_becomes_projects() -> None:
    website, logo = read(PLAIN)
    assert website == PlannedProject(
        ref="38112233",
        total=money("800.00 USD"),
        milestones=(
            PlannedMilestone("design", "Design", money("500.00 USD"), date(2026, 12, 10)),
            PlannedMilestone("build-all-pages", "Build, all pages", money("300.00 USD"), date(2026, 12, 20), "991"),
        ),
    )
    assert (logo.title, logo.counterparty, logo.total) == ("Logo", "chloe", money("500.00 EUR"))
    assert [(m.key, m.line) for m in logo.milestones] == [("sketches", 4), ("final-files", 5)]
    assert parse_plan(plan_toml("freelancer", "ben", [website, logo]), Path("p")).projects == (website, logo)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("sep=,\r\n" + PLAIN).encode(),
        PLAIN.replace("Project ref", "PROJECT_REF").replace("Site ref", " site-ref ").encode(),
        "\n\n".join(["", *PLAIN.splitlines(), ",,,,,,,,,", ""]).encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        PLAIN.replace("38112233,", '="38112233",').replace("991", "'=991").replace("'=991", "991").encode(),
        PLAIN.replace("Due", "#mine,Due").replace(",2026", ",note,2026").replace("250.50,", "250.50,x,")
        .replace("249.50,", "249.50,,").encode(),
    ],
)  # fmt: skip
def test_it_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    assert parse_csv(content, FILE) == read(PLAIN)


@pytest.mark.parametrize(("mark", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), ("|", "utf-8")])
def test_other_delimiters(mark: str, encoding: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, delimiter=mark).writerows(csv.reader(io.StringIO(PLAIN)))
    head = "sep=|\r\n" if mark == "|" else ""
    assert parse_csv((head + stream.getvalue()).encode(encoding), FILE) == read(PLAIN)


def row(**cells: str) -> str:
    """A sheet of one project with one row, so that one cell can be looked at."""
    filled = {"ref": "1", "currency": "USD", "description": "Design", "amount": "500.00", "due": ""} | cells
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["project ref", "currency", "description", "amount", "due", *(["total"] * ("total" in cells))])
    writer.writerow(filled.values())
    return stream.getvalue()


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("500", "500.00"), ("500.5", "500.50"), ("500,00", "500.00"), ("1,250.00", "1250.00"), ("1.250,00", "1250.00"),
        ("1\u202f250,00", "1250.00"), ("$500.00", "500.00"), ("500.00 USD", "500.00"), ("USD 500", "500.00"),
        ("1,25,000.00", "125000.00"), ("500.00 ", "500.00"),
    ],
)  # fmt: skip
def test_amounts_that_can_only_be_one(cell: str, amount: str) -> None:
    (project,) = read(row(amount=cell))
    assert project.total == money(f"{amount} USD")


@pytest.mark.parametrize(
    ("cell", "message", "mend"),
    [
        ("1,250", "can be read as 1250 or as 1 and 250 thousandths", "write 1250.00, or the smaller"),
        ("1.250", "can be read as", "write 1250.00"),
        ("33.333333333", "decimals", "write it as 500.00"),
        ("1.25E+05", "rounded by the spreadsheet", "as text"),
        ("#REF!", "error of the spreadsheet", "formula"),
        ("=A1*2", "is a formula", "values"),
        ("-5.00", "is not above zero", "500.00"),
        ("0", "is not above zero", "500.00"),
        ("(5.00)", "is no currency", "500.00"),
        ("20%", "is no currency", "500.00"),
        ("500 EUR", "is not in USD", "500.00"),
        ("five", "is not one amount", "500.00"),
        ("0.50", "below the platform's least", "larger"),
    ],
)
def test_amounts_that_are_refused_with_the_mend(cell: str, message: str, mend: str) -> None:
    (problem,) = problems(row(amount=cell))
    assert (problem.line, problem.field) == (2, "amount (column D)")
    assert message in problem.message
    assert mend in problem.mend


def test_what_milepost_writes_comes_first() -> None:
    assert read_amount("1.250", Currency("KWD")) == money("1.250 KWD")
    assert read_amount("1,250", Currency("JPY")) == money("1250 JPY")
    with pytest.raises(UsageError, match="can be read as"):
        read_amount("1,250", Currency("KWD"))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-12-10", date(2026, 12, 10)),
        ("2026-12-10 00:00:00", date(2026, 12, 10)),
        ("2026-1-5", date(2026, 1, 5)),
        ("10.12.2026", date(2026, 12, 10)),
        ("25/12/2026", date(2026, 12, 25)),
        ("12/25/2026", date(2026, 12, 25)),
        ("12/12/2026", date(2026, 12, 12)),
    ],
)
def test_dates_that_can_only_be_one(cell: str, day: date) -> None:
    assert read(row(due=cell))[0].milestones[0].due == day


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        ("12/10/2026", "write 2026-10-12 or 2026-12-10"),
        ("46366", "it would be 2026-12-10"),
        ("2026-02-30", "write it as 2026-12-10"),
        ("13/13/2026", "write it as 2026-12-10"),
        ("soon", "write it as 2026-12-10"),
        ("10/12/26", "write it as 2026-12-10"),
        ("2026-12-10 09:30", "write it as 2026-12-10"),
        ("0026-12-10", "look at the year"),
    ],
)
def test_dates_that_are_refused_with_the_mend(cell: str, mend: str) -> None:
    (problem,) = problems(row(due=cell))
    assert (problem.line, problem.field) == (2, "due (column E)")
    assert mend in problem.mend


def test_a_column_of_dates_proves_its_order() -> None:
    assert DateOrder.of(["12/10/2026", "12/25/2026"]).read("12/10/2026") == date(2026, 12, 10)
    assert DateOrder.of(["12/10/2026", "25/12/2026"]).read("12/10/2026") == date(2026, 10, 12)
    with pytest.raises(UsageError, match="two ways"):
        DateOrder.of(["25/12/2026", "12/25/2026"]).read("12/10/2026")


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("", (1, "file"), "is empty"),
        (" \n,,\n", (1, "file"), "is empty"),
        ("title,currency,description,amount\n", (1, "file"), "a header and no rows"),
        ('title,amount\n"a,1\n', (2, "file"), "cannot be told apart"),
        ("title,currency,description,amount\na,USD,d,\xff\n", (2, "file"), "not UTF-8"),
    ],
)
def test_what_is_no_sheet_at_all(text: str, where: tuple[int, str], message: str) -> None:
    (problem,) = problems(text.encode("latin-1"))
    assert (problem.line, problem.field) == where
    assert message in problem.message


@pytest.mark.parametrize(
    ("header", "where", "mend"),
    [
        ("project ref,currency,descripton,amount", "'descripton' (column C)", "did you mean description?"),
        ("Client,title,currency,description,amount", "'Client' (column A)", "did you mean counterparty?"),
        ("project ref,currency,description,Price", "'Price' (column D)", "did you mean amount?"),
        ("ref,currency,description,amount", "'ref' (column A)", "did you mean project ref?"),
        ("project ref,currency,description,amount,Zzzz", "'Zzzz' (column E)", "known are project ref"),
        ("project ref,currency,description,amount,Amount", "'Amount' (column E)", "delete one"),
        ("project ref,currency,description", "header", "add a column amount"),
        ("currency,description,amount", "header", "add a column project ref, or title"),
        ("project ref,description,amount", "header", "add a column currency"),
    ],
)
def test_a_wrong_header_is_one_problem(header: str, where: str, mend: str) -> None:
    width = header.count(",") + 1
    body = "\n".join(",".join([str(n), *["USD", "Design", "5.00", "", ""][: width - 1]]) for n in range(1, 9))
    if "project ref" not in header and "ref" not in header:
        body = "\n".join("USD,Design,5.00" if width == 3 else f"ben,P{n},USD,Design,5.00" for n in range(1, 9))
    if "currency" not in header:
        body = "\n".join(f"{n},Design,5.00" for n in range(1, 9))
    (problem,) = problems(f"{header}\n{body}\n")
    assert (problem.line, problem.field) == (1, where)
    assert mend in problem.mend


HEAD = "project ref,title,counterparty,currency,total,key,description,amount,due,site ref,ignore\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (",,,,,,Design,5.00,,,", [(2, "row")]),
        ("1,,,,,,Design,5.00,,,", [(2, "currency (column D)")]),
        ("1,,,EURO,,,Design,5.00,,,\n,,,,,,Build,5.00,,,", [(2, "currency (column D)")]),
        ("1,,,USD,11.00,,Design,5.00,,,\n,,,,,,Build,5.00,,,", [(2, "total (column E)")]),
        ("1,,,USD,11.00,,Design,5.0x,,,\n,,,,,,Build,5.00,,,", [(2, "amount (column H)")]),
        ("1,,,USD,10.00,,Design,5.00,,,\n1,,,USD,9.00,,Build,5.00,,,", [(3, "total (column E)")]),
        ("1,,,USD,,,Design,5.00,,,\n1,,,EUR,,,Build,5.00,,,", [(3, "currency (column D)")]),
        ("1,,,USD,,m,Design,5.00,,,\n1,,,,,m,Build,5.00,,,", [(3, "key (column F)")]),
        ("1,,,USD,,My key,Design,5.00,,,", [(2, "key (column F)")]),
        ("1,,,USD,,,,5.00,,,", [(2, "description (column G)")]),
        ("1,,,USD,,," + "x" * 101 + ",5.00,,,", [(2, "description (column G)")]),
        ('1,,,USD,,,"a\nb",5.00,,,', [(2, "description (column G)")]),
        ("1,,,USD,,,Design,,,,", [(2, "amount (column H)")]),
        ("1,,,USD,,,Design,5.00,,9,\n2,,,USD,,,Design,5.00,,9,", [(3, "site ref (column J)")]),
        ("1,,,USD,,,Design,5.00,,9,8 9", [(2, "site ref (column J)")]),
        ("1,,,USD,,,Design,5.00,,1.2E+10,", [(2, "site ref (column J)")]),
        ("3.8E+07,,,USD,,,Design,5.00,,,", [(2, "project ref (column A)")]),
        ("38112233.0,,,USD,,,Design,5.00,,,", [(2, "project ref (column A)")]),
        ("a b,,,USD,,,Design,5.00,,,", [(2, "project ref (column A)")]),
        ("1,Website,,USD,,,Design,5.00,,,\n1,Webshop,,,,,Build,5.00,,,", [(3, "title (column B)")]),
        (",Twin,ben,USD,,,Design,5.00,,,\n,Twin,,,,,Build,5.00,,,", []),
        (
            ",Twin,ben,USD,,,A,5.00,,,\n,Twin,chloe,USD,,,B,5.00,,,\n1,,,USD,,,C,5.00,,,\n,Twin,,,,,D,5.00,,,",
            [(5, "row")],
        ),
        (",Twin,,USD,,,A,5.00,,,\n,Twin,chloe,USD,,,B,5.00,,,", [(3, "row")]),
        ("1,,,,,,,none,,,", []),
        ("1,,,USD,20.00,,,none,,,\n2,,,USD,,,A,5.00,,,", []),
        ("1,,,USD,,,,none,,,\n1,,,,,,A,5.00,,,", [(2, "amount (column H)")]),
        ("1,,,USD,,,Design,none,,,", [(2, "amount (column H)")]),
        ("1,Website,,USD,50.00,,,,,,", [(2, "amount (column H)")]),
        ("1,,,USD,,,Design,1,250.00,,,", [(2, "due (column I)")]),
        ("1,,,USD,9.00,,Design,1,250.00,,,\n1,,,,,,A,5.00,,,\n2,,,USD,,,B,5.00,,,", [(2, "column L")]),
        ("\n".join(f"{n},,,USD,,,A,5.00,,,,note" for n in range(1, 6)), [(1, "column L")]),
        ("\n".join(["1,,,USD,,,A,1.00,,,"] * 202), [(202, "row")]),
    ],
)
def test_one_mistake_is_one_problem(rows: str, expected: list[tuple[int, str]]) -> None:
    text = HEAD + rows + "\n"
    if expected:
        assert told(text) == expected
    else:
        assert read(text, limits=LIMITS)


def test_a_project_is_skipped_on_purpose() -> None:
    bare, with_total = read(HEAD + "1,,,,,,,none,,,\n,T,,USD,20.00,,,None,,,7 8\n")
    assert (bare.skipped, bare.total.minor, bare.ref) == (True, 0, "1")
    assert (with_total.skipped, with_total.total) == (True, money("20.00 USD"))
    assert with_total.ignore == {"7", "8"}


def test_a_request_is_taken_back() -> None:
    head = "project ref,currency,key,description,amount,withdraw\n"
    (project,) = read(head + "1,USD,,Design,5.00,Yes\n,,b,Build,5.00,\n")
    assert project.withdraw == {"design"}
    assert "withdraw" in csv_text([project])
    assert told(head + "1,USD,,Design,5.00,perhaps\n") == [(2, "withdraw (column F)")]


def test_a_row_may_only_speak_of_its_project() -> None:
    (project,) = read(HEAD + "1,Website,,USD,10.00,,,,,,\n,,,,,,A,4.00,,,\n,,,,,,B,6.00,,,\n")
    assert [str(m.amount) for m in project.milestones] == ["4.00 USD", "6.00 USD"]


def sheet_of(rows: int) -> list[list[str]]:
    """A sheet without a mistake, five milestones a project, each row saying everything."""
    made = []
    for n in range(rows):
        ref = str(38_000_000 + n // 5)
        total = f"{5 * 100 + sum(range(n // 5 * 5, n // 5 * 5 + 5)) / 100:.2f}"
        made.append(
            [ref, "T", "ben", "USD", total, f"m{n % 5}", f"Work {n}", f"{100 + n / 100:.2f}", "2026-12-10", str(n), ""]
        )
    return made


def as_text(rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return HEAD + stream.getvalue()


MISTAKES = [
    (3, 7, "1,250"), (40, 7, ""), (66, 7, "abc"), (92, 7, "-3.00"), (118, 7, "0.50"), (143, 7, "7 EUR"),
    (170, 7, "#VALUE!"), (201, 6, ""), (222, 6, "x" * 101), (248, 6, "a\u202eb"), (260, 5, "Key!"), (281, 5, "m0"),
    (303, 8, "12/10/2026"), (330, 8, "2026-13-01"), (350, 8, "46366"), (377, 9, "0"), (402, 9, "1E+09"),
    (425, 3, "EURO"), (450, 4, "1.00"), (499, 4, "1,0000"),
]  # fmt: skip


def test_five_hundred_rows_with_twenty_mistakes_are_twenty_problems() -> None:
    rows = sheet_of(500)
    assert len(read(as_text(rows), limits=LIMITS)) == 100
    for number, column, cell in MISTAKES:
        rows[number][column] = cell
    expected = [(number + 2, f"{HEAD.strip().split(',')[column]} (column {'ABCDEFGHIJK'[column]})")
                for number, column, _ in MISTAKES]  # fmt: skip
    found = problems(as_text(rows))
    assert len(found) == 20
    assert sorted((p.line, p.field) for p in found) == sorted(expected)
    mended = sheet_of(500)
    for number, column, _ in MISTAKES:
        rows[number][column] = mended[number][column]
    projects = read(as_text(rows), limits=LIMITS)
    assert read(csv_text(projects)) == projects
    assert sum(p.total.minor for p in projects) == sum(10_000 + n for n in range(500))


ONE_MISTAKE = [
    (7, "1,250"), (7, ""), (7, "x"), (7, "0.50"), (7, "7 EUR"), (7, "1"), (6, ""), (6, "a\nb"), (6, "y" * 101),
    (5, "Key!"),
    (8, "12/10/2026"), (8, "never"), (9, "1E+09"), (3, "EURO"), (3, ""), (4, "1.00"), (4, "?"), (1, "U"), (10, "1E+09"),
]  # fmt: skip


@given(st.dictionaries(st.integers(0, 19), st.tuples(st.integers(0, 4), st.sampled_from(ONE_MISTAKE)), max_size=20))
def test_each_mistake_is_one_problem_in_its_row(mistakes: dict[int, tuple[int, tuple[int, str]]]) -> None:
    rows = sheet_of(100)
    expected = []
    for project, (within, (column, cell)) in mistakes.items():
        rows[5 * project + within][column] = cell
        if (column, cell) != (3, ""):  # a blank means: as the others say
            expected.append(5 * project + within + 2 if cell != "1" else 5 * project + 2)
    if expected:
        assert [problem.line for problem in problems(as_text(rows))] == sorted(expected)
    else:
        assert len(read(as_text(rows), limits=LIMITS)) == 20


def test_a_file_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_bytes(PLAIN.encode("utf-8-sig"))
    assert load_csv(file) == read(PLAIN)
    with pytest.raises(UsageError, match="cannot be read"):
        load_csv(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe")
    for odd in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match="not a plain file"):
            load_csv(odd)


def test_splits_are_spelled_out_and_refs_get_titles() -> None:
    text = 'platform = "f"\naccount = "b"\n[[project]]\nref = "7"\ntotal = "100.00 USD"\nsplit = "3 x 1/3"\n'
    plan = parse_plan(text, Path("p"))
    written = csv_text(plan.projects, titles={"7": "=cmd|' /C calc'!A0"})
    assert written.splitlines()[1] == "7,'=cmd|' /C calc'!A0,,USD,100.00,m1,Milestone 1 of 3,33.34,,"
    assert read(written)[0].milestones == plan.projects[0].milestones
    assert "url" not in written


def test_column_letters() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert len(COLUMNS) == len(set(COLUMNS))


cells = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@\t\r\n\"＝"), max_size=12)


@given(cells)
def test_a_harmless_cell_is_read_back_as_it_was(cell: str) -> None:
    written = harmless(cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert plain_cell(written) == cell


def is_plain(text: str) -> bool:
    return bool(text) and text == text.strip() and hidden_character(text) is None and "\x00" not in text


texts = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("'=+-@\";, ,"), min_size=1, max_size=20)
    .filter(is_plain)
)  # fmt: skip
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,11}", fullmatch=True).filter(lambda t: not t.isdigit() or len(t) < 12)
ids = ids.filter(lambda text: not any(mark in text for mark in "eE"))
days = st.none() | st.dates(date(2001, 1, 1), date(2199, 1, 1))


@st.composite
def planned(draw: st.DrawFn) -> PlannedProject:
    currency = Currency(draw(st.sampled_from(sorted(DECIMALS))))
    names = draw(
        st.one_of(
            st.builds(lambda ref: {"ref": ref}, ids),
            st.builds(lambda n: {"url": f"https://example.com/projects/{n}"}, st.integers(0, 10**6)),
            st.builds(lambda title, whom: {"title": title, "counterparty": whom}, texts, st.none() | texts),
        )
    )
    ignore = frozenset(
        draw(st.lists(texts.filter(lambda text: not re.fullmatch(r"[-+0-9.,eE]+", text)) | ids, max_size=3))
    )
    if draw(st.booleans()) and draw(st.booleans()):
        return PlannedProject(**names, total=draw(st.sampled_from([money("0 USD"), money("5.00 EUR")])), skipped=True,
                              ignore=ignore)  # fmt: skip
    keys = draw(
        st.lists(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True), min_size=1, max_size=6, unique=True)
    )
    milestones = tuple(
        PlannedMilestone(key, draw(texts), Money(draw(st.integers(1, 10**13)), currency), draw(days)) for key in keys
    )
    total = Money(sum(m.amount.minor for m in milestones), currency)
    withdraw = frozenset(draw(st.lists(st.sampled_from(keys), max_size=2)))
    return PlannedProject(**names, total=total, milestones=milestones, ignore=ignore, withdraw=withdraw)


def can_be_told(projects: list[PlannedProject]) -> bool:
    """As in a plan: two of one title have a counterparty each."""
    names = [project.identity[:2] for project in projects]
    return all(project.counterparty or names.count(project.identity[:2]) == 1 for project in projects)


@given(
    st.lists(planned(), min_size=1, max_size=4, unique_by=lambda project: project.identity).filter(can_be_told),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_round_trip_is_exact(projects: list[PlannedProject], delimiter: str, encoding: str) -> None:
    text = csv_text(projects, delimiter=delimiter)
    assert parse_csv(text.encode(encoding), FILE) == tuple(projects)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | st.text(max_size=60).map(
    lambda tail: (HEAD + "1,,,USD,,,A,5.00,,,\n" + tail).encode("utf-8", "replace")))  # fmt: skip
def test_no_file_is_too_odd(content: bytes) -> None:
    with suppress(PlanError):
        assert isinstance(parse_csv(content, FILE), tuple)
