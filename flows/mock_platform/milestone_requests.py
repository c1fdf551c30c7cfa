"""Milestone requests: a freelancer asks, a client accepts or rejects. They are not money."""

from typing import Any

from flows.mock_platform import money
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.store import Row, Tx

TEXTS = {"pending": "Requested", "created": "Created", "rejected": "Rejected", "deleted": "Deleted"}


def get(tx: Tx, ref: object) -> Row | None:
    """The request with that id."""
    return tx.one("SELECT * FROM requests WHERE ref = ?", ref)


def create(tx: Tx, project: Row, minor: int, description: str) -> int:
    """A pending request. Answers its ref."""
    ref = tx.new_ref("requests")
    tx.run(
        "INSERT INTO requests (ref, project, minor, description, status, time_requested) VALUES (?, ?, ?, ?, ?, ?)",
        *(ref, project["ref"], minor, description, "pending", tx.now),
    )
    tx.note("requestMilestone", "requests", ref, project["ref"], None)
    return ref


def pending(tx: Tx, ref: object, project: Row) -> Row:
    """The request if it belongs to the project and still waits. Raises ApiError."""
    row = get(tx, ref)
    if row is None or row["project"] != project["ref"]:
        raise ApiError("NOT_FOUND", "Milestone request not found.")
    if row["status"] != "pending":
        raise ApiError(BAD_FORM, f"This milestone request is {TEXTS[row['status']].lower()}.")
    return row


def decide(tx: Tx, row: Row, status: str) -> None:
    """Leave pending: created, rejected or deleted."""
    tx.run("UPDATE requests SET status = ? WHERE ref = ?", status, row["ref"])
    event = {"created": "accepted", "rejected": "milestoneStatusUpdate", "deleted": "milestoneStatusUpdate"}[status]
    tx.note(event, "requests", row["ref"], row["project"], row)


def checked(fields: dict[str, Any], currency: str, limit: int) -> tuple[int, str]:
    """Amount in minor units and description of a form. Raises ApiError with the form's validation text."""
    try:
        minor = money.parse(fields.get("amount"), currency)
    except money.BadAmount as bad:
        raise ApiError(BAD_FORM, str(bad)) from None
    description = fields.get("description")
    if not isinstance(description, str) or not description.strip():
        raise ApiError(BAD_FORM, "Description is required")
    # a browser counts UTF-16 units, and so does the site's form
    if len(description.encode("utf-16-le", "surrogatepass")) // 2 > limit:
        raise ApiError(BAD_FORM, "Please create a shorter description.")
    return minor, description.strip()
