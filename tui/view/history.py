"""What a run has done, as it is kept: its attempts with their outcome, then each step of the journal; also as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import PurePath

from assistant.journal import Attempt, Journal
from tui.signs import ATTEMPTS, RUNS, sign_of
from tui.text import plain
from tui.view.run import RunView
from tui.view.summary import counts_told
from tui.view.times import clock, day_and_clock


@dataclass(frozen=True)
class HistoryRow:
    """An attempt, a step of the journal, or a heading. Texts are clean. `state` is a key of `tui.signs.ATTEMPTS`."""

    text: str
    at: str = ""
    state: str = ""
    role: str = "plain"
    amount: str = ""
    attempt: Attempt | None = None
    is_heading: bool = False

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.text} {self.state} {self.amount}".casefold()


@dataclass(frozen=True)
class Kept:
    """What is kept of one run."""

    view: RunView
    rows: tuple[HistoryRow, ...]
    zone: tzinfo | None = None

    @property
    def attempts(self) -> list[Attempt]:
        """Its attempts, in their order."""
        return [row.attempt for row in self.rows if row.attempt is not None]


def kept_of(journal: Journal, run_id: int, zone: tzinfo | None) -> Kept:
    """Everything the journal has of a run; `zone` is the person's own, None the machine's."""
    view = RunView(journal, run_id)
    attempts = journal.attempts.of_run(run_id)
    rows = [HistoryRow(f"Attempts: {len(attempts)}", is_heading=True)] if attempts else []
    rows += [_attempt_row(each, view.named(each.project_ref), zone) for each in attempts]
    if view.log:
        rows.append(HistoryRow(f"Steps: {len(view.log)}", is_heading=True))
    rows += [HistoryRow(plain(line.text), clock(line.at, zone), role=line.role) for line in view.log]
    return Kept(view, tuple(rows), zone)


def _attempt_row(attempt: Attempt, project: str, zone: tzinfo | None) -> HistoryRow:
    where = f" #{attempt.site_ref}" if attempt.site_ref else ""
    text = plain(f"{attempt.change} “{attempt.description}”{where}, {project}/{attempt.key}")
    at = clock(attempt.recorded_at, zone)
    return HistoryRow(text, at, attempt.state.value, "plain", str(attempt.amount), attempt)


def about(attempt: Attempt) -> list[str]:
    """What is known of an attempt, line by line."""
    paid = f" from {attempt.source}" if attempt.source else ""
    paid += f", fees {attempt.fees}" if attempt.fees else ""
    told = [f"{attempt.change} {attempt.amount}{paid}: {sign_of(ATTEMPTS, attempt.state.value).word}"]
    told += [attempt.reason] if attempt.reason else []
    told += [f"the site said: {attempt.site_message}"] if attempt.site_message else []
    told += [f"settled by {attempt.settled_by}"] if attempt.settled_by else []
    return [plain(line) for line in told]


def pictures(evidence: Sequence[tuple[str, str]]) -> str:
    """An attempt's pictures in one line, by their names; empty if there are none."""
    told = [f"{moment} ({PurePath(path).name if path else 'no picture'})" for moment, path in evidence]
    return plain(f"evidence: {', '.join(told)}") if told else ""


def in_full(journal: Journal, attempt: Attempt) -> list[str]:
    """All that is kept of an attempt, with the whole path of each picture."""
    pieces = evidence_of(journal, attempt)
    kept = [f"evidence {moment}: {path or 'no picture could be taken'}" for moment, path in pieces]
    return [*about(attempt), *map(plain, kept)]


def evidence_of(journal: Journal, attempt: Attempt) -> list[tuple[str, str]]:
    """Moment and path of each picture of an attempt; the path is empty where none could be taken."""
    return [(str(piece["moment"]), str(piece["path"] or "")) for piece in journal.attempts.evidence_of(attempt.id)]


def run_text(journal: Journal, kept: Kept) -> str:
    """A run as text, for a file or a message: what it was, each attempt with its evidence, each step."""
    return "\n".join(_run_lines(journal, kept)) + "\n"


def _run_lines(journal: Journal, kept: Kept) -> Iterator[str]:
    run = kept.view.run
    yield plain(f"Run {run.id}: {run.kind}, {sign_of(RUNS, str(run.state)).word}")
    yield plain(f"account {run.account_name}" + (f", plan {run.plan}" if run.plan else ""))
    yield f"asked for {day_and_clock(run.asked_at, kept.zone)}" + (
        f", ended {day_and_clock(run.ended_at, kept.zone)}" if run.ended_at else ", not ended"
    )
    if counts := counts_told(run.summary):
        yield plain(f"came to: {', '.join(counts)}")
    if run.error:
        yield plain(f"error: {run.error.get('message', '')}")
    for row in kept.rows:
        if row.is_heading:
            yield from ("", row.text)
        elif row.attempt is not None:
            sign = sign_of(ATTEMPTS, row.state)
            yield f"{row.at}  {sign.shown(True)}  {row.amount}  {row.text}"
            for line in in_full(journal, row.attempt)[1:]:
                yield f"    {line}"
        else:
            yield f"{row.at}  {row.text}"
