"""Several hands at work on one order: who takes which project, and how all of them end when one cannot go on.

A hand works through one project at a time, from its look to its last change, so the order within a project stays what
it is with a single hand. Nothing that takes money is ever given to more than one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.approval import OrderedProject
from assistant.errors import MilepostError
from assistant.fallback import Fallback
from assistant.site import Site


@dataclass(frozen=True)
class Hand:
    """A site in a tab of its own, and the file for what the journal does not take of what is done there."""

    site: Site
    fallback: Fallback


Carry = Callable[[Hand, OrderedProject], Awaitable[None]]


async def share_out(hands: Sequence[Hand], projects: Iterable[OrderedProject], carry: Carry) -> None:
    """Carry each project by whichever hand is free. Raises the worst of what `carry` raised, once all hands rest.

    After the first error no hand takes another project; `carry` itself sees to it that those under way end early.
    """
    waiting = iter(projects)
    if len(hands) == 1:
        for project in waiting:
            await carry(hands[0], project)
        return
    troubles: list[Exception] = []

    async def work(hand: Hand) -> None:
        for project in waiting:  # one iterator for all hands: each project is taken once
            try:
                await carry(hand, project)
            except Exception as error:
                troubles.append(error)
            if troubles:
                return

    async with asyncio.TaskGroup() as group:
        for hand in hands:
            group.create_task(work(hand))
    if troubles:
        raise max(troubles, key=_weight)


def _weight(error: Exception) -> int:
    """An unknown outcome weighs most, a bug more than what Milepost knows how to tell."""
    return error.exit_code if isinstance(error, MilepostError) else 5
