"""A site in memory that fulfils `assistant.site.Site`, keeps its own truth, and can lie, delay, repeat and die.

The truth is `rows` and `charges`; tests judge by them, never by what the journal says.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.errors import BrowserError, CouldNotRead, SiteRefused
from assistant.money import Money
from assistant.site import (
    CartItem,
    CartReading,
    FeeLine,
    Look,
    MilestoneState,
    PaymentSource,
    ProjectStatus,
    SiteCart,
    SiteMilestone,
    SiteProject,
    SiteRequest,
    SourceKind,
    Step,
    StepKind,
    Submission,
)


def money(text: str) -> Money:
    return Money.parse(text)


def project(ref: str = "1001", title: str = "Website", currency: str = "USD", **values: object) -> SiteProject:
    url = f"http://127.0.0.1:1/projects/{ref}"
    made = SiteProject(ref, title, "ben", currency, url, ProjectStatus.IN_PROGRESS)
    return replace(made, **values)  # type: ignore[arg-type]


@dataclass
class Clock:
    """Time that passes only when told."""

    at: datetime = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(microseconds=10)
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class FakeSite:
    """`fault` names what happens at the next step of that name: see `_trouble`."""

    listed: tuple[SiteProject, ...] = (project(),)
    clock: Clock = field(default_factory=Clock)
    creating_pays: bool = False
    balance: Money = field(default_factory=lambda: money("25000.00 USD"))
    faults: dict[str, list[str]] = field(default_factory=dict)
    milestones: dict[str, list[SiteMilestone]] = field(default_factory=dict)
    requests: dict[str, list[SiteRequest]] = field(default_factory=dict)
    carts: dict[str, list[SiteCart]] = field(default_factory=dict)
    charges: list[tuple[str, Money]] = field(default_factory=list)
    hidden: dict[str, datetime] = field(default_factory=dict)
    to_release: list[tuple[datetime, Step]] = field(default_factory=list)
    """Releases that were asked for and come about later."""
    fee: Money | None = None
    sources: tuple[PaymentSource, ...] | None = None
    cart_amount: Money | None = None
    lists_fees: bool = False
    """Whether the project's page lists a cart with its fees."""
    page_loads: int = 0
    clicks: list[str] = field(default_factory=list)
    tabs: int = 1
    under_way: list[Step] = field(default_factory=list)
    """What has been prepared and not answered yet."""
    overlaps: list[tuple[Step, ...]] = field(default_factory=list)
    """For each submission: all that was under way then."""
    turns: Iterator[int] = field(default_factory=lambda: itertools.repeat(1))
    """How often whoever else has something to do gets on with it, before each step of this site."""
    _numbers: int = 500
    _step: Step | None = None
    _cart: SiteCart | None = None

    # -- what tests do to it -------------------------------------------------------------------------------------

    def stand(
        self, description: str, amount: str, state: MilestoneState = MilestoneState.FUNDED, ref: str = "1001"
    ) -> str:
        """Put a milestone on the site, as another party would."""
        made = SiteMilestone(self._number(), description, money(amount), state, state.value)
        self.milestones.setdefault(ref, []).append(made)
        return made.site_ref

    def ask(self, description: str, amount: str, ref: str = "1001") -> str:
        """Put a pending request on the site."""
        made = SiteRequest(self._number(), description, money(amount), MilestoneState.REQUESTED, "pending")
        self.requests.setdefault(ref, []).append(made)
        return made.site_ref

    def remove(self, site_ref: str) -> None:
        for rows in self.milestones.values():
            rows[:] = [row for row in rows if row.site_ref != site_ref]

    def fail(self, at: str, *kinds: str) -> None:
        self.faults.setdefault(at, []).extend(kinds)

    def funded(self, ref: str = "1001") -> list[tuple[str, str]]:
        return [(row.description, str(row.amount)) for row in self.milestones.get(ref, [])]

    @property
    def paid(self) -> int:
        return sum(amount.minor for _, amount in self.charges)

    # -- the protocol --------------------------------------------------------------------------------------------

    async def projects(self) -> tuple[SiteProject, ...]:
        return self.listed

    async def look(self, project: SiteProject) -> Look:
        await self._let_others()
        self.page_loads += 1
        self._trouble("look")
        self._release_what_is_due()
        ref = project.ref
        return Look(
            project=project,
            seen_at=self.clock(),
            milestones=tuple(self._shown(self.milestones.get(ref, []))),
            requests=tuple(r for r in self.requests.get(ref, [])),
            carts=tuple(self._listed(cart) for cart in self.carts.get(ref, []) if not cart.charged),
            balances={self.balance.currency.code: self.balance},
        )

    async def picture(self, name: str) -> Path | None:
        return None

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[FakeSite]:
        """Another tab of the same site: what stands, and what is under way, is one."""
        self.tabs += 1
        yield self

    async def prepare(self, step: Step) -> None:
        self._trouble("prepare")
        self._step = step
        self.under_way.append(step)
        await self._let_others()

    async def submit(self, step: Step) -> Submission:
        await self._let_others()
        self.overlaps.append(tuple(self.under_way))
        self.under_way = [other for other in self.under_way if other is not step]
        self.clicks.append(f"submit {step.description}")
        self._cart = None
        fault = self._next("submit")
        if fault == "drop before":
            return Submission(left=1, trouble="the line was dropped")
        if fault == "nothing left":
            return Submission(left=0, trouble="the button did nothing")
        if fault == "plain no":
            return Submission(left=1, site_message="no", request_id="r1", refused=True)
        for _ in range(2 if fault == "twice" else 1):
            self._write(step, late=fault == "late")
        if fault == "die":
            raise KeyboardInterrupt
        if fault == "raises":
            raise CouldNotRead("pressing the button took longer than 30 s")
        return Submission(left=1, trouble="the line was dropped" if fault == "drop after" else None)

    async def cart(self, step: Step) -> CartReading:
        self._trouble("cart")
        if step.cart_url is not None:
            self._cart = next(c for carts in self.carts.values() for c in carts if c.url == step.cart_url)
        if self._cart is None:
            raise CouldNotRead("no cart came up")
        return self._reading(step.project.ref)

    async def choose(self, source: PaymentSource) -> CartReading:
        assert self.sources is not None
        self.sources = tuple(replace(s, selected=s.label == source.label) for s in self.sources)
        return self._reading(None)

    async def pay(self, cart: CartReading) -> Submission:
        self.clicks.append(f"pay {cart.site_ref}")
        fault = self._next("pay")
        if fault == "drop before":
            return Submission(left=1, trouble="the line was dropped")
        if fault == "plain no":
            return Submission(left=1, site_message="insufficient funds", request_id="r2", refused=True)
        assert self._cart is not None
        self._charge(self._cart, late=fault == "late")
        if fault == "die":
            raise KeyboardInterrupt
        if fault == "raises":
            raise CouldNotRead("pressing the button took longer than 30 s")
        return Submission(left=1, trouble="the line was dropped" if fault == "drop after" else None)

    async def _let_others(self) -> None:
        for _ in range(next(self.turns)):
            await asyncio.sleep(0)

    # -- inside --------------------------------------------------------------------------------------------------

    def _number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _next(self, at: str) -> str | None:
        waiting = self.faults.get(at)
        return waiting.pop(0) if waiting else None

    def _trouble(self, at: str) -> None:
        match self._next(at):
            case None | "ok":
                return
            case "browser":
                raise BrowserError("the browser crashed")
            case "refused":
                raise SiteRefused("the site said no", site_message="no", request_id="r0")
            case other:
                raise CouldNotRead(f"could not read: {other}")

    def _shown(self, rows: Iterable[SiteMilestone]) -> list[SiteMilestone]:
        return [row for row in rows if self.hidden.get(row.site_ref, self.clock.at) <= self.clock.at]

    def _listed(self, cart: SiteCart) -> SiteCart:
        return replace(cart, amount=cart.amount + self.fee) if self.fee and self.lists_fees else cart

    def _write(self, step: Step, *, late: bool) -> None:
        ref = step.project.ref
        if step.kind in (StepKind.RELEASE, StepKind.REQUEST_RELEASE):
            self.to_release.append((self.clock.at + timedelta(seconds=3 if late else 0), step))
            self._release_what_is_due()
            return
        if step.kind is StepKind.WITHDRAW:
            rows = self.requests[ref]
            rows[:] = [row for row in rows if row.site_ref != step.request_ref]
            return
        if step.kind is StepKind.REQUEST:
            self.ask(step.description, str(step.amount), ref)
            return
        number = self._number()
        cart = SiteCart(number, step.description, step.amount, f"http://127.0.0.1:1/deposit?cartId={number}")
        if step.request_ref is not None:
            rows = self.requests[ref]
            rows[:] = [row for row in rows if row.site_ref != step.request_ref]
        self._cart = cart
        self.carts.setdefault(ref, []).append(cart)
        if self.creating_pays:
            self._charge(cart, late=late)

    def _release_what_is_due(self) -> None:
        due = [step for at, step in self.to_release if at <= self.clock.at]
        self.to_release = [(at, step) for at, step in self.to_release if at > self.clock.at]
        for step in due:
            self._release(step)

    def _release(self, step: Step) -> None:
        rows = self.milestones[step.project.ref]
        at = next(n for n, row in enumerate(rows) if row.site_ref == step.site_ref)
        row = rows[at]
        assert row.amount == (step.whole or step.amount)  # as the hands hold it against the page
        if step.kind is StepKind.REQUEST_RELEASE:
            rows[at] = replace(row, state=MilestoneState.RELEASE_REQUESTED)
        elif step.amount == row.amount:
            rows[at] = replace(row, state=MilestoneState.RELEASED)
        else:
            rest = replace(
                row,
                site_ref=self._number(),
                amount=row.amount - step.amount,
                description=f"{row.description} (Partial Release 2)",
            )
            part = replace(row, site_ref=self._number(), amount=step.amount, state=MilestoneState.RELEASED)
            rows[at : at + 1] = [part, rest]

    def _charge(self, cart: SiteCart, *, late: bool) -> None:
        ref = next(ref for ref, carts in self.carts.items() if any(c.url == cart.url for c in carts))
        self.carts[ref] = [replace(c, charged=True) if c.url == cart.url else c for c in self.carts[ref]]
        site_ref = self.stand(cart.description, str(cart.amount), ref=ref)
        self.charges.append((cart.site_ref, cart.amount))
        self.balance = self.balance - cart.amount
        if late:
            self.hidden[site_ref] = self.clock.at + timedelta(seconds=3)

    def _reading(self, ref: str | None) -> CartReading:
        assert self._cart is not None
        amount = self.cart_amount or self._cart.amount
        fees = (FeeLine("Processing Fee", self.fee),) if self.fee else ()
        total = amount + self.fee if self.fee else amount
        sources = self.sources or (PaymentSource(SourceKind.BALANCE, "Balance", True, True, True, "USD"),)
        return CartReading(
            self._cart.site_ref,
            ref,
            (CartItem(self._cart.description, amount),),
            fees,
            total,
            sources,
            url=self._cart.url,
        )
