"""History: every run of the account, newest first; beside it what the one under the cursor did, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget

from assistant.errors import UsageError
from assistant.plans.save import save_new
from tui.columns import Cell, Column
from tui.content import joined
from tui.opening import open_in_browser, picture_address
from tui.screens.page import Page, bindings_of
from tui.signs import ATTEMPTS, RUNS, sign_of
from tui.view.history import HistoryRow, Kept, about, evidence_of, in_full, kept_of, pictures, run_text
from tui.view.reads import summaries_of
from tui.view.summary import counts_told
from tui.view.times import ago, day_and_clock, lasted
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.actions import Facts
    from tui.store import Change, Store
    from tui.view.reads import RunFacts

NO_RUN = "There has been no run of this account yet. 1 and r read My Projects; 2 makes a plan, and p previews it."

SUMMED_UP = 100
"""So many of the newest runs say in the list what they came to."""


class HistoryScreen(Page):
    """What was run, when, how it ended, and what it did."""

    NAME: ClassVar[str] = "history"
    BINDINGS = bindings_of(NAME)

    _kept: Kept | None = None
    _summaries: dict[int, Any]
    _wanted_run: int | None = None
    """The run under the cursor; it is read once the cursor rests."""

    def __init__(self) -> None:
        super().__init__()
        self._summaries = {}

    def body(self) -> Iterable[Widget]:
        """The runs, and what one of them did."""
        with Container(id="panes"):
            yield LineList(self._columns(), id="runs-list")
            with Vertical(id="detail"):
                yield Words(id="about")
                yield LineList(self._steps(), heading=_heading, empty="No step of it was kept.", id="done")

    def main(self) -> LineList[RunFacts]:
        """The runs."""
        return self.query_one("#runs-list", LineList)

    def _done(self) -> LineList[HistoryRow]:
        return self.query_one("#done", LineList)

    def _columns(self) -> list[Column[RunFacts]]:
        return [
            Column("run", lambda run: Cell(str(run.id)), right=True),
            Column("state", self._sign),
            Column("what", lambda run: Cell(str(run.kind))),
            Column("asked for", self._asked),
            Column("took", self._took, right=True, drop=1),
            Column("came to", self._came_to, least=26, drop=2),
            Column("plan", lambda run: Cell(run.plan_name, "muted"), least=10, drop=3),
        ]

    def _steps(self) -> list[Column[HistoryRow]]:
        return [
            Column("time", lambda row: Cell(row.at, "muted")),
            Column("outcome", self._outcome),
            Column("amount", lambda row: Cell(row.amount), right=True),
            Column("what was done", lambda row: Cell(row.text, row.role), least=20),
        ]

    def _sign(self, run: RunFacts) -> Cell:
        sign = sign_of(RUNS, str(run.state))
        return Cell(sign.shown(self.app.ascii_only), sign.role)

    def _outcome(self, row: HistoryRow) -> Cell:
        sign = sign_of(ATTEMPTS, row.state)
        return Cell(sign.shown(self.app.ascii_only), sign.role) if row.state else Cell("")

    def _asked(self, run: RunFacts) -> Cell:
        return Cell(day_and_clock(run.asked_at, self.zone), "muted")

    def _took(self, run: RunFacts) -> Cell:
        store = self.store
        return Cell(lasted(run.asked_at, run.ended_at, store.clock()) if store is not None else "")

    def _came_to(self, run: RunFacts) -> Cell:
        return Cell(", ".join(counts_told(self._summaries.get(run.id))), "muted")

    # -- showing ---------------------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """The runs as the store has them now."""
        store = self.store
        if store is not None:
            self._read_summaries(store)
            self.main().say_empty(self.none_holds("run") if self.wanted and store.runs else store.empty_word(NO_RUN))
            self.main().show(self.filtered(store.runs), keep=lambda run: run.id)
            self._kept = None
            self._other_run()
            self.tick()

    def forget(self) -> None:
        """No run of this account was read yet."""
        self._kept, self._wanted_run = None, None

    def _read_summaries(self, store: Store) -> None:
        """What the newest runs came to; a run that has ended keeps its summary."""
        wanted = [run.id for run in store.runs[:SUMMED_UP] if not run.live and run.id not in self._summaries]
        if wanted:
            self._summaries.update(summaries_of(store.journal, wanted))

    def take(self, change: Change) -> None:
        """A run began, ended, or did something."""
        run = self.main().item
        shown = (
            run is not None and self.store is not None and self.store.run is not None and self.store.run.id == run.id
        )
        if change.started or change.ended or change.run.state or (shown and change.run.money):
            self.refresh_all()

    @on(LineList.Moved, "#runs-list")
    def _other_run(self) -> None:
        run = self.main().item
        self._wanted_run = run.id if run is not None else None
        if self._wanted_run is None:
            self._kept = None
            self._done().show([])
            self._show_about()

    def tick(self) -> None:
        """Read the run under the cursor once it rests there."""
        store, wanted = self.store, self._wanted_run
        if store is None or wanted is None or (self._kept is not None and self._kept.view.id == wanted):
            return
        kept = self._kept = kept_of(store.journal, wanted, self.zone)
        self._done().show(kept.rows)
        self._show_about()

    @on(LineList.Moved, "#done")
    def _other_step(self) -> None:
        self._show_about()

    def _show_about(self) -> None:
        words, kept, store = self.query_one("#about", Words), self._kept, self.store
        if kept is None or store is None:
            words.say("")
            return
        run, row = kept.view.run, self._done().item
        sign = sign_of(RUNS, str(run.state))
        lines = [
            joined(
                [(f"Run {run.id}", "bold"), (str(run.kind), ""), (sign.word, f"$role-{sign.role} bold"),
                 (ago(run.asked_at, store.clock()), "$role-muted"), (", ".join(counts_told(run.summary)), "")],
                " · ",
            )
        ]  # fmt: skip
        if run.error:
            lines.append(joined([(run.error.get("message", ""), "$role-bad")]))
        if row is not None and row.attempt is not None:
            told = [*about(row.attempt), pictures(evidence_of(store.journal, row.attempt))]
            lines += [joined([(line, "$role-muted")]) for line in told if line]
        words.say(Content("\n").join(lines))

    def known(self, facts: Facts) -> Facts:
        """Whether there is a run, and a picture of the attempt under the cursor."""
        return replace(facts, run_under=self.main().item is not None, pictures=bool(self._pictures()))

    def _pictures(self) -> list[str]:
        row, store = self._done().item, self.store
        if row is None or row.attempt is None or store is None:
            return []
        return [path for _, path in evidence_of(store.journal, row.attempt) if path]

    # -- actions ---------------------------------------------------------------------------------------------------

    def do_choose(self) -> None:
        """Watch the run under the cursor; on an attempt, open its evidence."""
        if self.lines() is self._done():
            if self._pictures():
                self.do_evidence()
            return
        run = self.main().item
        if run is not None and self.store is not None:
            self.store.watch_run(run.id)
            self.app.go("run")

    def do_evidence(self) -> None:
        """Open the last picture of the attempt under the cursor."""
        store, pictures = self.store, self._pictures()
        if store is not None and pictures:
            open_in_browser(picture_address(pictures[-1], store.settings.evidence_dir))
            self.say(f"Opened {pictures[-1]}")

    def do_export(self) -> None:
        """Ask for a file, and write the run into it as text."""
        from tui.screens.one_line import OneLine

        if self._kept is not None:
            name = Path.cwd() / f"run-{self._kept.view.id}.txt"
            told = "A file that is not there yet; everything the journal has of the run is written into it."
            self.app.push_screen(OneLine("Write the run as text", told, str(name)), self._export)

    def _export(self, name: str | None) -> None:
        if not name or self._kept is None or self.store is None:
            return
        path = Path(name).expanduser()
        try:
            save_new(path, run_text(self.store.journal, self._kept).encode())
        except UsageError as error:
            self.app.tell_error(error, "writing the run as text")
            return
        self.say(f"Written: {path}")

    def copied(self) -> str:
        """The run under the cursor, or the step."""
        row: Any = self.lines().item
        if row is None:
            return ""
        if isinstance(row, HistoryRow):
            lines = in_full(self._journal(), row.attempt) if row.attempt else []
            return "\n".join([f"{row.at}\t{row.text}", *lines])
        return f"run {row.id}\t{row.kind}\t{row.state}\t{row.asked_at}\t{row.plan or ''}"

    def _journal(self) -> Any:
        return self.store.journal if self.store is not None else None


def _heading(row: HistoryRow) -> Cell | None:
    return Cell(row.text, "muted") if row.is_heading else None
