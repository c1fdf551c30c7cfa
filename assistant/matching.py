"""Plan x site x journal -> the list of changes. Pure: what a run would do, and why it would not.

For one project, in this order:

1. what the journal or the plan names by its site_ref is looked up by it;
2. what is left is matched by exact multiset of (normalised description, amount): two planned twins need two rows; a
   cart that a run left unpaid is known by its number, whatever sum it is listed with;
3. what is still left, and looks like a row that nobody claims (same amount or same text), is blocked;
4. what the journal once had and the site no longer shows is `gone`, and made again only when a person says so, be it
   under another key of the plan by now;
5. the rest is created (client) or requested (freelancer), unless the project's guard says no.

A freelancer's own pending request that the plan words otherwise by now, or lists under `withdraw`, is withdrawn; in the
first case it is asked for again in the new words, as a change of its own. So is one whose milestone the client made
beside it; the milestone is adopted once the request is gone.

What may be paid for, and in which order, `assistant/turns.py` then decides where a site has rules for it.

Rows that the plan ignores, and rows that ended (cancelled, declined), match nothing and count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assistant.changes import (
    ACTS,
    SPENDS,
    Change,
    ChangeKind,
    Memory,
    Ways,
    is_its_cart,
    label_of,
    may_have,
    normalised,
)
from assistant.journal.attempts import Claim
from assistant.journal.sightings import RowKind, SeenRow, rows_of
from assistant.money import Money
from assistant.parts import parts_of
from assistant.plans.planned import PlannedMilestone, PlannedProject
from assistant.renamed import made_under_another_key
from assistant.site import ENDED, Look, MilestoneState, ProjectStatus, Role, SiteProject
from assistant.turns import as_the_pool_pays, oldest_first, pay_into_pool, wait_for_turn


@dataclass
class _Matching:
    """One project's planned milestones on their way to changes; `rows` shrinks as they are claimed."""

    planned: PlannedProject
    project: SiteProject
    role: Role
    again: frozenset[str]
    memory: Memory
    rows: list[SeenRow]
    changes: dict[str, Change]
    ways: Ways = field(default_factory=Ways)
    withdrawals: dict[str, Change] = field(default_factory=dict)
    inherited: dict[str, Claim] = field(default_factory=dict)
    """By key: the claim of a dropped key that counts for it."""

    def settle(
        self, milestone: PlannedMilestone, kind: ChangeKind, reason: str = "", row: SeenRow | None = None
    ) -> None:
        """Decide one milestone and take its row out of the matching."""
        before = self.claim_of(milestone) if kind in ACTS and milestone.key in self.again else None
        self.changes[milestone.key] = Change(
            self.project,
            milestone.key,
            kind,
            milestone.description,
            milestone.amount,
            reason,
            row,
            before.site_ref if before else "",
        )
        self._take_out(row)

    def claim_of(self, milestone: PlannedMilestone) -> Claim | None:
        """What is known to have been made for a milestone, also under another key. Asked once rows are matched."""
        key = milestone.key
        if key not in self.memory.claims and key not in self.inherited:
            spoken_for = {(c.row.kind, c.row.site_ref) for c in self.changes.values() if c.row is not None}
            spoken_for |= {(claim.kind, claim.site_ref) for claim in self.inherited.values()}
            if before := made_under_another_key(milestone, self.planned, self.memory, spoken_for):
                self.inherited[key] = before
        return self.memory.claims.get(key) or self.inherited.get(key)

    @property
    def left(self) -> list[PlannedMilestone]:
        return [m for m in self.planned.milestones if m.key not in self.changes and not self.is_withdrawn(m.key)]

    def is_withdrawn(self, key: str) -> bool:
        """Whether the plan wants this request taken back and nothing in its place."""
        return key in self.planned.withdraw and key in self.withdrawals

    def withdraw(self, milestone: PlannedMilestone, row: SeenRow, reason: str) -> None:
        """Take a pending request back, and its row out of the matching."""
        self.withdrawals[milestone.key] = Change(
            self.project, milestone.key, ChangeKind.WITHDRAW, row.description, row.amount, reason, row
        )
        self._take_out(row)

    def _take_out(self, row: SeenRow | None) -> None:
        if row is not None and row in self.rows:
            self.rows.remove(row)


