"""Signing in and out. The addresses of these calls are invented; error codes and texts are the site's."""

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.mock_platform import reads, sessions
from flows.mock_platform.answers import api, body_of, fail, play, succeed
from flows.mock_platform.envelope import ApiError
from flows.mock_platform.site import Site, site_of
from flows.mock_platform.store import Row


@api
async def post_login(request: Request) -> Response:
    """`user, password, remember, captcha, next`: a session, a second step to take, or an error code."""
    site, fields = site_of(request), await body_of(request)
    user = await admit(request, fields)
    if isinstance(user, Response):
        return user
    if user["gate"] in ("two_step", "unknown_device"):
        return _ask_for_code(request, site, user, fields)
    return await _sign_in(request, site, user, fields)


async def admit(request: Request, fields: dict[str, Any]) -> Row | Response:
    """The user that `user` and `password` name, a second step still to come, or what a fault or 403 answers instead.

    Raises ApiError.
    """
    site = site_of(request)
    if fault := site.faults.take("login", when="before"):
        if fault.kind == "captcha" and fields.get("captcha") is not True:
            return fail(request, sessions.CAPTCHA)
        stopped = await play(request, fault)
        if stopped is not None:
            return stopped
    try:
        with site.store.read() as tx:
            user = sessions.check_password(tx, fields)
    except sessions.Blocked:
        return Response(status_code=403)
    if user["gate"] in sessions.GATES and user["gate"] != "unknown_device":
        raise ApiError(*sessions.GATES[user["gate"]])
    return user


def _ask_for_code(request: Request, site: Site, user: Row, fields: dict[str, Any]) -> Response:
    token = hashlib.sha256(f"{user['login']} {len(site.two_step)}".encode()).hexdigest()[:24]
    site.two_step[token] = {**fields, "user_id": user["id"]}
    code, message = sessions.GATES.get(
        user["gate"],
        (
            "",
            "A verification code has been sent to you via your generator app."
            " Please verify that 6 digit code below to continue.",
        ),
    )
    return succeed(request, {"two_factor": {"token": token, "error_code": code, "message": message}})


@api
async def post_code(request: Request) -> Response:
    """`token, code`: the second step."""
    site, fields = site_of(request), await body_of(request)
    started = site.two_step.get(str(fields.get("token")))
    if started is None or not sessions.code_is_right(fields.get("code")):
        raise sessions.WRONG_CODE
    del site.two_step[str(fields["token"])]
    with site.store.read() as tx:
        user = tx.one("SELECT * FROM users WHERE id = ?", started["user_id"])
    if user is None:
        raise sessions.WRONG
    return await _sign_in(request, site, user, started)


async def _sign_in(request: Request, site: Site, user: Row, fields: dict[str, Any]) -> Response:
    fault = site.faults.take("login", when="after")
    user_id = int(user["id"])
    if fault and fault.kind == "other_user":
        user_id = reads.stranger(site, user_id)
    with site.store.write(site.now()) as tx:
        token = sessions.start_session(tx, user_id)
        if fault and fault.kind == "logout":
            tx.run("DELETE FROM sessions WHERE hash = ?", token)
    response = succeed(request, {"user": user_id, "next": sessions.safe_next(str(fields.get("next") or ""))})
    if fault and fault.kind not in ("logout", "other_user"):
        stopped = await play(request, fault)
        response = stopped or response
    sessions.set_cookies(response, token, user_id, fields.get("remember") is True)
    return response


async def logout(request: Request) -> Response:
    """End the session and go to the login page."""
    sessions.end_session(request, site_of(request))
    response = RedirectResponse("/login", status_code=302)
    response.delete_cookie(sessions.HASH_COOKIE)
    response.delete_cookie(sessions.USER_COOKIE)
    return response


def routes() -> list[Route]:
    """The routes of this file."""
    return [
        Route("/ajax-api/auth/login.php", post_login, methods=["POST"]),
        Route("/ajax-api/auth/two_factor.php", post_code, methods=["POST"]),
        Route("/logout", logout, methods=["GET"]),
    ]
