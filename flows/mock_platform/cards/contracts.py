"""The rules of this kind of site: milestones are put up without money, funded one at a time, submitted, approved."""

from datetime import date
from typing import Any

from flows.mock_platform import carts, milestones, money, projects
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.store import Row, Tx

AUTO_APPROVE_DAYS = 14
LEAST = "5.00"
LONGEST_NAME = 100
WORK = ("Design", "Development", "Writing", "Other")
WORDS = {
    "unfunded": "Not funded",
    "pending": "Funded, offer not accepted",
    "frozen": "Active and funded",
    "requested_release": "Work submitted",
    "cleared": "Paid",
    "canceled": "Cancelled",
    "disputed": "In dispute",
}
"""What the cards say for a status."""

_DAY = 86_400
_OVER = ("cleared", "canceled")


def of_contract(tx: Tx, ref: int) -> list[Row]:
    """A contract's milestones in their order."""
    return tx.all("SELECT * FROM milestones WHERE project = ? ORDER BY ref", ref)


def next_to_fund(rows: list[Any]) -> int | None:
    """The one milestone that may be funded now: the first that is not over, if it is not funded yet."""
    first = next((row for row in rows if row["status"] not in _OVER), None)
    return int(first["ref"]) if first is not None and first["status"] == "unfunded" else None


def add(tx: Tx, project: Row, fields: dict[str, Any]) -> int:
    """Put a milestone up; nothing is paid. Raises ApiError; answers its ref."""
    name, work, due = (str(fields.get(key) or "").strip() for key in ("name", "work", "due"))
    if not name or len(name) > LONGEST_NAME:
        raise ApiError(BAD_FORM, f"Give the milestone a name of at most {LONGEST_NAME} characters.")
    if work not in WORK:
        raise ApiError(BAD_FORM, "Choose a type of work.")
    try:
        date.fromisoformat(due)
    except ValueError:
        raise ApiError(BAD_FORM, "Choose a due date.") from None
    return _insert(tx, project, _amount(fields.get("amount"), project["currency"]), name, work, due)


def stand(tx: Tx, project: Row, minor: int, name: str) -> int:
    """A milestone out of nowhere, for another party's act. Answers its ref."""
    return _insert(tx, project, minor, name, "Other", "")


def _insert(tx: Tx, project: Row, minor: int, name: str, work: str, due: str) -> int:
    ref = tx.new_ref("milestones")
    tx.run(
        "INSERT INTO milestones (ref, project, minor, description, status, time_created, due, work)"
        " VALUES (?, ?, ?, ?, 'unfunded', ?, ?, ?)",
        *(ref, project["ref"], minor, name, tx.now, due, work),
    )
    tx.note("createMilestone", "milestones", ref, project["ref"], None)
    return ref


def _amount(value: object, code: str) -> int:
    try:
        minor = money.parse(value, code)
    except money.BadAmount as bad:
        raise ApiError(BAD_FORM, str(bad)) from None
    if minor < money.from_text(LEAST if money.CURRENCIES[code].decimals else "5", code):
        raise ApiError(BAD_FORM, f"The least amount is {LEAST}.")
    return minor


def fund(tx: Tx, row: Row, knobs: Knobs) -> None:
    """Take the money for the milestone whose turn it is. Raises ApiError."""
    project = projects.by_ref(tx, row["project"])
    if project is None or next_to_fund(of_contract(tx, row["project"])) != row["ref"]:
        raise ApiError(BAD_FORM, "Milestones are funded one at a time, in order.")
    carts.check_may_create(tx, project, project["owner_id"])
    carts.charge_milestone(tx, project, row, knobs)
    milestones.force(tx, row, status="frozen")


def submit(tx: Tx, row: Row) -> None:
    """The freelancer hands the work in. Raises ApiError."""
    if row["status"] != "frozen":
        raise ApiError(BAD_FORM, "Work can be submitted for the active milestone only.")
    milestones.force(tx, row, status="requested_release", time_submitted=tx.now)


def approve(tx: Tx, row: Row) -> None:
    """The client lets the money go. Raises ApiError."""
    project = projects.by_ref(tx, row["project"])
    if project is None or row["status"] != "requested_release":
        raise ApiError(BAD_FORM, "Only submitted work can be approved.")
    milestones.release(tx, row, project, {})


def approve_what_is_due(tx: Tx) -> None:
    """Approve by itself what was submitted 14 days ago and nobody objected to."""
    since = tx.now - AUTO_APPROVE_DAYS * _DAY
    for row in tx.all("SELECT * FROM milestones WHERE status = 'requested_release' AND time_submitted <= ?", since):
        approve(tx, row)
