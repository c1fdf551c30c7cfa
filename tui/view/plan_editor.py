"""Editing a plan, without a screen: its table, undo and redo, what is wrong and where, the draft, saving.

Undone is any edit; what has been paid is not in here, and cannot be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import PlanError, Problem, UsageError
from assistant.plans.draft import Rules
from assistant.plans.edit import PlanText, balanced, milestones_of, new_block, spelled, values_of, with_milestone
from assistant.plans.edit import without_milestone as without
from assistant.plans.plan import parse_plan
from assistant.plans.planned import Plan, PlannedProject
from assistant.plans.save import save_new, save_over
from assistant.plans.template import template_names
from assistant.plans.write import plan_toml
from tui.view.drafts import DraftFile
from tui.view.plan_cells import Cell, PlanRow, rows_of, typed_at_first

_HEAD: Final = 'platform = "a"\naccount = "a"\n'
"""Stands in for the plan's own head where one project is checked by itself."""

_MARK: Final = "\ufeff"
MOST_STEPS: Final = 500
CHECKED_WHOLE: Final = 60_000
"""Characters up to which a plan is checked as a whole after each edit; a longer one when it is saved."""

StatesOf = Callable[[PlannedProject], Mapping[str, str]]
"""What the journal knows of a project's milestones: by key, the state as `tui.signs.MILESTONES` names it."""

ABSENT: Final = frozenset({"planned", "unknown", "gone", "declined", "cancelled", ""})
"""States of milestones that do not stand on the site."""


@dataclass(frozen=True)
class Step:
    """A text of the plan, and the words for the edit that led from it."""

    text: PlanText
    words: str


