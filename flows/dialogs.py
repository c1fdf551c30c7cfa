"""JavaScript dialogs during a run: written down, accepted only where the profile says so for this step, else dismissed.

With no listener at all Playwright dismisses each dialog, and a page that asks "really?" then sends nothing, silently.
Where a person is at the page, `by_person` makes the listener do nothing at all, so that they answer.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Dialog as PageDialog
from playwright.async_api import Error as PlaywrightError

from assistant.errors import CouldNotRead
from assistant.money import Money, MoneyStyle, read_money
from flows.profile import Dialog


class Dialogs:
    """Answers the dialogs of one context. `seen` are texts of the step at hand; `dismissed` those not accepted."""

    def __init__(self, allowed: Sequence[Dialog], style: MoneyStyle) -> None:
        self._allowed = tuple(allowed)
        self._style = style
        self._step: str | None = None
        self._amount: Money | None = None
        self._by_person = False
        self.seen: list[str] = []
        self.dismissed: list[str] = []

    def attach(self, context: BrowserContext) -> None:
        """Listen on every page of a context, now and later."""
        context.on("page", self._listen)
        for page in context.pages:
            self._listen(page)

    @contextlib.contextmanager
    def by_person(self) -> Iterator[None]:
        """For the length of a block a person answers: no dialog is touched."""
        self._by_person = True
        try:
            yield
        finally:
            self._by_person = False

    def expect(self, step: str, amount: Money) -> None:
        """Accept the dialogs that the profile names for a step, if the amount they show is this one."""
        self._step, self._amount = step, amount
        self.seen.clear()
        self.dismissed.clear()

    def expect_none(self) -> None:
        """Dismiss every dialog from now on."""
        self._step = self._amount = None

    def _listen(self, page: Page) -> None:
        page.on("dialog", self._answer)

    async def _answer(self, dialog: PageDialog) -> None:
        if self._by_person:
            return
        self.seen.append(dialog.message)
        with contextlib.suppress(PlaywrightError):
            if dialog.type == "beforeunload" or self._is_expected(dialog.message):
                await dialog.accept()
            else:
                self.dismissed.append(dialog.message)
                await dialog.dismiss()

    def _is_expected(self, text: str) -> bool:
        for allowed in self._allowed:
            found = re.search(allowed.text, text) if allowed.step == self._step else None
            if found and self._shows_amount(found.groupdict().get("amount")):
                return True
        return False

    def _shows_amount(self, text: str | None) -> bool:
        if text is None:
            return True
        if self._amount is None:
            return False
        try:
            return read_money(text, currency=self._amount.currency, style=self._style) == self._amount
        except CouldNotRead:
            return False