def changes_of(
    planned: PlannedProject,
    look: Look,
    memory: Memory,
    role: Role,
    again: frozenset[str] = frozenset(),
    *,
    ways: Ways,
) -> list[Change]:
    """The changes of one project, in the plan's order. `again` holds keys that a person asked to make once more."""
    matching = _Matching(
        planned=planned,
        project=look.project,
        role=role,
        again=again,
        memory=memory,
        # Sorted, so that of twins the same one is taken whichever way round a page or the journal lists them.
        rows=sorted(
            (
                row
                for row in rows_of(look)
                if row.site_ref not in planned.ignore and (row.kind, row.site_ref) not in memory.claimed_elsewhere
            ),
            key=oldest_first,
        ),
        changes={},
        ways=ways,
    )
    _block_unfit_project(matching)
    _match_by_ref(matching)
    _match_parts(matching)
    _match_exactly(matching)
    _match_own_carts(matching)
    _find_beside(matching)
    _block_near_matches(matching)
    _find_gone(matching)
    _make_the_rest(matching)
    pay_into_pool(matching.changes, look.pool)
    if ways.one_active:
        wait_for_turn(matching.changes, look)
    _guard_project(matching)
    _hold_while_unknown(matching)
    in_order = [(matching.withdrawals.get(m.key), matching.changes.get(m.key)) for m in planned.milestones]
    return as_the_pool_pays([change for pair in in_order for change in pair if change is not None], look.pool)


def _block_unfit_project(matching: _Matching) -> None:
    """Nothing is made on a project in another currency; on one that has ended, only what stands is matched."""
    planned, project = matching.planned, matching.project
    if planned.total.currency.code != project.currency:
        for milestone in matching.left:
            matching.settle(
                milestone,
                ChangeKind.BLOCKED,
                f"the plan says {planned.total.currency.code}, the project is in {project.currency}",
            )


def _match_by_ref(matching: _Matching) -> None:
    """Rows that the plan or the journal names."""
    by_ref = {(row.kind, row.site_ref): row for row in matching.rows}
    for milestone in matching.left:
        if milestone.site_ref is not None:
            named = by_ref.get((RowKind.MILESTONE, milestone.site_ref)) or by_ref.get(
                (RowKind.REQUEST, milestone.site_ref)
            )
            _settle_named(matching, milestone, named)
        elif claim := matching.memory.claims.get(milestone.key):
            row = by_ref.get((claim.kind, claim.site_ref))
            if row is not None and not _over(row):
                _settle_claimed(matching, milestone, row)


def _match_own_carts(matching: _Matching) -> None:
    """A cart that a run left unpaid, and that the site lists with its fees: after what stands, as any other cart."""
    for milestone in matching.left:
        if milestone.key not in matching.memory.claims and (row := _own_cart(matching, milestone)) is not None:
            matching.settle(milestone, ChangeKind.CONFIRM, f"{_told(row)}: a run left it unpaid", row)


def _own_cart(matching: _Matching, milestone: PlannedMilestone) -> SeenRow | None:
    """The cart that an attempt at exactly this left unpaid, whatever sum the site lists it with: its page is read."""
    attempt = matching.memory.left_unpaid.get(milestone.key)
    if attempt is None or attempt.cart is None or matching.role is not Role.CLIENT:
        return None
    if label_of(attempt.description, attempt.amount) != label_of(milestone.description, milestone.amount):
        return None
    waiting = MilestoneState.AWAITING_PAYMENT
    return next((row for row in matching.rows if row.state is waiting and is_its_cart(row, attempt)), None)


def _over(row: SeenRow) -> bool:
    return row.state in ENDED


def _settle_named(matching: _Matching, milestone: PlannedMilestone, row: SeenRow | None) -> None:
    """The plan says which row it is: a person's word, whatever the row's text."""
    if row is None:
        matching.settle(
            milestone, ChangeKind.BLOCKED, f"the plan names #{milestone.site_ref}, which the project does not show"
        )
        return
    if other := _holder(matching, milestone, row):
        reason = f"the plan names #{milestone.site_ref}, which is {other} already"
        matching.settle(milestone, ChangeKind.BLOCKED, reason)
        return
    claim = matching.memory.claims.get(milestone.key)
    known = claim is not None and (claim.kind, claim.site_ref) == (row.kind, row.site_ref)
    differs = "" if row.amount == milestone.amount else f", {row.amount} on the site"
    kind = ChangeKind.KEEP if known else ChangeKind.ADOPT
    matching.settle(milestone, kind, f"named in the plan, {row.state}{differs}", row)


