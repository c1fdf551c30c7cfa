"""The application of this kind of site: its pages and forms."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from flows.mock_platform.agreements import account, deeds, views
from flows.mock_platform.site import Site


async def _missing(request: Request, error: Exception) -> Response:
    return views.not_found(request)


def application(site: Site) -> Starlette:
    """All its routes."""
    routes = [*account.routes(), *views.routes(), *deeds.routes()]
    return Starlette(routes=routes, exception_handlers={404: _missing})
