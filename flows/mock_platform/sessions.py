"""Who is signed in: session cookies, what login decides, and the sessions' end."""

import hashlib
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from flows.mock_platform.envelope import ApiError
from flows.mock_platform.site import Site
from flows.mock_platform.store import Row, Tx
from flows.mock_platform.users import TWO_STEP_CODE

HASH_COOKIE = "GETAFREE_AUTH_HASH_V2"
USER_COOKIE = "GETAFREE_USER_ID"
_MONTH = 30 * 86_400

GATES: dict[str, tuple[str, str]] = {
    "unknown_device": (
        "AUTH_2FA_BLOCKED",
        "Your login has been blocked due to signing in from an unknown device."
        " Check your email and enter the code to log in.",
    ),
    "closed": ("AUTH_ACCOUNT_CLOSED", "This account has been closed."),
    "suspended": ("AUTH_ACCOUNT_SUSPENDED", "This account has been suspended."),
    "device_token": ("AUTH_DEVICE_TOKEN_INVALID", "Your device could not be recognised. Please try again."),
}
CAPTCHA = ApiError("AUTH_CAPTCHA_REQUIRED", "Please complete the CAPTCHA to log in.")
WRONG = ApiError("AUTH_USER_MISSING", "Incorrect username or password.")
WRONG_CODE = ApiError("AUTH_TOTP_INVALID", "This code is incorrect. Please try again.")


class Blocked(Exception):
    """A login that the site answers with 403 and an empty body."""


def current_user(request: Request, site: Site) -> Row | None:
    """The user whose session or token the request carries (cookies, the web client's header, OAuth), or None."""
    if token := _oauth_of(request):
        return _owner_of(token, site) if by_token(request) else None
    number, token = _carried(request)
    with site.store.read() as tx:
        row = tx.one("SELECT * FROM sessions WHERE hash = ?", token)
        if row is None or str(row["user_id"]) != number or _too_old(row, site):
            return None
        return tx.one("SELECT * FROM users WHERE id = ?", row["user_id"])


def _carried(request: Request) -> tuple[str, str]:
    """The user's number and the session's hash that a request carries: in a header of either client, or in cookies."""
    if header := request.headers.get("freelancer-auth-v2", ""):
        number, _, token = header.partition(";")
        return number, token
    kind, _, kept = request.headers.get("authorization", "").partition(" ")
    if kind == "Session":
        number, _, token = kept.partition(".")
        return number, token
    return request.cookies.get(USER_COOKIE, ""), request.cookies.get(HASH_COOKIE, "")


def oauth_token(login: str) -> str:
    """A user's OAuth token: opaque, but the same in every run."""
    return hashlib.sha256(f"oauth token of {login}".encode()).hexdigest()[:30]


def _oauth_of(request: Request) -> str:
    """The token that a request carries, in the official client's header or as a bearer; "" for none."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    return request.headers.get("freelancer-oauth-v1", "") or (bearer if kind.lower() == "bearer" else "")


def by_token(request: Request) -> bool:
    """Whether a request comes by OAuth to where that counts: the API, except carts, which want the web client."""
    path = request.url.path
    return bool(_oauth_of(request)) and path.startswith("/api/") and not path.startswith("/api/payments/")


def _owner_of(token: str, site: Site) -> Row | None:
    with site.store.read() as tx:
        rows = tx.all("SELECT * FROM users")
    return next((row for row in rows if oauth_token(row["login"]) == token), None)


def _too_old(row: Row, site: Site) -> bool:
    limit = site.knobs.number("session_seconds")
    return bool(limit) and time.time() - row["started"] > limit


def check_password(tx: Tx, fields: dict[str, Any]) -> Row:
    """The user that login and password name, once no gate is in the way. Raises ApiError or Blocked."""
    login = str(fields.get("user") or "").strip()
    user = tx.one("SELECT * FROM users WHERE login = ? OR email = ?", login, login)
    if user is None or user["password"] != fields.get("password"):
        raise WRONG
    if user["gate"] == "blocked":
        raise Blocked
    if user["gate"] == "captcha" and fields.get("captcha") is not True:
        raise CAPTCHA
    return user


def start_session(tx: Tx, user_id: int) -> str:
    """A new session. Answers its hash: opaque, but the same in every run."""
    token = _token(tx, user_id)
    while tx.one("SELECT 1 FROM sessions WHERE hash = ?", token):  # kept over a reset, which counts from 1 again
        token = _token(tx, user_id)
    tx.run("INSERT INTO sessions VALUES (?, ?, ?)", token, user_id, time.time())
    return token


def _token(tx: Tx, user_id: int) -> str:
    return hashlib.sha256(f"session {tx.new_ref('sessions')} of {user_id}".encode()).hexdigest()


def end_session(request: Request, site: Site) -> None:
    """Kill the request's session."""
    _, token = _carried(request)
    with site.store.write(site.now()) as tx:
        tx.run("DELETE FROM sessions WHERE hash = ?", token)


def set_cookies(response: Response, token: str, user_id: int, remember: bool) -> None:
    """Session cookies; they outlive the browser only with Remember me."""
    age = _MONTH if remember else None
    response.set_cookie(HASH_COOKIE, token, max_age=age, path="/", samesite="lax")
    response.set_cookie(USER_COOKIE, str(user_id), max_age=age, path="/", samesite="lax")


def code_is_right(code: object) -> bool:
    """Whether that is the 2-step code."""
    return str(code or "").strip() == TWO_STEP_CODE


def safe_next(path: str) -> str:
    """Where to go after login: a path of this site, else the dashboard."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path and "\n" not in path:
        return path
    return "/dashboard"
