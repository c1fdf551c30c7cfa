"""How a run that did not come to its end stands now: what is done, what is not, not known, and not reached.

Read from the journal anew each time, since a later look or a person may have settled what was not known when it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.approval import Order
from assistant.changes import ACTS
from assistant.journal import Attempt, AttemptState, Journal, Run, RunKind


@dataclass(frozen=True)
class Aftermath:
    """Counts of what was approved to be done, and the attempts that were settled since the run ended."""

    done: int
    not_done: int
    not_known: int
    not_reached: int
    settled: tuple[Attempt, ...]

    def as_json(self) -> dict[str, object]:
        """The counts as `--json` prints them."""
        return {name: value for name, value in vars(self).items() if name != "settled"}

    def __str__(self) -> str:
        counts = {
            "done": self.done,
            "not done": self.not_done,
            "not known yet": self.not_known,
            "not reached": self.not_reached,
        }
        told = ", ".join(f"{number} {word}" for word, number in counts.items() if number) or "nothing was begun"
        since = "; ".join(
            f"{one.project_ref}/{one.key} since settled: {'done' if one.state is AttemptState.DONE else 'not done'}"
            for one in self.settled
        )
        return f"{told}; {since}" if since else told


def aftermath_of(attempts: Iterable[Attempt], approved: int) -> Aftermath:
    """The aftermath of these attempts, where so many changes were approved."""
    made = list(attempts)
    done = sum(attempt.state is AttemptState.DONE for attempt in made)
    not_done = sum(attempt.state in {AttemptState.REFUSED, AttemptState.RECORDED} for attempt in made)
    return Aftermath(
        done=done,
        not_done=not_done,
        not_known=len(made) - done - not_done,
        not_reached=max(approved - len(made), 0),
        settled=tuple(attempt for attempt in made if attempt.settled_by is not None),
    )


def aftermath_of_run(journal: Journal, run: Run) -> Aftermath | None:
    """The same for an apply that could not sum up what it had done; None for every other run."""
    if run.kind is not RunKind.APPLY or run.live or run.summary:
        return None
    order = Order.from_json(run.order)
    approved = sum(signature[2] in ACTS for project in order.projects for signature in project.signatures)
    return aftermath_of(journal.attempts.of_run(run.id), approved)
