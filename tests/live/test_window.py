"""Live, the first time, in a real window: a full browser on a display, a mouse that double-clicks, keys that type."""

from __future__ import annotations

import pytest

from tests.live.conftest import LiveUser
from tests.live.display import AtTheDisplay, open_display, somebody, why_not
from tests.live.test_first_time import APPLY, WEBSITE

PLAN = """
[[project]]
title = "Artist marketplace website"
total = "600.00 USD"
split = "2 x 50%"
"""
ONE, TWO = [(f"Milestone {n} of 2", "300.00", "funded") for n in (1, 2)]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(why_not() is not None, reason=str(why_not()))]


def test_a_person_at_the_window_signs_in_and_presses_then_it_goes_by_itself(user: LiveUser) -> None:
    user.plan(PLAN)
    user.stand_in(windowless=False)
    with open_display() as display:
        user.environment["DISPLAY"] = display.name
        person = AtTheDisplay(display)
        with somebody(person.sign_in):
            signed_in = user.milepost("login", "anna", "--json")
        assert (signed_in.code, signed_in.event("login")["session"]) == (0, "kept"), signed_in.out + signed_in.err
        assert user.milepost("doctor", "anna", "--json").code == 0

        person = AtTheDisplay(display)
        with somebody(person.double_click):
            guided = user.milepost(*APPLY, "600.00 USD")
        assert user.mock.milestones(WEBSITE) == [ONE], guided.out + guided.err
        assert (person.presses, len(user.mock.truth()["charges"])) == (2, 1)
        assert [event["name"] for event in guided.events if event["event"] == "learned"] == [
            "Create Milestone",
            "Confirm Payment",
        ]

        alone = user.milepost(*APPLY, "300.00 USD")
    assert (alone.code, any(event["event"] == "person" for event in alone.events)) == (0, False), alone.out + alone.err
    assert user.mock.milestones(WEBSITE) == [ONE, TWO]
    assert len(user.mock.truth()["charges"]) == 2
