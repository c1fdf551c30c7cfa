"""Carrying an approved order out, never twice: the state machine of an attempt, whose states the journal knows alone.

    recorded ──> submitting ──> in_cart ──> paying ──> a look: done | refused | unknown
        │            │ no cart     │                                             │
        │            └─────────────┼─────────────────> the look                  └─> a later look, or a person:
        └── a cart is resumed ─────┘ left unpaid: the look                           done | refused

    recorded:   submitting, in_cart, refused    nothing was submitted yet: refused is certain
    submitting: in_cart, done, refused, unknown
    in_cart:    paying, done, refused, unknown
    paying:     done, refused, unknown
    unknown:    done, refused

`LEADS_TO` of the journal holds these moves and no others (`tests/assistant/test_journal.py` compares). The moves of a
run are made here and in `assistant/attempting.py`; `assistant/memory.py` takes up what a dead run left and settles it
by a later look, `assistant/settle.py` by a person's word.

Every state is on disk before the browser makes the move that the state stands for. `recorded` is written before the
form is opened, `submitting` before the one click that submits, `paying` before the one click that pays. Neither click
is ever repeated: whatever happens, the next thing is a look, and `assistant/verdict.py` says what it means. An attempt
whose process died is taken up by the next run: one that was only recorded paid nothing, any other is unknown until a
look settles it. While an attempt is unknown nothing more is done to its project; other projects go on.

An order that takes no money (requests, and requests taken back) may be carried out by several hands at once, each on a
project of its own: `assistant/hands.py`. One that takes money is carried out by one pair of hands, step after step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field

from assistant.approval import Order, OrderedProject, check_milestone_cap, check_still_approved
from assistant.attempting import Attempting
from assistant.changes import ACTS, SPENDS, Change, ChangeKind
from assistant.errors import (
    BrowserError,
    CapExceeded,
    JournalError,
    LiveRefused,
    LoginError,
    MilepostError,
    Mismatch,
    NobodyCame,
)
from assistant.fallback import Fallback
from assistant.fee_question import FeeQuestions
from assistant.guided import Licence
from assistant.hands import Hand, share_out
from assistant.journal import AttemptState, Journal, RowKind, Wanted
from assistant.journal.sightings import rows_of
from assistant.matching import changes_of
from assistant.memory import adopt, settle_project, spent_in_a_day, what_is_known
from assistant.money import Money
from assistant.plans.planned import PlannedMilestone
from assistant.platform import is_mock
from assistant.site import ENDED, Look, MilestoneState, Site, Step, StepKind
from assistant.summary import Summary
from assistant.verdict import SettleRules

STEP_OF = {
    ChangeKind.CREATE: StepKind.CREATE,
    ChangeKind.ACCEPT: StepKind.ACCEPT,
    ChangeKind.PUT_UP: StepKind.CREATE,
    ChangeKind.AGREE: StepKind.ACCEPT,
    ChangeKind.CONFIRM: StepKind.CONFIRM,
    ChangeKind.REQUEST: StepKind.REQUEST,
    ChangeKind.WITHDRAW: StepKind.WITHDRAW,
}

ONE_GUIDED = "a guided run does one milestone; start it again for the rest"


@dataclass
class Carrier:
    """One run of one order. `between` is awaited before each change and says whether to go on.

    `beside` opens another pair of hands for the same account, which keeps the same pace and whose page loads `site`
    counts; an order that takes no money is carried out by `at_once` of them at most. `fee_questions` asks whoever is
    there about a fee above the approved one; by itself it asks nobody.
    """

    order: Order
    site: Site
    journal: Journal
    run_id: int
    rules: SettleRules
    between: Callable[[], Awaitable[Wanted]]
    beside: Callable[[], AbstractAsyncContextManager[Site]] | None = None
    at_once: int = 1
    licence: Licence | None = None
    fee_questions: FeeQuestions = field(default_factory=FeeQuestions)

    def __post_init__(self) -> None:
        self._guided_one = False
        self.summary = Summary(self.run_id)
        self._troubled = False

    async def carry_out(self) -> Summary:
        """Carry the whole order out and say what came of it. Raises only what stops every project."""
        if not is_mock(self.order.account.origin) and self.licence is None:
            raise LiveRefused(
                f"{self.order.account.origin} is a live site, and nothing says which steps a person has pressed there",
                hint="start it with `milepost apply`, which begins with a guided run",
            )
        for ordered in self.order.projects:
            self.summary.planned += len(ordered.planned.milestones)
        first, rest = self.order.projects[:1], self.order.projects[1:]
        async with AsyncExitStack() as stack:
            hand = Hand(self.site, self._fallback(stack, 0))
            await share_out([hand], first, self._carry_or_leave_out)  # shows that the way works, and signs in
            more = await self._more_hands(stack, len(rest) - 1) if rest else []
            await share_out([hand, *more], rest, self._carry_or_leave_out)
        self.summary.page_loads = self.site.page_loads
        return self.summary

    def _fallback(self, stack: AsyncExitStack, number: int) -> Fallback:
        """Room for what the journal does not take of one hand's work, until the stack ends."""
        fallback = Fallback(self.journal.path, self.run_id, number)
        fallback.reserve()
        stack.callback(fallback.release)
        return fallback

    async def _more_hands(self, stack: AsyncExitStack, most: int) -> list[Hand]:
        """The hands beside the first: none where money is taken, where no work waits, or after a wish to stop."""
        hands: list[Hand] = []
        if self.beside is None or self._takes_money() or self._needs_person() or await self.between() is Wanted.STOP:
            return hands
        for number in range(1, min(self.at_once - 1, most) + 1):
            fallback = self._fallback(stack, number)
            hands.append(Hand(await stack.enter_async_context(self.beside()), fallback))
        return hands

    def _takes_money(self) -> bool:
        """Whether anything was approved that takes money. What was not approved is not done: see `_carry_project`."""
        return any(signature[2] in SPENDS for ordered in self.order.projects for signature in ordered.signatures)

    def _needs_person(self) -> bool:
        """Whether anything was approved that a person has to press first: there is one person, and one window."""
        kinds = {signature[2] for ordered in self.order.projects for signature in ordered.signatures}
        return self.licence is not None and not (kinds & ACTS) <= self.licence.steps

    async def _carry_or_leave_out(self, hand: Hand, ordered: OrderedProject) -> None:
        if await self._wanted() is Wanted.STOP:
            self._leave_out(ordered, "the run was stopped before it")
            return
        if self._guided_one:
            self._leave_out(ordered, ONE_GUIDED)
            return
        try:
            await self._carry_project(hand, ordered)
        except BaseException:
            self._troubled = True  # what stops the run stops the other hands as well, after their step
            raise

    async def _wanted(self) -> Wanted:
        return Wanted.STOP if self._troubled else await self.between()

    async def _carry_project(self, hand: Hand, ordered: OrderedProject) -> None:
        try:
            look = await hand.site.look(ordered.project)
        except (LoginError, BrowserError, NobodyCame):
            raise
        except MilepostError as error:
            self._refuse_all(ordered, f"the project could not be read: {error.message}", error)
            return
        self._keep(look)
        settle_project(self.journal, self.order.account, look, self.rules, self.journal.clock())
        changes = self._changes(ordered, look)
        if {change.signature() for change in changes} != set(ordered.signatures):
            self._refuse_all(ordered, "the project is not as it was in the preview; nothing was done to it", None)
            return
        withdrawn = {change.key for change in changes if change.kind is ChangeKind.WITHDRAW}
        for change in changes:
            if change.kind is ChangeKind.ADOPT and change.key not in withdrawn:
                self._adopt(ordered, change)
            elif change.kind is not ChangeKind.ADOPT:
                self.summary.count_standing(change)
        await self._carry_changes(hand, ordered, changes, look)

    def _adopt(self, ordered: OrderedProject, change: Change) -> None:
        adopt(self.journal, self.order.account.id, change, ordered.planned)
        self.summary.count_standing(change)

    async def _carry_changes(self, hand: Hand, ordered: OrderedProject, changes: list[Change], look: Look) -> None:
        """Every change that acts, in order. A milestone that was made beside a request is adopted for it, once gone."""
        # What is taken back goes first: it and what is asked for in its place must never stand at the same time.
        acts = sorted((c for c in changes if c.kind in ACTS), key=lambda c: c.kind is not ChangeKind.WITHDRAW)
        beside = {change.key: change for change in changes if change.kind is ChangeKind.ADOPT}
        for index, change in enumerate(acts):
            if await self._wanted() is Wanted.STOP:
                self.summary.not_reached += len(acts) - index
                return
            after = await self._carry_one(hand, ordered, change, look)
            if after is None or self._guided_one:  # unknown: hands off this project
                self.summary.not_reached += len(acts) - index - 1
                if self._guided_one and index + 1 < len(acts):
                    self._say_left(ordered, ONE_GUIDED)
                return
            if change.key in beside and not self._holds(look.project.ref, change.key):
                self._adopt(ordered, beside[change.key])
            look = after

    def _holds(self, project_ref: str, key: str) -> bool:
        """Whether a planned milestone claims a row of the site."""
        return any(claim.key == key for claim in self.journal.attempts.claims(self.order.account.id, project_ref))

    async def _carry_one(self, hand: Hand, ordered: OrderedProject, change: Change, look: Look) -> Look | None:
        """One change from its record to its outcome. Returns the look to go on with, None when it is unknown."""
        attempt_id = self._record(ordered, change, look)
        attempting = Attempting(
            self.journal,
            hand.site,
            self.order.account,
            self.rules,
            attempt_id,
            hold=lambda fees: self._hold(change, attempt_id, fees),
            licence=self.licence,
            fee_questions=self.fee_questions,
            fees_left=self._fees_left(ordered),
        )
        step = self._step(change, ordered.planned.milestone(change.key))
        with attempting.kept_aside(hand.fallback, step):
            try:
                self._guard(ordered, change, look, attempt_id)
                reached = await attempting.act(step)
            except JournalError:
                raise  # nothing can be written down; the next run takes the attempt up as it stands on disk
            except MilepostError as error:
                attempting.refuse(error)  # nothing was submitted: `act` raises before the click only
                self.summary.count_attempt(attempting.tell(self.run_id))
                if isinstance(error, LoginError | BrowserError | NobodyCame):
                    raise
                return look
            after = await attempting.settle(reached, ordered.project)
            told = attempting.tell(self.run_id)
        self._guided_one = self._guided_one or attempting.guided
        self.summary.count_attempt(told)
        if after is not None:
            self._keep(after)
        return after if told.state is not AttemptState.UNKNOWN else None

    def _fees_left(self, ordered: OrderedProject) -> Money | None:
        """What this run's payments have left of the fees that were approved for a project."""
        if ordered.fees is None:
            return None
        left = ordered.fees
        for attempt in self.journal.attempts.of_project(self.order.account.id, ordered.project.ref):
            if attempt.run_id == self.run_id and attempt.fees and attempt.state is not AttemptState.REFUSED:
                left = left - Money.parse(attempt.fees)
        return max(left, Money.zero(left.currency))

    def _guard(self, ordered: OrderedProject, change: Change, look: Look, attempt_id: int) -> None:
        """Everything that is checked again right before a change. Raises `Refused`."""
        due = self._changes(ordered, look, attempt_id)
        current = [now for now in due if now.key == change.key]
        if current[0].signature() != change.signature():  # a withdrawal comes before what is asked for in its place
            raise Mismatch(f"since the preview it became {current[0].kind}: {current[0].reason}")
        if change.kind is ChangeKind.REQUEST and (left := _left_over(due, change, ordered, look)):
            raise Mismatch(f"request #{left} was to be taken back first and still stands: both are more than the plan")
        if change.kind is ChangeKind.CONFIRM and (ahead := _ahead_in_the_pool(change, look)):
            raise Mismatch(f"the pool would pay for #{ahead} first, and that one is not paid for")
        self._hold(change, attempt_id, Money.zero(change.amount.currency))

    def _hold(self, change: Change, attempt_id: int, fees: Money) -> None:
        """What may change while a change is under way: the approval's end, and caps. Raises `Refused`."""
        now = self.journal.clock()
        check_still_approved(self.order.approval.approved_at, self.order.approval.ends_at, now)
        if change.kind not in SPENDS:
            return
        limits, cost = self.order.account.limits, change.amount + fees
        check_milestone_cap(change.amount, limits)
        cap = limits.cap(change.amount.currency.code)
        today = spent_in_a_day(self.journal, self.order.account.id, change.amount.currency, now, attempt_id) + cost
        if cap.day is not None and today > cap.day:
            raise CapExceeded(f"with {cost} the day comes to {today}, over the cap of {cap.day} a day")
        run = self.summary.spent(change.amount.currency) + cost
        if cap.run is not None and run > cap.run:
            raise CapExceeded(f"with {cost} the run comes to {run}, over the cap of {cap.run} a run")

    def _changes(self, ordered: OrderedProject, look: Look, carrying: int | None = None) -> list[Change]:
        memory = what_is_known(self.journal, self.order.account.id, look.project.ref, self.rules, carrying)
        account = self.order.account
        return changes_of(ordered.planned, look, memory, account.role, ordered.again, ways=account.ways)

    def _record(self, ordered: OrderedProject, change: Change, look: Look) -> int:
        code = change.amount.currency.code
        row = change.row
        return self.journal.attempts.record(
            run_id=self.run_id,
            account=self.order.account.id,
            project_ref=ordered.project.ref,
            key=change.key,
            change=change.kind.value,
            description=change.description,
            amount=change.amount,
            fingerprint=fingerprint(self.order.account.id, change),
            balance_before=str(look.balances[code]) if code in look.balances else None,
            request_ref=row.site_ref if row is not None and row.kind is RowKind.REQUEST else None,
            site_ref=_unpaid_ref(change),
        )

    def _step(self, change: Change, planned: PlannedMilestone | None) -> Step:
        row = change.row
        return Step(
            kind=STEP_OF[change.kind],
            project=change.project,
            description=change.description,
            amount=change.amount,
            request_ref=row.site_ref if row is not None and row.kind is RowKind.REQUEST else None,
            cart_url=row.url if row is not None and row.kind is RowKind.CART else None,
            site_ref=_unpaid_ref(change),
            due=planned.due if planned is not None else None,
        )

    def _keep(self, look: Look) -> None:
        self.journal.sightings.keep_look(self.order.account.id, self.run_id, look)

    def _refuse_all(self, ordered: OrderedProject, reason: str, error: MilepostError | None) -> None:
        """Refuse every change that was approved for a project, without having touched it."""
        refused = sum(1 for signature in ordered.signatures if signature[2] in ACTS)
        self.summary.refused += refused
        self.summary.not_read += len(ordered.signatures) - refused
        data = {"project": ordered.project.ref, "reason": reason, "hint": error.hint if error else None}
        self.journal.runs.say(self.run_id, "refused", f"{ordered.planned.name}: {reason}", data)

    def _leave_out(self, ordered: OrderedProject, reason: str) -> None:
        self.summary.not_reached += sum(1 for signature in ordered.signatures if signature[2] in ACTS)
        self._say_left(ordered, reason)

    def _say_left(self, ordered: OrderedProject, reason: str) -> None:
        data = {"project": ordered.project.ref, "reason": reason}
        self.journal.runs.say(self.run_id, "left", f"{ordered.planned.name}: {reason}", data)


