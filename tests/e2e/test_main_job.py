"""The main job as a user does it: plan, preview, apply, look again. Judged by the mock platform's truth."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.conftest import User

pytestmark = pytest.mark.browser

WEBSITE = "38112233"
PLAN = """
[[project]]
title = "Artist marketplace website"
total = "2500.00 USD"
split = "5 x 20%"
"""
FIVE = [(f"Milestone {n} of 5", "500.00", "funded") for n in range(1, 6)]


def test_preview_then_apply_then_nothing_left_to_do(user: User) -> None:
    plan = user.plan(PLAN)
    before = Decimal(user.mock.truth()["balances"]["anna"]["USD"])
    preview = user.milepost("preview", plan, "--json")
    assert preview.code == 2
    shown = preview.event("preview")
    assert shown["totals"] == {"USD": "2500.00"}
    assert shown["counts"]["create"] == 5
    assert [change["key"] for change in shown["changes"]] == ["m1", "m2", "m3", "m4", "m5"]
    assert user.mock.milestones(WEBSITE) == []

    applied = user.milepost("apply", plan, "--approve", "2500.00 USD", "--digest", shown["digest"], "--json")
    assert applied.code == 0, applied.err
    summary = applied.events[-1]
    assert summary["event"] == "summary"
    assert (summary["planned"], summary["created"], summary["confirmed"]) == (5, 5, 5)
    assert (summary["requested"], summary["refused"], summary["unknown"]) == (0, 0, 0)
    assert user.mock.milestones(WEBSITE) == FIVE
    truth = user.mock.truth()
    assert Decimal(truth["balances"]["anna"]["USD"]) == before - 2500
    assert [charge["amount"] for charge in truth["charges"] if charge["project"] == WEBSITE] == ["500.00"] * 5

    again = user.milepost("apply", plan, "--approve", "2500.00 USD", "--json")
    assert (again.code, again.events[-1]["kept"], again.events[-1]["created"]) == (0, 5, 0)
    assert user.milepost("preview", plan).code == 0
    assert user.mock.milestones(WEBSITE) == FIVE


@pytest.mark.slow
def test_what_the_other_side_does_is_seen_and_never_papered_over(user: User) -> None:
    plan = user.plan(PLAN)
    user.mock.act("add", project=WEBSITE, amount="500.00", description="Milestone 4 of 5")
    first = user.milepost("apply", plan, "--approve", "2000.00 USD", "--json").events[-1]
    assert (first["created"], first["adopted"]) == (4, 1)
    assert Counter(user.mock.milestones(WEBSITE)) == Counter(FIVE)

    refs = {row["description"]: row["ref"] for row in user.mock.project(WEBSITE)["milestones"]}
    user.mock.act("delete", milestone=refs["Milestone 2 of 5"])
    user.mock.act("edit", milestone=refs["Milestone 3 of 5"], amount="450.00")
    seen = user.milepost("preview", plan, "--json")
    assert seen.code == 2
    kinds = {change["key"]: change["change"] for change in seen.event("preview")["changes"]}
    assert kinds == {"m1": "keep", "m2": "gone", "m3": "blocked", "m4": "keep", "m5": "keep"}
    assert user.milepost("apply", plan, "--json").code == 2
    assert len(user.mock.milestones(WEBSITE)) == 4

    user.mock.act("edit", milestone=refs["Milestone 3 of 5"], amount="500.00")
    again = user.milepost("apply", plan, "--again", f"{WEBSITE}/m2", "--approve", "500.00 USD", "--json")
    assert (again.code, again.events[-1]["created"], again.events[-1]["kept"]) == (0, 1, 4)
    assert Counter(user.mock.milestones(WEBSITE)) == Counter(FIVE)


@pytest.mark.parametrize(
    "words",
    [
        ("--approve", "2500.01 USD"),
        ("--approve", "2500.00 EUR"),
        ("--approve", "2500.00 USD", "--digest", "0123456789abcdef"),
        (),
    ],
)
def test_a_wrong_or_missing_approval_is_exit_3_and_nothing_happens(user: User, words: tuple[str, ...]) -> None:
    said = user.milepost("apply", user.plan(PLAN), "--json", *words)
    assert said.code == 3
    assert said.events[-1]["event"] == "error"
    assert user.mock.milestones(WEBSITE) == []
    assert user.mock.truth()["carts"] == []


@pytest.mark.slow
def test_the_direct_path(user: User) -> None:
    user.mock.knobs(path="direct")
    said = user.milepost("apply", user.plan(PLAN), "--approve", "2500.00 USD", "--json")
    assert said.code == 0, said.out + said.err
    assert user.mock.milestones(WEBSITE) == FIVE


@pytest.mark.slow
def test_a_request_that_stands_is_accepted(user: User) -> None:
    user.mock.act("add", what="request", project=WEBSITE, amount="500.00", description="Milestone 1 of 5")
    said = user.milepost("apply", user.plan(PLAN), "--approve", "2500.00 USD", "--json")
    summary = said.events[-1]
    assert (said.code, summary["accepted"], summary["created"], summary["confirmed"]) == (0, 1, 4, 5), said.out
    assert Counter(user.mock.milestones(WEBSITE)) == Counter(FIVE)
    assert user.mock.requests(WEBSITE) == [] or all(
        request["raw"] != "Requested" for request in user.mock.project(WEBSITE)["requests"]
    )


def test_twins_of_title_are_not_guessed_between(user: User) -> None:
    projects: list[dict[str, Any]] = user.mock.truth()["projects"]
    titles = Counter(project["title"] for project in projects if project["client"] == "anna")
    twin = next(title for title, count in titles.items() if count == 2)
    refs = [project["ref"] for project in projects if project["title"] == twin]
    said = user.milepost(
        "preview", user.plan(f'[[project]]\ntitle = "{twin}"\ntotal = "10.00 USD"\nsplit = "1 x 100%"')
    )
    assert said.code == 1
    assert all(ref in said.err for ref in refs)


TEN_MISTAKES = """
[[project]]
title = "One"
total = 100.00
split = "5 x 20%"

[[project]]
title = "Two"
total = "100.00 USD"
split = "5 x 30%"

[[project]]
title = "Three"
total = "100.00 USD"
templat = "website"
split = "5 x 20%"

[[project]]
ref = "1"
total = "100.00 USD"
[[project.milestone]]
key = "Bad Key"
description = "x"
amount = "50.00"
[[project.milestone]]
key = "b"
description = ""
amount = "40.00"
[[project.milestone]]
key = "c"
description = "y"
amount = "0.00"
[[project.milestone]]
key = "d"
description = "z"
amount = "10.00"
due = "soon"

[[project]]
title = "Five"
total = "900000000000.00 USD"
split = "1 x 100%"

[[project]]
total = "5.00 USD"
split = "1 x 100%"

[[project]]
title = "Seven"
total = "10.00 XXQ"
split = "1 x 100%"
"""


def test_ten_mistakes_get_ten_messages_and_no_browser(user: User) -> None:
    said = user.milepost("apply", user.plan(TEN_MISTAKES), "--approve", "1.00 USD", "--json")
    assert said.code == 1
    problems = [event for event in said.events if event["event"] == "error"]
    assert len(problems) == 10, said.out
    assert all(event["hint"] and event["where"].split(":")[1].isdigit() for event in problems)
    assert user.mock.truth()["page_loads"] == 0
