"""Passwords: from every source, with errors in words and never with the secret in them, and kept out of children."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from pydantic import SecretStr

from assistant.errors import ConfigError
from assistant.secrets import (
    from_command,
    keyring_forget,
    keyring_get,
    keyring_set,
    resolve_password,
    scrubbed_environ,
)
from assistant.settings.model import Settings

SECRET = "correct horse"


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


@pytest.fixture
def memory_keyring():
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring():
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)

    def settings(password: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(
            '[accounts.anna]\nplatform = "freelancer"\nrole = "client"\nlogin = "anna"\n'
            f'origin = "http://127.0.0.1:8700"\n{password}\n'
        )
        return Settings.load(path).settings

    return settings


def command(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def toml(text: str) -> str:
    return "'" + text + "'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def password(settings: Settings, environ=None) -> str | None:
    found = resolve_password(settings, settings.account(), environ)
    return found.get_secret_value() if found else None


def test_an_account_without_a_password_is_logged_in_by_hand(settings) -> None:
    assert password(settings("")) is None


def test_a_password_comes_from_a_variable(settings) -> None:
    mine = settings('password = { env = "ANNA_PASSWORD" }')
    assert password(mine, {"ANNA_PASSWORD": SECRET}) == SECRET
    with pytest.raises(ConfigError, match="ANNA_PASSWORD is not set"):
        password(mine, {})
    with pytest.raises(ConfigError, match="ANNA_PASSWORD is empty"):
        password(mine, {"ANNA_PASSWORD": ""})


def test_a_password_comes_from_the_first_line_of_a_command(settings) -> None:
    prints = command(f"print({SECRET!r}); print('user: anna')")
    assert password(settings(f"password = {{ command = {toml(prints)} }}")) == SECRET


def test_a_command_is_not_given_to_a_shell(tmp_path: Path) -> None:
    prints = command("import sys; print(sys.argv[1:])")
    found = from_command(f"{prints} $HOME ';' touch {tmp_path / 'made'}", "x", {})
    assert found.get_secret_value() == str(["$HOME", ";", "touch", str(tmp_path / "made")])
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such-program-anywhere", "the command cannot be run: No such file or directory"),
        ("'half", "the command cannot be split into words: No closing quotation"),
        (command("raise SystemExit('gpg: locked')"), "the command ended with 1, saying 'gpg: locked'"),
        (command("pass"), "the command printed nothing on its first line"),
        (command("print(); print('x')"), "the command printed nothing on its first line"),
    ],
)
def test_a_command_that_gives_nothing_says_why(words, said) -> None:
    with pytest.raises(ConfigError) as caught:
        from_command(words, "accounts.anna.password", dict(os.environ))
    assert (caught.value.message, caught.value.where) == (said, "accounts.anna.password")
    assert caught.value.hint


def test_a_command_sees_no_other_password(settings) -> None:
    prints = command("import os; print(sorted(k for k in os.environ if k.endswith('_PASSWORD')))")
    mine = settings(
        f"password = {{ command = {toml(prints)} }}\n"
        '[accounts.ben]\nplatform = "freelancer"\nrole = "freelancer"\nlogin = "ben"\n'
        'password = { env = "BEN_PASSWORD" }'
    )
    environ = dict(os.environ) | {"BEN_PASSWORD": SECRET, "OTHER_PASSWORD": "kept"}
    found = resolve_password(mine, mine.account("anna"), environ)
    assert found is not None
    assert found.get_secret_value() == "['OTHER_PASSWORD']"


def test_children_are_given_an_environment_without_passwords(settings) -> None:
    mine = settings('password = { env = "ANNA_PASSWORD" }')
    environ = {"ANNA_PASSWORD": SECRET, "MILEPOST_ACCOUNTS__ANNA__PASSWORD__LITERAL": SECRET, "PATH": "/bin"}
    assert scrubbed_environ(mine, environ) == {"PATH": "/bin"}
    assert SECRET in environ.values(), "the environment itself is not touched"


def test_a_password_comes_from_the_keyring(settings, memory_keyring) -> None:
    mine = settings("password = { keyring = true }")
    name = "freelancer:anna@http://127.0.0.1:8700"
    with pytest.raises(ConfigError, match=f"the keyring has no password for {name}"):
        password(mine)
    keyring_set(name, SecretStr(SECRET), "x")
    assert password(mine) == SECRET
    keyring_forget(name, "x")
    keyring_forget(name, "x")
    assert keyring_get(name, "x") is None


def test_a_machine_without_a_keyring_says_what_to_use_instead(settings, no_keyring) -> None:
    for call in (
        lambda: password(settings("password = { keyring = true }")),
        lambda: keyring_set("x", SecretStr(SECRET), "x"),
        lambda: keyring_forget("x", "x"),
    ):
        with pytest.raises(ConfigError, match="no keyring can be used here") as caught:
            call()
        assert "timers" in (caught.value.hint or "")


def test_no_error_carries_the_secret(settings) -> None:
    mine = settings(f"password = {{ literal = {toml(SECRET)} }}")
    assert password(mine) == SECRET
    assert SECRET not in repr(mine) + str(resolve_password(mine, mine.account()))
