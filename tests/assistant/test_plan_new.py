"""New projects from few words, and drafts: what is written loads, and what does not load says which project it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import PlanError, Problem, UsageError
from assistant.plans.draft import Rules, Standing, draft, of_new, problems_of
from assistant.plans.new import Named, Outline, name_of, of_site, total_of, with_totals
from assistant.plans.plan import PlanLimits, load_plan, parse_plan
from assistant.site import ProjectStatus
from tests.assistant.fake_site import money, project

LIMITS = PlanLimits(100, r"^[1-9]\d*(\.\d{1,2})?$", "1", "999999999")
RULES = Rules("freelancer", "anna", LIMITS)
SITE = [
    project("38112233", "Website", bid=money("2500.00 USD")),
    project("38112234", "Twin", bid=money("10.00 EUR"), currency="EUR"),
    project("38112235", "Twin", counterparty="chloe", bid=None),
    project("38112236", "Design, print, and more", bid=money("3.00 USD")),
    project("38112237", "Old", status=ProjectStatus.PAST, bid=money("9.00 USD")),
]
FIVE = Outline(split="5 x 20%")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("38112233", Named(ref="38112233", site=SITE[0])),
        ("  wEbsite ", Named(title="Website", site=SITE[0])),
        ("Design, print, and more", Named(title="Design, print, and more", site=SITE[3])),
        ("99", Named(ref="99")),
        ("٣٨", Named(title="٣٨")),
        ("https://www.freelancer.com/projects/html/x", Named(url="https://www.freelancer.com/projects/html/x")),
        ("Not listed yet", Named(title="Not listed yet")),
    ],
)
def test_a_word_names_a_project(text, named) -> None:
    assert name_of(text, SITE) == named


def test_a_title_of_several_says_their_refs() -> None:
    with pytest.raises(UsageError, match="the title of 2 projects: 38112234 with ben, 38112235 with chloe"):
        name_of("twin", SITE)


def test_the_total_is_what_was_said_else_the_bid() -> None:
    assert total_of(of_site(SITE[0]), None) == money("2500.00 USD")
    assert total_of(of_site(SITE[0]), money("7.00 USD")) == money("7.00 USD")
    assert total_of(Named(title="New"), money("7.00 EUR")) == money("7.00 EUR")
    for named, said, message in (
        (of_site(SITE[1]), money("7.00 USD"), "'Twin' (#38112234) is in EUR, and 7.00 USD is not"),
        (of_site(SITE[2]), None, "the site shows no bid for 'Twin' (#38112235)"),
        (of_site(SITE[4]), money("7.00 USD"), "'Old' (#38112237) has ended"),
        (Named(title="New"), None, "the bid of 'New' is not known"),
    ):
        with pytest.raises(UsageError) as caught:
            total_of(named, said)
        assert caught.value.message == message
        assert caught.value.hint


def test_projects_that_cannot_be_planned_are_told_with_the_reason() -> None:
    planned, left_out = with_totals(SITE, None, FIVE)
    assert [(each.ref, str(each.total), each.split) for each in planned] == [
        ("38112233", "2500.00 USD", "5 x 20%"),
        ("38112234", "10.00 EUR", "5 x 20%"),
        ("38112236", "3.00 USD", "5 x 20%"),
    ]
    assert left_out == {
        "38112235": "the site shows no bid for 'Twin' (#38112235)",
        "38112237": "'Old' (#38112237) has ended",
    }


def test_a_draft_loads_to_what_was_meant_and_says_what_was_added(tmp_path) -> None:
    outline = Outline(template="website", start=date(2026, 12, 1), days=40, first="upfront")
    made = draft(RULES, tmp_path / "plan.toml", [of_site(SITE[0]).planned(money("2500.00 USD"), outline)])
    made.save(tmp_path / "plan.toml")
    plan = load_plan(tmp_path / "plan.toml", limits=LIMITS)
    assert plan == made.plan
    assert [str(m.due) for m in plan.projects[0].milestones][::4] == ["2026-12-01", "2027-01-10"]
    with pytest.raises(UsageError, match="nothing is written over it"):
        made.save(tmp_path / "plan.toml")


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_adding_keeps_every_byte_of_what_is_there(tmp_path, end) -> None:
    line = end or "\n"
    before = line.join(
        ["\ufeff# mine", 'platform = "freelancer"', 'account = "anna"', "[[project]] # first", 'ref = "1"',
         'total = "10.00 USD" # ten', 'split = "2 x 50%"']
    )  # fmt: skip
    path = tmp_path / "plan.toml"
    path.write_bytes((before + end).encode())
    to = Standing.read(path, lambda _platform: LIMITS, ())
    draft(RULES, path, [Named(title="New").planned(money("5.00 USD"), FIVE)], to=to).save(path)
    after = path.read_bytes()
    assert after.startswith((before + end).encode())
    assert (b"\r\n" in after) is (end == "\r\n")
    assert after.count(b"\r\n") in (0, after.count(b"\n"))
    assert [each.name for each in load_plan(path, limits=LIMITS).projects] == ["1", "New"]


def test_adding_to_what_is_not_there_or_has_problems_is_refused(tmp_path) -> None:
    with pytest.raises(UsageError, match="no such plan to add to"):
        Standing.read(tmp_path / "none.toml", lambda _platform: LIMITS, ())
    (tmp_path / "bad.toml").write_text("platform = 3\n")
    with pytest.raises(PlanError):
        Standing.read(tmp_path / "bad.toml", lambda _platform: LIMITS, ())


def test_problems_say_which_of_the_new_projects_they_are_about() -> None:
    before = parse_plan(
        'platform = "freelancer"\naccount = "anna"\n[[project]]\nref = "1"\ntotal = "10.00 USD"\nsplit = "2 x 50%"\n',
        Path("plan.toml"),
    )
    to = Standing(b'platform = "freelancer"\naccount = "anna"\n[[project]]\nref = "1"\ntotal = "10.00 USD"\n'
                  b'split = "2 x 50%"\n', before)  # fmt: skip
    wanted = [
        Named(ref="2").planned(money("10.00 USD"), Outline(split="5 x 30%")),
        Named(ref="1").planned(money("10.00 USD"), FIVE),
    ]
    with pytest.raises(PlanError) as caught:
        draft(RULES, Path("plan.toml"), wanted, to=to)
    assert [of_new(problem, 1) for problem in caught.value.problems] == [(0, "split"), (1, "ref")]
    assert of_new(Problem("f", 1, "project 1, split", "", ""), 1) is None
    assert of_new(Problem("f", 1, "file", "", ""), 0) is None


def test_one_project_is_checked_by_itself() -> None:
    assert problems_of(RULES, Named(title="New").planned(money("10.00 USD"), FIVE)) == []
    too_small = problems_of(RULES, Named(title="New").planned(money("3.00 USD"), FIVE))
    assert too_small[0].field == "project 1, split"
    assert too_small[0].message == "0.60 USD is below the platform's least, 1"
    (hidden,) = problems_of(RULES, Named(title="A\u202eB").planned(money("10.00 USD"), FIVE))
    assert hidden.field == "project 1, title"
