"""Marking projects of My Projects that a plan is to have: filter, mark, go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input

from assistant.site import SiteProject
from tui.columns import Cell, Column
from tui.screens.sheet import ListSheet
from tui.text import look, plain, twins
from tui.widgets.filter import Filter
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.view.outline import Filled

NONE = (
    "Every project of the account that has not ended is in the plan already, or none was read yet: Esc, then 1 and r "
    "reads My Projects from the site."
)

READING = "Reading My Projects from the site. They are shown as soon as they are there; Esc leaves it at that."


@dataclass(frozen=True)
class Divided:
    """The projects that were chosen, and what the form for them was filled in with."""

    chosen: Sequence[SiteProject]
    filled: Filled


class Choosing(ListSheet[Divided]):
    """Lays `form` over itself for the projects that were marked, or the one under the cursor where none is.

    Whoever leaves the form is back here, with the marks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,x", "mark", "Mark", show=False),
        Binding("a", "mark_all", "Mark all that are shown", show=False),
    ]

    def __init__(
        self,
        projects: Sequence[SiteProject],
        standing: Callable[[str], str],
        form: Callable[[Sequence[SiteProject]], Screen[Filled]],
        *,
        reading: bool,
    ) -> None:
        """`standing` says by its ref what stands on a project; `reading`: the projects are on their way."""
        super().__init__()
        self._projects, self._standing, self._form = projects, standing, form
        self.reading = reading
        self._twins = twins(each.title for each in projects)
        self._marked: set[str] = set()

    def compose(self) -> ComposeResult:
        """The filter and the projects."""
        with Vertical(id="card"):
            yield Words("Which projects?", classes="title")
            yield Filter()
            yield LineList(self._columns(), empty=READING if self.reading else NONE, id="choices")
            yield Words(id="why")

    def _columns(self) -> list[Column[SiteProject]]:
        return [
            Column("", lambda each: Cell("[x]" if each.ref in self._marked else "[ ]", "info"), fills=True),
            Column("project", self._title, least=30),
            Column("milestones", lambda each: Cell(self._standing(each.ref), "muted")),
            Column("bid", lambda each: Cell(str(each.bid) if each.bid else each.currency, "muted"), right=True),
            Column("with", lambda each: Cell(plain(each.counterparty), "muted"), least=8, drop=2),
            Column("status", lambda each: Cell(str(each.status).replace("_", " "), "muted"), drop=3),
            Column("ref", lambda each: Cell(f"#{plain(each.ref)}", "muted"), drop=4),
        ]

    def _title(self, each: SiteProject) -> Cell:
        return Cell(plain(each.title), tail=f"#{plain(each.ref)}" if look(each.title) in self._twins else "")

    def fill(self, projects: Sequence[SiteProject], empty: str = NONE) -> None:
        """The projects were read meanwhile; `empty` is said where there are none."""
        self.reading = False
        self._projects = projects
        self._twins = twins(each.title for each in projects)
        self.query_one(LineList).say_empty(empty)
        self._show()

    def on_mount(self) -> None:
        """Show all."""
        self.query_one(Filter).display = True
        self._show()
        self.set_focus(self.query_one(LineList))

    def _show(self) -> None:
        parts = self.query_one(Filter).value.casefold().split()
        shown = [each for each in self._projects if all(part in self._search(each) for part in parts)]
        self.query_one(LineList).show(shown, keep=lambda each: each.ref)
        self._say()

    def _say(self) -> None:
        marked = f"{len(self._marked)} marked. " if self._marked else ""
        if self.focused is self.query_one(Filter).field:
            self.query_one("#why", Words).say(f"{marked}Type words of a title or a name; Enter goes to the list.")
            return
        self.query_one("#why", Words).say(
            f"{marked}Space marks and goes a line down, a marks all shown, / filters, Enter goes on, Esc goes back."
        )

    def on_descendant_focus(self) -> None:
        """The keys mean something else now."""
        self._say()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()
        if event.value:
            self.query_one(LineList).go(0)  # Space after it marks what was found, not what was there before

    @on(Input.Submitted)
    def _filtered(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(LineList).focus()

    @on(LineList.Chosen)
    def _clicked(self) -> None:
        self.action_mark()

    def action_mark(self) -> None:
        """Mark the project under the cursor, or take its mark away, and go a line down: neighbours are a key each."""
        lines = self.query_one(LineList)
        if lines.item is not None:
            self._marked ^= {lines.item.ref}
            lines.show_again(lines.cursor)
            lines.move(1)
            self._say()

    def action_mark_all(self) -> None:
        """Mark all that are shown; where all are, none."""
        lines = self.query_one(LineList)
        shown = {each.ref for each in lines.items}
        self._marked = self._marked - shown if shown <= self._marked else self._marked | shown
        lines.refresh()
        self._say()

    def action_choose(self) -> None:
        """Go on with what is marked."""
        item = self.query_one(LineList).item
        chosen = [each for each in self._projects if each.ref in self._marked]
        if item is not None and not chosen:
            chosen = [item]

        def divided(filled: Filled | None) -> None:
            if filled is not None:
                self.dismiss(Divided(chosen, filled))

        if chosen:
            self.app.push_screen(self._form(chosen), divided)

    def _search(self, each: SiteProject) -> str:
        words = f"{each.title} {each.counterparty} {each.ref} {each.status} {each.currency} {self._standing(each.ref)}"
        return plain(words).casefold()
