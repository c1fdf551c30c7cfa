"""The tour: every step is an action that is there, its key is the one that is named, and doing it goes on."""

from __future__ import annotations

import re

import pytest

from tests.tui.driving import running, text_of
from tui.actions import find, key_name
from tui.pictures import quiet
from tui.sample import Sample
from tui.tour import STEPS, Tour


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.screen}.{step.action}")
def test_a_step_names_an_action_of_its_screen_and_its_key(step) -> None:
    action = find(step.screen, step.action)
    assert action is not None
    names = {key_name(key) for key in action.keys}
    assert names & set(re.findall(r"\S+", step.words.replace(",", " ").replace(":", " ")))


def test_it_goes_on_with_what_was_tried_and_ends() -> None:
    tour = Tour()
    assert tour.told("projects").startswith("Tour 1 of 10: each project is a road")
    assert "(on the screen Projects)" in tour.told("inbox")
    assert not tour.tried("inbox", "copy")
    assert tour.tried("inbox", "preview"), "on the way there in one step"
    assert tour.number == 4
    for step in STEPS[4:]:
        assert tour.tried(step.screen, step.action)
    assert tour.over
    assert tour.told("projects") == ""


async def test_it_is_a_line_on_the_screen_that_f2_ends(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("f2")
        assert "Tour 1 of 10" in text_of(pilot)
        await pilot.press("2")
        assert "Tour 3 of 10" in text_of(pilot)
        await pilot.press("enter", "escape", "3")
        assert "Tour 5 of 10" in text_of(pilot)
        await pilot.press("f2")
        assert "Tour" not in text_of(pilot)
