"""The memory: runs, attempts, events and sightings, in one SQLite file that every process reads and writes.

Open it with `Journal.open(path)`; the books hang off it: `journal.runs`, `journal.attempts`, `journal.sightings`.
"""

from assistant.journal.attempts import Attempt, AttemptState, Claim
from assistant.journal.book import Journal
from assistant.journal.runs import Event, Run, RunKind, RunState, Wanted
from assistant.journal.sightings import RowKind, SeenRow

__all__ = [
    "Attempt",
    "AttemptState",
    "Claim",
    "Event",
    "Journal",
    "RowKind",
    "Run",
    "RunKind",
    "RunState",
    "SeenRow",
    "Wanted",
]
