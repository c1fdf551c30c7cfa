"""Passwords and keys: fetched from where the settings say, at the moment they are needed, and kept out of children.

A secret is a `SecretStr` from the first moment: it is never logged, never in a traceback's text, never in the journal.
Whatever can go wrong is a `ConfigError` that names the source and what to do, never the secret.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import SecretStr

from assistant.errors import ConfigError

if TYPE_CHECKING:
    from assistant.settings.model import Account, ChannelUrl, Settings

SERVICE = "milepost"
"""The name under which Milepost's secrets stand in the system's keyring."""

_OWN_PASSWORD = re.compile("MILEPOST_.*__PASSWORD", re.IGNORECASE)

COMMAND_SECONDS = 60
"""How long a password command may take; it may have to ask a person for a passphrase."""


def resolve_password(
    settings: Settings, account: Account, environ: Mapping[str, str] | None = None
) -> SecretStr | None:
    """The account's password from where the settings say; None where a person logs in by hand.

    Raises `ConfigError` when the source does not give one.
    """
    source, environ = account.password, os.environ if environ is None else environ
    if source is None:
        return None
    where = f"accounts.{account.name}.password"
    if source.literal is not None:
        return source.literal
    if source.env is not None:
        return _from_environment(source.env, environ, where)
    if source.command is not None:
        return from_command(source.command, where, scrubbed_environ(settings, environ))
    found = keyring_get(account.keyring_name, where)
    if found is None:
        raise ConfigError(
            f"the keyring has no password for {account.keyring_name}",
            where=where,
            hint=f"store it with `milepost account add {account.name}`, or log in by hand with `milepost login`",
        )
    return found


def resolve_secret(
    settings: Settings, source: ChannelUrl, where: str, environ: Mapping[str, str] | None = None
) -> SecretStr:
    """A channel's address from where the settings say. Raises `ConfigError` when the source does not give one."""
    environ = os.environ if environ is None else environ
    if source.literal is not None:
        return source.literal
    if source.env is not None:
        return _from_environment(source.env, environ, where)
    if source.command is not None:
        return from_command(source.command, where, scrubbed_environ(settings, environ))
    found = keyring_get(source.keyring or "", where)
    if found is None:
        raise ConfigError(f"the keyring has nothing under {source.keyring}", where=where, hint="store it there first")
    return found


def scrubbed_environ(settings: Settings, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """A copy of the environment without any password: for every child process that is not a runner."""
    environ = os.environ if environ is None else environ
    secret = secret_variables(settings, environ)
    return {name: value for name, value in environ.items() if name not in secret}


def secret_variables(settings: Settings, environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """The variables that hold a secret: those that accounts and channels name, and settings that are one themselves."""
    passwords = (account.password for account in settings.accounts.values())
    named = {password.env for password in passwords if password and password.env}
    named |= {channel.url.env for channel in settings.channels.values() if channel.url.env}
    return frozenset(named | {name for name in environ or os.environ if _OWN_PASSWORD.match(name)})


def _from_environment(name: str, environ: Mapping[str, str], where: str) -> SecretStr:
    value = environ.get(name, "")
    if not value:
        state = "empty" if name in environ else "not set"
        raise ConfigError(
            f"the variable {name} is {state}",
            where=where,
            hint=f"set {name} before the command, or use a keyring or a command instead",
        )
    return SecretStr(value)


def from_command(command: str, where: str, environ: Mapping[str, str]) -> SecretStr:
    """The first line that a command prints, run without a shell. Raises `ConfigError`."""
    try:
        words = shlex.split(command)
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=dict(environ),
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except ValueError as error:
        raise _command_failed(where, f"cannot be split into words: {error}", "close every quote") from None
    except OSError as error:
        hint = "it is run without a shell: give the program's name and its words, no pipes"
        raise _command_failed(where, f"cannot be run: {error.strerror or error}", hint) from None
    except subprocess.TimeoutExpired:
        hint = "run it by hand once: it may be waiting for a passphrase"
        raise _command_failed(where, f"took more than {COMMAND_SECONDS} seconds", hint) from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        told = f", saying {said[-1][:200]!r}" if said else ""
        raise _command_failed(where, f"ended with {done.returncode}{told}", "run it by hand to see what it needs")
    lines = done.stdout.decode(errors="replace").splitlines()
    if not lines or not lines[0]:
        raise _command_failed(where, "printed nothing on its first line", "run it by hand to see what it needs")
    return SecretStr(lines[0])


def _command_failed(where: str, what: str, hint: str) -> ConfigError:
    return ConfigError(f"the command {what}", where=where, hint=hint)


def keyring_get(name: str, where: str) -> SecretStr | None:
    """A secret from the system's keyring, None if it has none under `name`. Raises `ConfigError` without a keyring."""
    import keyring  # slow to load, and only some need it
    from keyring.errors import KeyringError

    try:
        value = keyring.get_password(SERVICE, name)
    except (KeyringError, RuntimeError) as error:
        raise _no_keyring(where, error) from None
    return SecretStr(value) if value else None


def keyring_set(name: str, secret: SecretStr, where: str) -> None:
    """Store a secret in the system's keyring. Raises `ConfigError` without one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, secret.get_secret_value())
    except (KeyringError, RuntimeError) as error:
        raise _no_keyring(where, error) from None


def keyring_forget(name: str, where: str) -> None:
    """Take a secret out of the system's keyring, if it is there. Raises `ConfigError` without a keyring."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        return
    except (KeyringError, RuntimeError) as error:
        raise _no_keyring(where, error) from None


def _no_keyring(where: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"no keyring can be used here: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
        where=where,
        hint="timers, cron and ssh have none; use a command or a variable or, for the session key, { file = true }",
    )
