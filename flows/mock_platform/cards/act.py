"""Another party acts on this kind of site: the client adds, funds or approves, the freelancer submits."""

from typing import Any

from flows.mock_platform import act as shared
from flows.mock_platform import milestones
from flows.mock_platform.act import BadAct, Target
from flows.mock_platform.cards import contracts
from flows.mock_platform.site import Site
from flows.mock_platform.store import Tx


def act(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    """Carry out an act. Raises BadAct, or ApiError when the site's rules refuse."""
    return shared.act(site, body, _ACTIONS)


def _fund(tx: Tx, target: Target, site: Site) -> None:
    contracts.fund(tx, target.the_milestone(), site.knobs)


def _submit(tx: Tx, target: Target, site: Site) -> None:
    contracts.submit(tx, target.the_milestone())


def _release(tx: Tx, target: Target, site: Site) -> None:
    row = target.the_milestone()
    if row["status"] == "frozen":
        contracts.submit(tx, row)
    contracts.approve(tx, milestones.get(tx, row["ref"]) or row)


def _add(tx: Tx, target: Target, site: Site) -> None:
    contracts.stand(tx, target.project, target.minor(), target.description())


def _no_requests(tx: Tx, target: Target, site: Site) -> None:
    raise BadAct("there are no requests on this kind of site")


_ACTIONS: dict[str, Any] = {
    **shared.ACTIONS,
    "fund": _fund,
    "request_release": _submit,
    "release": _release,
    "add": _add,
    "reject": _no_requests,
}
