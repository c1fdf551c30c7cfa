"""Settings on the screen: every value with its source and meaning, sessions, and never a secret."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from assistant.journal import RunKind, RunState
from assistant.processes import own
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from tests.tui.driving import running, settled, text_of, type_text, until
from tui.pictures import quiet
from tui.sample import Sample
from tui.screens.run import RunScreen
from tui.screens.settings import SettingsScreen
from tui.view.settings import meaning_of, rows_of


def rows(sample: Sample) -> dict[str, tuple[str, str]]:
    return {row.name: (row.value, row.source) for row in rows_of(sample.settings, "anna")}


def test_every_setting_has_value_source_and_meaning(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_THEME", "milepost-light")
    loaded = Settings.load(sample.settings.file)
    found = {row.name: row for row in rows_of(loaded.settings, "anna") if not row.is_heading and not row.account}
    assert set(found) == {value.name for value in loaded.values()}
    assert all(row.meaning for row in found.values())
    assert found["caps.USD.day"].value == '"5000.00"'
    assert found["caps.USD.day"].source.endswith("config.toml:5")
    assert found["theme"].source == "environment MILEPOST_THEME"
    assert found["ascii"].source == "default"
    assert "pays" in meaning_of(("accounts", "anna", "role"))


def test_what_was_said_on_the_command_line_or_is_new_in_the_file_is_told(sample: Sample) -> None:
    sample.settings = Settings.load(sample.settings.file, {"ascii": True}).settings
    assert rows(sample)["ascii"] == ("true", "command line")
    text = sample.settings.file.read_text()
    sample.settings.file.write_text(text.replace("5000.00", "4000.00"))
    assert rows(sample)["caps.USD.day"][1].endswith("from the next start")


def test_a_secret_is_never_among_them(sample: Sample) -> None:
    sample.settings.file.write_text(sample.settings.file.read_text() + 'password = { literal = "hunter2" }\n')
    sample.settings = Settings.load(sample.settings.file).settings
    assert "hunter2" not in str(rows_of(sample.settings, "anna"))
    assert rows(sample)["accounts.anna.password.literal"][0] == '"********"'


async def test_the_screen_shows_sessions_filters_and_copies(sample: Sample) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "none kept" in text_of(pilot))
        path = SessionStore(sample.settings).path(sample.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        await pilot.press("1", "7")
        await until(pilot, lambda: "none kept" not in text_of(pilot))
        await pilot.press("slash")
        await type_text(pilot, "caps day")
        await pilot.press("enter")
        shown = text_of(pilot)
        assert "caps.USD.day" in shown
        assert "theme" not in shown
        assert "MILEPOST_CAPS__USD__DAY" in shown
        page = pilot.app.screen
        assert isinstance(page, SettingsScreen)
        assert page.copied() == 'caps.USD.day = "5000.00"'


async def test_a_file_with_problems_is_not_taken(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet(sample)
    before, left = (
        sample.settings.file.read_text(),
        ['colour = "red"\n', "\nnot toml = = 1\n", 'theme = "milepost-light"\n'],
    )
    monkeypatch.setattr("tui.screens.settings.edited_text", lambda text, _name: left.pop(0) + text)
    async with running(sample) as pilot:
        monkeypatch.setattr(pilot.app, "suspend", nullcontext)
        await pilot.press("7")
        for _ in range(2):
            await pilot.press("e")
            assert "! reads it" in text_of(pilot)
            assert sample.settings.file.read_text() == before
        await pilot.press("e")
        await until(pilot, lambda: "from the next start" in text_of(pilot))
    assert sample.settings.file.read_text().startswith('theme = "milepost-light"')


LOCATOR = {"found": "one", "field": "list.rows", "page": "My Projects", "candidate": 1, "count": 1, "nearest": [],
           "note": "", "behind": ""}  # fmt: skip
EXAMINED = {
    "profile": "1f3a", "platform": "freelancer", "origin": "http://127.0.0.1:8700", "ok": False, "form_seen": True,
    "held": [], "broken": ["create.amount"], "words": ["On [/hold]"], "pictures": ["/kept/form.jpg"], "clock_off": 1.0,
    "override": '[hands.create]\namount = ["css=#sum"]\n', "page_loads": 4, "browser": "Chromium 140", "sandbox": True,
    "locators": [LOCATOR, {**LOCATOR, "found": "none", "field": "create.amount", "count": 0, "nearest": ["Sum [b]"]}],
}  # fmt: skip


async def test_the_doctors_result_is_read_its_override_copied_and_an_examination_started(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        app = pilot.app
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await pilot.press("7", "d")
        await until(pilot, lambda: "have not been examined yet" in text_of(pilot))
        await pilot.press("y")
        assert not copied
        monkeypatch.setattr("assistant.work.Work.start_doctor", lambda work: work.journal.runs.ask(
            RunKind.DOCTOR, sample.id, "anna", {}))  # fmt: skip
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        (run,) = sample.journal.runs.newest(1)
        assert run.kind is RunKind.DOCTOR
        sample.journal.runs.take(run.id, *own())
        await settled(pilot)
        sample.journal.runs.end(run.id, RunState.DONE, EXAMINED)
        await until(pilot, lambda: "2 locators · 1 broken" in text_of(pilot))
        assert "7, then d, says what it found" in text_of(pilot)
        await pilot.press("7", "d")
        await until(pilot, lambda: "create.amount finds nothing on My Projects; nearest: Sum [b]" in text_of(pilot))
        assert "the state 'On [/hold]' is mapped by no rule" in text_of(pilot)
        await pilot.press("y")
        assert copied == [EXAMINED["override"]]


async def test_the_doctor_of_an_account_that_is_not_open_is_named(sample: Sample) -> None:
    with sample.settings.file.open("a") as file:
        file.write('\n[accounts.ben]\nplatform = "freelancer"\nrole = "freelancer"\nlogin = "ben"\n')
    sample.settings = Settings.load(sample.settings.file).settings
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "ben" in text_of(pilot))
        await pilot.press("j", "d")
        assert "not the account that is open: Enter opens it" in text_of(pilot)
