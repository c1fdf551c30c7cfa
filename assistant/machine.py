"""Is everything in place on this machine? The doctor's checks that need no browser.

Each check looks and says; none changes anything but a file of its own that it writes and deletes to see whether it can.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from assistant.clock import now, stamp
from assistant.errors import MilepostError
from assistant.journal import Journal
from assistant.secrets import keyring_get, resolve_password
from assistant.sessions import KEY_NAME, SessionStore
from assistant.settings.model import Account, Settings

LEAST_PYTHON = (3, 11)
LEAST_FREE = 200 * 1024 * 1024
"""Bytes that pictures, journal and a browser's profile want."""
SESSION_WHERE = "sessions.key"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it is in order, what was seen, and what to do if it is not."""

    name: str
    ok: bool
    text: str
    hint: str = ""

    def as_event(self) -> dict[str, object]:
        """The object that `--json` prints."""
        return {"event": "check", "name": self.name, "ok": self.ok, "text": self.text, "hint": self.hint or None}


def check_machine(settings: Settings, account: Account | None) -> Iterator[Check]:
    """Every check of the machine; those of an account only where one is given."""
    yield _python()
    yield Check(
        "settings", True, str(settings.file) if settings.file.exists() else "no file; all settings are defaults"
    )
    yield from (_in_words(name, look, settings) for name, look in _CHECKS)
    if account is not None:
        yield from (_in_words(name, partial(look, account=account), settings) for name, look in _OF_ACCOUNT)


def _in_words(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    """A check's own words, or what it met instead."""
    try:
        return Check(name, True, look(settings))
    except MilepostError as error:
        return Check(name, False, error.message, error.hint or "")
    except OSError as error:
        return Check(name, False, f"{error.filename or name}: {error.strerror or error}", "see to the folder's rights")


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    least = ".".join(map(str, LEAST_PYTHON))
    text = f"Python {version} at {sys.executable}"
    return Check("python", sys.version_info >= LEAST_PYTHON, text, f"Milepost needs Python {least} or newer")


def _disk(settings: Settings) -> str:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
        free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise MilepostError(
            f"{folder} has {free // 1024**2} MB left", hint=f"make room: {LEAST_FREE // 1024**2} MB are wanted"
        )
    return f"{folder} can be written, {free // 1024**2} MB free"


def _journal(settings: Settings) -> str:
    journal = Journal.open(settings.journal_path)
    try:
        journal.check_whole()
        return f"{journal.path} is whole"
    finally:
        journal.close()


def _clock(settings: Settings) -> str:
    """Times of the journal never lie ahead; where they do, the clock went back and approvals would not end."""
    journal = Journal.open(settings.journal_path)
    try:
        latest = max((run.asked_at for run in journal.runs.newest(1)), default="")
    finally:
        journal.close()
    here = stamp(now())
    if latest > here:
        raise MilepostError(
            f"the clock says {here[:19]} UTC, and the journal has an entry of {latest[:19]}", hint="set the clock right"
        )
    return f"{here[:19].replace('T', ' ')} UTC"


def _keyring(settings: Settings) -> str:
    used = settings.sessions.key.keyring or any(
        one.password is not None and one.password.keyring for one in settings.accounts.values()
    )
    if not used:
        return "not used by these settings"
    keyring_get(KEY_NAME, SESSION_WHERE)
    return "answers"


def _session_key(settings: Settings) -> str:
    key = settings.sessions.key
    where = "a command" if key.command is not None else "the keyring" if key.keyring else "a file of its own"
    if not any(settings.sessions_dir.glob("*.session")):
        return f"from {where}; no session is kept yet"
    SessionStore(settings).check_key()
    return f"from {where}"


_CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("disk", _disk),
    ("journal", _journal),
    ("clock", _clock),
    ("keyring", _keyring),
    ("session key", _session_key),
)


def _password(settings: Settings, account: Account) -> str:
    return "at hand" if resolve_password(settings, account) is not None else "none: you log in by hand"


def _session(settings: Settings, account: Account) -> str:
    store = SessionStore(settings)
    state = store.load(settings.account_id(account))
    if store.warning:
        raise MilepostError(store.warning, hint="log in again: milepost login")
    return "kept, and can be read" if state is not None else "none kept yet"


_OF_ACCOUNT: tuple[tuple[str, Callable[..., str]], ...] = (
    ("password", _password),
    ("session", _session),
)
