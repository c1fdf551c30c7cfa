"""The screen: what can be done on it, and the one timer that asks the journal whether anything was written.

It watches runs, it never is one.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from assistant.errors import MilepostError
from tui.beginning import Beginning
from tui.choices import Choices
from tui.screens.guarded import Ask, Guarded
from tui.screens.page import Page
from tui.screens.projects import ProjectsScreen
from tui.tour import Tour

if TYPE_CHECKING:
    from tui.store import Change, Store
    from tui.view.projects import Projects

TICK_SECONDS = 0.1
"""How often the journal is asked whether it has changed, which costs a fraction of a millisecond."""

TICKS_BETWEEN_PROCESS_CHECKS = 20


def run(beginning: Beginning, tour: Tour | None = None) -> int:
    """Open the screen, with a tour if one is given, and return the exit code. Raises `ConfigError`."""
    app = MilepostApp(beginning)
    app.tour = tour
    app.run()
    app.close_stores()
    if app.wrong_settings is not None:
        raise app.wrong_settings
    return app.return_code or 0


def _sweep() -> None:
    """Begin to look for rubbish, but not among what has been loaded for the screen: that stays to its end."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _without_screen(paused: bool) -> str:
    return "stays paused" if paused else "goes on"


def _later(module: str, name: str) -> Callable[[], Page]:
    """A screen whose module is loaded when it is first shown: some bring much that the first screen does not need."""

    def made() -> Page:
        page: Page = getattr(importlib.import_module(module), name)()
        return page

    return made


