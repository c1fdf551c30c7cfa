"""Plan: what should stand on the site, as a table that is edited in place; a draft until it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from assistant.errors import MilepostError, PlanError, UsageError
from assistant.money import totals
from tui.columns import Cell, Column
from tui.content import joined
from tui.planning import Planning, edited_text
from tui.screens.guarded import Ask
from tui.screens.page import bindings_of
from tui.screens.plan_sheets import ALL_STAND, PlanSheets, in_words
from tui.signs import MILESTONES, sign_of
from tui.view.plan_cells import AMOUNT, DUE, SHARE, WHAT, PlanRow
from tui.view.plan_editor import ABSENT, PlanEditor, told
from tui.widgets.cells import CellInput, CellList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.actions import Facts
    from tui.view.known_plans import KnownPlan

NO_PLAN = (
    "No plan is open. A plan says which milestones should stand on which projects; nothing happens on the site before "
    "you have seen a preview and typed its total.\n\n"
    "a begins one: mark projects of My Projects, and one form divides them all.\n"
    "O opens one: of this folder, of the settings, of past runs, or any file."
)
EMPTY = "The plan has no projects yet. Press a to add some from My Projects, or e to write its text."


class PlanScreen(PlanSheets):
    """The table, and what is wrong with the line under the cursor."""

    NAME: ClassVar[str] = "plan"
    BINDINGS = bindings_of(NAME)

    _typing_in: PlanRow | None = None
    _kept: KnownPlan | None = None
    """The draft of last time that is offered while no plan is open."""
    _opening = False
    """Whether a thread is at work on a large plan."""

    def body(self) -> Iterable[Widget]:
        """A line of facts, the table with the line that is typed into, and a word on the field."""
        yield Words(id="facts")
        with Container(id="box"):
            yield CellList(self._columns(), empty="Opening the journal", id="table")
            yield CellInput()
        yield Words(id="about")

    def _columns(self) -> list[Column[PlanRow]]:
        return [
            Column("project, milestone", self._what, least=24, fills=True),
            Column("share", lambda row: Cell(row.texts[SHARE], _role(row)), fills=True, least=9),
            Column("amount", lambda row: Cell(row.texts[AMOUNT], _role(row)), right=True, fills=True),
            Column("due", lambda row: Cell(row.texts[DUE], _role(row)), fills=True),
            Column("on the site", self._state),
            Column("key", lambda row: Cell(row.key, "muted"), drop=1),
        ]

    def _what(self, row: PlanRow) -> Cell:
        sign = "! " if row.trouble else ""
        role = "bad" if row.trouble else "info" if row.milestone is None else "plain"
        if row.milestone is None and self.planning is not None:
            return Cell(f"{sign}{self.planning.title_of(row.texts[WHAT])}", role)
        return Cell(f"  {sign}{row.texts[WHAT]}", role)

    def _state(self, row: PlanRow) -> Cell:
        sign = sign_of(MILESTONES, row.state)
        return Cell(sign.shown(self.app.ascii_only), sign.role) if row.state else Cell("")

    # -- showing ---------------------------------------------------------------------------------------------------

    def known(self, facts: Facts) -> Facts:
        """What can be done with the plan as it is."""
        editor, planning = self.editor, self.planning
        if planning is None:
            return facts
        files = len(planning.paths)
        if editor is None:
            off = planning.trouble or ("Enter takes up the draft of last time" if self._kept else "")
            off = off or "no plan is open: a begins one, O opens one"
            return replace(facts, editing=off, plan_files=files, kept=self._kept is not None)
        row = self.main().item
        return replace(
            facts, editing="", plan_files=files, on_row=row is not None, changed=editor.changed or editor.is_new,
            can_undo=editor.can_undo, can_redo=editor.can_redo,
            on_project=row is not None and row.milestone is None,
        )  # fmt: skip

    def on_screen_resume(self) -> None:
        """The file may have been changed by somebody else meanwhile."""
        if self.planning is not None and self._typing_in is None:
            self.planning.look_again()
        super().on_screen_resume()

    def refresh_all(self) -> None:
        """The plan as it is now; a line that is typed into stays as it is."""
        store, editor, planning = self.store, self.editor, self.planning
        if store is None or planning is None or self._typing_in is not None:
            return
        table = self.main()
        if planning.is_large and not self._opening:
            self._opening = True
            self.app.in_background(planning.open_shown, self._plan_opened, self._not_opened)
        self._kept = None
        if editor is None:
            kept = planning.kept() if store.is_open and not planning.paths else []
            self._kept = kept[0] if kept else None
            table.say_empty(planning.trouble or store.empty_word(_offered(kept) if kept else NO_PLAN))
            table.show([])
            self.query_one("#facts", Words).say("")
        else:
            word = self.none_holds("line") if self.wanted else EMPTY
            if editor.text.broken is not None:
                word = f"{told(editor.problems())}. e opens the text, u takes the edit back."
            table.say_empty(word)
            table.show(self.filtered(editor.rows()), keep=lambda row: row.name)
            self._show_facts(editor, planning)
        self._show_about()

    def _plan_opened(self, _nothing: object) -> None:
        self._opening = False
        if self.is_mounted:
            self.refresh_all()
            self.show_frame()

    def _not_opened(self, error: MilepostError) -> None:
        self._opening = False
        self.app.tell_error(error, "opening the plan")

    def _show_facts(self, editor: PlanEditor, planning: Planning) -> None:
        projects = editor.projects()
        count = len(planning.paths)
        name = editor.file.name + (f" ({planning.number + 1} of {count})" if count > 1 else "")
        sums = totals(each.total for each in projects if not each.skipped)
        saved = "new, not saved" if editor.is_new else "draft, not saved" if editor.changed else "saved"
        self.query_one("#facts", Words).say(
            joined(
                [(name, "bold"), (f"{len(editor.text.blocks)} project{'s' * (len(editor.text.blocks) != 1)}", ""),
                 (" + ".join(map(str, sums.values())), "bold"),
                 (saved, "$role-muted" if saved == "saved" else "$role-warn")],
                " · ",
            )
        )  # fmt: skip

    def _show_about(self, problem: str | None = None) -> None:
        editor, row, about = self.editor, self.main().item, self.query_one("#about", Words)
        if problem:
            about.say(joined([("Not yet  ", "$role-bad bold"), (problem, "$role-bad")]))
            return
        if self._typing_in is not None:
            about.say(
                joined([("Enter takes it, Tab goes on to the next field, Esc leaves it as it was.", "$role-muted")])
            )
            return
        lines: list[Content] = []
        problems = editor.problems() if editor is not None else []
        if problems:
            lines.append(joined([("! ", "$role-bad bold"), (told(problems), "$role-bad")]))
        elif editor is not None and editor.restored and editor.changed:
            lines.append(joined([("This is the draft of last time. w saves it, D gives it up.", "$role-warn")]))
        if row is not None:
            stand = editor is not None and not row.trouble and editor.all_stand(row.block)
            lines.append(joined([(ALL_STAND if stand else _about(row), "$role-muted")]))
        about.say(Content("\n").join(lines))

    @on(CellList.Moved, "#table")
    def _other_field(self) -> None:
        if self._typing_in is None:
            self._show_about()

    # -- typing into a field ---------------------------------------------------------------------------------------

    def do_choose(self) -> None:
        """Type into the field under the cursor."""
        if self._kept is not None:
            self.app.take_up(self._kept)
            return
        editor, row, table = self.editor, self.main().item, self.main()
        if editor is None or row is None:
            return
        self._typing_in = row
        field = self.query_one(CellInput)
        place = table.region.offset - self.query_one("#box").region.offset
        field.open_at(table.field_region().translate(place), editor.typed(row, table.column))

    @on(Input.Changed, "#cell")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._typing_in is not None:
            self._show_about(self._wrong(event.value))

    def _wrong(self, typed: str) -> str:
        """What would be wrong with this in the field; empty if nothing."""
        editor, row = self.editor, self._typing_in
        if editor is None or row is None or typed == editor.typed(row, self.main().column):
            return ""
        try:
            editor.tried(row, self.main().column, typed)
        except (PlanError, UsageError) as error:
            return in_words(error)
        return ""

    @on(CellInput.Left)
    def _given_up(self) -> None:
        self._stop_typing()

    @on(CellInput.Taken)
    def _entered(self, event: CellInput.Taken) -> None:
        editor, row, table = self.editor, self._typing_in, self.main()
        typed = self.query_one(CellInput).value
        if editor is not None and row is not None and typed != editor.typed(row, table.column):
            try:
                editor.set(row, table.column, typed)
            except (PlanError, UsageError) as error:
                self._show_about(in_words(error))
                return
        self._stop_typing()
        table.move(event.lines) if event.lines else table.aside(event.fields)
        if event.fields or event.lines:
            self.do_choose()

    def _stop_typing(self) -> None:
        self._typing_in = None
        self.query_one(CellInput).display = False
        self.main().focus()
        self.refresh_all()
        self.show_frame()

    def do_left(self) -> None:
        """To the field before."""
        self.main().aside(-1)

    def do_right(self) -> None:
        """To the next field."""
        self.main().aside(1)

    # -- lines -----------------------------------------------------------------------------------------------------

    def do_insert(self) -> None:
        """A milestone below."""
        try:
            place = self._edited().add_milestone(self._row())
        except (PlanError, UsageError) as error:
            self._or_say(error)
            return
        self.refresh_all()
        self._go(place)
        self.main().column = WHAT
        self.do_choose()

    def do_remove(self) -> None:
        """Take the line out."""
        row = self._row()
        try:
            self._edited().remove(row)
        except (PlanError, UsageError) as error:
            self._or_say(error)
            return
        self._after(f"Taken out: {row.texts[WHAT]}. u takes that back.")

    def do_undo(self) -> None:
        """Take the last edit back."""
        self._after(f"Taken back: {self._edited().undo()}")

    def do_redo(self) -> None:
        """Do it again."""
        self._after(f"Done again: {self._edited().redo()}")

    def do_discard(self) -> None:
        """Back to what the file says; with no plan open, the draft that is offered is thrown away."""
        if self._kept is not None and self._kept.draft is not None:
            aside = self._kept.draft.put_aside()
            self._after(f"Thrown away. Its text is still in {aside}")
            return
        editor = self._edited()
        editor.discard()
        said = "Empty, as it was begun" if editor.is_new else "As the file says again"
        self._after(f"{said}. u takes that back.")

    # -- the whole plan --------------------------------------------------------------------------------------------

    def do_save(self) -> None:
        """Write the file; what is wrong goes to the inbox, every problem of it."""
        self._save()

    def _save(self, then: Callable[[], object] = lambda: None) -> None:
        """Write the file; once it is read back, go on."""
        editor, planning = self._edited(), self.planning
        if planning is not None:
            planning.save(editor)
        self.app.do_reload(editor.file, then)
        self._after(f"Saved: {editor.file}. p previews it.")

    def do_look(self) -> None:
        """Look at the site and preview; where something is not saved, ask for that first."""
        editor = self._edited()
        problems = editor.problems()
        if not (editor.changed or editor.is_new):
            self.app.do_look()
        elif problems:
            self.say(f"Not yet: {told(problems)}", "warn")
        else:
            question = f"{editor.file.name} is not saved, and a preview is of what is saved."
            answers = [("Save and preview", "save"), ("Not yet", "neither")]
            self.app.push_screen(Ask("Save and preview?", question, answers), self._save_and_look)

    def _save_and_look(self, said: str | None) -> None:
        if said != "save":
            return
        try:
            self._save(lambda: self.app.call_later(self.app.do, "look"))
        except MilepostError as error:
            self.app.tell_error(error, "saving the plan")

    def do_text(self) -> None:
        """The text, in the person's own editor."""
        editor = self._edited()
        try:
            with self.app.suspend():
                text = edited_text(editor.text.text, editor.file.name)
        except SuspendNotSupported:
            raise UsageError("this terminal cannot be lent to an editor", hint=f"edit {editor.file}") from None
        before = editor.text
        editor.replace_text(text)
        done = "The text was taken." if editor.text is not before else "The text is as it was."
        self._after(told(editor.problems()) or done)

    def do_next_plan(self) -> None:
        """The next file."""
        planning, store = self.planning, self.store
        if planning is not None and store is not None:
            planning.show_next()
            path = planning.paths[planning.number]
            while store.plan is not None and any(p.file == path for p in store.plans) and store.plan.file != path:
                store.next_plan()
            self.refresh_all()

    def copied(self) -> str:
        """The line under the cursor."""
        row = self.main().item
        return "\t".join([*row.texts, row.key, row.state]).strip() if row else ""


def _offered(kept: Sequence[KnownPlan]) -> str:
    """The draft of last time, offered in words."""
    more = f" O shows {len(kept) - 1} more." if len(kept) > 1 else ""
    return (
        f"There is a draft of last time that was never saved: {kept[0].path.name} ({kept[0].told}).{more}\n\n"
        "Enter takes it up, D throws it away. a begins another plan beside it, O opens one."
    )


def _role(row: PlanRow) -> str:
    return "info" if row.milestone is None else "muted" if row.shared else "plain"


def _about(row: PlanRow) -> str:
    if row.trouble:
        return ""
    if row.milestone is None:
        return "The project: name, split or template, total, start +days. Its milestones follow; f opens a form."
    shared = "From the split or template: a change here spells all of them out." if row.shared else ""
    word = sign_of(MILESTONES, row.state).word
    stands = f"On the site: {word}; the preview will say what differs. " if row.state not in ABSENT else ""
    return stands + shared
