"""The first picture's own reading of the settings, held against what the settings say once they are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings.model import Settings
from tests.tui.driving import TODAY, opened, text_of
from tui.app import MilepostApp
from tui.beginning import Beginning, Look
from tui.sample import Sample
from tui.themes import HIGH, LIGHT


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("", {}),
        ('theme = "milepost-light"\nascii = true\n[keys]\nquit = "Q"\n"plan.save" = ["ctrl+w", "W"]\n', {}),
        ('theme = "light"\n', {"MILEPOST_THEME": "milepost-ansi", "MILEPOST_ASCII": "yes"}),
        ("ascii = true\n", {"milepost_ascii": "0"}),
        ('theme = "light"\n', {"MILEPOST_THEME": ""}),
    ],
)
def test_it_reads_what_the_settings_say(text: str, variables: dict[str, str], tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Look.read(file) == Look.of(Settings.load(file).settings)
    assert Look.read(file, ascii_only=True) == Look.of(Settings.load(file, {"ascii": True}).settings)


@pytest.mark.parametrize(
    "content", [b"theme = ", b"\xff\xfe", b"theme = 3\nascii = []\nkeys = 4\n", b"[keys]\nquit = [3]\n"]
)
def test_what_cannot_be_understood_is_left_to_the_settings(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert Look.read(file) == Look()
    file.write_bytes(content)
    assert Look.read(file) == Look()


async def test_settings_that_say_something_else_are_worn_when_they_are_there(sample: Sample) -> None:
    loaded = sample.settings.model_copy(update={"theme": "light", "ascii": True, "keys": {"quit": ["Q"]}})
    app = MilepostApp(Beginning(loaded.file, lambda: loaded, Look(HIGH), [sample.plan_file], clock=lambda: TODAY))
    assert app.theme == HIGH
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert app.theme == LIGHT
        assert "Q quit" in text_of(pilot)
        assert "●" not in text_of(pilot)
    app.close_stores()
