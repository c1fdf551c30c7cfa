"""What the doctor found last, and whether it still counts.

`milepost doctor` holds a platform's profile against the pages of today, in a run of its own that changes nothing. Its
result is the run's summary in the journal: remembered by account, and bound to the very profile that it examined.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from assistant.approval import AccountFacts
from assistant.clock import stamp
from assistant.errors import LiveRefused
from assistant.journal import Journal, RowKind, Run, RunKind, RunState
from assistant.platform import is_mock

FRESH_FOR = timedelta(hours=24)
"""How long a result counts: sites change any day."""


def newest(journal: Journal, account: str) -> Run | None:
    """The account's latest examination that came to its end; `account` is the journal's name for it."""
    runs = journal.runs.newest(20, account=account, kind=RunKind.DOCTOR)
    return next((run for run in runs if run.state is RunState.DONE and run.summary), None)


def showing_rows(journal: Journal, account: str, most: int = 3) -> tuple[str, ...]:
    """The addresses of projects that had milestones or requests the last time: there the most locators can be seen."""
    kinds: dict[str, set[RowKind]] = {}
    for row in journal.sightings.rows(account):
        kinds.setdefault(row.project_ref, set()).add(row.kind)
    ranked = sorted(journal.sightings.projects(account), key=lambda project: -len(kinds.get(project.ref, ())))
    return tuple(project.url for project in ranked if project.ref in kinds)[:most]


def is_fresh(journal: Journal, account: str, profile_digest: str, now: datetime) -> bool:
    """Whether a run on the live site may rest on the doctor's latest result."""
    return why_not_fresh(journal, account, profile_digest, now) is None


def why_not_fresh(journal: Journal, account: str, profile_digest: str, now: datetime) -> str | None:
    """Why the doctor's latest result does not count for this profile any more, in words; None if it does.

    `profile_digest` is `ProfileFiles.digest` of the profile as it stands now; `now` is aware.
    """
    run = newest(journal, account)
    if run is None or run.summary is None:
        return "the doctor has not examined this account's pages yet"
    summary: Mapping[str, Any] = run.summary
    if summary.get("profile") != profile_digest:
        return "the profile has changed since the doctor examined the pages"
    if summary.get("held"):
        return "opening the form tried to send a request that moves money, which was held back"
    if not summary.get("ok") and not summary.get("broken"):
        return "the doctor found no project whose form could be opened, so it has not seen what a run would fill in"
    if not summary.get("ok"):
        count = len(summary.get("broken", ()))
        return f"the doctor found {count} locator{'s' if count != 1 else ''} that the pages do not answer to"
    if (run.ended_at or "") < stamp(now - FRESH_FOR):
        return f"the doctor's latest result is of {(run.ended_at or '')[:16].replace('T', ' ')} UTC, older than a day"
    return None


def require_fresh(journal: Journal, account: AccountFacts, profile_digest: str, now: datetime) -> None:
    """Raises `LiveRefused` where a live account has no result that counts. A mock platform needs none."""
    if is_mock(account.origin):
        return
    if why := why_not_fresh(journal, account.id, profile_digest, now):
        raise LiveRefused(
            f"nothing is submitted on {account.origin}: {why}",
            where=account.name,
            hint=f"milepost doctor {account.name} looks at the pages and changes nothing; then run this again",
        )
