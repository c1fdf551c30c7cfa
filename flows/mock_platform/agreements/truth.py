"""What really stands on this kind of site: the shared truth, with its own words, and the pool of each job."""

from typing import Any

from flows.mock_platform import money
from flows.mock_platform import truth as shared
from flows.mock_platform.agreements.pool import PROPOSALS, WORDS, agreed, covered, pool_of, really
from flows.mock_platform.site import Site
from flows.mock_platform.store import Tx


def truth(site: Site) -> dict[str, Any]:
    """The whole truth as JSON. There are no carts; deposits are charges."""
    found = shared.truth(site)
    with site.store.read() as tx:
        for project in found["projects"]:
            _tell(tx, project)
    return {**found, "carts": [], "tokens": {}}


def _tell(tx: Tx, project: dict[str, Any]) -> None:
    ref, code = int(project["ref"]), project["currency"]
    pool = pool_of(tx, ref, really)
    funded = covered(agreed(tx, ref, really), pool)
    project["url"] = f"/jobs/{ref}"
    project["pool"] = {"deposited": money.to_text(pool.deposited, code), "left": money.to_text(pool.left, code)}
    for row in project["milestones"]:
        row["raw"] = WORDS[row["status"]]
        unpaid = row["state"] in ("funded", "release_requested") and int(row["ref"]) not in funded
        row["state"] = "awaiting_payment" if unpaid else row["state"]
    for row in project["requests"]:
        row["raw"] = PROPOSALS[row["status"]]
