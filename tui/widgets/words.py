"""Text on a screen. The only widgets that are given text as it comes; none of them reads it as markup."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.content import words


class Words(Static):
    """Some text. A plain string is cleaned first; `say` changes it, and draws only if it is another one."""

    DEFAULT_CSS = """
    Words { height: auto; }
    """

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002  # Textual's name
        content = words(text) if isinstance(text, str) else text
        super().__init__(content, markup=False, id=id, classes=classes)
        self._said = content

    @property
    def said(self) -> str:
        """The text that is shown, without its colours."""
        return self._said.plain

    def say(self, text: str | Content) -> None:
        """Show this text instead."""
        content = words(text) if isinstance(text, str) else text
        if content.is_same(self._said):
            return
        self._said = content
        self.update(content)