class MilepostApp(Choices, inherit_bindings=False):
    """Milepost's terminal screen."""

    SCREENS: ClassVar[dict[str, Callable[[], Any]]] = {
        "projects": ProjectsScreen,
        "plan": _later("tui.screens.plan", "PlanScreen"),
        "preview": _later("tui.screens.preview", "PreviewScreen"),
        "run": _later("tui.screens.run", "RunScreen"),
        "history": _later("tui.screens.history", "HistoryScreen"),
        "checks": _later("tui.screens.checks", "ChecksScreen"),
        "settings": _later("tui.screens.settings", "SettingsScreen"),
        "inbox": _later("tui.screens.inbox", "InboxScreen"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Leave", show=False, priority=True),
    ]

    making_preview = False
    """Whether a preview is being laid out."""

    _preview_run: int | None = None
    _reading = False
    """Whether the projects are being read, beside the screen."""
    _read_again = False
    """Whether something has happened meanwhile."""
    _ticks = 0

    # -- beginning and ending --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """The first screen at once, the journal right after it."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self.exit, None, 128 + number)
        self.push_screen("projects")
        self.call_after_refresh(self.open_store)

    def store_opened(self, store: Store) -> None:
        """Show the account; the first time, begin to watch its journal."""
        first = not self.stores
        self.making_preview, self._preview_run, self._reading, self._read_again = False, None, False, False
        super().store_opened(store)
        live = store.live if store.is_open else None
        if live is not None and str(live.kind) == "apply":
            self.go("run")
        if first:
            self._tell_what_settings_lack()
            self.set_interval(TICK_SECONDS, self.tick)
            self.call_after_refresh(_sweep)
        self.show_unread()

    def _tell_what_settings_lack(self) -> None:
        if self.theme_trouble:
            error = MilepostError(self.theme_trouble, where="theme", hint="press t for the next theme")
            self.tell_error(error, "choosing the theme of the settings")
        if self.keymap.problems:
            told = f"not every key of your own could be taken: {'; '.join(self.keymap.problems)}"
            error = MilepostError(told, where="keys", hint="see docs/keys.md; 7 and e open the settings")
            self.tell_error(error, "taking the keys of the settings")

    def do_quit(self) -> None:
        """Leave; while a run is under way, ask what becomes of it."""
        store = self.store
        live = store.live if store is not None and store.is_open else None
        if live is None:
            kept = self.kept_word()
            self.exit(message=Text(kept) if kept else None)
            return
        paused = str(live.state) == "paused"
        answers = [("Stay", "stay"), (f"Leave; the run {_without_screen(paused)} in the background", "leave"),
                   ("Stop the run after this step, and leave", "stop")]  # fmt: skip
        state = "is paused" if paused else "is under way"
        told = f"Run {live.id} ({live.kind}) {state}. It is a process of its own and does not need this screen."
        self.push_screen(Ask("Leave?", told, answers, about_run=live.id), self._leave)

    def _leave(self, answer: str | None) -> None:
        store = self.store
        live = store.live if store is not None else None
        if store is None or answer not in {"leave", "stop"}:
            return
        if answer == "stop":
            store.stop()
        told = [self.kept_word()]
        if live is not None:
            becomes = "stops after its step" if answer == "stop" else _without_screen(str(live.state) == "paused")
            told.append(f"Run {live.id} {becomes}. Follow it with: milepost attach {live.id}")
        self.exit(message=Text("\n".join(filter(None, told))))

    async def action_quit(self) -> None:
        """Ctrl+Q is as careful as q."""
        if isinstance(self.screen, Page):
            self.do_quit()
        elif isinstance(self.screen, Guarded):
            self.screen.action_safe()

    # -- watching --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Ten times a second: has anything been written?"""
        store = self.store
        if store is None:
            return
        self._ticks += 1
        try:
            change = store.poll(processes=self._ticks % TICKS_BETWEEN_PROCESS_CHECKS == 0)
        except MilepostError as error:
            self.tell_error(error, "reading the journal", "poll")
            return
        if change.ended is not None:
            self._run_ended(change)
        front = self.screen_stack[-1] if self.screen_stack else None
        if isinstance(front, Ask):
            front.hold(store.live.id if store.is_open and store.live is not None else None)
        if change.journal:
            self.page_does("take", change)
            self.show_frame()
            self.show_unread()
        self.page_does("tick")

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
        if str(ended.kind) == "doctor":
            self.page_does("say", "The doctor has looked at the pages: 7, then d, says what it found.")
        self.read_projects()

    def read_projects(self) -> None:
        """Show the projects as the journal has them now."""
        store = self.store
        if store is None or not store.is_open:
            return
        if self._reading:
            self._read_again = True
            return
        self._reading, self._read_again = True, False
        self.in_background(store.read_projects, self._projects_read, self._projects_not_read)

    def _projects_not_read(self, error: MilepostError) -> None:
        self._reading = False
        self.tell_error(error, "reading the projects", "projects")

    def _projects_read(self, projects: Projects) -> None:
        self._reading = False
        if self._read_again:
            self.read_projects()
        if self.store is not None:
            self.store.take_projects(projects)
            self.page_does("refresh_all")
            self.show_frame()
            self.show_unread()

    # -- actions of some screens -----------------------------------------------------------------------------------

    def do_read(self) -> None:
        """Read My Projects anew."""
        self.opened_store().start_projects()

    def do_look(self) -> None:
        """Look at the site, then preview."""
        store = self.opened_store()
        store.preview, store.preview_trouble = None, ""
        self._preview_run = store.start_preview()
        self.go("preview")
        self.page_does("refresh_all")

    def make_preview(self) -> None:
        """Make a preview from the newest looks."""
        store = self.opened_store()
        self.making_preview = True
        self.page_does("refresh_all")
        self.in_background(store.make_view, self._preview_made, self._preview_failed)

    def _preview_made(self, view: Any) -> None:
        self.making_preview = False
        self.opened_store().take_preview(view)
        self.page_does("refresh_all")
        self.show_frame()

    def _preview_failed(self, error: MilepostError) -> None:
        self.making_preview = False
        self.opened_store().preview_trouble = f"No preview could be made: {error.message}"
        self.tell_error(error, "making the preview")
        self.page_does("refresh_all")

    def do_approve(self) -> None:
        """Ask for the totals; what is approved is carried out by a run."""
        from tui.screens.approval import ApprovalScreen

        store = self.opened_store()
        if store.preview is not None:
            self.push_screen(ApprovalScreen(store, store.preview), self._apply)

    def _apply(self, order: Any) -> None:
        if order is None:
            return
        try:
            self.opened_store().start_apply(order)
        except MilepostError as error:
            self.tell_error(error, "starting the run")
            return
        self.go("run")

    def ask_single(self, ref: str, key: str) -> None:
        """Show one milestone and ask for what has to be typed; then its release is carried out, or asked for."""
        from tui.screens.single import SingleScreen
        from tui.singles import single_at, start_single

        store = self.opened_store()
        try:
            single, plan = single_at(store, ref, key)
        except MilepostError as error:
            self.page_does("say", f"{error.message}. {error.hint or ''}", "warn")
            return
        row = next((row for row in store.projects.rows if row.ref == ref), None)

        def typed(order: Any) -> None:
            if order is None:
                return
            try:
                start_single(store, order, plan)
            except MilepostError as error:
                self.tell_error(error, "starting the run")
                return
            self.go("run")

        self.push_screen(SingleScreen(store, single, row.looked_at if row else None), typed)

    def do_next_plan(self) -> None:
        """To the next plan."""
        store = self.opened_store()
        store.next_plan()
        self.page_does("refresh_all")

    def do_pause(self) -> None:
        """Pause, or go on."""
        self.opened_store().pause_or_go()

    def do_stop(self) -> None:
        """Stop after this step."""
        self.opened_store().stop()

    def do_stop_now(self) -> None:
        """Stop at once, if that is really meant."""
        answers = [("Let it go on", "go"), ("Stop after the current step", "step"),
                   ("Stop now, in mid-step", "now")]  # fmt: skip
        told = "A step that is cut off in the middle may have been paid. It is then unknown until a look settles it."
        live = self.opened_store().live
        question = Ask("Stop the run now?", told, answers, "now", live.id if live is not None else None)
        self.push_screen(question, self._stop_now)

    def _stop_now(self, answer: str | None) -> None:
        if answer == "now":
            self.opened_store().stop_now()
        elif answer == "step":
            self.opened_store().stop()
