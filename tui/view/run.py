"""A run as it is watched: a row per approved milestone, what it has come to, the money, and the log of every action.

Everything comes from the journal, so a run that another process started, or that ended long ago, looks the same. What
changed is asked for in small reads; only the rows that it touched are told to be drawn anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rich.cells import cell_len

from assistant.aftermath import Aftermath, aftermath_of
from assistant.approval import Order
from assistant.changes import ACTS, SPENDS, ChangeKind
from assistant.errors import UsageError
from assistant.journal import Attempt, AttemptState, Event, Journal, Run, RunKind, RunState, Wanted
from assistant.money import Money
from assistant.person_line import EVENT as PERSON
from assistant.processes import alive
from assistant.runs import current, refresh
from tui.columns import clipped
from tui.signs import unknown_sign
from tui.text import plain
from tui.view.reads import run_now

Place = tuple[str, str, str]
"""A project's ref, a milestone's key, and the change."""

ACTING = frozenset({RunKind.APPLY, RunKind.SINGLE})
"""Runs that make attempts."""

TITLE = 28
"""Cells of a project's title in a line of the log."""

UNDER_WAY = frozenset({AttemptState.RECORDED, AttemptState.SUBMITTING, AttemptState.IN_CART, AttemptState.PAYING})
"""States of an attempt that is being carried out."""


@dataclass(frozen=True)
class StepRow:
    """One approved milestone on its way, or the heading of its project. `state` is a key of `signs.ATTEMPTS`."""

    project_ref: str
    title: str
    key: str = ""
    change: str = ""
    description: str = ""
    amount: Money | None = None
    state: str = "waiting"
    outcome: str = ""
    """What the site shows of it: its ref and state, or the reason it is not there."""
    attempt: int | None = None

    @property
    def is_heading(self) -> bool:
        """Whether it names a project."""
        return not self.key

    @property
    def search(self) -> str:
        """What a filter looks into."""
        words = (self.title, self.project_ref, self.key, self.change, self.description, self.state, self.outcome)
        return " ".join(words).casefold()


@dataclass(frozen=True)
class LogLine:
    """One action or event of a run. `at` is a journal stamp."""

    at: str
    text: str
    role: str = "plain"


@dataclass
class Delta:
    """What a poll found."""

    rows: set[int] = field(default_factory=set)
    money: bool = False
    log: bool = False
    state: bool = False
    ended: bool = False

    def __bool__(self) -> bool:
        return bool(self.rows or self.money or self.log or self.state or self.ended)


@dataclass
class Purse:
    """What a run has taken, per currency: for certain, and perhaps."""

    spent: dict[str, Money] = field(default_factory=dict)
    """Without fees."""
    fees: dict[str, Money] = field(default_factory=dict)
    """What came on top of that."""
    unknown: dict[str, Money] = field(default_factory=dict)

    def move(self, before: Attempt | None, after: Attempt) -> None:
        """Count an attempt in its new state instead of its old one."""
        for attempt, sign in ((before, -1), (after, 1)):
            if attempt is None or attempt.change not in SPENDS:
                continue
            if attempt.state is AttemptState.DONE:
                self._add(self.spent, attempt.amount, sign)
                if (fee := _fee_of(attempt)) is not None:
                    self._add(self.fees, fee, sign)
            elif attempt.state is AttemptState.UNKNOWN:
                self._add(self.unknown, attempt.amount, sign)

    @staticmethod
    def _add(where: dict[str, Money], amount: Money, sign: int) -> None:
        code = amount.currency.code
        have = where.get(code, Money.zero(amount.currency))
        where[code] = have + amount if sign > 0 else have - amount


def _fee_of(attempt: Attempt) -> Money | None:
    try:
        return Money.parse(attempt.fees) if attempt.fees else None
    except UsageError:
        return None


