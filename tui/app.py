"""The screen: one app over the store. It watches runs, it never is one.

A run is a process of its own. Leaving, crashing or losing the terminal ends this app and nothing else; the journal is
all they have in common. One timer asks the journal whether anything was written.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from assistant.clock import now as utc_now
from assistant.errors import MilepostError
from tui.actions import Facts, find
from tui.crash import keep_report
from tui.screens.guarded import Ask, Guarded
from tui.screens.inbox import InboxScreen
from tui.screens.menu import Menu
from tui.screens.page import LEAST_HEIGHT, LEAST_WIDTH, Page
from tui.screens.preview import PreviewScreen
from tui.screens.projects import ProjectsScreen
from tui.screens.run import RunScreen
from tui.screens.runs import RunsScreen
from tui.signs import RUNS, only_ascii, sign_of
from tui.themes import ANSI, THEMES, choose
from tui.widgets.account_strip import Identity

if TYPE_CHECKING:
    from assistant.settings import Settings
    from tui.store import Change, Store
    from tui.view.projects import Projects

WIDTHS = [(0, "-tiny"), (LEAST_WIDTH, "-narrow"), (110, "-wide")]
HEIGHTS = [(0, "-flat"), (LEAST_HEIGHT, "-low"), (22, "-middle"), (34, "-high")]
"""The classes that screens have from so many cells on."""

TICK_SECONDS = 0.1
"""How often the journal is asked whether it has changed, which costs a fraction of a millisecond."""

TICKS_BETWEEN_PROCESS_CHECKS = 20


def run(settings: Settings, plan_paths: Sequence[Path], account_name: str | None = None) -> int:
    """Open the screen on these plans and return the exit code."""
    app = MilepostApp(settings, plan_paths, account_name)
    app.run()
    if app.store is not None:
        app.store.close()
    return app.return_code or 0


class MilepostApp(App[None], inherit_bindings=False):
    """Milepost's terminal screen."""

    TITLE = "Milepost"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    CSS_PATH = "milepost.tcss"
    ENABLE_COMMAND_PALETTE = False
    SCREENS: ClassVar[dict[str, Callable[[], Any]]] = {
        "projects": ProjectsScreen,
        "preview": PreviewScreen,
        "run": RunScreen,
        "runs": RunsScreen,
        "inbox": InboxScreen,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Leave", show=False, priority=True),
    ]

    def __init__(
        self,
        settings: Settings,
        plan_paths: Sequence[Path] = (),
        account_name: str | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        if os.environ.get("NO_COLOR") == "":
            del os.environ["NO_COLOR"]  # by its definition an empty one says nothing; Textual would take it
        theme, self._theme_trouble = choose(settings.theme)
        # Textual decides here, for good, whether it may send colours; NO_COLOR with an RGB theme would give greys.
        super().__init__(ansi_color=True if theme == ANSI else None)
        self.settings = settings
        self.ascii_only = only_ascii(settings.ascii, encoding=getattr(sys.__stdout__, "encoding", None))
        self.animation_level = "none"
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.store: Store | None = None
        self.making_preview = False
        self._arguments = (settings, list(plan_paths), account_name, clock)
        self._preview_run: int | None = None
        self._ticks = 0

    # -- beginning and ending --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """The first screen at once, the journal right after it."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, None, 128 + number)
        self.push_screen("projects")
        self.call_after_refresh(self.in_background, self._open, self._opened)

    def _open(self) -> Store:
        from tui.store import Store  # brings the database library, which the first screen does not need

        store = Store(*self._arguments)
        store.open()
        return store

    def _opened(self, store: Store) -> None:
        self.store = store
        if self._theme_trouble:
            error = MilepostError(self._theme_trouble, where="theme", hint="press t for the next theme")
            self.tell_error(error, "choosing the theme of the settings")
        live = store.live if store.is_open else None
        if live is not None and str(live.kind) == "apply":
            self.go("run")
        self._page_does("refresh_all")
        self._frame()
        self.set_interval(TICK_SECONDS, self.tick)

    def do_quit(self) -> None:
        """Leave; while a run is under way, ask what becomes of it."""
        store = self.store
        live = store.live if store is not None and store.is_open else None
        if live is None:
            self.exit()
            return
        answers = [("Stay", "stay"), ("Leave; the run goes on in the background", "leave"),
                   ("Stop the run after this step, and leave", "stop")]  # fmt: skip
        told = f"Run {live.id} ({live.kind}) is under way. It is a process of its own and does not need this screen."
        self.push_screen(Ask("Leave?", told, answers), self._leave)

    def _leave(self, answer: str | None) -> None:
        store = self.store
        live = store.live if store is not None else None
        if store is None or answer not in {"leave", "stop"}:
            return
        if answer == "stop":
            store.stop()
        told = f"Run {live.id} {'stops after its step' if answer == 'stop' else 'goes on'}." if live else ""
        self.exit(message=Text(f"{told} Follow it with: milepost attach {live.id}") if live else None)

    async def action_quit(self) -> None:
        """Ctrl+Q is as careful as q."""
        if isinstance(self.screen, Page):
            self.do_quit()
        elif isinstance(self.screen, Guarded):
            self.screen.action_safe()

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
        report = keep_report(error, ["--config", str(self.settings.file)])
        told = f"error: the screen ended: {report.message}\n  {report.where}\n  {report.hint}\n"
        told += "  Runs are not touched by this: milepost runs lists them, milepost attach follows one."
        self._exit_renderables.append(Text(told))
        self._close_messages_no_wait()

    # -- doing things ----------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Drop what was typed or clicked before the question that stands in front was drawn."""
        if isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded:
            front = self.screen_stack[-1] if self.screen_stack else None
            if isinstance(front, Guarded) and not isinstance(event, events.MouseMove) and not front.accepts(event):
                return
        await super().on_event(event)

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
            page.say(f"{action.words.split(':')[0].split(';')[0]}: {reason}", "warn")
            return
        handler = getattr(page, f"do_{name}", None) or getattr(self, f"do_{name}")
        try:
            done = handler()
            if isawaitable(done):
                done = await done
            if name == "back" and done is False:
                self.go("projects")
        except MilepostError as error:
            self.tell_error(error, action.words)
        self._frame()

    def in_background(
        self, work: Callable[[], Any], then: Callable[[Any], Any], failed: Callable[[MilepostError], Any] | None = None
    ) -> None:
        """Read something that may take long without holding up the screen; `then` gets it, back on the screen's side.

        The work reads, it never draws. It is no run: nothing is lost if the screen ends meanwhile.
        """

        def body() -> None:
            try:
                result = work()
            except MilepostError as error:
                self.call_later(failed or self.tell_error, error)
            except Exception as error:
                self.call_later(self._handle_exception, error)
            else:
                self.call_later(then, result)

        threading.Thread(target=body, daemon=True).start()

    def tell_error(self, error: MilepostError, tried: str = "reading the journal") -> None:
        """An error goes to the inbox, and a line about it to the notice line."""
        from tui.view.inbox import of_error

        if self.store is not None:
            self.store.inbox.add(of_error(error, tried))
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
        doing = {"projects": "reading projects", "preview": "looking", "apply": "paying"}.get(str(live.kind), live.kind)
        moving = store.run.paying if store.run is not None and store.run.id == live.id else None
        amount = f" {moving.amount}" if moving is not None else ""
        word = doing if str(live.state) == "running" else sign.word
        return f"{sign.letters if self.ascii_only else sign.glyph} run {live.id} {word}{amount}", sign.role

    def _unread(self) -> str:
        store = self.store
        return f"! {store.inbox.unread} in the inbox" if store is not None and store.inbox.unread else ""

    def facts(self) -> Facts:
        """What the actions need to know."""
        if self.store is None:
            return Facts(no_account="the journal is being opened")
        page = self.screen
        return self.store.facts(row=page.change_row() if isinstance(page, Page) else None)

    def show_notice(self) -> None:
        """The newest message that was not read yet, or nothing."""
        store, page = self.store, self.screen
        if store is None or not isinstance(page, Page) or not page.is_mounted:
            return
        from tui.view.inbox import told

        if store.inbox.unread and page.NAME != "inbox":
            page.say(f"! 5 reads it: {told(store.inbox.entries)}", "bad")
        else:
            page.say("")

    def go(self, name: str) -> None:
        """Show a screen."""
        if isinstance(self.screen, Page) and name != self.screen.NAME:
            if self.screen.is_mounted:
                self.screen.say("")
            self.switch_screen(name)

    def _page_does(self, what: str, *arguments: Any) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Page):
                if screen.is_mounted:  # one that was only just switched to draws itself once it is there
                    getattr(screen, what)(*arguments)
                return

    def _frame(self) -> None:
        self._page_does("show_frame")

    # -- watching --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Ten times a second: has anything been written?"""
        store = self.store
        if store is None:
            return
        self._ticks += 1
        change = store.poll(processes=self._ticks % TICKS_BETWEEN_PROCESS_CHECKS == 0)
        if change.ended is not None:
            self._run_ended(change)
        if change.journal:
            self._page_does("take", change)
            self._frame()
            self.show_unread()
        self._page_does("tick")

    def show_unread(self) -> None:
        """Point to a new message as soon as it is there."""
        if self.store is not None and self.store.inbox.unread:
            self.show_notice()

    def _run_ended(self, change: Change) -> None:
        store, ended = self.store, change.ended
        if store is None or ended is None:
            return
        if ended.id == self._preview_run:
            self._preview_run = None
            if str(ended.state) == "done":
                self.make_preview()
            else:
                error = store.run.run.error if store.run is not None and store.run.id == ended.id else None
                store.preview_trouble = f"The look failed: {(error or {}).get('message', ended.state)}"
        if str(ended.kind) == "apply":
            self.bell()
        self.read_projects()

    def read_projects(self) -> None:
        """Show the projects as the journal has them now."""
        store = self.store
        if store is not None and store.is_open:
            self.in_background(store.read_projects, self._projects_read)

    def _projects_read(self, projects: Projects) -> None:
        if self.store is not None:
            self.store.take_projects(projects)
            self._page_does("refresh_all")
            self._frame()
            self.show_unread()

    # -- actions of every screen -----------------------------------------------------------------------------------

    def do_projects(self) -> None:
        """To the projects."""
        self.go("projects")

    def do_preview(self) -> None:
        """To the preview."""
        self.go("preview")

    def do_run(self) -> None:
        """To the run."""
        self.go("run")

    def do_runs(self) -> None:
        """To the runs."""
        self.go("runs")

    def do_inbox(self) -> None:
        """To the inbox."""
        self.go("inbox")

    def do_help(self) -> None:
        """Every key of this screen."""
        self._menu(typing=False)

    def do_palette(self) -> None:
        """Find an action by its words."""
        self._menu(typing=True)

    def _menu(self, *, typing: bool) -> None:
        page = self.screen
        if isinstance(page, Page):
            self.push_screen(Menu(page.NAME, self.facts(), typing=typing), self._do_chosen)

    async def _do_chosen(self, name: str | None) -> None:
        if name is not None:
            await self.do(name)

    def do_redraw(self) -> None:
        """Draw everything anew, as after a stray line from elsewhere."""
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def action_redraw(self) -> None:
        """The same for questions that stand in front."""
        self.do_redraw()

    def do_theme(self) -> None:
        """The next set of colours."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        page = self.screen
        if isinstance(page, Page):
            page.say(f'Colours: {self.theme}. To keep them, write theme = "{self.theme}" into the settings.')

    def do_copy(self) -> None:
        """Hand the line under the cursor to the terminal's clipboard."""
        page = self.screen
        if not isinstance(page, Page):
            return
        text = page.copied()
        if not text:
            page.say("There is nothing under the cursor to copy.", "warn")
            return
        self.copy_to_clipboard(text)
        page.say(f"Sent to the terminal's clipboard (OSC 52; not every terminal takes it): {text}")

    # -- actions of some screens -----------------------------------------------------------------------------------

    def _opened_store(self) -> Store:
        if self.store is None:
            raise MilepostError("the journal is being opened", hint="try again in a moment")
        return self.store

    def do_read(self) -> None:
        """Read My Projects anew."""
        self._opened_store().start_projects()

    def do_look(self) -> None:
        """Look at the site, then preview."""
        store = self._opened_store()
        store.preview, store.preview_trouble = None, ""
        self._preview_run = store.start_preview()
        self.go("preview")
        self._page_does("refresh_all")

    def make_preview(self) -> None:
        """Make a preview from the newest looks."""
        store = self._opened_store()
        self.making_preview = True
        self._page_does("refresh_all")
        self.in_background(store.make_view, self._preview_made, self._preview_failed)

    def _preview_made(self, view: Any) -> None:
        self.making_preview = False
        self._opened_store().take_preview(view)
        self._page_does("refresh_all")
        self._frame()

    def _preview_failed(self, error: MilepostError) -> None:
        self.making_preview = False
        self._opened_store().preview_trouble = f"No preview could be made: {error.message}"
        self.tell_error(error, "making the preview")
        self._page_does("refresh_all")

    def do_approve(self) -> None:
        """Ask for the totals; what is approved is carried out by a run."""
        from tui.screens.approval import ApprovalScreen

        store = self._opened_store()
        if store.preview is not None:
            self.push_screen(ApprovalScreen(store, store.preview), self._apply)

    def _apply(self, order: Any) -> None:
        if order is None:
            return
        try:
            self._opened_store().start_apply(order)
        except MilepostError as error:
            self.tell_error(error, "starting the run")
            return
        self.go("run")

    def do_reload(self) -> None:
        """Read the plan files anew."""
        store = self._opened_store()

        def taken(read: Any) -> None:
            store.take_plans(read)
            self.read_projects()
            self.show_notice()

        self.in_background(store.read_plans, taken)

    def do_next_plan(self) -> None:
        """To the next plan."""
        store = self._opened_store()
        store.next_plan()
        self._page_does("refresh_all")

    def do_pause(self) -> None:
        """Pause, or go on."""
        self._opened_store().pause_or_go()

    def do_stop(self) -> None:
        """Stop after this step."""
        self._opened_store().stop()

    def do_stop_now(self) -> None:
        """Stop at once, if that is really meant."""
        answers = [("Let it go on", "go"), ("Stop after the current step", "step"),
                   ("Stop now, in mid-step", "now")]  # fmt: skip
        told = "A step that is cut off in the middle may have been paid. It is then unknown until a look settles it."
        self.push_screen(Ask("Stop the run now?", told, answers, dangerous="now"), self._stop_now)

    def _stop_now(self, answer: str | None) -> None:
        if answer == "now":
            self._opened_store().stop_now()
        elif answer == "step":
            self._opened_store().stop()
