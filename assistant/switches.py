"""How a platform's milestones work, as switches, and what is known of its terms. Part of the head's half of a profile.

The variety of freelance platforms fits these few switches. One that is left out is not known, and is then taken at its
most careful meaning: `why_not_driven` and `why_not_released` say in words what Milepost does not do because of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from assistant.profile_files import Part
from assistant.site import MilestoneState, Role

if TYPE_CHECKING:
    from assistant.platform import PlatformRules


class Funding(StrEnum):
    """What the client pays into."""

    PER_MILESTONE = "per_milestone"
    POOL = "pool"
    WHOLE_PROJECT = "whole_project"


class Order(StrEnum):
    """Which milestones of a project may be funded at the same time."""

    ANY = "any"
    ONE_ACTIVE = "one_active"


class ReleaseNeeds(StrEnum):
    """What the freelancer has to do before the client can release."""

    NOTHING = "nothing"
    SUBMISSION = "submission"
    INVOICE = "invoice"


class ReleaseVerb(StrEnum):
    """What the client does that lets the money go."""

    RELEASE = "release"
    APPROVE = "approve"
    PAY_INVOICE = "pay_invoice"
    ACCEPT_DELIVERY = "accept_delivery"


class AutoRelease(Part):
    """Money that goes by itself, unless somebody objects."""

    days: Annotated[tuple[Annotated[int, Field(gt=0)], ...], Field(min_length=1)]
    """Days after which it goes; several where the agreement chooses one of them."""
    since: ReleaseNeeds
    """From what the days count: a submission or an invoice; "nothing" is from the funding."""


class Switches(Part):
    """The switches. What is left out is not known, and taken at its most careful."""

    needs_accept: bool | None = None
    """Whether the other side has to agree before a milestone stands."""
    funding: Funding | None = None
    """Whether each milestone is paid for by itself, or a pool, or the whole project."""
    order: Order | None = None
    """Whether any milestone may be funded at any time, or one after the other."""
    release_needs: ReleaseNeeds | None = None
    """What has to be there before the client can release."""
    partial_release: bool | None = None
    """Whether a part of a milestone can be released."""
    release_verb: ReleaseVerb | None = None
    """The platform's word for letting the money go."""
    release_may_charge_next: bool | None = None
    """Whether a release may charge the client for the next milestone at once."""
    auto_release: AutoRelease | None = None
    """After how many days money goes by itself; left out where nothing of the kind is known."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        needs, paid = self.release_needs, ReleaseNeeds.INVOICE
        if self.release_verb is ReleaseVerb.PAY_INVOICE and needs not in (paid, None):
            raise ValueError(f'release_verb = "pay_invoice" needs an invoice, and release_needs says "{needs}"')
        since = self.auto_release.since if self.auto_release is not None else None
        both = needs is not None and since is not None and ReleaseNeeds.NOTHING not in (needs, since)
        if both and since is not needs:
            raise ValueError(f'auto_release counts from "{since}", and release_needs says "{needs}"')
        return self

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names of the switches that the profile leaves out."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is None)


class Automation(StrEnum):
    """What the terms say about a script that uses one's own account."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


class Terms(Part):
    """What is known of the platform's terms about automation. A reading of somebody's, never advice."""

    automation: Automation = Automation.UNKNOWN
    """What they say: allowed, forbidden or unknown."""
    text: str = "Nobody has noted what the terms say about scripts."
    """What was read and what was not, in a sentence or two."""
    source: str = ""
    """Where it was read, or where you can read it: an address."""
    verified: bool = False
    """Whether somebody has read the terms of today."""


def why_not_driven(rules: PlatformRules, role: Role, *, live: bool) -> str | None:
    """Why Milepost submits nothing on a platform for an account of this role, in words; None if nothing speaks against.

    `live`: whether the account lives on the platform's real site, where its terms count. How a milestone is paid for
    is the client's business: a freelancer's steps move no money.
    """
    if rules.draft:
        return f"the profile of {rules.title} is a draft: it can be read about, and nothing is submitted with it"
    if live and rules.terms.automation is Automation.FORBIDDEN:
        return f"the terms of {rules.title} forbid scripts: {rules.terms.text}"
    if role is Role.FREELANCER:
        return None
    switches = rules.switches
    known: Mapping[str, Collection[object]] = {
        "funding": (Funding.PER_MILESTONE, Funding.POOL),
        # one at a time only where paying is a step of its own: then what stands shows whose turn it is
        "order": tuple(Order) if rules.rules.paid_later else (Order.ANY,),
        "needs_accept": (False, True),
    }
    for name, values in known.items():
        value = getattr(switches, name)
        if value is None:
            return f"the profile of {rules.title} does not say {name}, and money depends on it"
        if value not in values:
            return f"{rules.title} has {name} = {_written(value)}, which Milepost does not carry out yet"
    if switches.needs_accept and not rules.rules.paid_later:
        return f"on {rules.title} accepting pays at once, which Milepost does not carry out yet"
    return None


def why_not_released(rules: PlatformRules, state: MilestoneState | None = None) -> str | None:
    """Why Milepost releases nothing on a platform, or no milestone in this state; None if nothing speaks against it."""
    switches = rules.switches
    if switches.release_may_charge_next is None:
        return f"the profile of {rules.title} does not say whether a release charges the next milestone"
    if switches.release_may_charge_next:
        return f"on {rules.title} a release may charge you for the next milestone at once"
    if switches.release_verb not in (ReleaseVerb.RELEASE, ReleaseVerb.APPROVE, ReleaseVerb.PAY_INVOICE):
        verb = _written(switches.release_verb or "a step that is not known").replace("_", " ")
        return f"on {rules.title} money goes another way: {verb}"
    first = _FIRST.get(switches.release_needs) if switches.release_needs is not None else None
    if state is MilestoneState.FUNDED and first is not None:
        return f"on {rules.title} the freelancer has to {first} first"
    return None


def why_no_part(rules: PlatformRules) -> str | None:
    """Why no part of a milestone is released on a platform; None where that is possible."""
    if rules.switches.partial_release is None:
        return f"the profile of {rules.title} does not say whether a part of a milestone can be released"
    return None if rules.switches.partial_release else f"{rules.title} releases a milestone only as a whole"


_FIRST = {ReleaseNeeds.SUBMISSION: "hand the work in", ReleaseNeeds.INVOICE: "send an invoice"}
"""What a release waits for."""


def _written(value: object) -> str:
    return str(value).lower()
