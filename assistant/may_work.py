"""The answer to "May I work?" for a freelancer, and to "Where does it stand?" for a client, as a word and a sentence.

Only reads a `ProjectStanding`; see `assistant/standing.py` for what the words mean.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from assistant.marks import HELD, IN_DOUBT, Absent, Mark
from assistant.plain_text import one_line
from assistant.site import MilestoneState, ProjectStatus

if TYPE_CHECKING:
    from assistant.standing import ProjectStanding


class WorkVerdict(StrEnum):
    """Whether a freelancer may work on a project now."""

    WORK = "work"
    WAIT = "wait"
    STOP = "stop"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


Answer = tuple[WorkVerdict, str]

_ENDS: Final = {
    MilestoneState.DECLINED: "the request was declined",
    MilestoneState.CANCELLED: "it was cancelled",
    Absent.GONE: "it was on the site and is gone",
}
_DOUBTS: Final = {
    MilestoneState.DISPUTED: "is disputed",
    MilestoneState.CANCEL_REQUESTED: "is asked to be cancelled",
}


def may_work(standing: ProjectStanding) -> Answer:
    """The verdict for a freelancer and why, in one sentence without the age of the look."""
    if standing.planned.skipped:
        return WorkVerdict.NOTHING, "no milestones planned, on purpose"
    if standing.trouble:
        return WorkVerdict.UNKNOWN, standing.trouble
    if standing.seen_at is None:
        return WorkVerdict.UNKNOWN, "never looked at: run milepost check"
    doubt = next((mark for mark in standing.in_order if mark.state in IN_DOUBT), None)
    if doubt is not None:
        return WorkVerdict.STOP, f"{_named(doubt)} {_DOUBTS[MilestoneState(doubt.state)]}"
    mark = standing.to_work
    if mark is None:
        return WorkVerdict.NOTHING, _all_delivered(standing)
    verdict, reason = _about(standing, mark)
    return verdict, reason + _funded_later(standing, mark)


def _all_delivered(standing: ProjectStanding) -> str:
    waiting = [mark.key for mark in standing.marks if mark.state is MilestoneState.RELEASE_REQUESTED]
    if waiting:
        return f"all delivered; release of {', '.join(waiting)} asked for, {standing.funded}"
    return "all released" if standing.released.minor > 0 else "nothing that is planned is left"


def _about(standing: ProjectStanding, mark: Mark) -> Answer:
    """The verdict by the milestone that would be worked on."""
    project = standing.project
    if project is not None and not project.accepted:
        held = f"{_named(mark)} is funded, but " if mark.state in HELD else ""
        return WorkVerdict.WAIT, f"{held}the award is not accepted yet; do not start"
    if mark.state is MilestoneState.FUNDED:
        return _about_funded(standing, mark)
    if mark.state is MilestoneState.UNCLEAR:
        raw = f"the site says “{one_line(mark.raw, longest=40)}”, which no rule explains"
        return WorkVerdict.UNKNOWN, f"{_named(mark)}: {raw}"
    if mark.state in _ENDS:
        return WorkVerdict.STOP, f"{_named(mark)}: {_ENDS[mark.state]}{_on_day(mark, standing.now)}{_note(mark)}"
    if project is not None and project.status is ProjectStatus.PAST:
        return WorkVerdict.STOP, f"{_named(mark)} is not funded, and the project has ended on the site"
    return WorkVerdict.WAIT, f"{_named(mark)} is not funded: {_why_not_funded(standing, mark)}; do not start"


def _about_funded(standing: ProjectStanding, mark: Mark) -> Answer:
    released = mark.released_part.minor if mark.released_part is not None else 0
    if mark.at_stake.minor + released < mark.amount.minor:
        return WorkVerdict.WAIT, f"{mark.key}: only {mark.at_stake} of {mark.amount} are funded"
    return WorkVerdict.WORK, f"funded: {mark.key}, {mark.at_stake}{due_text(mark, standing.now)}"


def _why_not_funded(standing: ProjectStanding, mark: Mark) -> str:
    if mark.key in standing.unsettled:
        return "the outcome of the last attempt is not settled"
    if mark.state is MilestoneState.REQUESTED:
        return asked_text(mark, standing.now)
    if mark.state is MilestoneState.AWAITING_PAYMENT:
        return "it was created and not paid for"
    return f"not requested yet{_note(mark)}"


def _funded_later(standing: ProjectStanding, mark: Mark) -> str:
    """That another milestone is funded where the next one is not: it may be the one to work on."""
    others = [other for other in standing.in_order if other is not mark and other.state is MilestoneState.FUNDED]
    if not others or mark.state is MilestoneState.FUNDED:
        return ""
    return f" ({', '.join(f'{other.key}, {other.at_stake}' for other in others)} funded)"


def where_it_stands(standing: ProjectStanding) -> str:
    """For a client: what is funded, what is due next, and what waits for them, in one sentence."""
    if standing.planned.skipped:
        return "no milestones planned, on purpose"
    if standing.trouble:
        return standing.trouble
    if standing.seen_at is None:
        return "never looked at: run milepost check"
    parts = [f"funded {standing.funded} of {standing.total}"]
    parts += [f"released {standing.released}"] * (standing.released.minor > 0)
    parts += [
        f"{_named(mark)} {_DOUBTS[MilestoneState(mark.state)]}" for mark in standing.marks if mark.state in IN_DOUBT
    ]
    parts += _waiting_for_client(standing)
    if (mark := standing.next) is None:
        return "; ".join([*parts, "all released"])
    state = "may be paid, not settled yet" if mark.key in standing.unsettled else mark.state.replace("_", " ")
    return "; ".join([*parts, f"next: {_named(mark)}, {state}{due_text(mark, standing.now)}"])


def _waiting_for_client(standing: ProjectStanding) -> list[str]:
    asked: dict[str, list[Mark]] = {}
    words = {
        MilestoneState.RELEASE_REQUESTED: "release asked for",
        MilestoneState.REQUESTED: "requested by the freelancer",
        MilestoneState.AWAITING_PAYMENT: "not paid for",
    }
    for mark in standing.marks:
        if isinstance(mark.state, MilestoneState) and mark.state in words:
            asked.setdefault(words[mark.state], []).append(mark)
    return [f"{word}: {', '.join(_named(mark) for mark in marks)}" for word, marks in asked.items()]


def _named(mark: Mark) -> str:
    return f"{mark.key}, {mark.at_stake}"


def _note(mark: Mark) -> str:
    return f"; {one_line(mark.note, longest=300)}" if mark.note else ""


def _on_day(mark: Mark, now: datetime) -> str:
    return f", noticed {mark.since.astimezone(now.tzinfo).date().isoformat()}" if mark.since else ""


def asked_text(mark: Mark, now: datetime) -> str:
    """``requested 3 days ago``; ``requested, first seen 3 days ago`` where somebody else asked, maybe earlier."""
    if mark.since is None:
        return "requested"
    when = ago(now - mark.since)
    return f"requested {when}" if mark.asked_then else f"requested, first seen {when}"


def due_text(mark: Mark, now: datetime) -> str:
    """``, due 2026-12-10`` with the days it is late by; nothing without a date."""
    if mark.due is None:
        return ""
    late = (now.date() - mark.due).days
    return f", due {mark.due.isoformat()}" + (f" ({late} day{'s' * (late != 1)} late)" if late > 0 else "")


def ago(age: timedelta) -> str:
    """``just now``, ``5 minutes ago``, ``3 hours ago``, ``2 days ago``: whole units, rounded down."""
    seconds = max(int(age.total_seconds()), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' * (count != 1)} ago"
    return "just now"
