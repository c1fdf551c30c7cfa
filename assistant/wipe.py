"""Wiping what belongs to an account: its session, its pictures and what guided runs have learned, its runs' logs.

What was seen, tried and paid stays in the journal: without it Milepost could pay the same milestone again.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass

from assistant.journal import Journal
from assistant.lock import AccountLock
from assistant.runs import stderr_of
from assistant.sessions import SessionStore
from assistant.settings.model import Settings


@dataclass(frozen=True)
class Wiped:
    """What was there and is gone: whether a session, how many pictures and logs."""

    session: bool
    pictures: int
    logs: int


def wipe_account(settings: Settings, journal: Journal, account_id: str) -> Wiped:
    """Delete everything of an account but its attempts. Raises `RunError` while a run of it is under way."""
    with AccountLock(settings.data_dir, account_id, "milepost account remove"):
        session = SessionStore(settings).forget(account_id)
        pictures = len(journal.attempts.forget_evidence(account_id))
        logs = 0
        for run in journal.runs.newest(1_000_000, account=account_id):
            shutil.rmtree(settings.evidence_dir / f"run-{run.id}", ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                stderr_of(settings, run.id).unlink()
                logs += 1
    return Wiped(session, pictures, logs)
