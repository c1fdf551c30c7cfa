"""Pictures of the screens, held to those in __snapshots__: `pytest tests/tui/test_snapshots.py --snapshot-update`.

Clock, time zone, ids and paths are those of the sample; the cursor does not blink. Behaviour is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.app import MilepostApp
from tui.beginning import Beginning
from tui.pictures import SCENES, SMALL, WIDE
from tui.sample import TODAY, Sample
from tui.themes import ANSI


def app_of(sample: Sample, theme: str) -> MilepostApp:
    app = MilepostApp(Beginning.of(sample.settings, [Path(sample.plan_file.name)], clock=lambda: TODAY))
    app.theme = theme
    return app


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it checks by a timer, and where the sample lies, is not what is drawn."""
    monkeypatch.chdir(sample.plan_file.parent)
    monkeypatch.setattr("assistant.schedule.upcoming.SCHEDULERS", [])


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    "name", ["projects", "plan", "preview", "approval", "run", "history", "checks", "inbox", "keys"]
)
def test_screen(name: str, size: tuple[int, int], sample: Sample, snap_compare: Callable[..., bool]) -> None:
    assert _compare(name, SCENES[name][2], size, sample, snap_compare)


@pytest.mark.parametrize("theme", ["milepost-light", "milepost-high-contrast", ANSI])
def test_theme(theme: str, sample: Sample, snap_compare: Callable[..., bool]) -> None:
    assert _compare("run", theme, SMALL, sample, snap_compare)


def test_result(sample: Sample, snap_compare: Callable[..., bool]) -> None:
    assert _compare("result", SCENES["result"][2], SMALL, sample, snap_compare)


def _compare(name: str, theme: str, size: tuple[int, int], sample: Sample, snap_compare: Callable[..., bool]) -> bool:
    prepare, scene, _ = SCENES[name]
    prepare(sample)

    async def before(pilot: Any) -> None:
        await scene(pilot, sample)
        await pilot.pause()

    return snap_compare(app_of(sample, theme), terminal_size=size, run_before=before)
