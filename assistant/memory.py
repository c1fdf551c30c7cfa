"""What the journal knows that matters for one project's changes, and how a look settles what was unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from assistant.approval import AccountFacts
from assistant.changes import Change, ChangeKind, Memory
from assistant.clock import stamp
from assistant.fallback import left_behind
from assistant.journal import Attempt, AttemptState, Journal, RowKind
from assistant.matching import changes_of
from assistant.money import Currency, Money
from assistant.plans.planned import PlannedProject
from assistant.renamed import labels_of
from assistant.site import ENDED, HOLDS_MONEY, Look, MilestoneState
from assistant.verdict import Done, Moved, NotDone, SettleRules, Withdrawn, judge, settles_at


def what_is_known(
    journal: Journal, account: str, project_ref: str, rules: SettleRules, carrying: int | None = None
) -> Memory:
    """The journal's memory of a project. `carrying` is the attempt being carried out now, which holds nothing up."""
    claims = journal.attempts.claims(account)
    own = {claim.key: claim for claim in claims if claim.project_ref == project_ref}
    unsettled = [attempt for attempt in journal.attempts.open(account, project_ref) if attempt.id != carrying]
    rows = journal.sightings.rows(account, project_ref)
    shown = {(row.kind, row.site_ref) for row in rows if row.present}
    tried = journal.attempts.of_project(account, project_ref)
    done = [attempt for attempt in tried if attempt.state is AttemptState.DONE]
    gone = {
        key: journal.sightings.last_seen(account, project_ref, claim.kind, claim.site_ref) or claim.since
        for key, claim in own.items()
        if (claim.kind, claim.site_ref) not in shown
    }
    until = {attempt.id: settles_at(attempt, rules) for attempt in unsettled}
    once_paid = journal.sightings.first_seen(account, project_ref, HOLDS_MONEY)
    return Memory(
        claims=own,
        claimed_elsewhere=frozenset((c.kind, c.site_ref) for c in claims if c.project_ref != project_ref),
        open_attempts=tuple(unsettled),
        gone_since=gone,
        until={number: stamp(at) for number, at in until.items() if at is not None},
        left_unpaid=_left_unpaid(tried),
        once_paid=frozenset(once_paid),
        made_as={key: labels_of(claim, rows, done) for key, claim in own.items()},
    )


def _left_unpaid(tried: Iterable[Attempt]) -> dict[str, Attempt]:
    """By key: the last attempt at a planned milestone that came to a cart, where it was refused."""
    last = {attempt.key: attempt for attempt in tried if attempt.cart is not None}
    return {key: attempt for key, attempt in last.items() if attempt.state is AttemptState.REFUSED}


def not_its_rows(journal: Journal, account: str, attempt: Attempt) -> frozenset[tuple[RowKind, str]]:
    """Rows that cannot be what the attempt made: they belong to other planned milestones, or stood before it."""
    others = {
        (claim.kind, claim.site_ref)
        for claim in journal.attempts.claims(account)
        if (claim.project_ref, claim.key) != (attempt.project_ref, attempt.key)
    }
    # What is confirmed stood before, and so did its cart: but not as something that was paid or had ended.
    states = HOLDS_MONEY | ENDED if attempt.change == "confirm" else frozenset(MilestoneState)
    stood = {
        name
        for name, seen in journal.sightings.first_seen(account, attempt.project_ref, states).items()
        if seen <= attempt.recorded_at
    }
    return frozenset(others | stood)


def spent_by_others_since(journal: Journal, account: str, attempt: Attempt) -> Money:
    """What other attempts took, or may have taken, in this attempt's currency since it was recorded, fees included."""
    spent = Money(0, attempt.amount.currency)
    for other in journal.attempts.spent_since(account, attempt.recorded_at):
        if other.id != attempt.id and other.amount.currency == spent.currency:
            spent = spent + other.cost
    return spent


def spent_in_a_day(journal: Journal, account: str, currency: Currency, now: datetime, but: int) -> Money:
    """What attempts of the last 24 hours took, or may have taken, in a currency, fees included; one is left out."""
    spent = Money(0, currency)
    for attempt in attempts_of_the_day(journal, account, now):
        if attempt.amount.currency == currency and attempt.id != but:
            spent = spent + attempt.cost
    return spent


