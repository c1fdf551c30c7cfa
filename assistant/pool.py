"""Milestones that are paid from one pool: which of them it covers, and what the others lack.

A site with one pool a project shows how much is in it, and never of a milestone whether it is funded. The pool pays in
the order in which the site lists the milestones: the first ones that fit into it are funded, and none after the first
that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.money import Money
from assistant.site import ENDED, MilestoneState, Pool, SiteMilestone

_COVERED = {MilestoneState.AWAITING_PAYMENT: MilestoneState.FUNDED}
_LACKING = dict.fromkeys((MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED), MilestoneState.AWAITING_PAYMENT)
_NEEDS_NOTHING = ENDED | {MilestoneState.RELEASED}


def from_pool(
    milestones: Sequence[SiteMilestone], deposited: Money, left: Money
) -> tuple[tuple[SiteMilestone, ...], Pool]:
    """The milestones with the states that the pool gives them, in the site's order, and the pool.

    `deposited` was paid in in all, `left` is in it now.
    """
    told: list[SiteMilestone] = []
    lacks: dict[str, Money] = {}
    for milestone in milestones:
        if milestone.state in _NEEDS_NOTHING:
            told.append(milestone)
        elif not lacks and left >= milestone.amount:
            left = left - milestone.amount
            told.append(replace(milestone, state=_COVERED.get(milestone.state, milestone.state)))
        else:
            lacks[milestone.site_ref] = milestone.amount - left
            left = Money.zero(left.currency)
            told.append(replace(milestone, state=_LACKING.get(milestone.state, milestone.state)))
    return tuple(told), Pool(deposited, lacks)
