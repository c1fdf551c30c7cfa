"""The HTML documents: who is signed in, what a page is given, and the faults that replace a page."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from flows.mock_platform import assets, carts, milestones, money, objects, projects, reads, sessions
from flows.mock_platform.answers import play_on_page, to_login, whole
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.faults import Fault
from flows.mock_platform.site import Site, site_of
from flows.mock_platform.sources import balances
from flows.mock_platform.store import Row

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=select_autoescape(), trim_blocks=True
)
_EMPTY_PAGES = {
    "/messages": "Inbox",
    "/dashboard/feedback.php": "Feedback",
    "/dispute/disputeslist.php": "Disputes",
}
_RECENT = 8
_CUT = 35


@dataclass(frozen=True)
class Visit:
    """A signed-in page view. `shown_as` is the user the page is rendered for (another one under other_user)."""

    site: Site
    user: Row
    shown_as: Row
    fault: Fault | None


async def enter(request: Request, at: str = "", project: int | None = None) -> Visit | Response:
    """The visit, or what is answered instead: the login redirect or a fault's page."""
    site = site_of(request)
    user = sessions.current_user(request, site)
    if user is None:
        return to_login(request)
    fault = reads.page_fault(site, at, project) if at else None
    if fault is None:
        return Visit(site, user, user, None)
    stopped = await play_on_page(request, fault)
    if stopped is not None:
        return stopped
    if fault.kind == "captcha":
        return render(request, "captcha.html", {"next": str(request.url.path) + _query(request)})
    if fault.kind == "other_user":
        with site.store.read() as tx:
            other = tx.one("SELECT * FROM users WHERE id = ?", reads.stranger(site, user["id"]))
        return Visit(site, user, other or user, fault)
    return Visit(site, user, user, fault)


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def render(request: Request, name: str, values: dict[str, Any]) -> Response:
    """A document from a template."""
    site = site_of(request)
    site.pages += 1
    shared = {
        "knobs": site.knobs.as_dict(),
        "page_number": site.pages,
        "twice": ",".join(site.faults.wants_twice()),
        "script": assets.SCRIPT.url,
        "style": assets.STYLE.url,
        "user": None,
    }
    text = _PAGES.get_template(name).render({**shared, **values})
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def show(request: Request, visit: Visit, name: str, values: dict[str, Any]) -> Response:
    """A document with the signed-in shell around it."""
    style, user = visit.site.knobs.get("amount_format"), visit.shown_as
    with visit.site.store.read() as tx:
        held = balances(tx, user["id"])
        rows = tx.all(
            "SELECT ref, title, seo_url FROM projects WHERE (owner_id = ? OR bidder_id = ?) AND ended = 0"
            " ORDER BY time_created DESC, ref LIMIT ?",
            *(user["id"], user["id"], _RECENT),
        )
    recent = [{**dict(row), "short": short_title(row["title"])} for row in rows]
    shell = {
        "user": user,
        "viewer": user["id"] if user["id"] != visit.user["id"] else "",
        "balances": [{"code": code, "text": money.display(minor, code, style)} for code, minor in held.items()],
        "recent": recent,
    }
    return render(request, name, {**shell, **values})


def short_title(title: str) -> str:
    """A title as the Recent Projects menu shows it: cut at 35 characters."""
    return title if len(title) <= _CUT else f"{title[:_CUT]}..."


async def root(request: Request) -> Response:
    """The front door."""
    return RedirectResponse("/dashboard", status_code=302)


async def login(request: Request) -> Response:
    """The login page; a signed-in user is sent on."""
    where = sessions.safe_next(request.query_params.get("next", ""))
    if sessions.current_user(request, site_of(request)) is not None:
        return RedirectResponse(where, status_code=302)
    return render(request, "login.html", {"next": where})


async def dashboard(request: Request) -> Response:
    """The dashboard."""
    visit = await enter(request)
    return visit if isinstance(visit, Response) else show(request, visit, "dashboard.html", {})


async def simple_page(request: Request) -> Response:
    """Inbox, feedback and disputes: there, and empty."""
    visit = await enter(request)
    title = _EMPTY_PAGES[request.url.path]
    return visit if isinstance(visit, Response) else show(request, visit, "simple.html", {"title": title})


