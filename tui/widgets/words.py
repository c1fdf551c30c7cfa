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
        before, self._said = self._said, content
        self.update(content, layout=not self._fits(before, content))

    def _fits(self, before: Content, after: Content) -> bool:
        """Whether the text needs the same room as the one before: laying out a screen costs more than drawing it."""
        width, height, room = self.styles.width, self.styles.height, self.content_size.width
        if (width is not None and width.is_auto) or not room:
            return False
        if height is not None and not height.is_auto:
            return True
        rules = self.styles.get_rules()
        return before.get_height(rules, room) == after.get_height(rules, room)
