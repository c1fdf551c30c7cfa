"""The API's users: who a token or session belongs to. What each user's token is, the truth says."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.mock_platform import money, objects, sessions
from flows.mock_platform.answers import api, require_user, succeed
from flows.mock_platform.site import site_of
from flows.mock_platform.sources import balances
from flows.mock_platform.store import Row, Tx


def entry(user: Row) -> dict[str, Any]:
    """The User object, as far as others see it."""
    return {
        "id": user["id"],
        "username": user["login"],
        "display_name": user["name"],
        "role": "freelancer" if user["role"] == "freelancer" else "employer",
    }


def entries(tx: Tx, numbers: Iterable[int | None]) -> dict[str, Any]:
    """Users by id, each once."""
    wanted = sorted({number for number in numbers if number is not None})
    rows = (tx.one("SELECT * FROM users WHERE id = ?", number) for number in wanted)
    return {str(row["id"]): entry(row) for row in rows if row is not None}


@api
async def get_self(request: Request) -> Response:
    """The signed-in user, with `account_balances` when `balance_details=true`: the web client's; a token gets null."""
    user, site = require_user(request), site_of(request)
    with site.store.read() as tx:
        held = balances(tx, user["id"])
        verified = tx.one("SELECT 1 FROM sources WHERE user_id = ? AND verified = 1", user["id"]) is not None
    told: dict[str, Any] = {**entry(user), "status": {"payment_verified": verified}}
    if request.query_params.get("balance_details") == "true":
        rows = [
            {"amount": money.to_number(minor, code), "bonus_amount": 0, "currency": objects.currency(code)}
            for code, minor in held.items()
        ]
        told["account_balances"] = None if sessions.by_token(request) else {"balances": rows}
    return succeed(request, told)


def routes() -> list[Route]:
    """The routes of this file, each with and without its trailing slash."""
    homes = ("/api/users/0.1/self", "/api/projects/0.1/self")
    return [Route(f"{home}{tail}", get_self, methods=["GET"]) for home in homes for tail in ("", "/")]
