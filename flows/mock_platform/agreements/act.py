"""Another party acts: the freelancer proposes or invoices, the client agrees or pays in, time pays an invoice."""

from typing import Any

from flows.mock_platform import act as shared
from flows.mock_platform import carts, milestone_requests, milestones
from flows.mock_platform.act import BadAct, Target
from flows.mock_platform.site import Site
from flows.mock_platform.store import Tx


def act(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    """Carry out an act. Raises BadAct, or ApiError when the site's rules refuse."""
    return shared.act(site, body, _ACTIONS)


def accept(tx: Tx, target: Target, site: Site) -> None:
    """A proposal becomes an agreed milestone; no money moves."""
    if target.request is None:
        raise BadAct("accept needs a request")
    row = milestone_requests.pending(tx, target.request["ref"], target.project)
    milestone_requests.decide(tx, row, "created")
    milestones.create(tx, target.project, row["minor"], row["description"])


def _fund(tx: Tx, target: Target, site: Site) -> None:
    """Money into the pool: of a milestone's amount, or of any."""
    default = None if target.milestone is None else int(target.milestone["minor"])
    carts.deposit(tx, target.project, target.minor(default), "balance", site.knobs)


def _cancel(tx: Tx, target: Target, site: Site) -> None:
    """Off the agreement; what was paid in stays in the pool."""
    milestones.force(tx, target.the_milestone(), status="canceled")


_ACTIONS: dict[str, Any] = {
    **shared.ACTIONS,
    "accept": accept,
    "fund": _fund,
    "cancel": _cancel,
    "request_cancel": _cancel,
}
