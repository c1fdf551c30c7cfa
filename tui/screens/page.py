"""What all full screens share: the strip, the notice line, the keys, the filter, and a word where there is no room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tui.actions import Facts, actions_of
from tui.columns import shortened
from tui.content import words
from tui.widgets.account_strip import AccountStrip
from tui.widgets.filter import Filter
from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from datetime import tzinfo

    from tui.actions import Action
    from tui.app import MilepostApp
    from tui.store import Change, Store
    from tui.view.preview import ChangeRow

LEAST_WIDTH = 60
LEAST_HEIGHT = 16
MOST_NOTICE_LINES = 3
"""What takes more room ends in whole words; the inbox and `y` have it in full."""

Item = TypeVar("Item")


def bindings_of(screen: str) -> list[BindingType]:
    """The keys of a screen, from the list of actions."""
    return [
        Binding(
            ",".join(action.keys),
            f"app.act('{screen}', '{action.name}')",
            action.words,
            show=False,
            id=f"{screen}.{action.name}",
        )
        for action in actions_of(screen)
    ]


class Page(Screen[None], inherit_bindings=False):
    """A full screen. Subclasses give `NAME`, `body`, `refresh_all` and what belongs to their own actions (`do_*`)."""

    NAME: ClassVar[str] = ""

    app: MilepostApp
    _shown: int | None = None
    """The number of the account whose state of things was shown last."""
    _off: tuple[Action, str] | None = None
    """What the notice line says cannot be done now, and why."""

    def compose(self) -> ComposeResult:
        """Strip, body, filter, notice, keys."""
        yield AccountStrip(self.NAME)
        with Vertical(id="body"):
            yield from self.body()
        yield Words(id="no-room")
        yield Filter()
        yield Words(id="tour")
        yield Words(id="notice")
        yield KeyBar(self.NAME)

    def body(self) -> Iterable[Widget]:
        """The screen's own part."""
        return ()

    def main(self) -> LineList[Any]:
        """The list that keys move in when nothing else has the focus."""
        return self.query_one(LineList)

    def lines(self) -> LineList[Any]:
        """The list that keys move in now."""
        return self.focused if isinstance(self.focused, LineList) else self.main()

    @property
    def store(self) -> Store | None:
        """What there is to show; None until it is open."""
        return self.app.store

    @property
    def zone(self) -> tzinfo | None:
        """The person's own time zone, whose days due dates are; None: this machine's."""
        return self.store.settings.time_zone if self.store is not None else None

    # -- what the app tells ----------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """Show everything as the store has it now."""

    def forget(self) -> None:
        """Another account is open: what was kept of the one before is let go of."""

    def show_account(self) -> None:
        """Show everything of the account that is open now."""
        if self._shown != self.app.account_number:
            self._shown = self.app.account_number
            self.forget()
        if self.store is not None:
            self.refresh_all()

    def take(self, change: Change) -> None:
        """Show what a poll found."""

    def tick(self) -> None:
        """Ten times a second: what was put off, and clocks."""

    def change_row(self) -> ChangeRow | None:
        """The line of the preview under the cursor, where there is one."""
        return None

    def known(self, facts: Facts) -> Facts:
        """What the actions need to know, with what only this screen can tell."""
        return facts

    def show_frame(self) -> None:
        """The strip and the keys, as things are now."""
        facts = self.app.facts()
        self.query_one(AccountStrip).show(self.app.identity())
        self.query_one(KeyBar).show(facts)
        if self._off is not None and self._off[0].disabled_reason(facts) != self._off[1]:
            self.say("")
        told = self.app.tour.told(self.NAME) if self.app.tour is not None else ""
        tour = self.query_one("#tour", Words)
        tour.say(words(told, "$role-info"))
        tour.display = bool(told)
        no_room = self.query_one("#no-room", Words)
        if self.has_class("-tiny") or self.has_class("-flat"):
            size = self.app.size
            told = f"This needs {LEAST_WIDTH} x {LEAST_HEIGHT}, and there are {size.width} x {size.height}."
            alert = self.app.identity().alert
            no_room.say(f"{alert}\n{told}" if alert else told)

    def say(self, text: str, role: str = "info") -> None:
        """A word on the notice line, until the next key. Errors go to the inbox as well: `app.tell_error`."""
        self._off = None
        fitting = shortened(text, self.app.size.width - 2, MOST_NOTICE_LINES)
        self.query_one("#notice", Words).say(words(fitting, f"$role-{role}"))

    def say_off(self, action: Action, reason: str) -> str:
        """Why an action cannot be done now, for as long as that is why; returns the words."""
        told = f"{action.short or action.words.split(':')[0].split(';')[0]}: {reason}"
        self.say(told, "warn")
        self._off = (action, reason)
        return told

    def on_screen_resume(self) -> None:
        """The screen is in front again."""
        self.query_one(KeyBar).refresh()
        self.show_account()
        self.show_frame()
        self.app.show_unread()
        if self.app.parting:
            self.say(self.app.parting)
            self.app.parting = ""
        if self.focused is None:
            self.main().focus()

    def on_screen_suspend(self) -> None:
        """Something is laid over the screen, with keys of its own."""
        self.query_one(KeyBar).refresh()

    def on_resize(self) -> None:
        """Say how large it is where it is too small."""
        self.call_after_refresh(self.show_frame)

    @on(LineList.Moved)
    def _moved(self) -> None:
        self.show_frame()

    @on(LineList.Chosen)
    async def _chosen(self) -> None:
        await self.app.do("choose")

    # -- the filter ------------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> str:
        """The words that are filtered for, in lower case; empty for none."""
        return self.query_one(Filter).value.strip().casefold()

    def filtered(self, items: Sequence[Item]) -> list[Item]:
        """The items that hold every word of the filter in their `search`."""
        parts = self.wanted.split()
        return [item for item in items if all(part in item.search for part in parts)] if parts else list(items)  # type: ignore[attr-defined]

    def filtered_groups(self, rows: Sequence[Item]) -> Sequence[Item]:
        """The same for rows under headings: a heading stays if one of its rows does. Unfiltered, the very rows."""
        if not self.wanted:
            return rows
        kept = {id(row) for row in self.filtered(rows)}
        result: list[Item] = []
        heading: Item | None = None
        for row in rows:
            if row.is_heading:  # type: ignore[attr-defined]
                heading = row
            elif id(row) in kept:
                result += [row] if heading is None else [heading, row]
                heading = None
        return result

    def none_holds(self, what: str) -> str:
        """What an empty list says while there is a filter."""
        return f"No {what} holds “{self.wanted}”. Esc shows all."

    def do_filter(self) -> None:
        """Open the filter."""
        bar = self.query_one(Filter)
        bar.display = True
        bar.field.focus()

    @on(Input.Changed, "#filter")
    def _filter_typed(self) -> None:
        self.refresh_all()
        if self.wanted:
            self.main().go(0)  # a key after it is for what was found, not for what was there before

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one(Filter).display = bool(self.wanted)
        self.main().focus()

    def do_back(self) -> bool:
        """One step back: out of the filter, then to the screen's first pane, then to the screen before."""
        bar = self.query_one(Filter)
        if bar.display:
            bar.clear()
            bar.display = False
            self.main().focus()
            return True
        if self.focused is not self.main():
            self.main().focus()
            return True
        return False

    # -- moving ----------------------------------------------------------------------------------------------------

    def do_down(self) -> None:
        """Down."""
        self.lines().move(1)

    def do_up(self) -> None:
        """Up."""
        self.lines().move(-1)

    def do_top(self) -> None:
        """To the first line."""
        self.lines().go(0, 1)

    def do_bottom(self) -> None:
        """To the last line."""
        self.lines().go(len(self.lines().items) - 1, -1)

    def do_page_down(self) -> None:
        """A page down."""
        self.lines().move(self.lines().page)

    def do_page_up(self) -> None:
        """A page up."""
        self.lines().move(-self.lines().page)

    def do_left(self) -> None:
        """To the pane before."""
        self.focus_previous(LineList)

    def do_right(self) -> None:
        """To the next pane."""
        self.focus_next(LineList)

    def do_choose(self) -> None:
        """Open the line under the cursor; where there is nothing to open, nothing."""

    def copied(self) -> str:
        """What `y` copies: the line under the cursor, in full."""
        return ""
