"""Runs: every run of the account, newest first. Enter watches one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from tui.columns import Cell, Column
from tui.screens.page import Page, bindings_of
from tui.signs import RUNS, sign_of
from tui.view.times import day_and_clock, lasted
from tui.widgets.lines import LineList

if TYPE_CHECKING:
    from tui.store import Change
    from tui.view.reads import RunFacts


class RunsScreen(Page):
    """What was run, when, and how it ended."""

    NAME: ClassVar[str] = "runs"
    BINDINGS = bindings_of(NAME)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield LineList(self._columns(), id="runs-list")

    def main(self) -> LineList[RunFacts]:
        """The runs."""
        return self.query_one("#runs-list", LineList)

    def _columns(self) -> list[Column[RunFacts]]:
        return [
            Column("run", lambda run: Cell(str(run.id)), right=True),
            Column("state", self._sign),
            Column("what", lambda run: Cell(str(run.kind))),
            Column("asked for", lambda run: Cell(day_and_clock(run.asked_at), "muted")),
            Column("took", self._took, right=True),
            Column("plan", lambda run: Cell(run.plan_name, "muted"), least=10, drop=1),
        ]

    def _sign(self, run: RunFacts) -> Cell:
        sign = sign_of(RUNS, str(run.state))
        return Cell(sign.shown(self.app.ascii_only), sign.role)

    def _took(self, run: RunFacts) -> Cell:
        store = self.store
        return Cell(lasted(run.started_at, run.ended_at, store.clock()) if store is not None else "")

    def refresh_all(self) -> None:
        """The runs as the store has them now."""
        store = self.store
        if store is not None:
            self.main().say_empty(store.empty_word("There has been no run of this account yet."))
            self.main().show(self.filtered(store.runs), keep=lambda run: run.id)

    def take(self, change: Change) -> None:
        """A run began or ended."""
        if change.started or change.ended or change.run.state:
            self.refresh_all()

    def do_choose(self) -> None:
        """Watch the run under the cursor."""
        run = self.main().item
        if run is not None and self.store is not None:
            self.store.watch_run(run.id)
            self.app.go("run")

    def copied(self) -> str:
        """The run under the cursor."""
        run = self.main().item
        return f"run {run.id}\t{run.kind}\t{run.state}\t{run.asked_at}\t{run.plan or ''}" if run else ""
