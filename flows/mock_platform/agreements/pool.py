"""The pool of a job: what was paid in, what is in it now, and which agreed milestones it covers, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.mock_platform import carts
from flows.mock_platform.site import shown as as_shown
from flows.mock_platform.store import Row, Tx

WORDS = {
    "pending": "Agreed",
    "frozen": "Agreed",
    "requested_release": "Invoiced",
    "cleared": "Paid",
    "canceled": "Cancelled",
    "disputed": "Disputed",
}
"""The word for a milestone's status. Whether it is funded is said nowhere: that is the pool's matter."""

PROPOSALS = {"pending": "Proposed", "rejected": "Declined", "deleted": "Withdrawn", "created": "Accepted"}
_OVER = ("cleared", "canceled")


@dataclass(frozen=True)
class Pool:
    """Minor units: `deposited` in all, `left` in it now."""

    deposited: int
    left: int


Rows = Sequence[dict[str, Any]]


def really(row: Row) -> dict[str, Any]:
    """A row as it stands, whatever pages show of it."""
    return dict(row)


def pool_of(tx: Tx, project: int, see: Callable[[Row], dict[str, Any] | None] = as_shown) -> Pool:
    """The pool of a job, as pages show it or (`really`) as it is."""
    deposits = [row for row in tx.all("SELECT * FROM carts WHERE project = ?", project) if see(row) is not None]
    deposited = sum(carts.subtotal(tx, row["ref"]) for row in deposits)
    paid = sum(row["minor"] for row in agreed(tx, project, see) if row["status"] == "cleared")
    return Pool(deposited, deposited - paid)


def agreed(tx: Tx, project: int, see: Callable[[Row], dict[str, Any] | None] = as_shown) -> Rows:
    """The agreed milestones of a job, in the order in which they were agreed: in that order the pool pays."""
    rows = tx.all("SELECT * FROM milestones WHERE project = ? ORDER BY ref", project)
    return [row for each in rows if (row := see(each)) is not None]


def covered(rows: Rows, pool: Pool) -> set[int]:
    """The refs of the milestones that the pool covers: the first ones that fit into it, and none after."""
    left, found = pool.left, set()
    for row in rows:
        if row["status"] in _OVER:
            continue
        left -= row["minor"]
        if left < 0:
            break
        found.add(int(row["ref"]))
    return found


def fill(tx: Tx, site_knobs: Any) -> None:
    """After a seed: each job's pool covers what the seed calls frozen or later, as if the client had paid it in."""
    for project in tx.all("SELECT * FROM projects ORDER BY ref"):
        rows = agreed(tx, project["ref"], really)
        if minor := sum(row["minor"] for row in rows if row["status"] != "canceled"):
            carts.deposit(tx, project, minor, None, site_knobs)
