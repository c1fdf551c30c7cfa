"""One attempt's way through the browser: prepare, submit, cart, pay, look. The middle part of `assistant/apply.py`.

`act` raises only while nothing has been submitted, or when the journal cannot be written. From the first click on,
everything that happens is kept, and only `settle` says what it means; what the journal does not take then goes into the
file of `assistant/fallback.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from assistant.approval import AccountFacts, check_milestone_cap
from assistant.cart import check_item, check_sum, choose_source, same_payment
from assistant.changes import may_have
from assistant.errors import (
    BrowserError,
    JournalError,
    MilepostError,
    Mismatch,
    NobodyCame,
    OutcomeUnknown,
    Refused,
    SiteError,
)
from assistant.fallback import Fallback
from assistant.fee_question import FeeQuestions, HighFee
from assistant.guided import GUIDED, Licence
from assistant.journal import Attempt, AttemptState, Journal
from assistant.memory import not_its_rows, spent_by_others_since
from assistant.money import Money, shown
from assistant.site import CartReading, Look, PaymentSource, Site, SiteProject, Step, StepKind, Submission
from assistant.verdict import Done, Moved, NotDone, SettleRules, Unknown, Withdrawn, judge

Subject = TypeVar("Subject", Step, CartReading)

WITHOUT_CART = frozenset({StepKind.REQUEST, StepKind.WITHDRAW, StepKind.REQUEST_RELEASE, StepKind.RELEASE})
"""Steps that end with their submission: there is nothing to pay."""

TOLD = ("key", "change", "site_ref", "reason", "site_message", "request_id", "source", "fees")
"""What of an attempt is told as it stands in the journal."""

FEE_APPROVED = "fee approved"
"""The moment that a fee above the approved one is kept under, once a person has approved it in the run."""

LOOKS = 3
"""How often a read-back is tried. Reading again is harmless; clicking again is not, and never happens."""


@dataclass
class Reached:
    """How far an act got: what the site answered, and why it was left without paying, if it was."""

    submission: Submission | None = None
    left_unpaid: MilepostError | None = None

    @property
    def plain_no(self) -> bool:
        """Whether the site's last answer is one after which nothing was written."""
        return self.submission is not None and self.submission.refused


