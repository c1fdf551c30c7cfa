"""The cells of the fault matrix: each way to pay, each point of the site at which something can happen, each fault.

The ways are the two paths of a client and the freelancer's, the two single steps that end a milestone's life, and those
of the mock's other kinds of site. What makes no sense at a point is the mock platform's to say; that a way never comes
by a point is said here, and proved by the run: a fault that did not fire fails its cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.single import SingleKind
from flows.mock_platform.faults import KINDS, READS, WRITES, BadFault, parse

WEBSITE, LOGO, YOGA, COURSE, STUDENTS = "38112233", "38112234", "38112236", "38112237", "41200002"
APPLY_PLAN = f"""
[[project]]
ref = "{WEBSITE}"
total = "100.00 USD"
split = "2 x 50%"

[[project]]
ref = "{YOGA}"
total = "30.00 USD"
split = "1 x 100%"
"""
REQUEST_PLAN = f"""
[[project]]
ref = "{WEBSITE}"
total = "100.00 USD"
split = "1 x 100%"

[[project]]
ref = "{LOGO}"
total = "20.00 EUR"
split = "1 x 100%"

[[project]]
ref = "{YOGA}"
total = "30.00 USD"
split = "1 x 100%"
"""
"""From the second project on, requests of several projects are on their way at once."""

RELEASE_PLAN = f"""
[[project]]
ref = "{COURSE}"
total = "1200.00 USD"
ignore = ["41200001", "41200003"]
[[project.milestone]]
key = "students"
description = "Student area"
amount = "1200.00"
site_ref = "{STUDENTS}"
"""
STANDING = (
    (WEBSITE, "Milestone 1 of 2", "50.00"),
    (WEBSITE, "Milestone 2 of 2", "50.00"),
    (YOGA, "Milestone 1 of 1", "30.00"),
)
"""What the other side has put up of the plan of `APPLY_PLAN`, for ways that begin with that."""

IN_ORDER_PLAN = f"""
[[project]]
ref = "{WEBSITE}"
total = "50.00 USD"
[[project.milestone]]
key = "first"
description = "Milestone 1 of 2"
amount = "50.00"

[[project]]
ref = "{YOGA}"
total = "30.00 USD"
[[project.milestone]]
key = "only"
description = "Milestone 1 of 1"
amount = "30.00"
"""
"""Of what stands, the milestones whose turn it is where they are paid for one at a time."""

BEFORE_THE_ORDER = ("login", "list")
"""Points that only the looks before an approval come by; the two paths of a client are one and the same there."""
MET_TWICE = ("project",)
"""Points at which the fault meets the second run's looks as well: then rows stand, and a page read wrongly would make
them again."""


@dataclass(frozen=True)
class Way:
    """How money moves: who, by which of the site's paths, and which points that way comes by."""

    name: str
    account: str
    points: tuple[str, ...]
    path: str = "cart"
    single: SingleKind | None = None
    kind: str = "freelancer"
    """The kind of site that it is."""
    stands: str = ""
    """What stands of the plan before anything is done: requests, or milestones that are not paid for."""
    in_order: bool = False
    """Whether the site pays one milestone of a project at a time."""
    pays: bool = True
    """Whether its one order pays; else what it makes stand is paid for by another one, in the end."""

    @property
    def plan(self) -> str:
        if self.single is not None:
            return RELEASE_PLAN
        if self.in_order:
            return IN_ORDER_PLAN
        return APPLY_PLAN if self.client else REQUEST_PLAN

    @property
    def client(self) -> bool:
        return self.account == "anna"

    @property
    def platform(self) -> str:
        return "freelancer" if self.kind == "freelancer" else f"mock-{self.kind}"


WAYS = (
    Way("client, cart", "anna", ("login", "list", "project", "readback", "milestone.create", "cart.process")),
    Way("client, direct", "anna", ("project", "readback", "milestone.create"), path="direct"),
    Way("freelancer", "ben", ("login", "list", "project", "readback", "milestone.request")),
    Way("client, release", "anna", ("readback", "milestone.release"), single=SingleKind.RELEASE),
    Way("freelancer, asks for release", "ben", ("readback", "milestone.release"), single=SingleKind.REQUEST_RELEASE),
    Way(
        "agreements, freelancer",
        "ben",
        ("login", "list", "project", "readback", "milestone.request"),
        kind="agreements",
    ),
    Way(
        "agreements, client agrees",
        "anna",
        ("project", "readback", "milestone.create"),
        kind="agreements",
        stands="requests",
        pays=False,
    ),
    Way(
        "agreements, client pays in",
        "anna",
        ("login", "list", "project", "readback", "cart.process"),
        kind="agreements",
        stands="milestones",
    ),
    Way(
        "cards, client puts up",
        "anna",
        ("login", "list", "project", "readback", "milestone.create"),
        kind="cards",
        pays=False,
    ),
    Way(
        "cards, client confirms",
        "anna",
        ("project", "readback", "cart.process"),
        kind="cards",
        stands="milestones",
        in_order=True,
    ),
    Way(
        "cards, freelancer hands in",
        "ben",
        ("readback", "milestone.release"),
        kind="cards",
        single=SingleKind.REQUEST_RELEASE,
    ),
)


SITES = tuple(dict.fromkeys(way.kind for way in WAYS))
"""The mock's kinds of site, in the order of their ways."""


def way_named(name: str) -> Way:
    """The way with a name."""
    return next(way for way in WAYS if way.name == name)


@dataclass(frozen=True, order=True)
class Cell:
    """One fault at one point of one way."""

    at: str
    when: str
    kind: str
    way: str

    def __str__(self) -> str:
        return f"{self.at} {self.when} {self.kind} ({self.way})"


def combinations() -> Iterator[tuple[str, str, str]]:
    """Every point x moment x kind of the mock platform's contract, sensible or not."""
    for at in (*WRITES, *READS):
        for when in ("before", "after"):
            for kind in KINDS:
                yield at, when, kind


def refusal(at: str, when: str, kind: str) -> str:
    """Why a combination makes no sense, in the mock platform's words; "" if it does."""
    try:
        parse({"at": at, "when": when, "kind": kind})
    except BadFault as error:
        return str(error)
    return ""


def everything() -> list[Cell]:
    """The cells of all combinations that make sense."""
    return [cell for combination in combinations() if not refusal(*combination) for cell in cells_of(*combination)]


def cells_of(at: str, when: str, kind: str) -> list[Cell]:
    """The cells of a combination: one for each way that comes by its point."""
    return [Cell(at, when, kind, way.name) for way in WAYS if at in way.points]
