"""Releasing and asking for release: one milestone, alone, typed by a person; never in a batch or on a timer.

A release cannot be undone, and asking for it before the work is delivered breaks the site's rules. So each is an order
of its own, made from what a fresh look showed (payee, amount, state), and carried out only if the next look still shows
exactly that, and nothing about the project is unknown: a release of a part that is late must not be made a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.approval import AccountFacts, check_still_approved
from assistant.attempting import Attempting
from assistant.changes import may_have
from assistant.errors import ApprovalRefused, JournalError, LiveRefused, MilepostError, Mismatch, NotFound, Refused
from assistant.fallback import Fallback
from assistant.guided import Licence
from assistant.journal import Attempt, Claim, Journal, RowKind
from assistant.journal.sightings import rows_of
from assistant.memory import settle_project
from assistant.money import Money
from assistant.parts import parts_of
from assistant.platform import is_mock
from assistant.site import ENDED, Look, MilestoneState, Role, Site, SiteMilestone, SiteProject, Step, StepKind
from assistant.summary import Summary
from assistant.verdict import SettleRules

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DELIVERED = "delivered"
"""What a freelancer types to say that the work is done."""


class SingleKind(StrEnum):
    """The two steps that are always alone."""

    REQUEST_RELEASE = "request_release"
    RELEASE = "release"


POSSIBLE_FROM = {
    SingleKind.REQUEST_RELEASE: frozenset({MilestoneState.FUNDED}),
    SingleKind.RELEASE: frozenset({MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED}),
}

BY = {SingleKind.REQUEST_RELEASE: Role.FREELANCER, SingleKind.RELEASE: Role.CLIENT}


@dataclass(frozen=True)
class Single:
    """What would be done to one milestone, as a fresh look showed it. `pay` is less than its amount for a part."""

    kind: SingleKind
    account: AccountFacts
    project: SiteProject
    key: str
    milestone: SiteMilestone
    pay: Money

    @property
    def is_part(self) -> bool:
        """Whether only a part of the milestone is meant."""
        return self.pay != self.milestone.amount

    @property
    def wanted(self) -> str:
        """What a person has to type for it."""
        return DELIVERED if self.kind is SingleKind.REQUEST_RELEASE else str(self.pay)


@dataclass(frozen=True)
class SingleOrder:
    """A single step that a person typed the word or amount for."""

    single: Single
    approved_at: datetime
    ends_at: datetime

    def to_json(self) -> dict[str, object]:
        """The order as plain JSON, for the journal."""
        return _adapter().dump_python(self, mode="json")  # type: ignore[no-any-return]

    @staticmethod
    def from_json(body: Mapping[str, object]) -> SingleOrder:
        """The order that `to_json` wrote."""
        return _adapter().validate_python(body)


def _adapter() -> TypeAdapter[SingleOrder]:
    from pydantic import TypeAdapter  # 60 ms that only these steps need

    return TypeAdapter(SingleOrder)


def single_of(
    kind: SingleKind, account: AccountFacts, look: Look, key: str, journal: Journal, pay: Money | None = None
) -> Single:
    """The step for the milestone that a planned key claims. Raises `Refused` and `NotFound` with the reason."""
    if account.role is not BY[kind]:
        raise Refused(f"{account.name} is a {account.role}; only a {BY[kind]} can do that")
    claim = next((c for c in journal.attempts.claims(account.id, look.project.ref) if c.key == key), None)
    if claim is None:
        raise NotFound(
            f"{look.project.ref}/{key} stands for no milestone of the site yet",
            hint="milepost preview shows what each planned milestone is",
        )
    if claim.kind is RowKind.REQUEST:
        raise Refused(
            f"{look.project.ref}/{key} is only requested, #{claim.site_ref}: there is no money to release",
            hint="milepost remind has ready words for the client",
        )
    milestone = _standing(look, claim, journal, account)
    single = Single(kind, account, look.project, key, milestone, pay or milestone.amount)
    _check(single)
    _check_all_known(journal, account, look)
    return single


def _standing(look: Look, claim: Claim, journal: Journal, account: AccountFacts) -> SiteMilestone:
    """The row that a planned key claims, or what is left of it where a part was released. Raises as `single_of`."""
    known = next((m for m in look.milestones if m.site_ref == claim.site_ref), None)
    if known is not None and known.state not in ENDED:
        return known
    others = {(other.kind, other.site_ref) for other in journal.attempts.claims(account.id) if other != claim}
    free = [row for row in rows_of(look) if (row.kind, row.site_ref) not in others]
    seen = journal.sightings.rows(account.id, look.project.ref)
    before = next((row for row in seen if (row.kind, row.site_ref) == (claim.kind, claim.site_ref)), None)
    parts = parts_of(before.description, before.amount, free) if before is not None else []
    if not parts:
        return _find(look, claim.site_ref)
    left = [row for row in parts if row.state is not MilestoneState.RELEASED]
    if len(left) != 1:
        told = " + ".join(f"#{row.site_ref} {row.amount} {row.state}" for row in parts)
        raise Refused(
            f"{look.project.ref}/{claim.key} was released in parts, of which {len(left) or 'none'} are left: {told}",
            hint="what stands in several parts is released on the site" if left else "there is nothing to do",
        )
    return _find(look, left[0].site_ref)


def _check_all_known(journal: Journal, account: AccountFacts, look: Look) -> None:
    """While one outcome is unknown nothing more is done to the project. Raises `Refused`."""
    ref = look.project.ref
    open_one = next(iter(journal.attempts.open(account.id, ref)), None)
    if open_one is not None:
        raise Refused(
            f"{ref}/{open_one.key} {open_one.change} {open_one.amount} {may_have(open_one.change)} in run "
            f"{open_one.run_id}, not settled yet: nothing more is done to the project",
            hint="a later look settles it, or you do: milepost settle PLAN PROJECT KEY",
        )


def _find(look: Look, site_ref: str) -> SiteMilestone:
    found = next((m for m in look.milestones if m.site_ref == site_ref), None)
    if found is None:
        raise NotFound(
            f"milestone #{site_ref} is not on the page of project {look.project.ref}",
            hint="milepost preview says what stands there now",
        )
    return found


def _check(single: Single) -> None:
    milestone, kind = single.milestone, single.kind
    if milestone.state not in POSSIBLE_FROM[kind]:
        raise Refused(
            f"#{milestone.site_ref} “{milestone.description}” is {milestone.state} (“{milestone.raw}”)",
            hint=f"possible only when it is {' or '.join(sorted(POSSIBLE_FROM[kind]))}",
        )
    if not single.project.accepted:
        raise Refused(f"project {single.project.ref} has not been accepted by the freelancer yet")
    if single.pay.currency != milestone.amount.currency or not 0 < single.pay.minor <= milestone.amount.minor:
        raise Refused(f"{single.pay} cannot be released of a milestone of {milestone.amount}")


def approve_single(single: Single, typed: str, now: datetime, minutes: int) -> SingleOrder:
    """Turn a single step into an order. Raises `ApprovalRefused` unless exactly the wanted text was typed."""
    if " ".join(typed.split()) != single.wanted:
        raise ApprovalRefused(f"typed was “{typed}”, not “{single.wanted}”", hint="nothing was done")
    return SingleOrder(single, now, now + timedelta(minutes=minutes))


async def carry_single(
    order: SingleOrder, site: Site, journal: Journal, run_id: int, rules: SettleRules, licence: Licence | None = None
) -> Summary:
    """Carry one single step out and say what came of it. On a live site a person presses until `licence` says so."""
    single = order.single
    if not is_mock(single.account.origin) and licence is None:
        raise LiveRefused(f"{single.account.origin} is a live site, and nothing says what a person has pressed there")
    check_still_approved(order.approved_at, order.ends_at, journal.clock())
    look = await site.look(single.project)
    journal.sightings.keep_look(single.account.id, run_id, look)
    settle_project(journal, single.account, look, rules, journal.clock())
    _check_all_known(journal, single.account, look)
    if _as_approved(_find(look, single.milestone.site_ref)) != _as_approved(single.milestone):
        raise Mismatch(
            f"milestone #{single.milestone.site_ref} is not as it was shown; nothing was done", hint="look at it again"
        )
    fallback = Fallback(journal.path, run_id)
    fallback.reserve()
    try:
        attempting = Attempting(
            journal,
            site,
            single.account,
            rules,
            _record(order, journal, run_id),
            hold=lambda _: check_still_approved(order.approved_at, order.ends_at, journal.clock()),
            licence=licence,
        )
        with attempting.kept_aside(fallback, _step(single)):
            attempt = await _carry(attempting, _step(single), run_id)
    finally:
        fallback.release()
    summary = Summary(run_id, planned=1)
    summary.count_attempt(attempt)
    summary.page_loads = site.page_loads
    return summary


async def _carry(attempting: Attempting, step: Step, run_id: int) -> Attempt:
    """The one step, from its record to its outcome."""
    try:
        reached = await attempting.act(step)
    except JournalError:
        raise  # it may have been submitted by now: no refusal
    except MilepostError as error:
        attempting.refuse(error)
    else:
        after = await attempting.settle(reached, step.project)
        if after is not None:
            attempting.journal.sightings.keep_look(attempting.account.id, run_id, after)
    return attempting.tell(run_id)


def _as_approved(milestone: SiteMilestone) -> SiteMilestone:
    """What of a milestone a person approves: all but the printed date, which the journal does not keep."""
    return replace(milestone, created=None)


def _step(single: Single) -> Step:
    return Step(
        kind=StepKind(single.kind.value),
        project=single.project,
        description=single.milestone.description,
        amount=single.pay,
        site_ref=single.milestone.site_ref,
        whole=single.milestone.amount,
    )


def _record(order: SingleOrder, journal: Journal, run_id: int) -> int:
    single = order.single
    return journal.attempts.record(
        run_id=run_id,
        account=single.account.id,
        project_ref=single.project.ref,
        key=single.key,
        change=single.kind.value,
        description=single.milestone.description,
        amount=single.pay,
        fingerprint=f"{single.kind}:{single.milestone.site_ref}:{single.pay}",
        site_ref=single.milestone.site_ref,
    )
