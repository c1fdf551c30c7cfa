"""Which projects of the site are meant: ``open``, ``in_progress``, ``without-milestones``, or refs, commas between.

    open                  every project that has not ended
    in_progress           those that are under way: awarded and accepted
    past                  those that have ended
    all                   every one
    without-milestones    open ones with somebody on the other side, on which nothing stands and nothing is asked for

What is named in two ways is chosen once; the order is the site's.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.errors import UsageError
from assistant.money import shown
from assistant.site import ENDED, Look, MilestoneState, ProjectStatus, SiteProject

WITHOUT_MILESTONES: Final = "without-milestones"
_LISTS: Final[Mapping[str, Callable[[SiteProject], bool]]] = {
    "open": lambda project: project.status is not ProjectStatus.PAST,
    "in_progress": lambda project: project.status is ProjectStatus.IN_PROGRESS and project.accepted,
    "past": lambda project: project.status is ProjectStatus.PAST,
    "all": lambda _project: True,
}
WORDS: Final = (*_LISTS, WITHOUT_MILESTONES)


@dataclass(frozen=True)
class Choice:
    """What a person said: words of `WORDS`, and refs of projects."""

    words: tuple[str, ...]
    refs: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Choice:
        """Read ``in_progress,38112233``. Whether the refs are there shows when it is applied."""
        said = [each.strip() for each in text.split(",") if each.strip()]
        if not said:
            raise UsageError("names no project", hint=f"write one of {', '.join(WORDS)}, or refs")
        words = tuple(dict.fromkeys(word for each in said if (word := _word(each)) in WORDS))
        return cls(words, tuple(dict.fromkeys(each for each in said if _word(each) not in WORDS)))

    def to_look_at(self, listed: Iterable[SiteProject]) -> list[SiteProject]:
        """The projects that have to be looked at before `projects` can tell what it means."""
        return [each for each in listed if WITHOUT_MILESTONES in self.words and _could_have(each)]

    def projects(self, listed: Sequence[SiteProject], looks: Mapping[str, Look]) -> list[SiteProject]:
        """The projects that are meant. `UsageError` for a ref that none of them has, and where none is meant."""
        unknown = set(self.refs) - {project.ref for project in listed}
        if unknown:
            raise UsageError(
                f"none of the {len(listed)} projects of this account has the ref {_named(unknown)}", hint=_mend(unknown)
            )
        found = [project for project in listed if project.ref in self.refs or self._is_meant(project, looks)]
        if not found:
            raise UsageError(
                f"of the {len(listed)} projects of this account none is {' or '.join(self.words)}",
                hint="milepost projects --last shows what there is",
            )
        return found

    def _is_meant(self, project: SiteProject, looks: Mapping[str, Look]) -> bool:
        if any(_LISTS[word](project) for word in self.words if word in _LISTS):
            return True
        if WITHOUT_MILESTONES not in self.words or not _could_have(project) or project.ref not in looks:
            return False
        return not has_milestones(looks[project.ref])


def has_milestones(look: Look) -> bool:
    """Whether anything stands on a project, released ones included, or is asked for, or waits in a cart."""
    return (
        any(row.state not in ENDED for row in look.milestones)
        or any(row.state is MilestoneState.REQUESTED for row in look.requests)
        or any(not cart.charged for cart in look.carts)
    )


def _could_have(project: SiteProject) -> bool:
    """Whether milestones could be put on it: it has not ended, and there is somebody to pay or be paid by."""
    return project.status is not ProjectStatus.PAST and bool(project.counterparty)


def _word(text: str) -> str:
    word = text.casefold()
    return {"in-progress": "in_progress", "without_milestones": WITHOUT_MILESTONES}.get(word, word)


def _named(refs: Iterable[str]) -> str:
    found = sorted(refs)
    return ", ".join(shown(ref) for ref in found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")


def _mend(unknown: Iterable[str]) -> str:
    for each in sorted(unknown):
        if near := difflib.get_close_matches(each[:40].casefold(), WORDS, n=1):
            return f"did you mean {near[0]}?"
    return f"write refs as milepost projects lists them, or one of {', '.join(WORDS)}"
