"""Ready words: who is reminded of what, and that no title can put a line into the text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from assistant.marks import Mark
from assistant.money import Money
from assistant.plans.planned import PlannedProject
from assistant.reminders import MovedDue, Reminder, moved_due_texts, reminders
from assistant.site import MilestoneState, ProjectStatus, Role, SiteProject
from assistant.standing import ProjectStanding
from tests.assistant.fake_site import money, project

NOW = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
State = MilestoneState


def mark(
    key: str = "m1",
    amount: str = "500.00 USD",
    days: float = 5,
    state: MilestoneState = State.REQUESTED,
    due: date | None = None,
    description: str | None = None,
) -> Mark:
    worth = money(amount)
    text = description if description is not None else f"Work {key}"
    return Mark(key, text, worth, due, state, "raw", worth, "9", NOW - timedelta(days=days), asked_then=True)


def standing(site: SiteProject, *marks: Mark, **values: object) -> ProjectStanding:
    total = Money(sum(m.amount.minor for m in marks), marks[0].amount.currency)
    planned = PlannedProject(ref=site.ref, total=total)
    made = ProjectStanding(planned, site, Role.FREELANCER, marks, NOW, NOW - timedelta(hours=1))
    return replace(made, **values)  # type: ignore[arg-type]


def test_one_text_covers_all_projects_of_a_client() -> None:
    website = standing(project("1", "Website"), mark(due=date(2026, 12, 20)), mark("m2", "250.50 USD", days=4))
    logo = standing(project("2", "Logo"), mark("m1", "900.00 EUR", days=7), mark("m2", "1.00 EUR", days=1))
    other = standing(project("3", "Other", counterparty="chloe"), mark(days=9))
    chloe, ben = reminders([website, logo, other])
    assert (chloe.counterparty, chloe.projects, chloe.milestones) == ("chloe", ("3",), 1)
    assert ben == Reminder(
        counterparty="ben",
        projects=("1", "2"),
        amounts=(money("900.00 EUR"), money("750.50 USD")),
        milestones=3,
        oldest=NOW - timedelta(days=7),
        as_of=NOW - timedelta(hours=1),
        text="""\
Hello ben,

these milestone payments are requested and not funded yet:

Website
- Work m1: 500.00 USD, requested on 2026-12-05, due on 2026-12-20
- Work m2: 250.50 USD, requested on 2026-12-06

Logo
- Work m1: 900.00 EUR, requested on 2026-12-03

In all: 900.00 EUR and 750.50 USD.

Could you fund them on the site when you have a moment? I start on each part once it shows as funded. If anything \
about them should be different, tell me and I will change the requests.

Thank you!
""",
    )
    assert json.loads(json.dumps(ben.as_event()))["amounts"] == {"EUR": "900.00", "USD": "750.50"}


def test_one_milestone_is_told_in_the_singular() -> None:
    (only,) = reminders([standing(project(), mark())])
    assert "this milestone payment is requested" in only.text
    assert "In all" not in only.text


def test_the_days_are_a_bound() -> None:
    late, early = standing(project("1"), mark(days=3)), standing(project("2"), mark(days=2.99))
    assert [each.projects for each in reminders([late, early])] == [("1",)]
    assert [each.projects for each in reminders([late, early], days=0)] == [("1", "2")]
    assert reminders([late], days=4) == ()


def test_what_needs_no_reminder_gets_none() -> None:
    quiet = [
        standing(project("1"), mark(state=State.FUNDED)),
        standing(project("2"), mark(state=State.DECLINED)),
        standing(project("3", accepted=False), mark()),
        standing(project("4", status=ProjectStatus.PAST), mark()),
        standing(project("5"), mark(), role=Role.CLIENT),
        standing(project("6"), mark(), unsettled=frozenset({"m1"})),
        standing(project("7"), mark(), seen_at=None),
        standing(project("8"), replace(mark(), since=None)),
        standing(project("9"), mark(), project=None),
        standing(project("10"), replace(mark(), taken_back=True)),
    ]
    assert reminders(quiet) == ()


def test_a_milestone_that_was_created_and_not_paid_for_is_told_so() -> None:
    (only,) = reminders([standing(project(), mark(state=State.AWAITING_PAYMENT))])
    assert "- Work m1: 500.00 USD, created and not paid for, since 2026-12-05" in only.text


def test_what_others_asked_for_may_be_older_than_it_was_seen() -> None:
    (only,) = reminders([standing(project(), replace(mark(), asked_then=False))])
    assert "- Work m1: 500.00 USD, open since 2026-12-05" in only.text


def test_days_are_those_of_the_reader() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=20)))
    (only,) = reminders([standing(project(), mark(), now=east)])
    assert "requested on 2026-12-06" in only.text


def test_unnamed_counterparties_are_not_taken_for_one_person() -> None:
    unnamed = [standing(project(ref, counterparty=" "), mark()) for ref in ("1", "2")]
    texts = [each.text for each in reminders(unnamed)]
    assert len(texts) == 2
    assert all(text.startswith("Hello,\n") for text in texts)


def test_the_same_person_in_another_case_is_one() -> None:
    same = [standing(project("1", counterparty="Ben"), mark()), standing(project("2", counterparty="ben"), mark())]
    assert [each.counterparty for each in reminders(same)] == ["Ben"]


def test_a_blank_title_or_description_has_a_stand_in() -> None:
    (only,) = reminders([standing(project("77", "\x00 "), mark(description="\n"))])
    assert "\nproject 77\n- m1: 500.00 USD" in only.text


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=50))
def test_no_title_adds_a_line(title: str, description: str, whom: str) -> None:
    odd = standing(project("1", title, counterparty=whom), mark(description=description))
    plain = standing(project("1", "T", counterparty="w"), mark())
    (told,), (expected,) = reminders([odd]), reminders([plain])
    assert told.text.count("\n") == expected.text.count("\n")
    assert len(told.text.splitlines()) == len(expected.text.splitlines())
    shown = told.text.replace("\n", "").replace("\u200c", "").replace("\u200d", "")
    assert all(each.isprintable() or each.isspace() for each in shown)


def test_moved_deadlines_are_told_with_both_dates_and_the_reason() -> None:
    texts = moved_due_texts(
        [
            MovedDue("Website", "Ben", "Design", date(2026, 12, 10), date(2026, 12, 17)),
            MovedDue("Logo", "ben", "Sketches\nand more", None, date(2027, 1, 4)),
            MovedDue("Website", "ben", "Build", date(2026, 12, 20), date(2027, 1, 8)),
            MovedDue("Other", "chloe", "All", date(2026, 12, 1), date(2026, 12, 2)),
        ],
        "the photos\ncame later than agreed",
    )
    assert list(texts) == ["Ben", "chloe"]
    assert (
        texts["Ben"]
        == """\
Hello Ben,

I would like to move these deadlines:

Website
- Design: 2026-12-10 -> 2026-12-17
- Build: 2026-12-20 -> 2027-01-08

Logo
- Sketches and more: no date so far -> 2027-01-04

Reason: the photos came later than agreed

The amounts stay as they are. Please tell me whether that works for you. Thank you!
"""
    )
    assert "this deadline" in texts["chloe"]
    assert "Reason" not in moved_due_texts([MovedDue("P", "", "d", None, date(2027, 1, 1))], " \n ")[""]
