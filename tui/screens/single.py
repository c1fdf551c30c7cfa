"""One milestone released, or its release asked for: shown as the site showed it, and typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.content import joined, words
from tui.screens.approval import ApprovalScreen, TypedTotal
from tui.text import plain
from tui.view.times import ago

if TYPE_CHECKING:
    from assistant.money import Money
    from assistant.single import Single
    from tui.store import Store


class SingleScreen(ApprovalScreen):
    """Returns the `SingleOrder` that the typed amount or word makes, or None."""

    YES = "Do it"

    def __init__(self, store: Store, single: Single, seen_at: str | None) -> None:
        super().__init__(store)
        self._single, self._seen_at = single, seen_at

    @property
    def _pays(self) -> bool:
        return self._store.pays

    def wanted(self) -> list[tuple[str, Money | None]]:
        """The amount, or the word."""
        return [(self._single.wanted, self._single.pay if self._pays else None)]

    def _title(self) -> Content:
        return self.badge() + words(" Release one milestone" if self._pays else " Ask for the release of one milestone")

    def _facts(self) -> Content:
        single = self._single
        milestone = single.milestone
        warning = (
            "A release cannot be undone: what is released is not returned."
            if self._pays
            else "Only for work that is delivered: asking before that breaks the site's rules."
        )
        whom = ("to " if self._pays else "of ", plain(single.project.counterparty) or "nobody named")
        seen = f"the site as of {ago(self._seen_at, self._store.clock())}"
        lines = [
            joined(
                [(plain(single.project.title), "bold"), (f"{single.project.ref}/{single.key}", "$role-muted")], " · "
            ),
            joined([(f"#{plain(milestone.site_ref)}", ""), (plain(milestone.description), "bold")], " "),
            joined([(str(single.pay), "bold"), (f"{milestone.state} (“{plain(milestone.raw)}”)", "")], " · "),
            joined([(whom[0], ""), (whom[1], "bold")]),
            words(warning, "$role-warn"),
            words(seen, "$role-muted"),
        ]
        return Content("\n").join(lines)

    def when_armed(self) -> None:
        """Say what to do."""
        self.ask_for("the amount" if self._pays else "the word")

    def submit(self) -> None:
        """Hold what was typed against what is shown; only if it fits, go on."""
        from assistant.errors import MilepostError
        from assistant.single import approve_single

        if not self.can_be_read:
            return
        typed = self.query_one(TypedTotal).typed
        try:
            minutes = self._store.settings.approval.minutes
            order = approve_single(self._single, typed, self._store.clock(), minutes)
        except MilepostError as error:
            self._refused(error)
        else:
            self._approved(order)
