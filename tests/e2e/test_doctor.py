"""`milepost doctor` as a person calls it: exit codes, what is told, and what is remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.accounts import use_account
from assistant.doctor import is_fresh
from assistant.journal import Journal
from assistant.profile_files import load_files
from assistant.settings.model import Settings
from tests.e2e.conftest import User

pytestmark = pytest.mark.browser


def fresh(user: User) -> bool:
    settings = Settings.load(
        Path(user.environment["MILEPOST_CONFIG"]), {"data_dir": str(user.folder / "data")}
    ).settings
    journal = Journal.open(settings.journal_path)
    account = use_account(settings, "anna").facts.id
    return is_fresh(journal, account, load_files("freelancer", settings.config_dir).digest, datetime.now(UTC))


def test_the_doctor_is_remembered_and_its_override_mends_what_it_found(user: User) -> None:
    assert user.milepost("doctor", "--last", "anna").code == 1
    said = user.milepost("doctor", "anna", "--json")
    assert said.code == 0, said.out + said.err
    assert all(event["ok"] for event in said.events if event["event"] == "check")
    assert said.event("summary")["broken"] == []
    assert fresh(user)

    user.mock.knobs(drift="create_button")
    said = user.milepost("doctor", "anna")
    assert said.code == 2
    assert "hands.create.open.find finds nothing" in said.out
    assert "button 'Add a payment step'" in said.out
    assert not fresh(user)
    again = user.milepost("doctor", "--last", "anna", "--json")
    assert (again.code, again.event("summary")["broken"]) == (2, ["hands.create.open.find"])
    assert user.mock.truth()["money_requests"] == []

    file = user.folder / "platforms" / "freelancer.toml"
    file.parent.mkdir()
    file.write_text(again.event("summary")["override"])
    assert user.milepost("profile", "check", "freelancer").code == 0
    assert user.milepost("doctor", "anna").code == 0
    assert fresh(user)
