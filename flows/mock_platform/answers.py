"""Answering a request: envelopes, bodies, sign-in, and the faults that get in the way."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from flows.mock_platform import envelope, sessions
from flows.mock_platform.envelope import BAD_FORM, GAF_EXCEPTION, NOT_AUTHENTICATED, ApiError
from flows.mock_platform.faults import Fault
from flows.mock_platform.site import site_of
from flows.mock_platform.store import Row

Endpoint = Callable[[Request], Awaitable[Response]]
Happen = Callable[[Request, Fault], Awaitable[Response | None]]

_TROUBLE = ApiError(GAF_EXCEPTION, "An error occurred while processing your request.")
_SIGNED_OUT = ApiError(NOT_AUTHENTICATED, "You must be logged in to perform this request")
_SECOND = "x-second-send"
_MOST_DIGITS = 15
_A_ROUND = 0.01
_ON_WRITES = ("drop", "http500", "hang", "slow", "logout", "captcha", "error200", "late")


def succeed(request: Request, result: Any) -> Response:
    """A success envelope."""
    site = site_of(request)
    response = envelope.success(result, site.request_ids.next(request.method, request.url.path))
    if twice := site.faults.wants_twice():
        response.headers["x-send-twice"] = ",".join(twice)
    return response


def fail(request: Request, error: ApiError, status: int | None = None) -> Response:
    """An error envelope with its own HTTP status (knob error_http: always 200)."""
    site = site_of(request)
    code = status or (200 if site.knobs.get("error_http") == "200" and error.status != 401 else error.status)
    return envelope.failure(error, site.request_ids.next(request.method, request.url.path), code)


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request, numbers exact. Raises ApiError."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        fields = json.loads(raw, parse_float=Decimal)
        # half a surrogate pair is JSON, but no text that could be kept
        json.dumps(fields, ensure_ascii=False, default=str).encode()
    except ValueError:
        raise ApiError(BAD_FORM, "The body is not JSON.") from None
    if not isinstance(fields, dict):
        raise ApiError(BAD_FORM, "The body is not a JSON object.")
    return fields


def whole(value: object) -> int | None:
    """A ref from a request: digits as number or text, within what the database holds; else None."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def require_user(request: Request) -> Row:
    """The signed-in user. Raises ApiError NOT_AUTHENTICATED."""
    user = sessions.current_user(request, site_of(request))
    if user is None:
        raise _SIGNED_OUT
    return user


def api(endpoint: Endpoint) -> Endpoint:
    """Turn the ApiErrors of an endpoint into envelopes."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ApiError as error:
            return fail(request, error)

    return answer


async def write_with_faults(
    request: Request,
    at: str,
    write: Callable[[float], Response],
    moments: tuple[str, ...] = ("before", "after"),
    *,
    happen: Happen | None = None,
) -> Response:
    """Carry out `write(hide_for)` with whatever fault is armed at this point, before or after it.

    `moments` limits the faults to those that belong to this request of a step (a cart is made by three requests);
    `happen` lets a fault happen where the answers are no envelopes.
    """
    site, happen = site_of(request), happen or play
    if "before" in moments and not request.headers.get(_SECOND):
        site.faults.take(at, ("twice",))
    if "before" in moments and (fault := site.faults.take(at, _ON_WRITES, "before")):
        stopped = await happen(request, fault)
        if stopped is not None:
            return stopped
    fault = site.faults.take(at, _ON_WRITES, "after") if "after" in moments else None
    try:
        response = write(fault.seconds if fault and fault.kind == "late" else 0)
    except ApiError:
        if fault:
            site.faults.give_back(fault)
        raise
    stopped = await happen(request, fault) if fault else None
    return stopped or response


async def play(request: Request, fault: Fault) -> Response | None:
    """Let a fault happen to an API request: its answer, or None when the request goes on."""
    site = site_of(request)
    if fault.kind in ("slow", "hang"):
        await site.hub.pause(fault.seconds)
    if fault.kind in ("drop", "hang"):
        return cut(request)
    if fault.kind == "http500":
        return fail(request, _TROUBLE, 500)
    if fault.kind == "error200":
        return fail(request, _TROUBLE, 200)
    if fault.kind == "logout":
        sessions.end_session(request, site)
        return fail(request, _SIGNED_OUT)
    if fault.kind == "captcha":
        return fail(request, sessions.CAPTCHA)
    return None


async def play_on_page(request: Request, fault: Fault) -> Response | None:
    """Let a fault happen to a document: its answer, or None when the page goes on."""
    site = site_of(request)
    if fault.kind in ("slow", "hang"):
        await site.hub.pause(fault.seconds)
    if fault.kind in ("drop", "hang"):
        return cut(request)
    if fault.kind == "http500":
        return HTMLResponse("<!doctype html><title>500</title><h1>Internal Server Error</h1>", status_code=500)
    if fault.kind == "logout":
        sessions.end_session(request, site)
        return to_login(request)
    return None


def to_login(request: Request) -> Response:
    """The redirect that pages answer when nobody is signed in."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(path, safe='')}", status_code=302)


def cut(request: Request) -> Response:
    """Cut the connection: at once, or (knob drop_style=half) in the middle of an answer."""
    return _Cut(half=site_of(request).knobs.get("drop_style") == "half")


class _Cut(Response):
    """No answer, or the headers and first byte of one; then the connection is cut."""

    def __init__(self, half: bool) -> None:
        super().__init__()
        self._half = half

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._half:
            headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
        scope["cut"]()
        # the server takes note of the lost connection in its next round, and is then content without an answer
        await asyncio.sleep(_A_ROUND)