def attempts_of_the_day(journal: Journal, account: str, now: datetime) -> list[Attempt]:
    """Attempts of the last 24 hours that took money or may have."""
    return journal.attempts.spent_since(account, stamp(now - timedelta(days=1)))


def adopt(journal: Journal, account: str, change: Change, planned: PlannedProject) -> None:
    """Claim the row of an adoption that a person approved."""
    assert change.row is not None  # noqa: S101  # an adoption is about a row
    named = any(m.key == change.key and m.site_ref == change.row.site_ref for m in planned.milestones)
    how = "named" if named else "adopted"
    journal.attempts.claim(account, change.project.ref, change.key, change.row.kind, change.row.site_ref, how)


def follow_accepted(
    journal: Journal, account: AccountFacts, planned: PlannedProject, look: Look, rules: SettleRules
) -> None:
    """Where a request of ours became a milestone of just its words and amount, the milestone is claimed from now on."""
    known = what_is_known(journal, account.id, look.project.ref, rules)
    for change in changes_of(planned, look, known, account.role, ways=account.ways):
        claim, row = known.claims.get(change.key), change.row
        if claim is None or claim.kind is not RowKind.REQUEST or row is None or change.kind is not ChangeKind.KEEP:
            continue
        if row.kind is RowKind.MILESTONE and row.amount == change.amount:  # not of one that was released in parts
            journal.attempts.claim(account.id, look.project.ref, change.key, row.kind, row.site_ref, "accepted")


def recover(journal: Journal, account: str) -> list[Attempt]:
    """Take up what a dead run left: to be called by the one run that holds the account. Returns what is unknown now.

    What was only recorded, or stood in a cart, paid nothing. What was being submitted or paid may have gone through.
    """
    _take_in_what_was_kept_aside(journal)
    unknown = []
    for attempt in journal.attempts.open(account):
        match attempt.state:
            case AttemptState.RECORDED:
                journal.attempts.move(attempt.id, AttemptState.REFUSED, reason="the run ended before anything was sent")
            case AttemptState.UNKNOWN:
                unknown.append(attempt)
            case _:
                journal.attempts.move(attempt.id, AttemptState.UNKNOWN, reason="the run ended in mid-step")
                unknown.append(attempt)
    return unknown


def _take_in_what_was_kept_aside(journal: Journal) -> None:
    """Put what runs that have ended could not write into the journal, beside their attempts."""
    for path, run_id, facts in left_behind(journal.path):
        run = journal.runs.get(run_id)
        if run is None or run.live:
            continue
        attempt = facts.get("attempt")
        if facts and isinstance(attempt, int) and journal.attempts.get(attempt) is not None:
            journal.attempts.add_evidence(attempt, "kept aside", None, facts)
        elif facts:
            continue  # not about this journal: a person's to look at
        path.unlink(missing_ok=True)


def settle_project(
    journal: Journal, account: AccountFacts, look: Look, rules: SettleRules, now: datetime
) -> list[Attempt]:
    """Settle what was unknown about a project by a whole look at it. Returns the attempts that are settled now."""
    settled = []
    for attempt in journal.attempts.open(account.id, look.project.ref):
        if attempt.state is not AttemptState.UNKNOWN:
            continue
        verdict = judge(
            attempt,
            look,
            not_its_rows(journal, account.id, attempt),
            rules,
            now,
            spent_since=spent_by_others_since(journal, account.id, attempt),
        )
        match verdict:
            case Done(row=row):
                journal.attempts.done(attempt.id, row.kind, row.site_ref, "settled", settled_by="look")
            case Moved():
                journal.attempts.move(attempt.id, AttemptState.DONE, settled_by="look")
            case Withdrawn():
                journal.attempts.withdrawn(attempt.id, settled_by="look")
            case NotDone(reason=reason):
                journal.attempts.move(attempt.id, AttemptState.REFUSED, reason=reason, settled_by="look")
            case _:
                continue
        settled.append(attempt)
    return settled
