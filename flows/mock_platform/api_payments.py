"""The API's drafts, carts and deposits."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.mock_platform import carts, money, objects, projects, reads
from flows.mock_platform.answers import api, body_of, require_user, succeed, whole, write_with_faults
from flows.mock_platform.api_milestones import order_of
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.site import Site, shown, site_of
from flows.mock_platform.sources import quotes
from flows.mock_platform.store import Row, Tx


@api
async def post_draft(request: Request) -> Response:
    """`project_id, bidder_id, bid_id, amount, currency_id, description`, perhaps `milestone_request_id`."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            order = order_of(tx, fields, user, site)
            wanted = fields.get("currency_id", objects.currency(order.project["currency"])["id"])
            if money.currency_by_id(wanted) is not money.CURRENCIES[order.project["currency"]]:
                raise ApiError(BAD_FORM, "The currency is always the project's currency.")
            ref = carts.create_draft(tx, order)
        return succeed(request, {"id": ref, "project_id": fields["project_id"]})

    return await write_with_faults(request, "milestone.create", write, ("before",))


@api
async def post_cart(request: Request) -> Response:
    """An empty cart."""
    user, site = require_user(request), site_of(request)
    with site.write() as tx:
        ref = carts.create_cart(tx, user["id"])
    return succeed(request, {"id": ref, "status": "OPEN"})


@api
async def post_cart_item(request: Request) -> Response:
    """`contextType: MILESTONE, contextId: <draft id>, description, currencyId, amount, useBonus`."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            cart = carts.get(tx, whole(request.path_params["ref"]), user["id"])
            if fields.get("contextType") != "MILESTONE":
                raise ApiError(BAD_FORM, "contextType is MILESTONE.")
            item = carts.add_draft(tx, cart, whole(fields.get("contextId")), site.knobs)
        return succeed(request, {"id": item, "cartId": cart["ref"]})

    return await write_with_faults(request, "milestone.create", write, ("after",))


@api
async def list_carts(request: Request) -> Response:
    """Open carts of `projects[]`."""
    require_user(request)
    site = site_of(request)
    refs = [ref for text in request.query_params.getlist("projects[]") if (ref := whole(text))]
    viewer = await reads.answer_instead(request, refs[0] if refs else 0, "carts")
    if isinstance(viewer, Response):
        return viewer
    found: dict[str, Any] = {}
    with site.store.read() as tx:
        for ref in refs:
            project = projects.by_ref(tx, ref)
            for row in tx.all("SELECT * FROM carts WHERE project = ? AND owner_id = ? ORDER BY ref", ref, viewer):
                view = shown(row)
                if project and view and view["status"] == "OPEN":
                    found[str(row["ref"])] = _cart(tx, view, project, site)
    return succeed(request, {"carts": found, "total": len(found)})


def _cart(tx: Tx, row: dict[str, Any], project: Row, site: Site) -> dict[str, Any]:
    style = site.knobs.get("amount_format")
    return objects.cart(tx, row, carts.items(tx, row["ref"]), project["currency"], style)


@api
async def get_cart(request: Request) -> Response:
    """A cart with its items, its project and a quote for each payment source."""
    user, site = require_user(request), site_of(request)
    with site.store.read() as tx:
        row = carts.get(tx, whole(request.path_params["ref"]), user["id"])
        project = projects.by_ref(tx, row["project"])
        if project is None:
            raise ApiError("NOT_FOUND", "This cart is empty.")
        total = carts.subtotal(tx, row["ref"])
        result = {"cart": _cart(tx, dict(row), project, site), **_options(tx, user, project, total, site)}
    return succeed(request, result)


def _options(tx: Tx, user: Row, project: Row, total: int, site: Site) -> dict[str, Any]:
    style, code = site.knobs.get("amount_format"), project["currency"]
    found = quotes(tx, user["id"], code, total, site.knobs)
    preferred = next((quote.id for quote in found if quote.verified), None)
    return {
        "project": objects.project(tx, project, style, "client"),
        "sources": [objects.quote(quote, total, code, style) for quote in found],
        "preselected": preferred,
    }


@api
async def get_deposit_options(request: Request) -> Response:
    """What the deposit page of the direct path shows: the items that are not in any cart yet, and the quotes."""
    user, site, asked = require_user(request), site_of(request), request.query_params
    fields = {
        "project_id": whole(asked.get("id")),
        "bidder_id": whole(asked.get("bidderId")),
        "amount": asked.get("amount"),
        "description": asked.get("descr"),
        "milestone_request_id": asked.get("requestId"),
    }
    with site.store.read() as tx:
        order = order_of(tx, fields, user, site)
        code, style = order.project["currency"], site.knobs.get("amount_format")
        fee = carts.project_fee(tx, order.project, order.minor, site.knobs)
        lines = [(order.description, order.minor), *([("Project Fee", fee)] if fee else [])]
        entries = [{"description": text, "amount_text": money.display(minor, code, style)} for text, minor in lines]
        result = {"cart": {"id": None, "status": "OPEN", "items": entries}}
        result |= _options(tx, user, order.project, order.minor + fee, site)
    return succeed(request, result)


@api
async def put_cart(request: Request) -> Response:
    """`{"action": "process", "source": ...}` charges the cart, `{"action": "discard"}` closes it unpaid."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)
    action = fields.get("action")

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            cart = carts.get(tx, whole(request.path_params["ref"]), user["id"])
            if action == "discard":
                carts.discard(tx, cart)
                return succeed(request, {"id": cart["ref"], "status": "DISCARDED"})
            made = carts.process(tx, cart, str(fields.get("source", "balance")), site.knobs)
        return succeed(request, {"id": cart["ref"], "status": "CHARGED", "milestones": made})

    if action == "process":
        return await write_with_faults(request, "cart.process", write)
    if action == "discard":
        return write(0)
    raise ApiError(BAD_FORM, "action is process or discard.")


