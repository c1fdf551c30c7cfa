"""Projects: every project of the account with its road of marks, the plan's first; the milestones of one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget

from tui.columns import Cell, Column
from tui.content import joined
from tui.opening import open_in_browser, page_address
from tui.screens.page import Page, bindings_of
from tui.signs import MILESTONES, VERDICTS, road, sign_of
from tui.text import look, plain, sort_key, twins
from tui.view.drafts import DraftFile, folder_of
from tui.view.times import ago, when
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from assistant.money import Money
    from tui.actions import Facts
    from tui.store import Change, Store
    from tui.view.known_plans import KnownPlan
    from tui.view.projects import MilestoneRow, ProjectRow

ORDERS: Final = {"late": "late ones first", "title": "by title", "left": "most still to be released first"}

NOTHING_READ = (
    "Nothing is known of this account's projects yet. Press r to read My Projects from the site. 2, then a, begins a "
    "plan, and O opens one; with one open, p looks at everything it is about and previews it."
)

NOT_READ = "Its milestones are not known yet: a preview of a plan that has it reads them."


@dataclass(frozen=True)
class Section:
    """A heading among the projects."""

    text: str


class ProjectsScreen(Page):
    """The first screen."""

    NAME: ClassVar[str] = "projects"
    BINDINGS = bindings_of(NAME)

    _found = "no plan: 2, then a, begins one"
    """What is said where no plan is open."""
    _twins: frozenset[str] = frozenset()
    """How titles begin that look alike; their refs tell them apart."""
    _order: str | None = None
    """One of ORDERS; None for the plan's own."""

    def body(self) -> Iterable[Widget]:
        """A line of facts, the projects, and the milestones of the one under the cursor."""
        yield Words(id="facts")
        with Container(id="panes"):
            yield LineList(self._columns(), heading=_heading, empty="Opening the journal", id="projects")
            with Vertical(id="detail"):
                yield Words(id="about")
                yield LineList(self._marks(), empty="No milestones have been seen here.", id="milestones")

    def main(self) -> LineList[ProjectRow | Section]:
        """The projects."""
        return self.query_one("#projects", LineList)

    def _columns(self) -> list[Column[ProjectRow]]:
        return [
            Column("work?", self._verdict),
            Column("project", self._title, least=22),
            Column("road", self._road),
            Column("funded", lambda row: _figure(row.funded, "info"), right=True),
            Column("released", lambda row: _figure(row.released, "good"), right=True),
            Column("total", _total, right=True),
            Column("next", self._next_due, drop=2),
            Column("with", lambda row: Cell(row.counterparty, "muted"), least=8, drop=3),
        ]

    def _title(self, row: ProjectRow) -> Cell:
        twin = f"#{row.ref}" if row.ref and look(row.title) in self._twins else ""
        return Cell(row.title, "muted" if row.skipped else "plain", twin)

    def _next_due(self, row: ProjectRow) -> Cell:
        due = row.next.due if row.next is not None else None
        if due is None:
            return Cell("")
        late = self.store is not None and due < today(self.store)
        return Cell(f"! {due.isoformat()}", "warn") if late else Cell(due.isoformat(), "muted")

    def _marks(self) -> list[Column[MilestoneRow]]:
        return [
            Column("state", self._state),
            Column("milestone", lambda row: Cell(row.description), least=14),
            Column("amount", lambda row: Cell(str(row.amount)), right=True),
            Column("due", lambda row: Cell(row.due.isoformat() if row.due else ""), drop=1),
            Column("ref", lambda row: Cell(f"#{row.site_ref}" if row.site_ref else "", "muted"), drop=2),
            Column("key", lambda row: Cell(row.key, "muted"), drop=3),
            Column("site's word", lambda row: Cell(row.raw, "muted"), least=6, drop=4),
        ]

    def _road(self, row: ProjectRow) -> Cell:
        if not row.found and self.store is not None and self.store.projects.listed:
            return Cell("not found", "warn")
        states = [mark.state for mark in row.milestones]
        bad = any(state in {"unsettled", "disputed", "unclear"} for state in states)
        wide = 29 if self.has_class("-wide") else 16
        drawn = road(states, wide, self.app.ascii_only)
        return Cell(drawn or ("skipped" if row.skipped else ""), "bad" if bad else "plain" if states else "muted")

    def _verdict(self, row: ProjectRow) -> Cell:
        sign = sign_of(VERDICTS, row.verdict)
        return Cell(sign.shown(self.app.ascii_only), sign.role) if row.verdict else Cell("")

    def _state(self, row: MilestoneRow) -> Cell:
        sign = sign_of(MILESTONES, row.state)
        return Cell(sign.shown(self.app.ascii_only), sign.role)

    # -- showing ---------------------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """The projects as the store has them now."""
        store = self.store
        if store is None:
            return
        self._twins = twins(row.title for row in store.projects.rows)
        rows = self.filtered(store.projects.rows)
        in_order = self._order is None
        planned = [row for row in rows if row.planned and in_order]
        others = [row for row in rows if not row.planned and in_order]
        items: list[ProjectRow | Section] = []
        if self._order is not None:
            items = [Section(ORDERS[self._order].capitalize()), *sorted_rows(rows, self._order)]
        if planned:
            items += [Section(f"In the plan: {_count(len(planned), 'project')}"), *planned]
        if others:
            items += [Section(f"Other projects on the site: {len(others)}" if planned else "On the site"), *others]
        self.main().say_empty(
            self.none_holds("project") if self.wanted and store.projects.rows else store.empty_word(NOTHING_READ)
        )
        self.main().show(items, keep=lambda row: getattr(row, "ref", "") + getattr(row, "title", ""))
        self._show_facts(len(rows))
        self._show_detail()

    def show_account(self) -> None:
        """Show everything, and where there is no plan, which ones there are to open."""
        if self.store is not None and self.store.is_open and not self.store.plans:
            planning = self.app.planning
            known = planning.known(Path.cwd()) if planning is not None else []
            self._found = _no_plan(known)
        super().show_account()

    @property
    def _no_plan(self) -> str:
        """What is said in place of a plan's name."""
        new = self.app.facts().new_plan
        return f"{plain(new)}, not saved: 2 shows it" if new else self._found

    def _show_facts(self, shown: int) -> None:
        store = self.store
        if store is None:
            return
        total = len(store.projects.rows)
        count = f"{shown} of {_count(total, 'project')}" if self.wanted and total else _count(total, "project")
        plan = store.plan
        named = f"plan {plan.file.name}" if plan else self._no_plan
        if len(store.plans) > 1:
            named += f" ({store.plan_number + 1} of {len(store.plans)})"
        edited = plan is not None and DraftFile(folder_of(store.settings.journal_path), plan.file).is_there
        totals = " + ".join(str(money) for money in plan.totals.values()) if plan else ""
        read = f"read {ago(store.projects.read_at, store.clock())}"
        late = sum(is_late(row, today(store)) for row in store.projects.rows)
        self.query_one("#facts", Words).say(
            joined(
                [(count, "bold"), (f"{late} late" if late else "", "$role-warn"), (named, ""), (totals, "bold"),
                 ("edits not saved" if edited else "", "$role-warn"), (read, "$role-muted")],
                " · ",
            )
        )  # fmt: skip

    def _show_detail(self) -> None:
        row = self.main().item
        about, marks = self.query_one("#about", Words), self.query_one("#milestones", LineList)
        if row is None or isinstance(row, Section):
            about.say("")
            marks.show([])
            return
        about.say(self._about(row))
        marks.show(row.milestones)

    def _about(self, row: ProjectRow) -> Content:
        store = self.store
        assert store is not None  # noqa: S101  # there are rows only once there is a store
        who = joined(
            [
                (f"with {row.counterparty}" if row.counterparty else "", ""),
                (row.status.replace("_", " "), ""),
                (f"#{row.ref}" if row.ref else "", "$role-muted"),
                (f"looked at {ago(row.looked_at, store.clock())}", "$role-muted"),
            ],
            " · ",
        )
        verdict = sign_of(VERDICTS, row.verdict)
        word = (verdict.word if row.verdict else "", f"$role-{verdict.role} bold")
        lines = [joined([(row.title, "bold")]), who, joined([word, (row.reason, "")], ": ")]
        if row.looked_at is None and not row.planned:
            lines.append(joined([(NOT_READ, "$role-muted")]))
        elif row.verdict or not row.planned:  # to a client the reason itself tells the money and what is next
            lines += [_money(row), _next(row, today(store))]
        return Content("\n").join(line for line in lines if line.plain)

    @on(LineList.Moved, "#projects")
    def _other_project(self) -> None:
        self._show_detail()

    def take(self, change: Change) -> None:
        """What a run does to the money shows on the roads at once; the app reads them all when it has ended."""
        if change.run.money:
            self.app.read_projects()

    # -- actions ---------------------------------------------------------------------------------------------------

    def known(self, facts: Facts) -> Facts:
        """Whether the project under the cursor has a page, and which milestone the cursor is on."""
        if not self.query("#projects") or not self.query("#milestones"):
            return facts  # it is being put up, or taken away
        row = self.main().item
        has_page = not isinstance(row, Section) and row is not None and bool(row.url)
        client = self.store is not None and self.store.is_open and self.store.pays
        role = "client" if client else "freelancer"
        planned = any(mark.key for mark in self.query_one("#milestones", LineList).items)
        on_milestone = self._place() is not None
        return replace(facts, has_page=has_page, on_milestone=on_milestone, planned=planned, role=role)

    def _place(self) -> tuple[str, str] | None:
        """Project and key of the planned milestone under the cursor, if it is on one."""
        row, mark = self.main().item, self.query_one("#milestones", LineList).item
        if self.lines().id != "milestones" or row is None or isinstance(row, Section) or mark is None or not mark.key:
            return None
        return row.ref, mark.key

    def do_single(self) -> None:
        """Release the milestone under the cursor, or ask for its release."""
        if (place := self._place()) is not None:
            self.app.ask_single(*place)

    def do_words(self) -> None:
        """Ready words for clients who have not funded yet."""
        from assistant.reminders import DAYS
        from tui.screens.ready_words import ReadyWordsSheet
        from tui.singles import ready_words

        store = self.store
        if store is not None and (found := ready_words(store)):
            self.app.push_screen(ReadyWordsSheet(store, found))
        else:
            self.say(f"No request has waited for {DAYS} days or longer; there is nobody to remind.")

    def do_sort(self) -> None:
        """The next order: the plan's, late ones first, by title, by what is still to be released."""
        orders = [None, *ORDERS]
        self._order = orders[(orders.index(self._order) + 1) % len(orders)]
        self.refresh_all()
        self.main().go(0, 1)
        self.say(f"Order: {ORDERS[self._order] if self._order else 'the plan, then the site'}.")

    def do_browse(self) -> None:
        """Open the project's page in the person's own browser."""
        row, store = self.main().item, self.store
        if isinstance(row, Section) or row is None or store is None or store.account is None:
            return
        open_in_browser(page_address(row.url, store.account.facts.origin))
        self.say(f"Opened {row.url}")

    def do_choose(self) -> None:
        """To the milestones of the project."""
        self.query_one("#milestones", LineList).focus()

    def copied(self) -> str:
        """The project or milestone under the cursor, in full."""
        row = self.lines().item
        if row is None or isinstance(row, Section):
            return ""
        if self.lines().id == "milestones":
            parts = [row.description, str(row.amount), row.state, f"#{row.site_ref}" if row.site_ref else ""]
        else:
            parts = [row.title, f"#{row.ref}", row.counterparty, row.url,
                     f"funded {row.funded}, released {row.released} of {row.total}"]  # fmt: skip
        return "\t".join(part for part in parts if part)


