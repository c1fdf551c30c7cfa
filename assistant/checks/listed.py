"""What My Projects tells of a project as a whole: its award was accepted, it has ended, it is no longer listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from assistant.checks.deadlines import Day
from assistant.checks.finding import Finding, Kind
from assistant.checks.history import Listing
from assistant.checks.project_now import ProjectNow
from assistant.clock import moment
from assistant.site import ENDED, ProjectStatus


def listing_findings(project: ProjectNow, listings: Sequence[Listing], day: Day, news_days: int) -> Iterator[Finding]:
    """What happened to a project between two readings of My Projects, oldest first."""
    holds = any(row.state not in ENDED for row in project.rows)
    for before, after in pairwise(listings):
        kind, seen, step = _told(before, after, holds=holds)
        if kind is None:
            continue
        recent = day.now - moment(after.seen_at) <= timedelta(days=news_days)
        yield project.find(
            kind, after.seen_at, seen=seen, since=after.seen_at, next=step, standing=recent, happened=True
        )


def _told(before: Listing, after: Listing, *, holds: bool) -> tuple[Kind | None, str, str]:
    if not after.present:
        what = "the project is no longer in My Projects" + ("; milestones stood on it" if holds else "")
        return Kind.PROJECT_GONE, what, "look for it on the site: it may have been closed or handed over"
    if before.status is not ProjectStatus.PAST and after.status is ProjectStatus.PAST:
        return Kind.PROJECT_ENDED, "the project has ended", "see that everything that was delivered is released"
    if not before.accepted and after.accepted:
        return Kind.AWARD_ACCEPTED, "the award was accepted", "what is funded can be worked on"
    return None, "", ""