class RunView:
    """One run, watched. `poll` reads what is new; the rest is there to be shown."""

    def __init__(self, journal: Journal, run_id: int) -> None:
        self._journal = journal
        self.run: Run = current(journal, run_id)
        self.rows: list[StepRow] = []
        self.log: list[LogLine] = []
        self.approved: dict[str, Money] = {}
        self.looked = 0
        self.purse = Purse()
        self.attempts: dict[int, Attempt] = {}
        self._titles: dict[str, str] = {}
        """By a project's ref."""
        self._place: dict[Place, int] = {}
        self._last_event = 0
        self._asked: Event | None = None
        self._open: set[int] = set()
        self._read_order()
        if self.run.kind in ACTING:
            for attempt in journal.attempts.of_run(run_id):
                self._keep(attempt, Delta())
        self.poll()
        self.log.sort(key=lambda line: line.at)
        if not self.live:
            self._leave_out(Delta())

    @property
    def id(self) -> int:
        """The run's number."""
        return self.run.id

    @property
    def live(self) -> bool:
        """Whether it has not ended, as far as the journal knows."""
        return self.run.live

    @property
    def takes_money(self) -> bool:
        """Whether any of its steps does."""
        return any(row.change in SPENDS for row in self.rows)

    @property
    def settled(self) -> int:
        """How many rows have come to an end."""
        return sum(attempt.state in {AttemptState.DONE, AttemptState.REFUSED} for attempt in self.attempts.values())

    @property
    def to_do(self) -> int:
        """How many rows were approved to be carried out."""
        return sum(1 for row in self.rows if row.change in ACTS)

    @property
    def unknown(self) -> list[Attempt]:
        """Attempts that may have gone through."""
        return [attempt for attempt in self.attempts.values() if attempt.state is AttemptState.UNKNOWN]

    @property
    def paying(self) -> Attempt | None:
        """The attempt under way, if money may be moving right now."""
        if not self.live:
            return None
        return next((a for number in self._open if (a := self.attempts[number]).state in UNDER_WAY), None)

    @property
    def wanted_of_you(self) -> Event | None:
        """What the run waits for a person to do right now."""
        return self._asked if self.run.state is RunState.PERSON else None

    @property
    def aftermath(self) -> Aftermath | None:
        """How what was approved stands now, where the run could not sum it up itself."""
        if self.run.kind is not RunKind.APPLY or self.live or self.run.summary:
            return None
        return aftermath_of(self.attempts.values(), self.to_do)

    def named(self, ref: str) -> str:
        """A project by its title, as far as that is known, and its ref: ``Logo and letterhead #38112234``."""
        title = self._titles.get(ref, "")
        return f"{clipped(title, min(TITLE, cell_len(title)))} #{plain(ref)}" if title else plain(ref)

    def _naming(self, text: str) -> str:
        """A line of the log that begins with a project's ref, with its title in front of it."""
        ref, slash, rest = text.partition("/")
        return f"{self.named(ref)}{slash}{rest}" if slash and ref in self._titles else text

    def place_of(self, attempt: Attempt | None) -> int | None:
        """The row that an attempt is about."""
        return self._place.get((attempt.project_ref, attempt.key, attempt.change)) if attempt is not None else None

    def poll(self) -> Delta:
        """Read what was written since the last poll."""
        delta, told = Delta(), len(self.log)
        if self.live:
            run = self._light()
            delta.state = (run.state, run.wanted, run.ended_at) != (self.run.state, self.run.wanted, self.run.ended_at)
            delta.ended = not run.live
            self.run = run
        touched = self._new_events(delta)
        now_open = {attempt.id: attempt for attempt in self._opened()}
        for attempt_id in touched | (self._open - now_open.keys()):
            if attempt_id not in now_open and (attempt := self._journal.attempts.get(attempt_id)):
                self._keep(attempt, delta)
        for attempt in now_open.values():
            self._keep(attempt, delta)
        self._open = set(now_open)
        if delta.ended:
            self._leave_out(delta)
        self.log[told:] = sorted(self.log[told:], key=lambda line: line.at)
        return delta

    def check_process(self) -> bool:
        """Mark the run as interrupted if its process died; True if so. For once in a while: it asks the system."""
        if not self.live or (self.run.pid is not None and alive(self.run.pid, self.run.pid_started)):
            return False
        return not refresh(self._journal, self.run.id).live

    def evidence(self, row: StepRow) -> list[tuple[str, str]]:
        """Moment and path of each picture kept of a row's attempt."""
        if row.attempt is None:
            return []
        kept = self._journal.attempts.evidence_of(row.attempt)
        return [(plain(item["moment"]), plain(item["path"] or "no picture could be taken")) for item in kept]

    def _light(self) -> Run:
        """The run's row as it is now, its order (which never changes and may be megabytes) not read again."""
        return replace(self.run, order={}, **run_now(self._journal, self.run.id))

    def _opened(self) -> list[Attempt]:
        if self.run.kind not in ACTING:
            return []
        return [a for a in self._journal.attempts.open(self.run.account) if a.run_id == self.run.id]

    def _read_order(self) -> None:
        if self.run.kind is RunKind.SINGLE:
            from assistant.single import SingleOrder  # only where a single step is shown

            single = SingleOrder.from_json(self.run.order).single
            self._titles[single.project.ref] = plain(single.project.title)
        if self.run.kind is not RunKind.APPLY:
            return
        order = Order.from_json(self.run.order)
        self.approved = {money.currency.code: money for money in order.approval.totals}
        for project in order.projects:
            ref, title = plain(project.project.ref), plain(project.project.title)
            self._titles[project.project.ref] = title
            self.rows.append(StepRow(ref, title))
            for _, key, kind, description, amount, *_ in project.signatures:
                self._place[project.project.ref, key, kind] = len(self.rows)
                row = StepRow(ref, title, plain(key), kind, plain(description), Money.parse(amount), _first_state(kind))
                self.rows.append(row)

    def _new_events(self, delta: Delta) -> set[int]:
        touched = set()
        for event in self._journal.runs.events(self.run.id, self._last_event):
            self._last_event = event.id
            if event.kind == "attempt":
                touched.add(int(event.data["attempt"]))
            elif event.kind == "looked":
                self.looked += 1
            elif event.kind == PERSON:
                self._asked = event
            else:
                self._refuse_project(event, delta)
            self.log.append(LogLine(event.at, plain(self._naming(event.text)), _role_of(event)))
            delta.log = True
        return touched

    def _refuse_project(self, event: Event, delta: Delta) -> None:
        """A whole project was refused or left out: its rows say so."""
        states = {"refused": "refused", "left": "left"}
        ref = event.data.get("project")
        if event.kind not in states or ref is None:
            return
        for (project, *_), index in self._place.items():
            row = self.rows[index]
            if project == ref and row.change in ACTS and row.attempt is None:
                why = plain(event.data.get("reason") or event.text)
                self.rows[index] = replace(row, state=states[event.kind], outcome=why)
                delta.rows.add(index)

    def _keep(self, attempt: Attempt, delta: Delta) -> None:
        before = self.attempts.get(attempt.id)
        if before is not None and before.state is attempt.state and before.settled_by == attempt.settled_by:
            return
        self.attempts[attempt.id] = attempt
        self.purse.move(before, attempt)
        self.log += _steps(before, attempt, f"{self.named(attempt.project_ref)}/{plain(attempt.key)}")
        delta.log = delta.money = True
        index = self.place_of(attempt)
        if index is not None:
            row = self.rows[index]
            state = _state_of(attempt)
            self.rows[index] = replace(row, state=state, attempt=attempt.id, outcome=_outcome(attempt))
            delta.rows.add(index)

    def _leave_out(self, delta: Delta) -> None:
        """The run has ended: what it did not reach is left out."""
        for index, row in enumerate(self.rows):
            if row.state == "waiting" and not row.is_heading:
                self.rows[index] = replace(row, state="left", outcome="the run ended before it")
                delta.rows.add(index)
        for attempt in self.attempts.values():
            place = self.place_of(attempt)
            if attempt.state in UNDER_WAY and place is not None:
                state = "left" if attempt.state is AttemptState.RECORDED else "unknown"
                self.rows[place] = replace(self.rows[place], state=state, outcome="the run ended in mid-step")
                delta.rows.add(place)


