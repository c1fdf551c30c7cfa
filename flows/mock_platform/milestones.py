"""Milestones: their states, who may do what in which state, and what each action leaves behind."""

from typing import Any

from flows.mock_platform import money, projects
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.store import Row, Tx

CANCEL_REASONS = {
    "freelancer_did_not_meet_deadline": "The Freelancer didn't meet the deadline",
    "accidentally_created": "The milestone was created accidentally",
    "freelancer_did_not_complete_task": "The Freelancer couldn't complete the task",
    "no_longer_needed": "The milestone is no longer needed",
    "other": "Other",
}
ACTIONS = ("release", "request_release", "cancel", "request_cancel", "reject_cancel", "dispute", "update")
HELD = ("frozen", "requested_release", "pending")


def get(tx: Tx, ref: object) -> Row | None:
    """The milestone with that id (the API's transaction_id)."""
    return tx.one("SELECT * FROM milestones WHERE ref = ?", ref)


def status_text(status: str, cancellation_requested: bool, clearing: bool) -> str:
    """The word that pages show for an API status."""
    if status in ("frozen", "requested_release") and cancellation_requested:
        return "Cancellation Requested"
    if status == "cleared":
        return "Pending in Freelancer.com" if clearing else "Released"
    return {
        "unfunded": "Not funded",
        "pending": "Pending",
        "frozen": "In Progress",
        "requested_release": "Release Requested",
        "canceled": "Cancelled",
        "disputed": "Disputed",
    }[status]


def create(tx: Tx, project: Row, minor: int, description: str, *, initial: bool = False) -> int:
    """A funded milestone: frozen, or pending while the award is not accepted. Answers its ref."""
    ref = tx.new_ref("milestones")
    status = "frozen" if project["award"] == "accepted" else "pending"
    tx.run(
        "INSERT INTO milestones (ref, project, minor, description, status, is_initial_payment, time_created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(ref, project["ref"], minor, description, status, int(initial), tx.now),
    )
    tx.note("createMilestone", "milestones", ref, project["ref"], None)
    return ref


