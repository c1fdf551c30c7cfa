"""The strip at the top of every screen: which it is, who pays, where, as what, for real or not, what is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from tui.actions import SCREENS
from tui.content import words


@dataclass(frozen=True)
class Identity:
    """What the strip says. `alert` is about the run under way and is never left out; `busy` colours it."""

    account: str = ""
    role: str = ""
    """What the account is, and where: ``client on Freelancer.com``."""
    is_mock: bool | None = None
    host: str = ""
    balance: str = ""
    alert: str = ""
    alert_role: str = "busy"


class AccountStrip(Widget):
    """One line. In a narrow terminal whole parts go, least important first; screen, LIVE or MOCK and the alert stay."""

    DEFAULT_CSS = """
    AccountStrip { height: 1; width: 1fr; background: $panel; }
    """

    def __init__(self, screen: str) -> None:
        super().__init__(id="strip")
        self._screen = screen
        self.identity = Identity(account="opening")

    def show(self, identity: Identity) -> None:
        """Say this instead."""
        if identity != self.identity:
            self.identity = identity
            self.refresh()

    def render(self) -> Content:
        """The line."""
        me = self.identity
        badge = _badge(me)
        alert = f" {me.alert} " if me.alert else ""
        title = f" {SCREENS.index(self._screen) + 1} {self._screen.capitalize()} "
        room = self.size.width - cell_len(title) - len(badge) - 1 - cell_len(alert)
        parts = [me.account, me.role, me.balance, me.host]
        if me.balance not in fitting(parts, room):
            parts[2] = me.balance.removeprefix("balance ")
        told = " · ".join(fitting(parts, room))
        line = words(title, "$role-info bold")
        line = line + (words(badge, f"$role-{'mock' if me.is_mock else 'live'} bold reverse") if badge else Content(""))
        line = line + words(f" {told}")
        gap = self.size.width - line.cell_length - cell_len(alert)
        return line + words(" " * max(gap, 0)) + words(alert, f"$role-{me.alert_role} bold")

    @property
    def said(self) -> str:
        """The line's text."""
        return self.render().plain


def _badge(me: Identity) -> str:
    if me.is_mock is None:
        return ""
    return " MOCK " if me.is_mock else " ! LIVE "


def fitting(parts: Sequence[str], room: int) -> list[str]:
    """The parts that fit with their dots between them, the first ones first; none is ever cut."""
    kept: list[str] = []
    for part in parts:
        if part and cell_len(" · ".join([*kept, part])) <= room:
            kept.append(part)
    return kept
