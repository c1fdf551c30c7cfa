"""`config`, `account`, `platforms` and `mock`: the commands about what is set and known."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import keyring
import pytest

from assistant.settings.text import example
from tests.assistant.test_secrets import MemoryKeyring
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


def test_an_account_is_added_beside_what_the_file_says_and_removed_again(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('# mine\ntheme = "milepost-dark"  # at night\n')
    at = ["--config", str(file)]
    assert called(["account", "add", "anna", "--role", "client", "--login", "a@b.example", *at]).code == 0
    words = ["account", "add", "ben", "--role", "freelancer", "--login", "ben", "--origin", "http://127.0.0.1:8700"]
    done = called([*words, "--password-env", "BEN_PASSWORD", *at, "--json"])
    assert done.events[0]["password"] == "env"
    assert file.read_text().startswith('# mine\ntheme = "milepost-dark"  # at night\n')
    assert [event["account"] for event in called(["account", "list", "--json", *at]).events] == ["anna", "ben"]
    assert called(["account", "remove", "anna", *at]).code == 0
    assert [event["account"] for event in called(["account", "list", "--json", *at]).events] == ["ben"]
    assert called(["account", "remove", "ben", *at]).code == 0
    assert file.read_text().strip() == '# mine\ntheme = "milepost-dark"  # at night'
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["anna"], "there is an account 'anna' already"),
        (["an na"], "'an na' is not a name for an account"),
        (["b", "--origin", "http://shop.example"], "is neither https nor a mock platform"),
        (["b", "--origin", "https://shop.example"], "is not an origin of Freelancer.com"),
        (["b", "--platform", "gurru"], "no platform named 'gurru'"),
        (["b", "--password-env", "X", "--password-command", "y"], "from one place, not from env and command"),
    ],
)
def test_an_account_that_does_not_fit_leaves_the_file_as_it_was(tmp_path, words, said) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[accounts.anna]\nplatform = "freelancer"\nrole = "client"\nlogin = "anna"\n')
    before = file.read_bytes()
    done = called(["account", "add", *words, "--role", "client", "--login", "l", "--config", str(file)])
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert file.read_bytes() == before


def test_the_first_account_makes_the_file_from_the_example(tmp_path) -> None:
    assert called(["account", "add", "anna", "--role", "client", "--login", "anna"]).code == 0
    file = tmp_path / "home" / "milepost" / "config.toml"
    assert file.read_text().startswith(example().splitlines()[0])
    assert [event["account"] for event in called(["account", "list", "--json"]).events] == ["anna"]


def test_a_settings_file_that_is_a_link_stays_one(tmp_path) -> None:
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "mine.toml").write_text("")
    (tmp_path / "link.toml").symlink_to(tmp_path / "dotfiles" / "mine.toml")
    words = ["account", "add", "anna", "--role", "client", "--login", "anna", "--config", str(tmp_path / "link.toml")]
    assert called(words).code == 0
    assert (tmp_path / "link.toml").is_symlink()
    assert "anna" in (tmp_path / "dotfiles" / "mine.toml").read_text()


def test_a_password_goes_from_the_keyboard_to_the_keyring_and_back_out(tmp_path, monkeypatch) -> None:
    kept = MemoryKeyring()
    before = keyring.get_keyring()
    keyring.set_keyring(kept)
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _prompt: "correct horse")
    at = ["--config", str(tmp_path / "mine.toml")]
    try:
        done = called(["account", "add", "anna", "--role", "client", "--login", "anna", "--keyring", *at])
        assert done.code == 0, done.err
        assert kept.kept == {("milepost", "freelancer:anna"): "correct horse"}
        assert "correct" not in done.out + done.err + (tmp_path / "mine.toml").read_text()
        assert called(["account", "remove", "anna", *at]).code == 0
        assert kept.kept == {}
    finally:
        keyring.set_keyring(before)


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
