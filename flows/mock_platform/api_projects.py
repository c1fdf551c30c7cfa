"""GET calls about projects: the API's lists and what My Projects loads."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.mock_platform import money, objects, projects, reads
from flows.mock_platform.answers import api, require_user, succeed, whole
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.projects import FILTERS, PAGE_SIZES, TABS, Where
from flows.mock_platform.site import site_of
from flows.mock_platform.store import Row


@api
async def get_projects(request: Request) -> Response:
    """`projects[]`, `seo_urls[]` or `owners[]`: projects that the user takes part in, by id."""
    user, site = require_user(request), site_of(request)
    wanted = request.query_params
    found: dict[str, object] = {}
    with site.store.read() as tx:
        rows: Iterable[Row | None] = [
            *(projects.by_ref(tx, whole(ref)) for ref in wanted.getlist("projects[]")),
            *(projects.by_seo_url(tx, seo) for seo in wanted.getlist("seo_urls[]")),
        ]
        if str(user["id"]) in wanted.getlist("owners[]"):
            rows = [*rows, *tx.all("SELECT * FROM projects WHERE owner_id = ? ORDER BY ref", user["id"])]
        for row in rows:
            if row is not None and (side := projects.side_of(row, user["id"])):
                found[str(row["ref"])] = objects.project(tx, row, site.knobs.get("amount_format"), side)
    return succeed(request, {"projects": found})


@api
async def get_project(request: Request) -> Response:
    """One project that the user takes part in."""
    user, site = require_user(request), site_of(request)
    with site.store.read() as tx:
        row = projects.by_ref(tx, whole(request.path_params["ref"]))
        side = projects.side_of(row, user["id"]) if row is not None else ""
        if row is None or not side:
            raise ApiError("NOT_FOUND", "Project not found.")
        found = objects.project(tx, row, site.knobs.get("amount_format"), side)
    return succeed(request, found)


@api
async def get_currencies(request: Request) -> Response:
    """All currencies."""
    return succeed(request, {"currencies": [objects.currency(code) for code in money.CURRENCIES]})


@api
async def manage_list(request: Request) -> Response:
    """One page of My Projects: rows, offset and total. The fields are invented, the addresses are not."""
    user = require_user(request)
    side = "freelancer" if request.url.path.endswith("bids.php") else "client"
    fault, viewer = reads.list_viewer(request, user)
    if stopped := await reads.stop(request, fault):
        return stopped
    if fault and fault.kind == "empty_list":
        return succeed(request, reads.nothing(site_of(request), {"projects": []}))
    return succeed(request, _page(request, viewer, side))


def _page(request: Request, user_id: int, side: str) -> dict[str, object]:
    site, asked = site_of(request), request.query_params
    show = int(asked.get("limit", "10")) if asked.get("limit", "10").isdecimal() else 10
    show = show if show in PAGE_SIZES else PAGE_SIZES[0]
    offset = int(asked.get("offset", "0")) if asked.get("offset", "0").isdecimal() else 0
    tab = asked.get("state", "open")
    choice = asked.get("filter", "All")
    where = Where(
        side=side,
        tab=tab if tab in TABS else "open",
        query=asked.get("query", "").strip(),
        filter=choice if choice in FILTERS else "All",
        show=show,
        offset=offset,
        strict_open=site.knobs.get("open_tab") == "bidding",
    )
    style = site.knobs.get("amount_format")
    with site.store.read() as tx:
        listing = projects.listing(tx, user_id, where)
        rows = [objects.project(tx, row, style, side) for row in listing.rows]
    return {"projects": rows, "offset": listing.offset, "total": listing.total, "limit": show}


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/api/projects/0.1/projects", get_projects, methods=["GET"]),
        Route("/api/projects/0.1/projects/", get_projects, methods=["GET"]),
        Route("/api/projects/0.1/projects/{ref:int}", get_project, methods=["GET"]),
        Route("/api/projects/0.1/projects/{ref:int}/", get_project, methods=["GET"]),
        Route("/api/projects/0.1/currencies", get_currencies, methods=["GET"]),
        Route("/ajax-api/manage/projects.php", manage_list, methods=["GET"]),
        Route("/ajax-api/manage/bids.php", manage_list, methods=["GET"]),
    ]
