"""Drafts: what was changed in a plan and is not saved, kept on disk as it is typed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.private_files import write_private


def folder_of(journal: Path) -> Path:
    """The folder of the drafts, beside a journal."""
    return journal.parent / "drafts"


@dataclass(frozen=True)
class DraftFile:
    """The draft of one plan, in `folder`. `base` is what the plan's file held when it was begun (None: no file)."""

    folder: Path
    plan: Path

    @classmethod
    def of(cls, path: Path) -> DraftFile | None:
        """The draft that is kept in this file; None for a file that is no such thing."""
        try:
            plan = json.loads(path.read_text(encoding="utf-8")).get("plan")
        except (OSError, ValueError, AttributeError):
            return None
        found = cls(path.parent, Path(plan)) if isinstance(plan, str) else None
        return found if found is not None and found.path.name == path.name else None

    @property
    def path(self) -> Path:
        """Where it is kept: a name that no two plans share."""
        name = hashlib.sha256(str(self.plan.resolve()).encode()).hexdigest()[:20]
        return self.folder / f"{name}.json"

    @property
    def is_there(self) -> bool:
        """Whether there are edits of the plan that were not saved."""
        return self.path.exists()

    def keep(self, text: str, base: bytes | None) -> None:
        """Write it, over the one before. `UsageError` if that cannot be done."""
        values = {"plan": str(self.plan.absolute()), "base": _digest(base), "text": text}
        try:
            write_private(self.path, json.dumps(values).encode())
        except OSError as error:
            raise UsageError(
                f"the draft cannot be kept: {error.strerror}", where=str(self.path), hint="save the plan, or mend it"
            ) from None

    def read(self, base: bytes | None) -> str | None:
        """The text of the draft; None if there is none, or if the plan's file says something else by now.

        One of another file is put aside, never thrown away: `aside` tells where.
        """
        values = self._values()
        if not isinstance(values.get("text"), str):
            return None
        if values.get("base") == _digest(base):
            return str(values["text"])
        self.put_aside()
        return None

    def put_aside(self) -> Path:
        """Give the draft up; its text stays where `aside` says. `UsageError` if that cannot be done."""
        try:
            write_private(self.aside, str(self._values().get("text", "")).encode())
            self.drop()
        except OSError as error:
            raise UsageError(
                f"the draft cannot be put aside: {error.strerror}", where=str(self.aside), hint="check the folder"
            ) from None
        return self.aside

    @property
    def aside(self) -> Path:
        """Where the text of a draft is put whose plan was changed by somebody else meanwhile."""
        return self.path.with_suffix(".kept.toml")

    def _values(self) -> dict[str, Any]:
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return values if isinstance(values, dict) else {}

    def drop(self) -> None:
        """There is nothing left that is not saved."""
        self.path.unlink(missing_ok=True)


def _digest(content: bytes | None) -> str:
    return hashlib.sha256(content).hexdigest() if content is not None else ""