def _left_over(due: list[Change], change: Change, ordered: OrderedProject, look: Look) -> str | None:
    """A request still to be taken back beside which the project has no room for this one; None if there is none."""
    left = next((c.row for c in due if c.kind is ChangeKind.WITHDRAW and c.row is not None), None)
    total = ordered.planned.total
    rows = [row for row in rows_of(look) if row.state not in ENDED and row.site_ref not in ordered.planned.ignore]
    stands = sum(row.amount.minor for row in rows if row.amount.currency == total.currency)
    return left.site_ref if left is not None and stands + change.amount.minor > total.minor else None


def _unpaid_ref(change: Change) -> str | None:
    """The milestone that a confirmation without a cart pays for."""
    row = change.row
    unpaid = row is not None and row.kind is RowKind.MILESTONE and row.state is MilestoneState.AWAITING_PAYMENT
    return row.site_ref if row is not None and unpaid and change.kind is ChangeKind.CONFIRM else None


def _ahead_in_the_pool(change: Change, look: Look) -> str | None:
    """A milestone that a project's pool pays for before this one, and that it does not cover; None if there is none."""
    lacks = look.pool.lacks if look.pool is not None else {}
    first = next(iter(lacks), None)
    return first if change.row is not None and change.row.site_ref in lacks and first != change.row.site_ref else None


def fingerprint(account: str, change: Change) -> str:
    """What an attempt was about, so that a plan row that changed meanwhile is not mistaken for it."""
    body = "\x1f".join((account, change.project.ref, change.key, change.description, str(change.amount)))
    return hashlib.sha256(body.encode()).hexdigest()[:32]
