"""Which plans there are to open: those kept as drafts, of the folder, of the settings, of past runs. Plain Python."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tui.text import plain
from tui.view.drafts import DraftFile

LARGEST: Final = 5_000_000
"""Bytes; a larger file of the folder is not looked into."""


@dataclass(frozen=True)
class KnownPlan:
    """A plan that could be opened. `projects` is None where its text cannot be read; `draft` is of one never saved."""

    path: Path
    where: str
    """How it is known: ``a draft, never saved``, ``in this folder``, ``used last``."""
    account: str = ""
    platform: str = ""
    projects: int | None = None
    draft: DraftFile | None = None
    edited: bool = False
    """Whether there are edits of it that were not saved."""

    @property
    def known_by(self) -> str:
        """How it is known, and whether its file is all there is of it."""
        return f"{self.where}; edits not saved" if self.edited and self.draft is None else self.where

    @property
    def told(self) -> str:
        """What is in it, in words."""
        if self.projects is None:
            return "cannot be read as it is"
        return f"{self.projects} project{'s' * (self.projects != 1)}, {plain(self.account)}"


def plan_at(path: Path, where: str) -> KnownPlan | None:
    """The plan in a file; None for a file that is gone, or is no plan of ours."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return None
        return _plan(path, where, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return None


def _plan(path: Path, where: str, text: str, draft: DraftFile | None = None) -> KnownPlan | None:
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return KnownPlan(path, where, draft=draft)
    platform, account, projects = values.get("platform"), values.get("account"), values.get("project", [])
    if not isinstance(platform, str) or not isinstance(account, str) or not isinstance(projects, list):
        return None
    return KnownPlan(path, where, account, platform, len(projects), draft)


def plans_in(folder: Path) -> list[KnownPlan]:
    """The plans of a folder, by name. A file with an error in it is one only where it is called a plan."""
    found: list[Path] = []
    with contextlib.suppress(OSError):
        found = sorted(folder.glob("*.toml"))
    known = [plan_at(path, "in this folder") for path in found]
    return [each for each in known if each is not None and (each.projects is not None or "plan" in each.path.name)]


def kept_drafts(folder: Path, account: str, platform: str) -> list[KnownPlan]:
    """The drafts of plans that were never saved, of this account, the newest first."""
    drafts: list[tuple[float, KnownPlan]] = []
    with contextlib.suppress(OSError):
        for file in folder.glob("*.json"):
            found = DraftFile.of(file)
            text = found.read(None) if found is not None and not found.plan.exists() else None
            known = _plan(found.plan, "a draft, never saved", text, found) if found is not None and text else None
            if known is not None and (known.projects is None or (known.account, known.platform) == (account, platform)):
                drafts.append((file.stat().st_mtime, known))
    return [known for _, known in sorted(drafts, key=lambda each: each[0], reverse=True)]


def known_plans(
    drafts: Iterable[KnownPlan], folder: Path, settings: Iterable[Path], used: Iterable[str], opened: Iterable[Path]
) -> list[KnownPlan]:
    """Every plan that is known, each once: drafts, those of the folder, of the settings, used last, open already.

    `used` are the plans of past runs, as the journal has them; relative ones are meant from `folder`.
    """
    there = [path.resolve() for path in opened]
    candidates = [
        *drafts,
        *plans_in(folder),
        *(plan_at(path, "in the settings") for path in settings),
        *(plan_at(folder / name, "used last") for name in used),
    ]
    result = {each.path.resolve(): each for each in reversed(candidates) if each is not None}
    known = [each for path, each in reversed(result.items()) if path not in there]
    now = [plan_at(path, "open") for path in opened]
    return [*known, *(each for each in now if each is not None)]
