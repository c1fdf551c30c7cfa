"""Projects as people see them: lookups, who may see what, and the lists behind My Projects."""

from dataclasses import dataclass

from flows.mock_platform.store import Row, Tx

TABS = {"open": "Open", "in-progress": "In Progress", "past": "Past"}
FILTERS = ("All", "Awarded", "In Progress")
PAGE_SIZES = (10, 20)


@dataclass(frozen=True)
class Listing:
    """One page of My Projects: its rows, the first row's number (from 0), and how many there are in all."""

    rows: list[Row]
    offset: int
    total: int


def by_ref(tx: Tx, ref: object) -> Row | None:
    """The project with that id."""
    return tx.one("SELECT * FROM projects WHERE ref = ?", ref)


def by_seo_url(tx: Tx, seo_url: str) -> Row | None:
    """The project with that seo_url (category/slug)."""
    return tx.one("SELECT * FROM projects WHERE seo_url = ?", seo_url)


def side_of(project: Row, user_id: int) -> str:
    """What the user is on this project: client, freelancer, or "" for a stranger."""
    if project["owner_id"] == user_id:
        return "client"
    return "freelancer" if project["bidder_id"] == user_id else ""


def other_party(project: Row, side: str) -> int | None:
    """The user id of the counterparty, as that side sees it."""
    number = project["bidder_id"] if side == "client" else project["owner_id"]
    return None if number is None else int(number)


def status_text(project: Row) -> str:
    """Open, Awarded (not accepted yet), In Progress or Completed."""
    if project["ended"]:
        return "Completed"
    return {"none": "Open", "awarded": "Awarded", "accepted": "In Progress"}[project["award"]]


def committed(tx: Tx, ref: int) -> int:
    """Minor units of all milestones that were funded and not cancelled: what counts against the bid."""
    row = tx.one(
        "SELECT COALESCE(SUM(minor), 0) AS total FROM milestones WHERE project = ? AND status != 'canceled'", ref
    )
    return int(row["total"]) if row else 0


def listing(tx: Tx, user_id: int, where: "Where") -> Listing:
    """One page of a user's projects, newest first."""
    condition, values = where.condition(user_id)
    count = tx.one(f"SELECT COUNT(*) AS n FROM projects WHERE {condition}", *values)  # noqa: S608 - own words only
    rows = tx.all(
        f"SELECT * FROM projects WHERE {condition} ORDER BY time_created DESC, ref LIMIT ? OFFSET ?",  # noqa: S608
        *values,
        where.show,
        where.offset,
    )
    return Listing(rows, where.offset, int(count["n"]) if count else 0)


@dataclass(frozen=True)
class Where:
    """What My Projects was asked for. `strict_open` is the knob open_tab=bidding."""

    side: str
    tab: str
    query: str = ""
    filter: str = "All"
    show: int = 10
    offset: int = 0
    strict_open: bool = False

    def condition(self, user_id: int) -> tuple[str, list[object]]:
        """The SQL condition (own words only) and its values."""
        column = "owner_id" if self.side == "client" else "bidder_id"
        parts, values = [f"{column} = ?"], [user_id]
        parts.append("ended = 1" if self.tab == "past" else "ended = 0")
        if self.tab == "in-progress" or self.filter == "In Progress":
            parts.append("award = 'accepted'")
        if self.tab == "open" and self.strict_open:
            parts.append("award != 'accepted'")
        if self.filter == "Awarded":
            parts.append("award = 'awarded'")
        if self.query:
            parts.append("instr(lower(title), lower(?)) > 0")
            return " AND ".join(parts), [*values, self.query]
        return " AND ".join(parts), list(values)