class PlanEditor:
    """One plan that is edited. `before` is what its file holds, None for one that is not there yet.

    `known` are projects of the same plan that somebody holds already; they are not held a second time.
    """

    def __init__(
        self,
        file: Path,
        before: bytes | None,
        rules: Rules,
        draft: DraftFile,
        states: StatesOf,
        known: Sequence[PlannedProject] = (),
    ) -> None:
        self.file, self.rules, self._draft, self._states = file, rules, draft, states
        self.before = before
        own = (before or b"").decode("utf-8-sig")
        self._mark = _MARK if (before or b"").startswith(_MARK.encode()) else ""
        self._saved = own if before is not None else plan_toml(rules.platform, rules.account, [])
        kept = draft.read(before)
        self.restored = kept is not None and kept != self._saved
        self.text = PlanText.parse(kept if kept is not None else self._saved, str(file))
        self._saved_text = self.text if kept is None else None
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._loaded: dict[str, PlannedProject | PlanError] = {}
        self._rows: dict[tuple[int, str], tuple[Mapping[str, str], list[PlanRow]]] = {}
        self._told: tuple[PlanText, list[Problem]] | None = None
        self._load_all(known)

    def _load_all(self, known: Sequence[PlannedProject]) -> None:
        """Load every project at once where nothing is wrong, which is much quicker than one by one."""
        try:
            plan = self._whole()
        except PlanError:
            return
        held = [a if (a, a.line) == (b, b.line) else b for a, b in zip(known, plan.projects, strict=False)]
        self._loaded = dict(zip(self.text.blocks, [*held, *plan.projects[len(held) :]], strict=True))
        self._told = self.text, []

    def _whole(self) -> Plan:
        return parse_plan(
            self.text.text, self.file, limits=self.rules.limits, template_folders=self.rules.template_folders
        )

    # -- what there is ---------------------------------------------------------------------------------------------

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.text is not self._saved_text and self.text.text != self._saved

    @property
    def is_new(self) -> bool:
        """Whether there is no file of it yet."""
        return self.before is None

    def load(self, block: str) -> PlannedProject:
        """One project by itself, with every check of a plan; raises `PlanError`."""
        found = self._loaded.get(block)
        if found is None:
            if len(self._loaded) > 4 * len(self.text.blocks) + 1000:
                self._loaded = {}
            found = self._loaded[block] = self._check(block)
        if isinstance(found, PlanError):
            raise found
        return found

    def _check(self, block: str) -> PlannedProject | PlanError:
        rules = self.rules
        try:
            plan = parse_plan(_HEAD + block, self.file, limits=rules.limits, template_folders=rules.template_folders)
        except PlanError as error:
            return error
        return plan.projects[0]

    def project(self, number: int) -> PlannedProject | None:
        """A project as it loads; None where it does not."""
        try:
            return self.load(self.text.blocks[number])
        except PlanError:
            return None

    def projects(self) -> list[PlannedProject]:
        """Those that load."""
        found = (self.project(number) for number in range(len(self.text.blocks)))
        return [each for each in found if each is not None]

    def rows(self) -> list[PlanRow]:
        """The table."""
        rows: list[PlanRow] = []
        made: dict[tuple[int, str], tuple[Mapping[str, str], list[PlanRow]]] = {}
        for number, block in enumerate(self.text.blocks):
            project = self.project(number)
            states = self._states(project) if project else {}
            known = self._rows.get((number, block))
            if known is None or known[0] != states or project is None:
                known = states, rows_of(number, block, project, () if project else self._own_problems(number), states)
            made[number, block] = known
            rows += known[1]
        self._rows = made
        return rows

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the plan as it is now, with its lines."""
        if self._told is None or self._told[0] is not self.text:
            self._told = self.text, self._find_problems()
        return self._told[1]

    def _find_problems(self) -> list[Problem]:
        if self.text.broken is not None:
            return list(self.text.broken.problems)
        found = [each for number in range(len(self.text.blocks)) for each in self._own_problems(number)]
        if not found and len(self.text.text) <= CHECKED_WHOLE:
            try:
                self._whole()
            except PlanError as error:
                return list(error.problems)
        return found

    def _own_problems(self, number: int) -> list[Problem]:
        try:
            self.load(self.text.blocks[number])
        except PlanError as error:
            first, head = self.text.line_of(number), _HEAD.count("\n")
            return [
                replace(each, line=each.line - head + first - 1,
                        field=each.field.replace("project 1", f"project {number + 1}", 1))
                if each.file == str(self.file) else each
                for each in error.problems
            ]  # fmt: skip
        return []

    # -- editing ---------------------------------------------------------------------------------------------------

    def typed(self, row: PlanRow, field: int) -> str:
        """What stands in a field when its editing begins."""
        return typed_at_first(self.text.blocks[row.block], row, field, self.project(row.block))

    def tried(self, row: PlanRow, field: int, typed: str) -> str:
        """The project's text with this in the field, nothing changed yet. `PlanError`, `UsageError` if it is wrong.

        Where a project has problems already, what leaves fewer of them is taken.
        """
        block, project = self.text.blocks[row.block], self.project(row.block)
        names = template_names(self.rules.template_folders)
        standing = self.standing(project) if project else frozenset()
        changed = Cell(block, row.milestone, field, project, self.load, standing, names).changed(typed)
        wrong = len(self._own_problems(row.block))
        try:
            self.load(changed)
        except PlanError as error:
            if len(error.problems) >= max(wrong, 1):
                raise
        return changed

    def set(self, row: PlanRow, field: int, typed: str) -> None:
        """Type this into the field. Raises what `tried` raises."""
        block = self.tried(row, field, typed)
        self._take(self.text.with_block(row.block, block), f"{row.texts[0]}: {typed}")

    def standing(self, project: PlannedProject) -> frozenset[str]:
        """Keys of the milestones that stand on the site, as far as the journal knows."""
        return frozenset(key for key, state in self._states(project).items() if state not in ABSENT)

    def all_stand(self, block: int) -> bool:
        """Whether every milestone of a project stands on the site."""
        project = self.project(block)
        keys = {each.key for each in project.milestones} if project is not None else set()
        return project is not None and bool(keys) and keys <= self.standing(project)

    def add_milestone(self, row: PlanRow, description: str = "New milestone") -> tuple[int, int]:
        """One more milestone below the line; returns block and number. Raises `PlanError`, `UsageError`."""
        block = self._spelled(row.block)
        project = self.load(block)
        at = len(project.milestones) if row.milestone is None else row.milestone + 1
        block = with_milestone(block, at, description, project, self.standing(project))
        self.load(block)
        self._take(self.text.with_block(row.block, block), f"a milestone more in {project.name}")
        return row.block, at

    def _spelled(self, number: int) -> str:
        block = self.text.blocks[number]
        return block if milestones_of(values_of(block)) else spelled(block, self.load(block))

    def remove(self, row: PlanRow) -> None:
        """Take a line out: a milestone, or a whole project. What it leaves goes to another milestone."""
        if row.milestone is None:
            self._take(self.text.without_block(row.block), f"{row.texts[0]} taken out")
            return
        block = self._spelled(row.block)
        project = self.load(block)
        if project.milestones[row.milestone].key in self.standing(project):
            raise UsageError(
                "it stands on the site", hint="a plan that forgets it changes nothing there; e edits the text"
            )
        left = balanced(without(block, row.milestone), self.load, standing=self.standing(project))
        self._take(self.text.with_block(row.block, left), f"{row.texts[0]} taken out")

    def add(self, projects: Iterable[PlannedProject], notes: Mapping[str, str]) -> None:
        """More projects at the end; `PlanError` if one of them, or the plan with them, is wrong."""
        blocks = [new_block(each, notes.get(each.name)) for each in projects]
        for block in blocks:
            self.load(block)
        more = self.text.with_more(blocks)
        parse_plan(more.text, self.file, limits=self.rules.limits, template_folders=self.rules.template_folders)
        self._take(more, f"{len(blocks)} projects added")

    def replace_block(self, number: int, block: str, words: str) -> None:
        """Another text for one project; raises `PlanError`."""
        self.load(block)
        self._take(self.text.with_block(number, block), words)

    def replace_text(self, text: str) -> None:
        """Another text for the whole plan, right or wrong: what is wrong is told by `problems`."""
        if text != self.text.text:
            self._take(PlanText.parse(text, str(self.file)), "the text edited")

    def _take(self, text: PlanText, words: str) -> None:
        if text == self.text:
            return
        self._undo = [*self._undo[-MOST_STEPS + 1 :], Step(self.text, words)]
        self._redo = []
        self._put(text)

    def _put(self, text: PlanText) -> None:
        self.text = text
        if self.changed:
            self._draft.keep(text.text, self.before)
        else:
            self._draft.drop()

    # -- back and forth --------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether one was taken back."""
        return bool(self._redo)

    def undo(self) -> str:
        """Take the last edit back; returns its words."""
        step = self._undo.pop()
        self._redo.append(Step(self.text, step.words))
        self._put(step.text)
        return step.words

    def redo(self) -> str:
        """Do again what was taken back; returns its words."""
        step = self._redo.pop()
        self._undo.append(Step(self.text, step.words))
        self._put(step.text)
        return step.words

    def discard(self) -> None:
        """Back to what the file holds; can be undone."""
        self._take(PlanText.parse(self._saved, str(self.file)), "the draft given up")

    def save(self) -> Plan:
        """Write the file, whole or not at all. `PlanError` with everything wrong, `UsageError` if it cannot be."""
        plan = self._whole()
        content = (self._mark + self.text.text).encode()
        if self.before is None:
            save_new(self.file, content)
        else:
            save_over(self.file, content, self.before)
        self.before, self._saved, self._saved_text, self.restored = content, self.text.text, self.text, False
        self._draft.drop()
        return plan


def open_editor(
    file: Path, rules: Rules, folder: Path, states: StatesOf, known: Sequence[PlannedProject] = ()
) -> PlanEditor:
    """An editor of a plan; one that is not there begins empty. `UsageError` for one that cannot be read."""
    try:
        before = file.read_bytes() if file.exists() else None
        if before is not None:
            before.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the plan cannot be read: {error}", where=str(file), hint="check the file") from None
    return PlanEditor(file, before, rules, DraftFile(folder, file), states, known)


def told(problems: Sequence[Problem]) -> str:
    """The first problem in words for a line, and how many more there are."""
    if not problems:
        return ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"line {problems[0].line}: {problems[0].message}; {problems[0].mend}{more}"
