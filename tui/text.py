"""Text from outside (pages, plans, errors of programs) made safe for a terminal.

A title on a site may hold escape sequences that move the cursor or rewrite what was printed, and direction marks that
let `funded` read as something else. `plain` shows them instead of obeying them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

_JOINERS = "\u200c\u200d"
"""Zero-width joiners: Persian, Hindi and many emoji cannot be written without them, and they move nothing."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: object) -> str:
    """The text on one line, with control characters, escapes, direction marks and other invisible ones spelled out.

    Line breaks and tabs become a space, ESC becomes ``\\x1b``, a right-to-left override ``\\u202e``.
    """
    told = str(text)
    if (
        told.isascii() and told.isprintable()
    ):  # nearly every text: kept as it is, not copied for each place that shows it
        return told
    return "".join(_safe(char) for char in told.replace("\r\n", " "))


def is_hidden(char: str) -> bool:
    """Whether a terminal may obey the character, or nobody could see it."""
    return unicodedata.category(char) in _HIDDEN and char not in _JOINERS


def _safe(char: str) -> str:
    if char in "\n\r\t":
        return " "
    if not is_hidden(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_BASES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that are no other letter with a mark, and are looked for among those of another one all the same."""


_SEEN = 22
"""Letters of a title that are seen wherever it is cut."""


def sort_key(text: str) -> str:
    """What a title is sorted and told apart by: without case, accents and double spaces."""
    folded = " ".join(text.split()).casefold()
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_BASES)


def look(title: str) -> str:
    """How a title begins: what is left of it in a narrow column."""
    return sort_key(title)[:_SEEN]


def twins(titles: Iterable[str]) -> frozenset[str]:
    """The looks that several titles have: something else has to tell those apart."""
    return frozenset(key for key, count in Counter(map(look, titles)).items() if count > 1)
