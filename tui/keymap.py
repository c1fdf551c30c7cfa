"""Keys of one's own: what the setting `keys` says, laid over those of the list of actions, and what is wrong with it.

`approve = "A"` is meant for every screen that has the action, `"plan.save" = "ctrl+w"` for one. What would leave a key
with two meanings, or a key that terminals send for another one, is not taken, and said.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tui.actions import ACTIONS, SCREENS, Action, actions_of, key_name

SAME_IN_TERMINALS: Final = frozenset({"ctrl+m", "ctrl+i", "ctrl+h", "ctrl+j", "ctrl+left_square_bracket"})
"""Enter, Tab, Backspace, line feed and Escape in many terminals."""

NEVER_DANGEROUS: Final = frozenset({"enter", "space"})
"""Keys that are pressed without looking: nothing that moves money is on them."""

_KEY: Final = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?:[a-z0-9_]{2,}|\S)")


class Keymap:
    """The keys that hold. `problems` says what of the setting was not taken, and why."""

    def __init__(self, wanted: Mapping[str, Sequence[str]] | None = None) -> None:
        self.problems: list[str] = []
        self._own: dict[tuple[str, str], tuple[str, ...]] = {}
        for name, keys in sorted((wanted or {}).items(), key=lambda each: "." in each[0]):
            for screen, action in self._meant(name, keys):
                self._own[screen, action.name] = tuple(keys)
        for screen in SCREENS:
            self._part(screen)

    def keys(self, screen: str, action: Action) -> tuple[str, ...]:
        """The keys of an action on a screen."""
        return self._own.get((screen, action.name), action.keys)

    @property
    def changed(self) -> dict[str, str]:
        """What differs from the list of actions, as Textual takes it: by the binding's id."""
        return {f"{screen}.{name}": ",".join(keys) for (screen, name), keys in self._own.items()}

    def _meant(self, name: str, keys: Sequence[str]) -> list[tuple[str, Action]]:
        """Where a name of the setting is an action; nothing, and a problem, if it or one of its keys will not do."""
        screen, dot, word = name.rpartition(".")
        places = [screen] if dot else list(SCREENS)
        found = [(each, action) for each in places for action in actions_of(each) if action.name == word]
        if not found:
            near = difflib.get_close_matches(name, sorted({action.name for action in ACTIONS}), n=1)
            self.problems.append(f"{name!r} is no action" + (f": did you mean {near[0]}?" if near else ""))
            return []
        for key in keys or [""]:
            wrong = "is no key" if not _KEY.fullmatch(key) else ""
            if key in SAME_IN_TERMINALS:
                wrong = "is another key in many terminals"
            if key in NEVER_DANGEROUS and any(action.dangerous for _, action in found):
                wrong = "is never the key of what moves money"
            if wrong:
                self.problems.append(f"{name}: {key!r} {wrong}")
                return []
        return found

    def _part(self, screen: str) -> None:
        """Take back what would leave a key of this screen with two meanings."""
        while clash := self._clash(screen):
            key, action = clash
            self.problems.append(f"{screen}.{action.name}: {key_name(key)} has another meaning there")
            del self._own[screen, action.name]

    def _clash(self, screen: str) -> tuple[str, Action] | None:
        taken: dict[str, Action] = {}
        for action in actions_of(screen):
            for key in self.keys(screen, action):
                other = taken.setdefault(key, action)
                if other is not action:
                    own = action if (screen, action.name) in self._own else other
                    return key, own
        return None
