"""The form that divides projects: few fields, and below them what each keystroke makes of the money and the dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from assistant.money import totals
from assistant.plans.planned import PlannedMilestone
from tui.columns import Cell, Column, shortened
from tui.content import words
from tui.screens.sheet import Sheet
from tui.text import plain
from tui.view.outline import LABELS, Fields, Filled, FormError
from tui.widgets.lines import LineList
from tui.widgets.words import Words

LINES_BELOW: Final = 4
"""The most that the words below the milestones take, from LOW lines of the window on; below that two."""

LOW: Final = 22


class OutlineForm(Sheet[Filled]):
    """Returns what was filled in; `fill` says what that is, or raises `FormError`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,down", "go(1)", "Next field", show=False),
        Binding("shift+tab,up", "go(-1)", "Field before", show=False),
        Binding("pagedown", "scroll(5)", "Down in the milestones", show=False),
        Binding("pageup", "scroll(-5)", "Up in the milestones", show=False),
    ]

    def __init__(
        self,
        title: str,
        fields: Fields,
        fill: Callable[[Fields], Filled],
        templates: Sequence[str],
        titles: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._titles = titles or {}
        self._title, self._fields, self._fill, self._templates = title, fields, fill, templates
        self._filled: Filled | None = None

    def compose(self) -> ComposeResult:
        """The fields, the milestones that come of them, and a word."""
        with Vertical(id="card"):
            yield Words(self._title, classes="title")
            for name, (label, hint) in LABELS.items():
                with Horizontal(classes="field"):
                    yield Words(label, classes="label")
                    line = Input(getattr(self._fields, name), hint, id=name, compact=True)
                    line.cursor_blink = False
                    yield line
            yield Words(id="sum")
            yield LineList(_columns(), id="outcome")
            yield Words(id="why")

    def on_mount(self) -> None:
        """Show what the fields come to as they are."""
        self.query_one("#outcome", LineList).can_focus = False
        self.set_focus(self.query_one("#total", Input))  # at once: what is typed next belongs there
        self._show()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def _show(self) -> None:
        typed = Fields(**{name: self.query_one(f"#{name}", Input).value for name in LABELS})
        why, wrong = self.query_one("#why", Words), ""
        try:
            self._filled = self._fill(typed)
        except FormError as error:
            self._filled, wrong = None, error.field
            why.say(words(f"{LABELS[wrong][0]}: {error.message}", "$role-bad"))
        for name in LABELS:
            self.query_one(f"#{name}", Input).set_class(name == wrong, "-wrong")
        outcome = self.query_one("#outcome", LineList)
        if self._filled is None:
            outcome.show([])
            self.query_one("#sum", Words).say("")
            return
        projects = self._filled.projects
        outcome.show(projects[0].milestones)
        self.query_one("#sum", Words).say(words(self._told(self._filled), "bold"))
        left = next(iter(self._filled.left_out.values()), "")
        out = f"{len(self._filled.left_out)} left out: {left}." if left else ""
        templates = f"Templates: {', '.join(self._templates)}."
        most = LINES_BELOW if self.app.size.height >= LOW else 2
        below = shortened(f"Enter takes it, Esc goes back. {out or templates}", max(why.size.width, 40), most)
        why.say(words(below, "$role-warn" if out else "$role-muted"))

    def _told(self, filled: Filled) -> str:
        projects = filled.projects
        sums = " + ".join(map(str, totals(each.total for each in projects).values()))
        count = sum(len(each.milestones) for each in projects)
        if len(projects) == 1:
            return f"{count} milestones come to {sums}"
        name = self._titles.get(projects[0].name, projects[0].name)
        return f"{len(projects)} projects, {count} milestones: {sums}. The first of them, {plain(name)}:"

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self._filled is not None:
            self.dismiss(self._filled)

    def action_go(self, by: int) -> None:
        """To another field."""
        if by > 0:
            self.focus_next(Input)
        else:
            self.focus_previous(Input)

    def action_scroll(self, by: int) -> None:
        """See more of the milestones."""
        self.query_one("#outcome", LineList).move(by)


def _columns() -> list[Column[PlannedMilestone]]:
    return [
        Column("milestone", lambda each: Cell(plain(each.description)), least=16),
        Column("amount", lambda each: Cell(str(each.amount)), right=True),
        Column("due", lambda each: Cell(each.due.isoformat() if each.due else "", "muted")),
    ]
