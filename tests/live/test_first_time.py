"""Live, the first time: signed in by hand, one milestone pressed by a person, and only then by itself."""

from __future__ import annotations

import pytest

from tests.live.conftest import LiveUser
from tests.live.https_mock import ORIGIN

pytestmark = pytest.mark.browser

WEBSITE = "38112233"
PLAN = """
[[project]]
title = "Artist marketplace website"
total = "900.00 USD"
split = "3 x 1/3"
"""
ONE, TWO, THREE = [(f"Milestone {n} of 3", "300.00", "funded") for n in range(1, 4)]
APPLY = ("apply", "plan.toml", "--json", "--approve")


def test_by_hand_then_guided_then_automatic(user: LiveUser) -> None:
    user.plan(PLAN)
    user.stand_in("signs_in")
    signed_in = user.milepost("login", "anna", "--json")
    assert signed_in.code == 0, signed_in.out + signed_in.err
    asked = signed_in.event("person")
    assert (asked["need"], ORIGIN in asked["text"], "anna" in asked["text"]) == ("sign_in", True, True)

    user.stand_in()
    unexamined = user.milepost(*APPLY, "900.00 USD")
    assert (unexamined.code, unexamined.event("error")["code"]) == (3, "live"), unexamined.out + unexamined.err
    assert "milepost doctor anna" in unexamined.event("error")["hint"]
    examined = user.milepost("doctor", "anna", "--json")
    assert (examined.code, examined.event("summary")["broken"]) == (0, []), examined.out + examined.err
    assert user.mock.truth()["money_requests"] == []

    user.stand_in("double_clicks")
    guided = user.milepost(*APPLY, "900.00 USD")
    assert user.mock.milestones(WEBSITE) == [ONE], guided.out + guided.err
    assert [event["need"] for event in guided.events if event["event"] == "person"] == ["press", "press"]
    summary = guided.events[-1]
    assert (summary["created"], summary["not_reached"], guided.code) == (1, 2, 2)
    assert len(user.mock.truth()["charges"]) == 1

    user.stand_in()
    alone = user.milepost(*APPLY, "600.00 USD")
    assert alone.code == 0, alone.out + alone.err
    assert not [event for event in alone.events if event["event"] == "person"]
    assert user.mock.milestones(WEBSITE) == [ONE, TWO, THREE]
    assert len(user.mock.truth()["charges"]) == 3
