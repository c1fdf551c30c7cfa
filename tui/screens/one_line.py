"""One line that is asked for, such as a file."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from tui.screens.sheet import Sheet
from tui.widgets.words import Words


class OneLine(Sheet[str]):
    """Returns what was typed; None if it was left."""

    SECRET: ClassVar[bool] = False

    def __init__(self, title: str, told: str, value: str = "") -> None:
        super().__init__()
        self._title, self._told, self._value = title, told, value

    def compose(self) -> ComposeResult:
        """Title, what it is about, the line."""
        with Vertical(id="card"):
            yield Words(self._title, classes="title")
            yield Words(self._told, id="told")
            line = Input(self._value, id="line", compact=True, select_on_focus=False, password=self.SECRET)
            line.cursor_blink = False
            yield line
            yield Words("Enter takes it, Esc goes back.", id="why")

    def on_mount(self) -> None:
        """What is typed next belongs there, at once, behind what stands there already."""
        line = self.query_one(Input)
        line.action_end()  # Textual itself puts the cursor there only after the first picture
        self.set_focus(line)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        typed = event.value.strip()
        if typed:
            self.dismiss(typed)
        else:
            self.query_one("#why", Words).say("Nothing was typed. Esc goes back.")


class SecretLine(OneLine):
    """The same for what nobody else is to see."""

    SECRET: ClassVar[bool] = True
