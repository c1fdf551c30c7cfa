"""What a site shows and what can be done on it: plain objects, and the protocol that a pair of hands fulfils.

A caller never knows which site it is on, nor that there is a browser. `flows/` implements `Site` with Playwright;
the model tests implement it in memory.

Two habits hold everywhere. *A reading is whole or it is an error*: `look` and `projects` raise `CouldNotRead` rather
than return less than the site has, so absence in a `Look` is a fact. *A submission is not an outcome*: `submit` and
`pay` tell what left the browser and what the site said, and only a later `look` says what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from assistant.money import Money


class Role(StrEnum):
    """What an account is on its platform."""

    CLIENT = "client"
    FREELANCER = "freelancer"


class MilestoneState(StrEnum):
    """The state of a milestone or request, in Milepost's words. The site's raw word is kept beside it."""

    PLANNED = "planned"
    REQUESTED = "requested"
    DECLINED = "declined"
    AWAITING_PAYMENT = "awaiting_payment"
    FUNDED = "funded"
    RELEASE_REQUESTED = "release_requested"
    RELEASED = "released"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    UNCLEAR = "unclear"


HOLDS_MONEY = frozenset(
    {
        MilestoneState.FUNDED,
        MilestoneState.RELEASE_REQUESTED,
        MilestoneState.RELEASED,
        MilestoneState.CANCEL_REQUESTED,
        MilestoneState.DISPUTED,
    }
)
"""States in which the client's money was taken for the milestone."""

ENDED = frozenset({MilestoneState.CANCELLED, MilestoneState.DECLINED})
"""States in which a milestone or request stands no longer."""


class ProjectStatus(StrEnum):
    """The list of My Projects a project stands in."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PAST = "past"


@dataclass(frozen=True)
class SiteProject:
    """One project as My Projects shows it. `currency` is an ISO 4217 code; `url` is absolute."""

    ref: str
    title: str
    counterparty: str
    currency: str
    url: str
    status: ProjectStatus
    raw_status: str = ""
    bid: Money | None = None
    """The agreed total; None where the list shows none, or a rate for an hour."""
    accepted: bool = True
    """False while an award waits for the freelancer's yes."""
    activity: str = field(default="", compare=False)
    """The site's own words for when something last changed on it; "" where the list does not say."""


@dataclass(frozen=True)
class SiteMilestone:
    """A milestone as a project's page shows it. `raw` is the site's own word for its state."""

    site_ref: str
    description: str
    amount: Money
    state: MilestoneState
    raw: str
    created: str | None = None
    """The date as the site prints it; shown to people, never computed with."""


@dataclass(frozen=True)
class SiteRequest:
    """A freelancer's request for a milestone. It is not money."""

    site_ref: str
    description: str
    amount: Money
    state: MilestoneState
    raw: str


@dataclass(frozen=True)
class SiteCart:
    """An open cart: a milestone that was drafted and not paid for yet."""

    site_ref: str
    description: str
    amount: Money
    url: str
    charged: bool = False
    raw: str = ""


@dataclass(frozen=True)
class Pool:
    """The one pool of money from which all milestones of a project are paid, where a platform has one.

    `deposited` is everything that was ever paid into it. `lacks` has each milestone that the pool does not cover, by
    its ref, in the order in which the pool pays for them: what is to be paid in for it once those before are covered.
    """

    deposited: Money
    lacks: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """Everything that one project's page showed at one moment (UTC). Whole by construction."""

    project: SiteProject
    seen_at: datetime
    milestones: tuple[SiteMilestone, ...] = ()
    requests: tuple[SiteRequest, ...] = ()
    carts: tuple[SiteCart, ...] = ()
    balances: Mapping[str, Money] = field(default_factory=dict)
    """Balances by currency code, where the page shows them; empty where it does not."""
    pool: Pool | None = None
    """What the milestones are paid from, where that is one pool."""


class StepKind(StrEnum):
    """What a step asks the hands to do."""

    CREATE = "create"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    REQUEST = "request"
    WITHDRAW = "withdraw"
    REQUEST_RELEASE = "request_release"
    RELEASE = "release"


@dataclass(frozen=True)
class Step:
    """One change to be carried out on one project: the figures are those a person approved.

    `request_ref` names the request that an ACCEPT stands for or a WITHDRAW takes back; `cart_url` the unpaid cart a
    CONFIRM resumes; `site_ref` the milestone that awaits payment where a CONFIRM has no cart, and the one that a
    RELEASE or REQUEST_RELEASE is about. The `amount` of a CONFIRM is what is to be paid: less than the milestone's
    where a pool covers a part of it. That of a RELEASE may be less as well: `whole` is what the milestone stands with.
    """

    kind: StepKind
    project: SiteProject
    description: str
    amount: Money
    request_ref: str | None = None
    cart_url: str | None = None
    site_ref: str | None = None
    due: date | None = None
    """When the plan wants it done, for forms that ask for a date."""
    whole: Money | None = None
    """What the row of a milestone shows, where that is not `amount`."""


