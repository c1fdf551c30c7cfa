"""Fixtures for the screen's tests: a sample account on disk, and an environment that says nothing about colours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.sample import Sample, local_time_is_utc
from tui.screens import guarded


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the person who runs the tests likes on a terminal is not what is tested."""
    for name in ("NO_COLOR", "COLORFGBG", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "tests")  # nor is that person's clipboard to be written to


@pytest.fixture(autouse=True)
def _questions_arm_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process; those in terminals of their own take their time."""
    monkeypatch.setattr(guarded, "ARMED_AFTER", 0.05)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    """Settings, a plan and an empty journal, in UTC."""
    with local_time_is_utc():
        made = Sample(tmp_path / "sample")
        yield made
        made.journal.close()
