"""A site in memory that fulfils `assistant.site.Site`, knows the truth, and lies, delays, repeats, drops and dies.

The truth is `rows` and `clicks`. What goes wrong is told beforehand, per call: `fail("submit", "late")`. Rows that a
page shows late do so within `LATE`, which is shorter than the rules' `settle_after`; `VERY_LATE` ones come later, but
only where the balance or the vanished cart gives the payment away, as the rules ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from assistant.errors import (
    BrowserError,
    CouldNotRead,
    LoginError,
    MilepostError,
    Mismatch,
    OutcomeUnknown,
    SiteRefused,
)
from assistant.journal import RowKind
from assistant.money import Money
from assistant.site import (
    ENDED,
    CartItem,
    CartReading,
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
from tests.assistant.fake_site import Clock
from tests.faults.rows import Click, Row, Shown

LATE = timedelta(seconds=3)
VERY_LATE = timedelta(seconds=60)
SLOW = timedelta(seconds=2)

TROUBLES: dict[str, Callable[[], MilepostError]] = {
    "unreadable": lambda: CouldNotRead("the list did not end"),
    "browser": lambda: BrowserError("the browser crashed"),
    "login": lambda: LoginError("the session is over"),
    "refused": lambda: SiteRefused("the form says no", site_message="no", request_id="r0"),
    "mismatch": lambda: Mismatch("the field holds another amount"),
    "breach": lambda: OutcomeUnknown("a money request went past the gate"),
}

BEFORE = {"drop before", "said yes", "nothing left", "plain no"}
"""Faults of a click after which nothing was written."""

AFTER = {"drop after", "late", "very late", "twice", "by link", "slow", "raises"}
"""Faults of a click that was carried out."""


class Witness(Protocol):
    """Who watches our clicks, and judges them by the truth."""

    def clicked(self, act: str, step: Step) -> Click:
        """A click of ours arrives."""
        ...

    def wrote(self, click: Click) -> None:
        """It had its effect."""
        ...


@dataclass
class LyingSite:
    """One account's site. `moment` is called around every call of ours, and may end our process there."""

    listed: tuple[SiteProject, ...]
    clock: Clock
    witness: Witness
    moment: Callable[[str], None]
    creating_pays: bool = False
    balances: dict[str, Money] = field(default_factory=dict)
    shows_balances: bool = True
    newest_first: bool = False
    closes_request_when_paid: bool = False
    preselects: bool = True
    page_loads: int = 0
    rows: list[Row] = field(default_factory=list)
    last_shown: dict[str, list[Shown]] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    _faults: dict[str, list[str]] = field(default_factory=dict)
    _numbers: int = 500
    _cart: Row | None = None
    _chosen: bool = False

    # -- what a history does to it -------------------------------------------------------------------------------

    def fail(self, faults: tuple[str, ...]) -> None:
        """Forget the old faults and arm these, each as `call: fault`; "ok" lets one call of that name pass."""
        self._faults = {}
        for fault in faults:
            call, _, kind = fault.partition(": ")
            self._faults.setdefault(call, []).append(kind)
        self._cart = None

    def put(self, row: Row) -> Row:
        """Let a row stand from now on."""
        self.rows.append(row)
        return row

    def number(self) -> str:
        """A number that no row has yet."""
        self._numbers += 1
        return str(self._numbers)

    def standing(self, project: str) -> list[Row]:
        """What truly stands on a project."""
        return [row for row in self.rows if row.project == project and row.stands]

    def pay_for(self, cart: Row, click: Click | None, *, hidden_for: timedelta = timedelta(0)) -> Row:
        """Take the money for a cart: it leaves the list, and its milestone comes up."""
        now = self.clock.at
        cart.gone_at = now
        cart.state = MilestoneState.FUNDED
        if hidden_for:
            cart.shown_until = now + min(hidden_for, LATE)
        for row in self.rows:
            if row.ref == cart.request and row.kind is RowKind.REQUEST:
                row.gone_at = row.gone_at or now
        code = cart.amount.currency.code
        self.balances[code] = self.balances[code] - cart.amount
        made = Row(
            ref=self.number(),
            project=cart.project,
            kind=RowKind.MILESTONE,
            description=cart.description,
            amount=cart.amount,
            state=MilestoneState.FUNDED,
            made_at=now,
            shown_from=now + hidden_for,
            click=click,
        )
        return self.put(made)

    # -- the protocol --------------------------------------------------------------------------------------------

    async def projects(self) -> tuple[SiteProject, ...]:
        self.moment("projects")
        return tuple(self._as_it_is(project) for project in self.listed)

    async def look(self, project: SiteProject) -> Look:
        self.moment("look")
        self.page_loads += 1
        self._trouble("look")
        now = self.clock()
        rows = [row for row in self.rows if row.project == project.ref and row.is_listed(now)]
        if self.newest_first:
            rows.reverse()
        for row in rows:
            row.first_shown = row.first_shown or now
        self.last_shown[project.ref] = [Shown(r.ref, r.kind, r.label, r.state not in ENDED) for r in rows]
        look = Look(
            project=self._as_it_is(project),
            seen_at=self.clock(),
            milestones=tuple(
                SiteMilestone(r.ref, r.description, r.amount, r.state, r.state.value)
                for r in rows
                if r.kind is RowKind.MILESTONE
            ),
            requests=tuple(
                SiteRequest(r.ref, r.description, r.amount, r.state, r.state.value)
                for r in rows
                if r.kind is RowKind.REQUEST
            ),
            carts=tuple(SiteCart(r.ref, r.description, r.amount, _cart_url(r)) for r in rows if r.kind is RowKind.CART),
            balances=dict(self.balances) if self.shows_balances else {},
        )
        self.moment("looked")
        return look

    async def picture(self, name: str) -> Path | None:
        self.moment("picture")
        return None

    async def prepare(self, step: Step) -> None:
        self.moment("prepare")
        self._trouble("prepare")
        self._cart = None

    async def submit(self, step: Step) -> Submission:
        self.moment("submit")
        click = self.witness.clicked("submit", step)
        fault = self._fault_of("submit", step.kind in (StepKind.REQUEST, StepKind.WITHDRAW))
        if fault not in BEFORE:
            if step.kind is StepKind.WITHDRAW:
                self._withdrawn(step, fault)
            else:
                self._submitted(step, click, fault)
        return self._answer(fault, "submitted")

    async def cart(self, step: Step) -> CartReading:
        self.moment("cart")
        self._trouble("cart")
        if step.cart_url is not None:
            self._cart = next((r for r in self.rows if r.kind is RowKind.CART and _cart_url(r) == step.cart_url), None)
        self._chosen = self.preselects
        return self._reading(step.project.ref)

    async def choose(self, source: PaymentSource) -> CartReading:
        self.moment("choose")
        self._trouble("choose")
        self._chosen = True
        return self._reading(None)

    async def pay(self, cart: CartReading) -> Submission:
        self.moment("pay")
        row = self._cart
        assert row is not None
        assert row.ref == cart.site_ref
        if row.gone_at is not None:  # the hands read the page once more, and it changed
            return Submission(left=0, trouble="nothing was paid: the cart changed")
        step = Step(StepKind.CONFIRM, self._project(row.project), row.description, row.amount)
        click = self.witness.clicked("pay", step)
        fault = self._fault_of("pay", False)
        if fault not in BEFORE:
            self._charge(row, click, fault)
        return self._answer(fault, "paid")

    # -- inside --------------------------------------------------------------------------------------------------

    def _submitted(self, step: Step, click: Click, fault: str) -> None:
        asked = step.kind is StepKind.REQUEST
        hidden = timedelta(0)
        if fault in ("late", "very late") and (asked or not self.creating_pays):
            hidden = LATE
        now = self.clock.at
        state = MilestoneState.REQUESTED if asked else MilestoneState.AWAITING_PAYMENT
        row = Row(
            ref=self.number(),
            project=step.project.ref,
            kind=RowKind.REQUEST if asked else RowKind.CART,
            description=step.description,
            amount=step.amount,
            state=state,
            made_at=now,
            shown_from=now + hidden,
            click=click,
            request=step.request_ref,
        )
        click.made = row
        if asked or not self.creating_pays:
            self.put(row)
        if asked:
            self.witness.wrote(click)
        if step.request_ref is not None and not self.closes_request_when_paid:
            for other in self.rows:
                if other.kind is RowKind.REQUEST and other.ref == step.request_ref:
                    other.gone_at = other.gone_at or now
        if self.creating_pays and not asked:
            self._charge(row, click, fault)
            return
        if fault == "twice":
            self.doubled.add(step.project.ref)
            self.put(replace(row, ref=self.number(), copy=True))
        if not asked:
            self._cart = None if hidden else row

    def _withdrawn(self, step: Step, fault: str) -> None:
        for row in self.standing(step.project.ref):
            if row.kind is RowKind.REQUEST and row.ref == step.request_ref:
                row.gone_at = self.clock.at
                row.withdrawn = True
                if fault == "late":
                    row.shown_until = self.clock.at + LATE

    def _charge(self, cart: Row, click: Click, fault: str) -> None:
        hidden = {"late": LATE, "very late": VERY_LATE}.get(fault, timedelta(0))
        if fault == "slow":
            self.clock.sleep(SLOW.total_seconds())
        click.made = self.pay_for(cart, click, hidden_for=hidden)
        click.took_money = True
        self.witness.wrote(click)
        if fault == "twice":
            self.doubled.add(cart.project)
            code = cart.amount.currency.code
            self.balances[code] = self.balances[code] - cart.amount
            self.put(replace(click.made, ref=self.number(), copy=True))

    def _fault_of(self, call: str, asks: bool) -> str:
        """The next fault of a click, where it makes sense there."""
        waiting = self._faults.get(call)
        fault = waiting.pop(0) if waiting else "ok"
        charges = call == "pay" or (self.creating_pays and not asks)
        if fault == "by link" and (charges or asks):
            return "ok"
        if fault == "very late" and (not charges or (call == "submit" and not self.shows_balances)):
            return "late"
        return fault

    def _answer(self, fault: str, done: str) -> Submission:
        self.moment(done)
        match fault:
            case "nothing left" | "by link":
                return Submission(left=0, trouble="the button did nothing" if fault == "nothing left" else None)
            case "plain no":
                return Submission(left=1, site_message="no", request_id="r1", refused=True)
            case "drop before" | "drop after":
                return Submission(left=1, trouble="the line was dropped")
            case "raises":
                raise BrowserError("the browser crashed in mid-click")
        return Submission(left=1, site_message="Milestone created.")

    def _trouble(self, call: str) -> None:
        waiting = self._faults.get(call)
        kind = waiting.pop(0) if waiting else "ok"
        if kind != "ok":
            raise TROUBLES[kind]()

    def _reading(self, project: str | None) -> CartReading:
        row = self._cart
        charged = row is not None and row.state is MilestoneState.FUNDED
        if row is None or (row.gone_at is not None and not charged):
            raise CouldNotRead("the page is not a cart")
        code = row.amount.currency.code
        enough = self.balances[code] >= row.amount
        source = PaymentSource(SourceKind.BALANCE, "Balance", True, self._chosen, enough, code)
        item = CartItem(row.description, row.amount)
        sources = () if charged else (source,)
        return CartReading(row.ref, project, (item,), (), row.amount, sources, charged, _cart_url(row))

    def _project(self, ref: str) -> SiteProject:
        return next(project for project in self.listed if project.ref == ref)

    def _as_it_is(self, project: SiteProject) -> SiteProject:
        return replace(project, status=ProjectStatus.PAST) if project.ref in self.ended else project


def _cart_url(row: Row) -> str:
    return f"http://127.0.0.1:1/deposit?cartId={row.ref}"
