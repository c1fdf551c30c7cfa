"""Making a preview from the plan and from what the journal holds of the last looks. No browser: a run looked before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from assistant.approval import AccountFacts, Preview, PreviewedProject
from assistant.errors import CouldNotRead, UsageError
from assistant.journal import Journal
from assistant.matching import changes_of
from assistant.memory import what_is_known
from assistant.plans.planned import Plan
from assistant.resolve import Resolved, resolve
from assistant.verdict import SettleRules


def make_preview(
    journal: Journal,
    account: AccountFacts,
    plan: Plan,
    rules: SettleRules,
    now: datetime,
    again: Collection[str] = (),
) -> Preview:
    """What a run of this plan would do, by the newest look at each of its projects.

    `again` holds PROJECT/KEY texts of milestones that are gone and shall be made once more. Raises `PlanError` for
    projects that cannot be told, `UsageError` for an `again` that names nothing, `CouldNotRead` for a project that was
    never looked at.
    """
    resolved = resolve(plan, journal.sightings.projects(account.id))
    wanted = _again_by_project(resolved, again)
    projects = []
    for planned, project in resolved:
        look = journal.sightings.look(account.id, project)
        if look is None:
            raise CouldNotRead(
                f"project {project.ref} “{project.title}” has not been looked at yet",
                hint="run milepost preview; it looks at every project of the plan",
            )
        memory = what_is_known(journal, account.id, project.ref, rules)
        keys = wanted.get(project.ref, frozenset())
        changes = changes_of(planned, look, memory, account.role, keys, ways=account.ways)
        projects.append(PreviewedProject(planned, project, tuple(changes), keys))
    return Preview(
        account=account,
        projects=tuple(projects),
        skipped=tuple(planned.name for planned in plan.projects if planned.skipped),
        journal_id=journal.id,
        last_attempt=journal.attempts.last_id(account.id),
        made_at=now,
    )


def _again_by_project(resolved: list[Resolved], again: Collection[str]) -> dict[str, frozenset[str]]:
    wanted: dict[str, set[str]] = {}
    for text in again:
        name, _, key = text.rpartition("/")
        fits = [
            project
            for planned, project in resolved
            if name in (project.ref, planned.name) and any(m.key == key for m in planned.milestones)
        ]
        if len(fits) != 1:
            places = ", ".join(f"{project.ref}/{m.key}" for planned, project in resolved for m in planned.milestones)
            raise UsageError(
                f"--again {text} names {'no' if not fits else 'more than one'} planned milestone",
                hint=f"write it as PROJECT/KEY; there are {places[:300]}",
            )
        wanted.setdefault(fits[0].ref, set()).add(key)
    return {ref: frozenset(keys) for ref, keys in wanted.items()}
