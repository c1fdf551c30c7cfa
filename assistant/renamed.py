"""Planned milestones under a new key: what stands, or once stood, under a key that the plan has dropped.

A row that stands as planned is found by its words, whatever the key. One that is gone, or that the site shows otherwise
by now, would be made a second time: so the journal's word of what it was made as counts for the new key as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from assistant.changes import Label, Memory, label_of
from assistant.journal import Attempt
from assistant.journal.attempts import Claim
from assistant.journal.sightings import RowKind, SeenRow
from assistant.plans.planned import PlannedMilestone, PlannedProject


def made_under_another_key(
    milestone: PlannedMilestone, planned: PlannedProject, memory: Memory, spoken_for: Collection[tuple[RowKind, str]]
) -> Claim | None:
    """The claim of a dropped key that was worded like a milestone; None if there is none whose row is left over.

    `spoken_for` are rows that stand for other milestones, by kind and site_ref.
    """
    keys = {other.key for other in planned.milestones}
    if milestone.site_ref is not None or milestone.key in memory.claims:
        return None
    wanted = label_of(milestone.description, milestone.amount)
    for key, claim in memory.claims.items():
        free = key not in keys and (claim.kind, claim.site_ref) not in spoken_for
        if free and claim.site_ref not in planned.ignore and wanted in memory.made_as.get(key, ()):
            return claim
    return None


def labels_of(claim: Claim, rows: Iterable[SeenRow], done: Iterable[Attempt]) -> frozenset[Label]:
    """What a claimed row was made as, and what it was last seen as."""
    name = (claim.kind, claim.site_ref)
    seen = {label_of(row.description, row.amount) for row in rows if (row.kind, row.site_ref) == name}
    made = {label_of(a.description, a.amount) for a in done if a.site_ref == claim.site_ref and a.key == claim.key}
    return frozenset(seen | made)