def today(store: Store) -> date:
    """The day it is for the person."""
    return store.settings.local(store.clock()).date()


def is_late(row: ProjectRow, day: date) -> bool:
    """Whether what is next should have come before this day."""
    return row.next is not None and row.next.due is not None and row.next.due < day


def sorted_rows(rows: Sequence[ProjectRow], order: str) -> list[ProjectRow]:
    """The rows in one of ORDERS; what is alike stays in its order."""
    if order == "title":
        return sorted(rows, key=lambda row: sort_key(row.title))
    if order == "left":
        return sorted(rows, key=lambda row: row.released.minor - row.total.minor)
    return sorted(rows, key=lambda row: row.next.due if row.next is not None and row.next.due else date.max)


def _no_plan(known: Sequence[KnownPlan]) -> str:
    """How to come by a plan, where none is open."""
    if not known:
        return "no plan: 2, then a, begins one"
    if known[0].draft is not None:
        return f"a draft of last time, {known[0].path.name}: 2 offers it"
    more = f" or {len(known) - 1} more" if len(known) > 1 else ""
    return f"no plan: O opens {known[0].path.name}{more}; 2, then a, begins one"


def _heading(item: object) -> Cell | None:
    return Cell(item.text, "muted") if isinstance(item, Section) else None


def _figure(money: Money, role: str) -> Cell:
    return Cell(money.amount_text, role) if money.minor else Cell("-", "muted")


def _total(row: ProjectRow) -> Cell:
    return Cell(str(row.total)) if row.total.minor else Cell("-", "muted")


def _money(row: ProjectRow) -> Content:
    doubt = f"in doubt {row.in_doubt}" if row.in_doubt.minor else ""
    parts = [(f"funded {row.funded}", "$role-info"), (doubt, "$role-bad bold")]
    return joined([*parts, (f"released {row.released}", "$role-good"), (f"of {row.total}", "bold")], " · ")


def _next(row: ProjectRow, today: date) -> Content:
    upcoming = row.next
    if upcoming is None:
        return Content("")
    return joined([("Next", "bold"), (upcoming.description, ""), (when(upcoming.due, today), "")], " · ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
