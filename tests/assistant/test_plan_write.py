"""Plans as text: what is written loads to the same, whatever the site or the person called things."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.currencies import DECIMALS
from assistant.money import Currency, Money, fair_split
from assistant.plans.fields import hidden_character
from assistant.plans.plan import Plan, PlannedMilestone, PlannedProject, check_together, parse_plan
from assistant.plans.write import add_projects, plan_toml, project_toml, spelled_out

FILE = Path("plan.toml")
TOTAL = Money.parse("2500.00 USD")
START = date(2026, 12, 1)

WEBSITE = PlannedProject(title="Website", total=TOTAL, start=START, days=40, split="5 x 20%", first="upfront")


def projects_of(text: str) -> tuple[PlannedProject, ...]:
    return parse_plan(text, FILE).projects


def test_a_new_plan_is_commented_and_loads() -> None:
    resume = PlannedProject(title="Resume", total=Money.zero(Currency("USD")), skipped=True)
    retainer = PlannedProject(ref="7", total=TOTAL, start=START, weeks=4, template="hourly-retainer")
    text = plan_toml("freelancer", "anna", [WEBSITE, retainer, resume], notes={"7": "Upkeep of the shop, ben"})
    assert text.startswith("# A plan")
    assert "# Upkeep of the shop, ben\n[[project]]\nref = \"7\"\n" in text  # fmt: skip
    plan = parse_plan(text, FILE)
    assert (plan.platform, plan.account) == ("freelancer", "anna")
    assert [len(project.milestones) for project in plan.projects] == [5, 4, 0]
    assert [project.name for project in plan.projects] == ["Website", "7", "Resume"]
    assert plan == parse_plan(plan_toml("freelancer", "anna", plan.projects), FILE)


def test_more_projects_leave_the_rest_as_it_was() -> None:
    text = (
        '# mine\nplatform="freelancer" # why\naccount = "anna"\n[[project]]\nref="1"\ntotal="5 USD"\nsplit="rest" # one'
    )
    longer = add_projects(text, [WEBSITE])
    assert longer.startswith(text + "\n")
    assert [project.name for project in projects_of(longer)] == ["1", "Website"]


def test_a_split_spelled_out_has_the_same_milestones() -> None:
    (split,) = projects_of(plan_toml("freelancer", "anna", [WEBSITE]))
    (listed,) = projects_of(plan_toml("freelancer", "anna", [spelled_out(split)]))
    assert listed.milestones == split.milestones
    assert listed.split is None


def test_a_note_stays_in_its_line() -> None:
    text = project_toml(WEBSITE, note='evil"""\n[[project]]\u2028\x00x\u202e ' + "y" * 500)
    first, second, *_ = text.splitlines()
    assert first.startswith('# evil""" [[project]] x y')
    assert second == "[[project]]"
    assert project_toml(WEBSITE, note=" \n ").startswith("[[project]]")


def test_a_project_without_milestones_is_not_written() -> None:
    with pytest.raises(ValueError, match="nothing that says"):
        project_toml(PlannedProject(ref="1", total=TOTAL))


def is_writable(text: str) -> bool:
    visible = all(unicodedata.category(mark) != "Cs" for mark in text)
    return visible and bool(text) and text == text.strip() and hidden_character(text) is None


texts = st.text(min_size=1, max_size=30).filter(is_writable)
words = texts.filter(lambda text: not any(mark.isspace() for mark in text))
names = st.one_of(
    st.builds(lambda title, whom: {"title": title, "counterparty": whom}, texts, st.none() | texts),
    st.builds(lambda ref: {"ref": ref}, words),
    st.builds(lambda number: {"url": f"https://example.com/projects/{number}"}, st.integers(0, 10**9)),
)
totals = st.builds(Money, st.integers(10_000, 10**14), st.sampled_from(sorted(DECIMALS)).map(Currency))
starts = st.dates(date(2001, 1, 1), date(2150, 1, 1))
splits = st.sampled_from(["5 x 20%", "upfront 30% + rest", "3 x 1/3", "1.00 + rest", "rest"])


@st.composite
def lists(draw: st.DrawFn) -> PlannedProject:
    """A project spelled out."""
    total, refs = draw(totals), draw(st.lists(words, max_size=3, unique=True))
    keys = draw(
        st.lists(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True), min_size=1, max_size=6, unique=True)
    )
    milestones = tuple(
        PlannedMilestone(key, draw(texts), amount, draw(st.none() | starts), refs[n] if n < len(refs) else None)
        for n, (key, amount) in enumerate(zip(keys, fair_split(total, [1] * len(keys)), strict=True))
    )
    ignore = frozenset(draw(st.lists(words, max_size=2))) - set(refs)
    return PlannedProject(**draw(names), total=total, milestones=milestones, ignore=ignore)


@st.composite
def outlines(draw: st.DrawFn) -> PlannedProject:
    """A project with a split or a template."""
    total = draw(totals.filter(lambda total: total.currency.decimals == 2))
    days = draw(st.none() | st.integers(1, 3000))
    timing: dict[str, Any] = {"start": draw(starts), "days": days, "first": draw(st.sampled_from([None, "upfront"]))}
    if days is None:
        timing = {}
    way = draw(st.one_of(st.builds(lambda s: {"split": s}, splits), st.just({"template": "website-support"})))
    return PlannedProject(
        **draw(names), total=total, ignore=frozenset(draw(st.lists(words, max_size=2))), **timing, **way
    )


@given(st.one_of(lists(), outlines()))
def test_what_is_written_loads_to_the_same(project: PlannedProject) -> None:
    plan = parse_plan(plan_toml("freelancer", "anna", [project]), FILE)
    (loaded,) = plan.projects
    assert sum(m.amount.minor for m in loaded.milestones) == project.total.minor
    if project.milestones:
        assert loaded == project
    again = parse_plan(plan_toml("freelancer", "anna", [loaded]), FILE)
    assert again == plan
    assert (
        parse_plan(plan_toml("freelancer", "anna", [spelled_out(loaded)]), FILE).projects[0].milestones
        == loaded.milestones
    )


def test_site_refs_of_a_split_are_written() -> None:
    text = plan_toml("freelancer", "anna", [WEBSITE]) + '[project.site_refs]\nm2 = "9"\n'
    plan = parse_plan(text, FILE)
    again = parse_plan(plan_toml("freelancer", "anna", plan.projects), FILE)
    assert again == plan
    assert [m.site_ref for m in again.projects[0].milestones] == [None, "9", None, None, None]


def test_a_written_plan_of_many_is_the_same() -> None:
    many = [PlannedProject(ref=str(n), total=TOTAL, split="5 x 20%") for n in range(50)]
    plan: Plan = parse_plan(plan_toml("freelancer", "anna", many), FILE)
    assert [project.ref for project in plan.projects] == [str(n) for n in range(50)]
    check_together([plan])
