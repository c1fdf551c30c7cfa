"""Following a run to its end: its events as they are written, and what Ctrl-C means meanwhile.

The run is a process of its own. Ctrl-C asks it to stop after the current step and goes on watching; a second one stops
it now; closing the terminal only stops the watching.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant import runs
from assistant.journal import Event, Journal, Run
from tui.output import Output


def follow_to_the_end(journal: Journal, run_id: int, output: Output, tell: Callable[[Event], None]) -> Run:
    """Hand each event of the run to `tell` and return the run's row once it has ended."""
    interrupts = 0
    last = 0

    def take(event: Event) -> None:
        nonlocal last
        tell(event)
        last = event.id

    while True:
        try:
            for event in runs.follow(journal, run_id, last):
                take(event)
            return runs.current(journal, run_id)
        except KeyboardInterrupt:
            interrupts += 1
            if interrupts == 1:
                runs.ask_to_stop(journal, run_id)
                output.note(f"run {run_id} stops after the current step; Ctrl-C once more stops it now")
            else:
                runs.stop_now(journal, run_id)
                output.note(f"run {run_id} is stopped now; what it was doing is unknown until the next look")