def _first_state(kind: str) -> str:
    if kind in ACTS:
        return "waiting"
    if kind == ChangeKind.GONE:
        return "gone"
    return "standing" if kind in {ChangeKind.KEEP, ChangeKind.ADOPT} else "blocked"


def _state_of(attempt: Attempt) -> str:
    return unknown_sign(attempt.change) if attempt.state is AttemptState.UNKNOWN else str(attempt.state)


def _outcome(attempt: Attempt) -> str:
    if attempt.state is AttemptState.DONE:
        settled = f", settled by {plain(attempt.settled_by)}" if attempt.settled_by else ""
        return f"#{plain(attempt.site_ref)}{settled}"
    return plain(attempt.reason or "")


def _steps(before: Attempt | None, attempt: Attempt, place: str) -> Iterator[LogLine]:
    """The moves of an attempt at `place` since it was last seen, as lines of the log."""
    moves: Mapping[str, str | None] = {
        f"{attempt.change} {attempt.amount} “{plain(attempt.description)}”, {place}": attempt.recorded_at,
        f"submitting, {place}": attempt.submitting_at,
        f"paying {attempt.amount} from {plain(attempt.source or 'the chosen source')}, {place}": attempt.paying_at,
    }
    known = {before.recorded_at, before.submitting_at, before.paying_at} if before else set()
    for text, at in moves.items():
        if at is not None and at not in known:
            yield LogLine(at, text, "busy")
    if before is not None and before.state is AttemptState.UNKNOWN and attempt.state is not AttemptState.UNKNOWN:
        yield LogLine(attempt.ended_at or attempt.recorded_at, f"settled as {attempt.state}, {place}", "info")


def _role_of(event: Event) -> str:
    if event.kind in {"refused", "error"}:
        return "bad"
    if event.kind == "attempt":
        return {"done": "good", "refused": "bad", "unknown": "bad"}.get(str(event.data.get("outcome")), "plain")
    return "warn" if event.kind in {"left", PERSON} else "muted"


def controls(view: RunView | None) -> dict[str, Any]:
    """What the actions have to know about a watched run."""
    if view is None or not view.live:
        return {"paused": False, "stopping": False}
    asked = view.wanted_of_you
    return {
        "wanted_of_you": str(asked.data.get("need", "")) if asked else "",
        "paused": view.run.wanted is Wanted.PAUSE or view.run.state is RunState.PAUSED,
        "stopping": view.run.wanted is Wanted.STOP,
    }
