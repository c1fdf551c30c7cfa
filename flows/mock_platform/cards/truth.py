"""What really stands on this kind of site: the shared truth, with its own words and addresses."""

from typing import Any

from flows.mock_platform import truth as shared
from flows.mock_platform.cards.contracts import WORDS, approve_what_is_due
from flows.mock_platform.site import Site


def truth(site: Site) -> dict[str, Any]:
    """The whole truth as JSON. There are no carts and no requests."""
    with site.write() as tx:
        approve_what_is_due(tx)
    found = shared.truth(site)
    for project in found["projects"]:
        project["url"] = f"/contracts/{project['ref']}"
        project["requests"] = []
        for row in project["milestones"]:
            row["raw"] = WORDS[row["status"]]
    return {**found, "carts": [], "tokens": {}}
