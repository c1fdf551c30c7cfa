"""Checks: what holds and needs a look, worst first; and the money by month, as bars beside the same figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget

from tui.columns import Cell, Column
from tui.content import joined
from tui.screens.page import Page, bindings_of
from tui.view.times import ago, day_and_clock
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from datetime import datetime

    from assistant.checks.conclude import Conclusion
    from assistant.money import Money
    from tui.store import Change
    from tui.view.checks import Checked, FindingRow, MonthRow

NOTHING = (
    "Nothing that is known needs you. r reads the site and looks again; it can only read. Then this lists what was "
    "funded, released, declined, disputed, is late or falls due, with what to do about it."
)


class ChecksScreen(Page):
    """The findings and the months."""

    NAME: ClassVar[str] = "checks"
    BINDINGS = bindings_of(NAME)

    _checked: Checked | None = None
    _asked: int | None = None
    """The run of the check that was asked for here, until it is told what it found."""

    def body(self) -> Iterable[Widget]:
        """A line of facts, the findings, the one under the cursor in full, the months."""
        yield Words(id="facts")
        with Container(id="panes"):
            yield LineList(self._columns(), empty="Reading the journal", id="findings")
            with Vertical(id="detail"):
                yield Words(id="about")
                yield LineList(self._months(), empty="No milestone has a due date.", id="months")

    def main(self) -> LineList[FindingRow]:
        """The findings."""
        return self.query_one("#findings", LineList)

    def _columns(self) -> list[Column[FindingRow]]:
        return [
            Column("", self._sign),
            Column("", lambda row: Cell("new" if row.new else "", "warn")),
            Column("what", lambda row: Cell(row.kind)),
            Column("where", lambda row: Cell(row.place), least=16),
            Column("due", lambda row: Cell(row.due, "muted"), drop=1),
            Column("seen", lambda row: Cell(row.sentence, "muted"), least=20, drop=2),
        ]

    def _months(self) -> list[Column[MonthRow]]:
        return [
            Column("month", lambda row: Cell(row.money.name)),
            Column("due", lambda row: Cell(str(row.money.expected)), right=True),
            Column("funded", lambda row: _figure(row.money.funded, "info"), right=True),
            Column("released", lambda row: _figure(row.money.released, "good"), right=True),
            Column("late", lambda row: _figure(row.money.late, "warn"), right=True, fills=True),
            Column("", lambda row: Cell(row.bar(self.app.ascii_only), "info"), drop=1),
        ]

    def _sign(self, row: FindingRow) -> Cell:
        from tui.view.checks import SEVERITIES

        sign = SEVERITIES[row.severity]
        return Cell(sign.shown(self.app.ascii_only), sign.role)

    # -- showing ---------------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Take stock anew whenever the screen comes up."""
        super().on_screen_resume()
        self._read()

    def forget(self) -> None:
        """Nothing has been checked of this account yet."""
        self._checked, self._asked = None, None

    def _read(self) -> None:
        store = self.store
        if store is None or not store.is_open:
            return
        from tui.view.checks import checked_of, concluded  # brings what checks need

        run = self._asked
        if run is not None and self._has_ended():
            self._asked = None
            self.app.in_background(lambda: concluded(store, run), self._tell, self._failed)
        else:
            self.app.in_background(lambda: checked_of(store), self._take_checked, self._failed)

    def _take_checked(self, checked: Checked) -> None:
        self._checked = checked
        if self.is_mounted:
            self.refresh_all()

    def _failed(self, error: Any) -> None:
        self.app.tell_error(error, "taking stock of the account")

    def refresh_all(self) -> None:
        """What was read last."""
        store, checked = self.store, self._checked
        if store is None:
            return
        if checked is None:
            self.main().say_empty(store.empty_word("Reading the journal"))
            if self.is_current:
                self._read()
            return
        self.main().say_empty(self.none_holds("finding") if self.wanted else NOTHING)
        self.main().show(self.filtered(checked.findings), keep=lambda row: row.name)
        self.query_one("#months", LineList).show(checked.months)
        self.query_one("#facts", Words).say(_facts(checked, store.clock()))
        self._show_about()

    @on(LineList.Moved, "#findings")
    def _show_about(self) -> None:
        from tui.view.checks import LEGEND

        row = self.main().item
        lines: list[Content] = []
        if row is not None:
            since = f"since {day_and_clock(row.since, self.zone)}" if row.since else ""
            lines = [
                joined([(row.place, "bold"), (row.kind, ""), (since, "$role-muted")], " · "),
                joined([(row.sentence, "")]),
                joined([("Next  ", "bold"), (row.next, "")]) if row.next else Content(""),
            ]
        lines.append(joined([(LEGEND[self.app.ascii_only], "$role-muted")]))
        self.query_one("#about", Words).say(Content("\n").join(line for line in lines if line.plain))

    def take(self, change: Change) -> None:
        """A run has ended: take stock anew."""
        if change.ended is not None or (change.journal and self._has_ended()):
            self._read()

    def _has_ended(self) -> bool:
        """Whether the check that was asked for here is over, and was not told yet."""
        store = self.store
        return store is not None and any(run.id == self._asked and not run.live for run in store.runs)

    def _tell(self, conclusion: Conclusion) -> None:
        """What a check asked for here has found; once it is shown, it is told."""
        from tui.view.checks import checked_of, told

        store = self.store
        if store is None:
            return
        new, over = len(conclusion.outcome.new), len(conclusion.outcome.gone)
        self.say(f"Run {conclusion.run.id}: {new} new finding{'s' * (new != 1)}, {over} over.")

        def show(checked: Checked) -> None:
            self._take_checked(checked)
            self.app.in_background(lambda: told(store, conclusion), lambda _: None, self._failed)

        self.app.in_background(lambda: checked_of(store), show, self._failed)

    # -- actions ---------------------------------------------------------------------------------------------------

    def do_check(self) -> None:
        """Read the site, and nothing but read."""
        store = self.store
        if store is not None:
            run = self._asked = store.start_check()
            self.say(f"Run {run} reads the site; what it finds comes up here. 4 watches it.")

    def copied(self) -> str:
        """The finding or the month under the cursor."""
        row: Any = self.lines().item
        if row is None:
            return ""
        if self.lines() is self.main():
            return "\t".join(part for part in (row.severity, row.kind, row.place, row.sentence, row.next) if part)
        of = row.money
        return f"{of.name}\tdue {of.expected}\tfunded {of.funded}\treleased {of.released}\tlate {of.late}"


def _facts(checked: Checked, now: datetime) -> Content:
    """How much holds, what of it is new, when the last check was and how it went, and when the next one comes."""
    count = f"{len(checked.findings)} finding{'s' * (len(checked.findings) != 1)}"
    new = f"{checked.new} new" if checked.new else ""
    last = f"last check {ago(checked.last, now)}" if checked.last else "not checked yet: r checks"
    parts = [(count, "bold"), (new, "$role-warn bold"), (last, ""), (checked.rounds, ""), (checked.next, "$role-muted")]
    trouble = [("\n" + checked.trouble, "$role-warn")] if checked.trouble else []
    return joined([part for part in parts if part[0]], " · ") + joined(trouble, "")


def _figure(money: Money, role: str) -> Cell:
    return Cell(money.amount_text, role) if money.minor else Cell("-", "muted")
