"""`/__mock__/`: the truth, the faults, the knobs, other parties' acts, and starting again."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flows.mock_platform import faults, seed_file
from flows.mock_platform.act import BadAct
from flows.mock_platform.answers import body_of
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.knobs import BadKnob
from flows.mock_platform.site import site_of

_A_ROUND = 0.01


def _bad(reason: str, status: int = 400) -> Response:
    return JSONResponse({"status": "error", "message": reason}, status_code=status)


async def get_truth(request: Request) -> Response:
    """What really stands."""
    site = site_of(request)
    return JSONResponse(site.kind.truth(site))


async def faults_endpoint(request: Request) -> Response:
    """GET lists, POST arms one, DELETE clears."""
    site = site_of(request)
    armed = site.faults
    if request.method == "POST":
        try:
            site.arm(faults.parse(await _json(request)))
            if site.fresh_connections():
                # let the closed connections be seen as closed before the answer is
                await asyncio.sleep(_A_ROUND)
        except faults.BadFault as bad:
            return _bad(str(bad))
    if request.method == "DELETE":
        armed.clear()
    return JSONResponse({"faults": [fault.as_dict() for fault in armed.armed()]})


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


async def knobs_endpoint(request: Request) -> Response:
    """GET reads all, POST sets some: `{"path": "direct"}`."""
    knobs = site_of(request).knobs
    if request.method == "POST":
        fields = await _json(request)
        if not isinstance(fields, dict):
            return _bad('post an object such as {"path": "direct"}')
        try:
            knobs.set_all({name: str(value) for name, value in fields.items()})
        except BadKnob as bad:
            return _bad(str(bad))
    return JSONResponse({"knobs": knobs.as_dict()})


async def act_endpoint(request: Request) -> Response:
    """Another party acts; refused acts answer 409 with the site's error code."""
    try:
        site = site_of(request)
        return JSONResponse(site.kind.act(site, await body_of(request)))
    except BadAct as bad:
        return _bad(str(bad))
    except ApiError as error:
        body = {"status": "error", "error_code": error.code, "message": error.message}
        return JSONResponse(body, status_code=409)


async def reset(request: Request) -> Response:
    """`{"seed": "default" | "small" | "empty" | {...}, "keep_sessions": false}`."""
    fields = await _json(request)
    if not isinstance(fields, dict):
        fields = {}
    try:
        seed = seed_file.by_name_or_table(fields.get("seed", "default"))
    except seed_file.BadSeed as bad:
        return _bad(str(bad))
    site_of(request).reset(seed, bool(fields.get("keep_sessions")))
    return JSONResponse({"status": "success", "projects": len(seed.projects)})


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/__mock__/truth", get_truth, methods=["GET"]),
        Route("/__mock__/faults", faults_endpoint, methods=["GET", "POST", "DELETE"]),
        Route("/__mock__/knobs", knobs_endpoint, methods=["GET", "POST"]),
        Route("/__mock__/act", act_endpoint, methods=["POST"]),
        Route("/__mock__/reset", reset, methods=["POST"]),
    ]
