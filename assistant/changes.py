"""What would be done about planned milestones: the kinds of change, one change, and what they come to.

How changes come about is in `assistant/matching.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.journal.attempts import Attempt, Claim
from assistant.journal.sightings import RowKind, SeenRow
from assistant.money import Money
from assistant.site import SiteProject


class ChangeKind(StrEnum):
    """What a run would do about one planned milestone."""

    CREATE = "create"
    ACCEPT = "accept"
    PUT_UP = "put_up"
    """Like create, where that takes no money: the milestone stands unpaid until it is confirmed."""
    AGREE = "agree"
    """Like accept, where that takes no money: the milestone stands unpaid until it is confirmed."""
    CONFIRM = "confirm"
    REQUEST = "request"
    WITHDRAW = "withdraw"
    ADOPT = "adopt"
    KEEP = "keep"
    BLOCKED = "blocked"
    GONE = "gone"


SPENDS = frozenset({ChangeKind.CREATE, ChangeKind.ACCEPT, ChangeKind.CONFIRM})
"""Changes that take the client's money."""

ASKS = SPENDS | {ChangeKind.REQUEST, ChangeKind.PUT_UP, ChangeKind.AGREE}
"""Changes with an amount that a person approves by typing it."""

ACTS = ASKS | {ChangeKind.WITHDRAW}
"""Changes for which the browser submits something."""


def may_have(change: str) -> str:
    """What may have become of a change (or step) of this kind whose outcome is not known."""
    return "may have been paid" if change in SPENDS else "may have gone through"


@dataclass(frozen=True)
class Ways:
    """How milestones come about on a platform for one side of it: what its profile means for the kinds of change."""

    puts_up: bool = True
    """Whether this side puts milestones up: a client creates them, a freelancer asks for them."""
    paid_later: bool = False
    """Whether what is put up or accepted stands unpaid, until a confirmation of its own pays for it."""
    one_active: bool = False
    """Whether a milestone can be paid for only once those before it have ended."""

    @property
    def create(self) -> ChangeKind:
        """What a client does about a milestone that nobody has put up."""
        return ChangeKind.PUT_UP if self.paid_later else ChangeKind.CREATE

    @property
    def accept(self) -> ChangeKind:
        """What a client does about a freelancer's request for a milestone."""
        return ChangeKind.AGREE if self.paid_later else ChangeKind.ACCEPT


@dataclass(frozen=True)
class Change:
    """One line of a preview. `row` is the row of the site that it is about, where there is one."""

    project: SiteProject
    key: str
    kind: ChangeKind
    description: str
    amount: Money
    reason: str = ""
    row: SeenRow | None = None
    in_place_of: str = ""
    """The site_ref of what was there before and is made once more, because a person asked for it."""

    def signature(self) -> tuple[str, ...]:
        """What has to be the same still when the project is looked at again."""
        row = (self.row.kind, self.row.site_ref, self.row.state) if self.row else ("", "", "")
        return (self.project.ref, self.key, self.kind, self.description, str(self.amount), *row, self.in_place_of)


Label = tuple[str, Money]
"""What two milestones have to share to be the same: the normalised description, and the amount."""


@dataclass(frozen=True)
class Memory:
    """What the journal knows about one project of one account."""

    claims: Mapping[str, Claim]
    """By key."""
    claimed_elsewhere: frozenset[tuple[RowKind, str]] = frozenset()
    """Rows that belong to another project or plan of the account."""
    open_attempts: tuple[Attempt, ...] = ()
    gone_since: Mapping[str, str] | None = None
    """By key: when the claimed row was last seen standing."""
    until: Mapping[int, str] | None = None
    """By attempt number: when absence will settle it."""
    left_unpaid: Mapping[str, Attempt] = field(default_factory=dict)
    """By key: the attempt that left its cart unpaid. A site may list the cart with its fees, as another amount."""
    once_paid: frozenset[tuple[RowKind, str]] = frozenset()
    """Rows that were seen holding the client's money before."""
    made_as: Mapping[str, frozenset[Label]] = field(default_factory=dict)
    """By key: what the claimed row was made as, and what it was last seen as."""


def normalised(description: str) -> str:
    """A description as it is compared: composed characters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", description).split())


def label_of(description: str, amount: Money) -> Label:
    """A description and an amount as they are compared."""
    return normalised(description), amount


def is_its_cart(row: SeenRow, attempt: Attempt) -> bool:
    """Whether a row is the cart that the attempt came to."""
    return row.kind is RowKind.CART and attempt.cart is not None and row.site_ref == attempt.cart["cart"]


def totals_of(changes: Sequence[Change], kinds: frozenset[ChangeKind]) -> dict[str, Money]:
    """What the changes of `kinds` come to, by currency code."""
    sums: dict[str, Money] = {}
    for change in changes:
        if change.kind in kinds:
            code = change.amount.currency.code
            sums[code] = sums[code] + change.amount if code in sums else change.amount
    return sums
