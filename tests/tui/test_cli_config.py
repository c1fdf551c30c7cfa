"""`config`, `account`, `platforms` and `mock`: the commands about what is set and known."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from assistant.settings_text import example
from tests.tui.calling import called

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def test_init_writes_the_example_once_and_for_its_owner_alone(tmp_path) -> None:
    done = called(["config", "init", "--json"])
    assert done.code == 0
    path = Path(done.events[0]["file"])
    assert path == tmp_path / "home" / "milepost" / "config.toml"
    assert path.read_text() == example()
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("# mine\n")
    again = called(["config", "init"])
    assert (again.code, again.out) == (1, "")
    assert "it was left as it is" in again.err
    assert path.read_text() == "# mine\n"


def test_init_goes_where_config_says_and_says_what_is_in_the_way(tmp_path) -> None:
    there = tmp_path / "new" / "mine.toml"
    assert called(["config", "init", "--config", str(there)]).code == 0
    assert there.is_file()
    (tmp_path / "file").write_text("")
    done = called(["config", "init", "--config", str(tmp_path / "file" / "mine.toml")])
    assert done.code == 1
    assert "cannot be written" in done.err


def test_show_tells_value_and_source_of_every_setting(tmp_path, monkeypatch) -> None:
    assert "not there; `milepost config init` writes it" in called(["config", "show"]).out
    file = tmp_path / "mine.toml"
    file.write_text(
        '[accounts.anna]\nplatform = "freelancer"\nrole = "client"\nlogin = "anna"\n'
        'origin = "http://127.0.0.1:8700"\npassword = { literal = "geheim" }\n'
    )
    monkeypatch.setenv("MILEPOST_THEME", "dark")
    text = called(["config", "show", "--config", str(file), "--ascii"]).out
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:]}
    assert rows["theme"] == ['"dark"', "environment", "MILEPOST_THEME"]
    assert rows["ascii"] == ["true", "command", "line"]
    assert rows["accounts.anna.login"] == ['"anna"', f"{file}:4"]
    assert rows["accounts.anna.password.literal"][0] == '"********"'
    assert rows["approval.minutes"] == ["60", "default"]
    assert "geheim" not in text


def test_every_problem_of_the_settings_is_a_line_or_an_event(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('teme = "x"\n[caps.USD]\nrun = "1"\nrnu = "1"\n')
    text = called(["config", "show", "--config", str(file)])
    assert text.code == 1
    assert text.err.splitlines()[:2] == [
        f"error: {file}:1: teme: is no setting (did you mean theme?)",
        f"error: {file}:4: caps.USD.rnu: is no setting (did you mean run?)",
    ]
    events = called(["config", "show", "--config", str(file), "--json"]).events
    assert [(event["event"], event["code"], event["where"]) for event in events] == [
        ("error", "config", f"{file}:1"),
        ("error", "config", f"{file}:4"),
    ]


def test_accounts_are_listed_without_their_secrets(tmp_path) -> None:
    assert "no accounts in" in called(["account", "list"]).out
    file = tmp_path / "mine.toml"
    file.write_text(called(["mock", "config", "--port", "8711"]).out)
    done = called(["account", "list", "--config", str(file), "--json"])
    assert done.events == [
        {
            "event": "account",
            "account": name,
            "role": role,
            "login": name,
            "platform": "freelancer",
            "origin": "http://127.0.0.1:8711",
            "password": "literal",
            "session": "none",
        }
        for name, role in (("anna", "client"), ("ben", "freelancer"))
    ]
    text = called(["account", "list", "--config", str(file)]).out
    assert "anna" in text
    assert "milepost\n" not in text


def test_platforms_are_told_with_how_well_they_are_known(tmp_path) -> None:
    events = called(["platforms", "--json"]).events
    freelancer = next(event for event in events if event["platform"] == "freelancer")
    assert freelancer["verified"] is False
    assert "https://www.freelancer.com" in freelancer["origins"]
    assert (freelancer["creators"], freelancer["requesters"]) == (["client"], ["freelancer"])
    assert "not verified" in called(["platforms"]).out


def test_the_mock_s_settings_are_pure_toml_that_loads(tmp_path) -> None:
    file = tmp_path / "mock.toml"
    for words in ([], ["--all"]):
        file.write_text(called(["mock", "config", "--port", "8822", *words]).out)
        events = called(["account", "list", "--config", str(file), "--json"]).events
        assert {"anna", "ben"} <= {event["account"] for event in events}
        assert (len(events) == 2) == (not words)


def test_the_mock_platform_is_served_until_it_is_told_to_end() -> None:
    words = [sys.executable, "-m", "tui.cli", "mock", "serve", "--port", "0", "--seed", "empty", "--json"]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["pid"] == process.pid
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{ready['origin']}/__mock__/truth", timeout=10) as answer:
            assert json.load(answer)["projects"] == []
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_the_mock_platform_says_what_is_wrong_with_its_words() -> None:
    words = [sys.executable, "-m", "tui.cli", "mock", "serve", "--knob", "no-such-knob=1", "--port", "0"]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 1
    assert "no-such-knob" in done.stderr
