"""Keys of one's own: taken everywhere at once, or not at all where they would mislead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.settings.model import Settings
from tests.tui.driving import running, text_of
from tui.actions import ACTIONS, SCREENS, actions_of, find
from tui.keymap import NEVER_DANGEROUS, SAME_IN_TERMINALS, Keymap
from tui.sample import Sample

OF_SCREENS = [f"{screen}.{action.name}" for screen in SCREENS for action in actions_of(screen)]
NAMES = sorted({action.name for action in ACTIONS} | set(OF_SCREENS))
KEYS = st.sampled_from(["a", "A", "Z", "ctrl+w", "f5", "enter", "space", "ctrl+m", "", "ctrl+", "1", "escape", "é"])


@given(st.dictionaries(st.sampled_from([*NAMES, "aprove", "plan.nothing"]), st.lists(KEYS, max_size=2), max_size=6))
def test_whatever_is_asked_for_no_key_means_two_things(wanted: dict[str, list[str]]) -> None:
    keymap = Keymap(wanted)
    for screen in SCREENS:
        keys = [key for action in actions_of(screen) for key in dict.fromkeys(keymap.keys(screen, action))]
        assert sorted(keys) == sorted(set(keys))
        assert not SAME_IN_TERMINALS & set(keys)
        for action in actions_of(screen):
            assert keymap.keys(screen, action)
            assert not (action.dangerous and NEVER_DANGEROUS & set(keymap.keys(screen, action)))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"aprove": ["A"]}, "did you mean approve?"),
        ({"plan.save": ["ctrl+m"]}, "another key in many terminals"),
        ({"approve": ["enter"]}, "never the key of what moves money"),
        ({"plan.save": ["q"]}, "plan.save: q has another meaning there"),
        ({"plan.save": []}, "is no key"),
        ({"plan.save": ["two keys"]}, "is no key"),
    ],
)
def test_what_is_not_taken_is_told(wanted: dict[str, list[str]], told: str) -> None:
    keymap = Keymap(wanted)
    assert told in "; ".join(keymap.problems)
    assert keymap.changed == {}


def test_a_screen_is_stronger_than_all_and_two_keys_can_be_swapped() -> None:
    keymap = Keymap({"quit": ["Q"], "plan.quit": ["X"], "plan.save": ["u"], "plan.undo": ["w"]})
    assert keymap.problems == []
    named = {each.name: keymap.keys("plan", each) for each in actions_of("plan")}
    assert (named["save"], named["undo"], named["quit"]) == (("u",), ("w",), ("X",))
    leave = find("run", "quit")
    assert leave is not None
    assert keymap.keys("run", leave) == ("Q",)


async def test_own_keys_work_and_are_shown_in_footer_and_help_and_the_old_ones_do_nothing(sample: Sample) -> None:
    sample.settings.file.write_text(
        'keys = { theme = ["T"], "projects.sort" = "f5", "projects.read" = ["s"], approve = ["enter"] }\n'
        + sample.settings.file.read_text()
    )
    sample.settings = Settings.load(sample.settings.file).settings
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        assert "F5 sort" in text_of(pilot)
        theme = app.theme
        await pilot.press("t")
        assert app.theme == theme
        await pilot.press("T")
        assert app.theme != theme
        await pilot.press("f5")
        assert "Late ones first" in text_of(pilot)
        await pilot.press("question_mark", "slash", "f", "5")
        assert "F5" in text_of(pilot)
        assert "late ones first" in text_of(pilot)
        await pilot.press("escape", "escape", "exclamation_mark")
        assert "never the key of what moves money" in text_of(pilot).replace("\n ", "")
