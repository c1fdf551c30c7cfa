"""The API's milestones and milestone requests: reading them, the direct path, and every action on them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.mock_platform import api_users, carts, milestone_requests, milestones, objects, projects, reads
from flows.mock_platform.answers import api, body_of, require_user, succeed, whole, write_with_faults
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.site import Site, shown, site_of
from flows.mock_platform.store import Row, Tx


@api
async def list_milestones(request: Request) -> Response:
    """`projects[]`, `milestones[]`, `statuses[]`, `limit`, `offset`: milestones by id, and the users they name.

    Without `projects[]` and `milestones[]` they are those of all projects that the user takes part in.
    """
    return await _list(request, "milestones")


@api
async def list_requests(request: Request) -> Response:
    """`projects[]`, `statuses[]`: milestone requests by id."""
    return await _list(request, "requests")


async def _list(request: Request, table: str) -> Response:
    site, asked = site_of(request), request.query_params
    user = require_user(request)
    refs = [ref for text in asked.getlist("projects[]") if (ref := whole(text))]
    if not refs:
        refs = _own_projects(site, user)
    viewer = await reads.answer_instead(request, refs[0] if refs else 0, table)
    if isinstance(viewer, Response):
        return viewer
    found = _found(site, table, refs, asked.getlist("statuses[]"), viewer)
    if wanted := asked.getlist("milestones[]"):
        found = {ref: entry for ref, entry in found.items() if ref in wanted}
    version = site.hub.version(refs[0]) if refs else 0
    page = _page(found, asked.get("limit", ""), asked.get("offset", ""))
    with site.store.read() as tx:
        users = api_users.entries(tx, (row[key] for row in page.values() for key in ("project_owner_id", "bidder_id")))
    return succeed(request, {table: page, "users": users, "total": len(found), "version": version})


def _own_projects(site: Site, user: Row) -> list[int]:
    with site.store.read() as tx:
        rows = tx.all("SELECT ref FROM projects WHERE ? IN (owner_id, bidder_id) ORDER BY ref", user["id"])
    return [row["ref"] for row in rows]


def _page(found: dict[str, Any], limit: str, offset: str) -> dict[str, Any]:
    """The part of a list that `limit` and `offset` ask for; all of it without them."""
    first = int(offset) if offset.isdecimal() else 0
    last = first + int(limit) if limit.isdecimal() else None
    return dict(list(found.items())[first:last])


def _found(site: Site, table: str, refs: list[int], statuses: list[str], viewer: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    build = objects.milestone if table == "milestones" else objects.request
    sql = {
        "milestones": "SELECT * FROM milestones WHERE project = ? ORDER BY ref",
        "requests": "SELECT * FROM requests WHERE project = ? ORDER BY ref",
    }[table]
    with site.store.read() as tx:
        for ref in refs:
            project = projects.by_ref(tx, ref)
            if project is None or not projects.side_of(project, viewer):
                continue
            for row in tx.all(sql, ref):
                view = shown(row)
                if view and (not statuses or view["status"] in statuses):
                    found[str(view["ref"])] = build(view, project, site.knobs.get("amount_format"))
    return found


@api
async def get_milestone(request: Request) -> Response:
    """One milestone, in the shape of the list."""
    user, site = require_user(request), site_of(request)
    with site.store.read() as tx:
        row, project = _milestone(tx, request, user)
        view = shown(row)
        if view is None:
            raise ApiError("NOT_FOUND", "Milestone not found.")
        entry = objects.milestone(view, project, site.knobs.get("amount_format"))
    return succeed(request, {"milestones": {str(row["ref"]): entry}})


def _milestone(tx: Tx, request: Request, user: Row) -> tuple[Row, Row]:
    row = milestones.get(tx, whole(request.path_params["ref"]))
    project = projects.by_ref(tx, row["project"]) if row else None
    if row is None or project is None or not projects.side_of(project, user["id"]):
        raise ApiError("NOT_FOUND", "Milestone not found.")
    return row, project


@api
async def post_milestone(request: Request) -> Response:
    """The direct path: `project_id, bidder_id, amount, description`, perhaps `request_id`. Charges the balance."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            order = order_of(tx, fields, user, site)
            ref = carts.charge_directly(tx, order, "balance", site.knobs)
            entry = _entry(tx, ref, order.project, site)
        return succeed(request, entry)

    return await write_with_faults(request, "milestone.create", write)


def _entry(tx: Tx, ref: int, project: Row, site: Site) -> dict[str, Any]:
    row = milestones.get(tx, ref)
    return objects.milestone(dict(row or {}), project, site.knobs.get("amount_format"))


