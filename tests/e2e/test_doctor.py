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


def test_a_step_that_stops_is_kept_as_it_was_seen_with_the_command_that_helps(user: User) -> None:
    user.mock.knobs(drift="submit_button")
    plan = user.plan('[[project]]\nref = "38112233"\ntotal = "100.00 USD"\nsplit = "1 x 100%"\n')
    said = user.milepost("apply", plan, "--approve", "100.00 USD", "--json")
    assert said.code == 3, said.out + said.err
    assert said.event("attempt")["outcome"] == "refused"
    assert "milepost doctor anna" in said.event("attempt")["reason"]
    journal = Journal.open(user.folder / "data" / "journal.sqlite3")
    kept = journal.attempts.evidence_of(said.event("attempt")["attempt"])
    assert [row["moment"] for row in kept] == ["stopped"]
    picture = Path(kept[0]["path"])
    assert picture.stat().st_size > 0
    assert "Go on to payment" in next(picture.parent.glob("stopped-*.txt")).read_text()
    assert user.mock.truth()["money_requests"] == []


def test_a_later_locator_is_told_once_a_run_and_reads_the_same(user: User) -> None:
    user.mock.knobs(drift="id_column")
    said = user.milepost("projects", "--account", "anna", "--json")
    assert said.code == 0, said.out + said.err
    notes = [event["text"] for event in said.events if event["event"] == "note" and "candidate" in event["text"]]
    assert notes == ["found only by a later candidate of the profile: projects.ref"]
    listed = {event["ref"] for event in said.events if event["event"] == "project"}
    assert listed == {row["ref"] for row in user.mock.truth()["projects"] if row["client"] == "anna"}
