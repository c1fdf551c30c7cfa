"""Each rule of "never twice" that is taken out is found missing: a history that is fine with it fails without it."""

from __future__ import annotations

import pytest

from tests.faults.machine import play
from tests.faults.mutants import MUTANTS


@pytest.mark.parametrize("name", MUTANTS)
def test_without_it_the_judge_finds_something(name: str) -> None:
    mutant = MUTANTS[name]
    play(mutant.setup, mutant.steps)
    with mutant.without(), pytest.raises(AssertionError):
        play(mutant.setup, mutant.steps)


def test_the_mutants_are_those_that_were_promised() -> None:
    assert set(MUTANTS) == {
        "submit_again_after_trouble",
        "adopt_without_claiming",
        "believe_the_page",
        "take_absence_as_proof",
        "no_project_guard",
        "take_a_near_match_as_a_match",
        "no_begin_immediate",
    }
