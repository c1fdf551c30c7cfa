"""Signing in and out on this kind of site: forms that are sent, and pages that answer."""

import hashlib
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.mock_platform import reads, sessions
from flows.mock_platform.agreements.documents import form_of, happen, message, render
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.site import site_of
from flows.mock_platform.store import Row


async def sign_in(request: Request) -> Response:
    """The page."""
    back = sessions.safe_next(request.query_params.get("return", ""))
    if sessions.current_user(request, site_of(request)) is not None:
        return RedirectResponse("/jobs" if back == "/dashboard" else back, status_code=303)
    return render(request, "sign_in.html", {"back": back, "problem": ""})


async def post_sign_in(request: Request) -> Response:
    """`member, password, return`: a session, the page for a code, or the page again with what is wrong."""
    site, form = site_of(request), await form_of(request)
    back = sessions.safe_next(form.get("return", ""))
    if (fault := site.faults.take("login", when="before")) and (stopped := await happen(request, fault)) is not None:
        return stopped
    try:
        with site.store.read() as tx:
            user = sessions.check_password(tx, {"user": form.get("member"), "password": form.get("password")})
        if user["gate"] in sessions.GATES and user["gate"] != "unknown_device":
            raise ApiError(*sessions.GATES[user["gate"]])
    except sessions.Blocked:
        return Response(status_code=403)
    except ApiError as error:
        return render(request, "sign_in.html", {"back": back, "problem": error.message})
    if user["gate"] in ("two_step", "unknown_device"):
        token = hashlib.sha256(f"{user['login']} {len(site.two_step)}".encode()).hexdigest()[:24]
        site.two_step[token] = {"user_id": user["id"], "return": back}
        return RedirectResponse(f"/account/code?step={quote(token)}", status_code=303)
    return await _start(request, user, back)


async def code(request: Request) -> Response:
    """The page for a security code."""
    return render(request, "code.html", {"step": request.query_params.get("step", ""), "problem": ""})


async def post_code(request: Request) -> Response:
    """`step, code`: the second step."""
    site, form = site_of(request), await form_of(request)
    step = form.get("step", "")
    started: dict[str, Any] | None = site.two_step.get(step)
    if started is None or not sessions.code_is_right(form.get("code")):
        return render(request, "code.html", {"step": step, "problem": sessions.WRONG_CODE.message})
    del site.two_step[step]
    with site.store.read() as tx:
        user = tx.one("SELECT * FROM users WHERE id = ?", started["user_id"])
    assert user is not None  # noqa: S101  # users are never deleted
    return await _start(request, user, str(started["return"]))


async def _start(request: Request, user: Row, back: str) -> Response:
    site = site_of(request)
    fault = site.faults.take("login", when="after")
    user_id = reads.stranger(site, user["id"]) if fault and fault.kind == "other_user" else int(user["id"])
    with site.store.write(site.now()) as tx:
        token = sessions.start_session(tx, user_id)
        if fault and fault.kind == "logout":
            tx.run("DELETE FROM sessions WHERE hash = ?", token)
    response: Response = RedirectResponse("/jobs" if back == "/dashboard" else back, status_code=303)
    if fault and fault.kind not in ("logout", "other_user"):
        response = await happen(request, fault) or response
    sessions.set_cookies(response, token, user_id, remember=False)
    return response


async def sign_out(request: Request) -> Response:
    """End the session."""
    sessions.end_session(request, site_of(request))
    return message(request, "You are signed out.", 200)


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/account/sign-in", sign_in, methods=["GET"]),
        Route("/account/sign-in", post_sign_in, methods=["POST"]),
        Route("/account/code", code, methods=["GET"]),
        Route("/account/code", post_code, methods=["POST"]),
        Route("/account/sign-out", sign_out, methods=["POST"]),
    ]
