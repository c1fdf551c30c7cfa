"""What the screen's app is, whatever can be done on it: colours, guarded questions, errors, crashes.

A run is a process of its own. Leaving, crashing or losing the terminal ends this app and nothing else; the journal is
all they have in common.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual import events
from textual.app import App
from textual.filter import LineFilter
from textual.message import Message

from assistant.errors import MilepostError
from tui import clipboard
from tui.actions import SCREENS, Facts, find, key_name
from tui.beginning import Beginning, Look
from tui.crash import keep_report
from tui.driver import TerminalDriver
from tui.keymap import Keymap
from tui.letters import Harmless, Letters
from tui.screens import guarded
from tui.screens.guarded import Guarded
from tui.screens.page import LEAST_HEIGHT, LEAST_WIDTH, Page
from tui.signs import RUNS, only_ascii, sign_of
from tui.themes import ANSI, THEMES, choose
from tui.tour import Tour
from tui.typed import Typed, TypedKeys
from tui.widgets.account_strip import Identity

if TYPE_CHECKING:
    from assistant.settings.model import Settings
    from tui.store import Store

WIDTHS = [(0, "-tiny"), (LEAST_WIDTH, "-narrow"), (110, "-wide")]
HEIGHTS = [(0, "-flat"), (LEAST_HEIGHT, "-low"), (22, "-middle"), (34, "-high")]
"""The classes that screens have from so many cells on."""


class Frame(App[None], inherit_bindings=False):
    """An app over the store, whose screens are pages and questions. What can be done is in `tui.app`."""

    TITLE = "Milepost"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    CSS_PATH = "milepost.tcss"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, beginning: Beginning) -> None:
        if os.environ.get("NO_COLOR") == "":
            del os.environ["NO_COLOR"]  # by its definition an empty one says nothing; Textual would take it
        theme, _ = choose(beginning.look.theme)
        # Textual decides here, for good, whether it may send colours; NO_COLOR with an RGB theme would give greys.
        super().__init__(driver_class=TerminalDriver, ansi_color=True if theme == ANSI else None)
        self.beginning = beginning
        self.animation_level = "none"
        for known in THEMES:
            self.register_theme(known)
        self._worn: Look | None = None
        self.wear(beginning.look)
        self.tour: Tour | None = None
        self.store: Store | None = None
        self.typed = TypedKeys(self, self._hand_on)
        self._been: list[str] = []
        """The screens that one has come by, each once."""
        self.parting = ""
        """What the full screen that comes to the front says once."""
        self._deaf_until = 0.0
        self._deaf_to = ""
        self.stores: list[Store] = []
        """Every store that was opened, to be closed at the end."""
        self.account_number = 0
        """Counts the accounts that were opened; another number is another account."""

    def wear(self, look: Look) -> None:
        """Look as the settings say; once more only where they say something else."""
        if look == self._worn:
            return
        self._worn = look
        self.theme, self.theme_trouble = choose(look.theme)
        self.ascii_only = only_ascii(look.ascii, encoding=getattr(sys.__stdout__, "encoding", None))
        self._letters = [Letters()] if self.ascii_only else []
        self.keymap = Keymap(look.keys)
        self.set_keymap(self.keymap.changed)

    @property
    def settings(self) -> Settings:
        """The settings, which were loaded for the first store. Raises `ConfigError`."""
        return self.beginning.settings()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is done to every line that is drawn."""
        return [*super().get_line_filters(), Harmless(), *self._letters]

    def _handle_exception(self, error: Exception) -> None:
        """Errors are never shown with the values of variables, whatever their class offers."""
        self._return_code = 1
        if self._exception is not None:
            return  # what follows the first error is its consequence
        self._exception = error
        first: asyncio.Event = self._exception_event  # its own typing says nothing
        first.set()
        self._fatal_error()

    def _fatal_error(self) -> None:
        """What to say after a crash: where the report is, and that a run goes on."""
        error = self._exception or RuntimeError("unknown")
        report = keep_report(error, ["--config", str(self.beginning.file)])
        told = f"error: the screen ended: {report.message}\n  {report.where}\n  {report.hint}\n"
        told += "  Runs are not touched by this: milepost runs lists them, milepost attach follows one."
        self._exit_renderables.append(Text(told))
        self._close_messages_no_wait()

    # -- doing things ----------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Hand on what is typed in its turn, and drop what was clicked before the question in front was drawn."""
        if event.is_forwarded or not isinstance(event, (events.InputEvent, events.Paste)):
            if isinstance(event, events.Key):
                self._say_unbound(event)
            await super().on_event(event)
        elif isinstance(event, (events.Key, events.Paste)):
            await self.typed.take(event)
        elif isinstance(event, events.MouseMove) or self._is_taken(event):
            await super().on_event(event)

    async def _hand_on(self, event: Typed) -> None:
        """A key or paste, now that everything before it is done."""
        if event.time < self._deaf_until:
            self._be_deaf_from(event.time)
            self.page_does("say", f"{self._deaf_to} Keys typed after it were dropped.", "warn")
        elif self._is_taken(event):
            await super().on_event(event)

    def _is_taken(self, event: events.Event) -> bool:
        """Whether the question in front takes it, if there is one."""
        front = self.screen_stack[-1] if self.screen_stack else None
        if not isinstance(front, Guarded) or front.accepts(event):
            return True
        front.drops(event)
        return False

    def be_deaf(self, told: str) -> None:
        """Drop what is typed until nobody has typed for a moment: it was meant for something that is not there.

        `told` says what that was; it is said again where something is dropped.
        """
        self._deaf_to = told
        self._be_deaf_from(Message().time)  # by the clock that events are stamped with

    def _be_deaf_from(self, moment: float) -> None:
        self._deaf_until = moment + guarded.ARMED_AFTER

    def _say_unbound(self, event: events.Key) -> None:
        """A key that nothing is bound to says so, quietly."""
        page = self.screen
        if isinstance(page, Page) and event.key not in page.active_bindings:
            key = event.character if event.is_printable else key_name(event.key)
            page.say(f"{key} does nothing here; {self.key_of('help')} shows the keys.", "muted")

    async def action_act(self, screen: str, name: str) -> None:
        """A key of `screen` was pressed. One that was typed before another screen came up does nothing."""
        if isinstance(self.screen, Page) and screen == self.screen.NAME:
            await self.do(name)

    async def do(self, name: str) -> None:
        """Do an action of the screen in front, or say why it cannot be done now."""
        page = self.screen
        if not isinstance(page, Page) or (action := find(page.NAME, name)) is None:
            return
        self.show_notice()
        reason = action.disabled_reason(self.facts())
        if reason is not None:
            told = page.say_off(action, reason)
            if action.asks:
                self.be_deaf(f"{told}.")
            return
        handler = getattr(page, f"do_{name}", None) or getattr(self, f"do_{name}")
        try:
            done = handler()
            if isawaitable(done):
                done = await done
            if name == "back" and done is False:
                self.go_back()
        except MilepostError as error:
            self.tell_error(error, action.words)
        else:
            if self.tour is not None and self.tour.tried(page.NAME, name) and self.tour.over:
                self.tour = None
                page.say("That was the tour. ? shows every key; F2 begins it again.")
        self.show_frame()

    def in_background(
        self, work: Callable[[], Any], then: Callable[[Any], Any], failed: Callable[[MilepostError], Any] | None = None
    ) -> None:
        """Read something that may take long without holding up the screen; `then` gets it, back on the screen's side.

        The work reads, it never draws. It is no run: nothing is lost if the screen ends meanwhile. What was read of an
        account that is not open any more is nobody's.
        """
        account = self.account_number

        def back(then: Callable[[Any], Any], result: Any) -> None:
            if account == self.account_number:
                self.call_later(then, result)

        def body() -> None:
            try:
                result = work()
            except MilepostError as error:
                back(failed or self.tell_error, error)
            except Exception as error:
                self.call_later(self._handle_exception, error)
            else:
                back(then, result)

        threading.Thread(target=body, daemon=True).start()

    def key_of(self, name: str) -> str:
        """The key of an action on the screen in front, as people write it."""
        screen = self.screen.NAME if isinstance(self.screen, Page) else SCREENS[0]
        action = find(screen, name)
        return key_name(self.keymap.keys(screen, action)[0]) if action is not None else ""

    def hand_out(self, text: str, then: Callable[[str], Any]) -> None:
        """Copy a text to the terminal's clipboard and to the desktop's; `then` is told how, as far as is known."""
        self.copy_to_clipboard(text)

        def told(program: str) -> None:
            by = f"Copied by {program}, and sent" if program else "Sent"
            hedge = "" if program else " (OSC 52; not every terminal takes it)"
            then(f"{by} to the terminal's clipboard{hedge}")

        self.in_background(lambda: clipboard.copy(text), told)

    def tell_error(self, error: MilepostError, tried: str = "reading the journal", mark: str | None = None) -> None:
        """An error goes to the inbox, and a line about it to the notice line. One with a `mark` is told once."""
        from tui.view.inbox import of_error

        if self.store is not None:
            self.store.inbox.add(of_error(error, tried, mark))
        self.show_notice()

    # -- what screens ask for --------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """What the strip says."""
        store = self.store
        if store is None:
            return Identity(account="opening")
        if store.account is None:
            return Identity(account=store.no_account, alert=self._unread(), alert_role="bad")
        facts = store.account.facts
        balance = " + ".join(str(money) for money in store.projects.balances)
        alert, role = self._alert()
        host = facts.origin.partition("://")[2]
        return Identity(
            facts.name, f"{facts.role} on {store.platform}", store.is_mock, host, f"balance {balance}" * bool(balance),
            alert, role,
        )  # fmt: skip

    def _alert(self) -> tuple[str, str]:
        store = self.store
        live = store.live if store is not None and store.is_open else None
        if store is None or live is None:
            return self._unread(), "bad"
        sign = sign_of(RUNS, str(live.state))
        acting = "paying" if store.pays else "asking"
        doing = {"projects": "reading projects", "preview": "looking", "apply": acting}.get(str(live.kind), live.kind)
        moving = store.run.paying if store.run is not None and store.run.id == live.id else None
        amount = f" {moving.amount}" if moving is not None else ""
        word = doing if str(live.state) == "running" else sign.word
        return f"{sign.letters if self.ascii_only else sign.glyph} run {live.id} {word}{amount}", sign.role

    def _unread(self) -> str:
        store = self.store
        return f"! {store.inbox.unread} in the inbox" if store is not None and store.inbox.unread else ""

    def facts(self) -> Facts:
        """What the actions need to know."""
        return replace(self._known(), no_color=bool(os.environ.get("NO_COLOR")))

    def _known(self) -> Facts:
        if self.store is None:
            return Facts(no_account="the journal is being opened")
        page = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)
        if page is None or not page.is_mounted:
            return self.store.facts()
        return page.known(self.store.facts(row=page.change_row()))

    def show_notice(self) -> None:
        """The newest message that was not read yet, or nothing."""
        store, page = self.store, self.screen
        if store is None or not isinstance(page, Page) or not page.is_mounted or not self.is_running:
            return
        from tui.view.inbox import told

        if store.inbox.unread and page.NAME != "inbox":
            page.say(f"! reads it: {told(store.inbox.entries)}", "bad")
        else:
            page.say("")

    def go(self, name: str) -> None:
        """Show a screen. Going where one has been already takes back the steps since."""
        if isinstance(self.screen, Page) and name != self.screen.NAME:
            been = [*self._been, self.screen.NAME]
            self._been = been[: been.index(name)] if name in been else been
            self._show(name)

    def go_back(self) -> None:
        """Show the screen from which one came; where there is none, the projects."""
        name = self._been.pop() if self._been else SCREENS[0]
        self._show(name)

    def _show(self, name: str) -> None:
        if isinstance(self.screen, Page) and name != self.screen.NAME:
            if self.screen.is_mounted:
                self.screen.say("")
            if self.tour is not None:
                self.tour.tried(self.screen.NAME, name)
            self.switch_screen(name)

    def page_does(self, what: str, *arguments: Any) -> None:
        """Have the full screen in front, or behind a question, do something; nothing once they are being taken down."""
        if not self.is_running:
            return
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Page):
                if screen.is_mounted:  # one that was only just switched to draws itself once it is there
                    getattr(screen, what)(*arguments)
                return

    def closing(self, told: str) -> None:
        """What is in front is over, by a key that may be pressed once more, or typed on after: for nothing behind it.

        `told` is said on the screen behind.
        """
        self.say_next(told)
        self.be_deaf(told)

    def say_next(self, text: str) -> None:
        """A word for the full screen that is in front once the question has gone."""
        self.parting = text

    def show_frame(self) -> None:
        """Show strip and keys as things are now."""
        self.page_does("show_frame")

    def show_unread(self) -> None:
        """Point to a new message as soon as it is there."""
        if self.store is not None and self.store.inbox.unread:
            self.show_notice()
