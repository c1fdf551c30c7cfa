"""The pages to read: My jobs, a job, its agreement with the pool."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.mock_platform import projects
from flows.mock_platform.agreements.documents import Visit, amount, day, enter, message, render
from flows.mock_platform.agreements.pool import PROPOSALS, WORDS, agreed, pool_of
from flows.mock_platform.answers import whole
from flows.mock_platform.site import shown
from flows.mock_platform.sources import balances
from flows.mock_platform.store import Row, Tx

PAGE = 25
AUTO_PAY_DAYS = 14
_LISTS = {"current": "open", "closed": "past"}
_STATUS = {"Open": "Looking for a freelancer", "Awarded": "Offer sent", "In Progress": "Active", "Completed": "Closed"}


async def my_jobs(request: Request) -> Response:
    """`/jobs?as=employer|freelancer&show=current|closed&page=N`: a table, 25 jobs a page."""
    visit = await enter(request, "list")
    if isinstance(visit, Response):
        return visit
    given = request.query_params
    side = given.get("as") or ("freelancer" if visit.shown_as["role"] == "freelancer" else "employer")
    tab = given.get("show", "current")
    if side not in ("employer", "freelancer") or tab not in _LISTS:
        return not_found(request)
    own = "client" if side == "employer" else "freelancer"
    page = whole(given.get("page", "1")) or 1
    where = projects.Where(own, _LISTS[tab], show=PAGE, offset=(page - 1) * PAGE)
    with visit.site.store.read() as tx:
        found = projects.listing(tx, visit.shown_as["id"], where)
        jobs = [_job(tx, row, own) for row in found.rows]
    last = found.offset + len(jobs)
    more = f"/jobs?{urlencode({'as': side, 'show': tab, 'page': page + 1})}" if last < found.total else ""
    values = {"jobs": jobs, "first": found.offset + 1, "last": last, "total": found.total, "next": more}
    return show(request, visit, "jobs.html", {**values, "side": side, "tab": tab})


def _job(tx: Tx, row: Row, side: str) -> dict[str, Any]:
    other = projects.other_party(row, side)
    person = tx.one("SELECT login FROM users WHERE id = ?", other) if other is not None else None
    return {
        "ref": row["ref"],
        "title": row["title"],
        "other": person["login"] if person else "",
        "currency": row["currency"],
        "price": amount(row["bid_minor"], row["currency"]),
        "status": _STATUS[projects.status_text(row)],
        "changed": f"{day(row['time_updated'])}, change {row['changes']}",
    }


def find(tx: Tx, request: Request, user: Row) -> tuple[Row, str] | None:
    """The job of the address and the user's side of it; None for a stranger's and for none."""
    row = projects.by_ref(tx, whole(request.path_params["ref"]))
    side = projects.side_of(row, user["id"]) if row is not None else ""
    return (row, side) if row is not None and side else None


async def job(request: Request) -> Response:
    """`/jobs/REF`: what it is, and the way to its agreement."""
    return await _page(request, "job.html", "project")


async def agreement(request: Request) -> Response:
    """`/jobs/REF/agreement`: what was proposed, what was agreed, and the pool."""
    return await _page(request, "agreement.html", "project")


async def _page(request: Request, name: str, at: str) -> Response:
    visit = await enter(request, at, whole(request.path_params["ref"]))
    if isinstance(visit, Response):
        return visit
    with visit.site.store.read() as tx:
        found = find(tx, request, visit.user)
        if found is None:
            return not_found(request)
        values = job_values(tx, visit, *found)
    return show(request, visit, name, values)


def job_values(tx: Tx, visit: Visit, row: Row, side: str) -> dict[str, Any]:
    """What the pages of a job are made from."""
    ref, code = row["ref"], row["currency"]
    pool = pool_of(tx, ref)
    asked = [each for found in tx.all("SELECT * FROM requests WHERE project = ? ORDER BY ref", ref)
             if (each := shown(found)) is not None and each["status"] != "created"]  # fmt: skip
    hidden = visit.lists("bare") or visit.lists("text")
    return {
        "job": _job(tx, row, side),
        "side": side,
        "proposals": [] if hidden else [_proposal(each, code) for each in asked],
        "lines": [] if hidden else [_line(each, code) for each in agreed(tx, ref)],
        "bare": visit.lists("bare"),
        "deposited": amount(pool.deposited, code),
        "left": amount(pool.left, code),
        "cash": [amount(minor, held) for held, minor in balances(tx, visit.shown_as["id"]).items()],
        "auto_pay": AUTO_PAY_DAYS,
    }


async def invoice(request: Request) -> Response:
    """`/jobs/REF/invoices/LINE`: what paying an invoice would pay."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    with visit.site.store.read() as tx:
        found = find(tx, request, visit.user)
        if found is None or found[1] != "client":
            return not_found(request)
        values = job_values(tx, visit, *found)
    line = next((each for each in values["lines"] if str(each["ref"]) == request.path_params["line"]), None)
    if line is None:
        return not_found(request)
    return show(request, visit, "invoice.html", {**values, "line": line})


def _proposal(row: dict[str, Any], code: str) -> dict[str, Any]:
    return {
        "ref": row["ref"],
        "text": row["description"],
        "value": amount(row["minor"], code),
        "status": PROPOSALS[row["status"]],
        "since": day(row["time_requested"]),
    }


def _line(row: dict[str, Any], code: str) -> dict[str, Any]:
    return {
        "ref": row["ref"],
        "text": row["description"],
        "value": amount(row["minor"], code),
        "status": WORDS[row["status"]],
        "since": day(row["time_created"]),
    }


def show(request: Request, visit: Visit, name: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """A document with the signed-in frame around it."""
    return render(request, name, {"user": visit.shown_as, **values}, status=status)


def not_found(request: Request) -> Response:
    """The 404 page."""
    return message(request, "There is no such page.", 404)


async def root(request: Request) -> Response:
    """The front door."""
    return RedirectResponse("/jobs", status_code=303)


async def no_icon(request: Request) -> Response:
    """No icon."""
    return Response(status_code=204)


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/", root, methods=["GET"]),
        Route("/dashboard", root, methods=["GET"]),
        Route("/favicon.ico", no_icon, methods=["GET"]),
        Route("/jobs", my_jobs, methods=["GET"]),
        Route("/jobs/{ref}", job, methods=["GET"]),
        Route("/jobs/{ref}/agreement", agreement, methods=["GET"]),
        Route("/jobs/{ref}/invoices/{line}", invoice, methods=["GET"]),
    ]
