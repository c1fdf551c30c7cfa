"""Keys of milestones: the short names by which the journal, the screens and the command line know them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from assistant.money import shown
from assistant.plans.fields import TableReader

LONGEST_KEY: Final = 64

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


def is_key(text: str) -> bool:
    """Whether a text can be a key: small letters, digits, ``-`` and ``_``, at most 64, no mark in front."""
    return len(text) <= LONGEST_KEY and _KEY.fullmatch(text) is not None


def read_key(table: TableReader, field: str, text: str | None) -> str | None:
    """The text of a field as a key; None (and a problem) if it is none. A missing one is a problem, too."""
    if text is None:
        if field not in table:
            description = table.values.get("description")
            mend = f'write key = "{key_from(description if isinstance(description, str) else "")}"'
            table.report("", "has no key", mend)
        return None
    if not is_key(text):
        table.report(
            field,
            f"{shown(text)} is not a key of small letters, digits, - and _",
            f'write {field} = "{key_from(text)}"',
        )
        return None
    return text


def key_from(text: str) -> str:
    """A key made of a text: ``"Design, three pages"`` -> ``"design-three-pages"``; ``"m1"`` for nothing usable."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:40].strip("-") or "m1"
