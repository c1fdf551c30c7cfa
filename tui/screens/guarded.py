"""Questions that stand in front of a screen and cannot be answered by accident.

Keys that were typed before the question was drawn are dropped, the answer that changes nothing has the focus, and what
is behind sees no key meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button

from tui.content import words
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.app import MilepostApp

Answer = TypeVar("Answer")

ARMED_AFTER = 0.4
"""Seconds between the first drawing of a question and the first key it takes."""

DROPPED = "What was typed before this opened was dropped."


class Guarded(ModalScreen[Answer], inherit_bindings=False):
    """A question. It takes nothing that was typed or clicked before it was drawn and armed."""

    NAME: ClassVar[str] = "guarded"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "safe", "Back, nothing is done", show=False),
        Binding("ctrl+c", "safe", "Back, nothing is done", show=False),
        Binding("ctrl+l", "app.redraw", "Draw anew", show=False),
        Binding("tab,down", "go(1)", "Next field or answer", show=False),
        Binding("shift+tab,up", "go(-1)", "Field or answer before", show=False),
        Binding("pagedown", "scroll(4)", "Further down, where it is longer than the window", show=False),
        Binding("pageup", "scroll(-4)", "Further up", show=False),
    ]

    app: MilepostApp
    _armed_at: float | None = None
    _dropping_until = 0.0
    """It is not armed before: what is typed on without a pause belongs to what was typed too soon."""
    dropped = False
    """Whether something was typed before it took keys."""

    @property
    def armed(self) -> bool:
        """Whether it takes keys."""
        return self._armed_at is not None

    def on_mount(self) -> None:
        """Arm once it has been drawn."""
        self.call_after_refresh(self.set_timer, ARMED_AFTER, self._arm)

    def _arm(self) -> None:
        now = Message().time  # by the clock that events are stamped with
        if now < self._dropping_until:
            self.set_timer(self._dropping_until - now, self._arm)
            return
        self._armed_at = now
        for button in self.query(Button):
            button.active_effect_duration = 0  # while a press is shown no other one would count
        self.when_armed()

    def when_armed(self) -> None:
        """It takes keys from now on: say so."""

    def accepts(self, event: events.Event) -> bool:
        """Whether a key, click or paste came after the question was armed."""
        return self._armed_at is not None and event.time >= self._armed_at

    def drops(self, event: events.Event) -> None:
        """A key, click or paste came too soon, and does nothing; nor do keys that follow it without a pause."""
        if not isinstance(event, events.MouseEvent):
            self.dropped = True
            self._dropping_until = event.time + ARMED_AFTER

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that were on their way to the screen behind are looked up here: until it is armed they do nothing."""
        return self.armed

    def action_go(self, way: int) -> None:
        """To the next field or answer, or the one before. Only a key that this question itself got moves its focus."""
        if way > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_scroll(self, by: int) -> None:
        """See the rest where the window is low."""
        self.query_one("#card").scroll_relative(y=by, animate=False)

    def action_safe(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)


class Choice(Button):
    """One answer. `value` is what the question returns for it."""

    def __init__(self, label: str, value: str, *, dangerous: bool = False) -> None:
        super().__init__(words(label), compact=True, classes="-dangerous" if dangerous else "-safe")
        self.value = value


class Ask(Guarded[str]):
    """A question with a few answers; the first one is the safe one and has the focus. Returns the value chosen."""

    AUTO_FOCUS = "Choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,j,l", "go(1)", "Next answer", show=False),
        Binding("left,k,h", "go(-1)", "Answer before", show=False),
    ]

    def __init__(
        self,
        title: str,
        told: str,
        answers: Sequence[tuple[str, str]],
        dangerous: str = "",
        about_run: int | None = None,
    ) -> None:
        super().__init__()
        self._title, self._told, self._answers, self._dangerous = title, told, answers, dangerous
        self._about_run = about_run

    def hold(self, live_run: int | None) -> None:
        """Go away once the run that it is about is over: nothing of what it says holds any longer."""
        if self._about_run is not None and live_run != self._about_run:
            self.app.closing(f"Run {self._about_run} has ended meanwhile, and the question with it.")
            self.dismiss(None)

    def compose(self) -> ComposeResult:
        """Title, what it is about, the answers."""
        with Vertical(id="card"):
            yield Words(self._title, classes="title")
            yield Words(self._told, id="told")
            with Vertical(id="answers"):
                for label, value in self._answers:
                    yield Choice(label, value, dangerous=value == self._dangerous)
            yield Words(id="dropped")

    def when_armed(self) -> None:
        """Say so where something was dropped."""
        self.query_one("#dropped", Words).say(words(DROPPED if self.dropped else "", "$role-warn"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer was chosen."""
        event.stop()
        if isinstance(event.button, Choice) and self.armed:
            self.app.closing(f"Chosen: {event.button.label}.")
            self.dismiss(event.button.value)
