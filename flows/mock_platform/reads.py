"""Reading under faults: who a page is shown to, which fault meets a list, and what an empty list says."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from flows.mock_platform.answers import play, require_user, succeed
from flows.mock_platform.faults import KINDS, LIST_ONLY, Fault
from flows.mock_platform.site import Site, site_of
from flows.mock_platform.store import Row

_PAGE_KINDS = tuple(kind for kind in KINDS if kind not in LIST_ONLY)
_VIEWER = "x-viewer"
_PAGE = "x-page"
_LOAD = "x-load"


def page_fault(site: Site, at: str, project: int | None) -> Fault | None:
    """The fault that meets a document: at `list` or `project`, or at `readback` when a money write came before."""
    if project is not None and project in site.written_at_page:
        fault = site.faults.take("readback", _PAGE_KINDS)
        if fault:
            del site.written_at_page[project]
            return fault
    return site.faults.take(at, _PAGE_KINDS)


def list_viewer(request: Request, user: Row) -> tuple[Fault | None, int]:
    """The fault that meets My Projects' list request, and the user whose list is shown."""
    site = site_of(request)
    fault = site.faults.take("list")
    if fault and fault.kind == "other_user":
        return None, stranger(site, user["id"])
    return fault, viewer(request, user)


def project_fault(request: Request, project: int) -> Fault | None:
    """The fault that meets a project's list request. A readback is one by a page loaded after the money write."""
    site = site_of(request)
    page, load = request.headers.get(_PAGE, ""), request.headers.get(_LOAD, "")
    if page and load and (fault := site.played.get((page, load))):
        return fault
    fault = _take_project_fault(site, project, page)
    if fault and fault.kind in ("empty_list", "other_user"):
        # a page asks for several lists at once; they are all empty, or all another user's
        site.played[page, load] = fault
    return fault


def _take_project_fault(site: Site, project: int, page: str) -> Fault | None:
    written = site.written_at_page.get(project)
    if written is not None and (not page.isdecimal() or int(page) > written):
        del site.written_at_page[project]
        if fault := site.faults.take("readback"):
            return fault
    return site.faults.take("project")


async def answer_instead(request: Request, project: int, table: str) -> Response | int:
    """The user id that a project's list is for, or the answer that a fault gives instead of the list."""
    user, site = require_user(request), site_of(request)
    fault = project_fault(request, project)
    if fault is None:
        return viewer(request, user)
    if fault.kind == "late":
        site.hide_last_write(project, fault.seconds)
    if fault.kind == "empty_list":
        return succeed(request, nothing(site, {table: {}}))
    if fault.kind == "other_user":
        return stranger(site, user["id"])
    stopped = await play(request, fault)
    return stopped or viewer(request, user)


async def stop(request: Request, fault: Fault | None) -> Response | None:
    """What the fault answers instead of the list, if it does."""
    return await play(request, fault) if fault else None


def viewer(request: Request, user: Row) -> int:
    """The user id a read is for: the signed-in one, unless fault other_user rendered the page for another."""
    named = request.headers.get(_VIEWER, "")
    return int(named) if named.isdecimal() else int(user["id"])


def stranger(site: Site, user_id: int) -> int:
    """Another user, always the same one for a given user."""
    with site.store.read() as tx:
        row = tx.one("SELECT id FROM users WHERE id != ? AND gate = '' ORDER BY role = 'freelancer', id", user_id)
    return int(row["id"]) if row else user_id


def nothing(site: Site, empty: dict[str, Any]) -> dict[str, Any]:
    """An empty list. Bare, it states no total, so that a page shows no end marker (knob empty_list_style)."""
    return {**empty, "total": 0, "offset": 0} if site.knobs.get("empty_list_style") == "text" else empty
