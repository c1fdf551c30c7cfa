"""`milepost remind`: a text for each client to paste, from the journal alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.calling import called
from tui.sample import Sample, local_time_is_utc


@pytest.fixture
def plan(tmp_path, monkeypatch) -> str:
    """A freelancer's plan; the journal saw one request of it at the sample's moment."""
    with local_time_is_utc():
        sample = Sample(tmp_path, role="freelancer")
        sample.looked()
        sample.journal.close()
        monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "config.toml"))
        monkeypatch.setattr("tui.commands.remind.utc_now", lambda: sample.clock.at.replace(day=11))
        yield str(sample.plan_file)


def test_a_text_for_each_client_and_nothing_else_on_stdout(plan) -> None:
    done = called(["remind", plan])
    assert done.code == 0
    assert done.out.startswith("Hello Ines Vogt,\n\nthis milestone payment is requested and not funded yet:\n")
    assert "- The logo agreed and drawn: 300.00 EUR, " in done.out
    assert done.out.endswith("Thank you!\n\n")
    assert "--- for Ines Vogt: 1 milestone, 300.00 EUR, waiting since 2026-12-01; looked at 10 days ago" in done.err
    assert f"look again first, with milepost preview {plan}" in done.err


def test_programs_get_one_object_a_client(plan) -> None:
    (event,) = called(["remind", plan, "--json", "--days", "2"]).events
    assert (event["event"], event["account"], event["counterparty"]) == ("reminder", "anna", "Ines Vogt")
    assert event["amounts"] == {"EUR": "300.00"}
    assert event["text"].startswith("Hello Ines Vogt,")


def test_who_does_not_wait_long_enough_is_not_reminded(plan) -> None:
    done = called(["remind", plan, "--days", "30"])
    assert done.out == "no request of anna has waited for 30 days or longer; there is nobody to remind\n"
    assert called(["remind", plan, "--days", "30", "--json"]).events == []


def test_a_client_has_nobody_to_remind_and_a_plan_is_needed(plan, tmp_path) -> None:
    assert "no plan is named" in called(["remind"]).err
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace('"freelancer"\nlogin', '"client"\nlogin'))
    assert Path(plan).is_file()
    done = called(["remind", plan])
    assert (done.code, done.out) == (0, "")
    assert "anna is a client" in done.err
