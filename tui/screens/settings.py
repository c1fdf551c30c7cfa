"""Settings: the accounts and their sessions, then every setting with its value, its source and its meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.content import Content
from textual.widget import Widget

from assistant.errors import ConfigError, MilepostError, UsageError
from assistant.private_files import write_private
from tui.columns import Cell, Column
from tui.content import joined
from tui.planning import edited_text
from tui.screens.page import Page, bindings_of
from tui.view.times import ago
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.actions import Facts
    from tui.view.settings import SettingRow


class SettingsScreen(Page):
    """What holds, and why."""

    NAME: ClassVar[str] = "settings"
    BINDINGS = bindings_of(NAME)

    _rows: tuple[SettingRow, ...] = ()

    def body(self) -> Iterable[Widget]:
        """A line of facts, the settings, and the one under the cursor in full."""
        yield Words(id="facts")
        yield LineList(self._columns(), heading=_heading, empty="Reading the settings", id="settings-list")
        yield Words(id="about")

    def main(self) -> LineList[SettingRow]:
        """The settings."""
        return self.query_one("#settings-list", LineList)

    def _columns(self) -> list[Column[SettingRow]]:
        return [
            Column("setting", lambda row: Cell(row.name, "plain" if row.is_set or row.account else "muted"), least=20),
            Column("value", lambda row: Cell(row.value, "plain" if row.is_set or row.account else "muted"), least=16),
            Column("session", self._session),
            Column("source", lambda row: Cell(_short(row.source), "info" if row.is_set else "muted"), drop=1),
            Column("meaning", lambda row: Cell(row.meaning, "muted"), least=70, drop=2),
        ]

    def _session(self, row: SettingRow) -> Cell:
        if not row.account:
            return Cell("")
        if row.kept_at is None:
            return Cell("none kept", "warn")
        store = self.store
        return Cell(f"kept {ago(row.kept_at, store.clock())}" if store is not None else "kept", "good")

    # -- showing ---------------------------------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """The settings are read anew whenever the screen comes up: another program may have changed the file."""
        super().on_screen_resume()
        self._read()

    def forget(self) -> None:
        """Say which account is open now."""
        self._read()

    def _read(self) -> None:
        from tui.view.settings import rows_of

        store = self.store
        live = store.account.facts.name if store is not None and store.account is not None else ""
        self.app.in_background(lambda: rows_of(self.app.settings, live), self._take_rows, self._failed)

    def _take_rows(self, rows: list[SettingRow]) -> None:
        self._rows = tuple(rows)
        if self.is_mounted:
            self.refresh_all()
            self.show_frame()

    def _failed(self, error: Any) -> None:
        self.app.tell_error(error, "reading the settings")
        self.main().say_empty(f"{error.message}. e opens the file, ! says more.")

    def refresh_all(self) -> None:
        """The settings as they were read last."""
        file = self.app.settings.file
        there = "" if file.exists() else " (not there; milepost config init writes one)"
        self.query_one("#facts", Words).say(joined([(f"{file}{there}", "bold")]))
        if self._rows:
            self.main().say_empty(self.none_holds("setting"))
        self.main().show(self.filtered_groups(self._rows), keep=lambda row: row.name)
        self._show_about()

    @on(LineList.Moved, "#settings-list")
    def _show_about(self) -> None:
        row, about = self.main().item, self.query_one("#about", Words)
        if row is None or row.is_heading:
            about.say("")
            return
        lines = [
            joined([(row.name, "bold"), (row.value, "")], " = " if row.source else ": "),
            joined([(row.meaning, "")]),
        ]
        if row.source:
            variable = f"MILEPOST_{row.name.upper().replace('.', '__').replace('-', '_')}"
            lines.append(joined([(f"from {_short(row.source)}; {variable} says it, too", "$role-muted")]))
        about.say(Content("\n").join(line for line in lines if line.plain))

    def known(self, facts: Facts) -> Facts:
        """Whether the account that is open can be signed in, here."""
        row = self.main().item
        return replace(facts, account_under=row.account if row is not None else "")

    # -- actions ---------------------------------------------------------------------------------------------------

    def do_choose(self) -> None:
        """Open the account under the cursor."""
        row = self.main().item
        if row is not None:
            self.app.open_account(row.account)
            self.say(f"Opened: {row.account}.")

    def do_login(self) -> None:
        """Sign the open account in: a run, which is then shown."""
        store = self.store
        if store is not None:
            store.start_login()
            self.app.go("run")

    def do_doctor(self) -> None:
        """What the doctor found, and from there another examination: a run, which is then shown."""
        from tui.screens.doctor import DoctorSheet

        if self.store is not None:
            self.app.push_screen(DoctorSheet(self.store), self._examine)

    def _examine(self, answer: str | None) -> None:
        store = self.store
        if store is None or answer != "examine":
            return
        try:
            store.start_doctor()
        except MilepostError as error:
            self.app.tell_error(error, "starting the doctor")
        else:
            self.app.go("run")

    def do_text(self) -> None:
        """The settings file, in the person's own editor; one that would not load is not taken."""
        from assistant.settings.model import Settings
        from assistant.settings.sources import load_text
        from assistant.settings.text import example

        file = self.app.settings.file
        try:
            before = file.read_text(encoding="utf-8") if file.exists() else example()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the settings cannot be read: {error}", where=str(file), hint="check the file") from None
        try:
            with self.app.suspend():
                text = edited_text(before, "config.toml")
        except SuspendNotSupported:
            raise UsageError("this terminal cannot be lent to an editor", hint=f"edit {file}") from None
        if text == before:
            self.say("Nothing was changed.")
            return
        load_text(Settings, file, text)
        try:
            write_private(file.resolve(), text.encode())
        except OSError as error:
            raise ConfigError(f"the settings cannot be written: {error}", where=str(file), hint="check it") from None
        self._read()
        self.say("Written. What is new holds from the next start.")

    def copied(self) -> str:
        """The setting under the cursor, as the file would say it."""
        row = self.main().item
        if row is None or row.is_heading:
            return ""
        return f"{row.name}\t{row.value}" if row.account else f"{row.name} = {row.value}"


def _heading(row: SettingRow) -> Cell | None:
    return Cell(row.name, "muted") if row.is_heading else None


def _short(source: str) -> str:
    """A source without the folders of its file."""
    return PurePath(source).name if source.startswith("/") else source
