"""The list of actions: no key means two things, every action can be reached, and the page of keys tells the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.binding import Binding

from tui.actions import ACTIONS, GROUPS, SCREENS, Facts, actions_of, find, footer_of, keys_markdown
from tui.app import MilepostApp

PAGES = {name: type(MilepostApp.SCREENS[name]()) for name in SCREENS}
NEVER = {"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", "ctrl+left_square_bracket"}
"""Enter, Tab, Backspace, line feed and Escape in many terminals."""
TAKEN_ELSEWHERE = {"ctrl+b", "ctrl+a", "ctrl+s", "ctrl+z", "ctrl+q"}
"""Prefixes of tmux and screen, flow control, suspend."""


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_means_two_things_on_a_screen(screen: str) -> None:
    keys = [key for action in actions_of(screen) for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("screen", SCREENS)
def test_names_are_unique_on_a_screen(screen: str) -> None:
    names = [action.name for action in actions_of(screen)]
    assert sorted(names) == sorted(set(names))


def test_keys_that_terminals_send_for_others_are_never_used() -> None:
    for action in ACTIONS:
        assert not NEVER & set(action.keys)
        assert not set(action.keys) <= TAKEN_ELSEWHERE


@pytest.mark.parametrize("screen", SCREENS)
def test_every_action_is_bound_and_handled(screen: str) -> None:
    page = PAGES[screen]
    bound = {binding.action for binding in page.BINDINGS if isinstance(binding, Binding)}
    for action in actions_of(screen):
        assert f"app.act('{screen}', '{action.name}')" in bound
        assert hasattr(page, f"do_{action.name}") or hasattr(MilepostApp, f"do_{action.name}")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_handler_is_an_action(screen: str) -> None:
    """What is not in the list could not be found by anybody."""
    listed = {action.name for action in ACTIONS}
    for owner in (PAGES[screen], MilepostApp):
        assert {name[3:] for name in dir(owner) if name.startswith("do_")} <= listed


@pytest.mark.parametrize("screen", SCREENS)
def test_the_footer_is_short_and_tells_the_way_to_the_rest(screen: str) -> None:
    named = [action.name for action in footer_of(screen)]
    assert len(named) <= 6
    assert "help" in named
    if find(screen, "approve"):
        assert "approve" in named


def test_every_action_belongs_to_a_group_and_a_screen() -> None:
    for action in ACTIONS:
        assert action.group in GROUPS
        assert set(action.screens) <= set(SCREENS)


@pytest.mark.parametrize(
    ("screen", "name", "facts", "reason"),
    [
        ("projects", "read", Facts(), "no account is open"),
        ("projects", "read", Facts(account="anna", live_run=3, live_kind="apply"), "run 3 (apply) is under way"),
        ("projects", "look", Facts(account="anna"), "no plan is open"),
        ("projects", "single", Facts(account="anna"), "no plan that is open has milestones of this project"),
        ("projects", "single", Facts(account="anna", planned=True), "l goes to the milestones"),
        ("preview", "approve", Facts(account="anna"), "there is no preview yet"),
        ("preview", "approve", Facts(account="anna", preview=True), "nothing to approve"),
        (
            "preview",
            "approve",
            Facts(account="anna", preview=True, acts=True, stale="it has changed"),
            "it has changed",
        ),
        ("preview", "approve", Facts(account="anna", preview=True, acts=True, live_run=1), "is under way"),
        ("preview", "again", Facts(account="anna", preview=True), "not on a milestone that is gone"),
        ("run", "pause", Facts(account="anna"), "no run is under way"),
        ("run", "stop", Facts(account="anna", live_run=1, stopping=True), "stopping after this step"),
        ("run", "run", Facts(account="anna"), "there has been no run yet"),
    ],
)
def test_what_cannot_be_done_says_why(screen: str, name: str, facts: Facts, reason: str) -> None:
    action = find(screen, name)
    assert action is not None
    assert reason in (action.disabled_reason(facts) or "")


def test_what_can_be_done_has_no_reason() -> None:
    ready = Facts(account="anna", plans=1, preview=True, acts=True)
    for screen, name in (("projects", "read"), ("projects", "look"), ("preview", "approve")):
        action = find(screen, name)
        assert action is not None
        assert action.disabled_reason(ready) is None


def test_the_page_of_keys_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "keys.md"
    assert page.read_text(encoding="utf-8") == keys_markdown(), "python -m tui.actions > docs/keys.md"
