"""A session carried from one machine to another: a file of its own, encrypted with a passphrase or a key file.

Whoever has the file and its secret is signed in as the account, so it is made for its owner alone (0600), never over
another file, and says which account it is for. What protects it is not the key of the data folder, which stays there.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from assistant.clock import stamp
from assistant.errors import ConfigError, UsageError

SHORTEST = 12
"""Characters that a passphrase must have."""

_MARK = "milepost session 1"


def write_session(path: Path, account_id: str, state: Mapping[str, Any], secret: SecretStr) -> None:
    """Write a session to a new file. Raises `UsageError` for a short secret, or a file that is there already."""
    _check_secret(secret)
    salt = os.urandom(16)
    body = json.dumps({"account": account_id, "exported_at": stamp(), "state": state}, separators=(",", ":"))
    text = json.dumps({
        "milepost": _MARK,
        "salt": base64.b64encode(salt).decode(),
        "session": _cipher(secret, salt).encrypt(body.encode()).decode(),
    })  # fmt: skip
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="name a new file") from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", hint="name a file in a folder of yours"
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")


def read_session(path: Path, account_id: str, secret: SecretStr) -> dict[str, Any]:
    """The storage state in such a file. Raises `UsageError` for another secret, another account or another file."""
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        salt, token = base64.b64decode(told["salt"], validate=True), told["session"].encode()
        if told["milepost"] != _MARK:
            raise ValueError("another version")
    except OSError as error:
        hint = "name the file that `milepost account export-session` wrote"
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=hint) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is no exported session", hint="`milepost account export-session` makes one") from None
    try:
        body = json.loads(_cipher(secret, salt).decrypt(token))
    except InvalidToken:
        hint = "give the secret that it was exported with, or export it again"
        raise UsageError(f"{path} does not open with this secret, or is damaged", hint=hint) from None
    if body["account"] != account_id:
        raise UsageError(
            f"the session is of {body['account']}, and the account here is {account_id}",
            hint="name the account that it belongs to, or correct its login and origin in the settings",
        )
    state: dict[str, Any] = body["state"]
    return state


def key_of(path: Path) -> SecretStr:
    """The secret in a key file that only its owner can read. Raises `ConfigError`."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"others can read the key file {path}", where=str(path), hint=f"chmod 600 {path}")
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        hint = "name a file that holds the secret as text, and that only you can read"
        raise ConfigError(f"the key file {path} cannot be read: {why}", where=str(path), hint=hint) from None


def _check_secret(secret: SecretStr) -> None:
    if len(secret.get_secret_value()) < SHORTEST:
        raise UsageError(f"the secret has fewer than {SHORTEST} characters", hint="several words make a good one")


def _cipher(secret: SecretStr, salt: bytes) -> Fernet:
    key = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret.get_secret_value().encode())
    return Fernet(base64.urlsafe_b64encode(key))
