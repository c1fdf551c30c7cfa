"""The approval: the totals are typed, digit by digit, and nothing else says yes.

Cancel has the focus. Enter, Space and a key that repeats do nothing but cancel or say what is still missing; pasting is
off; what was typed before the question was drawn is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input

from tui.approval_text import done_told, fees_told, kept_told, left_told
from tui.content import joined, words
from tui.screens.guarded import DROPPED, Guarded
from tui.screens.preview import some
from tui.view.times import ago
from tui.widgets.words import Words

if TYPE_CHECKING:
    from assistant.money import Money
    from tui.store import Store
    from tui.view.preview import PreviewView

WORD = "approve"
"""What is typed where there is no total: only requests are taken back, or what stands already is taken over."""


CANCELLED = "Cancelled: nothing is paid or done."


class TypedTotal(Input):
    """The field of one currency's total, or of the word. It takes typed characters only."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+v,shift+insert,ctrl+shift+v", "paste", "Pasting is off", show=False)
    ]

    def __init__(self, money: Money | None) -> None:
        super().__init__(placeholder="type it here", compact=True, select_on_focus=False, max_length=32)
        self.money = money
        self.cursor_blink = False

    @property
    def typed(self) -> str:
        """What was typed, with its currency."""
        text = self.value.strip()
        return text if self.money is None or not text or text[-1].isalpha() else f"{text} {self.money.currency.code}"

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._refuse()

    def action_paste(self) -> None:
        """Pasting is off."""
        self._refuse()

    def _refuse(self) -> None:
        if isinstance(self.screen, ApprovalScreen):
            self.screen.tell("The total is typed, not pasted. Nothing has been done.")


