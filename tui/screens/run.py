"""Run: the one under way, or one that has ended: a line per milestone, the money, the log of every action."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from assistant.errors import MilepostError
from tui.columns import Cell, Column, shortened
from tui.content import joined, words
from tui.screens.page import Page, bindings_of
from tui.signs import ATTEMPTS, RUNS, sign_of
from tui.text import plain
from tui.view.summary import counts_told
from tui.view.times import clock, lasted
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from datetime import tzinfo

    from assistant.journal import Event
    from assistant.money import Money
    from assistant.plans.plan import Plan
    from tui.store import Change
    from tui.view.run import LogLine, RunView, StepRow

FLUSH_SECONDS = 0.25
"""How often what is not a milestone's state is drawn anew."""

BUSY_SECONDS = 0.8
"""The same while MANY_LINES come at once: each time the whole log is drawn, some 13 KiB on a wide terminal."""

MANY_LINES = 6

DONE = {
    **{"create": "paid", "accept": "paid", "confirm": "paid"},
    **{"put_up": "put up", "agree": "agreed to", "request": "asked for", "withdraw": "withdrawn"},
}
"""What a change is once it is done."""


class RunScreen(Page):
    """Watches `store.run`."""

    NAME: ClassVar[str] = "run"
    BINDINGS = bindings_of(NAME)

    def __init__(self) -> None:
        super().__init__()
        self._due = False
        self._flushed = 0.0
        self._lines = 0
        """How many lines there were when it was drawn last."""
        self._busy = False
        self._logged = 0
        """How many lines of the log are shown."""
        self._found: int | None = None
        self._answering: ModalScreen[str] | None = None
        """What is laid over the screen to type what the run waits for."""
        self._followed = 0
        """The row that the run has moved the cursor to."""

    def body(self) -> Iterable[Widget]:
        """How it stands, the milestones, the one under the cursor in full, the log."""
        yield Words(id="facts")
        with Container(id="panes"):
            yield LineList(self._columns(), heading=_heading, empty="", id="steps")
            yield LineList(_log_columns(lambda: self.zone), empty="Nothing has been done yet.", id="log")
        yield Words(id="about")

    def main(self) -> LineList[Any]:
        """The milestones of an apply; for other runs, which have none, the log."""
        run = self.store.run if self.store is not None else None
        return self.query_one("#log" if run is not None and not run.rows else "#steps", LineList)

    def _columns(self) -> list[Column[StepRow]]:
        return [
            Column("state", self._sign),
            Column("key", lambda row: Cell(row.key, "muted"), least=4),
            Column("milestone", lambda row: Cell(row.description), least=16),
            Column("amount", lambda row: Cell(str(row.amount) if row.amount else ""), right=True),
            Column("on the site", lambda row: Cell(row.outcome, "muted"), least=14, drop=1, fills=True),
        ]

    def _sign(self, row: StepRow) -> Cell:
        sign = sign_of(ATTEMPTS, row.state)
        word = DONE.get(row.change, sign.word) if row.state == "done" else sign.word
        shown = f"{sign.letters if self.app.ascii_only else sign.glyph} {word}"
        return Cell(f"{shown:<{STATE_WIDTH}}", sign.role)

    # -- showing ---------------------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """The run as the store has it now."""
        view = self.store.run if self.store is not None else None
        steps, log = self.query_one("#steps", LineList), self.query_one("#log", LineList)
        if view is None:
            steps.display = True
            steps.say_empty("There has been no run yet. 3 opens the preview; once it is approved, its run is here.")
            steps.show([])
            log.show([])
            self.query_one("#facts", Words).say("")
            return
        steps.display = bool(view.rows)
        self.set_class(not view.rows, "-only-log")
        steps.say_empty(self.none_holds("milestone"))
        steps.show(self.filtered_groups(view.rows), keep=lambda row: (row.project_ref, row.key, row.change))
        self._find_place(view, steps)
        self._show_log(view, follow=True)
        self._show_facts(view)
        self._show_about()
        if self.focused is None or not self.focused.display:
            self.main().focus()

    def _show_log(self, view: RunView, *, follow: bool) -> None:
        log = self.query_one("#log", LineList)
        at_end = log.cursor >= self._logged - 1
        if log.items is view.log:
            log.grow()
        else:
            log.show(view.log)
        self._logged = len(view.log)
        if follow or at_end:
            log.go(self._logged - 1, -1)

    def _show_facts(self, view: RunView) -> None:
        store = self.store
        assert store is not None  # noqa: S101  # there is a run only once there is a store
        run = view.run
        sign = sign_of(RUNS, str(run.state))
        state = sign.shown(self.app.ascii_only)
        if view.live and str(run.wanted) == "stop":
            state += ", stopping after this step"
        elif view.live and str(run.wanted) == "pause" and str(run.state) != "paused":
            state += ", pausing after this step"
        first = joined([
            (f"Run {run.id}", "bold"), (str(run.kind), ""), (state, f"$role-{sign.role} bold"),
            (lasted(run.asked_at, run.ended_at, store.clock()), ""),
            (PurePath(run.plan or "").name, "$role-muted"),
        ], " · ")  # fmt: skip
        lines = [first]
        if view.wanted_of_you is not None:
            lines.append(_wanted(view.wanted_of_you, self.zone))
        if view.rows:
            lines.append(self._money(view))
        if not view.live:
            lines.append(self._result(view))
        self.query_one("#facts", Words).say(Content("\n").join(line for line in lines if line.plain))

    def _money(self, view: RunView) -> Content:
        unknown = _sum(view.purse.unknown)
        line = joined([(f"{view.settled} of {view.to_do} settled", ""), (_spent(view), "bold")], " · ")
        perhaps = words(f"may have been paid: {unknown}" if unknown else "", "$role-bad bold")
        return Content("\n").join(part for part in (line, perhaps) if part.plain)

    def _result(self, view: RunView) -> Content:
        run = view.run
        summary = run.summary or {}
        counts = " · ".join(counts_told(summary))
        error = str((run.error or {}).get("message", "")) if run.error else ""
        parts = [(counts, ""), (error, "$role-bad bold")]
        if view.aftermath is not None:
            parts.append((f"{view.aftermath}", "bold"))
        keys = next_keys(view, self.store.plan if self.store is not None else None)
        parts.append((f"Next: {keys}", "$role-bad bold" if view.unknown else "bold"))
        return joined(parts, "\n")

    def _show_about(self) -> None:
        about = self.query_one("#about", Words)
        view = self.store.run if self.store is not None else None
        log = self.query_one("#log", LineList)
        if view is not None and view.rows and self.focused is log and log.item is not None:
            told = shortened(log.item.text, self.app.size.width - 4, 4)
            about.say(joined([(clock(log.item.at, self.zone), "$role-muted"), (told, f"$role-{log.item.role}")], " "))
            return
        row = self.query_one("#steps", LineList).item if view is not None and view.rows else None
        if view is None or row is None or row.is_heading:
            about.say("")
            return
        sign = sign_of(ATTEMPTS, row.state)
        lines = [
            joined([(f"{row.project_ref}/{row.key}", "bold"), (row.title, ""), (row.change, "$role-muted")], " · "),
            joined([(sign.word, f"$role-{sign.role} bold"), (self._fitting(row.outcome), "")], ": "),
        ]
        evidence = view.evidence(row)
        if evidence:
            moment, path = evidence[-1]
            more = f" (and {len(evidence) - 1} more; y copies all)" if len(evidence) > 1 else ""
            lines.append(words(f"evidence {moment}: {_end_of(path, self.app.size.width // 2)}{more}", "$role-muted"))
        about.say(Content("\n").join(lines))

    def _fitting(self, outcome: str) -> str:
        """As much of it as there is room for beside the other lines."""
        return shortened(outcome, self.app.size.width - STATE_WIDTH - 2, 2)

    @on(LineList.Moved, "#steps")
    def _other_step(self) -> None:
        self._show_about()

    @on(LineList.Moved, "#log")
    def _other_line(self, event: LineList.Moved) -> None:
        if self.focused is event.lines:
            self._show_about()

    def on_descendant_focus(self) -> None:
        """Of the log it is its line that is shown in full."""
        self._show_about()

    def _close_answer(self) -> None:
        """What the run waited for is over: nothing that is typed for it is for anything else."""
        view, sheet = self.store.run if self.store is not None else None, self._answering
        if sheet is None or (view is not None and view.wanted_of_you is not None):
            return
        self._answering = None
        if sheet.is_current:
            told = "The run waits for this no longer."
            self.app.closing(told)
            sheet.dismiss(None)

    def take(self, change: Change) -> None:
        """A milestone's state is shown at once; the log, the sums and the rest a few times a second."""
        self._close_answer()
        if change.started or change.run.ended:
            self.refresh_all()
            return
        if not self.wanted:
            steps = self.query_one("#steps", LineList)
            for index in change.run.rows:
                steps.show_again(index)
            self._follow(steps, change.run.rows)
        self._due = self._due or bool(change.run)

    def _find_place(self, view: RunView, steps: LineList[StepRow]) -> None:
        """A run that was not watched before is shown where it is now."""
        if self._found != view.id:
            self._found = view.id
            open_ones = [view.paying, *view.unknown]
            places = [at for attempt in open_ones if (at := view.place_of(attempt)) is not None]
            places += [at for at, row in enumerate(view.rows) if row.state == "unknown"]  # what a dead run left
            steps.go(next(iter(places), 0))
            self._followed = steps.cursor

    def _follow(self, steps: LineList[StepRow], touched: set[int]) -> None:
        """The cursor goes along with the run until a person moves it."""
        if steps.cursor == self._followed and touched:
            steps.go(max(touched))
            self._followed = steps.cursor

    def tick(self) -> None:
        """Draw what was put off, and the run's clock."""
        view = self.store.run if self.store is not None else None
        since = monotonic() - self._flushed
        soon = BUSY_SECONDS if self._busy else FLUSH_SECONDS
        if view is None or since < soon or not (self._due or (view.live and since >= 1)):
            return
        self._flushed = monotonic()
        self._busy = len(view.log) - self._lines >= MANY_LINES
        self._lines = len(view.log)
        if self._due:
            self._due = False
            self._show_log(view, follow=False)
            self._show_about()
            if self.wanted:
                self.refresh_all()
        self._show_facts(view)

    # -- actions ---------------------------------------------------------------------------------------------------

    def do_answer(self) -> None:
        """Type the code or the amount that the run waits for, or say that what it asks for is done."""
        view = self.store.run if self.store is not None else None
        asked = view.wanted_of_you if view is not None else None
        if asked is None:
            return
        need = str(asked.data.get("need"))
        from tui.screens.fee import FeeScreen  # only where a run waits for somebody
        from tui.screens.one_line import SecretLine

        if need == "code":
            self._answering = SecretLine("The 2-step code", asked.text)
        elif need == "fee" and self.store is not None:
            self._answering = FeeScreen(self.store, asked)
        else:
            self._answered(need, "")
            return
        self.app.push_screen(self._answering, lambda typed: self._answered(need, typed))

    def _answered(self, need: str, typed: str | None) -> None:
        self._answering = None
        if typed is None or self.store is None:
            return
        try:
            self.store.answer(need, typed)
        except MilepostError as error:
            self.app.tell_error(error, "telling the run")

    def copied(self) -> str:
        """The milestone or line of the log under the cursor, in full, with its evidence."""
        row = self.lines().item
        view = self.store.run if self.store is not None else None
        if row is None or view is None:
            return ""
        if self.lines().id == "log":
            return f"{row.at}\t{row.text}"
        parts = [f"{row.project_ref}/{row.key}", row.change, row.description, str(row.amount or ""), row.state]
        told = "\t".join(part for part in [*parts, row.outcome] if part)
        return "\n".join([told, *(f"{moment}: {path}" for moment, path in view.evidence(row))])


