"""How states are shown: always a glyph, a word and a role for the colour, so that no hue has to be seen.

Two sets of glyphs: one for terminals that draw Unicode, one of plain letters (`--ascii`, TERM=linux, other encodings).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROLES: Final = ("plain", "muted", "good", "busy", "info", "warn", "bad", "live", "mock")
"""What a colour stands for. Every theme has all of them."""


@dataclass(frozen=True)
class Sign:
    """One state as it is shown. `role` is one of ROLES."""

    glyph: str
    letters: str
    word: str
    role: str

    def shown(self, ascii_only: bool) -> str:
        """Glyph and word, as a list shows them."""
        return f"{self.letters if ascii_only else self.glyph} {self.word}"


MILESTONES: Final[Mapping[str, Sign]] = {
    "planned": Sign("○", "o", "planned", "muted"),
    "requested": Sign("◔", "r", "requested", "info"),
    "declined": Sign("✗", "x", "declined", "bad"),
    "awaiting_payment": Sign("◔", "c", "awaiting payment", "warn"),
    "funded": Sign("◐", "f", "funded", "info"),
    "release_requested": Sign("◕", "q", "release requested", "info"),
    "released": Sign("●", "*", "released", "good"),
    "cancel_requested": Sign("◒", "k", "cancel requested", "warn"),
    "cancelled": Sign("–", "-", "cancelled", "muted"),
    "disputed": Sign("▲", "!", "disputed", "bad"),
    "unclear": Sign("?", "?", "unclear", "warn"),
    "unknown": Sign("◌", ".", "not seen yet", "muted"),
    "gone": Sign("▽", "g", "gone", "warn"),
    "unsettled": Sign("?", "?", "may be paid", "bad"),
}
"""By `MilestoneState` and `Absent`, and one that no site has: an outcome that nobody knows yet."""

CHANGES: Final[Mapping[str, Sign]] = {
    "create": Sign("+", "+", "create", "busy"),
    "accept": Sign("+", "+", "accept", "busy"),
    "put_up": Sign("+", "+", "put up", "busy"),
    "agree": Sign("+", "+", "agree", "busy"),
    "confirm": Sign("+", "+", "confirm", "busy"),
    "request": Sign("+", "+", "request", "busy"),
    "withdraw": Sign("-", "-", "withdraw", "warn"),
    "adopt": Sign("~", "~", "adopt", "info"),
    "keep": Sign("=", "=", "keep", "muted"),
    "blocked": Sign("!", "!", "blocked", "bad"),
    "gone": Sign("▽", "g", "gone", "warn"),
}
"""By `ChangeKind`."""

ATTEMPTS: Final[Mapping[str, Sign]] = {
    "waiting": Sign("·", ".", "waiting", "muted"),
    "recorded": Sign("◌", "o", "preparing", "busy"),
    "submitting": Sign("◐", ">", "submitting", "busy"),
    "in_cart": Sign("◑", ">", "in the cart", "busy"),
    "paying": Sign("◕", ">", "paying", "busy"),
    "done": Sign("✓", "+", "done", "good"),
    "refused": Sign("✗", "x", "refused", "bad"),
    "unknown": Sign("?", "?", "may be paid", "bad"),
    "asked": Sign("?", "?", "may be asked", "bad"),
    "perhaps": Sign("?", "?", "may be done", "bad"),
    "left": Sign("–", "-", "left out", "muted"),
    "standing": Sign("=", "=", "stands", "muted"),
    "blocked": Sign("!", "!", "blocked", "bad"),
    "gone": Sign("▽", "g", "gone", "warn"),
}
"""By `AttemptState`, and the places of a run that no attempt has reached."""

VERDICTS: Final[Mapping[str, Sign]] = {
    "work": Sign("✓", "+", "work", "good"),
    "wait": Sign("‖", "=", "wait", "warn"),
    "stop": Sign("✗", "x", "stop", "bad"),
    "nothing": Sign("–", "-", "nothing", "muted"),
    "unknown": Sign("?", "?", "unknown", "muted"),
}
"""By `WorkVerdict`: may a freelancer work on it?"""

RUNS: Final[Mapping[str, Sign]] = {
    "waiting": Sign("◌", "o", "starting", "busy"),
    "running": Sign("◐", ">", "running", "busy"),
    "paused": Sign("‖", "=", "paused", "warn"),
    "person": Sign("◇", "?", "waiting for you", "warn"),
    "done": Sign("✓", "+", "done", "good"),
    "stopped": Sign("■", "#", "stopped", "warn"),
    "failed": Sign("✗", "x", "failed", "bad"),
    "interrupted": Sign("✗", "x", "interrupted", "bad"),
}
"""By `RunState`."""

PASSED: Final = frozenset({"funded", "release_requested", "released", "cancel_requested", "disputed"})
"""States whose mark the road has reached: the line up to it is drawn heavy."""

UNSEEN: Final = Sign("?", "?", "unclear", "warn")


def unknown_sign(change: str) -> str:
    """The name of the sign of an attempt whose outcome is not known, by what it was to change."""
    return {"request": "asked", "put_up": "perhaps", "agree": "perhaps"}.get(change, "unknown")


def sign_of(signs: Mapping[str, Sign], state: str) -> Sign:
    """The sign of a state; a state that is not known is shown as such, never left out."""
    return signs.get(state) or Sign(UNSEEN.glyph, UNSEEN.letters, state.replace("_", " "), UNSEEN.role)


def only_ascii(wanted: bool, environ: Mapping[str, str] = os.environ, encoding: str | None = None) -> bool:
    """Whether to draw with plain letters: when asked to, on the Linux console, and where UTF-8 is not spoken."""
    if wanted or environ.get("TERM") == "linux":
        return True
    return bool(encoding) and "utf" not in str(encoding).lower()


def road(states: list[str], width: int, ascii_only: bool) -> str:
    """The marks of a project as a road of at most `width` cells: ``●━━●━━◐──○──○``; narrow, they move together.

    More marks than cells are told as counts: ``7/12``: so many reached, of so many.
    """
    if not states:
        return ""
    marks = [sign_of(MILESTONES, state) for state in states]
    glyphs = [mark.letters if ascii_only else mark.glyph for mark in marks]
    passed, ahead = ("=", "-") if ascii_only else ("━", "─")
    for gap in (2, 1, 0):
        if len(states) + gap * (len(states) - 1) <= width:
            parts = [glyphs[0]]
            for state, glyph in zip(states[1:], glyphs[1:], strict=True):
                parts.append((passed if state in PASSED else ahead) * gap + glyph)
            return "".join(parts)
    return f"{sum(state in PASSED for state in states)}/{len(states)}"