@dataclass(frozen=True)
class Press:
    """What a person pressed in a guided step of the profile, as the page tells it: text to show, never to act on.

    `locators` are candidates in Playwright's selector syntax; `expected` says whether it is what the profile finds.
    """

    step: str
    role: str
    name: str
    locators: tuple[str, ...]
    expected: bool


@dataclass(frozen=True)
class Submission:
    """What one act sent and what came of it, as far as the browser could see. It proves nothing."""

    left: int
    """Requests other than GET that left the browser since the act began."""
    site_message: str | None = None
    request_id: str | None = None
    refused: bool = False
    """The site's answer is one that the profile lists as a plain no, after which nothing was written."""
    trouble: str | None = None
    """Why the hands could not see the act through (time-out, dropped line, dialog), in words."""
    guided: bool = False
    """Whether the pressing was left to a person."""
    pressed: Press | None = None
    """What that person pressed, if anything was sent and the page told."""


class SourceKind(StrEnum):
    """Where a payment may come from, in the order of preference."""

    BALANCE = "balance"
    BILLING_AGREEMENT = "billing_agreement"
    OTHER = "other"


@dataclass(frozen=True)
class PaymentSource:
    """One way to pay that a cart offers. `label` is the site's own text."""

    kind: SourceKind
    label: str
    verified: bool
    selected: bool
    enough: bool
    """Whether the page offers it for the whole amount."""
    currency: str | None = None
    """The balance's own currency, where the page says it; other than the cart's means a conversion."""


@dataclass(frozen=True)
class CartItem:
    """A line of the cart that is bought. `project_ref` is None where the page does not say it."""

    description: str
    amount: Money


@dataclass(frozen=True)
class FeeLine:
    """A line of the cart that is charged beside the items."""

    name: str
    amount: Money


@dataclass(frozen=True)
class CartReading:
    """A cart page, read whole, with the source that is selected now."""

    site_ref: str
    project_ref: str | None
    items: tuple[CartItem, ...]
    fees: tuple[FeeLine, ...]
    total: Money
    sources: tuple[PaymentSource, ...]
    charged: bool = False
    url: str = ""
    deposited: Money | None = None
    """Where it pays into a project's pool, and so not for a milestone by name: what was paid in before."""

    @property
    def selected(self) -> PaymentSource | None:
        """The source that would be charged if the payment were confirmed now."""
        return next((source for source in self.sources if source.selected), None)


class ReadOnlySite(Protocol):
    """What a check may use: there is nothing here that changes anything."""

    async def projects(self) -> tuple[SiteProject, ...]:
        """Every project of My Projects, all pages of all lists. Raises `CouldNotRead`."""
        ...

    async def look(self, project: SiteProject) -> Look:
        """The project's payments page from a fresh load, read whole. Raises `CouldNotRead`, `NotFound`."""
        ...

    async def picture(self, name: str) -> Path | None:
        """A picture of the page as it stands, under the run's evidence folder; None if none could be taken."""
        ...

    @property
    def page_loads(self) -> int:
        """HTML documents answered so far (redirects not counted)."""
        ...


class Site(ReadOnlySite, Protocol):
    """The hands for money steps. Each method is one step of section "Never twice" of the docs.

    Order for CREATE and ACCEPT: `prepare`, `submit`, and where the site has carts `cart`, `choose`, `pay`.
    Order for CONFIRM: `cart`, `choose`, `pay`. For all others: `prepare`, `submit`.
    """

    @property
    def creating_pays(self) -> bool:
        """True where submitting the form takes the money at once, without a cart."""
        ...

    async def prepare(self, step: Step) -> None:
        """Open the form, type, read the fields back, make sure the button can be pressed. Nothing is submitted.

        Raises `Mismatch` when the page holds other values than typed, `SiteRefused` when the site's own validation
        says no, `CouldNotRead` when a locator finds none or several, `OriginRefused` off the profile's origin.
        """
        ...

    async def submit(self, step: Step) -> Submission:
        """Press the button that `prepare` made sure of, once. Never raises for what the site or the line does."""
        ...

    async def cart(self, step: Step) -> CartReading:
        """Read the cart: the one that `submit` led to, or for CONFIRM the one of `cart_url`, from a fresh load."""
        ...

    async def choose(self, source: PaymentSource) -> CartReading:
        """Select a source on the cart page and read the cart again; its fees may have changed."""
        ...

    async def pay(self, cart: CartReading) -> Submission:
        """Confirm the payment of exactly this reading, once. Reads the page again right before the click."""
        ...
