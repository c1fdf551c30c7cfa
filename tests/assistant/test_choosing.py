"""Which projects are meant by a word or a ref, and that a project with anything on it is not one without milestones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.errors import UsageError
from assistant.plans.choosing import WORDS, Choice
from assistant.site import Look, MilestoneState, ProjectStatus, SiteCart, SiteMilestone, SiteProject, SiteRequest
from tests.assistant.fake_site import money, project

NOW = datetime(2026, 12, 1, tzinfo=UTC)
State = MilestoneState
LISTED = [
    project("1", status=ProjectStatus.IN_PROGRESS),
    project("2", status=ProjectStatus.OPEN, accepted=False),
    project("3", status=ProjectStatus.OPEN, counterparty=""),
    project("4", status=ProjectStatus.PAST),
    project("5", status=ProjectStatus.IN_PROGRESS, accepted=False),
]


def look(site: SiteProject, *rows: SiteMilestone | SiteRequest | SiteCart) -> Look:
    return Look(
        site,
        NOW,
        tuple(row for row in rows if isinstance(row, SiteMilestone)),
        tuple(row for row in rows if isinstance(row, SiteRequest)),
        tuple(row for row in rows if isinstance(row, SiteCart)),
    )


def meant(text: str, *looks: Look) -> list[str]:
    return [each.ref for each in Choice.read(text).projects(LISTED, {seen.project.ref: seen for seen in looks})]


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("open", ["1", "2", "3", "5"]),
        ("in_progress", ["1"]),
        ("In-Progress", ["1"]),
        ("past", ["4"]),
        ("ALL", ["1", "2", "3", "4", "5"]),
        ("4,1", ["1", "4"]),
        (" in_progress , 4 ,1", ["1", "4"]),
    ],
)
def test_words_and_refs_choose_in_the_site_s_order_and_each_once(text, refs) -> None:
    assert meant(text) == refs


def milestone(state: MilestoneState) -> SiteMilestone:
    return SiteMilestone("9", "Work", money("5.00 USD"), state, state)


def request(state: MilestoneState) -> SiteRequest:
    return SiteRequest("9", "Work", money("5.00 USD"), state, state)


def cart(charged: bool) -> SiteCart:
    return SiteCart("9", "Work", money("5.00 USD"), "http://127.0.0.1:1/cart", charged)


@pytest.mark.parametrize(
    ("row", "free"),
    [
        (milestone(State.FUNDED), False),
        (milestone(State.RELEASED), False),
        (milestone(State.UNCLEAR), False),
        (milestone(State.CANCELLED), True),
        (request(State.REQUESTED), False),
        (request(State.DECLINED), True),
        (cart(charged=False), False),
        (cart(charged=True), True),
    ],
)
def test_without_milestones_means_that_nothing_stands_or_is_asked_for(row, free) -> None:
    assert ("1" in meant("without-milestones,4", look(LISTED[0], row))) is free


def test_only_projects_that_could_have_milestones_are_looked_at_and_a_look_is_needed() -> None:
    choice = Choice.read("without-milestones")
    assert [each.ref for each in choice.to_look_at(LISTED)] == ["1", "2", "5"]
    assert Choice.read("open").to_look_at(LISTED) == []
    assert meant("without_milestones", look(LISTED[0])) == ["1"]


def test_what_cannot_be_meant_says_what_can() -> None:
    with pytest.raises(UsageError, match="names no project"):
        Choice.read(" , ")
    with pytest.raises(UsageError, match="none of the 5 projects of this account has the ref 'opne'") as caught:
        meant("1,opne")
    assert caught.value.hint == "did you mean open?"
    with pytest.raises(UsageError, match="'77', '88'") as caught:
        meant("77,88")
    assert all(word in str(caught.value.hint) for word in WORDS)
    with pytest.raises(UsageError, match="none is without-milestones"):
        meant("without-milestones")
