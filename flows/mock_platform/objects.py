"""The API's objects: milestones, requests, carts and projects as JSON, with `*_text` fields that our pages show."""

from datetime import UTC, datetime
from typing import Any

from flows.mock_platform import milestone_requests, milestones, money, projects
from flows.mock_platform.sources import Quote
from flows.mock_platform.store import Row, Tx


def currency(code: str) -> dict[str, Any]:
    """`{id, code, sign}`."""
    entry = money.CURRENCIES[code]
    return {"id": entry.id, "code": entry.code, "sign": entry.sign}


def date_text(seconds: int | None) -> str:
    """A date as pages show it: "Nov 2, 2026"."""
    if seconds is None:
        return ""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day:%b} {day.day}, {day.year}"


def activity(project: Row) -> str:
    """When something last changed on a project, as a time; its fraction of a second counts the changes."""
    return f"{datetime.fromtimestamp(project['time_updated'], UTC):%Y-%m-%dT%H:%M:%S}.{project['changes'] % 10**6:06}Z"


def milestone(row: dict[str, Any], project: Row, style: str) -> dict[str, Any]:
    """The Milestone object."""
    flag = bool(row["cancellation_requested"])
    return {
        "transaction_id": row["ref"],
        "project_owner_id": project["owner_id"],
        "bidder_id": project["bidder_id"],
        "project_id": project["ref"],
        "bid_id": project["bid_id"],
        "amount": money.to_number(row["minor"], project["currency"]),
        "currency": currency(project["currency"]),
        "reason": "other",
        "other_reason": row["description"],
        "status": row["status"],
        "dispute_id": row["ref"] + 50_000_000 if row["status"] == "disputed" else None,
        "cancellation_requested": flag,
        "cancellation_reason": row["cancellation_reason"] or None,
        "reason_text": row["reason_text"] or None,
        "is_from_prepaid": False,
        "is_initial_payment": bool(row["is_initial_payment"]),
        "time_created": row["time_created"],
        "time_released": row["time_released"],
        "amount_text": money.display(row["minor"], project["currency"], style),
        "amount_plain": money.to_text(row["minor"], project["currency"]),
        "status_text": milestones.status_text(row["status"], flag, bool(row["clearing"])),
        "date_text": date_text(row["time_created"]),
        "automatic": bool(row["automatic"]),
    }


def request(row: dict[str, Any], project: Row, style: str) -> dict[str, Any]:
    """The MilestoneRequest object."""
    return {
        "id": row["ref"],
        "bidder_id": project["bidder_id"],
        "bid_id": project["bid_id"],
        "project_id": project["ref"],
        "project_owner_id": project["owner_id"],
        "requester_id": project["bidder_id"],
        "amount": money.to_number(row["minor"], project["currency"]),
        "currency": currency(project["currency"]),
        "description": row["description"],
        "status": row["status"],
        "time_requested": row["time_requested"],
        "amount_text": money.display(row["minor"], project["currency"], style),
        "amount_plain": money.to_text(row["minor"], project["currency"]),
        "status_text": milestone_requests.TEXTS[row["status"]],
        "date_text": date_text(row["time_requested"]),
    }


def cart(tx: Tx, row: dict[str, Any], items: list[Row], code: str, style: str) -> dict[str, Any]:
    """A cart with its items."""
    total = sum(item["minor"] for item in items)
    return {
        "id": row["ref"],
        "status": row["status"],
        "project_id": row["project"],
        "currency": currency(code),
        "amount": money.to_number(total, code),
        "amount_text": money.display(total, code, style),
        "date_text": date_text(row["time_created"]),
        "description": ", ".join(item["description"] for item in items if item["context_type"] == "MILESTONE"),
        "items": [
            {
                "id": item["ref"],
                "contextType": item["context_type"],
                "contextId": item["context_id"],
                "description": item["description"],
                "currencyId": currency(code)["id"],
                "amount": money.to_number(item["minor"], code),
                "amount_text": money.display(item["minor"], code, style),
            }
            for item in items
        ],
    }


def quote(entry: Quote, subtotal: int, code: str, style: str) -> dict[str, Any]:
    """One payment source with the rows that the deposit page shows for it; a zero fee says Free."""
    rows: list[tuple[str, str]] = []
    if entry.kind != "balance":
        rows.append(("Deposit Amount", money.display(subtotal, code, style)))
    for other, minor in entry.converted:
        rows.append(("Equivalent Balance", money.display(minor, other, style)))
    fee = money.display(entry.processing, code, style) if entry.processing else "Free"
    rows += [("Processing Fee", fee), ("Subtotal", money.display(subtotal, code, style))]
    rows.append(("Total", money.display(entry.total, code, style)))
    return {
        "id": entry.id,
        "kind": entry.kind,
        "label": entry.label,
        "verified": entry.verified,
        "group": entry.group,
        "rows": [{"label": label, "amount_text": text} for label, text in rows],
        "total": money.to_number(entry.total, code),
        "total_text": money.display(entry.total, code, style),
    }


def bid_text(row: Row, style: str) -> str:
    """The bid as pages show it; an hourly one is a rate, and says so (its wording is invented)."""
    shown = money.display(row["bid_minor"], row["currency"], style)
    return f"{shown} / hour" if row["type"] == "hourly" else shown


def project(tx: Tx, row: Row, style: str, side: str) -> dict[str, Any]:
    """A project as lists show it, from one side."""
    other = projects.other_party(row, side)
    person = tx.one("SELECT login, name FROM users WHERE id = ?", other)
    return {
        "id": row["ref"],
        "title": row["title"],
        "seo_url": row["seo_url"],
        "type": row["type"],
        "owner_id": row["owner_id"],
        "bidder_id": row["bidder_id"],
        "bid_id": row["bid_id"],
        "currency": currency(row["currency"]),
        "bid_amount": money.to_number(row["bid_minor"], row["currency"]),
        "bid_text": bid_text(row, style),
        "counterparty": None if person is None else person["login"],
        "status_text": projects.status_text(row),
        "award": row["award"],
        "time_submitted": row["time_created"],
        "date_text": date_text(row["time_created"]),
        "activity": activity(row),
        "activity_text": date_text(row["time_updated"]),
    }
