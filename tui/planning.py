"""The plans that are edited: an editor for each file, what stands on the site, and which projects could be added."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import MilepostError, UsageError
from assistant.plans.draft import Rules
from assistant.plans.planned import PlannedProject
from assistant.plans.together import template_folders
from assistant.site import ProjectStatus, SiteProject
from tui.view.drafts import DraftFile, folder_of
from tui.view.known_plans import KnownPlan, kept_drafts, known_plans
from tui.view.plan_editor import PlanEditor, open_editor

if TYPE_CHECKING:
    from tui.store import Store
    from tui.view.projects import ProjectRow, Projects


LARGE_BYTES = 50_000
"""A plan of more is opened by a thread; it has some four hundred projects."""


def is_large(path: Path) -> bool:
    """Whether a plan takes so long to read that the screen must not wait for it."""
    try:
        return path.stat().st_size > LARGE_BYTES
    except OSError:
        return False


class Planning:
    """The plans of one store; `editor` is the one that is shown."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._editors: dict[Path, PlanEditor] = {}
        self._new: list[Path] = []
        self._of: Projects | None = None
        self._by_name: dict[str, ProjectRow] = {}
        self._by_ref: dict[str, ProjectRow] = {}
        self._number = 0
        self.trouble = ""
        """Why the plan that should be shown cannot be."""

    @property
    def paths(self) -> list[Path]:
        """The files, in their order; new ones, that are not saved yet, last."""
        return [*self._store.plan_paths, *self._new]

    @property
    def new_name(self) -> str:
        """What the plan that is shown is called, if it was never saved; else ""."""
        path = self.paths[self.number] if self.paths else None
        return path.name if path in self._new else ""

    @property
    def number(self) -> int:
        """Which of them is shown, from 0."""
        return min(self._number, max(len(self.paths) - 1, 0))

    @property
    def editor(self) -> PlanEditor | None:
        """The editor of the plan that is shown; None without a plan, or where it cannot be opened: see `trouble`."""
        if not self.paths or not self._store.is_open:
            return None
        path = self.paths[self.number]
        if path not in self._editors and self.is_large:
            self.trouble = "The plan is being opened"
            return None
        try:
            self.trouble = ""
            return self._open(path)
        except MilepostError as error:
            self.trouble = f"{error.message}: {path}. {error.hint or ''}"
            return None

    @property
    def is_large(self) -> bool:
        """Whether the plan that is shown takes so long to open that the screen must not wait: see `open_shown`."""
        if not self.paths or not self._store.is_open or self.paths[self.number] in self._editors:
            return False
        return is_large(self.paths[self.number])

    def open_shown(self) -> None:
        """Open the plan that is shown, from a thread. Raises `UsageError`."""
        self._open(self.paths[self.number])

    def _open(self, path: Path) -> PlanEditor:
        known = self._editors.get(path)
        if known is None:
            held = [project for plan in self._store.plans if plan.file == path for project in plan.projects]
            known = self._editors[path] = open_editor(path, self.rules, self._drafts, self._states_of, held)
        return known

    @property
    def _drafts(self) -> Path:
        return folder_of(self._store.settings.journal_path)

    def kept(self) -> list[KnownPlan]:
        """Drafts of plans of this account that were never saved and are not open, the newest first."""
        rules = self.rules
        drafts = kept_drafts(self._drafts, rules.account, rules.platform)
        there = [path.resolve() for path in self.paths]
        return [each for each in drafts if each.path.resolve() not in there]

    def known(self, folder: Path) -> list[KnownPlan]:
        """Every plan that could be opened from here; `folder` is the one in which Milepost was called."""
        used = dict.fromkeys(run.plan for run in self._store.runs if run.plan)
        plans = known_plans(self.kept(), folder, self._store.settings.plan_files(), used, self._store.plan_paths)
        return [replace(each, edited=DraftFile(self._drafts, each.path).is_there) for each in plans]

    def unsaved(self) -> list[Path]:
        """The plans that have edits which are not in their files."""
        return [path for path, editor in self._editors.items() if editor.changed]

    def look_again(self) -> None:
        """Let go of editors whose file was changed by somebody else, unless something in them is not saved."""
        for path, editor in list(self._editors.items()):
            if not editor.changed and _was_changed(editor):
                del self._editors[path]

    @property
    def rules(self) -> Rules:
        """What plans are held against."""
        account = self._store.account
        if account is None:
            raise UsageError(self._store.no_account, hint="see the inbox")
        facts = account.facts
        return Rules(facts.platform, facts.name, account.plan_limits, template_folders(self._store.settings))

    def show_next(self) -> None:
        """On to the next plan."""
        self._number = (self.number + 1) % max(len(self.paths), 1)

    def show_store_plan(self) -> None:
        """To the plan that previews are made of."""
        if self._store.plan is not None and self._store.plan.file in self.paths:
            self._number = self.paths.index(self._store.plan.file)

    def let_go(self, editor: PlanEditor) -> None:
        """A plan that was begun and has nothing in it is none."""
        if editor.is_new and not editor.changed:
            self._new.remove(editor.file)
            del self._editors[editor.file]

    def begin(self, path: Path) -> PlanEditor:
        """A plan that is not there yet. `UsageError` if there is such a file, or its folder is missing."""
        from assistant.plans.save import check_new

        check_new(path)
        if path not in self.paths:
            self._new.append(path)
        self._number = self.paths.index(path)
        return self._open(path)

    def show(self, path: Path) -> None:
        """To a plan that has a file; from now on it is one of the open ones."""
        known = next((each for each in self.paths if each.resolve() == path.resolve()), path)
        if known not in self.paths:
            self._store.plan_paths.append(known)
        self._number = self.paths.index(known)

    def save(self, editor: PlanEditor) -> None:
        """Write its file; from then on it is one of the open plans. Raises `PlanError`, `UsageError`."""
        editor.save()
        if editor.file in self._new:
            self._new.remove(editor.file)
            self._store.plan_paths.append(editor.file)
            self._number = self.paths.index(editor.file)

    def fresh_path(self) -> Path:
        """A name for a new plan in the folder in which Milepost was called, that neither a file nor a draft has."""
        folder = self.paths[-1].absolute().parent if self.paths else Path.cwd()
        names = ("plan.toml", *(f"plan-{number}.toml" for number in range(2, 1000)))
        return next(path for name in names if self._is_free(path := folder / name))

    def _is_free(self, path: Path) -> bool:
        kept = DraftFile(self._drafts, path).path
        return not os.path.lexists(path) and path not in self.paths and not os.path.lexists(kept)

    # -- the site --------------------------------------------------------------------------------------------------

    def standing(self, ref: str) -> str:
        """What stands on a project of the site, in few words, as far as anybody has looked into it."""
        row = self._rows_by_ref.get(ref)
        if row is None or row.looked_at is None:
            return "not known"
        return f"{len(row.milestones)}: {row.total}" if row.milestones else "none"

    def _states_of(self, project: PlannedProject) -> Mapping[str, str]:
        row = self._rows.get(project.name) or self._rows.get(" ".join(project.name.split()).casefold())
        return {mark.key: mark.state for mark in row.milestones} if row is not None else {}

    def title_of(self, name: str) -> str:
        """A project as people know it: the site's title beside a ref or an address."""
        row = self._rows.get(name) or self._rows_by_ref.get(name)
        return f"{row.title} (#{row.ref})" if row is not None and name in {row.ref, row.url} else name

    @property
    def _rows(self) -> dict[str, ProjectRow]:
        """The plan's projects as the projects screen shows them, by every name that a plan may give them."""
        self._index()
        return self._by_name

    @property
    def _rows_by_ref(self) -> dict[str, ProjectRow]:
        """Every project that the projects screen shows, by its ref."""
        self._index()
        return self._by_ref

    def _index(self) -> None:
        projects = self._store.projects
        if self._of is not projects:
            self._of = projects
            self._by_ref = {row.ref: row for row in projects.rows}
            self._by_name = {
                name: row
                for row in projects.rows
                if row.planned
                for name in (row.ref, row.url, " ".join(row.title.split()).casefold())
                if name
            }

    def to_add(self) -> list[SiteProject]:
        """Projects of the site that have not ended and that no plan here has, as the journal knows them."""
        taken = {row.ref for row in self._store.projects.rows if row.planned and row.ref}
        editor = self.editor
        names = {each.name for each in editor.projects()} if editor else set()
        titles = {" ".join(name.split()).casefold() for name in names}
        listed = self._store.journal.sightings.projects(self._store.facts_id)
        alike = [" ".join(each.title.split()).casefold() for each in listed]
        return [
            each
            for each, title in zip(listed, alike, strict=True)
            if each.status is not ProjectStatus.PAST
            and each.ref not in taken
            and not names & {each.ref, each.url}
            and not (title in titles and alike.count(title) == 1)
        ]


def _was_changed(editor: PlanEditor) -> bool:
    try:
        return (editor.file.read_bytes() if editor.file.exists() else None) != editor.before
    except OSError:
        return False


def edited_text(text: str, name: str, run: Callable[[list[str]], Any] | None = None) -> str:
    """The text as a person leaves it in their own editor. `UsageError` if there is none, or it fails.

    It is `VISUAL` or `EDITOR`, else `vi`; called without a shell, on a file of its own that is gone afterwards.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        file = Path(folder) / name
        file.write_bytes(text.encode())
        try:
            done = (run or subprocess.run)([*command, str(file)])
        except (OSError, ValueError, IndexError) as error:
            raise UsageError(
                f"the editor {' '.join(command)!r} cannot be started: {error}", hint="say another one: EDITOR=nano"
            ) from None
        if done.returncode != 0:
            raise UsageError(f"the editor ended with {done.returncode}, and nothing was taken", hint="try again")
        try:
            return file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"what the editor left cannot be read: {error}", hint="save it as UTF-8") from None
