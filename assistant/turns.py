"""Which of a project's milestones may be paid for, and in which order, where a site has rules for it.

By default any may be, in the plan's order. A project's pool pays in an order of its own; other sites have one milestone
paid for at a time. `assistant/matching.py` asks, once it knows what each planned milestone would come to. Changes are
by the milestones' keys, and are changed in place.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.changes import Change, ChangeKind
from assistant.journal.sightings import RowKind, SeenRow, rows_of
from assistant.site import ENDED, Look, MilestoneState, Pool


def oldest_first(row: SeenRow) -> tuple[int, str]:
    """Orders rows from the oldest to the newest."""
    return len(row.site_ref), row.site_ref


def wait_for_turn(changes: dict[str, Change], look: Look) -> None:
    """Where one milestone is paid for at a time, only the first that has not ended can be; the others wait, unpaid."""
    over = ENDED | {MilestoneState.RELEASED}
    left = [row for row in rows_of(look) if row.kind is RowKind.MILESTONE and row.state not in over]
    first = min(left, key=oldest_first, default=None)
    for key, change in changes.items():
        if change.kind is ChangeKind.CONFIRM and first is not None and change.row != first:
            reason = f"{MilestoneState.AWAITING_PAYMENT}; funded one at a time: after #{first.site_ref} is released"
            changes[key] = replace(change, kind=ChangeKind.KEEP, reason=reason)


def pay_into_pool(changes: dict[str, Change], pool: Pool | None) -> None:
    """What a confirmation pays into a project's pool is what the milestone lacks, and the pool has an order of its own.

    Money meant for a milestone would go to one that the pool pays for first, so those have to be confirmed as well.
    """
    if pool is None:
        return
    confirmed = {c.row.site_ref: key for key, c in changes.items() if c.kind is ChangeKind.CONFIRM and c.row}
    ahead: str | None = None
    for ref, lacking in pool.lacks.items():
        if ref not in confirmed:
            ahead = ahead or ref
            continue
        change = changes[confirmed[ref]]
        if ahead is None:
            change = replace(change, amount=lacking)
        else:
            reason = f"the pool pays for #{ahead} first, which the plan does not confirm: pay for that by hand"
            change = replace(change, kind=ChangeKind.BLOCKED, reason=reason)
        changes[confirmed[ref]] = change


def as_the_pool_pays(changes: list[Change], pool: Pool | None) -> list[Change]:
    """The changes with their confirmations in the order in which the pool pays for milestones, in the same places."""
    if pool is None:
        return changes
    order = list(pool.lacks)
    confirmed = [c for c in changes if c.kind is ChangeKind.CONFIRM and c.row and c.row.site_ref in order]
    sorted_ones = iter(sorted(confirmed, key=lambda c: order.index(c.row.site_ref if c.row else "")))
    return [next(sorted_ones) if change in confirmed else change for change in changes]