def act(tx: Tx, row: Row, action: str, side: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Carry out an API action as client or freelancer. Raises ApiError with the site's code; answers its result."""
    project = projects.by_ref(tx, row["project"])
    if project is None or side not in ("client", "freelancer"):
        raise ApiError("NOT_FOUND", "Milestone not found.")
    if action not in ACTIONS:
        raise ApiError(BAD_FORM, f"Unknown action: {action}")
    _refuse_wrong_side(action, side, row, project)
    if action == "release":
        return release(tx, row, project, fields)
    simple = {
        "request_release": _request_release,
        "cancel": _cancel,
        "request_cancel": _request_cancel,
        "reject_cancel": _reject_cancel,
        "dispute": _dispute,
        "update": _update,
    }
    simple[action](tx, row, fields)
    return {}


def _refuse_wrong_side(action: str, side: str, row: Row, project: Row) -> None:
    client_only = ("release", "request_cancel", "update")
    freelancer_only = ("request_release", "reject_cancel")
    if (action in client_only and side != "client") or (action in freelancer_only and side != "freelancer"):
        raise ApiError("PERMISSION_DENIED", "You are not allowed to perform this action on this milestone.")
    if action == "cancel" and side == "client" and project["award"] == "accepted":
        raise ApiError(
            "PERMISSION_DENIED", "The project is in progress. Please ask your freelancer to cancel the milestone."
        )


def _must_be(row: Row, statuses: tuple[str, ...], verb: str) -> None:
    if row["status"] not in statuses:
        shown = status_text(row["status"], bool(row["cancellation_requested"]), bool(row["clearing"]))
        raise ApiError(BAD_FORM, f"This milestone cannot be {verb}: it is {shown}.")


def release(tx: Tx, row: Row, project: Row, fields: dict[str, Any]) -> dict[str, Any]:
    """Release all of it, or a part: then the original is canceled and two new milestones take its place."""
    if row["status"] == "disputed":
        raise ApiError(
            "MILESTONE_DISPUTE_PENDING", "This milestone cannot be released as it is currently under dispute."
        )
    if row["status"] == "pending" or project["award"] != "accepted":
        raise ApiError(
            "PROJECT_NOT_ACCEPTED",
            "Your freelancer must accept the project before a Milestone Payment can be released.",
        )
    _must_be(row, ("frozen", "requested_release"), "released")
    minor, clearing = _release_amount(row, project, fields), bool(fields.get("clearing"))
    _add_balance(tx, project["bidder_id"], project["currency"], minor)
    if minor < row["minor"]:
        return _release_part(tx, row, project, minor, clearing)
    _set(tx, row, "releaseMilestone", status="cleared", time_released=tx.now, clearing=int(clearing))
    return {"original_milestone": row["ref"], "released_milestone": row["ref"], "remaining_milestone": None}


def _release_amount(row: Row, project: Row, fields: dict[str, Any]) -> int:
    if fields.get("amount") is None:
        return int(row["minor"])
    try:
        minor = money.parse(fields["amount"], project["currency"])
    except money.BadAmount as bad:
        raise ApiError(BAD_FORM, str(bad)) from None
    if minor > row["minor"]:
        raise ApiError(BAD_FORM, "Please enter a lesser amount.")
    if minor < row["minor"] and row["automatic"]:
        raise ApiError(BAD_FORM, "Automatic milestones cannot be partially released.")
    return minor


def _release_part(tx: Tx, row: Row, project: Row, minor: int, clearing: bool) -> dict[str, Any]:
    base, _, tail = row["description"].partition(" (Partial Release ")
    part = int(tail.rstrip(")")) + 1 if tail.rstrip(")").isdecimal() else 2
    released, remaining = tx.new_ref("milestones"), tx.new_ref("milestones")
    insert = (
        "INSERT INTO milestones (ref, project, minor, description, status, clearing, is_initial_payment, time_created,"
        " time_released) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    initial, created = row["is_initial_payment"], row["time_created"]
    tx.run(
        insert,
        *(released, project["ref"], minor, row["description"], "cleared", int(clearing), initial, created, tx.now),
    )
    rest, name = row["minor"] - minor, f"{base} (Partial Release {part})"
    tx.run(insert, remaining, project["ref"], rest, name, "frozen", 0, initial, created, None)
    _set(tx, row, "releaseMilestone", status="canceled")
    tx.note("createMilestone", "milestones", released, project["ref"], None)
    tx.note("createMilestone", "milestones", remaining, project["ref"], None)
    return {"original_milestone": row["ref"], "released_milestone": released, "remaining_milestone": remaining}


def _request_release(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    _must_be(row, ("frozen",), "requested for release")
    _set(tx, row, "requestToRelease", status="requested_release")


def _cancel(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    _must_be(row, HELD, "cancelled")
    project = projects.by_ref(tx, row["project"])
    if project is not None:
        _add_balance(tx, project["owner_id"], project["currency"], row["minor"])
    _set(tx, row, "cancelMilestone", status="canceled", cancellation_requested=0)


def _request_cancel(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    _must_be(row, ("frozen", "requested_release"), "cancelled")
    reason = fields.get("reason")
    if reason not in CANCEL_REASONS:
        raise ApiError(BAD_FORM, f"reason is one of {', '.join(CANCEL_REASONS)}")
    text = str(fields.get("reason_text") or "")
    _set(tx, row, "requestCancelMilestone", cancellation_requested=1, cancellation_reason=str(reason), reason_text=text)


def _reject_cancel(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    if not row["cancellation_requested"]:
        raise ApiError(BAD_FORM, "There is no cancellation request for this milestone.")
    _set(tx, row, "rejectMilestoneCancellation", cancellation_requested=0)


def _dispute(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    _must_be(row, ("frozen", "requested_release"), "disputed")
    _set(tx, row, "milestoneStatusUpdate", status="disputed")


def _update(tx: Tx, row: Row, fields: dict[str, Any]) -> None:
    description = str(fields.get("description") or "").strip()
    if not description:
        raise ApiError(BAD_FORM, "Description is required")
    _set(tx, row, "milestoneStatusUpdate", description=description)


_COLUMNS = (
    "status",
    "time_submitted",
    "minor",
    "description",
    "time_released",
    "clearing",
    "cancellation_requested",
    "cancellation_reason",
    "reason_text",
)


def _set(tx: Tx, row: Row, event: str, **values: Any) -> None:
    for name, value in values.items():
        if name not in _COLUMNS:
            raise KeyError(name)
        tx.run(f"UPDATE milestones SET {name} = ? WHERE ref = ?", value, row["ref"])  # noqa: S608 - name is checked
    tx.note(event, "milestones", row["ref"], row["project"], row)


def force(tx: Tx, row: Row, **values: Any) -> None:
    """Set columns without asking the rules, for another party's act and for seeds."""
    _set(tx, row, "milestoneStatusUpdate", **values)


def _add_balance(tx: Tx, user_id: int, currency: str, minor: int) -> None:
    tx.run(
        "INSERT INTO balances VALUES (?, ?, ?) ON CONFLICT (user_id, currency) DO UPDATE SET minor = minor + ?",
        *(user_id, currency, minor, minor),
    )
