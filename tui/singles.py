"""From the screen: a release, a request for one, and ready words, for the milestone or the account at hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from assistant.errors import NotFound, Refused
from assistant.reminders import DAYS, Reminder, reminders
from assistant.resolve import resolve
from assistant.single import Single, SingleKind, SingleOrder, single_of
from assistant.site import Role
from assistant.standing import standings

if TYPE_CHECKING:
    from assistant.plans.plan import Plan
    from tui.store import Store


def single_at(store: Store, ref: str, key: str) -> tuple[Single, Plan]:
    """What would be done to one milestone, by the last look at its project, and the plan that it is in.

    Raises `Refused` with the reason why nothing can be done, also where the look is older than an approval may be.
    """
    work = store.work
    facts = work.account.facts
    listed = work.journal.sightings.projects(facts.id)
    for plan in store.plans:
        project = next((site for _, site in resolve(plan, listed) if site.ref == ref), None)
        if project is None:
            continue
        look = work.journal.sightings.look(facts.id, project)
        if look is None or store.clock() - look.seen_at > timedelta(minutes=store.settings.approval.minutes):
            raise Refused("the last look at the project is too old for that", hint="p looks at it anew")
        kind = SingleKind.RELEASE if facts.role is Role.CLIENT else SingleKind.REQUEST_RELEASE
        work.check_single(kind)
        single = single_of(kind, facts, look, key, work.journal)
        work.check_single(kind, single)
        return single, plan
    raise NotFound(f"no open plan has a milestone {ref}/{key}", hint="only planned milestones are known well enough")


def start_single(store: Store, order: SingleOrder, plan: Plan) -> int:
    """Start the run of a single step that was typed for. Raises `RunError`, or `Refused` by the platform."""
    return store.started(store.work.start_single(order, plan))


def ready_words(store: Store) -> tuple[Reminder, ...]:
    """A reminder for each client whose requests have waited for days; nothing for a client's account."""
    work = store.work
    now = store.settings.local(store.clock())
    known = [one for plan in store.plans for one in standings(work.journal, work.account.facts, plan, now)]
    return reminders(known, DAYS) if work.account.facts.role is Role.FREELANCER else ()