def _holder(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> str | None:
    """Another milestone of the plan that a named row stands for: named as well, or the journal's own."""
    for other in matching.planned.milestones:
        if other.key == milestone.key:
            continue
        change, claim = matching.changes.get(other.key), matching.memory.claims.get(other.key)
        if change is not None and change.row == row:
            return other.key
        if other.site_ref is None and claim is not None and (claim.kind, claim.site_ref) == (row.kind, row.site_ref):
            return other.key
    return None


def _settle_claimed(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> None:
    differs = label_of(row.description, row.amount) != label_of(milestone.description, milestone.amount)
    pending = row.kind is RowKind.REQUEST and row.state is MilestoneState.REQUESTED
    if matching.role is Role.FREELANCER and pending and (differs or milestone.key in matching.planned.withdraw):
        taken_back = milestone.key in matching.planned.withdraw
        matching.withdraw(milestone, row, "taken back, as the plan says" if taken_back else "to be asked for anew")
    elif differs:
        matching.settle(
            milestone, ChangeKind.BLOCKED, f"differs from {_told(row)}: {_spell_out(matching, row, milestone.key)}", row
        )
    elif row.kind is RowKind.REQUEST and matching.role is Role.CLIENT:
        pass  # a client's claim is on milestones; a request is accepted by the exact match
    elif row.state is MilestoneState.AWAITING_PAYMENT and matching.role is Role.CLIENT:
        _settle_unpaid(matching, milestone, row)
    else:
        matching.settle(milestone, ChangeKind.KEEP, row.state, row)


def _settle_unpaid(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> None:
    """A milestone of ours that waits for payment. One that was paid for before is not paid again without a word."""
    kind, reason = ChangeKind.CONFIRM, "stands, not paid for"
    if (row.kind, row.site_ref) in matching.memory.once_paid and milestone.key not in matching.again:
        place = f"{matching.project.ref}/{milestone.key}"
        kind = ChangeKind.GONE
        reason = f"#{row.site_ref} was paid for, and waits for payment again; --again {place} pays once more"
    matching.settle(milestone, kind, reason, row)


def _match_parts(matching: _Matching) -> None:
    """A milestone of ours that was released in parts has new rows, which share its words and add up to it."""
    for milestone in matching.left:
        if milestone.key not in matching.memory.claims:
            continue
        unclaimed = [row for row in matching.rows if not _claimed(matching, row)]
        if parts := parts_of(milestone.description, milestone.amount, unclaimed):
            told = " + ".join(f"{row.amount} {row.state}" for row in parts)
            matching.settle(milestone, ChangeKind.KEEP, f"released in parts: {told}", parts[-1])
            matching.rows = [row for row in matching.rows if row not in parts]


def _match_exactly(matching: _Matching) -> None:
    """Multiset matching: milestones before carts before requests, in the order of the plan, older rows first."""
    order = {RowKind.MILESTONE: 0, RowKind.CART: 1, RowKind.REQUEST: 2}
    for milestone in matching.left:
        fits = [row for row in matching.rows if _fits(matching, milestone, row)]
        if not fits:
            continue
        row = min(fits, key=lambda fit: order[fit.kind])
        kind, reason = _meaning(matching, milestone, row)
        claim = matching.claim_of(milestone) if kind in SPENDS and milestone.key not in matching.again else None
        if claim and claim.kind is RowKind.MILESTONE:
            # It was there and paid for once: what waits in its place now is not paid for without a person's word.
            kind, why = _made_before(matching, milestone, claim)
            reason = f"{why}: {reason}"
        matching.settle(milestone, kind, reason, row)


def _fits(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> bool:
    """Whether a row that has not ended, and that nobody has a claim on, has exactly these words and this amount."""
    same = label_of(row.description, row.amount) == label_of(milestone.description, milestone.amount)
    return same and not _over(row) and not _claimed(matching, row)


def _claimed(matching: _Matching, row: SeenRow) -> bool:
    """Whether a row belongs to a milestone of this plan. A key that the plan has dropped holds nothing."""
    claims = matching.memory.claims
    return any(
        (claims[m.key].kind, claims[m.key].site_ref) == (row.kind, row.site_ref)
        for m in matching.planned.milestones
        if m.key in claims
    )


def _meaning(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> tuple[ChangeKind, str]:
    """What an exact match that is not ours yet stands for."""
    if row.state is MilestoneState.UNCLEAR:
        return ChangeKind.BLOCKED, f"{_told(row)}: no rule says what “{row.raw}” means"
    if matching.role is Role.CLIENT:
        if row.kind is RowKind.CART or row.state is MilestoneState.AWAITING_PAYMENT:
            return ChangeKind.CONFIRM, f"{_told(row)} waits for payment"
        if row.kind is RowKind.REQUEST:
            return matching.ways.accept, f"the freelancer asked for it in request #{row.site_ref}"
    elif row.kind is RowKind.MILESTONE and milestone.key in matching.memory.claims:
        return ChangeKind.KEEP, f"the request became milestone #{row.site_ref}, {row.state}"
    return ChangeKind.ADOPT, f"stands already as #{row.site_ref}, {row.state}"


def _find_beside(matching: _Matching) -> None:
    """A pending request beside a milestone of the same words and amount, which the client made without accepting it.

    The milestone is what was wanted. The request could be accepted still, and paid for a second time: it is taken back.
    """
    if matching.role is not Role.FREELANCER:
        return
    for milestone in matching.planned.milestones:
        change = matching.changes.get(milestone.key)
        request = change.row if change is not None and change.kind is ChangeKind.KEEP else None
        if request is None or (request.kind, request.state) != (RowKind.REQUEST, MilestoneState.REQUESTED):
            continue
        made = next((row for row in matching.rows if _is_made(matching, milestone, row)), None)
        if made is None or milestone.site_ref is not None:
            continue
        told = f"not needed any more: #{made.site_ref} stands, {made.state}"
        matching.withdraw(milestone, request, told)
        reason = f"stands as #{made.site_ref}, {made.state}, beside the request for it"
        matching.settle(milestone, ChangeKind.ADOPT, reason, made)


def _is_made(matching: _Matching, milestone: PlannedMilestone, row: SeenRow) -> bool:
    """Whether a row is a milestone that is what was planned, in a state that a rule knows."""
    known = row.kind is RowKind.MILESTONE and row.state is not MilestoneState.UNCLEAR
    return known and _fits(matching, milestone, row)


def _block_near_matches(matching: _Matching) -> None:
    for milestone in matching.left:
        near = [row for row in matching.rows if not _over(row) and not _claimed(matching, row)]
        like = next(
            (
                row
                for row in near
                if row.amount == milestone.amount or normalised(row.description) == normalised(milestone.description)
            ),
            None,
        )
        if like is not None:
            # The row stays in the matching: it may look like several planned milestones.
            matching.changes[milestone.key] = Change(
                matching.project,
                milestone.key,
                ChangeKind.BLOCKED,
                milestone.description,
                milestone.amount,
                f"looks like {_told(like)}: {_mend(matching, like, milestone.key)}",
                like,
            )


def _find_gone(matching: _Matching) -> None:
    for milestone in matching.left:
        claim = matching.claim_of(milestone)
        corrected = milestone.key in matching.withdrawals
        if claim is None or corrected or milestone.key in matching.again:
            continue
        matching.settle(milestone, *_made_before(matching, milestone, claim), _row_of(matching, claim))


def _made_before(matching: _Matching, milestone: PlannedMilestone, claim: Claim) -> tuple[ChangeKind, str]:
    """What becomes of a milestone that was there before and is not found as it was."""
    row, place = _row_of(matching, claim), f"{matching.project.ref}/{milestone.key}"
    was = "" if claim.key == milestone.key else f" (made as {claim.key})"
    if row is not None and not _over(row):
        return ChangeKind.BLOCKED, f"differs from {_told(row)}{was}: {_spell_out(matching, row, milestone.key)}"
    since = (matching.memory.gone_since or {}).get(claim.key, claim.since)[:16].replace("T", " ")
    what = row.state if row else "gone"
    return ChangeKind.GONE, f"#{claim.site_ref}{was} {what} since {since} UTC; --again {place} makes it once more"


def _row_of(matching: _Matching, claim: Claim) -> SeenRow | None:
    return next((row for row in matching.rows if (row.kind, row.site_ref) == (claim.kind, claim.site_ref)), None)


def _make_the_rest(matching: _Matching) -> None:
    kind = matching.ways.create if matching.role is Role.CLIENT else ChangeKind.REQUEST
    for milestone in matching.left:
        if matching.project.status is ProjectStatus.PAST:
            matching.settle(milestone, ChangeKind.BLOCKED, "the project has ended")
        elif not matching.ways.puts_up:
            other = Role.FREELANCER if matching.role is Role.CLIENT else Role.CLIENT
            told = f"on this platform the {other} puts it up: ask them"
            matching.settle(milestone, ChangeKind.BLOCKED, told)
        elif milestone.key in matching.planned.withdraw:
            matching.settle(milestone, ChangeKind.KEEP, "taken back, as the plan says")
        else:
            matching.settle(milestone, kind, _why_made(matching, milestone.key))


def _why_made(matching: _Matching, key: str) -> str:
    if key in matching.withdrawals:
        return "in the plan's new words"
    return "once more, as asked" if key in matching.again else ""


def _guard_project(matching: _Matching) -> None:
    """What stands, open carts and what would be made may not be more than the project's planned total."""
    total = matching.planned.total
    standing = sum(
        (amount.minor for row in _counted(matching) if (amount := _counts(matching, row)).currency == total.currency),
        start=0,
    )
    for key, change in matching.changes.items():
        if change.kind not in {matching.ways.create, ChangeKind.REQUEST}:
            continue
        if standing + change.amount.minor > total.minor:
            stands = Money(standing, total.currency)
            matching.changes[key] = replace(
                change,
                kind=ChangeKind.BLOCKED,
                reason=f"{stands} stand or are planned before it, with {change.amount} more than the plan's {total}; "
                "put what stands into the plan, or into ignore = [...]",
            )
        else:
            standing += change.amount.minor


def _counted(matching: _Matching) -> Iterable[SeenRow]:
    """Rows that stand for money: all milestones and carts of the page, and for a freelancer the pending requests."""
    kinds = {RowKind.MILESTONE, RowKind.CART}
    if matching.role is Role.FREELANCER:
        kinds = {RowKind.MILESTONE, RowKind.REQUEST}
    matched = [change.row for change in matching.changes.values() if change.row is not None]
    accepted = [c.row for c in matching.changes.values() if c.kind is matching.ways.accept and c.row is not None]
    seen = {(row.kind, row.site_ref): row for row in [*matching.rows, *matched] if row.kind in kinds}
    seen |= {(row.kind, row.site_ref): row for row in accepted}
    return [row for row in seen.values() if not _over(row)]


def _counts(matching: _Matching, row: SeenRow) -> Money:
    """What a row counts for: a cart that is to be paid without the fees that a site may list it with."""
    paid = (c.amount for c in matching.changes.values() if c.kind is ChangeKind.CONFIRM and c.row == row)
    return next(paid, row.amount)


def _hold_while_unknown(matching: _Matching) -> None:
    """While one outcome is unknown nothing more is done to the project."""
    unsettled = matching.memory.open_attempts
    if not unsettled:
        return
    attempt = unsettled[0]
    until = (matching.memory.until or {}).get(attempt.id)
    wait = f"; absence settles it from {until[:16].replace('T', ' ')} UTC" if until else ""
    for changes in (matching.changes, matching.withdrawals):
        for key, change in changes.items():
            if change.kind in ACTS or change.kind is ChangeKind.GONE:
                which = "this" if key == attempt.key else attempt.key
                reason = f"{which} {may_have(attempt.change)} in run {attempt.run_id}, not settled yet{wait}"
                changes[key] = replace(change, kind=ChangeKind.BLOCKED, reason=reason)


def _told(row: SeenRow) -> str:
    return f"{row.kind} #{row.site_ref} “{row.description}” {row.amount} {row.state}"


def _mend(matching: _Matching, row: SeenRow, key: str) -> str:
    if matching.planned.split or matching.planned.template:
        named = f'write site_refs = {{ {key} = "{row.site_ref}" }} on the project'
    else:
        named = f'write site_ref = "{row.site_ref}" on the milestone'
    return f'{named}, or ignore = ["{row.site_ref}"] on the project'


def _spell_out(matching: _Matching, row: SeenRow, key: str) -> str:
    """What to do about a milestone that stands, and that the plan words or counts otherwise by now."""
    way = "split" if matching.planned.split else "template" if matching.planned.template else None
    if way is None:
        return _mend(matching, row, key)
    return (
        f"the {way} or the total was changed after it stood; put it back, or spell the project out "
        "(milepost plan show PLAN --as-list) and change only what does not stand"
    )
