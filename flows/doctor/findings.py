"""What the doctor found: one entry a locator, and the values that would mend those that are broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import tomlkit

from assistant.profile_files import Where


class Found(StrEnum):
    """What a locator finds on the page. UNSEEN: the account has nothing that would show it; BEHIND: nobody looked."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none"
    UNSEEN = "unseen"
    BEHIND = "behind"


BROKEN = frozenset({Found.NONE, Found.SEVERAL})
_BEST = (Found.ONE, Found.SEVERAL, Found.NONE, Found.UNSEEN, Found.BEHIND)


@dataclass(frozen=True)
class LocatorFacts:
    """One locator of the profile. `candidate` counts from 1; `behind` names the step that nobody takes to look."""

    place: Where
    found: Found
    page: str = ""
    candidate: int = 0
    count: int = 0
    behind: str = ""
    note: str = ""
    nearest: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """Its name in the profile, such as `hands.create.open.find`."""
        return ".".join(map(str, self.place))

    def as_event(self) -> dict[str, Any]:
        """The object that stands in the run's summary."""
        facts = asdict(self)
        del facts["place"]
        return {"field": self.field, **facts, "found": self.found.value, "nearest": list(self.nearest)}


@dataclass
class Findings:
    """All entries of one examination. A locator that several pages show counts as the best of them says."""

    facts: dict[Where, LocatorFacts] = field(default_factory=dict)
    mends: dict[Where, Any] = field(default_factory=dict)
    """Values that were tried on the page and would have found what is missing, by their place in the profile."""
    words: set[str] = field(default_factory=set)
    """The site's words for a state that no rule maps."""

    def add(self, *entries: LocatorFacts) -> None:
        """Take entries in."""
        for entry in entries:
            before = self.facts.get(entry.place)
            if before is None or _BEST.index(entry.found) < _BEST.index(before.found):
                self.facts[entry.place] = entry

    def mend(self, place: Where, value: Any) -> None:
        """Note a value that would work."""
        self.mends.setdefault(place, value)

    @property
    def broken(self) -> list[LocatorFacts]:
        """The entries of locators that find nothing, or several, where there is one."""
        return [entry for entry in self.facts.values() if entry.found in BROKEN]

    def override(self, data: Mapping[str, Any]) -> str:
        """TOML to paste into the user's own file of the platform; "" where nothing is known that would work.

        A list replaces a list, so a value inside one is written with all of its list.
        """
        wanted: dict[str, Any] = {}
        broken = {entry.place for entry in self.broken}
        for place, value in self.mends.items():
            if any(place[: len(one)] == one or one[: len(place)] == place for one in broken) or _beside(place, broken):
                _lay(wanted, data, place, value)
        return tomlkit.dumps(wanted).strip() + "\n" if wanted else ""


def _beside(place: Where, broken: set[Where]) -> bool:
    """A button's name is mended along with its locator."""
    return (*place[:-1], "find") in broken or place[:-2] in broken


def _lay(wanted: dict[str, Any], data: Any, place: Where, value: Any) -> None:
    """Put a value at a place of a nested table; at the first list on the way, the whole list as it is in `data`."""
    here: Any = wanted
    for depth, step in enumerate(place):
        last = depth == len(place) - 1
        data = data.get(step) if isinstance(data, Mapping) else data[int(step)]
        if last:
            here[step] = value
        elif isinstance(data, list):
            here = here.setdefault(step, _copied(data))
        else:
            here = here.setdefault(step, {}) if isinstance(here, dict) else here[step]


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def behind(step: str, place: Where, data: Mapping[str, Any]) -> Iterator[LocatorFacts]:
    """An entry for each locator below a place of the profile that only shows after a step nobody takes."""
    for one in _locators(place, data):
        yield LocatorFacts(one, Found.BEHIND, behind=step)


_KEYS = frozenset(
    {"find", "row", "shown", "amount", "description", "asks_amount", "sure", "source", "code", "code_submit"}
)


def _locators(place: Where, data: Any) -> Iterator[Where]:
    """The places of locators and ways to a value at or below a place."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
            if (key in _KEYS and texts) or _are_sources(value):
                yield (*place, key)
            else:
                yield from _locators((*place, key), value)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _locators((*place, number), value)


def _are_sources(value: object) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return False
    return all(isinstance(one, Mapping) and set(one) <= {"label", "css", "attr", "match"} for one in value)
