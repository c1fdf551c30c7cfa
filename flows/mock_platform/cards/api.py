"""What the page asks for and sends: signing in, My contracts, a contract, and the four requests that write."""

import hashlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.mock_platform import milestones, money, objects, projects, reads, sessions
from flows.mock_platform.answers import api, body_of, play, require_user, succeed, whole, write_with_faults
from flows.mock_platform.api_login import admit
from flows.mock_platform.cards import contracts
from flows.mock_platform.carts import check_may_create
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.site import Site, shown, site_of
from flows.mock_platform.sources import balances
from flows.mock_platform.store import Row, Tx

PAGE = 20
_LISTS = {"active": "open", "ended": "past"}
_STATUS = {"Open": "Hiring", "Awarded": "Offer sent", "In Progress": "Active", "Completed": "Ended"}
_GONE = ApiError("NOT_FOUND", "There is no such contract.")


@api
async def post_session(request: Request) -> Response:
    """`login, password, captcha`: a session to keep, or a second step to take."""
    site, fields = site_of(request), await body_of(request)
    user = await admit(request, {**fields, "user": fields.get("login")})
    if isinstance(user, Response):
        return user
    if user["gate"] in ("two_step", "unknown_device"):
        step = hashlib.sha256(f"{user['login']} {len(site.two_step)}".encode()).hexdigest()[:24]
        site.two_step[step] = {"user_id": user["id"]}
        return succeed(request, {"step": step, "device": user["gate"] == "unknown_device"})
    return await _start(request, site, user)


@api
async def post_code(request: Request) -> Response:
    """`step, code`: the second step."""
    site, fields = site_of(request), await body_of(request)
    started = site.two_step.pop(str(fields.get("step")), None)
    if started is None or not sessions.code_is_right(fields.get("code")):
        raise sessions.WRONG_CODE
    with site.store.read() as tx:
        user = tx.one("SELECT * FROM users WHERE id = ?", started["user_id"])
    assert user is not None  # noqa: S101  # users are never deleted
    return await _start(request, site, user)


async def _start(request: Request, site: Site, user: Row) -> Response:
    fault = site.faults.take("login", when="after")
    number = reads.stranger(site, user["id"]) if fault and fault.kind == "other_user" else int(user["id"])
    with site.store.write(site.now()) as tx:
        token = sessions.start_session(tx, number)
        if fault and fault.kind == "logout":
            tx.run("DELETE FROM sessions WHERE hash = ?", token)
    if fault and fault.kind not in ("logout", "other_user") and (stopped := await play(request, fault)) is not None:
        return stopped
    return succeed(request, {"session": f"{number}.{token}"})


@api
async def delete_session(request: Request) -> Response:
    """Signing out."""
    sessions.end_session(request, site_of(request))
    return succeed(request, {})


def _whose(tx: Tx, user_id: int, style: str) -> dict[str, Any]:
    """The user that a page is shown to, for its header."""
    user = tx.one("SELECT login, name, role FROM users WHERE id = ?", user_id)
    held = balances(tx, user_id).items()
    shown_balances = [{"code": code, "text": money.display(minor, code, style)} for code, minor in held]
    return {**dict(user or {}), "balances": shown_balances}


@api
async def get_contracts(request: Request) -> Response:
    """`side, state, page`: one page of My contracts."""
    user, site, asked = require_user(request), site_of(request), request.query_params
    fault, viewer = reads.list_viewer(request, user)
    if stopped := await reads.stop(request, fault):
        return stopped
    style, page = site.knobs.get("amount_format"), whole(asked.get("page", "1")) or 1
    with site.store.read() as tx:
        me = _whose(tx, viewer, style)
        if fault and fault.kind == "empty_list":
            return succeed(request, reads.nothing(site, {"me": me, "contracts": []}))
        side = asked.get("side") or ("freelancer" if me["role"] == "freelancer" else "client")
        where = projects.Where(side, _LISTS.get(asked.get("state", ""), "open"), show=PAGE, offset=(page - 1) * PAGE)
        found = projects.listing(tx, viewer, where)
        rows = [_contract(tx, row, side, style) for row in found.rows]
    listed = {"me": me, "contracts": rows, "offset": found.offset, "total": found.total, "page": page}
    return succeed(request, listed)


def _contract(tx: Tx, row: Row, side: str, style: str) -> dict[str, Any]:
    entry = objects.project(tx, row, style, side)
    kept = ("id", "title", "counterparty", "bid_text", "activity", "activity_text", "award")
    status = _STATUS[projects.status_text(row)]
    return {key: entry[key] for key in kept} | {"side": side, "currency": row["currency"], "status": status}


