"""`milepost profile` and `milepost platforms`, as a person calls them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tui.calling import Called, called

ROOT = Path(__file__).resolve().parents[2]


def profile(folder: Path, *words: str) -> Called:
    config = folder / "config.toml"
    config.touch()
    return called(["profile", *words, "--config", str(config)])


def test_the_reference_and_the_schema_are_current() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate.py"), "--check", "profiles", "schema"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_profile_that_ships_is_in_order(tmp_path: Path) -> None:
    told = {event["platform"]: event for event in profile(tmp_path, "check", "--json").events}
    assert {"freelancer", "guru", "mock-agreements"} <= set(told)
    assert all(event["problems"] == [] for event in told.values())
    assert any("draft" in note for note in told["guru"]["notes"])


@pytest.mark.parametrize(
    "words",
    [
        ("other", "--title", 'The "Other" Site', "--origin", "https://other.example"),
        ("other", "--like", "freelancer", "--origin", "https://other.example"),
        ("freelancer",),
    ],
)
def test_a_new_profile_is_in_order_and_never_written_twice(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert profile(tmp_path, "new", *words).code == 0
    text = (tmp_path / "platforms" / f"{words[0]}.toml").read_text()
    schema = Path(text.splitlines()[0].removeprefix("#:schema "))
    assert schema.is_file()
    done = profile(tmp_path, "check", words[0], "--json")
    assert (done.code, done.events[0]["problems"]) == (0, []), done.out
    assert done.events[0]["draft"] is (words[0] == "other")
    if "--title" in words:
        assert tomllib.loads(text)["title"] == 'The "Other" Site'
    again = profile(tmp_path, "new", *words)
    assert (again.code, (tmp_path / "platforms" / f"{words[0]}.toml").read_text()) == (1, text)


def test_all_problems_come_at_once_with_file_line_and_mend(tmp_path: Path) -> None:
    file = tmp_path / "freelancer.toml"
    file.write_text('[hands.cart.pay]\nfind = ["button"]\nname = ".*"\n')
    done = profile(tmp_path, "check", str(file), "--json")
    assert done.code == 1
    assert [problem["where"] for problem in done.events[0]["problems"]] == [
        f"{file}:2: hands.cart.pay.find.0",
        f"{file}:3: hands.cart.pay.name",
    ]
    file.write_text('[rules.switches]\nfunding = "pot"\nneeds_acceptance = true\n')
    done = profile(tmp_path, "check", str(file))
    assert done.code == 1
    assert f"{file}:2: rules.switches.funding" in done.out
    assert "did you mean 'needs_accept'?" in done.out


@pytest.mark.parametrize("words", [("check", "frelancer"), ("new", "../evil"), ("check", "gone.toml")])
def test_what_cannot_be_done_is_said_in_words(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = profile(tmp_path, *words)
    assert done.code == 1
    assert "error: " in done.err
    assert not (tmp_path / "platforms").exists()


def test_platforms_say_what_is_a_draft_and_what_the_terms_say() -> None:
    told = {event["platform"]: event for event in called(["platforms", "--json"]).events}
    assert (told["guru"]["draft"], told["guru"]["verified"]) == (True, False)
    assert told["freelancer"]["terms"]["automation"] == "unknown"
    assert told["freelancer"]["switches"]["funding"] == "per_milestone"
    shown = called(["platforms"]).out
    assert "draft, not verified" in shown
    assert told["mock-agreements"]["mock_only"]
    assert not told["freelancer"]["mock_only"]
    assert "mock only" in shown
    assert "not read by anybody" in shown
