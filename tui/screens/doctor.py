"""What the doctor found last of the account's platform, and from here another examination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from assistant.doctor import newest
from assistant.machine import check_machine
from tui.doctor_text import check_lines, checks_of, locator_lines, override_file, trouble_lines
from tui.screens.sheet import TextSheet
from tui.view.times import ago
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.store import Store

NEVER = "The pages of the platform have not been examined yet. r does it: it signs in, reads, and changes nothing."


@dataclass(frozen=True)
class Found:
    """What there is to read. `override` is TOML for the person's own file of the platform, empty if none is needed."""

    title: str
    lines: tuple[str, ...]
    override: str = ""


def found_last(store: Store) -> Found:
    """This machine as it is now, the pages as the doctor saw them last. May take a moment; passwords are left alone."""
    lines = list(check_lines(check_machine(store.settings, None)))
    run = newest(store.journal, store.facts_id)
    title = f"The doctor, on {store.platform}"
    if run is None or run.summary is None:
        return Found(title, (NEVER, "", *lines))
    lines = [*check_lines(checks_of(run.summary)), *lines]
    pages = [*trouble_lines(run.summary), *locator_lines(run.summary)]
    override = str(run.summary["override"])
    if override:
        file = override_file(run.summary, store.settings.config_dir)
        pages += ["", f"This would find them. Look at it, then put it into {file}; y copies it:", ""]
        pages += override.splitlines()
    return Found(f"{title}: examined {ago(run.ended_at, store.clock())}, run {run.id}", (*pages, "", *lines), override)


class DoctorSheet(TextSheet[str]):
    """Returns "examine" where the pages are to be looked at now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "examine", "Examine the pages now", show=False),
        Binding("y", "copy", "Copy the override", show=False),
        Binding("q", "leave", "Back", show=False),
    ]

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._override = ""

    def compose(self) -> ComposeResult:
        """Of what it is, what was found, what can be done."""
        with Vertical(id="card"):
            yield Words("The doctor looks at this machine", id="whom", classes="title")
            with VerticalScroll(id="lines"):
                yield Words(id="text")
            yield Words("r examines the pages now, and changes nothing · Esc goes back", id="why")

    def on_mount(self) -> None:
        """Read beside the screen."""
        self.app.in_background(lambda: found_last(self._store), self._show)

    def _show(self, found: Found) -> None:
        if self.is_mounted:
            self._override = found.override
            self.query_one("#whom", Words).say(found.title)
            self.query_one("#text", Words).say("\n".join(found.lines))

    def action_examine(self) -> None:
        """Look at the pages: a run of its own."""
        self.dismiss("examine")

    def action_copy(self) -> None:
        """Copy the override, as a file takes it."""
        why = self.query_one("#why", Words)
        if self._override:
            self.app.hand_out(self._override, lambda how: why.say(f"The override: {how}."))
        else:
            why.say("There is nothing to override. r examines the pages now · Esc goes back")
