"""States and roads: every state has a glyph and a word, and a road fits where it has to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.changes import ChangeKind
from assistant.journal import AttemptState, RunState
from assistant.marks import Absent
from assistant.may_work import WorkVerdict
from assistant.site import MilestoneState
from tui.letters import LETTERS
from tui.signs import ATTEMPTS, CHANGES, MILESTONES, ROLES, RUNS, VERDICTS, only_ascii, road, sign_of

TABLES = [
    (MILESTONES, [*MilestoneState, *Absent]),
    (CHANGES, list(ChangeKind)),
    (ATTEMPTS, list(AttemptState)),
    (RUNS, list(RunState)),
    (VERDICTS, list(WorkVerdict)),
]


@pytest.mark.parametrize(("signs", "states"), TABLES)
def test_every_state_has_a_sign(signs, states) -> None:
    assert {str(state) for state in states} <= set(signs)


@pytest.mark.parametrize("signs", [table for table, _ in TABLES])
def test_no_two_states_look_the_same_without_colour(signs) -> None:
    for ascii_only in (False, True):
        shown = [sign.shown(ascii_only) for sign in signs.values()]
        assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("signs", [table for table, _ in TABLES])
def test_letters_are_ascii_and_one_cell(signs) -> None:
    for sign in signs.values():
        assert sign.letters.isascii()
        assert cell_len(sign.letters) == cell_len(sign.glyph) == 1
        assert sign.word.isascii()
        assert sign.role in ROLES


def test_a_state_nobody_knows_is_shown_as_it_is() -> None:
    assert sign_of(MILESTONES, "half_paid").shown(False) == "? half paid"


def test_the_road_of_the_drawing() -> None:
    states = ["released", "released", "funded", "planned", "planned"]
    assert road(states, 20, False) == "●━━●━━◐──○──○"
    assert road(states, 20, True) == "*==*==f--o--o"
    assert road(states, 9, False) == "●━●━◐─○─○"
    assert road(states, 5, False) == "●●◐○○"
    assert road(states, 4, False) == "3/5"
    assert road([], 9, False) == ""


@given(
    st.lists(st.sampled_from(sorted(MILESTONES)), min_size=1, max_size=60),
    st.integers(min_value=7, max_value=80),
    st.booleans(),
)
def test_a_road_fits_and_loses_no_mark(states, width, ascii_only) -> None:
    drawn = road(states, width, ascii_only)
    assert cell_len(drawn) <= width
    if "/" in drawn:
        assert len(states) > width
        assert drawn.endswith(f"/{len(states)}")
    else:
        marks = [sign_of(MILESTONES, s).letters if ascii_only else sign_of(MILESTONES, s).glyph for s in states]
        rest = iter(drawn)
        assert all(mark in rest for mark in marks)


@pytest.mark.parametrize(
    ("wanted", "environ", "encoding", "ascii_only"),
    [
        (False, {"TERM": "xterm-256color"}, "utf-8", False),
        (False, {}, None, False),
        (True, {"TERM": "xterm-256color"}, "utf-8", True),
        (False, {"TERM": "linux"}, "utf-8", True),
        (False, {"TERM": "xterm"}, "ISO-8859-1", True),
        (False, {"TERM": "xterm"}, "ANSI_X3.4-1968", True),
    ],
)
def test_when_letters_are_drawn(wanted, environ, encoding, ascii_only) -> None:
    assert only_ascii(wanted, environ, encoding) is ascii_only


def test_every_letter_is_ascii_and_as_wide_as_what_it_stands_for() -> None:
    for sign, letter in LETTERS.items():
        assert letter.isascii()
        assert cell_len(chr(sign)) == cell_len(letter) == 1
