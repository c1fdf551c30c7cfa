"""Pictures of the screens with sample data, for the docs: `python -m tui.pictures docs/pictures`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from tui.app import MilepostApp
from tui.beginning import Beginning
from tui.sample import TODAY, Sample, local_time_is_utc
from tui.screens.guarded import Guarded
from tui.store import Store

if TYPE_CHECKING:
    from textual.pilot import Pilot

PATIENCE = 60.0
"""Seconds that something may take to come."""

WIDE, SMALL = (120, 40), (80, 24)

Scene = Callable[["Pilot[None]", Sample], Awaitable[None]]


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the screen did not come to where it was waited for")
        await pilot.pause(0.02)
    await pilot.pause()


async def all_typed(pilot: Pilot[None]) -> None:
    """Wait until everything that every key has done is over."""
    app = pilot.app
    assert isinstance(app, MilepostApp)  # noqa: S101  # the only app there is
    if app.typed.busy:
        await _until(pilot, lambda: not app.typed.busy or not app.is_running)


async def _press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await all_typed(pilot)


async def opened(pilot: Pilot[None]) -> Store:
    """Wait until the journal is open and shown."""
    app = pilot.app
    assert isinstance(app, MilepostApp)  # noqa: S101  # the only app there is
    await _until(pilot, lambda: app.store is not None)  # the journal is read by a thread
    assert app.store is not None  # noqa: S101  # waited for
    return app.store


async def armed(pilot: Pilot[None]) -> None:
    """Wait until the question in front takes keys."""
    await _until(pilot, lambda: isinstance(pilot.app.screen, Guarded) and pilot.app.screen.armed)


async def projects(pilot: Pilot[None], sample: Sample) -> None:
    """The first screen, on a project with three milestones standing."""
    await opened(pilot)


async def plan(pilot: Pilot[None], sample: Sample) -> None:
    """The plan, a field typed into that is not right yet."""
    await opened(pilot)
    await _press(pilot, "2", "down", "down", "down", "down", "right", "right", "enter")
    await _press(pilot, *"2100")
    await pilot.pause()


async def form(pilot: Pilot[None], sample: Sample) -> None:
    """Two projects of the site divided by one form."""
    await opened(pilot)
    await _press(pilot, "2", "a", "j", "j", "j", "j", "space", "space", "enter")
    for field in ("1500 USD", "4", "20%", "2026-12-07"):
        await _press(pilot, "end", *["backspace"] * (field == "4"), *("space" if c == " " else c for c in field), "tab")
    await _press(pilot, *"30")
    await pilot.pause()


async def preview(pilot: Pilot[None], sample: Sample) -> None:
    """A preview."""
    store = await opened(pilot)
    store.take_preview(store.make_view())
    await _press(pilot, "3")
    await pilot.pause()


async def approval(pilot: Pilot[None], sample: Sample) -> None:
    """The approval of it, the first total typed."""
    await preview(pilot, sample)
    await _press(pilot, "a")
    await armed(pilot)
    await _press(pilot, *"2200.00")


async def run(pilot: Pilot[None], sample: Sample) -> None:
    """A run in the middle of a payment."""
    await opened(pilot)
    await _press(pilot, "4")
    await pilot.pause()


async def history(pilot: Pilot[None], sample: Sample) -> None:
    """A run that left an unknown, as it is kept."""
    await opened(pilot)
    await _press(pilot, "5")
    await pilot.pause(0.2)  # a run is read once the cursor rests on it
    await _press(pilot, "l", "j")
    await pilot.pause()


async def checks(pilot: Pilot[None], sample: Sample) -> None:
    """What holds and needs a look, and the money by month."""
    await opened(pilot)
    await _press(pilot, "6")
    app = pilot.app
    await _until(pilot, lambda: getattr(app.screen, "_checked", None) is not None)  # taken by a thread


async def settings(pilot: Pilot[None], sample: Sample) -> None:
    """Every setting."""
    await opened(pilot)
    await _press(pilot, "7")
    app = pilot.app
    await _until(pilot, lambda: bool(getattr(app.screen, "_rows", ())))  # read by a thread
    await _press(pilot, "j", "j", "j")
    await pilot.pause()


async def inbox(pilot: Pilot[None], sample: Sample) -> None:
    """What needs a person."""
    await opened(pilot)
    await _press(pilot, "exclamation_mark")
    await pilot.pause()


async def keys(pilot: Pilot[None], sample: Sample) -> None:
    """The menu of keys."""
    await opened(pilot)
    await _press(pilot, "question_mark")
    await pilot.pause()


def quiet(sample: Sample) -> None:
    """Looked at, nothing under way."""
    sample.looked()


def paying(sample: Sample) -> None:
    """A run under way."""
    sample.looked()
    applying = sample.apply()
    applying.paid()
    applying.paid()
    applying.refused()
    applying.paying()


def troubled(sample: Sample) -> None:
    """A run that has left an unknown."""
    sample.looked()
    applying = sample.apply()
    applying.paid()
    applying.unknown()
    applying.paid()
    applying.end()


SCENES: dict[str, tuple[Callable[[Sample], None], Scene, str]] = {
    "projects": (quiet, projects, "milepost-dark"),
    "plan": (quiet, plan, "milepost-dark"),
    "form": (quiet, form, "milepost-dark"),
    "preview": (quiet, preview, "milepost-dark"),
    "approval": (quiet, approval, "milepost-dark"),
    "run": (paying, run, "milepost-dark"),
    "result": (troubled, run, "milepost-dark"),
    "history": (troubled, history, "milepost-dark"),
    "checks": (troubled, checks, "milepost-dark"),
    "settings": (quiet, settings, "milepost-dark"),
    "inbox": (troubled, inbox, "milepost-dark"),
    "keys": (quiet, keys, "milepost-dark"),
    "projects-light": (quiet, projects, "milepost-light"),
    "run-high-contrast": (paying, run, "milepost-high-contrast"),
}
"""Name of the picture -> what the journal holds, what is done on the screen, in which colours."""


async def draw(name: str, size: tuple[int, int], folder: Path) -> str:
    """One picture as SVG text. `folder` is there, for the sample's files."""
    prepare, scene, theme = SCENES[name]
    with local_time_is_utc(), chdir(folder):  # a plan is called by its name alone
        sample = Sample(folder)
        prepare(sample)
        app = MilepostApp(Beginning.of(sample.settings, [Path(sample.plan_file.name)], clock=lambda: TODAY))
        app.theme = theme
        async with app.run_test(size=size) as pilot:
            await scene(pilot, sample)
            return app.export_screenshot(title="Milepost")


def main(folder: Path) -> None:
    """Write every picture, wide, and the main ones small."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        sizes = {"": WIDE} | ({"-80x24": SMALL} if name in {"projects", "plan", "preview", "approval", "run"} else {})
        for suffix, size in sizes.items():
            with tempfile.TemporaryDirectory(prefix="milepost-pictures-") as scratch:
                sample_folder = Path(scratch) / "sample"
                sample_folder.mkdir()
                picture = asyncio.run(draw(name, size, sample_folder))
            picture = picture.replace(scratch[-8:], "of-anna1")  # what is made up for a folder is not in a picture
            (folder / f"{name}{suffix}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
