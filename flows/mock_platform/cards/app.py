"""The application of this kind of site: one document for every address, whose script draws the rest."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from flows.mock_platform.cards import api
from flows.mock_platform.site import Site, site_of

_HERE = Path(__file__).parent
_PAGE = Environment(loader=FileSystemLoader(_HERE / "static"), autoescape=select_autoescape()).get_template("app.html")
_FILES = {
    "app.js": "text/javascript",
    "parts.js": "text/javascript",
    "wizard.js": "text/javascript",
    "milestones.js": "text/javascript",
    "app.css": "text/css",
}
_ADDRESSES = ("/", "/sign-in", "/contracts", "/contracts/{ref:int}", "/contracts/{ref:int}/milestones")
"""What the script has views for; anything else is 404."""


async def document(request: Request) -> Response:
    """The one document, with what its script has to know."""
    site = site_of(request)
    site.pages += 1
    values = {
        "knobs": json.dumps(site.knobs.as_dict()),
        "page_number": site.pages,
        "twice": ",".join(site.faults.wants_twice()),
    }
    return HTMLResponse(_PAGE.render(values), headers={"cache-control": "no-store"})


async def static_file(request: Request) -> Response:
    """A script or the stylesheet."""
    name = request.path_params["name"]
    if name not in _FILES:
        return Response(status_code=404)
    text = (_HERE / "static" / name).read_text(encoding="utf-8")
    return Response(text, media_type=_FILES[name], headers={"cache-control": "no-cache"})


async def no_icon(request: Request) -> Response:
    """No icon."""
    return Response(status_code=204)


def application(site: Site) -> Starlette:
    """All its routes."""
    routes = [
        *api.routes(),
        Route("/static/{name}", static_file, methods=["GET"]),
        Route("/favicon.ico", no_icon, methods=["GET"]),
        *(Route(path, document, methods=["GET"]) for path in _ADDRESSES),
    ]
    return Starlette(routes=routes)
