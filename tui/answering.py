"""A run that waits for a person, as lines in a terminal: what to do, and the code or the amount typed here.

Reading the terminal never holds up the following of the run: a line is taken when it is there.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import SecretStr

from assistant import runs
from assistant.errors import MilepostError, UsageError
from assistant.fee_question import why_wrong
from assistant.journal import Event, Journal, RunState
from assistant.money import Money
from assistant.person import Need
from assistant.person_line import EVENT, Said, tell_run
from tui.asking import drop_what_was_typed_ahead
from tui.output import Output
from tui.view.times import clock

NO = "no"
"""What is typed to refuse a fee."""


class _How(NamedTuple):
    """How a need is answered by typing: in the terminal that follows the run, and from anywhere else."""

    here: str
    elsewhere: str


_HOW = {
    Need.CODE: _How(
        "type the code, then Enter", "give it with: milepost attach {run} --code, which reads it from stdin"
    ),
    Need.FEE: _How(
        f"type {{total}}, then Enter, to approve it, or {NO} to leave the cart unpaid",
        'approve it with: milepost attach {run} --approve "{total}", or refuse it with: milepost attach {run} --refuse',
    ),
}


def said(need: str, typed: str) -> Said:
    """What a line that was typed tells a run with such a need; an empty one says that the person is done."""
    if need == Need.FEE:
        return Said(no=True) if typed.casefold() == NO else Said(amount=typed)
    return Said(code=SecretStr(typed)) if typed else Said(done=True)


def total_of(event: Event) -> str:
    """What the payment that a run asks about comes to; "" where it asks for something else."""
    return f"{event.data['total']} {event.data['currency']}" if event.data["need"] == Need.FEE else ""


def fee_answer_wrong(event: Event, typed: str) -> str | None:
    """Why a line is no answer to the question about a fee, which would be asked once more; None if it is one."""
    return None if typed.casefold() == NO else why_wrong(typed, Money.parse(total_of(event)))


class Answering:
    """Tells what one run wants of a person, and hands on what is typed."""

    def __init__(self, journal: Journal, run_id: int, output: Output) -> None:
        self._journal, self._run_id, self._output = journal, run_id, output
        self._pending: Mapping[str, Any] | None = None

    def asked(self, event: Event) -> None:
        """Tell what an event of kind `EVENT` asks for."""
        data = {key: value for key, value in event.data.items() if key != "line"}
        self._output.event({"event": EVENT, "run": event.run_id, "at": event.at, "text": event.text, **data})
        if not self._is_waiting():
            return  # it was asked and done before this was read
        self._output.line(f"waiting for you: {event.text} (until {clock(str(event.data['until']), self._output.zone)})")
        how = _HOW.get(event.data["need"])
        if how is None:
            return
        if self._output.as_json or not sys.stdin.isatty():
            self._output.line(how.elsewhere.format(run=event.run_id, total=total_of(event)))
            return
        if event.data["need"] == Need.FEE:
            drop_what_was_typed_ahead()
        self._pending = event.data
        self._output.note(how.here.format(total=total_of(event)))

    def between(self) -> None:
        """Hand on the line that was typed, if one was; forget the question once the run waits no longer."""
        if self._pending is None:
            return
        if not self._is_waiting():
            self._pending = None
        elif select.select([sys.stdin], [], [], 0)[0] and (typed := sys.stdin.readline().strip()):
            pending, self._pending = self._pending, None
            try:
                tell_run(pending, said(pending["need"], typed))
            except MilepostError as error:
                self._output.note(error.message)

    def _is_waiting(self) -> bool:
        run = self._journal.runs.get(self._run_id)
        return run is not None and run.state is RunState.PERSON


def asked_last(journal: Journal, run_id: int) -> Event | None:
    """What a run waits for a person to do right now; None if it does not wait."""
    if runs.current(journal, run_id).state is not RunState.PERSON:
        return None
    return next((event for event in reversed(journal.runs.events(run_id)) if event.kind == EVENT), None)


def answer(journal: Journal, run_id: int, told: Said) -> None:
    """Tell a waiting run what the person says. Raises `UsageError` where it waits for something else, `RunError`."""
    event = asked_last(journal, run_id)
    if event is None:
        raise UsageError(f"run {run_id} does not wait for anybody", hint=f"milepost attach {run_id} follows it")
    need = event.data["need"]
    if need == Need.PRESS:
        raise UsageError(f"run {run_id} waits for a press in its window: {event.text}")
    if told.code is not None and need != Need.CODE:
        raise UsageError(f"run {run_id} does not wait for a code: {event.text}")
    if (told.amount is not None or told.no) != (need == Need.FEE):
        hint = _HOW[need].elsewhere.format(run=run_id, total=total_of(event)) if need in _HOW else None
        raise UsageError(f"run {run_id} waits for something else: {event.text}", hint=hint)
    tell_run(event.data, told)
