"""Milepost with one of its rules taken out, and for each a history in which that shows.

`tests/faults/model.py` searches for such histories anew on every `make faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from sqlalchemy import Connection

import assistant.apply
import assistant.attempting
import assistant.journal.engine
import assistant.matching
import assistant.memory
import assistant.verdict
from assistant.changes import normalised
from assistant.clock import moment
from assistant.journal import Attempt, RowKind, SeenRow
from assistant.money import Money
from assistant.site import MilestoneState, Submission
from assistant.verdict import Moved, NotDone, Unknown, Verdict
from tests.faults.history import Approve, Carry, Other, Setup, Step

Without = Callable[[], AbstractContextManager[object]]


@contextmanager
def submit_again_after_trouble() -> Iterator[None]:
    """A click after which the line was dropped is made again."""
    once = assistant.attempting._once

    async def twice(click: Any, subject: Any) -> Submission:
        answer = await once(click, subject)
        return await once(click, subject) if answer.trouble else answer

    with mock.patch.object(assistant.attempting, "_once", twice):
        yield


def adopt_without_claiming() -> AbstractContextManager[object]:
    """A row that a person approved as theirs is not written down as such."""
    return mock.patch.object(assistant.apply, "adopt", return_value=None)


@contextmanager
def believe_the_page() -> Iterator[None]:
    """What the page says after the click counts, and the look that follows does not."""
    judge = assistant.verdict.judge

    def believing(attempt: Attempt, *look: Any, **rest: Any) -> Verdict:
        verdict = judge(attempt, *look, **rest)
        if isinstance(verdict, Unknown | NotDone) and attempt.site_message == "Milestone created.":
            imagined = SeenRow(
                attempt.project_ref,
                RowKind.MILESTONE,
                "0",
                True,
                attempt.description,
                attempt.amount,
                MilestoneState.FUNDED,
                "",
                "",
                attempt.recorded_at,
            )
            return Moved(imagined)
        return verdict

    with mock.patch.object(assistant.attempting, "judge", believing):
        yield


def take_absence_as_proof() -> AbstractContextManager[object]:
    """What the first look does not show was not made."""

    def at_once(attempt: Attempt, _rules: object) -> object:
        since = attempt.paying_at or attempt.submitting_at
        return moment(since) if since else None

    return mock.patch.object(assistant.verdict, "settles_at", at_once)


def no_project_guard() -> AbstractContextManager[object]:
    """Nobody adds up what stands on a project."""
    return mock.patch.object(assistant.matching, "_guard_project", return_value=None)


def take_a_near_match_as_a_match() -> AbstractContextManager[object]:
    """The text of a row is enough, whatever its amount."""
    zero = Money.parse("0 USD")
    return mock.patch.object(assistant.matching, "label_of", lambda text, _amount: (normalised(text), zero))


def no_begin_immediate() -> AbstractContextManager[object]:
    """A transaction asks for the right to write only when it writes."""

    def deferred(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return mock.patch.object(assistant.journal.engine, "_begin", deferred)


@dataclass(frozen=True)
class Mutant:
    """What is taken out, and the history that shows it."""

    without: Without
    setup: Setup
    steps: tuple[Step, ...]


LATE = (Approve(), Carry(-1, ("submit: late",)))
ANOTHER = (Other("add text"), Approve(), Other("edit-text milestone"))
MUTANTS: Mapping[str, Mutant] = {
    mutant.without.__name__: mutant
    for mutant in (
        Mutant(submit_again_after_trouble, Setup(), (Approve(), Carry(-1, ("pay: drop before",)))),
        Mutant(adopt_without_claiming, Setup(), (Other("add"),)),
        Mutant(believe_the_page, Setup(), (Approve(), Carry(-1, ("pay: said yes",)))),
        Mutant(take_absence_as_proof, Setup(creating_pays=True, shows_balances=False), LATE),
        Mutant(no_project_guard, Setup(), (*ANOTHER, Approve(), Carry(-1))),
        Mutant(take_a_near_match_as_a_match, Setup(), (Approve(), Other("add text"), Approve())),
        Mutant(no_begin_immediate, Setup(), (Approve(), Carry(-1, knock=-1))),
    )
}
