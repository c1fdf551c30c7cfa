"""What came of a run, as counts in words: on the screens of runs and history, and in `milepost runs`."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any, Final

COUNTED: Final = {
    "created": "created",
    "confirmed": "paid",
    "accepted": "accepted",
    "requested": "asked for",
    "withdrawn": "withdrawn",
    "release_requested": "release asked for",
    "released": "released",
    "adopted": "adopted",
    "kept": "kept",
    "blocked": "blocked",
    "gone": "gone",
    "refused": "refused",
    "unknown": "may have been paid",
    "not_reached": "not reached",
    "not_read": "not read",
    "projects": "projects listed",
    "listed": "projects listed",
    "looked": "projects looked at",
    "unread": "not read",
    "unresolved": "not found",
    "locators": "locators",
    "broken": "broken",
}
"""The counts of a summary in their order, as they are told. What stands under a name is a number, or what it counts."""


def counts_told(summary: Mapping[str, Any] | None) -> list[str]:
    """``["2 created", "2 paid", "1 refused"]``; what came to nothing is left out."""
    told = {name: _number((summary or {}).get(name)) for name in COUNTED}
    return [f"{number} {COUNTED[name]}" for name, number in told.items() if number]


def _number(value: Any) -> int:
    if isinstance(value, int):
        return value
    return len(value) if isinstance(value, Sized) and not isinstance(value, str) else 0
