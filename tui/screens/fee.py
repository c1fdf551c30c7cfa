"""A fee above what was approved: what the payment comes to is typed, like any total, or the cart is left unpaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from assistant.money import Money
from tui.answering import NO, fee_answer_wrong, total_of
from tui.content import words
from tui.screens.approval import ApprovalScreen, TypedTotal

if TYPE_CHECKING:
    from assistant.journal import Event
    from tui.store import Store


class FeeScreen(ApprovalScreen):
    """Returns what was typed: the total, or `NO`. None where the answer is put off: the run goes on waiting for it."""

    NO, YES = "Later", "Pay it"
    LEFT = "Put off: the run still waits for an answer."

    def __init__(self, store: Store, asked: Event) -> None:
        super().__init__(store)
        self._asked = asked

    def wanted(self) -> list[tuple[str, Money | None]]:
        """What the payment comes to."""
        total = total_of(self._asked)
        return [(total, Money.parse(total))]

    def _title(self) -> Content:
        return self.badge() + words(" A fee that was not approved", "bold")

    def _facts(self) -> Content:
        told = f"{self._asked.text}\n\nType {total_of(self._asked)} to approve it, or {NO} to leave the cart unpaid."
        return words(told)

    def when_armed(self) -> None:
        """Say what to do."""
        self.ask_for("the total")

    def submit(self) -> None:
        """Hold what was typed against what the payment comes to; only if it fits, or is a no, go on."""
        if not self.can_be_read:
            return
        typed = self.query_one(TypedTotal).typed
        wrong = fee_answer_wrong(self._asked, typed)
        if wrong is not None:
            self.tell(f"{wrong}. Nothing has been done.")
            return
        self.app.closing("Refused: the cart is left unpaid." if typed.casefold() == NO else "Approved.")
        self.dismiss(typed)
