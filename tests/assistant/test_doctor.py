"""The doctor's result in the journal, when it counts, and the checks of the machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.approval import AccountFacts
from assistant.doctor import FRESH_FOR, is_fresh, newest, require_fresh, why_not_fresh
from assistant.errors import ConfigError, LiveRefused
from assistant.journal import Journal, RunKind, RunState
from assistant.machine import Check, check_machine
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from assistant.site import Role

ANNA = "freelancer:anna@https://www.freelancer.com"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Times:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def journal(tmp_path: Path, times: Times) -> Journal:
    return Journal.open(tmp_path / "journal.sqlite3", times)


def examined(
    journal: Journal, state: RunState = RunState.DONE, account: str = ANNA, broken: tuple[str, ...] = ()
) -> int:
    run = journal.runs.ask(RunKind.DOCTOR, account, "anna", {})
    summary = {"profile": "abc", "ok": not broken, "broken": list(broken)}
    journal.runs.end(run, state, summary if state is RunState.DONE else None)
    return run


def test_a_result_counts_for_a_day_for_its_account_and_its_profile(journal: Journal, times: Times) -> None:
    assert "has not examined" in (why_not_fresh(journal, ANNA, "abc", START) or "")
    run = examined(journal)
    assert is_fresh(journal, ANNA, "abc", START)
    assert is_fresh(journal, ANNA, "abc", START + FRESH_FOR)
    assert "older than a day" in (why_not_fresh(journal, ANNA, "abc", START + FRESH_FOR + timedelta(seconds=1)) or "")
    assert "profile has changed" in (why_not_fresh(journal, ANNA, "other", START) or "")
    assert not is_fresh(journal, ANNA.replace("anna", "ben"), "abc", START)
    found = newest(journal, ANNA)
    assert found is not None
    assert found.id == run


def test_what_was_found_broken_last_counts_and_what_did_not_end_does_not(journal: Journal, times: Times) -> None:
    examined(journal)
    times.now += timedelta(minutes=1)
    examined(journal, RunState.FAILED)
    assert is_fresh(journal, ANNA, "abc", times.now)
    examined(journal, broken=("hands.create.open.find",))
    journal.runs.end(
        journal.runs.ask(RunKind.DOCTOR, ANNA, "anna", {}), RunState.DONE, {"profile": "abc", "ok": False, "broken": []}
    )
    assert "no project whose form" in (why_not_fresh(journal, ANNA, "abc", times.now) or "")
    examined(journal, broken=("hands.create.open.find",))
    assert "1 locator that" in (why_not_fresh(journal, ANNA, "abc", times.now) or "")


def test_only_a_live_account_needs_a_result(journal: Journal) -> None:
    live = AccountFacts("anna", ANNA, "anna", "freelancer", "https://www.freelancer.com", Role.CLIENT)
    require_fresh(journal, replace(live, origin="http://127.0.0.1:8700"), "abc", START)
    with pytest.raises(LiveRefused) as raised:
        require_fresh(journal, live, "abc", START)
    assert (raised.value.exit_code, raised.value.where) == (3, "anna")
    assert (raised.value.hint or "").startswith("milepost doctor anna ")
    examined(journal)
    require_fresh(journal, live, "abc", START)


def checks(settings: Settings, account: str | None = "anna") -> dict[str, Check]:
    one = settings.accounts[account] if account else None
    return {check.name: check for check in check_machine(settings, one)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[accounts.anna]\nplatform = "freelancer"\nrole = "client"\n'
        'login = "anna"\norigin = "http://127.0.0.1:1"\npassword = { literal = "milepost" }\n'
    )
    return Settings.load(file).settings


def test_a_machine_in_order_is_told_as_one(settings: Settings) -> None:
    found = checks(settings)
    assert [name for name, check in found.items() if not check.ok] == []
    assert set(found) > {"python", "disk", "journal", "clock", "keyring", "session key", "password", "session"}
    assert "milepost" not in found["password"].text  # never the secret
    assert "session" not in checks(settings, None)
    assert not list(settings.data_dir.glob(".doctor-*"))


def test_a_session_that_cannot_be_read_is_told_with_its_key(settings: Settings) -> None:
    store = SessionStore(settings)
    store.save(settings.account_id(settings.accounts["anna"]), {"cookies": []})
    assert checks(settings)["session"].text.startswith("kept")
    (settings.sessions_dir / "key").unlink()
    found = checks(settings)
    assert not found["session key"].ok
    assert not found["session"].ok
    with pytest.raises(ConfigError):
        store.check_key()


def test_a_damaged_journal_and_a_clock_that_went_back_are_told(settings: Settings) -> None:
    ahead = Journal.open(settings.journal_path, lambda: datetime.now(UTC) + timedelta(days=2))
    ahead.runs.ask(RunKind.PROJECTS, ANNA, "anna", {})
    ahead.close()
    clock = checks(settings)["clock"]
    assert not clock.ok
    assert "set the clock" in clock.hint
    settings.journal_path.write_bytes(b"this is no database at all, whatever its name says" * 50)
    for left in settings.data_dir.glob("journal.sqlite3-*"):
        left.unlink()
    found = checks(settings)
    assert not found["journal"].ok
    assert found["journal"].hint


def test_a_folder_without_room_or_rights_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.machine.LEAST_FREE", 1 << 62)
    assert "MB left" in checks(settings)["disk"].text
    monkeypatch.setattr("assistant.machine.tempfile.NamedTemporaryFile", _refuse)
    disk = checks(settings)["disk"]
    assert (disk.ok, "Permission denied" in disk.text) == (False, True)


def _refuse(**_options: object) -> object:
    raise PermissionError(13, "Permission denied", "/data")