@dataclass
class Attempting:
    """Carries one recorded attempt to its outcome.

    `hold` is called right before each click that submits, with what the payment costs in fees (nothing, as far as is
    known yet). It raises `Refused` when the approval has run out or a cap is in the way.
    """

    journal: Journal
    site: Site
    account: AccountFacts
    rules: SettleRules
    attempt_id: int
    hold: Callable[[Money], None]
    licence: Licence | None = None
    fee_questions: FeeQuestions = field(default_factory=FeeQuestions)
    fees_left: Money | None = None
    """What is left of the fees that were approved for the project, beside `max_fee`; None: nothing."""
    reached: Reached = field(default_factory=Reached, init=False)
    guided: bool = field(default=False, init=False)
    """Whether any of its steps was left to a person to press."""
    _clicked: AttemptState | None = field(default=None, init=False)
    """The last state whose click may have been made; None while nothing was submitted."""

    async def act(self, step: Step) -> Reached:
        """Everything up to the last click. Raises `JournalError`, or another error only if nothing was submitted."""
        reached = self.reached
        if step.kind is not StepKind.CONFIRM:
            await self._prepare(step)
            await self._evidence("before submit", self._figures(step))
            self.hold(Money.zero(step.amount.currency))
            self._move(AttemptState.SUBMITTING)
            self._clicked = AttemptState.SUBMITTING
            reached.submission = await _once(self.site.submit, step)
            self._note(reached.submission)
            if step.kind in WITHOUT_CART or self.site.creating_pays or reached.submission.refused:
                return reached
            if reached.submission.guided and reached.submission.left == 0:
                return reached  # nobody pressed: there is no cart to look for
        await self._pay(step, reached)
        return reached

    async def _prepare(self, step: Step) -> None:
        """Prepare; a page that is not as the profile says is kept as it was seen."""
        try:
            await self.site.prepare(step)
        except (SiteError, Refused):
            await self._evidence("stopped", self._figures(step))
            raise

    async def _pay(self, step: Step, reached: Reached) -> None:
        """From the cart to the payment. What goes wrong here before the click leaves the cart unpaid."""
        try:
            cart = await self.site.cart(step)
            self._move(AttemptState.IN_CART, cart=cart_figures(cart))
            check_item(cart, step)
            if cart.charged:
                return  # paid before: the look says what stands
            cart, fees = await self._in_order(cart, step)
            await self._evidence("before payment", cart_figures(cart))
            self.hold(fees)
        except (SiteError, Refused, BrowserError) as error:
            if reached.submission is None:
                raise  # a cart that was only opened: nothing was submitted
            reached.left_unpaid = error
            return
        self._move(AttemptState.PAYING, cart=cart_figures(cart))
        self._clicked = AttemptState.PAYING
        reached.submission = await _once(self.site.pay, cart)
        if not reached.submission.left and reached.submission.trouble:
            await self._evidence("stopped", cart_figures(cart))
        self._note(reached.submission)

    @contextmanager
    def kept_aside(self, fallback: Fallback, step: Step) -> Iterator[None]:
        """In this block, what the journal does not take once something was submitted is kept in the fallback file.

        Raises `OutcomeUnknown` then, which stops the run.
        """
        try:
            yield
        except JournalError as error:
            if self._clicked is None:
                raise
            facts = {
                "attempt": self.attempt_id,
                "account": self.account.id,
                "step": step.kind.value,
                **self._figures(step),
                "clicked": self._clicked.value,
                "answer": asdict(self.reached.submission) if self.reached.submission else None,
                "journal": error.message,
            }
            kept = fallback.keep(facts)
            done = f"{step.kind} {step.amount} {may_have(step.kind)}"
            raise OutcomeUnknown(
                f"{step.project.ref}: {done}, and the journal could not be written",
                where=str(kept) if kept else None,
                hint="make the journal's folder writable, then run it again: it begins by looking at what stands",
            ) from error

    async def _in_order(self, cart: CartReading, step: Step) -> tuple[CartReading, Money]:
        """The cart with an allowed source selected, and its fees, which are approved: with the rest, or asked about."""
        cart, source = await self._with_source(cart, step)
        fees = check_sum(cart, step)
        by_setting = self.account.limits.max_fee(source.kind, step.amount.currency.code)
        allowed = by_setting + self.fees_left if self.fees_left is not None else by_setting
        if fees > by_setting:
            check_milestone_cap(cart.total, self.account.limits)
        if fees > allowed:
            cart = await self._ask_about(HighFee(step, self._attempt().key, cart, source, fees, allowed))
        self.journal.attempts.note(self.attempt_id, source=source.label, fees=str(fees))
        return cart, fees

    async def _with_source(self, cart: CartReading, step: Step) -> tuple[CartReading, PaymentSource]:
        """The cart with an allowed source selected. Raises `Mismatch`."""
        limits = self.account.limits
        source = choose_source(cart, step, limits)
        if source.selected:
            return cart, source
        cart = await self.site.choose(source)
        check_item(cart, step)
        return cart, choose_source(cart, step, limits)

    async def _ask_about(self, fee: HighFee) -> CartReading:
        """The cart, read anew, once a person has approved its fee; caps hold whatever they say. Raises `Refused`."""
        self.hold(fee.fees)
        typed = await self.fee_questions.ask(fee)
        await self._evidence(FEE_APPROVED, fee.figures() | {"typed": typed})
        told = f"{fee.step.project.ref}/{fee.key}: a person approved {fee.fees} in fees, which makes {fee.cart.total}"
        self.journal.runs.say(self._attempt().run_id, FEE_APPROVED, told, fee.figures())
        afresh = replace(fee.step, kind=StepKind.CONFIRM, cart_url=fee.cart.url)
        cart, _ = await self._with_source(await self.site.cart(afresh), fee.step)
        if not same_payment(fee.cart, cart):
            raise Mismatch(
                "the cart is not what it was when its fee was approved; it was left unpaid",
                hint="look at the cart on the site, then make a new preview",
            )
        return cart

    async def settle(self, reached: Reached, project: SiteProject) -> Look | None:
        """Look, judge, and end the attempt. Returns the look, None when the site could not be read."""
        look = await self._look_again(project)
        attempt = self._attempt()
        if look is None:
            self._unknown(attempt, "the site could not be read afterwards", reached)
            return None
        verdict = judge(
            attempt,
            look,
            not_its_rows(self.journal, self.account.id, attempt),
            self.rules,
            self.journal.clock(),
            spent_since=spent_by_others_since(self.journal, self.account.id, attempt),
            plain_no=reached.plain_no,
        )
        match verdict:
            case Done(row=row):
                await self._evidence("after", {"row": row.site_ref, "state": row.state, "amount": str(row.amount)})
                self.journal.attempts.done(attempt.id, row.kind, row.site_ref, "created", reason=None)
            case Moved(row=row):
                await self._evidence("after", {"row": row.site_ref, "state": row.state, "amount": str(row.amount)})
                self._move(AttemptState.DONE, reason=None)
            case Withdrawn():
                await self._evidence("after", {"request": attempt.request_ref, "state": "withdrawn"})
                self.journal.attempts.withdrawn(attempt.id, reason=None)
            case NotDone(reason=reason):
                why = reached.left_unpaid.message if reached.left_unpaid else self._why_not(reached, reason)
                self.journal.attempts.move(attempt.id, AttemptState.REFUSED, reason=why)
            case Unknown(reason=reason):
                self._unknown(attempt, reason, reached)
        return look

    def _why_not(self, reached: Reached, reason: str) -> str:
        """Where a person was to press, why nobody did tells more than that nothing left the browser."""
        submission = reached.submission
        return (submission.trouble if submission and submission.guided else None) or reason

    def _unknown(self, attempt: Attempt, reason: str, reached: Reached) -> None:
        trouble = reached.submission.trouble if reached.submission else None
        told = "; ".join(part for part in (may_have(attempt.change), reason, trouble) if part)
        self.journal.attempts.move(attempt.id, AttemptState.UNKNOWN, reason=told)

    def refuse(self, error: MilepostError) -> None:
        """End the attempt as refused: `act` raised, so nothing was submitted."""
        site = error if isinstance(error, SiteError) else None
        helps = "milepost doctor" in (error.hint or "")
        self._move(
            AttemptState.REFUSED,
            reason=f"{error.message}; milepost doctor {self.account.name} says what helps" if helps else error.message,
            site_message=site.site_message if site else None,
            request_id=site.request_id if site else None,
        )

    def tell(self, run_id: int) -> Attempt:
        """Tell the attempt's outcome to whoever watches the run, and return the attempt."""
        attempt = self._attempt()
        shown = f"{attempt.project_ref}/{attempt.key} {attempt.change} {attempt.amount}: {attempt.state}"
        figures = {name: getattr(attempt, name) for name in TOLD}
        self.journal.runs.say(
            run_id,
            "attempt",
            f"{shown}, {attempt.reason}" if attempt.reason else shown,
            {
                "attempt": attempt.id,
                "project": attempt.project_ref,
                "amount": attempt.amount.amount_text,
                "currency": attempt.amount.currency.code,
                "outcome": attempt.state.value,
                **figures,
            },
        )
        return attempt

    async def _look_again(self, project: SiteProject) -> Look | None:
        for _ in range(LOOKS):
            try:
                return await self.site.look(project)
            except (BrowserError, NobodyCame):
                return None
            except SiteError:
                continue
        return None

    def _move(self, state: AttemptState, **values: Any) -> None:
        self.journal.attempts.move(self.attempt_id, state, **values)

    def _note(self, submission: Submission) -> None:
        """Keep what the site answered, and what a person pressed. `left` adds up over submit and pay."""
        self.guided = self.guided or submission.guided
        before = self._attempt().left or 0
        self.journal.attempts.note(
            self.attempt_id,
            left=before + submission.left,
            site_message=submission.site_message,
            request_id=submission.request_id,
        )
        if submission.pressed and self.licence:
            figures = self.licence.evidence(submission.pressed)
            self.journal.attempts.add_evidence(self.attempt_id, GUIDED, None, figures)

    async def _evidence(self, name: str, figures: dict[str, Any]) -> None:
        picture = await self.site.picture(f"{self.attempt_id}-{name.replace(' ', '-')}")
        self.journal.attempts.add_evidence(self.attempt_id, name, str(picture) if picture else None, figures)

    def _figures(self, step: Step) -> dict[str, Any]:
        return {"project": step.project.ref, "description": step.description, "amount": str(step.amount)}

    def _attempt(self) -> Attempt:
        attempt = self.journal.attempts.get(self.attempt_id)
        assert attempt is not None  # noqa: S101  # attempts are never deleted
        return attempt


async def _once(click: Callable[[Subject], Awaitable[Submission]], subject: Subject) -> Submission:
    """Click, and tell what came of it. An exception says nothing about what was sent, so it counts as sent."""
    try:
        return await click(subject)
    except Exception as error:
        said = error.message if isinstance(error, MilepostError) else str(error)
        trouble = shown(f"the click ended with {type(error).__name__}: {said}", longest=300)
        return Submission(left=1, trouble=trouble)


def cart_figures(cart: CartReading) -> dict[str, Any]:
    """A cart as it is kept beside its attempt."""
    return {
        "cart": cart.site_ref,
        "project": cart.project_ref,
        "items": [{"description": item.description, "amount": str(item.amount)} for item in cart.items],
        "fees": [{"name": fee.name, "amount": str(fee.amount)} for fee in cart.fees],
        "total": str(cart.total),
        "source": cart.selected.label if cart.selected else None,
        "sources": [asdict(source) for source in cart.sources],
        "charged": cart.charged,
        "url": cart.url,
        "deposited": str(cart.deposited) if cart.deposited is not None else None,
    }