def order_of(tx: Tx, fields: dict[str, Any], user: Row, site: Site) -> carts.Order:
    """What a create form asks for, checked. Raises ApiError."""
    project = carts.check_may_create(tx, projects.by_ref(tx, whole(fields.get("project_id"))), user["id"])
    if fields.get("bidder_id") != project["bidder_id"]:
        raise ApiError(BAD_FORM, "bidder_id is not the awarded freelancer of this project.")
    limit = site.knobs.number("description_limit")
    minor, description = milestone_requests.checked(fields, project["currency"], limit)
    request_ref = fields.get("milestone_request_id") or fields.get("request_id")
    return carts.Order(project, minor, description, None if request_ref is None else whole(request_ref) or 0)


@api
async def put_milestone(request: Request) -> Response:
    """An action on a milestone, in the query or the body: release, request_release, cancel, request_cancel, ..."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)
    action = str(request.query_params.get("action") or fields.get("action") or "")
    fields["clearing"] = site.knobs.on("clearing")

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            row, project = _milestone(tx, request, user)
            _refuse_limited(user, action)
            result = milestones.act(tx, row, action, projects.side_of(project, user["id"]), fields)
        return succeed(request, result)

    if action in ("release", "request_release"):
        return await write_with_faults(request, "milestone.release", write)
    return write(0)


def _refuse_limited(user: Row, action: str) -> None:
    if action == "release" and user["block"]:
        raise ApiError(user["block"], "Your account is limited.")


@api
async def post_request(request: Request) -> Response:
    """A freelancer's milestone request: `project_id, bid_id, description, amount`."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            project = projects.by_ref(tx, whole(fields.get("project_id")))
            if project is None or project["bidder_id"] != user["id"]:
                raise ApiError("NOT_FOUND", "Project not found.")
            if project["ended"] or fields.get("bid_id") != project["bid_id"]:
                raise ApiError(BAD_FORM, "Milestones cannot be requested on this bid.")
            limit = site.knobs.number("description_limit")
            minor, description = milestone_requests.checked(fields, project["currency"], limit)
            ref = milestone_requests.create(tx, project, minor, description)
            row = milestone_requests.get(tx, ref)
            entry = objects.request(dict(row or {}), project, site.knobs.get("amount_format"))
        return succeed(request, entry)

    return await write_with_faults(request, "milestone.request", write)


@api
async def put_request(request: Request) -> Response:
    """accept or reject (client), delete (freelancer), in the query or the body. accept charges the balance."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)
    action = str(request.query_params.get("action") or fields.get("action") or "")

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            row = milestone_requests.get(tx, whole(request.path_params["ref"]))
            project = projects.by_ref(tx, row["project"]) if row else None
            side = projects.side_of(project, user["id"]) if project else ""
            if row is None or project is None or not side:
                raise ApiError("NOT_FOUND", "Milestone request not found.")
            allowed = {"accept": "client", "reject": "client", "delete": "freelancer"}
            if allowed.get(action) != side:
                raise ApiError("PERMISSION_DENIED", "You are not allowed to perform this action on this request.")
            milestone_requests.pending(tx, row["ref"], project)
            if action == "accept":
                _accept(tx, project, row, user, site)
            else:
                milestone_requests.decide(tx, row, {"reject": "rejected", "delete": "deleted"}[action])
        return succeed(request, {})

    if action == "accept":
        return await write_with_faults(request, "milestone.create", write)
    return write(0)


def _accept(tx: Tx, project: Row, row: Row, user: Row, site: Site) -> None:
    carts.check_may_create(tx, project, user["id"])
    order = carts.Order(project, row["minor"], row["description"], row["ref"])
    try:
        carts.charge_directly(tx, order, "balance", site.knobs)
    except ApiError as error:
        if error.code == "PAYMENT_REQUIRED" and site.knobs.get("accept_without_funds") == "refuse":
            raise ApiError(BAD_FORM, "This milestone request cannot be accepted without funds.") from None
        raise


@api
async def delete_request(request: Request) -> Response:
    """HTTP DELETE is not how requests are deleted."""
    raise ApiError("METHOD_NOT_ALLOWED", "Method not allowed.")


def routes() -> list[Route]:
    """The routes of this file, each with and without its trailing slash."""
    found = []
    for tail in ("", "/"):
        base = "/api/projects/0.1"
        found += [
            Route(f"{base}/milestones{tail}", list_milestones, methods=["GET"]),
            Route(f"{base}/milestones{tail}", post_milestone, methods=["POST"]),
            Route(f"{base}/milestones/{{ref:int}}{tail}", get_milestone, methods=["GET"]),
            Route(f"{base}/milestones/{{ref:int}}{tail}", put_milestone, methods=["PUT"]),
            Route(f"{base}/milestone_requests{tail}", list_requests, methods=["GET"]),
            Route(f"{base}/milestone_requests{tail}", post_request, methods=["POST"]),
            Route(f"{base}/milestone_requests/{{ref:int}}{tail}", put_request, methods=["PUT"]),
            Route(f"{base}/milestone_requests/{{ref:int}}{tail}", delete_request, methods=["DELETE"]),
        ]
    return found
