"""Inbox: what went wrong and what needs a person, each with what was tried, what was seen, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tui.columns import Cell, Column
from tui.content import joined
from tui.screens.page import Page, bindings_of
from tui.signs import ATTEMPTS, sign_of
from tui.view.times import day_and_clock
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.store import Change
    from tui.view.inbox import Entry


class InboxScreen(Page):
    """Messages, newest first, and the one under the cursor in full."""

    NAME: ClassVar[str] = "inbox"
    BINDINGS = bindings_of(NAME)

    def body(self) -> Iterable[Widget]:
        """The list and the message."""
        yield LineList(self._columns(), id="messages")
        with VerticalScroll(id="message"):
            yield Words(id="about")

    def main(self) -> LineList[Entry]:
        """The messages."""
        return self.query_one("#messages", LineList)

    def _columns(self) -> list[Column[Entry]]:
        return [
            Column("", self._sign),
            Column("when", lambda entry: Cell(day_and_clock(entry.at, self.zone), "muted")),
            Column("what", lambda entry: Cell(entry.tried), least=16),
            Column("seen", lambda entry: Cell(entry.seen[0] if entry.seen else "", "muted"), least=20, drop=1),
        ]

    def _sign(self, entry: Entry) -> Cell:
        if entry.settled:
            return Cell(sign_of(ATTEMPTS, "done").shown(self.app.ascii_only).replace("done", "settled"), "good")
        return Cell("! needs you" if entry.needs_you else "x error", "bad")

    def refresh_all(self) -> None:
        """The messages as the store has them now; seeing the list counts as having read them."""
        store = self.store
        if store is None:
            return
        entries = store.inbox.entries
        nothing = "Nothing went wrong, and nothing needs you."
        self.main().say_empty(self.none_holds("message") if self.wanted and entries else nothing)
        self.main().show(self.filtered(entries), keep=lambda entry: entry.mark)
        store.inbox.unread = 0
        self._show_message()

    @on(LineList.Moved, "#messages")
    def _show_message(self) -> None:
        entry = self.main().item
        about = self.query_one("#about", Words)
        if entry is None:
            about.say("")
            return
        lines = [joined([("Tried  ", "bold"), (entry.tried, "")])]
        lines += [joined([("Seen   ", "bold"), (seen, "")]) for seen in entry.seen]
        lines += [joined([("Where  ", "bold"), (entry.where, "")])] if entry.where else []
        lines += [joined([("Next   ", "bold"), (entry.next, "")])] if entry.next else []
        about.say(Content("\n").join(lines))

    def take(self, change: Change) -> None:
        """Something was added or settled."""
        if self.store is not None and self.filtered(self.store.inbox.entries) != list(self.main().items):
            self.refresh_all()

    def do_choose(self) -> None:
        """To the message, to scroll in it."""
        self.query_one("#message").focus()

    def do_down(self) -> None:
        """Down: in the message where it has the focus, else in the list."""
        message = self.query_one("#message")
        if message.has_focus:
            message.scroll_down()
        else:
            super().do_down()

    def do_up(self) -> None:
        """Up, likewise."""
        message = self.query_one("#message")
        if message.has_focus:
            message.scroll_up()
        else:
            super().do_up()

    def copied(self) -> str:
        """The message under the cursor, in full."""
        entry = self.main().item
        return entry.text() if entry else ""
