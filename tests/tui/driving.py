"""Driving the screen in tests: open it on a sample, wait for what it does by itself, read what it shows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key

from tests.tui.terminal import PATIENCE
from tui.app import MilepostApp
from tui.beginning import Beginning
from tui.pictures import all_typed, armed, opened
from tui.sample import TODAY, Sample

if TYPE_CHECKING:
    from textual.pilot import Pilot

__all__ = ["armed", "opened", "running", "settled", "text_of", "type_text", "until"]


@asynccontextmanager
async def running(
    sample: Sample, size: tuple[int, int] = (80, 24), plans: Sequence[Path] | None = None
) -> AsyncIterator[Pilot[None]]:
    """The app on a sample's settings and plan, its journal open, its clock standing at TODAY."""
    files = [sample.plan_file] if plans is None else plans
    app = MilepostApp(Beginning.of(sample.settings, files, clock=lambda: TODAY))
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        press = pilot.press

        async def press_and_wait(*keys: str) -> None:
            await press(*keys)
            await all_typed(pilot)

        pilot.press = press_and_wait  # type: ignore[method-assign]  # keys wait for each other: see tui/typed.py
        yield pilot
    if app.store is not None:
        app.store.close()


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Let the app go on until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"it never came; there is:\n{text_of(pilot)}"
        await pilot.pause(0.02)
    await pilot.pause()


async def settled(pilot: Pilot[None]) -> None:
    """Let the app poll the journal and show what it found."""
    app = pilot.app
    assert isinstance(app, MilepostApp)
    app.tick()
    await pilot.pause()


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type into the field that has the focus, all at once; `pilot.press` waits for the screen after each key."""
    for character in text:
        pilot.app.post_message(events.Key(_character_to_key(character), character))
    await pilot.pause()
    await all_typed(pilot)


def text_of(pilot: Pilot[None]) -> str:
    """What the screen in front shows, as text."""
    screen = pilot.app.screen
    width, height = screen.size
    lines = screen._compositor.render_strips()
    assert Region(0, 0, width, height).height == len(lines)
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)
