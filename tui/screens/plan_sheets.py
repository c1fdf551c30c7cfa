"""What is laid over the plan: projects to add, the form that divides them, the name of another plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import MilepostError, PlanError, UsageError
from assistant.plans.from_site import notes_from_site
from assistant.plans.template import template_names
from tui.screens.page import Page
from tui.view.outline import Fields, currencies_told, fields_of, for_block, for_new
from tui.view.plan_cells import PlanRow
from tui.view.plan_editor import PlanEditor
from tui.widgets.cells import CellList

if TYPE_CHECKING:
    from assistant.site import SiteProject
    from tui.planning import Planning
    from tui.screens.choosing import Divided
    from tui.screens.outline_form import OutlineForm
    from tui.store import Change
    from tui.view.outline import Filled


ALL_STAND: Final = (
    "All its milestones stand on the site, where this plan changes nothing more. Its due dates are for checks."
)


class PlanSheets(Page):
    """A screen over the plans, and the sheets it lays over itself."""

    def main(self) -> CellList[PlanRow]:
        """The table."""
        return self.query_one("#table", CellList)

    @property
    def planning(self) -> Planning | None:
        """The plans, once the journal is open."""
        return self.app.planning

    @property
    def editor(self) -> PlanEditor | None:
        """The plan that is shown."""
        return self.planning.editor if self.planning is not None else None

    def _edited(self) -> PlanEditor:
        if self.editor is None:
            raise UsageError("no plan is open", hint="a begins one")
        return self.editor

    def _row(self) -> PlanRow:
        row = self.main().item
        if row is None:
            raise UsageError("the plan has no line yet", hint="a adds projects")
        return row

    def _after(self, words: str) -> None:
        self.refresh_all()
        self.say(words)

    def _or_say(self, error: PlanError | UsageError) -> None:
        self.say(in_words(error), "warn")

    def _go(self, place: tuple[int, int | None]) -> None:
        table = self.main()
        number = next((n for n, row in enumerate(table.items) if row.name == place), table.cursor)
        table.go(number)

    def do_new_plan(self) -> None:
        """Ask for a name, and begin."""
        from tui.screens.one_line import OneLine

        if self.planning is not None:
            told_first = "Its file; nothing is written before you save."
            question = OneLine("Begin another plan", told_first, str(self.planning.fresh_path()))
            self.app.push_screen(question, self._begin)

    def _begin(self, path: str | None) -> None:
        if path and self.planning is not None:
            try:
                editor = self.planning.begin(Path(path).expanduser())
                if editor.restored:
                    self.say(f"The draft of {editor.file.name} from last time. D gives it up.", "warn")
            except MilepostError as error:
                self.app.tell_error(error, "beginning a plan")
            self.refresh_all()

    def do_add(self) -> None:
        """Mark projects of the site, then one form for all of them."""
        from tui.screens.choosing import Choosing

        planning = self.planning
        if planning is None:
            return
        begun = planning.begin(planning.fresh_path()) if planning.editor is None and not planning.paths else None
        self.refresh_all()
        reading = self._begin_to_read()
        picker = Choosing(planning.to_add(), planning.standing, self._form_for, reading=reading)
        self.app.push_screen(picker, lambda divided: self._add(divided, begun))

    def _begin_to_read(self) -> bool:
        """Where My Projects was never read, begin to; whether it is under way."""
        store = self.store
        if store is None or store.projects.read_at is not None:
            return False
        if store.live is None:
            store.start_projects()
        return store.live is not None and str(store.live.kind) == "projects"

    def take(self, change: Change) -> None:
        """My Projects was read: a sheet that waits for it is filled."""
        from tui.screens.choosing import NONE, Choosing

        sheet, ended = self.app.screen, change.ended
        if ended is None or self.planning is None or not isinstance(sheet, Choosing) or not sheet.reading:
            return
        failed = f"My Projects could not be read ({ended.state}): Esc, then ! says why."
        sheet.fill(self.planning.to_add(), NONE if str(ended.state) == "done" else failed)

    def _form_for(self, chosen: Sequence[SiteProject]) -> OutlineForm:
        """The form that divides new projects."""
        from tui.screens.outline_form import OutlineForm

        editor = self._edited()
        names, count = template_names(editor.rules.template_folders), len(chosen)
        several = currencies_told(chosen)
        each_of = f"Divide each of {count} projects{': ' * bool(several)}{several}"
        return OutlineForm(
            f"Divide {chosen[0].title}" if count == 1 else each_of,
            Fields(),
            lambda typed: for_new(typed, chosen, editor.load, names),
            names,
            {each.ref: each.title for each in chosen},
        )

    def _add(self, divided: Divided | None, begun: PlanEditor | None) -> None:
        """Add what was divided; who left the picker has not begun the plan that it was for, either."""
        if divided is None:
            if begun is not None and self.planning is not None:
                self.planning.let_go(begun)
                self.refresh_all()
            return
        filled = divided.filled
        try:
            self._edited().add(filled.projects, notes_from_site(divided.chosen))
        except PlanError as error:
            self.app.tell_error(error, "adding projects to the plan")
            return
        left = f" {len(filled.left_out)} left out: {next(iter(filled.left_out.values()))}" if filled.left_out else ""
        self._after(f"{len(filled.projects)} added. u takes that back; w saves the plan, then p previews it.{left}")
        self.main().go(len(self.main().items) - 1, -1)

    def do_form(self) -> None:
        """Divide the project anew."""
        from tui.screens.outline_form import OutlineForm

        editor, row = self._edited(), self._row()
        project = editor.project(row.block)
        if editor.all_stand(row.block):
            self.say(ALL_STAND, "warn")
            return
        if project is not None and editor.standing(project):
            self.say("Milestones of it stand on the site: change the others one by one.", "warn")
            return
        block, names = editor.text.blocks[row.block], template_names(editor.rules.template_folders)
        title = f"Divide {project.name}" if project else "Divide the project"
        form = OutlineForm(title, fields_of(block), lambda typed: for_block(typed, block, editor.load, names), names)
        self.app.push_screen(form, lambda filled: self._divide(row, filled))

    def _divide(self, row: PlanRow, filled: Filled | None) -> None:
        if filled is not None:
            self._edited().replace_block(row.block, filled.block, f"{filled.projects[0].name} divided anew")
            self.refresh_all()
            self._go((row.block, None))


def in_words(error: PlanError | UsageError) -> str:
    """An error in one line: its first problem, and the mend."""
    if isinstance(error, PlanError):
        first = error.problems[0]
        return f"{first.message}; {first.mend}"
    return f"{error.message}{f'; {error.hint}' if error.hint else ''}"
