"""The ASGI application: every route, the live stream, and the guards around them."""

import json
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from flows.mock_platform import (
    api_login,
    api_milestones,
    api_payments,
    api_projects,
    api_users,
    assets,
    backdoor,
    projects,
    views,
)
from flows.mock_platform.answers import api, require_user, succeed, whole
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.guards import Guards
from flows.mock_platform.site import Site, site_of


@api
async def live(request: Request) -> Response:
    """`/live?project=REF`: server-sent events named as the site's push events."""
    site = site_of(request)
    return StreamingResponse(_events(site, _watched(request)), media_type="text/event-stream")


def _message(event: str, project: int, version: int) -> str:
    return f"data: {json.dumps({'event': event, 'project_id': project, 'version': version})}\n\n"


@api
async def live_version(request: Request) -> Response:
    """`/live/version?project=REF`: a number that changes when the project does."""
    return succeed(request, {"version": site_of(request).hub.version(_watched(request))})


def _watched(request: Request) -> int:
    user, site = require_user(request), site_of(request)
    with site.store.read() as tx:
        project = projects.by_ref(tx, whole(request.query_params.get("project")))
    if project is None or not projects.side_of(project, user["id"]):
        raise ApiError("NOT_FOUND", "Project not found.")
    return int(project["ref"])


async def _events(site: Site, project: int) -> AsyncIterator[str]:
    queue = site.hub.listen(project)
    try:
        yield _message("connected", project, site.hub.version(project))
        while (event := await queue.get()) is not None:
            yield _message(event, project, site.hub.version(project))
    finally:
        site.hub.leave(project, queue)


@api
async def forward(request: Request) -> Response:
    """`/ajax-api/forward.php?to=/api/...` (knob redirect_307): answers 307 to a money URL of this site."""
    target = request.query_params.get("to", "")
    if not target.startswith("/api/"):
        raise ApiError(BAD_FORM, "to is a path under /api/.")
    return RedirectResponse(target, status_code=307)


async def telemetry(request: Request) -> Response:
    """Where pages send their telemetry (knob telemetry)."""
    return Response(status_code=204)


async def missing(request: Request, error: Exception) -> Response:
    """Any other address."""
    return views.not_found(request)


async def gone(request: Request, error: Exception) -> Response:
    """For a client that went away in the middle of its request: nothing was done, and nobody reads this."""
    return Response(status_code=499)


def application(site: Site) -> Starlette:
    """The freelancer kind's own pages and API."""
    routes = [
        *views.routes(),
        *api_login.routes(),
        *api_projects.routes(),
        *api_users.routes(),
        *api_milestones.routes(),
        *api_payments.routes(),
        *assets.routes(),
        Route("/live", live, methods=["GET"]),
        Route("/live/version", live_version, methods=["GET"]),
        Route("/ajax-api/forward.php", forward, methods=["POST", "PUT"]),
        Route("/ajax-api/telemetry.php", telemetry, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={404: missing})


def create_app(site: Site, names: tuple[str, ...] = ()) -> ASGIApp:
    """The application around a site of any kind, back door included. It answers to loopback's names, and to these."""
    app = site.kind.application(site)
    app.router.routes += backdoor.routes()
    app.add_exception_handler(ClientDisconnect, gone)
    app.state.site = site
    return Guards(app, site, names)
