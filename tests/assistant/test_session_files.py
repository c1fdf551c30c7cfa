"""Sessions in files of their own: only for their owner, only with the secret, only for the account they are of."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.errors import ConfigError, UsageError
from assistant.session_files import key_of, read_session, write_session

ANNA = "freelancer:anna@https://www.freelancer.com"
STATE = {"cookies": [{"name": "GETAFREE_AUTH_HASH_V2", "value": "a-secret-value"}], "origins": []}
SECRET = SecretStr("three plain words")


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    file = tmp_path / "anna.session"
    write_session(file, ANNA, STATE, SECRET)
    return file


def test_it_comes_back_as_it_was_and_nobody_else_can_read_it(exported: Path) -> None:
    assert read_session(exported, ANNA, SECRET) == STATE
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    assert "a-secret-value" not in exported.read_text()
    assert "anna" not in exported.read_text()


def test_another_secret_or_account_does_not_open_it(exported: Path) -> None:
    with pytest.raises(UsageError, match="does not open"):
        read_session(exported, ANNA, SecretStr("three other words"))
    with pytest.raises(UsageError, match="freelancer:ben"):
        read_session(exported, "freelancer:ben@https://www.freelancer.com", SECRET)


def test_nothing_is_written_over_and_no_link_is_followed(exported: Path, tmp_path: Path) -> None:
    before = exported.read_bytes()
    with pytest.raises(UsageError, match="there already"):
        write_session(exported, ANNA, {}, SECRET)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        write_session(link, ANNA, {}, SECRET)
    assert (exported.read_bytes(), (tmp_path / "elsewhere").exists()) == (before, False)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fewer than"):
        write_session(tmp_path / "new", ANNA, STATE, SecretStr("short"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"salt": "!", "session": 1, "milepost": 2}', "\x00\x01", "ö"])
def test_any_other_file_is_told_as_one(tmp_path: Path, text: str) -> None:
    file = tmp_path / "some"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no exported session"):
        read_session(file, ANNA, SECRET)
    with pytest.raises(UsageError, match="cannot be read"):
        read_session(tmp_path / "none", ANNA, SECRET)


def test_a_damaged_file_does_not_open(exported: Path) -> None:
    told = json.loads(exported.read_text())
    told["session"] = told["session"][:-8] + "AAAAAAA="
    exported.write_text(json.dumps(told))
    with pytest.raises(UsageError, match="damaged"):
        read_session(exported, ANNA, SECRET)


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("a key of many characters\n")
    key.chmod(0o640)
    with pytest.raises(ConfigError, match="others can read"):
        key_of(key)
    key.chmod(0o600)
    assert key_of(key).get_secret_value() == "a key of many characters"
