"""Signed-in sessions at rest: the browser's storage state per account, encrypted, readable by its owner alone.

One file an account, mode 0600 in a folder of 0700, written beside and renamed, always whole: a session is replaced,
never merged. The key is the system keyring's, a command's, or a file's in the same folder. The token names the account
it belongs to, so a file that was moved is not taken for another account's session.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from assistant.clock import stamp
from assistant.errors import ConfigError
from assistant.private_files import private_folder, write_private
from assistant.secrets import from_command, keyring_get, keyring_set, scrubbed_environ
from assistant.settings.model import Settings

KEY_NAME = "session key"
KEY_FILE = "key"
SHORTEST_KEY = 16
WHERE = "sessions.key"


class SessionStore:
    """The sessions of all accounts. `warning` says after a `load` why a session that exists could not be read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.sessions_dir
        self.warning: str | None = None

    def load(self, account_id: str) -> dict[str, Any] | None:
        """The account's storage state; None if there is none, or none that can be read (then see `warning`)."""
        self.warning = None
        path = self.path(account_id)
        try:
            token = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.warning = _unreadable(path, f"cannot be read: {error.strerror}")
            return None
        try:
            body = json.loads(self._cipher(make=False).decrypt(token))
        except InvalidToken:
            self.warning = _unreadable(path, "was encrypted with another key, or is damaged")
            return None
        except ConfigError as error:
            self.warning = _unreadable(path, f"cannot be decrypted: {error.message}")
            return None
        if body.get("account") != account_id:
            self.warning = _unreadable(path, "belongs to another account")
            return None
        state: dict[str, Any] = body["state"]
        return state

    def save(self, account_id: str, state: Mapping[str, Any]) -> None:
        """Keep a storage state in place of the one before. Raises `ConfigError` when the key cannot be had."""
        body = {"account": account_id, "saved_at": stamp(), "state": state}
        private_folder(self._folder)
        self._folder.chmod(0o700)
        token = self._cipher(make=True).encrypt(json.dumps(body, separators=(",", ":")).encode())
        write_private(self.path(account_id), token)

    def check_key(self) -> None:
        """Make sure that the key can be had. Raises `ConfigError`."""
        self._cipher(make=False)

    def forget(self, account_id: str) -> bool:
        """Delete the account's session; False if there was none."""
        try:
            self.path(account_id).unlink()
        except FileNotFoundError:
            return False
        return True

    def path(self, account_id: str) -> Path:
        """The account's file: something to recognise it by, and a hash that no other account has."""
        readable = re.sub(r"[^A-Za-z0-9]+", "-", account_id)[:60].strip("-")
        return self._folder / f"{readable}-{hashlib.sha256(account_id.encode()).hexdigest()[:12]}.session"

    def _cipher(self, *, make: bool) -> Fernet:
        """The cipher of this data folder; `make` makes a key where none is yet. Raises `ConfigError`."""
        key = self._settings.sessions.key
        if key.command is not None:
            secret = from_command(key.command, WHERE, scrubbed_environ(self._settings))
        elif key.keyring:
            secret = keyring_get(KEY_NAME, WHERE) or self._new_keyring_key(make=make)
        else:
            secret = self._file_key(make=make)
        return Fernet(_fernet_key(secret))

    def _new_keyring_key(self, *, make: bool) -> SecretStr:
        if not make:
            raise ConfigError("the keyring has no session key", where=WHERE, hint="log in again")
        secret = SecretStr(Fernet.generate_key().decode())
        keyring_set(KEY_NAME, secret, WHERE)
        return secret

    def _file_key(self, *, make: bool) -> SecretStr:
        path = self._folder / KEY_FILE
        try:
            if path.stat().st_mode & 0o077:
                raise ConfigError("others can read the session key", where=str(path), hint=f"chmod 600 {path}")
            return SecretStr(path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            if not make:
                raise ConfigError("there is no session key", where=str(path), hint="log in again") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"the session key cannot be read: {error}", where=str(path), hint="log in again"
            ) from None
        return _make_key_file(path)


def _unreadable(path: Path, why: str) -> str:
    return f"the kept session {path} {why}; a new login is needed"


def _make_key_file(path: Path) -> SecretStr:
    """A new key, or the one that another process wrote at the same time: whoever links first wins."""
    fresh = path.with_name(f".{KEY_FILE}-{secrets.token_hex(8)}")
    write_private(fresh, Fernet.generate_key())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return SecretStr(path.read_text(encoding="ascii").strip())


def _fernet_key(secret: SecretStr) -> bytes:
    """A Fernet key as it is; any other text of 16 characters or more, stretched into one."""
    text = secret.get_secret_value()
    try:
        if len(base64.urlsafe_b64decode(text.encode())) == 32:
            return text.encode()
    except ValueError:
        pass
    if len(text) < SHORTEST_KEY:
        raise ConfigError(
            f"the session key has fewer than {SHORTEST_KEY} characters", where=WHERE, hint="use a longer one"
        )
    stretched = Scrypt(salt=b"milepost sessions", length=32, n=2**14, r=8, p=1).derive(text.encode())
    return base64.urlsafe_b64encode(stretched)
