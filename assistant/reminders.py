"""Ready words: polite texts that a person may paste to a counterparty. Nothing is sent from here, ever.

One text for each counterparty, with all of their projects. It asks for what was requested and is not funded, and never
for a release: asking for that before the work is delivered breaks the rules of the site. Titles and descriptions come
from a site or a plan and are made one visible line each, so that none of them can add lines of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from assistant.marks import Mark
from assistant.money import Money, totals
from assistant.plain_text import one_line
from assistant.site import MilestoneState, ProjectStatus, Role
from assistant.standing import ProjectStanding

DAYS: Final = 3
"""Days after which a request that is not funded is worth a reminder, where the settings say nothing."""

_LONGEST: Final = 100
_ASKED: Final = frozenset({MilestoneState.REQUESTED, MilestoneState.AWAITING_PAYMENT})


@dataclass(frozen=True)
class Reminder:
    """A text for one counterparty ("" where the site names none) about requests that are not funded.

    `as_of` is the oldest look it rests on: look again before it is pasted.
    """

    counterparty: str
    projects: tuple[str, ...]
    """Refs of the projects it is about."""
    amounts: tuple[Money, ...]
    """What it asks for, one sum a currency."""
    milestones: int
    oldest: datetime
    """Since when the longest waiting of them waits."""
    as_of: datetime
    text: str

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints."""
        return {
            "event": "reminder",
            "counterparty": self.counterparty,
            "projects": list(self.projects),
            "amounts": {amount.currency.code: amount.amount_text for amount in self.amounts},
            "milestones": self.milestones,
            "oldest": self.oldest.isoformat(),
            "as_of": self.as_of.isoformat(),
            "text": self.text,
        }


@dataclass(frozen=True)
class MovedDue:
    """One deadline that moves: of which milestone of which project, from when (None: it had no date), to when."""

    project: str
    counterparty: str
    description: str
    old: date | None
    new: date


_Waiting = tuple[ProjectStanding, tuple[Mark, ...]]


def reminders(standings: Iterable[ProjectStanding], days: int = DAYS) -> tuple[Reminder, ...]:
    """A reminder for each counterparty with requests that wait for `days` days or longer, the longest wait first.

    Only a freelancer's projects that are accepted and not over; nothing with an outcome that is still unknown.
    """
    by_person: dict[tuple[str, str], list[_Waiting]] = {}
    for standing in standings:
        marks = _waiting(standing, days)
        if standing.project is None or not marks:
            continue
        person = " ".join(standing.project.counterparty.split()).casefold()
        # Two projects whose counterparty is not shown may be two people's.
        by_person.setdefault((person, "" if person else standing.project.ref), []).append((standing, marks))
    return tuple(sorted((_reminder(found) for found in by_person.values()), key=lambda each: each.oldest))


def _waiting(standing: ProjectStanding, days: int) -> tuple[Mark, ...]:
    project = standing.project
    if standing.role is not Role.FREELANCER or project is None or standing.seen_at is None or standing.trouble:
        return ()
    if not project.accepted or project.status is ProjectStatus.PAST:
        return ()
    old = standing.now - timedelta(days=days)
    return tuple(
        mark
        for mark in standing.in_order
        if mark.state in _ASKED
        and not mark.taken_back
        and mark.key not in standing.unsettled
        and mark.since is not None
        and mark.since <= old
    )


def _reminder(found: Sequence[_Waiting]) -> Reminder:
    first = found[0][0]
    counterparty = one_line(first.project.counterparty if first.project else "", longest=_LONGEST)
    marks = [mark for _, each in found for mark in each]
    amounts = tuple(totals(mark.at_stake for mark in marks).values())
    return Reminder(
        counterparty=counterparty,
        projects=tuple(standing.project.ref for standing, _ in found if standing.project),
        amounts=amounts,
        milestones=len(marks),
        oldest=min(mark.since for mark in marks if mark.since is not None),
        as_of=min(standing.seen_at for standing, _ in found if standing.seen_at is not None),
        text=_reminder_text(counterparty, found, amounts),
    )


def _reminder_text(counterparty: str, found: Sequence[_Waiting], amounts: Sequence[Money]) -> str:
    several = sum(len(marks) for _, marks in found) > 1
    opening = "these milestone payments are requested and not funded yet:"
    closing = (
        "Could you fund them on the site when you have a moment? I start on each part once it shows as funded. "
        "If anything about them should be different, tell me and I will change the requests."
    )
    if not several:
        opening = "this milestone payment is requested and not funded yet:"
        closing = (
            "Could you fund it on the site when you have a moment? I start on this part once it shows as funded. "
            "If anything about it should be different, tell me and I will change the request."
        )
    blocks = [_project_block(standing, marks) for standing, marks in found]
    total = [f"In all: {' and '.join(str(amount) for amount in amounts)}."] if several else []
    return "\n\n".join([_greeting(counterparty), opening, *blocks, *total, closing, "Thank you!"]) + "\n"


def _greeting(counterparty: str) -> str:
    return f"Hello {counterparty}," if counterparty else "Hello,"


def _project_block(standing: ProjectStanding, marks: Sequence[Mark]) -> str:
    ref = standing.project.ref if standing.project else standing.planned.name
    lines = [one_line(standing.name, longest=_LONGEST) or f"project {one_line(ref)}"]
    for mark in marks:
        parts = [f"- {one_line(mark.description, longest=_LONGEST) or mark.key}: {mark.at_stake}"]
        if mark.since is not None:
            day = mark.since.astimezone(standing.now.tzinfo).date().isoformat()
            made = mark.state is MilestoneState.AWAITING_PAYMENT
            parts.append(f"created and not paid for, since {day}" if made else f"{_asked(mark)} {day}")
        if mark.due is not None:
            parts.append(f"due on {mark.due.isoformat()}")
        lines.append(", ".join(parts))
    return "\n".join(lines)


def _asked(mark: Mark) -> str:
    """Exact where Milepost asked; else the site showed it then, and it may be older."""
    return "requested on" if mark.asked_then else "open since"


def moved_due_texts(moved: Sequence[MovedDue], reason: str) -> dict[str, str]:
    """A text for each counterparty about deadlines that move and why, by counterparty in the order given.

    Entries of a counterparty that is not known ("") are put together; give their projects apart.
    """
    by_person: dict[str, list[MovedDue]] = {}
    names: dict[str, str] = {}
    for each in moved:
        name = one_line(each.counterparty, longest=_LONGEST)
        names.setdefault(name.casefold(), name)
        by_person.setdefault(name.casefold(), []).append(each)
    return {names[key]: _moved_text(names[key], found, reason) for key, found in by_person.items()}


def _moved_text(counterparty: str, moved: Sequence[MovedDue], reason: str) -> str:
    several = len(moved) > 1
    opening = f"I would like to move {'these deadlines' if several else 'this deadline'}:"
    by_project: dict[str, list[str]] = {}
    for each in moved:
        old = each.old.isoformat() if each.old is not None else "no date so far"
        line = f"- {one_line(each.description, longest=_LONGEST)}: {old} -> {each.new.isoformat()}"
        by_project.setdefault(one_line(each.project, longest=_LONGEST), []).append(line)
    blocks = ["\n".join([project, *lines]) for project, lines in by_project.items()]
    why = [f"Reason: {told}"] if (told := one_line(reason, longest=500)) else []
    closing = "The amounts stay as they are. Please tell me whether that works for you. Thank you!"
    return "\n\n".join([_greeting(counterparty), opening, *blocks, *why, closing]) + "\n"
