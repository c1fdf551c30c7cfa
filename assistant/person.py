"""The person a run may wait for: who types a 2-step code, signs in in a window, presses a button, approves a fee.

Every such wait ends by what the person does, or in a refusal: when the time is over, when the run is asked to stop.
Nothing ever goes on by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Any, Protocol

from assistant.person_line import Said

PATIENCE = 900.0
"""Seconds that a person is waited for."""

BEAT = 0.5
"""Seconds between two looks at what the person and the page have done."""


class Need(StrEnum):
    """What is wanted of the person."""

    CODE = "code"
    SIGN_IN = "sign_in"
    PRESS = "press"
    FEE = "fee"


class Person(Protocol):
    """Somebody who watches the run."""

    def asked(
        self, need: Need, words: str, figures: Mapping[str, Any] | None = None
    ) -> AbstractAsyncContextManager[None]:
        """The run waits for the person for the length of a block; `words` say what to do, and where.

        `figures` are the same for a program, as JSON takes them.
        """
        ...

    async def said(self, seconds: float) -> Said | None:
        """What the person told the run within so many seconds, None for nothing."""
        ...

    def check(self) -> None:
        """Raises `NobodyCame` when the wait has to end: time is over, or the run is to stop."""
        ...