async def manage(request: Request) -> Response:
    """`/manage`: on to the list of the user's side."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    kind = "work" if visit.user["role"] == "freelancer" else "jobs"
    return RedirectResponse(f"/manage/{kind}/projects/open?query=&filter=All&show=10", status_code=302)


async def manage_list(request: Request) -> Response:
    """My Projects: the frame; its script loads the rows."""
    tab, kind = request.path_params["tab"], request.path_params["kind"]
    if tab not in projects.TABS or kind not in ("jobs", "work"):
        return not_found(request)
    visit = await enter(request, "list")
    if isinstance(visit, Response):
        return visit
    values = {"tab": tab, "kind": kind, "tabs": projects.TABS, "filters": projects.FILTERS}
    return show(request, visit, "manage.html", values)


async def project_page(request: Request) -> Response:
    """A project's tabs. Payments is a frame with the heading; its script loads the rows."""
    site = site_of(request)
    seo_url = f"{request.path_params['category']}/{request.path_params['slug']}"
    tab = request.path_params.get("tab", "details")
    user = sessions.current_user(request, site)
    with site.store.read() as tx:
        row = projects.by_seo_url(tx, seo_url)
    if user is None:
        return to_login(request)
    side = projects.side_of(row, user["id"]) if row else ""
    if row is None or not side or tab not in ("details", "payments", "tracking"):
        return not_found(request)
    visit = await enter(request, "project", row["ref"])
    if isinstance(visit, Response):
        return visit
    with site.store.read() as tx:
        entry = objects.project(tx, row, site.knobs.get("amount_format"), side)
    values = {"project": entry, "side": side, "tab": tab, "reasons": json.dumps(milestones.CANCEL_REASONS)}
    return show(request, visit, f"project_{tab}.html", values)


async def deposit(request: Request) -> Response:
    """`/deposit?cartId=` pays a cart; `/deposit?amount=&...&refAction=create_milestone` is the direct path's."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    number = request.query_params.get("cartId")
    if number is None:
        if request.query_params.get("refAction") != "create_milestone":
            return not_found(request)
        return show(request, visit, "deposit.html", {"cart": ""})
    try:
        with visit.site.store.read() as tx:
            cart = carts.get(tx, whole(number), visit.user["id"])
    except ApiError:
        return not_found(request)
    if cart["status"] != "OPEN":
        return RedirectResponse(f"/cart?{urlencode({'cartId': number})}", status_code=302)
    return show(request, visit, "deposit.html", {"cart": number})


async def cart_page(request: Request) -> Response:
    """`/cart?cartId=`: what became of a cart."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    style = visit.site.knobs.get("amount_format")
    try:
        with visit.site.store.read() as tx:
            row = carts.get(tx, whole(request.query_params.get("cartId")), visit.user["id"])
            project = projects.by_ref(tx, row["project"])
            if project is None:
                return not_found(request)
            entry = objects.cart(tx, dict(row), carts.items(tx, row["ref"]), project["currency"], style)
            charge = tx.one("SELECT * FROM charges WHERE cart = ? ORDER BY ref DESC", row["ref"])
    except ApiError:
        return not_found(request)
    paid = None if charge is None else money.display(charge["minor"], project["currency"], style)
    fee = None
    if charge is not None and charge["processing_minor"]:
        fee = money.display(charge["processing_minor"], project["currency"], style)
    return show(request, visit, "cart.html", {"cart": entry, "project": project, "paid": paid, "fee": fee})


def not_found(request: Request) -> Response:
    """The 404 page."""
    response = render(request, "not_found.html", {})
    response.status_code = 404
    return response


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/", root, methods=["GET"]),
        Route("/login", login, methods=["GET"]),
        Route("/dashboard", dashboard, methods=["GET"]),
        *(Route(path, simple_page, methods=["GET"]) for path in _EMPTY_PAGES),
        Route("/manage", manage, methods=["GET"]),
        Route("/manage/{kind}/projects/{tab}", manage_list, methods=["GET"]),
        Route("/projects/{category}/{slug}", project_page, methods=["GET"]),
        Route("/projects/{category}/{slug}/{tab}", project_page, methods=["GET"]),
        Route("/deposit", deposit, methods=["GET"]),
        Route("/cart", cart_page, methods=["GET"]),
    ]
