"""What really stands on the mock, whatever its pages show. Tests judge by this."""

import json
from typing import Any

from flows.mock_platform import milestone_requests, milestones, money
from flows.mock_platform.sessions import oauth_token
from flows.mock_platform.site import Site
from flows.mock_platform.store import Row, Tx

_STATES = {
    "unfunded": "awaiting_payment",
    "pending": "funded",
    "frozen": "funded",
    "requested_release": "release_requested",
    "cleared": "released",
    "canceled": "cancelled",
    "disputed": "disputed",
}


def truth(site: Site) -> dict[str, Any]:
    """The whole truth as JSON; amounts are strings with their currency's decimals."""
    with site.store.read() as tx:
        logins = {row["id"]: row["login"] for row in tx.all("SELECT id, login FROM users")}
        currencies = {row["ref"]: row["currency"] for row in tx.all("SELECT ref, currency FROM projects")}
        return {
            "projects": _projects(tx, logins),
            "carts": [_cart(tx, row, logins, currencies) for row in tx.all("SELECT * FROM carts ORDER BY ref")],
            "charges": [_charge(row, logins) for row in tx.all("SELECT * FROM charges ORDER BY ref")],
            "balances": _balances(tx, logins),
            "tokens": {login: oauth_token(login) for login in logins.values()},
            "page_loads": site.page_loads,
            "money_requests": list(site.money_requests),
        }


def _projects(tx: Tx, logins: dict[int, str]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    codes: dict[int, str] = {}
    for row in tx.all("SELECT * FROM projects ORDER BY ref"):
        codes[row["ref"]] = row["currency"]
        found[row["ref"]] = {
            "ref": str(row["ref"]),
            "title": row["title"],
            "url": f"/projects/{row['seo_url']}",
            "currency": row["currency"],
            "client": logins[row["owner_id"]],
            "freelancer": logins.get(row["bidder_id"]),
            "bid": money.to_text(row["bid_minor"], row["currency"]),
            "award": row["award"],
            "milestones": [],
            "requests": [],
        }
    for row in tx.all("SELECT * FROM milestones ORDER BY ref"):
        found[row["project"]]["milestones"].append(milestone(row, codes[row["project"]]))
    for row in tx.all("SELECT * FROM requests ORDER BY ref"):
        found[row["project"]]["requests"].append(request(row, codes[row["project"]]))
    return list(found.values())


def milestone(row: Row, code: str) -> dict[str, Any]:
    """A milestone: `state` in the words of the plan, `raw` as pages show it, `status` as the API has it."""
    flag = bool(row["cancellation_requested"])
    asked = flag and row["status"] in ("frozen", "requested_release")
    return {
        "ref": str(row["ref"]),
        "description": row["description"],
        "amount": money.to_text(row["minor"], code),
        "state": "cancel_requested" if asked else _STATES[row["status"]],
        "raw": milestones.status_text(row["status"], flag, bool(row["clearing"])),
        "status": row["status"],
    }


def request(row: Row, code: str) -> dict[str, Any]:
    """A milestone request: `raw` as pages show it, `status` as the API has it."""
    return {
        "ref": str(row["ref"]),
        "description": row["description"],
        "amount": money.to_text(row["minor"], code),
        "raw": milestone_requests.TEXTS[row["status"]],
        "status": row["status"],
    }


def _cart(tx: Tx, row: Row, logins: dict[int, str], currencies: dict[int, str]) -> dict[str, Any]:
    code = currencies.get(row["project"], "USD")
    items = tx.all("SELECT * FROM cart_items WHERE cart = ? ORDER BY ref", row["ref"])
    return {
        "ref": str(row["ref"]),
        "owner": logins[row["owner_id"]],
        "project": None if row["project"] is None else str(row["project"]),
        "status": row["status"].lower(),
        "amount": money.to_text(sum(item["minor"] for item in items), code),
        "currency": code,
        "items": [
            {
                "kind": item["context_type"].lower(),
                "description": item["description"],
                "amount": money.to_text(item["minor"], code),
            }
            for item in items
        ],
    }


def _charge(row: Row, logins: dict[int, str]) -> dict[str, Any]:
    code = row["currency"]
    return {
        "ref": str(row["ref"]),
        "cart": None if row["cart"] is None else str(row["cart"]),
        "project": str(row["project"]),
        "user": logins[row["user_id"]],
        "amount": money.to_text(row["minor"], code),
        "currency": code,
        "source": row["source"],
        "project_fee": money.to_text(row["fee_minor"], code),
        "processing_fee": money.to_text(row["processing_minor"], code),
        "taken": json.loads(row["taken"]),
        "milestone": None if row["milestone"] is None else str(row["milestone"]),
    }


def _balances(tx: Tx, logins: dict[int, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {login: {} for login in logins.values()}
    for row in tx.all("SELECT * FROM balances ORDER BY user_id, currency"):
        found[logins[row["user_id"]]][row["currency"]] = money.to_text(row["minor"], row["currency"])
    return found
