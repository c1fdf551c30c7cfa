"""A preview, its digest, and the approval that turns it into an order for a run.

A preview is what a person sees before the yes. Its digest covers the journal's identity, the account's last attempt,
the origin and every change with the row it is about, so a preview made elsewhere, or before another run, is stale even
where the site looks the same. An `Order` holds everything the runner needs; it never reads the plan file again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from assistant.changes import ACTS, ASKS, SPENDS, Change, ChangeKind, Ways, totals_of
from assistant.errors import ApprovalRefused, CapExceeded, MilepostError
from assistant.journal import Attempt
from assistant.money import Money
from assistant.plans.planned import PlannedProject
from assistant.site import MilestoneState, Role, SiteProject, SourceKind

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DIGEST_LENGTH = 16
CLOCK_SLACK = timedelta(minutes=5)
"""How far a clock may go back after an approval: that much a machine that sets its clock right may well take."""
EXPECTED_COUNTS = tuple(kind.value for kind in ChangeKind)


@dataclass(frozen=True)
class Cap:
    """The most that may be spent in one currency: on one milestone, in one run, in one day. None: no cap."""

    currency: str
    milestone: Money | None = None
    run: Money | None = None
    day: Money | None = None


@dataclass(frozen=True)
class SpendLimits:
    """Where money may come from, what it may cost, and how much of it."""

    sources: tuple[SourceKind, ...] = (SourceKind.BALANCE,)
    allow_conversion: bool = False
    max_fees: tuple[tuple[SourceKind, Money], ...] = ()
    """The most that one payment from a source may cost in fees; nothing where none is named."""
    caps: tuple[Cap, ...] = ()

    def max_fee(self, source: SourceKind, currency: str) -> Money:
        """The most that one payment may cost in fees from `source`."""
        for kind, money in self.max_fees:
            if kind is source and money.currency.code == currency:
                return money
        return Money.parse(f"0 {currency}")

    def cap(self, currency: str) -> Cap:
        """The caps of a currency."""
        return next((cap for cap in self.caps if cap.currency == currency), Cap(currency))


@dataclass(frozen=True)
class AccountFacts:
    """The account a preview is for. `id` is what the journal knows it by."""

    name: str
    id: str
    login: str
    platform: str
    origin: str
    role: Role
    limits: SpendLimits = field(default_factory=SpendLimits)
    ways: Ways = field(default_factory=Ways)


@dataclass(frozen=True)
class PreviewedProject:
    """A planned project, the project it is on the site, and what a run would do there."""

    planned: PlannedProject
    project: SiteProject
    changes: tuple[Change, ...]
    again: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Preview:
    """What a run would do, before anybody said yes. `journal_id` and `last_attempt` pin it to this moment."""

    account: AccountFacts
    projects: tuple[PreviewedProject, ...]
    skipped: tuple[str, ...]
    journal_id: str
    last_attempt: int
    made_at: datetime
    platform_fees: Mapping[str, Money] = field(default_factory=dict)
    """By project ref: what the platform's stated fees come to at most on what would be paid; a yes covers them."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes in the plan's order."""
        return tuple(change for project in self.projects for change in project.changes)

    @property
    def totals(self) -> dict[str, Money]:
        """What has to be approved, by currency code: what would be paid, else what is asked for or agreed to."""
        spends = any(change.kind in SPENDS for change in self.changes)
        return totals_of(self.changes, SPENDS if spends else ASKS)

    @property
    def max_fees(self) -> dict[str, Money]:
        """The most that the payments may cost on top, by currency code; only where it is more than nothing."""
        limits = self.account.limits
        fees: dict[str, Money] = {}
        for change in self.changes:
            if change.kind in SPENDS:
                code = change.amount.currency.code
                worst = max(limits.max_fee(source, code) for source in limits.sources)
                fees[code] = fees[code] + worst if code in fees else worst
        fees = _sum([*fees.values(), *self.platform_fees.values()])
        return {code: fee for code, fee in fees.items() if fee.minor}

    @property
    def counts(self) -> dict[str, int]:
        """How many changes there are of each kind, all kinds named."""
        found = Counter(change.kind.value for change in self.changes)
        return {kind: found[kind] for kind in EXPECTED_COUNTS}

    @property
    def acts(self) -> bool:
        """Whether a run would submit anything at all."""
        return any(change.kind in ACTS for change in self.changes)

    @property
    def unpaid(self) -> int:
        """How many milestones stand as planned, but are not paid for: what one side waits for, or has not its turn."""
        kept = (change.row for change in self.changes if change.kind is ChangeKind.KEEP)
        return sum(row is not None and row.state is MilestoneState.AWAITING_PAYMENT for row in kept)

    @property
    def as_planned(self) -> bool:
        """Whether the site is as the plan wants it, with nothing to do and nothing to look into."""
        return all(change.kind is ChangeKind.KEEP for change in self.changes)

    @property
    def digest(self) -> str:
        """The fingerprint that an approval can be held to."""
        fees = [[ref, str(fee)] for ref, fee in self.platform_fees.items()]
        body = json.dumps(
            [
                self.journal_id,
                self.last_attempt,
                self.account.id,
                self.account.origin,
                [list(change.signature()) for change in self.changes],
                *([fees] if fees else []),
            ],
            ensure_ascii=True,
            separators=(",", ":"),
        )
        return hashlib.sha256(body.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True)
class Approval:
    """A person's yes: to which preview, for how much, when, and until when."""

    digest: str
    totals: tuple[Money, ...]
    approved_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class OrderedProject:
    """One project of an order: what was approved for it, held by the signatures of its changes.

    `fees` is the most that its payments may cost together, beside what `max_fee` allows each; None: nothing.
    """

    planned: PlannedProject
    project: SiteProject
    signatures: tuple[tuple[str, ...], ...]
    again: frozenset[str]
    fees: Money | None = None