class ApprovalScreen(Guarded[Any]):
    """Returns the `Order` that the typed totals make, or None."""

    NAME: ClassVar[str] = "approval"
    AUTO_FOCUS = "#cancel"
    NO, YES = "Cancel", "Approve"
    LEFT = CANCELLED
    """What is said where it was left without a yes."""

    _view: PreviewView

    def __init__(self, store: Store, view: PreviewView | None = None) -> None:
        super().__init__()
        self._store = store
        if view is not None:
            self._view = view
        self._sent = False

    def compose(self) -> ComposeResult:
        """Who pays whom how much, a field per currency, the two answers."""
        with Vertical(id="card", classes="-mock" if self._store.is_mock else "-live"):
            yield Words(self._title(), classes="title")
            yield Words(self._facts(), id="told")
            with Vertical(id="totals"):
                for wanted, money in self.wanted():
                    with Horizontal(classes="total"):
                        yield Words(words(wanted, "bold"), classes="money")
                        yield TypedTotal(money)
            yield Words("One moment.", id="answer")
            with Horizontal(id="answers"):
                yield Button(words(self.NO), id="cancel", compact=True)
                yield Button(words(self.YES), id="approve", compact=True, classes="-dangerous")
        yield self.too_small()

    def wanted(self) -> list[tuple[str, Money | None]]:
        """What is to be typed, each in a field of its own, and of what money it is the total; None for a word."""
        return [(str(money), money) for money in self._view.totals] or [(WORD, None)]

    def too_small(self) -> Words:
        """What is shown where the question does not fit."""
        return Words("Too small for an approval: 60 x 16 are needed. Esc goes back, nothing is done.", id="no-room")

    @property
    def can_be_read(self) -> bool:
        """Whether an answer counts: nobody approves what they cannot see."""
        return self.armed and not self._sent and not self.has_class("-tiny") and not self.has_class("-flat")

    def badge(self) -> Content:
        """Whether it is play money."""
        mock = self._store.is_mock
        return words(" MOCK " if mock else " ! LIVE ", f"$role-{'mock' if mock else 'live'} bold reverse")

    # -- what it says ----------------------------------------------------------------------------------------------

    def _title(self) -> Content:
        mock = self._store.is_mock
        verb = f"{self._view.deed} milestones" if not self._view.takes_money else "Pay"
        money = "with play money" if mock else "with real money"
        told = f" {verb} {money}" if self._view.takes_money else f" {verb}"
        return self.badge() + words(told, "bold")

    def _facts(self) -> Content:
        view, account = self._view, self._view.preview.account
        preview = view.preview
        left, kept = left_told(preview), kept_told(preview)
        told = some(view.payees, 4)
        lines = [
            joined(
                [(f"{account.name}, {account.role} on {self._store.platform}", "bold"), (account.origin, "")], " · "
            ),
            joined([(f"{view.towards} ", ""), (told, "bold")]) if told else Content(""),
            words(done_told(preview)),
            words(f"not done: {left}" if left else "", "$role-bad"),
            words(f"left as it is: {kept}" if kept else "", "$role-muted"),
        ]
        if view.takes_money:
            lines.append(words(fees_told(preview, asks=True), "$role-warn"))
            lines.append(words(f"caps: {', '.join(view.caps()) or 'none set'}", "$role-muted"))
        if view.guided:
            lines.append(words(view.guided, "$role-warn"))
        if view.in_short:
            lines.append(words(view.in_short))
        seen = f"the site as of {ago(view.oldest_look, self._store.clock())} · digest {view.digest}"
        lines.append(words(seen, "$role-muted"))
        return Content("\n").join(line for line in lines if line.plain)

    def when_armed(self) -> None:
        """Say what to do."""
        what = ("the word", "the total", "each total")[min(len(self._view.totals), 2)]
        self.ask_for(what)

    def ask_for(self, what: str) -> None:
        """Say what is to be typed, and what was typed in vain; begin at the top, where it says who pays whom."""
        card = self.query_one("#card")
        card.scroll_home(animate=False)
        longer = words(" · PageDown: more" if card.max_scroll_y else "", "$role-muted")
        self.query_one("#card .title", Words).say(self._title() + longer)
        asked = f"Type {what} as it stands there, then Enter."
        self.query_one("#answer", Words).say(f"{DROPPED} {asked}" if self.dropped else asked)

    def tell(self, text: str) -> None:
        """Say why nothing has been done."""
        self.query_one("#answer", Words).say(words(text, "$role-bad bold"))

    # -- the answer ------------------------------------------------------------------------------------------------

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        if self.armed and self.dropped:  # this Enter may well be the end of what was dropped
            self.dropped = False
            self.tell(f"{DROPPED} Nothing has been done. Type what is asked for; Enter once more cancels, as Esc does.")
        elif self.armed:
            self.app.be_deaf(self.LEFT)
            self.action_safe()

    def action_go(self, way: int) -> None:
        """To the next field or answer, or the one before: whoever moves to Cancel means it."""
        self.dropped = False
        super().action_go(way)

    def on_mouse_down(self) -> None:
        """So does whoever clicks."""
        self.dropped = False

    def action_safe(self) -> None:
        """Leave without doing anything, and say so."""
        self.app.say_next(self.LEFT)
        super().action_safe()

    @on(Button.Pressed, "#approve")
    def _approve(self) -> None:
        self.submit()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        empty = next((field for field in self.query(TypedTotal) if not field.value.strip()), None)
        if empty is not None:
            empty.focus()
            if any(field.value.strip() for field in self.query(TypedTotal)):
                self.query_one("#answer", Words).say(f"Now the total of {empty.money}.")
            else:
                self.tell("Every total has to be typed. Nothing has been done.")
            return
        self.submit()

    def on_key(self, event: events.Key) -> None:
        """What is typed while Cancel has the focus finds its field by itself. A field keeps what it gets to itself."""
        character = event.character
        field = self.focused if isinstance(self.focused, TypedTotal) else None
        inside = " " if field is not None else ""  # typed fast, all of a total may have been on its way to Cancel
        if character is None or not (character.isalnum() or character in f".,{inside}"):
            return
        field = field or next((each for each in self.query(TypedTotal) if not each.value), None)
        if field is not None:
            event.stop()
            self.set_focus(field)
            field.insert_text_at_cursor(character)

    def submit(self) -> None:
        """Hold what was typed against the preview; only if it fits, go on."""
        from assistant.approval import approve
        from assistant.errors import MilepostError

        if not self.can_be_read:
            return
        fields = list(self.query(TypedTotal))
        typed = [field.typed for field in fields if field.typed]
        if not self._view.totals:
            if typed != [WORD]:
                self.tell(f"The word is “{WORD}”. Nothing has been done.")
                return
            typed = []
        try:
            approve(self._view.preview, typed, self._store.clock())
        except MilepostError as error:
            self._refused(error)
            return
        self._sent = True
        self.query_one("#answer", Words).say("Looking once more whether the preview still holds.")
        self.app.in_background(lambda: self._store.approved(self._view, typed), self._approved, self._refused)

    def _approved(self, order: Any) -> None:
        self.app.closing("Approved.")
        self.dismiss(order)

    def _refused(self, error: Any) -> None:
        self._sent = False
        hint = f" {error.hint}." if error.hint and "--approve" not in error.hint else ""
        self.tell(f"{error.message}.{hint} Nothing has been done.")