NEXT = {
    "projects": "1 shows the projects",
    "preview": "3 shows the preview",
    "check": "6 shows what was found",
    "doctor": "7, then d, says what he found",
    "login": "1, then r, reads My Projects",
}
"""The keys that go on from a run that has come to its end, by its kind."""


def next_keys(view: RunView, plan: Plan | None) -> str:
    """What to press after a run: the keys that show what came of it, or that take up what it left of its plan.

    `plan` is the one that a preview would be of.
    """
    kind, ended_well = str(view.run.kind), str(view.run.state) == "done"
    if view.unknown:
        return "! says what to do about what may have been paid"
    if kind in NEXT and ended_well:
        return f"{NEXT[kind]}; Esc goes back"
    if kind == "apply" and (not ended_well or view.settled < view.to_do):
        name = plain(PurePath(view.run.plan or "").name)
        way = "3, then r," if plan is not None and plain(plan.file.name) == name else f"3, O to open {name}, then r:"
        return f"{way} looks at what stands and previews what is left"
    return "1 shows how the projects stand; 5 keeps what was done" if ended_well else "! says what went wrong"


STATE_WIDTH = max(len(sign.shown(False)) for sign in ATTEMPTS.values())


def _wanted(asked: Event, zone: tzinfo | None) -> Content:
    """What the run waits for a person to do, until when, and the key for it."""
    keys = {"code": "c types the code", "sign_in": "c says that it is done", "fee": "c approves or refuses it"}
    key = keys.get(str(asked.data.get("need")), "")
    until = f"until {clock(str(asked.data.get('until', '')), zone)}"
    return joined([(f"Waiting for you: {asked.text}", "$role-warn bold"), (until, ""), (key, "bold")], " · ")


def _heading(row: StepRow) -> Cell | None:
    return Cell(f"{row.title} · #{row.project_ref}") if row.is_heading else None


def _log_columns(zone: Callable[[], tzinfo | None]) -> list[Column[LogLine]]:
    return [
        Column("time", lambda line: Cell(clock(line.at, zone()), "muted")),
        Column("action", lambda line: Cell(line.text, line.role), least=20),
    ]


def _spent(view: RunView) -> str:
    """``paid 1500.00 of 2500.00 USD, and 3.00 USD in fees``, per currency that was approved."""
    told = []
    for code, approved in view.approved.items():
        spent = view.purse.spent.get(code, approved - approved)
        told.append(f"{spent.amount_text} of {approved}")
    if not view.takes_money:
        return ""
    fees = _sum(view.purse.fees)
    return f"paid {' + '.join(told)}" + (f", and {fees} in fees" if fees else "")


def _end_of(path: str, most: int) -> str:
    """A path, or its last parts where it is longer: the run's folder and the picture."""
    return path if len(path) <= most else f"…/{'/'.join(PurePath(path).parts[-2:])}"


def _sum(amounts: dict[str, Money]) -> str:
    return " + ".join(str(money) for money in amounts.values() if money.minor)