@dataclass(frozen=True)
class Order:
    """An approved preview as the runner carries it out."""

    account: AccountFacts
    projects: tuple[OrderedProject, ...]
    approval: Approval

    def to_json(self) -> dict[str, object]:
        """The order as plain JSON, for the journal."""
        return _adapter().dump_python(self, mode="json")  # type: ignore[no-any-return]

    @staticmethod
    def from_json(body: Mapping[str, object]) -> Order:
        """The order that `to_json` wrote."""
        return _adapter().validate_python(body)


@cache
def _adapter() -> TypeAdapter[Order]:
    from pydantic import TypeAdapter  # 60 ms that only an apply needs

    return TypeAdapter(Order)


def approve(
    preview: Preview, typed: Sequence[str], now: datetime, *, digest: str | None = None, minutes: int = 60
) -> Order:
    """Turn a preview into an order. `typed` holds one total per currency, as a person typed them.

    Raises `ApprovalRefused` when totals or digest differ from the preview's; nothing has been done then.
    """
    if digest is not None and digest.strip() != preview.digest:
        raise ApprovalRefused(
            f"the preview to be approved was {digest}, but now it is {preview.digest}: the plan, the site or the "
            "journal has changed since",
            hint="look at the new preview and approve that one",
        )
    _check_totals(preview, typed)
    return Order(
        account=preview.account,
        projects=tuple(
            OrderedProject(
                project.planned,
                project.project,
                tuple(change.signature() for change in project.changes),
                project.again,
                preview.platform_fees.get(project.project.ref),
            )
            for project in preview.projects
        ),
        approval=Approval(preview.digest, tuple(preview.totals.values()), now, now + timedelta(minutes=minutes)),
    )


def _check_totals(preview: Preview, typed: Sequence[str]) -> None:
    wanted = preview.totals
    ready = " ".join(f'--approve "{money}"' for money in wanted.values())
    given: dict[str, Money] = {}
    for text in typed:
        try:
            money = Money.parse(text)
        except MilepostError as error:
            raise ApprovalRefused(f"“{text}” is not a total: {error.message}", hint=f"the total is {ready}") from error
        if money.currency.code in given:
            raise ApprovalRefused(f"two totals in {money.currency} were given", hint=f"the total is {ready}")
        given[money.currency.code] = money
    if given != wanted:
        was = ", ".join(str(money) for money in given.values()) or "nothing"
        total = ", ".join(str(money) for money in wanted.values()) or "nothing"
        raise ApprovalRefused(f"approved was {was}, but the preview comes to {total}", hint=f"approve it with {ready}")


def check_still_approved(approved_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Hold the moment of an act against its approval's. Raises `ApprovalRefused`, also where the clock was set back."""
    hint = "make a new preview and approve it again"
    if now > ends_at:
        raise ApprovalRefused("the approval has run out", hint=hint)
    if now < approved_at - CLOCK_SLACK:
        raise ApprovalRefused("the clock was set back since the approval, which would not end in time", hint=hint)


def check_caps(
    changes: Iterable[Change], limits: SpendLimits, spent_today: Sequence[Attempt], fees: Iterable[Money] = ()
) -> None:
    """Hold the changes that spend, and fees that come on top, against every cap. Raises `CapExceeded` with the one."""
    spending = [change for change in changes if change.kind in SPENDS]
    for change in spending:
        check_milestone_cap(change.amount, limits)
    today = _sum(attempt.cost for attempt in spent_today)
    for code, total in _sum([*(change.amount for change in spending), *fees]).items():
        cap = limits.cap(code)
        if cap.run is not None and total > cap.run:
            raise CapExceeded(f"the run comes to {total}, over the cap of {cap.run} a run", hint=_cap_hint(code, "run"))
        day = total + today[code] if code in today else total
        if cap.day is not None and day > cap.day:
            raise CapExceeded(
                f"with {total} the day comes to {day}, over the cap of {cap.day} a day", hint=_cap_hint(code, "day")
            )


def check_milestone_cap(amount: Money, limits: SpendLimits) -> None:
    """Hold one milestone against its cap. Raises `CapExceeded`."""
    cap = limits.cap(amount.currency.code).milestone
    if cap is not None and amount > cap:
        raise CapExceeded(
            f"{amount} is over the cap of {cap} a milestone", hint=_cap_hint(amount.currency.code, "milestone")
        )


def _sum(amounts: Iterable[Money]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for amount in amounts:
        code = amount.currency.code
        sums[code] = sums[code] + amount if code in sums else amount
    return sums


def _cap_hint(code: str, which: str) -> str:
    return f"raise {which} under [caps.{code}] in the settings, or leave some of it out of the plan"
