"""The site's truth held against what was approved, and against what the journal says. Nothing here reads a page.

`problems` are sentences; none is the only good number. "Duplicate" and "lost" are the two that must never be seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.journal import Attempt, AttemptState, Claim
from assistant.plans.planned import Plan
from assistant.single import SingleKind
from tests.faults.cells import COURSE, STUDENTS, Way

Label = tuple[str, str, str]
"""(project, description, amount) of a planned milestone."""

MAY_BE = (AttemptState.DONE, AttemptState.UNKNOWN, AttemptState.SUBMITTING, AttemptState.IN_CART, AttemptState.PAYING)


@dataclass
class Books:
    """What one run, or several, made of the site. `stands` counts the planned milestones that stand there."""

    planned: int
    stands: int = 0
    duplicates: int = 0
    lost: int = 0
    open_carts: int = 0
    problems: list[str] = field(default_factory=list)

    def wrong(self, problem: str) -> None:
        self.problems.append(problem)


def audit_apply(
    before: dict[str, Any],
    after: dict[str, Any],
    plan: Plan,
    way: Way,
    attempts: Sequence[Attempt],
    claims: Sequence[Claim],
) -> Books:
    """Judge a plan's carrying out, whole or in part, by the truth before it and now."""
    keys = {
        (str(project.ref), m.description, m.amount.amount_text): m.key
        for project in plan.projects
        for m in project.milestones
    }
    rows = new_rows(before, after, client=way.client, paid=way.stands == "milestones")
    books = Books(planned=len(keys), stands=sum(1 for label in keys if rows[label]))
    books.open_carts = sum(1 for cart in after["carts"] if cart["status"] == "open")
    for label, count in rows.items():
        if label not in keys:
            books.wrong(f"nobody planned {label}, and {count} stand")
        elif count > 1:
            books.duplicates += count - 1
            books.wrong(f"{label} stands {count} times")
    paid = new_rows(before, after, client=True, paid=True) if way.client else Counter[Label]()
    _money(books, before, after, way.account, paid)
    _memory(books, keys, rows, attempts, claims)
    return books


def new_rows(before: dict[str, Any], after: dict[str, Any], *, client: bool, paid: bool) -> Counter[Label]:
    """The rows that came to stand: a client's milestones (with `paid` only paid ones), or a freelancer's requests."""
    kind = "milestones" if client else "requests"

    def stands(row: dict[str, Any]) -> bool:
        ended = row["status"] in ("canceled", "deleted", "rejected")
        return not ended and not (paid and row["state"] == "awaiting_payment")

    old = {row["ref"] for project in before["projects"] for row in project[kind] if stands(row) or not paid}
    found: Counter[Label] = Counter()
    for project in after["projects"]:
        for row in project[kind]:
            if row["ref"] not in old and stands(row):
                found[(project["ref"], row["description"], row["amount"])] += 1
    return found


def _money(books: Books, before: dict[str, Any], after: dict[str, Any], login: str, rows: Counter[Label]) -> None:
    """Each row was charged once, with its own amount, and the balance is lower by exactly that."""
    old = {charge["ref"] for charge in before["charges"]}
    charges = [charge for charge in after["charges"] if charge["ref"] not in old]
    charged = Counter((charge["project"], charge["amount"]) for charge in charges)
    owed = Counter({(project, amount): 0 for project, _, amount in rows})
    for (project, _, amount), count in rows.items():
        owed[(project, amount)] += count
    if +charged != +owed:
        books.wrong(f"charged {dict(charged)}, and the rows that stand are worth {dict(owed)}")
    paid = sum((Decimal(charge["amount"]) for charge in charges), Decimal(0))
    was, now = (Decimal(truth["balances"][login].get("USD", "0")) for truth in (before, after))
    if was - now != paid:
        books.wrong(f"the balance is lower by {was - now}, and the charges come to {paid}")


def _memory(
    books: Books,
    keys: dict[Label, str],
    rows: Counter[Label],
    attempts: Sequence[Attempt],
    claims: Sequence[Claim],
) -> None:
    """The journal says of each planned milestone nothing that the site contradicts."""
    claimed = {(claim.project_ref, claim.key) for claim in claims}
    for label, key in keys.items():
        tries = [a for a in attempts if (a.project_ref, a.key) == (label[0], key)]
        may_be = [a for a in tries if a.state in MAY_BE]
        if rows[label] and not may_be and (label[0], key) not in claimed:
            books.lost += 1
            books.wrong(f"{label} stands, and the journal says {[a.state.value for a in tries] or 'nothing'}")
        if not rows[label] and any(a.state is AttemptState.DONE for a in tries):
            books.wrong(f"{label} does not stand, and the journal says done")


def audit_release(
    before: dict[str, Any], after: dict[str, Any], kind: SingleKind, attempts: Sequence[Attempt]
) -> Books:
    """Judge a single step: the milestone moved or it did not, nothing else did, and no journal says otherwise."""
    books = Books(planned=1)
    now, was = _row(after), _row(before)
    wanted = "released" if kind is SingleKind.RELEASE else "release_requested"
    moved = now["state"] == wanted
    books.stands = int(moved)
    if not moved and now != was:
        books.wrong(f"the milestone is {now}, was {was}")
    if now["amount"] != was["amount"] or _others(after) != _others(before):
        books.wrong("something else than the one milestone changed")
    steps = [attempt for attempt in attempts if attempt.change == kind.value]
    if moved and not any(attempt.state in MAY_BE for attempt in steps):
        books.lost += 1
        books.wrong(f"it is {wanted}, and the journal says {[a.state.value for a in steps]}")
    if not moved and any(attempt.state is AttemptState.DONE for attempt in steps):
        books.wrong(f"it is not {wanted}, and the journal says done")
    return books


def _row(truth: dict[str, Any]) -> dict[str, Any]:
    project = next(project for project in truth["projects"] if project["ref"] == COURSE)
    row: dict[str, Any] = next(row for row in project["milestones"] if row["ref"] == STUDENTS)
    return row


def _others(truth: dict[str, Any]) -> str:
    """Everything but the one milestone, so that it can be compared."""
    rest = [
        [project["ref"], [row for row in project["milestones"] if row["ref"] != STUDENTS], project["requests"]]
        for project in truth["projects"]
    ]
    return json.dumps([rest, truth["charges"], truth["carts"], truth["balances"]["anna"]], sort_keys=True)
