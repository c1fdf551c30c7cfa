"""Values of a plan as a person wrote them, read one by one, and everything that is wrong with them.

Nothing here raises: each reader answers None for what is missing or wrong, and writes the problem down with its line,
so that one load finds all of them.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from assistant.errors import Problem
from assistant.money import shown
from assistant.plans.toml_lines import KeyPath

LONGEST_TEXT: Final = 500
"""Characters of a title, description, name or URL; platforms take fewer, and no person needs more."""

_SECRETS: Final = frozenset({"password", "passwort", "token", "secret", "api_key", "apikey", "cookie", "otp", "pin"})


@dataclass
class ProblemLog:
    """The problems of one file so far. Each (line, field, message) once."""

    file: str
    lines: Mapping[KeyPath, int]
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest thing around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def report(self, path: KeyPath, message: str, mend: str) -> None:
        """Write a problem down."""
        problem = Problem(self.file, self.line_of(path), readable(path), message, mend)
        if problem not in self.problems[-MOST_ALIKE:]:
            self.problems.append(problem)


MOST_ALIKE: Final = 50
"""How far back equal problems are looked for: those of one split stand beside each other."""


def readable(path: KeyPath) -> str:
    """A key path as a person counts: ``project 2, milestone 1, share``."""
    words: list[str] = []
    for key in path:
        if isinstance(key, int):
            words[-1:] = [f"{words[-1] if words else 'item'} {key + 1}"]
        else:
            plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum() and len(key) <= 40
            words.append(key if plain else shown(key, longest=40))
    return ", ".join(words) or "file"


def seen(value: object) -> str:
    """A value for a message, as it stands in the file and cut to a readable length."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a very large number"
    return str(value)[:40]


def hidden_character(text: str) -> str | None:
    """The first character that cannot be seen or that turns text around, by its name; None if all are plain."""
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Zl", "Zp") or character in _UNSEEN:
            names = {"\n": "a line break", "\r": "a line break", "\t": "a tab"}
            return names.get(character, f"the character U+{ord(character):04X}")
    return None


# Zero-width blanks would make two equal texts differ, and overrides show digits in another order than they are. The
# joiners U+200C and U+200D stay: Persian, Hindi and emojis need them.
_UNSEEN: Final = frozenset("\u00ad\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class TableReader:
    """One table of a plan: its values, its path in the file, and the log for what is wrong."""

    log: ProblemLog
    path: KeyPath
    values: Mapping[str, object]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def report(self, key: str, message: str, mend: str) -> None:
        """Write down a problem of one key, or of the table itself for ``""``."""
        self.log.report((*self.path, key) if key else self.path, message, mend)

    def text(self, key: str, example: str) -> str | None:
        """A text without hidden characters, with its outer blanks gone; None (and a problem) for anything else."""
        if key not in self.values:
            return None
        value = self.values[key]
        if not isinstance(value, str):
            self.report(key, f"{seen(value)} is not a text in quotes", f"write {key} = {example}")
            return None
        return self._checked(key, value, example)

    def _checked(self, key: str, value: str, example: str) -> str | None:
        text = value.strip()
        if not text:
            self.report(key, "is empty", f"write {key} = {example}")
        elif len(text) > LONGEST_TEXT:
            self.report(key, f"has {len(text)} characters", f"write at most {LONGEST_TEXT}")
        elif hidden := hidden_character(text):
            self.report(key, f"{shown(text)} contains {hidden}", "write one line of visible characters")
        else:
            return text
        return None

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """A list of texts; () if missing, and without those that are wrong."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.report(key, f"{seen(value)} is not a list", f"write {key} = [{example}]")
            return ()
        texts: list[str] = []
        for index, each in enumerate(value):
            item = TableReader(self.log, (*self.path, key), {})
            if not isinstance(each, str) or not each.strip() or len(each) > LONGEST_TEXT or hidden_character(each):
                item.log.report(
                    (*item.path, index), f"{seen(each)} is not a text in quotes", f"write {key} = [{example}]"
                )
            else:
                texts.append(each.strip())
        return tuple(texts)

    def number(self, key: str, least: int, most: int) -> int | None:
        """A whole number within bounds; None (and a problem) for anything else."""
        if key not in self.values:
            return None
        value = self.values[key]
        if type(value) is not int:
            digits = value if isinstance(value, str) and value.isdigit() and len(value) < 6 else least
            self.report(key, f"{seen(value)} is not a whole number", f"write {key} = {digits}, without quotes")
            return None
        if not least <= value <= most:
            self.report(key, f"{seen(value)} is not between {least} and {most}", f"write {key} = a number in between")
            return None
        return value

    def day(self, key: str) -> date | None:
        """A date without a time, of this age; None (and a problem) for anything else."""
        if key not in self.values:
            return None
        value = self.values[key]
        if isinstance(value, date) and not isinstance(value, datetime):
            if 2000 <= value.year < 2200:
                return value
            self.report(key, f"{seen(value)} is not a date of this age", "look at the year")
            return None
        mend = f"write {key} = 2026-12-01, without quotes"
        if isinstance(value, datetime):
            mend = f"write {key} = {value.date().isoformat()}, without a time"
        elif isinstance(value, str) and _is_day(value):
            mend = f"write {key} = {value.strip()}, without quotes"
        self.report(key, f"{seen(value)} is not a date", mend)
        return None

    def tables(self, key: str) -> list[TableReader]:
        """The tables of ``[[key]]``; [] (and a problem) if it is anything else."""
        value = self.values.get(key, [])
        name = ".".join([*(part for part in self.path if isinstance(part, str)), key])
        if isinstance(value, Mapping):
            self.report(key, f"[{name}] is one table", f"write [[{name}]] for each, with two brackets")
            return []
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.report(key, f"{seen(value)} is not a list of tables", f"write [[{name}]] for each")
            return []
        return [TableReader(self.log, (*self.path, key, index), each) for index, each in enumerate(value)]

    def table(self, key: str) -> TableReader:
        """The table of ``[key]``; an empty one if missing or (and a problem) anything else."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.report(key, f"{seen(value)} is not a table", f"write it as a table: {key} = {{ ... }}")
            value = {}
        return TableReader(self.log, (*self.path, key), value)

    def refuse_unknown(self, known: Collection[str], meant: Mapping[str, str]) -> None:
        """Report keys that mean nothing here. `meant` maps words that people use to the mend. Values stay unseen."""
        for key in self.values:
            if key in known:
                continue
            if key.lower() in _SECRETS:
                self.report(key, "looks like a secret", "a plan never holds one: delete it, and see `milepost login`")
            elif key.lower() in meant:
                self.report(key, "is no key of this table", meant[key.lower()])
            else:
                self.report(key, "is no key of this table", _near(key, known))

    def only_one_of(self, keys: Sequence[str], what: str, example: str) -> str | None:
        """The one key of several that is there; None (and a problem) if none is or several are."""
        there = [key for key in keys if key in self.values]
        if len(there) == 1:
            return there[0]
        if there:
            for key in there[1:]:
                self.report(
                    key, f"stands beside {there[0]}, and only one of them {what}", f"delete {there[0]} or {key}"
                )
        else:
            self.report("", f"nothing {what}", f"write {example}")
        return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _near(key: str, known: Collection[str]) -> str:
    """The mend for an unknown key."""
    near = difflib.get_close_matches(key[:40].lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}"
