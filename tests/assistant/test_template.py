"""Templates: the five that come along, the user's own, and those that are wrong."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PlanError, UsageError
from assistant.money import Currency, Money
from assistant.plans.keys import is_key, key_from
from assistant.plans.plan import parse_plan
from assistant.plans.splits import part_amounts
from assistant.plans.template import load_template, template_names

FIVE = ("hourly-retainer", "small-job", "upfront-rest", "website", "website-support")

MINE = """\
summary = "Mine"
[[milestone]]
key = "all"
description = "All of it"
share = "100%"
"""


def test_the_five() -> None:
    assert template_names() == FIVE
    shares = {name: [p.part.share for p in load_template(name).parts] for name in FIVE}
    assert shares["website"] == [Fraction(1, 5)] * 5
    assert {name: len(parts) for name, parts in shares.items()} == {
        "hourly-retainer": 0, "small-job": 1, "upfront-rest": 2, "website": 5, "website-support": 5,
    }  # fmt: skip
    assert load_template("upfront-rest").upfront
    assert load_template("website-support").parts[-1].after_end == 30
    assert all(load_template(name).summary for name in FIVE)


@given(st.sampled_from(FIVE), st.integers(1000, 10**12), st.integers(1, 52), st.integers(1, 400), st.booleans())
def test_each_divides_any_total_and_any_days(name: str, minor: int, weeks: int, days: int, upfront: bool) -> None:
    template = load_template(name)
    outline = template.outline(weeks)
    amounts = part_amounts([each.part for each in outline], Money(minor, Currency("USD")))
    assert sum(amount.minor for amount in amounts) == minor
    assert all(amount.minor > 0 for amount in amounts)
    assert len({each.key for each in outline}) == len(outline)
    assert all(is_key(each.key) and len(each.description) <= 100 for each in outline)
    dates = [due for due in template.dates(date(2026, 12, 1), days, weeks, upfront=upfront) if due]
    assert len(dates) == len(outline)
    assert dates == sorted(dates)


def test_weeks_are_numbered() -> None:
    outline = load_template("hourly-retainer").outline(3)
    assert [(each.key, each.description) for each in outline] == [(f"w{n}", f"Week {n} of 3") for n in (1, 2, 3)]


def test_the_users_own_comes_first(tmp_path: Path) -> None:
    (tmp_path / "website.toml").write_text(MINE, encoding="utf-8")
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    folders = [tmp_path / "missing", tmp_path]
    assert template_names(folders) == tuple(sorted({*FIVE, "mine"}))
    assert load_template("website", folders).summary == "Mine"
    assert load_template("website").summary != "Mine"


@pytest.mark.parametrize("name", ["websit", "../plan", "/etc/passwd", "", "website.toml", "x" * 10_000, "a\x00b"])
def test_an_unknown_template_is_never_a_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no template") as caught:
        load_template(name, [tmp_path])
    assert caught.value.hint
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "nothing says the milestones"),
        (MINE.replace("100%", "90%"), 2, "not the whole"),
        (MINE.replace("100%", "1.0"), 5, "not a share"),
        (MINE.replace('"all"', '"A l"'), 3, "not a key"),
        (MINE.replace('key = "all"\n', ""), 2, "has no key"),
        (MINE.replace('share = "100%"\n', ""), 2, "has no share"),
        (MINE.replace('description = "All of it"\n', ""), 2, "has no description"),
        (MINE.replace("100%", "rest") + MINE[17:].replace("100%", "rest").replace('"all"', '"b"'), 2, "not the whole"),
        (MINE.replace("100%", "50%") + MINE[17:].replace("100%", "50%"), 7, "stands twice"),
        (MINE + 'after_end = "soon"\n', 6, "not a number of days"),
        (MINE + 'amount = "5.00"\n', 6, "no key of this table"),
        ('first = "late"\n' + MINE, 1, "not known"),
        ('summary = "x"\n[each_week]\nkey = "w"\ndescription = "W"\n', 3, "no keys of their own"),
        ('summary = "x"\n[each_week]\nkey = "w{n}"\n', 2, "is missing"),
        ("summary = \n", 1, "is not TOML"),
    ],
)
def test_a_wrong_template_says_where(text: str, line: int, message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        load_template("mine", [tmp_path])
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(file), line)
    assert message in problem.message


def test_problems_of_a_template_come_with_those_of_the_plan_once(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.replace("100%", "90%"), encoding="utf-8")
    project = '[[project]]\nref = "{}"\ntotal = "5"\ntemplate = "mine"\n'
    text = 'platform = "freelancer"\naccount = "anna"\n' + project.format(1) + project.format(2)
    with pytest.raises(PlanError) as caught:
        parse_plan(text, tmp_path / "plan.toml", template_folders=[tmp_path])
    assert [(Path(p.file).name, p.line) for p in caught.value.problems] == [
        ("mine.toml", 2), ("plan.toml", 5), ("plan.toml", 9),
    ]  # fmt: skip


@given(st.text())
def test_a_key_made_of_any_text_is_one(text: str) -> None:
    assert is_key(key_from(text))


def test_keys() -> None:
    assert key_from("Design, three pages (à la carte)") == "design-three-pages-a-la-carte"
    assert [is_key(key) for key in ("m1", "a_b-c", "7", "", "-a", "A", "a b", "a\n", "x" * 65)] == [True] * 3 + [
        False
    ] * 6
