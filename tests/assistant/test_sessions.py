"""Sessions at rest: encrypted, private, whole, bound to their account; and what cannot be read is a warning."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest

from assistant.errors import ConfigError
from assistant.private_files import write_private
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from tests.assistant.test_secrets import MemoryKeyring

ANNA = "freelancer:anna@http://127.0.0.1:8700"
BEN = "freelancer:ben@http://127.0.0.1:8700"
STATE = {"cookies": [{"name": "session", "value": "tasty-cookie"}], "origins": []}


@pytest.fixture
def store(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)

    def store(key: dict[str, object] | None = None) -> SessionStore:
        sessions = {"key": key} if key else None
        return SessionStore(Settings.load(None, {"data_dir": str(tmp_path / "data"), "sessions": sessions}).settings)

    return store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_session_comes_back_as_it_was(store) -> None:
    assert store().load(ANNA) is None
    store().save(ANNA, STATE)
    assert store().load(ANNA) == STATE
    assert store().load(BEN) is None


def test_what_is_on_disk_is_private_and_unreadable(store) -> None:
    before = os.umask(0)
    try:
        store().save(ANNA, STATE)
    finally:
        os.umask(before)
    path = store().path(ANNA)
    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}
    assert b"tasty" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_session_is_replaced_and_never_merged(store) -> None:
    store().save(ANNA, STATE)
    store().save(ANNA, {"cookies": []})
    assert store().load(ANNA) == {"cookies": []}
    assert not [file for file in store().path(ANNA).parent.iterdir() if file.name.startswith(".")]


def test_a_session_is_forgotten(store) -> None:
    store().save(ANNA, STATE)
    assert store().forget(ANNA) is True
    assert store().forget(ANNA) is False
    assert store().load(ANNA) is None


def test_accounts_that_read_alike_have_files_of_their_own(store) -> None:
    assert store().path("freelancer:a.b@https://x.example") != store().path("freelancer:a-b@https://x.example")
    assert store().path("../../x").parent == store().path(ANNA).parent


@pytest.mark.parametrize("damage", ["other key", "cut", "no key", "moved", "open key"])
def test_what_cannot_be_read_is_none_and_a_warning(store, damage) -> None:
    store().save(ANNA, STATE)
    path = store().path(ANNA)
    key = path.parent / "key"
    if damage == "other key":
        key.unlink()
        store().save(BEN, STATE)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    elif damage == "no key":
        key.unlink()
    elif damage == "moved":
        path.rename(store().path(BEN))
    else:
        key.chmod(0o644)
    fresh = store()
    assert fresh.load(BEN if damage == "moved" else ANNA) is None
    assert fresh.warning is not None
    assert "a new login is needed" in fresh.warning
    assert fresh.load("freelancer:carl@http://127.0.0.1:8700") is None
    assert fresh.warning is None


def test_the_key_may_be_any_text_of_a_command(store) -> None:
    prints = {"command": shlex.join([sys.executable, "-c", "print('sixteen letters or more')"])}
    store(prints).save(ANNA, STATE)
    assert store(prints).load(ANNA) == STATE
    assert not (store(prints).path(ANNA).parent / "key").exists()
    other = store({"command": shlex.join([sys.executable, "-c", "print('another text, just as long')"])})
    assert other.load(ANNA) is None
    assert "another key" in (other.warning or "")
    with pytest.raises(ConfigError, match="fewer than 16"):
        store({"command": shlex.join([sys.executable, "-c", "print('short')"])}).save(ANNA, STATE)


def test_the_key_may_be_in_the_keyring(store) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    try:
        store({"keyring": True}).save(ANNA, STATE)
        assert store({"keyring": True}).load(ANNA) == STATE
        keyring.set_keyring(MemoryKeyring())
        lost = store({"keyring": True})
        assert lost.load(ANNA) is None
        assert "no session key" in (lost.warning or "")
    finally:
        keyring.set_keyring(before)


def test_two_first_saves_at_once_agree_on_one_key(store) -> None:
    accounts = [f"freelancer:user{number}@http://127.0.0.1:8700" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda account: store().save(account, STATE), accounts))
    assert [store().load(account) for account in accounts] == [STATE] * 8


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch) -> None:
    path = tmp_path / "room" / "file"
    write_private(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["file"]
