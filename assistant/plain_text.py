"""Texts of sites and people as one visible line: for messages, and for words that somebody pastes elsewhere."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = "\u200c\u200d"
"""Zero-width joiners: Persian, Hindi and many emoji cannot be written without them, and they move nothing."""


def one_line(text: str, *, longest: int = 200) -> str:
    """The text without line breaks, control characters, direction marks and the like; blanks single, cut with ``…``.

    Unlike text for a terminal, what is hidden is left out rather than spelled out: the line is for another person.
    """
    visible = (
        mark if mark in _JOINERS or unicodedata.category(mark) not in _HIDDEN else _stand_in(mark) for mark in text
    )
    line = " ".join("".join(visible).split()).strip(_JOINERS)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _stand_in(mark: str) -> str:
    """A blank where the mark parts words, nothing where it only hides between letters."""
    return "" if unicodedata.category(mark) in ("Cf", "Cn", "Co", "Cs") else " "
