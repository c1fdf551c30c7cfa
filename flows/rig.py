"""What only a caller of a Python function may change of a browser: a test's certificate, its proxy, its window.

No setting, environment variable or command-line option reaches any of this. A test that serves the mock platform under
a host name of its own, over https, passes a rig; everybody else passes none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.reading_site import ReadingSite


@dataclass(frozen=True)
class Rig:
    """`flags` are the browser's own; `proxy` is the server that browser and driver send everything through."""

    flags: tuple[str, ...] = ()
    proxy: str | None = None
    windowless: bool = False
    """Whether what needs a window goes without one."""
    stand_in: Callable[[ReadingSite], Awaitable[None]] | None = None
    """Who acts at the page in a person's place."""
    patience: float | None = None
    """Seconds that a person is waited for, instead of the usual ones."""


PLAIN = Rig()
"""What everybody has."""
