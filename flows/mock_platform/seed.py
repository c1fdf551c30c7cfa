"""Putting users and projects into an empty store; the built-in seeds by name."""

import re
from dataclasses import dataclass, field

from flows.mock_platform import money
from flows.mock_platform.store import Tx
from flows.mock_platform.users import USERS, User

DAY = 86_400
FIRST_REF = 38_112_233
_FIRST_BID = 66_500_001


@dataclass(frozen=True)
class SeedMilestone:
    """A milestone to start with: API status, and the flags that are no status."""

    description: str
    amount: str
    status: str = "frozen"
    cancellation_reason: str = ""
    initial: bool = False
    automatic: bool = False
    clearing: bool = False
    age_days: int = 5


@dataclass(frozen=True)
class SeedRequest:
    """A milestone request to start with."""

    description: str
    amount: str
    status: str = "pending"
    age_days: int = 2


@dataclass(frozen=True)
class SeedProject:
    """A project to start with. `award` is none, awarded or accepted; `ref` 0 means the next free one."""

    title: str
    currency: str = "USD"
    bid: str = "1000.00"
    client: str = "anna"
    freelancer: str = "ben"
    category: str = "website-design"
    type: str = "fixed"
    award: str = "accepted"
    ended: bool = False
    ref: int = 0
    age_days: int = 0
    milestones: tuple[SeedMilestone, ...] = ()
    requests: tuple[SeedRequest, ...] = ()


@dataclass(frozen=True)
class Seed:
    """Users (with balances and sources) and projects."""

    users: tuple[User, ...] = USERS
    projects: tuple[SeedProject, ...] = field(default=())


def plant(tx: Tx, seed: Seed) -> None:
    """Write a seed into an empty store. Dates count back from the start of tx.now's day."""
    today = tx.now - tx.now % DAY
    for user in seed.users:
        _plant_user(tx, user)
    ids = {user.login: user.id for user in seed.users}
    taken: set[str] = set()
    ref = FIRST_REF
    used = {project.ref for project in seed.projects if project.ref}
    for number, project in enumerate(seed.projects):
        while ref in used:
            ref += 1
        own = project.ref or ref
        used.add(own)
        _plant_project(tx, project, own, ids, taken, number, today)


def _plant_user(tx: Tx, user: User) -> None:
    tx.run(
        "INSERT INTO users VALUES (?, ?, ?, ?, 'milepost', ?, ?, ?, ?)",
        *(user.id, user.login, user.email, user.name, user.role, user.gate, user.block, user.about),
    )
    for code, amount in user.balances.items():
        tx.run("INSERT INTO balances VALUES (?, ?, ?)", user.id, code, money.from_text(amount, code))
    for source in user.sources:
        tx.run(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?)",
            *(source.id, user.id, source.kind, source.label, int(source.verified)),
        )


def _plant_project(
    tx: Tx, project: SeedProject, ref: int, ids: dict[str, int], taken: set[str], number: int, today: int
) -> None:
    seo_url = slug(project.title, project.category)
    if seo_url in taken:
        seo_url = f"{seo_url}-{ref}"
    taken.add(seo_url)
    bidder = ids[project.freelancer] if project.award != "none" else None
    # later in the list is older, so that lists sorted by age come in the seed's order
    created = today - project.age_days * DAY - number * 60
    bid = money.from_text(project.bid, project.currency)
    tx.run(
        "INSERT INTO projects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        *(ref, project.title, seo_url, project.type, project.currency, ids[project.client], bidder),
        *(None if bidder is None else _FIRST_BID + number, bid, project.award, int(project.ended), created, created),
    )
    for milestone in project.milestones:
        _plant_milestone(tx, milestone, ref, project.currency, today)
    for request in project.requests:
        minor = money.from_text(request.amount, project.currency)
        tx.run(
            "INSERT INTO requests (ref, project, minor, description, status, time_requested) VALUES (?, ?, ?, ?, ?, ?)",
            *(tx.new_ref("requests"), ref, minor, request.description, request.status, today - request.age_days * DAY),
        )


def _plant_milestone(tx: Tx, milestone: SeedMilestone, ref: int, currency: str, today: int) -> None:
    created = today - milestone.age_days * DAY
    released = created + DAY if milestone.status == "cleared" else None
    tx.run(
        "INSERT INTO milestones (ref, project, minor, description, status, cancellation_requested,"
        " cancellation_reason, is_initial_payment, automatic, clearing, time_created, time_released)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(tx.new_ref("milestones"), ref, money.from_text(milestone.amount, currency), milestone.description),
        *(milestone.status, int(bool(milestone.cancellation_reason)), milestone.cancellation_reason),
        *(int(milestone.initial), int(milestone.automatic), int(milestone.clearing), created, released),
    )


def slug(title: str, category: str) -> str:
    """The seo_url of a title: category/Title-Words-Joined."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-") or "project"
    return f"{category}/{words}"
