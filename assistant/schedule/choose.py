"""Which kind of timer this machine has, and the check that it is to run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.errors import UsageError
from assistant.schedule.cron import Cron
from assistant.schedule.job import Job, Scheduler
from assistant.schedule.launchd import Launchd
from assistant.schedule.period import every_text
from assistant.schedule.systemd import Systemd
from assistant.sessions import SessionStore
from assistant.settings.model import Settings

SCHEDULERS: Final[tuple[Scheduler, ...]] = (Systemd(), Launchd(), Cron())
"""In the order in which one is chosen."""


def scheduler(name: str | None = None) -> Scheduler:
    """The kind of timer of that name, else the first that this machine has. Raises `UsageError`."""
    if name is not None:
        return next(each for each in SCHEDULERS if each.name == name)
    found = next((each for each in SCHEDULERS if each.available()), None)
    if found is None:
        hint = "milepost watch --every 30m checks in the foreground"
        if in_wsl():
            hint += "; in WSL, systemd is switched on in /etc/wsl.conf"
        raise UsageError("this machine has no systemd user manager, no launchd and no cron", hint=hint)
    return found


def check_job(settings: Settings, every: int, plans: Sequence[Path], accounts: Sequence[str], kind: Scheduler) -> Job:
    """The check that a timer runs, with whole paths: a timer has another working folder and another environment."""
    jitter = min(every // 10, 300)
    # systemd waits at random by itself; the others leave it to the check.
    own = 0 if kind.name == "systemd" else jitter
    words = [sys.executable, "-P", "-m", "tui.cli", "check", "--scheduled", every_text(every), "--jitter", str(own)]
    words += [word for name in accounts for word in ("--account", name)]
    words += [str(path.expanduser().absolute()) for path in plans]
    environment = {"MILEPOST_CONFIG": str(settings.file), "MILEPOST_DATA_DIR": str(settings.data_dir)}
    return Job(words, environment, every, jitter)


def in_wsl() -> bool:
    """Whether this is Linux inside Windows."""
    try:
        return "microsoft" in Path("/proc/version").read_text(encoding="utf-8").lower()
    except OSError:
        return False


def notes_for_timers(settings: Settings, accounts: Sequence[str]) -> list[str]:
    """What a person should know before a timer checks these accounts for them (none named: all)."""
    notes = [
        "timers have no keyring, no D-Bus and no display: such a check types no password and opens no window; "
        "when the session has ended it says so once, and goes on after milepost login"
    ]
    if settings.sessions.key.keyring:
        notes.append(
            "the key of the kept sessions is in the keyring, which a timer cannot open: "
            "set sessions.key = { file = true } or { command = ... }, and log in once more"
        )
    sessions = SessionStore(settings)
    for name in accounts or settings.accounts:
        account = settings.account(name)
        if not sessions.path(settings.account_id(account)).exists():
            notes.append(f"no session of {name} is kept yet, and its checks need one: sign in once before the first")
    if in_wsl():
        notes.append("this is Linux inside Windows: it runs only while WSL itself runs")
    return notes
