"""Changing a plan's text: comments stay, the parts come to the total, and nothing else changes."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import PlanError, UsageError
from assistant.money import Money
from assistant.plans.edit import (
    PlanText,
    balanced,
    outlined,
    spelled,
    values_of,
    with_milestone,
    with_part,
    with_value,
    without_milestone,
)
from assistant.plans.plan import parse_plan
from assistant.plans.planned import PlannedProject

HEAD = '# mine\nplatform = "freelancer" # the only one\naccount = "anna"\n\n'
SPLIT = """\
# agreed by mail
[[project]]
title = "Website"   # as on the site
total = "2500.00 USD" # net
start = 2026-12-01
days = 40
split = "5 x 20%"
# to be asked about

"""
LIST = """\
[[project]]
ref = "38112234"
total = "900.00 EUR"
# first the drafts
[[project.milestone]]
key = "drafts" # short
description = "Three drafts"
share = "1/3"
due = 2026-12-04
[[project.milestone]]
key = "logo"
description = "The logo"
amount = "300.00"

# at the very end
[[project.milestone]]
key = "print"
description = "Files for print"
share = "rest"
"""


def load(block: str) -> PlannedProject:
    return parse_plan(HEAD + block, Path("plan.toml")).projects[0]


def remarks(text: str) -> set[str]:
    return {part.strip() for line in text.splitlines() for part in line.split("#")[1:]}


def comes_to_its_total(block: str) -> bool:
    project = load(block)
    return sum(each.amount.minor for each in project.milestones) == project.total.minor


def test_a_plan_is_taken_apart_and_put_together() -> None:
    parted = PlanText.parse(HEAD + SPLIT + LIST)
    assert (parted.head, parted.blocks) == (HEAD, (SPLIT, LIST))
    assert parted.text == HEAD + SPLIT + LIST
    assert parted.line_of(1) == (HEAD + SPLIT).count("\n") + 1


@pytest.mark.parametrize(
    "text",
    ['project = [{ title = "x", total = "1.00 USD", split = "1 x 100%" }]', "not toml", "[project]\ntitle = 'x'"],
)
def test_what_is_written_otherwise_is_told_and_kept(text: str) -> None:
    parted = PlanText.parse(text)
    assert parted.broken is not None
    assert parted.text == text


def test_a_text_over_lines_that_looks_like_a_remark_is_not_lifted() -> None:
    block = "[[project]]\ntitle = '''\n# x'''\nmilestones = \"none\"\n"
    parted = PlanText.parse(HEAD + block + block)
    assert parted.broken is None
    assert parted.text == HEAD + block + block
    assert len(parted.blocks) == 2


@pytest.mark.parametrize("mark", ["\n", "\r\n"])
def test_a_value_is_set_added_and_taken_out_and_its_remark_stays(mark: str) -> None:
    block = SPLIT.replace("\n", mark)
    changed = with_value(block, ("total",), "3000.00 USD")
    assert f'total = "3000.00 USD" # net{mark}' in changed
    added = with_value(changed, ("counterparty",), 'ben "the" builder')
    assert load(added).counterparty == 'ben "the" builder'
    assert with_value(added, ("counterparty",), None) == changed
    assert with_value(changed, ("total",), "2500.00 USD") == block


def test_a_new_value_of_a_milestone_stands_in_its_own_table() -> None:
    changed = with_value(LIST, ("milestone", 1, "due"), date(2026, 12, 11))
    assert [each.due for each in load(changed).milestones] == [date(2026, 12, 4), date(2026, 12, 11), None]
    assert "# at the very end\n[[project.milestone]]" in changed


def test_what_cannot_be_changed_as_text_is_refused() -> None:
    dotted = (
        '[[project]]\ntitle = "x"\nmilestone = [{ key = "a", description = "b", share = "rest" }]\ntotal = "9.00 USD"\n'
    )
    assert load(with_value(dotted, ("milestone", 0, "description"), "c")).milestones[0].description == "c"
    with pytest.raises(UsageError, match="one line"):
        without_milestone(dotted.replace("}]", '}, { key = "d", description = "e", share = "1/3" }]'), 0)


def test_a_split_is_spelled_out_with_the_same_milestones() -> None:
    changed = spelled(SPLIT, load(SPLIT))
    assert load(changed).milestones == load(SPLIT).milestones
    assert remarks(SPLIT) <= remarks(changed)
    assert PlanText.parse(HEAD + changed + LIST).blocks == (changed, LIST)


def test_a_list_becomes_a_split() -> None:
    changed = outlined(LIST, "1000.00 EUR", {"template": None, "split": "2 x 50%"})
    assert [str(each.amount) for each in load(changed).milestones] == ["500.00 EUR", "500.00 EUR"]


def test_an_amount_that_changes_is_balanced_by_the_last_free_one() -> None:
    fixed = with_value(with_value(LIST, ("milestone", 2, "share"), None), ("milestone", 2, "amount"), "300.00")
    changed = balanced(with_part(fixed, 0, "amount", "250.00", load(fixed)), load, keep=0)
    assert [each.amount.amount_text for each in load(changed).milestones] == ["250.00", "300.00", "350.00"]
    held = balanced(with_part(fixed, 0, "amount", "250.00", load(fixed)), load, keep=0, standing=frozenset({"print"}))
    assert [each.amount.amount_text for each in load(held).milestones] == ["250.00", "350.00", "300.00"]
    with pytest.raises(PlanError):
        balanced(with_part(fixed, 0, "amount", "950.00", load(fixed)), load, keep=0)


def test_the_rest_moves_to_the_milestone_that_is_said_to_have_it() -> None:
    changed = with_part(LIST, 0, "share", "rest", load(LIST))
    assert [each.amount.amount_text for each in load(changed).milestones] == ["300.00", "300.00", "300.00"]
    assert values_of(changed)["milestone"][2]["amount"] == "300.00"


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["amount", "share", "total", "add", "remove", "due", "describe"]),
        st.integers(0, 7),
        st.integers(1, 99999),
    ),
    max_size=8,
)


def _one(block: str, way: str, number: int, value: int) -> str:
    project = load(block)
    at = number % len(project.milestones)
    money = Money(value, project.total.currency)
    if way == "add":
        return with_milestone(block, at, "Something more", project)
    if way == "remove":
        return balanced(without_milestone(block, at), load)
    if way == "total":
        return balanced(with_value(block, ("total",), str(money)), load)
    if way == "due":
        return with_value(block, ("milestone", at, "due"), date(2026, 12, 1 + value % 28))
    if way == "describe":
        return with_value(block, ("milestone", at, "description"), f"Step {value} = [[x]] #")
    text = money.amount_text if way == "amount" else "rest" if value % 5 == 0 else f"{value % 99 + 1}%"
    return balanced(with_part(block, at, way, text, project), load, keep=at)


@settings(max_examples=60)
@given(st.booleans(), OPERATIONS)
def test_whatever_is_changed_the_parts_come_to_the_total_and_the_rest_of_the_text_stays(
    from_split: bool, operations: list[tuple[str, int, int]]
) -> None:
    block = spelled(SPLIT, load(SPLIT)) if from_split else LIST
    whole = PlanText.parse(HEAD + SPLIT + block + SPLIT.replace("Website", "Other"))
    own = {"net", "agreed by mail", "as on the site"} if from_split else set()
    for way, number, value in operations:
        try:
            changed = _one(block, way, number, value)
            load(changed)
        except (PlanError, UsageError):
            continue  # refused: nothing changes
        block = changed
        assert comes_to_its_total(block)
        assert own <= remarks(block)
        keys = [each.key for each in load(block).milestones]
        assert len(set(keys)) == len(keys)
        after = PlanText.parse(whole.with_block(1, block).text)
        assert (after.head, after.blocks[0], after.blocks[2]) == (whole.head, whole.blocks[0], whole.blocks[2])
        assert tomllib.loads(after.text)["project"][1] == values_of(block)
