"""The bottom line: the keys of this screen that can be used now. A click does what the key does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

from tui.actions import Action, Facts, footer_of, key_name
from tui.content import words

if TYPE_CHECKING:
    from tui.app import MilepostApp


KEPT = {"choose": "take it up", "discard": "throw it away"}
"""What keys of the screen Plan do while a draft of last time is offered."""


class KeyBar(Widget):
    """Keys with a word each, as many as fit; help and quit stay."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; background: $panel; }
    """

    app: MilepostApp

    def __init__(self, screen: str) -> None:
        super().__init__(id="keys")
        self._of = screen
        self._facts = Facts()
        self._spans: list[tuple[int, int, Action]] = []

    def show(self, facts: Facts) -> None:
        """Leave out what cannot be done now; `?` has all of it, with the reason."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def render(self) -> Content:
        """The line; empty while something with keys of its own is laid over the screen."""
        line, self._spans = Content(""), []
        if self.app.screen is not self.screen:
            return line
        actions = [each for each in footer_of(self._of, 12) if each.disabled_reason(self._facts) is None]
        keys = [self.app.keymap.keys(self._of, action)[0] for action in actions]
        told = [(action, key_name(key), self._word(action)) for action, key in zip(actions, keys, strict=True)]
        while told and sum(cell_len(key) + len(word) + 4 for _, key, word in told) > self.size.width:
            del told[self._first_to_go([action for action, _, _ in told])]
        for action, key, word in told:
            begin = line.cell_length
            colour = "$role-bad bold" if action.dangerous else "$role-info bold"
            line = line + words(f" {key} ", colour) + words(word, "$role-plain")
            line = line + words("  ")
            self._spans.append((begin, line.cell_length, action))
        return line

    def _first_to_go(self, actions: Sequence[Action]) -> int:
        """Where there is no room: the last one, but neither help nor quit nor the approval."""
        droppable = [n for n, action in enumerate(actions) if action.name not in {"help", "quit", "approve"}]
        return (droppable or [-1])[-1]

    def _word(self, action: Action) -> str:
        if self._facts.kept and action.name in KEPT:
            return KEPT[action.name]
        return "go on" if action.name == "pause" and self._facts.paused else action.short

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked."""
        for begin, end, action in self._spans:
            if begin <= event.x < end:
                event.stop()
                await self.run_action(f"app.act('{self._of}', '{action.name}')")
                return
