"""What can be done on every screen: go to another one, find an action, copy, change the colours."""

from __future__ import annotations

from tui.frame import Frame
from tui.screens.page import Page
from tui.themes import THEMES
from tui.tour import Tour


class Everywhere(Frame, inherit_bindings=False):
    """An app with the actions that every screen has."""

    def do_projects(self) -> None:
        """To the projects."""
        self.go("projects")

    def do_plan(self) -> None:
        """To the plan."""
        self.go("plan")

    def do_preview(self) -> None:
        """To the preview."""
        self.go("preview")

    def do_run(self) -> None:
        """To the run."""
        self.go("run")

    def do_history(self) -> None:
        """To the history."""
        self.go("history")

    def do_checks(self) -> None:
        """To the checks."""
        self.go("checks")

    def do_settings(self) -> None:
        """To the settings."""
        self.go("settings")

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
        from tui.screens.menu import Menu

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

    def do_tour(self) -> None:
        """Begin the tour, or end it."""
        self.tour = Tour() if self.tour is None else None

    def do_theme(self) -> None:
        """The next set of colours."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]
        page = self.screen
        if isinstance(page, Page):
            page.say(f'Colours: {self.theme}. To keep them, write theme = "{self.theme}" into the settings.')

    def do_copy(self) -> None:
        """Hand the line under the cursor to the clipboard."""
        page = self.screen
        if not isinstance(page, Page):
            return
        text = page.copied()
        if not text:
            page.say("There is nothing under the cursor to copy.", "warn")
            return
        self.hand_out(text, lambda how: page.say(f"{how}: {text}") if page.is_mounted else None)
