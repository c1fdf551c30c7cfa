"""The steps that a history is made of: plain data, so that a failing one can be written down and played again."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.site import Role

SETTLE_AFTER = 5.0
"""Seconds, as on the mock platform."""


@dataclass(frozen=True)
class Setup:
    """The world at its beginning. A project is its milestones: (text, amount in whole units of USD)."""

    projects: tuple[tuple[tuple[str, int], ...], ...] = ((("One", 500), ("Two", 500)),)
    role: Role = Role.CLIENT
    creating_pays: bool = False
    shows_balances: bool = True
    newest_first: bool = False
    closes_request_when_paid: bool = False
    preselects: bool = True
    nothing_left_settles: bool = True
    cap: str = ""
    """Which cap there is, "run" or "day": of twice the first milestone's amount."""


@dataclass(frozen=True)
class Death:
    """The process ends at its `at`-th moment: a transaction's commit, or just before or after a call of the site."""

    at: int
    how: str = "KeyboardInterrupt"


@dataclass(frozen=True)
class Other:
    """Somebody else acts on the site. `which` counts the planned milestones or the rows that can be meant, around."""

    act: str
    project: int = 0
    which: int = 0


@dataclass(frozen=True)
class Edit:
    """A person edits the plan. `row` counts the rows that the project's last look showed, around."""

    act: str
    project: int = 0
    which: int = 0
    row: int = 0


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    seconds: float


@dataclass(frozen=True)
class Approve:
    """A preview run, and a person's yes to it; the order waits on the shelf. `again` names (project, milestone)."""

    again: tuple[tuple[int, int], ...] = ()
    faults: tuple[str, ...] = ()
    death: Death | None = None


@dataclass(frozen=True)
class Carry:
    """A run carries out an order of the shelf. `meanwhile` happens at the moment of that number (see `Death`).

    `knock`: after the statement of that number to the journal another process of ours writes to it, if it may; at -1
    after every one.
    """

    order: int = 0
    faults: tuple[str, ...] = ()
    death: Death | None = None
    meanwhile: tuple[tuple[int, Other], ...] = ()
    knock: int = 0


Step = Other | Edit | Wait | Approve | Carry
