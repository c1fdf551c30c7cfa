"""Ready words for clients who have not funded yet, to be copied. Nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from tui.screens.sheet import TextSheet
from tui.text import plain
from tui.view.times import ago
from tui.widgets.words import Words

if TYPE_CHECKING:
    from assistant.reminders import Reminder
    from tui.store import Store


class ReadyWordsSheet(TextSheet[None]):
    """One text at a time: `n` is the next client's, `y` copies it, Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right", "next", "The next text", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    def __init__(self, store: Store, found: Sequence[Reminder]) -> None:
        super().__init__()
        self._store, self._found, self._number = store, found, 0

    def compose(self) -> ComposeResult:
        """For whom it is, the text, what can be done."""
        with Vertical(id="card"):
            yield Words(id="whom", classes="title")
            with VerticalScroll(id="lines"):
                yield Words(id="text")
            yield Words(id="why")

    def on_mount(self) -> None:
        """The first text."""
        self._show()

    def _show(self) -> None:
        found = self._found[self._number]
        amounts = " + ".join(str(amount) for amount in found.amounts)
        looked = ago(found.as_of.isoformat(), self._store.clock())
        whom = plain(found.counterparty) or "a client whom the site does not name"
        self.query_one("#whom", Words).say(f"For {whom}: {amounts} waiting, looked at {looked}")
        self.query_one("#text", Words).say("\n".join(plain(line) for line in found.text.splitlines()))
        of = f"{self._number + 1} of {len(self._found)} · n next · " if len(self._found) > 1 else ""
        self.query_one("#why", Words).say(f"{of}y copies it for you to paste; nothing is sent. Esc goes back.")

    def action_next(self) -> None:
        """The next client's."""
        self._number = (self._number + 1) % len(self._found)
        self._show()

    def action_copy(self) -> None:
        """Hand the text out."""
        why = self.query_one("#why", Words)
        self.app.hand_out(self._found[self._number].text, lambda how: why.say(f"{how}."))
