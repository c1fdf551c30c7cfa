"""The one way for text to reach a widget: cleaned, and never read as markup.

Titles, messages and plans come from outside. As markup, ``[@click=app.quit]`` in a project's title would be a button.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tui.text import plain


def words(text: object, style: str = "") -> Content:
    """Text in one style. Line breaks stay, everything else that is not plain is shown instead of obeyed."""
    return Content.styled("\n".join(plain(line) for line in str(text).split("\n")), style)


def joined(parts: Iterable[tuple[object, str]], between: str = "") -> Content:
    """Several pieces of (text, style) in a row; `between` stands between those that are not empty."""
    pieces = [words(text, style) for text, style in parts if str(text)]
    return Content(between).join(pieces)
