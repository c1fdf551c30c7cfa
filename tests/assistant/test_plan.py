"""Plans: what is read, what is refused, and that a person is told the line, the reason and the mend."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PlanError, Problem
from assistant.money import Money
from assistant.plans import toml_file as plan_file
from assistant.plans.plan import (
    Plan,
    PlanLimits,
    PlannedMilestone,
    PlannedProject,
    check_together,
    load_plan,
    parse_plan,
)

HEAD = 'platform = "freelancer"\naccount = "anna"\n'
FILE = Path("plan.toml")

EXAMPLE = """\
platform = "freelancer"
account  = "anna"

[[project]]                            # a split
title = "Artist marketplace website"
total = "2500.00 USD"
start = 2026-12-01
days  = 40
split = "5 x 20%"
first = "upfront"

[[project]]                            # spelled out
ref = "38112234"
total = "900.00 EUR"
ignore = ["77", "78"]
[[project.milestone]]
key = "design"
description = "Design of the three pages"
share = "1/3"
due = 2026-12-10
[[project.milestone]]
key = "build"
description = "Pages built and tested"
share = "rest"
due = 2026-12-20
site_ref = "123"

[[project]]
title = "Resume rewriting"
counterparty = "ben"
milestones = "none"
"""


def read(text: str, limits: PlanLimits | None = None) -> Plan:
    return parse_plan(HEAD + text, FILE, limits=limits)


def problems_of(text: str, limits: PlanLimits | None = None) -> list[Problem]:
    with pytest.raises(PlanError) as caught:
        read(text, limits)
    found = list(caught.value.problems)
    assert found == sorted(found, key=lambda problem: problem.line)
    assert all(problem.message and problem.mend and problem.field for problem in found)
    return found


def one_problem(text: str, limits: PlanLimits | None = None) -> Problem:
    (problem,) = problems_of(text, limits)
    return problem


def project(*lines: str, name: str = 'title = "A"', total: str = 'total = "100.00 USD"') -> str:
    """The text of one project; its own lines start at line 6 of the file."""
    return "\n".join(["[[project]]", name, total, *lines]) + "\n"


SPLIT = 'split = "2 x 50%"'


def listed(*milestones: str, own: str = "") -> str:
    body = "".join(f"[[project.milestone]]\n{each}\n" for each in milestones)
    return project(own) + body


def test_the_example(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(EXAMPLE, encoding="utf-8")
    plan = load_plan(file)
    assert (plan.file, plan.platform, plan.account) == (file, "freelancer", "anna")
    site, pages, resume = plan.projects
    assert [(m.key, m.description, str(m.amount), m.line) for m in site.milestones] == [
        (f"m{n}", f"Milestone {n} of 5", "500.00 USD", 9) for n in range(1, 6)
    ]
    assert [m.due for m in site.milestones] == [
        date(2026, 12, 1), date(2026, 12, 11), date(2026, 12, 21), date(2026, 12, 31), date(2027, 1, 10),
    ]  # fmt: skip
    assert (site.name, site.line, site.split, site.skipped) == ("Artist marketplace website", 4, "5 x 20%", False)
    assert pages.milestones == (
        PlannedMilestone("design", "Design of the three pages", Money.parse("300.00 EUR"), date(2026, 12, 10)),
        PlannedMilestone("build", "Pages built and tested", Money.parse("600.00 EUR"), date(2026, 12, 20), "123"),
    )
    assert [m.line for m in pages.milestones] == [16, 21]
    assert (pages.name, pages.ignore) == ("38112234", frozenset({"77", "78"}))
    assert (resume.skipped, resume.milestones, resume.counterparty) == (True, (), "ben")
    assert {code: str(total) for code, total in plan.totals.items()} == {"EUR": "900.00 EUR", "USD": "2500.00 USD"}
    assert plan.named("artist  marketplace WEBSITE") == (site,)
    assert plan.named("38112234") == (pages,)
    assert pages.milestone("build") == pages.milestones[1]
    assert pages.milestone("m1") is None


def test_twins_and_a_counterparty_each_are_fine() -> None:
    text = listed(*[f'key = "{key}"\ndescription = "Same"\nshare = "1/2"' for key in "ab"], own='counterparty = "ben"')
    text += project(SPLIT, 'counterparty = "eve"')
    plan = read(text)
    assert plan.projects[0].milestones[0].amount == plan.projects[0].milestones[1].amount
    assert len(plan.named("A")) == 2


@pytest.mark.parametrize(
    ("lines", "dues"),
    [
        (["start = 2026-12-01", "days = 10", SPLIT], ["2026-12-06", "2026-12-11"]),
        (["start = 2026-12-01", "days = 10", 'first = "upfront"', SPLIT], ["2026-12-01", "2026-12-11"]),
        (["start = 2026-12-01", "days = 10", 'split = "upfront 30% + rest"'], ["2026-12-01", "2026-12-11"]),
        (["start = 2026-12-01", 'split = "upfront 30% + rest"'], ["2026-12-01", None]),
        (["start = 2026-12-01", 'split = "2 x 50% every 2 weeks"'], ["2026-12-15", "2026-12-29"]),
        (["start = 2026-12-01", "days = 10", 'template = "upfront-rest"'], ["2026-12-01", "2026-12-11"]),
        (
            ["start = 2026-12-01", "days = 10", 'template = "upfront-rest"', 'first = "evenly"'],
            ["2026-12-06", "2026-12-11"],
        ),
        (["start = 2026-12-01", 'template = "upfront-rest"'], ["2026-12-01", None]),
        (["start = 2026-12-01", "weeks = 2", 'template = "hourly-retainer"'], ["2026-12-08", "2026-12-15"]),
        (
            ["start = 2026-12-01", "weeks = 2", 'template = "hourly-retainer"', 'first = "upfront"'],
            ["2026-12-01", "2026-12-08"],
        ),
        (["weeks = 2", 'template = "hourly-retainer"'], [None, None]),
        ([SPLIT], [None, None]),
    ],
)  # fmt: skip
def test_dates(lines: list[str], dues: list[str | None]) -> None:
    milestones = read(project(*lines)).projects[0].milestones
    assert [m.due and m.due.isoformat() for m in milestones] == dues


def test_dates_of_a_list() -> None:
    text = listed(
        'key = "a"\ndescription = "A"\nshare = "50%"\nafter = "8 days"',
        'key = "b"\ndescription = "B"\nshare = "rest"\nafter = "2 weeks"',
        own="start = 2026-12-01",
    )
    assert [str(m.due) for m in read(text).projects[0].milestones] == ["2026-12-09", "2026-12-15"]


def test_a_support_period_is_due_after_the_end() -> None:
    text = project("start = 2026-12-01", "days = 8", 'template = "website-support"', total='total = "100.01 USD"')
    milestones = read(text).projects[0].milestones
    assert [m.key for m in milestones] == ["design", "pages", "functions", "launch", "support"]
    assert [(m.due - date(2026, 12, 1)).days for m in milestones if m.due] == [2, 4, 6, 8, 38]
    assert sum(m.amount.minor for m in milestones) == 10001


def test_amounts_in_a_list() -> None:
    text = listed(
        'key = "a"\ndescription = "A"\namount = "30.00"',
        'key = "b"\ndescription = "B"\namount = "20 USD"',
        'key = "c"\ndescription = "C"\nshare = "1/3"',
        'key = "d"\ndescription = "D"\nshare = "rest"',
    )
    amounts = [m.amount.amount_text for m in read(text).projects[0].milestones]
    assert amounts == ["30.00", "20.00", "33.33", "16.67"]


def test_site_refs_of_a_split() -> None:
    text = project(SPLIT, 'ignore = ["9"]', "[project.site_refs]", 'm2 = "123"')
    planned = read(text).projects[0]
    assert [m.site_ref for m in planned.milestones] == [None, "123"]


CASES = [
    # naming a project
    (project(SPLIT, name=""), 3, "project 1", "nothing names the project", "title ="),
    (project(SPLIT, 'ref = "1"'), 7, "project 1, ref", "stands beside title", "delete title or ref"),
    (project(SPLIT, 'counterparty = "ben"', name='ref = "1"'), 7, "project 1, counterparty", "one title", "delete"),
    (project(SPLIT, name='title = " "'), 4, "project 1, title", "is empty", "title ="),
    (project(SPLIT, name="title = 5"), 4, "project 1, title", "5 is not a text in quotes", "title ="),
    (project(SPLIT, name='title = "a\\u202eb"'), 4, "project 1, title", "U+202E", "visible"),
    (project(SPLIT, name='title = "a\\u200bb"'), 4, "project 1, title", "U+200B", "visible"),
    (project(SPLIT, name=f'title = "{"x" * 501}"'), 4, "project 1, title", "501 characters", "at most 500"),
    (project(SPLIT, name='ref = "a b"'), 4, "project 1, ref", "not the site's id", "ref ="),
    (project(SPLIT, name="ref = 38112233"), 4, "project 1, ref", "38112233 is not a text", '"38112233"'),
    *[
        (project(SPLIT, name=f'url = "{url}"'), 4, "project 1, url", "not a web address", "https://")
        for url in ("javascript:alert(1)", "file:///etc/passwd", "https://", "https://a:b@c.d/", "http://[::1", "x y",
                    "https://a.b/c d", "https://a.b:port/")
    ],
    (project(SPLIT) + project(SPLIT), 8, "project 2, title", "'A' is already the project of line 3", "counterparty"),
    (project(SPLIT, 'counterparty = "b"') + project(SPLIT), 9, "project 2, title", "line 3", "counterparty"),
    (project(SPLIT) + project(SPLIT, name='title = " a"'), 8, "project 2, title", "line 3", "counterparty"),
    (project(SPLIT, name='ref = "1"') * 2, 8, "project 2, ref", "line 3", "into one [[project]]"),
    (project(SPLIT, name='url = "https://a.b/c"') + project(SPLIT, name='url = "https://a.b/c/"'),
     8, "project 2, url", "line 3", "into one"),
    # the total
    (project(SPLIT, total=""), 3, "project 1", "has no total", "total ="),
    (project(SPLIT, total="total = 900.0"), 5, "project 1, total", "900.0 is a bare number", 'total = "900.00 EUR"'),
    (project(SPLIT, total="total = 900"), 5, "project 1, total", "900 is a bare number", 'total = "900.00 EUR"'),
    (project(SPLIT, total="total = 1e300"), 5, "project 1, total", "bare number", 'total = "900.00 EUR"'),
    (project(SPLIT, total="total = nan"), 5, "project 1, total", "nan is a bare number", 'total = "900.00 EUR"'),
    (project(SPLIT, total=f"total = 0x{'f' * 5000}"), 5, "project 1, total", "very large number", '"900.00 EUR"'),
    (project(SPLIT, total="total = true"), 5, "project 1, total", "true is not a text", "EUR"),
    (project(SPLIT, total='total = "900"'), 5, "project 1, total", "with its currency", "USD"),
    (project(SPLIT, total='total = "900.00 EURO"'), 5, "project 1, total", "not a currency code", "EUR"),
    (project(SPLIT, total='total = "900.000 EUR"'), 5, "project 1, total", "3 decimals", "2500.00"),
    (project(SPLIT, total='total = "1,900.00 EUR"'), 5, "project 1, total", "not an amount", "without separators"),
    (project(SPLIT, total='total = "0 EUR"'), 5, "project 1, total", "not above zero", "in all"),
    (project(SPLIT, total='total = "-5.00 EUR"'), 5, "project 1, total", "not above zero", "in all"),
    # the four ways
    (project(), 3, "project 1", "nothing says its milestones", "split ="),
    (project(SPLIT, 'template = "website"'), 7, "project 1, template", "beside split", "delete split or template"),
    (project(SPLIT, 'milestones = "none"'), 7, "project 1, milestones", "beside split", "delete"),
    (project('milestones = "some"'), 6, "project 1, milestones", 'takes only "none"', "or a split"),
    (project("milestones = []"), 6, "project 1, milestones", "not the name of the list", "[[project.milestone]]"),
    (project("milestone = []"), 6, "project 1, milestone", "empty list", 'milestones = "none"'),
    (project("milestone = 5"), 6, "project 1, milestone", "5 is not a list of tables", "[[project.milestone]]"),
    (project("[project.milestone]", 'key = "a"'), 6, "project 1, milestone", "one table", "two brackets"),
    (project('split = "5 x 25%"'), 6, "project 1, split", "125%", "5 x 1/5"),
    (project("split = 5"), 6, "project 1, split", "5 is not a text", "5 x 20%"),
    (project('split = "100 + rest"'), 6, "project 1, split", "nothing is left for the rest", "leave the rest out"),
    (project('split = "10.5 + rest"'), 6, "project 1, split", "1 decimals", "2500.00"),
    (project(SPLIT, total='total = "0.01 USD"'), 6, "project 1, split", "'m2' would get 0.00 USD", "fewer"),
    (project('template = "websit"'), 6, "project 1, template", "no template 'websit'", 'template = "website"'),
    (project('template = "../../etc/passwd"'), 6, "project 1, template", "no template", "there are hourly-retainer"),
    (project('template = "hourly-retainer"'), 6, "project 1, template", "needs a number of weeks", "weeks = 8"),
    # dates
    (project(SPLIT, "days = 40"), 7, "project 1, days", "counts from the start", "start = 2026-12-01"),
    (project(SPLIT, 'first = "upfront"'), 7, "project 1, first", "counts from the start", "start ="),
    (project(SPLIT, "start = 2026-12-01"), 7, "project 1, start", "no dates without days", "days = 40"),
    (project('split = "2 x 50% every 2 days"'), 6, "project 1, split", "no start to count from", "start ="),
    (project('split = "2 x 50% every 2 days"', "start = 2026-12-01", "days = 4"),
     8, "project 1, days", "every", "delete"),
    (project('split = "upfront 50% + rest"', "start = 2026-12-01", "days = 4", 'first = "evenly"'),
     9, "project 1, first", "says upfront", "delete one"),
    (project(SPLIT, "start = 2026-12-01", "days = 4", 'first = "late"'), 9, "project 1, first", "'late'", "upfront"),
    (project(SPLIT, "start = 2026-12-01", 'days = "40"'), 8, "project 1, days", "'40' is not a whole", "days = 40,"),
    (project(SPLIT, "start = 2026-12-01", "days = 4.0"), 8, "project 1, days", "4.0 is not a whole", "without quotes"),
    (project(SPLIT, "start = 2026-12-01", "days = true"), 8, "project 1, days", "true is not a whole", "days ="),
    (project(SPLIT, "start = 2026-12-01", "days = 0"), 8, "project 1, days", "not between 1 and 3660", "in between"),
    (project(SPLIT, "days = 9", 'start = "2026-12-01"'), 8, "project 1, start", "not a date", "start = 2026-12-01"),
    (project(SPLIT, "days = 9", "start = 2026-12-01T00:00:00"), 8, "project 1, start", "not a date", "without a time"),
    (project(SPLIT, "days = 9", "start = 07:30:00"), 8, "project 1, start", "07:30:00 is not a date", "2026-12-01"),
    (project(SPLIT, "days = 9", "start = 0212-12-01"), 8, "project 1, start", "of this age", "year"),
    (project(SPLIT, "weeks = 9"), 7, "project 1, weeks", "by the week", "delete"),
    (project('template = "website"', "weeks = 9"), 7, "project 1, weeks", "by the week", "delete"),
    (project('template = "hourly-retainer"', "weeks = 2", "start = 2026-12-01", "days = 9"),
     9, "project 1, days", "goes by weeks", "delete"),
    # refs
    (project(SPLIT, "ignore = [1]"), 7, "project 1, ignore 1", "1 is not a text", 'ignore = ["123"]'),
    (project(SPLIT, 'ignore = "1"'), 7, "project 1, ignore", "not a list", 'ignore = ["123"]'),
    (project(SPLIT, "ignore = [", '"1",', '""]'), 9, "project 1, ignore 2", "not a text", 'ignore = ["123"]'),
    (project(SPLIT, "[project.site_refs]", 'm3 = "1"'), 8, "project 1, site_refs, m3", "no key", "m"),
    (project(SPLIT, "[project.site_refs]", "m1 = 1"), 8, "project 1, site_refs, m1", "1 is not a text", '"123"'),
    (project(SPLIT, "[project.site_refs]", 'm1 = "1"', 'm2 = "1"'), 9, "project 1, site_refs, m2", "line 8", "one mil"),
    (project(SPLIT, 'site_refs = "1"'), 7, "project 1, site_refs", "not a table", "{ ... }"),
    (project(SPLIT, 'ignore = ["1"]', 'site_refs = { m1 = "1" }'), 8, "project 1, site_refs, m1", "ignored", "delete"),
    (project('milestones = "none"', 'site_refs = { m1 = "1" }'), 7, "project 1, site_refs", "for a split", "site_ref"),
    # unknown keys
    (project(SPLIT, 'titel = "x"'), 7, "project 1, titel", "no key of this table", "did you mean title?"),
    (project(SPLIT, 'freelancer = "x"'), 7, "project 1, freelancer", "no key", "counterparty ="),
    (project(SPLIT, '"\\u0000x" = 1'), 7, "project 1, '\\x00x'", "no key", "known here"),
    (project(SPLIT, 'password = "hunter2"'), 7, "project 1, password", "looks like a secret", "delete it"),
    (project(SPLIT, "title.x = 1", name=""), 7, "project 1, title", "a table is not a text", "title ="),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "field", "message", "mend"), CASES)
def test_each_problem_has_its_line_field_and_mend(text: str, line: int, field: str, message: str, mend: str) -> None:
    problem = one_problem(text)
    assert (problem.file, problem.line, problem.field) == ("plan.toml", line, field)
    assert message in problem.message
    assert mend in problem.mend
    assert "hunter2" not in str(problem)
    assert "\x00" not in str(problem)
    assert len(str(problem)) < 400


OTHER = 'key = "z"\ndescription = "Z"\nshare = "rest"'

LISTED = [
    # (lines of the first milestone, whose own lines start at line 8), line, field, message, mend
    ('description = "D, e"\nshare = "1/2"', 7, "", "has no key", 'key = "d-e"'),
    ('key = "D e"\ndescription = "D"\nshare = "1/2"', 8, "key", "'D e' is not a key", 'key = "d-e"'),
    ('key = "_"\ndescription = "D"\nshare = "1/2"', 8, "key", "not a key", 'key = "m1"'),
    ('key = "z"\ndescription = "D"\nshare = "1/2"', 12, "milestone 2, key", "already the key of line 8", "its own key"),
    ('key = "a"\nshare = "1/2"', 7, "", "has no description", "description ="),
    ('key = "a"\ndescription = ""\nshare = "1/2"', 9, "description", "is empty", "description ="),
    ('key = "a"\ndescription = """D\nE"""\nshare = "1/2"', 9, "description", "a line break", "one line"),
    ('key = "a"\ndescription = "D"', 7, "", "nothing says how much", 'share = "1/3" or amount'),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\namount = "5"', 11, "amount", "beside share", "delete share"),
    ('key = "a"\ndescription = "D"\nshare = 0.33', 10, "share", "0.33 is a bare number", '"30%"'),
    ('key = "a"\ndescription = "D"\nshare = "half"', 10, "share", "'half' is not a share", '"1/3"'),
    ('key = "a"\ndescription = "D"\nshare = "120%"', 10, "share", "between nothing and the whole", '"1/3"'),
    ('key = "a"\ndescription = "D"\namount = 30', 10, "amount", "30 is a bare number", 'amount = "300.00"'),
    ('key = "a"\ndescription = "D"\namount = "30.5"', 10, "amount", "1 decimals", "2500.00"),
    ('key = "a"\ndescription = "D"\namount = "0.00"', 10, "amount", "not above zero", "amount ="),
    ('key = "a"\ndescription = "D"\namount = "-1.00"', 10, "amount", "not above zero", "amount ="),
    ('key = "a"\ndescription = "D"\namount = "30.00 EUR"', 10, "amount", "not in USD", "in USD"),
    ('key = "a"\ndescription = "D"\namount = "100.00"', 5, "!total", "nothing is left", "leave the rest out"),
    ('key = "a"\ndescription = "D"\nshare = "rest"', 5, "!total", "more than one rest", "one rest"),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\nduo = 2026-12-01', 11, "duo", "no key", "did you mean due?"),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\ntitle = "x"', 11, "title", "no key", "description ="),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\ndue = "2026-12-01"', 11, "due", "not a date", "due = 2026-12-01,"),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\nafter = "8 days"', 11, "after", "there is none", "in the project"),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\nafter = 8', 11, "after", "8 is not a text", '"8 days"'),
    ('key = "a"\ndescription = "D"\nshare = "1/2"\nsite_ref = 8', 11, "site_ref", "8 is not a text", '"123"'),
]  # fmt: skip


@pytest.mark.parametrize(("milestone", "line", "field", "message", "mend"), LISTED)
def test_problems_of_a_milestone(milestone: str, line: int, field: str, message: str, mend: str) -> None:
    problem = one_problem(listed(milestone, OTHER))
    at = "milestone 1" + (f", {field}" if field else "")
    where = field if field.startswith("milestone") else field[1:] if field.startswith("!") else at
    assert (problem.line, problem.field) == (line, f"project 1, {where}")
    assert message in problem.message
    assert mend in problem.mend


def test_a_due_before_the_start_and_beside_an_after() -> None:
    first = 'key = "a"\ndescription = "A"\nshare = "1/2"\ndue = 2026-11-30'
    problem = one_problem(listed(first, OTHER, own="start = 2026-12-01"))
    assert (problem.line, problem.field) == (11, "project 1, milestone 1, due")
    assert "2026-11-30 is before the start, 2026-12-01" in problem.message
    problem = one_problem(
        listed(first.replace("11-30", "12-02") + '\nafter = "1 day"', OTHER, own="start = 2026-12-01")
    )
    assert (problem.line, problem.field) == (12, "project 1, milestone 1, after")
    for key in ("days = 4", "weeks = 4", 'first = "upfront"'):
        text = listed(first.replace("11-30", "12-02"), OTHER, own=f"start = 2026-12-01\n{key}")
        assert "is for a split or a template" in one_problem(text).message


def test_a_list_that_misses_the_total_says_by_how_much() -> None:
    thirds = [f'key = "{key}"\ndescription = "D"\nshare = "33.33%"' for key in "abc"]
    problem = one_problem(listed(*thirds))
    assert (problem.line, problem.field) == (5, "project 1, total")
    assert problem.message == "the parts come to 99.99 USD of 100.00 USD: 0.01 USD missing"
    assert problem.mend == 'write share = "rest" for the last one'
    more = [
        f'key = "{key}"\ndescription = "D"\namount = "{amount}"' for key, amount in (("a", "60.00"), ("b", "40.01"))
    ]
    assert one_problem(listed(*more)).message == "the parts come to 100.01 USD of 100.00 USD: 0.01 USD too much"


def test_one_row_of_the_site_is_one_milestone_even_where_the_amounts_are_wrong() -> None:
    first = listed(*[f'key = "{key}"\ndescription = "D"\nshare = "60%"\nsite_ref = "7"' for key in "ab"])
    second = project('split = "x"', name='title = "B"') + '[project.site_refs]\nm1 = "7"\n'
    messages = [(problem.line, problem.message) for problem in problems_of(first + second)]
    assert (16, "'7' is already the milestone of line 11") in messages
    assert (22, "'7' is already the milestone of line 11") in messages
    assert len(messages) == 4


def test_platform_account_and_projects_must_be_there() -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan("", FILE)
    assert [p.message for p in caught.value.problems] == ["has no platform", "has no account", "has no projects"]
    with pytest.raises(PlanError) as caught:
        parse_plan('platform = "../x"\naccount = 5\nproject = 3\n', FILE)
    assert [p.line for p in caught.value.problems] == [1, 2, 3]
    for wrong in ("[project]\n", "[[projects]]\n", "project = [1]\n", "project = []\n"):
        with pytest.raises(PlanError, match="project"):
            parse_plan(HEAD + wrong, FILE)


def test_all_problems_come_at_once() -> None:
    text = "".join(case[0].replace('title = "A"', f'title = "A{n}"') for n, case in enumerate(CASES[25:40]))
    assert len(problems_of(text)) == 15


LONG = "x" * 21
LIMITS = PlanLimits(
    description_max=20, amount_pattern=r"^[1-9]\d*(\.\d{1,2})?$", amount_min="2", amount_max="50"
)  # fmt: skip


def test_limits_of_the_platform() -> None:
    text = listed(
        f'key = "a"\ndescription = "{LONG}"\namount = "60.00"',
        'key = "b"\ndescription = "B"\namount = "1.00"',
        'key = "c"\ndescription = "C"\nshare = "rest"',
    )
    assert [(p.line, p.field, p.message, p.mend) for p in problems_of(text, LIMITS)] == [
        (9, "project 1, milestone 1, description", f"{LONG!r} has 21 characters; the platform takes 20",
         "shorten it by 1"),
        (10, "project 1, milestone 1, amount", "60.00 USD is above the platform's most, 50", "divide it further"),
        (14, "project 1, milestone 2, amount", "1.00 USD is below the platform's least, 2", "plan a larger amount"),
    ]  # fmt: skip
    pattern = PlanLimits(amount_pattern=LIMITS.amount_pattern)
    problem = one_problem(project('split = "0.50 + rest"'), pattern)
    assert (problem.line, problem.message) == (6, "0.50 is an amount that the platform's form refuses")
    assert read(project(SPLIT), LIMITS).projects


def test_a_description_is_as_long_as_a_browser_counts() -> None:
    limits = PlanLimits(description_max=4)
    assert list(limits.description_faults("ab😀")) == []
    assert [mend for _, mend in limits.description_faults("abc😀")] == ["shorten it by 1"]


def test_limits_may_come_by_platform() -> None:
    asked: list[str] = []

    def limits_of(platform: str) -> PlanLimits | None:
        asked.append(platform)
        return PlanLimits(amount_max="1") if platform == "freelancer" else None

    with pytest.raises(PlanError, match="above the platform's most"):
        parse_plan(HEAD + project(SPLIT), FILE, limits=limits_of)
    parse_plan(HEAD.replace("freelancer", "other") + project(SPLIT), FILE, limits=limits_of)
    assert asked == ["freelancer", "other"]


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a = \n", 1, "is not TOML: Invalid value at column"),
        (b"platform = 'x'\n\n[[project]\n", 3, "is not TOML"),
        (b"a = 1\na = 2\n", 2, "is not TOML: Cannot overwrite a value"),
        (b"a = '''", 1, "is not TOML"),
        (b"a = 2026-13-01\n", 1, "is not TOML"),
        (b"a = " + b"9" * 5000, 1, "too many digits"),
        (b"a = " + b"[" * 100_000, 1, ""),
        (b"\n\xff\xff", 2, "byte 0xff is not UTF-8"),
        ("platform".encode("utf-16"), 1, "UTF-16"),
        (b"a = 1\n\x00", 2, "is not TOML"),
        (b"", 1, "has no platform"),
    ],
)
def test_a_file_that_is_no_toml_has_only_that_problem(content: bytes, line: int, message: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_bytes(content)
    with pytest.raises(PlanError) as caught:
        load_plan(file)
    problem = caught.value.problems[0]
    assert (problem.file, problem.line) == (str(file), line)
    assert message in problem.message
    assert len(caught.value.problems) == (1 if content else 3)


def test_files_that_are_none(tmp_path: Path) -> None:
    fifo, link = tmp_path / "fifo", tmp_path / "loop"
    os.mkfifo(fifo)
    link.symlink_to(link)
    for path, message in (
        (tmp_path / "none.toml", "no such file"),
        (tmp_path, "is a folder"),
        (fifo, "not a plain file"),
        (link, "cannot be read"),
        (tmp_path / ("x" * 300), "cannot be read"),
        (tmp_path / "a\x00b", "cannot be read"),
        (Path("/dev/zero"), "not a plain file"),
    ):
        with pytest.raises(PlanError, match=message):
            load_plan(path)


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_file, "MOST_BYTES", 10)
    file = tmp_path / "plan.toml"
    file.write_text(EXAMPLE, encoding="utf-8")
    with pytest.raises(PlanError, match="more than"):
        load_plan(file)


def test_a_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert [p.line for p in load_plan(file).projects] == [4, 12, 28]


def together(*texts: tuple[str, str]) -> list[Problem]:
    plans = [
        parse_plan(HEAD.replace("anna", account) + text, Path(f"{n}.toml")) for n, (account, text) in enumerate(texts)
    ]
    try:
        check_together(plans)
    except PlanError as error:
        return list(error.problems)
    return []


def test_plans_of_one_account_do_not_claim_the_same(tmp_path: Path) -> None:
    text = project(SPLIT)
    other = listed('key = "x"\ndescription = "D"\nshare = "rest"')
    assert together(("anna", text), ("anna", text.replace('"A"', '"B"'))) == []
    assert together(("anna", text), ("ben", text)) == []
    assert together(("anna", text), ("anna", other)) == []
    (problem,) = together(("anna", text), ("anna", other), ("anna", text.replace('"A"', '"a "')))
    assert (problem.file, problem.line) == ("2.toml", 3)
    assert problem.message == "m1, m2 of 'a' stand in 0.toml:3, too"
    (problem,) = together(("anna", text), ("anna", project(SPLIT, 'counterparty = "ben"')))
    assert "0.toml:3" in problem.message
    first = project(SPLIT, 'counterparty = "eve"')
    assert together(("anna", first), ("anna", project(SPLIT, 'counterparty = "ben"'))) == []


def test_plans_of_one_account_do_not_claim_the_same_row() -> None:
    one = listed('key = "x"\ndescription = "D"\nshare = "rest"\nsite_ref = "7"')
    other = project(SPLIT, name='title = "B"') + '[project.site_refs]\nm1 = "7"\n'
    (problem,) = together(("anna", one), ("anna", other))
    assert (problem.file, problem.line, problem.field) == ("1.toml", 6, "site_ref")
    assert problem.message == "'7' is a milestone of 0.toml:7, too"
    assert together(("anna", one), ("ben", other)) == []


def test_a_plan_given_twice_is_one_problem() -> None:
    plan = parse_plan(EXAMPLE, FILE)
    with pytest.raises(PlanError, match="is given twice") as caught:
        check_together([plan, parse_plan(EXAMPLE, Path("./plan.toml"))])
    assert len(caught.value.problems) == 1


def plan_or_problems(content: bytes, folder: Path) -> Plan | tuple[Problem, ...]:
    file = folder / "any.toml"
    file.write_bytes(content)
    try:
        return load_plan(file, limits=LIMITS)
    except PlanError as error:
        return error.problems


def check_problems(found: Plan | tuple[Problem, ...], lines: int) -> None:
    if not isinstance(found, Plan):
        assert found
        assert all(1 <= problem.line <= lines and str(problem) for problem in found)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_plan_or_a_plan_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    check_problems(plan_or_problems(content, tmp_path_factory.getbasetemp()), content.count(b"\n") + 1)


PIECES = [
    *EXAMPLE.splitlines(), "[[project]]", "[project]", "[[project.milestone]]", "[project.site_refs]", "= ", "[", "]",
    "total = 5.0", "total = inf", "share = 1", "due = 12:00:00", "ref = [1]", "site_refs = {m1 = 1, 'x y' = {}}",
    "milestone = [{}, {key = 1}]", "ignore = [[]]", "start = 9999-12-31", "days = 99999999999999999999", "weeks = -1",
    'template = "hourly-retainer"', 'template = "website-support"', 'template = ""', 'split = "5 x 20% every 0 days"',
    'split = "200 x 0.5%"', 'split = "1/3 + 1/3 + 1/3"', 'split = "0.00 + rest"', 'after = "9 weeks"', 'share = "0/0"',
    'url = "https://[x"', 'title = "\\u0000"', "platform = 1", "project = 1", "milestones = 0x" + "f" * 5000,
    'total = "0.01 KWD"', 'total = "1 JPY"', 'amount = "1"', 'amount = "1 XXX"', "first = []", "a.b = 1", "title.a = 1",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.booleans())
def test_any_lines_of_plans_are_a_plan_or_a_plan_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], head: bool
) -> None:
    text = (HEAD if head else "") + "\n".join(lines)
    plan = plan_or_problems(text.encode(), tmp_path_factory.getbasetemp())
    check_problems(plan, text.count("\n") + 1)
    for planned in plan.projects if isinstance(plan, Plan) else ():
        assert planned.name
        assert planned.skipped or sum(m.amount.minor for m in planned.milestones) == planned.total.minor


def test_importing_plans_loads_no_database_and_no_screen() -> None:
    code = (
        "import sys, assistant.plans.plan; "
        "print([m for m in ('sqlalchemy', 'textual', 'playwright', 'pydantic', 'tomlkit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_project_has_a_name_in_each_way() -> None:
    total = Money.parse("5.00 USD")
    assert PlannedProject(ref="1", total=total).name == "1"
    assert PlannedProject(title="T", total=total).name == "T"
    assert PlannedProject(url="https://a.b/", total=total).name == "https://a.b/"