@api
async def get_contract(request: Request) -> Response:
    """A contract with all its milestones."""
    user, site, ref = require_user(request), site_of(request), int(request.path_params["ref"])
    with site.write() as tx:
        contracts.approve_what_is_due(tx)
    fault = reads.project_fault(request, ref)
    if fault and fault.kind == "late":
        site.hide_last_write(ref, fault.seconds)
    if stopped := await reads.stop(request, fault):
        return stopped
    seen_by = reads.stranger(site, user["id"]) if fault and fault.kind == "other_user" else int(user["id"])
    found = _whole_contract(site, ref, user["id"], seen_by)
    if fault and fault.kind == "empty_list":
        empty = {"me": found["me"], "contract": found["contract"], "milestones": [], "work": found["work"]}
        return succeed(request, reads.nothing(site, empty))
    return succeed(request, found)


def _whole_contract(site: Site, ref: int, user_id: int, seen_by: int) -> dict[str, Any]:
    style = site.knobs.get("amount_format")
    with site.store.read() as tx:
        row = projects.by_ref(tx, ref)
        side = projects.side_of(row, user_id) if row is not None else ""
        if row is None or not side:
            raise _GONE
        rows = [view for each in contracts.of_contract(tx, ref) if (view := shown(each)) is not None]
        turn = contracts.next_to_fund(rows)
        return {
            "me": _whose(tx, seen_by, style),
            "contract": _contract(tx, row, side, style),
            "milestones": [_card(view, row["currency"], style, turn) for view in rows],
            "total": len(rows),
            "work": list(contracts.WORK),
        }


def _card(row: dict[str, Any], code: str, style: str, turn: int | None) -> dict[str, Any]:
    by_itself = row["time_submitted"]
    return {
        "id": row["ref"],
        "name": row["description"],
        "amount_text": money.display(row["minor"], code, style),
        "amount": money.to_text(row["minor"], code),
        "status": row["status"],
        "status_text": contracts.WORDS[row["status"]],
        "due": row["due"],
        "work": row["work"],
        "may_be_funded": row["ref"] == turn,
        "approved_on": objects.date_text(by_itself + contracts.AUTO_APPROVE_DAYS * 86_400) if by_itself else "",
    }


@api
async def post_milestone(request: Request) -> Response:
    """`name, work, amount, due`: a milestone more, without money."""
    user, site, fields = require_user(request), site_of(request), await body_of(request)

    def write(hide_for: float) -> Response:
        with site.write(hide_for) as tx:
            project = check_may_create(tx, projects.by_ref(tx, request.path_params["ref"]), user["id"])
            ref = contracts.add(tx, project, fields)
        return succeed(request, {"milestone": ref})

    return await write_with_faults(request, "milestone.create", write)


def _moving(at: str, side: str, move: Callable[[Tx, Row, Site], None]) -> Any:
    """A request that moves one milestone, for one side of its contract."""

    @api
    async def endpoint(request: Request) -> Response:
        user, site = require_user(request), site_of(request)

        def write(hide_for: float) -> Response:
            with site.write(hide_for) as tx:
                row = milestones.get(tx, request.path_params["ref"])
                project = projects.by_ref(tx, row["project"]) if row is not None else None
                if row is None or project is None or projects.side_of(project, user["id"]) != side:
                    raise _GONE
                move(tx, row, site)
            return succeed(request, {"milestone": row["ref"]})

        return await write_with_faults(request, at, write)

    return endpoint


fund = _moving("cart.process", "client", lambda tx, row, site: contracts.fund(tx, row, site.knobs))
submit = _moving("milestone.release", "freelancer", lambda tx, row, site: contracts.submit(tx, row))
approve = _moving("milestone.release", "client", lambda tx, row, site: contracts.approve(tx, row))


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/session", post_session, methods=["POST"]),
        Route("/session", delete_session, methods=["DELETE"]),
        Route("/session/code", post_code, methods=["POST"]),
        Route("/api/contracts", get_contracts, methods=["GET"]),
        Route("/api/contracts/{ref:int}", get_contract, methods=["GET"]),
        Route("/api/contracts/{ref:int}/milestones", post_milestone, methods=["POST"]),
        Route("/api/milestones/{ref:int}/fund", fund, methods=["POST"]),
        Route("/api/milestones/{ref:int}/submit", submit, methods=["POST"]),
        Route("/api/milestones/{ref:int}/approve", approve, methods=["POST"]),
    ]
