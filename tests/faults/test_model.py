"""The journal and the state machine against a site that lies: made-up histories, and those that once found something.

Thousands of histories, and the search for each mutant, are `make faults` (`tests/faults/model.py`).
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from assistant.site import Role
from tests.faults.history import Approve, Carry, Edit, Other, Setup, Step
from tests.faults.machine import Histories, play

TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60,
    stateful_step_count=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

TWINS = ((("Half", 500), ("Half", 500)),)


def test_a_click_that_raises_may_have_paid() -> None:
    play(Setup(creating_pays=True, shows_balances=False), [Approve(), Carry(-1, ("submit: raises",))])
    play(Setup(), [Approve(), Carry(-1, ("pay: raises",))])


def test_a_row_that_is_one_milestones_own_cannot_be_named_for_another() -> None:
    play(Setup(), [Approve(), Carry(-1), Edit("name", which=1, row=0)])


def test_twins_are_told_apart_the_same_way_in_the_preview_and_in_the_run() -> None:
    play(Setup(TWINS, newest_first=True), [Approve(), Carry(-1, ("pay: plain no",)), Other("open cart")])


def test_a_request_that_was_declined_before_it_was_seen_was_made() -> None:
    late = Carry(-1, ("submit: late",))
    play(Setup(role=Role.FREELANCER), [Approve(), late, Other("decline request")])


def test_a_milestone_that_was_paid_before_is_not_what_a_cart_became() -> None:
    before: list[Step] = [Other("add"), Approve(), Edit("ignore"), Other("open cart"), Approve()]
    play(Setup(((("One", 500),),), shows_balances=False), [*before, Carry(-1, ("pay: drop before",))])


def test_a_row_in_a_state_that_no_rule_knows_is_not_absent() -> None:
    meanwhile = ((13, Other("blur milestone", which=3)),)
    play(Setup(creating_pays=True, shows_balances=False), [Approve(), Carry(-1, meanwhile=meanwhile)])


def test_what_is_taken_back_never_stands_beside_what_is_asked_for_in_its_place() -> None:
    refused_and_edited: list[Step] = [Carry(-1, ("prepare: breach",)), Other("edit-amount request")]
    play(Setup(role=Role.FREELANCER), [Approve(), *refused_and_edited])
    three = ((("Half", 500), ("Half", 500), ("Rest", 300)),)
    play(Setup(three, Role.FREELANCER), [Approve(), Carry(-1, meanwhile=((28, Other("add")),))])


def test_what_was_paid_once_is_not_paid_again_for_what_waits_in_its_place() -> None:
    play(Setup(), [Approve(), Carry(-1), Other("ask", which=1), Other("delete milestone", which=3)])
    play(Setup(), [Approve(), Carry(-1), Other("cancel milestone"), Other("open cart")])


def test_a_key_that_was_renamed_does_not_make_its_milestone_anew() -> None:
    made: list[Step] = [Approve(), Carry(-1), Edit("rename")]
    play(Setup(), [*made, Other("cancel milestone")])
    play(Setup(), [*made, Other("edit-amount milestone"), Other("open cart")])
    play(Setup(TWINS), [*made, Other("cancel milestone")])


def test_once_more_is_said_of_what_was_gone_at_that_moment() -> None:
    before_it_was_made = Approve(again=((0, 0),))
    played: list[Step] = [Approve(), before_it_was_made, Carry(0), Other("cancel milestone"), Carry(0)]
    play(Setup(((("One", 500),),)), played)


def test_a_cart_that_somebody_opens_does_not_prove_that_a_click_paid_nothing() -> None:
    meanwhile = ((1, Other("open cart")),)
    for shows_balances, fault in ((True, "submit: very late"), (False, "submit: late")):
        setup = Setup(((("One", 500),),), creating_pays=True, shows_balances=shows_balances)
        play(setup, [Approve(), Carry(-1, (fault,)), Approve(), Carry(-1, meanwhile=meanwhile)])
