"""Keys typed faster than the screen: each acts after the one before, and what it was not meant for never gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from assistant.journal import Wanted
from tests.tui.driving import armed, running, text_of, until
from tui.pictures import troubled
from tui.sample import Sample
from tui.screens.one_line import OneLine
from tui.screens.outline_form import OutlineForm
from tui.screens.page import Page

if TYPE_CHECKING:
    from textual.pilot import Pilot


def at_once(pilot: Pilot[None], *keys: str) -> None:
    """Type all of it before the app has read any; a key of several letters is named, the rest is text."""
    named = {"enter", "escape", "tab", "ctrl+u", "space", "backspace", "down"}
    for part in keys:
        for key in [part] if part in named else part:
            character = key if len(key) == 1 else " " if key == "space" else None
            pilot.app.post_message(events.Key(_character_to_key(key) if len(key) == 1 else key, character))


async def test_what_is_typed_for_a_sheet_that_is_about_to_open_is_its_own_and_in_order(sample: Sample) -> None:
    troubled(sample)
    async with running(sample) as pilot:
        app = pilot.app
        await pilot.press("5")
        await until(pilot, lambda: "Attempts: 3" in text_of(pilot))
        at_once(pilot, "x", "ctrl+u", "kept", "backspace", "ep")
        await until(pilot, lambda: isinstance(app.screen, OneLine) and app.screen.query_one(Input).value == "kepep")


async def test_a_sheet_that_follows_another_gets_what_was_typed_for_it(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        plan = sample.plan_file.read_text()
        at_once(pilot, "2a", "space", "enter", "900 USD", "tab", "ctrl+u", "3")
        await until(pilot, lambda: isinstance(app.screen, OutlineForm) and getattr(app.focused, "value", "") == "3")
        assert app.screen.query_one("#total", Input).value == "900 USD"
        await pilot.press("escape", "escape")  # out of the form, and out of the picker
        assert sample.plan_file.read_text() == plan
        assert not app.screen.editor.changed


async def test_enter_on_an_untouched_approval_says_that_it_cancelled_and_drops_what_follows(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        app.store.take_preview(app.store.make_view())
        await pilot.press("3", "a")
        await armed(pilot)
        at_once(pilot, "enter", "2200.00", "enter", "q")
        await until(
            pilot, lambda: isinstance(app.screen, Page) and "Keys typed after it were dropped" in text_of(pilot)
        )
        assert "Cancelled: nothing is paid or done." in text_of(pilot)
        assert app.screen.NAME == "preview"
        assert app.is_running
        await pilot.press("a")
        await armed(pilot)
        await pilot.press("escape")
        assert "Cancelled: nothing is paid or done." in text_of(pilot)
        assert "dropped" not in text_of(pilot)


async def test_what_was_typed_for_an_answer_that_nobody_asks_for_does_nothing(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample) as pilot:
        app = pilot.app
        await until(pilot, lambda: app.screen.NAME == "run")
        at_once(pilot, "c", "246810ps")
        await until(pilot, lambda: "the run waits for nobody. Keys typed after it were dropped" in text_of(pilot))
        run = sample.journal.runs.get(applying.run)
        assert run is not None
        assert run.wanted is Wanted.GO
        assert app.screen.NAME == "run"


async def test_a_key_that_does_nothing_says_so_and_no_keys_of_the_screen_are_shown_beside_a_sheet(
    sample: Sample,
) -> None:
    sample.looked()
    async with running(sample) as pilot:
        await pilot.press("z")
        assert "z does nothing here; ? shows the keys." in text_of(pilot)
        await pilot.press("j")
        assert "does nothing" not in text_of(pilot)
        assert "s sort" in text_of(pilot)
        await pilot.press("question_mark")
        assert "s sort" not in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "s sort" in text_of(pilot))
