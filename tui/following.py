"""Following a run to its end: its events as they are written, and what Ctrl-C means meanwhile.

The run is a process of its own. Ctrl-C asks it to stop after the current step and goes on watching; a second one stops
it now; closing the terminal only stops the watching.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from assistant import runs
from assistant.journal import Event, Journal, Run
from assistant.person_line import EVENT
from tui.answering import Answering
from tui.output import Output

NOTE = "note"
"""What a person should know of a run's browser: a locator of the profile that is no longer the first to be found."""


class _Stopping:
    """Counts Ctrl-C and acts on it between two looks at the journal, so that a quick second one interrupts nothing."""

    def __init__(self, journal: Journal, run_id: int, output: Output) -> None:
        self._journal, self._run_id, self._output = journal, run_id, output
        self._pressed = 0
        self._done = 0

    def pressed(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-C, as the signal handler meets it."""
        self._pressed += 1

    def between(self) -> None:
        """Do what the keys pressed so far mean."""
        while self._done < min(self._pressed, 2):
            self._done += 1
            if self._done == 1:
                runs.ask_to_stop(self._journal, self._run_id)
                self._output.note(f"run {self._run_id} stops after the current step; Ctrl-C once more stops it now")
            else:
                runs.stop_now(self._journal, self._run_id)
                self._output.note(
                    f"run {self._run_id} is stopped now; what it was doing is unknown until the next look"
                )


@contextmanager
def _on_interrupt(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def follow_to_the_end(journal: Journal, run_id: int, output: Output, tell: Callable[[Event], None]) -> Run:
    """Hand each event of the run to `tell` and return the run's row once it has ended.

    What the run wants of a person is told here, and a code that it asks for is read from the terminal.
    """
    stopping, answering = _Stopping(journal, run_id, output), Answering(journal, run_id, output)

    def between() -> None:
        stopping.between()
        answering.between()

    with _on_interrupt(stopping.pressed):
        for event in runs.follow(journal, run_id, between=between):
            if event.kind == EVENT:
                answering.asked(event)
                continue
            if event.kind == NOTE:
                output.event({"event": "note", "run": run_id, "text": event.text})
                output.note(f"note: {event.text}")
            tell(event)
    return runs.current(journal, run_id)
