"""What a plan says, as plain objects: the plan, its projects, their milestones, and a platform's limits for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from assistant.money import Money, shown, totals


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """One milestone that should stand. `key` is stable within its project; `site_ref` only where the person wrote it.

    `line` is where the plan says it: its own table, or the split or template that it comes from.
    """

    key: str
    description: str
    amount: Money
    due: date | None = None
    site_ref: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class PlannedProject:
    """One project of a plan. Exactly one of `title`, `ref` and `url` names it; `counterparty` may go with a title.

    `skipped` projects (``milestones = "none"``) have no milestones; where such a project names no total, `total` is
    zero USD and stands for nothing (`Plan.totals` leaves it out). `withdraw` holds keys whose own pending request a
    freelancer takes back. `split` and `template` hold the text of the plan
    where the milestones came from one.
    """

    title: str | None = None
    ref: str | None = None
    url: str | None = None
    counterparty: str | None = None
    total: Money
    milestones: tuple[PlannedMilestone, ...] = ()
    skipped: bool = False
    ignore: frozenset[str] = frozenset()
    withdraw: frozenset[str] = frozenset()
    start: date | None = None
    days: int | None = None
    weeks: int | None = None
    first: str | None = None
    split: str | None = None
    template: str | None = None
    line: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """What PROJECT is on the command line: the ref if the plan gives one, else the title, else the URL."""
        return self.ref or self.title or self.url or ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """(how it is named, the name as compared, the counterparty as compared); the same project has the same one."""
        if self.ref:
            return "ref", self.ref, ""
        if self.url:
            return "url", self.url.rstrip("/"), ""
        return "title", _folded(self.title or ""), _folded(self.counterparty or "")

    def milestone(self, key: str) -> PlannedMilestone | None:
        """The milestone of a key, if the project has it."""
        return next((milestone for milestone in self.milestones if milestone.key == key), None)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Plan:
    """A plan that was read without a problem: the file, whom it is for, and its projects in the order of the file."""

    file: Path = field(compare=False)
    platform: str
    account: str
    projects: tuple[PlannedProject, ...]

    @property
    def totals(self) -> dict[str, Money]:
        """The total of everything planned, per currency code; skipped projects count for nothing."""
        return totals(project.total for project in self.projects if not project.skipped)

    def named(self, name: str) -> tuple[PlannedProject, ...]:
        """The projects that a person means by a name: ref, URL or title (any case). Several for twins of title."""
        wanted = _folded(name)
        return tuple(
            project
            for project in self.projects
            if name in (project.ref, project.url) or (project.title is not None and _folded(project.title) == wanted)
        )


@dataclass(frozen=True)
class PlanLimits:
    """What a platform accepts in one milestone; None where it is not known. Comes from the platform's profile.

    Amounts are decimal texts in major units (``"999999999"``) for every currency; `amount_pattern` is a regular
    expression for the amount as it is typed into the form (``Money.amount_text``), searched as the site does it.
    """

    description_max: int | None = None
    amount_pattern: str | None = None
    amount_min: str | None = None
    amount_max: str | None = None

    def description_faults(self, description: str) -> Iterator[tuple[str, str]]:
        """What the platform would refuse in a description: (what is wrong, the mend)."""
        length = len(description.encode("utf-16-le")) // 2  # as a browser counts: an emoji is two
        over = length - self.description_max if self.description_max is not None else 0
        if over > 0:
            yield (
                f"{shown(description)} has {length} characters; the platform takes {self.description_max}",
                f"shorten it by {over}",
            )

    def amount_faults(self, amount: Money) -> Iterator[tuple[str, str]]:
        """What the platform would refuse in an amount: (what is wrong, the mend)."""
        value = Fraction(amount.amount_text)
        if self.amount_min is not None and value < Fraction(self.amount_min):
            yield f"{amount} is below the platform's least, {self.amount_min}", "plan a larger amount"
        elif self.amount_max is not None and value > Fraction(self.amount_max):
            yield f"{amount} is above the platform's most, {self.amount_max}", "divide it further"
        elif self.amount_pattern is not None and not re.search(self.amount_pattern, amount.amount_text):
            yield f"{amount.amount_text} is an amount that the platform's form refuses", "plan another amount"
