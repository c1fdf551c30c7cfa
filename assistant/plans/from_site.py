"""A plan from what stands on the site already, so that the first preview of it keeps and adopts and makes nothing.

Every milestone that stands (and for a freelancer every pending request) is spelled out with its `site_ref`; the total
is their sum. A project where nothing stands yet is written with ``milestones = "none"`` and, where the site shows a
bid, that as its total: a preview does nothing to it and says so, and its owner puts a split in that place when it is
time. Nobody's plan should begin with milestones that nobody has thought of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from assistant.journal import Claim, RowKind
from assistant.money import Money
from assistant.plain_text import one_line
from assistant.plans.fields import LONGEST_TEXT
from assistant.plans.fresh_keys import fresh_key
from assistant.plans.planned import PlanLimits, PlannedMilestone, PlannedProject
from assistant.plans.project import NOTHING
from assistant.plans.splits import MOST_PARTS
from assistant.site import ENDED, Look, MilestoneState, Role, SiteMilestone, SiteProject, SiteRequest

_Row = tuple[RowKind, SiteMilestone | SiteRequest]
NO_LIMITS: Final = PlanLimits()


def from_site(
    projects: Iterable[SiteProject],
    looks: Mapping[str, Look],
    role: Role,
    *,
    claims: Iterable[Claim] = (),
    limits: PlanLimits = NO_LIMITS,
) -> list[PlannedProject]:
    """Planned projects for what stands, in the order of `projects`, each named by its ref.

    `looks` are the last looks by ref; a project without one is left out, as nobody knows what stands on it. `claims`
    are the journal's: a row that belongs to a planned milestone keeps its key. A row that a plan cannot hold (an amount
    its platform's form refuses, the 201st of a project) goes into `ignore`, released ones first.
    """
    keys = {(claim.project_ref, claim.kind, claim.site_ref): claim.key for claim in claims}
    named: set[str] = set()
    return [_project(looks[each.ref], role, keys, named, limits) for each in projects if each.ref in looks]


def notes_from_site(projects: Iterable[SiteProject]) -> dict[str, str]:
    """A remark for each project by its ref, for the comment above it: title, counterparty and bid."""
    return {project.ref: _note(project) for project in projects}


def _note(project: SiteProject) -> str:
    parts = [one_line(project.title, longest=50), one_line(project.counterparty, longest=20)]
    parts += [f"bid {project.bid}"] * (project.bid is not None)
    return ", ".join(part for part in parts if part)


def _project(
    look: Look, role: Role, keys: Mapping[tuple[str, RowKind, str], str], named: set[str], limits: PlanLimits
) -> PlannedProject:
    project = look.project
    rows, ignored = _rows(look, role, limits)
    ignore = frozenset(row.site_ref for _, row in ignored)
    if not rows:
        total = project.bid if project.bid is not None and project.bid.minor > 0 else NOTHING
        return PlannedProject(ref=project.ref, total=total, skipped=True, ignore=ignore)
    known = [keys.get((project.ref, kind, row.site_ref)) for kind, row in rows]
    taken = {key for key in known if key is not None}
    milestones = []
    for number, ((_, row), own) in enumerate(zip(rows, known, strict=True), start=1):
        description = _description(row.description, number, limits)
        key = own or fresh_key(description, taken, number)
        taken.add(key)
        # A milestone and a request may have the same number; a plan names each once, the other is matched by its text.
        site_ref = None if row.site_ref in named or row.site_ref in ignore else row.site_ref
        named.add(row.site_ref)
        milestones.append(PlannedMilestone(key, description, row.amount, None, site_ref))
    total = Money(sum(milestone.amount.minor for milestone in milestones), milestones[0].amount.currency)
    return PlannedProject(ref=project.ref, total=total, milestones=tuple(milestones), ignore=ignore)


def _rows(look: Look, role: Role, limits: PlanLimits) -> tuple[list[_Row], list[_Row]]:
    """The standing rows that a plan can hold, in the page's order, and those that it cannot."""
    standing = list(_standing(look, role))
    fit = [each for each in standing if _fits(each[1].amount, look.project.currency, limits)]
    by_worth = sorted(fit, key=lambda each: each[1].state is MilestoneState.RELEASED)
    kept = {(kind, row.site_ref) for kind, row in by_worth[:MOST_PARTS]}
    rows = [each for each in fit if (each[0], each[1].site_ref) in kept]
    return rows, [each for each in standing if each not in rows]


def _standing(look: Look, role: Role) -> Iterator[_Row]:
    yield from ((RowKind.MILESTONE, row) for row in look.milestones if row.state not in ENDED)
    if role is Role.FREELANCER:
        yield from ((RowKind.REQUEST, row) for row in look.requests if row.state is MilestoneState.REQUESTED)


def _fits(amount: Money, currency: str, limits: PlanLimits) -> bool:
    return amount.minor > 0 and amount.currency.code == currency and not any(limits.amount_faults(amount))


def _description(text: str, number: int, limits: PlanLimits) -> str:
    """The site's words as a plan takes them. The row is known by its site_ref, so nothing depends on them."""
    longest = min(LONGEST_TEXT, limits.description_max or LONGEST_TEXT)
    return one_line(text, longest=longest) or f"Milestone {number}"
