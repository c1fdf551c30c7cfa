"""A run that waits for a person, as lines in a terminal: what to do, and the 2-step code typed here.

Reading the terminal never holds up the following of the run: a line is taken when it is there.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from assistant import runs
from assistant.errors import MilepostError, UsageError
from assistant.journal import Event, Journal, RunState
from assistant.person_line import EVENT, tell_run
from tui.output import Output
from tui.view.times import clock


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
        self._output.line(f"waiting for you: {event.text} (until {clock(str(event.data['until']))})")
        if event.data["need"] != "code":
            return
        if self._output.as_json or not sys.stdin.isatty():
            self._output.line(f"give it with: milepost attach {event.run_id} --code, which reads it from stdin")
            return
        self._pending = event.data
        self._output.note("type the code, then Enter")

    def between(self) -> None:
        """Hand on the line that was typed, if one was; forget the question once the run waits no longer."""
        if self._pending is None:
            return
        if not self._is_waiting():
            self._pending = None
        elif select.select([sys.stdin], [], [], 0)[0] and (typed := sys.stdin.readline().strip()):
            pending, self._pending = self._pending, None
            try:
                tell_run(pending, code=SecretStr(typed))
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


def answer(journal: Journal, run_id: int, code: SecretStr | None) -> None:
    """Give a waiting run a code, or say that the person is done. Raises `UsageError`, `RunError`."""
    event = asked_last(journal, run_id)
    if event is None:
        raise UsageError(f"run {run_id} does not wait for anybody", hint=f"milepost attach {run_id} follows it")
    if event.data["need"] == "press":
        raise UsageError(f"run {run_id} waits for a press in its window: {event.text}")
    if code is not None and event.data["need"] != "code":
        raise UsageError(f"run {run_id} does not wait for a code: {event.text}")
    tell_run(event.data, code=code)
