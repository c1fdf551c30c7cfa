"""What the screens know: the account, its plans and projects, the preview, the run that is watched, and the inbox.

Plain Python over the journal, without a screen: `open`, then `poll` as often as wanted. Reading that may take long
(`read_plans`, `read_projects`, `make_view`) returns what it read and changes nothing, so that it may be done in a
thread; `take_*` puts it in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant import runs
from assistant.approval import Order
from assistant.clock import stamp
from assistant.errors import MilepostError
from assistant.journal import Attempt, AttemptState, RunKind, Wanted
from assistant.plans.plan import Plan
from assistant.verdict import settles_at
from assistant.work import error_of
from tui.actions import Facts
from tui.beginning import Beginning
from tui.opened import Opened
from tui.view.inbox import of_error, of_settled, of_unknown, settled_words
from tui.view.preview import ChangeRow, PreviewView, view_of
from tui.view.projects import Projects, projects_of
from tui.view.reads import RunFacts, runs_of
from tui.view.run import Delta, RunView, controls
from tui.view.times import day_and_clock


@dataclass
class Change:
    """What a poll found: of the run that is watched, and of everything else."""

    run: Delta = field(default_factory=Delta)
    journal: bool = False
    started: bool = False
    """A run of the account that was not watched before is under way."""
    ended: RunFacts | None = None


class Store(Opened):
    """One account's state of things."""

    def __init__(self, beginning: Beginning) -> None:
        super().__init__(beginning)
        self.projects = Projects()
        self.preview: PreviewView | None = None
        self.preview_trouble = ""
        self.again: set[str] = set()
        self.run: RunView | None = None
        self.runs: list[RunFacts] = []
        self.stale = ""
        """Why the preview must be made anew before it can be approved; empty while it holds."""

    def open(self) -> None:
        """Open all there is, and watch a run that is under way. Problems go to the inbox.

        May take long the first time; changes the store, so nothing else may use it meanwhile.
        """
        super().open()
        if not self.is_open:
            return
        self._read_runs()
        self.take_projects(self.read_projects())
        newest = next((run for run in self.runs if run.live), None) or next(
            (run for run in self.runs if run.kind is RunKind.APPLY), None
        )
        if newest is not None:
            self.watch_run(newest.id)

    # -- reading ---------------------------------------------------------------------------------------------------

    def take_plans(self, read: tuple[list[Plan], list[MilepostError]]) -> None:
        """Put what `read_plans` read in place; a preview was of the plan as it was."""
        super().take_plans(read)
        self.preview = None

    def next_plan(self) -> None:
        """Go on to the next plan; a preview is of one plan."""
        super().next_plan()
        self.preview, self.preview_trouble = None, ""

    def read_projects(self) -> Projects:
        """What the projects screen shows, as the journal has it now."""
        return projects_of(self.journal, self._in_use.facts, self.plans, self.settings.local(self.clock()))

    def take_projects(self, projects: Projects) -> None:
        """Put what `read_projects` read in place."""
        self.projects = projects
        marks = set()
        for problem in projects.problems:
            mark = f"project:{problem.file}:{problem.line}"
            marks.add(mark)
            error = MilepostError(problem.message, where=f"{problem.file}:{problem.line}", hint=problem.mend)
            self.inbox.add(of_error(error, "finding the plan's projects on the site", mark))
        self.inbox.drop("project:", frozenset(marks))
        self._tell_unknowns()

    def make_view(self) -> PreviewView:
        """A preview by the newest looks. Raises what `make_preview` raises, and `UsageError` without a plan."""
        preview = self.work.preview(self._a_plan, sorted(self.again))
        return view_of(preview, self.journal, self.work.estimate(preview), self.work.to_be_guided(preview))

    def take_preview(self, view: PreviewView) -> None:
        """Put what `make_view` made in place."""
        self.preview, self.preview_trouble = view, ""
        self._read_stale()

    def _read_stale(self) -> None:
        holds = self.preview is None or (
            self.journal.attempts.last_id(self.facts_id) == self.preview.preview.last_attempt
        )
        self.stale = "" if holds else "a run has changed things since this preview was made: r makes a new one"

    def _read_runs(self) -> None:
        self.runs = runs_of(self.journal, self.facts_id)

    def _tell_unknowns(self) -> None:
        marks = set()
        for attempt in self.unknowns():
            until = settles_at(attempt, self._in_use.settle_rules)
            plan = next((run.plan for run in self.runs if run.id == attempt.run_id), None)
            entry = of_unknown(attempt, plan, day_and_clock(stamp(until), self.settings.time_zone) if until else None)
            marks.add(entry.mark)
            self.inbox.add(entry)
        for entry in self.inbox.marked("unknown:"):
            if entry.mark not in marks and not entry.settled:
                known = self.journal.attempts.get(int(entry.mark.removeprefix("unknown:")))
                if known is not None:
                    self.inbox.put(of_settled(entry, known))

    def unknowns(self) -> list[Attempt]:
        """Attempts of the account that may have gone through."""
        return [a for a in self.journal.attempts.open(self.facts_id) if a.state is AttemptState.UNKNOWN]

    # -- watching --------------------------------------------------------------------------------------------------

    def watch_run(self, run_id: int) -> RunView:
        """Watch this run from now on."""
        self.run = RunView(self.journal, run_id)
        self._tell_failed()
        return self.run

    @property
    def live(self) -> RunFacts | None:
        """The run that is under way on this account."""
        return next((run for run in self.runs if run.live), None)

    def poll(self, *, processes: bool = False) -> Change:
        """Read what was written to the journal since the last poll; costs next to nothing if nothing was.

        `processes`: also see whether the process of the run still lives; it cannot write that it died.
        """
        change = Change()
        if not self.is_open or self._watch is None:
            return change
        if processes and self.run is not None and self.run.check_process():
            change.journal = True
        if not self._watch.changed() and not change.journal:
            return change
        change.journal = True
        was_live = self.live
        self._read_runs()
        live = self.live
        if live is not None and (self.run is None or (self.run.id != live.id and not self.run.live)):
            self.watch_run(live.id)
            change.started = True
        if self.run is not None:
            change.run = self.run.poll()
        if was_live is not None and (live is None or live.id != was_live.id):
            change.ended = next((run for run in self.runs if run.id == was_live.id), None)
            self._tell_failed()
        if change.run.ended or change.run.money or self.inbox.marked("unknown:"):
            self._tell_unknowns()
        if self.inbox.marked("run:"):
            self._tell_settled()
        self._read_stale()
        return change

    def _tell_failed(self) -> None:
        view = self.run
        error = error_of(view.run) if view is not None and not view.live else None
        if view is not None and error is not None:
            error.where = error.where or str(runs.stderr_of(self.settings, view.id))
            self.inbox.add(of_error(error, f"run {view.id}, {view.run.kind}", f"run:{view.id}"))
            self._tell_settled()

    def _tell_settled(self) -> None:
        """What of a run that failed was not known, and is by now, belongs to the message about it."""
        for entry in self.inbox.marked("run:"):
            made = self.journal.attempts.of_run(int(entry.mark.removeprefix("run:")))
            settled = tuple(settled_words(each) for each in made if each.settled_by is not None)
            if new := tuple(line for line in settled if line not in entry.seen):
                self.inbox.put(replace(entry, seen=(*entry.seen, *new)))

    # -- asking for runs -------------------------------------------------------------------------------------------

    def start_login(self) -> int:
        """Start a run that signs the account in: by hand where no password is kept. Raises `RunError`."""
        return self.started(self.work.start_login(by_hand=self._in_use.account.password is None))

    def start_doctor(self) -> int:
        """Start a run that holds the profile against the pages of today; it can only read. Raises `RunError`."""
        return self.started(self.work.start_doctor())

    def start_check(self) -> int:
        """Start a run that checks the account and the open plans; it can only read. Raises `RunError`."""
        from assistant.checks.reading import CheckOrder  # brings what checks need

        return self.started(self.work.start_check(CheckOrder(tuple(self.plans))))

    def start_projects(self) -> int:
        """Start a run that reads My Projects. Raises `RunError`."""
        return self.started(self.work.start_projects())

    def start_preview(self) -> int:
        """Start a run that looks at everything the plan is about. Raises `RunError`."""
        return self.started(self.work.start_looks(self._a_plan))

    def approved(self, shown: PreviewView, typed: Sequence[str]) -> Order:
        """The order that these typed totals make of the preview that is shown. Nothing is started.

        Raises `ApprovalRefused` for another total or a preview that is stale, `CapExceeded` over a cap.
        """
        fresh = self.make_view().preview
        return self.work.order(fresh, typed, shown.digest)

    def start_apply(self, order: Order) -> int:
        """Start the run of an approved order. Raises `RunError`."""
        return self.started(self.work.start_order(order, self._a_plan, asks=True))

    def started(self, run_id: int) -> int:
        """Watch a run that was just started."""
        self._read_runs()
        self.watch_run(run_id)
        return run_id

    def pause_or_go(self) -> Wanted | None:
        """Pause the live run, or let it go on; returns what is wanted now."""
        live = self.live
        if live is None:
            return None
        wanted = Wanted.GO if live.wanted is Wanted.PAUSE else Wanted.PAUSE
        self.journal.runs.want(live.id, wanted)
        return wanted

    def stop(self) -> None:
        """Ask the live run to stop after the current step."""
        if self.live is not None:
            runs.ask_to_stop(self.journal, self.live.id)

    def stop_now(self) -> None:
        """Stop the live run's process in mid-step."""
        if self.live is not None:
            runs.stop_now(self.journal, self.live.id)

    def answer(self, need: str, typed: str) -> None:
        """Tell the watched run what was typed for its need; an empty line says that the person is done."""
        from tui.answering import answer, said  # loaded where a run waits for somebody

        if self.run is not None:
            answer(self.journal, self.run.id, said(need, typed))

    # -- for the actions -------------------------------------------------------------------------------------------

    def facts(self, *, row: ChangeRow | None = None) -> Facts:
        """What the actions need to know; `row` is the line of the preview under the cursor."""
        live = self.live if self.is_open else None
        return Facts(
            account=self._in_use.facts.name if self.is_open else "",
            no_account=self.no_account,
            plans=len(self.plans),
            live_run=live.id if live else None,
            live_kind=str(live.kind) if live else "",
            run_shown=self.run.id if self.run else None,
            preview=self.preview is not None,
            stale=self.stale,
            acts=bool(self.preview and self.preview.acts),
            on_gone=bool(self.preview and self.preview.gone_under(row)),
            **controls(self.run),
        )