@api
async def post_deposit(request: Request) -> Response:
    """The direct path after PAYMENT_REQUIRED: deposit from a source and create the milestone, in one request."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            order = order_of(tx, fields, user, site)
            cart = carts.get(tx, carts.create_cart(tx, user["id"]), user["id"])
            carts.add_draft(tx, cart, carts.create_draft(tx, order), site.knobs)
            cart = carts.get(tx, cart["ref"], user["id"])
            made = carts.process(tx, cart, str(fields.get("source", "balance")), site.knobs)
        return succeed(request, {"id": cart["ref"], "status": "CHARGED", "milestones": made})

    return await write_with_faults(request, "cart.process", write)


@api
async def get_exchange_rate(request: Request) -> Response:
    """`from` and `to` currency codes."""
    one, other = request.query_params.get("from", ""), request.query_params.get("to", "")
    if one not in money.CURRENCIES or other not in money.CURRENCIES:
        raise ApiError(BAD_FORM, f"from and to are of {', '.join(money.CURRENCIES)}.")
    rate = money.CURRENCIES[one].usd_micros / money.CURRENCIES[other].usd_micros
    return succeed(request, {"from": one, "to": other, "rate": round(rate, 6)})


def routes() -> list[Route]:
    """The routes of this file, each with and without its trailing slash."""
    found = []
    for tail in ("", "/"):
        base = "/api/payments/0.1"
        found += [
            Route(f"/api/projects/0.1/milestone_drafts{tail}", post_draft, methods=["POST"]),
            Route(f"{base}/carts{tail}", post_cart, methods=["POST"]),
            Route(f"{base}/carts{tail}", list_carts, methods=["GET"]),
            Route(f"{base}/carts/{{ref:int}}{tail}", get_cart, methods=["GET"]),
            Route(f"{base}/carts/{{ref:int}}{tail}", put_cart, methods=["PUT"]),
            Route(f"{base}/carts/{{ref:int}}/cart_items{tail}", post_cart_item, methods=["POST"]),
            Route(f"{base}/deposits{tail}", post_deposit, methods=["POST"]),
            Route(f"{base}/deposit_options{tail}", get_deposit_options, methods=["GET"]),
            Route(f"{base}/exchange_rate{tail}", get_exchange_rate, methods=["GET"]),
        ]
    return found
