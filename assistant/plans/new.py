"""New projects for a plan, from few words: which project, its total, and one outline for all of them.

Nothing is checked here that a plan checks: what is made is written as a plan and read back (`assistant.plans.draft`),
so that a flag, an answer to a question and a line of a file are held to the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.changes import normalised
from assistant.errors import UsageError
from assistant.money import Money, shown
from assistant.plans.planned import PlannedProject
from assistant.site import ProjectStatus, SiteProject


@dataclass(frozen=True)
class Outline:
    """How every project's total becomes milestones, and when. One of split and template."""

    split: str | None = None
    template: str | None = None
    start: date | None = None
    days: int | None = None
    weeks: int | None = None
    first: str | None = None


@dataclass(frozen=True)
class Named:
    """A project as a plan names it: one of title, ref and url; and the site's project, where the journal knows it."""

    title: str | None = None
    ref: str | None = None
    url: str | None = None
    site: SiteProject | None = None

    @property
    def told(self) -> str:
        """What it is called in messages: one that is named by its ref by its title, too, where that is known."""
        if self.ref and self.site is not None:
            return f"{shown(self.site.title)} (#{self.ref})"
        return shown(self.ref or self.title or self.url or "")

    def planned(self, total: Money, outline: Outline) -> PlannedProject:
        """The project with a total and an outline, its milestones not worked out yet."""
        return PlannedProject(title=self.title, ref=self.ref, url=self.url, total=total, **vars(outline))


def of_site(project: SiteProject) -> Named:
    """A project of the site, named by its ref."""
    return Named(ref=project.ref, site=project)


def name_of(text: str, listed: Sequence[SiteProject] = ()) -> Named:
    """What a person means: a ref, an address, or a title. `listed` are the projects that the journal knows.

    A title of several of them is a `UsageError` that says their refs. One of none stays a title: the site may know it.
    """
    text = text.strip()
    by_ref = {project.ref: project for project in listed}
    if text in by_ref:
        return of_site(by_ref[text])
    titled = [project for project in listed if normalised(project.title).casefold() == normalised(text).casefold()]
    if len(titled) > 1:
        which = ", ".join(f"{p.ref} with {p.counterparty or 'nobody'}" for p in titled[:5])
        raise UsageError(f"{shown(text)} is the title of {len(titled)} projects: {which}", hint="name it by its ref")
    if titled:
        return Named(title=normalised(titled[0].title), site=titled[0])
    if text.startswith(("http://", "https://")):
        return Named(url=text)
    return Named(ref=text) if text.isdecimal() and text.isascii() else Named(title=text)


def total_of(named: Named, total: Money | None) -> Money:
    """The project's total: the one that was said, else its bid. `UsageError` where neither will do."""
    site = named.site
    if site is not None and site.status is ProjectStatus.PAST:
        raise UsageError(f"{named.told} has ended", hint="leave it out")
    if total is not None:
        if site is not None and site.currency != total.currency.code:
            raise UsageError(f"{named.told} is in {site.currency}, and {total} is not", hint="plan it by itself")
        return total
    if site is None:
        raise UsageError(
            f"the bid of {named.told} is not known", hint='say a total, such as "2500.00 USD", or run milepost projects'
        )
    if site.bid is None or site.bid.minor <= 0 or site.bid.currency.code != site.currency:
        raise UsageError(f"the site shows no bid for {named.told}", hint='say a total, such as "2500.00 USD"')
    return site.bid


def with_totals(
    projects: Iterable[SiteProject], total: Money | None, outline: Outline
) -> tuple[list[PlannedProject], dict[str, str]]:
    """The projects that can be planned, each by its bid or by `total`, and by ref why each other one cannot."""
    planned, left_out = [], {}
    for project in projects:
        named = of_site(project)
        try:
            planned.append(named.planned(total_of(named, total), outline))
        except UsageError as error:
            left_out[project.ref] = error.message
    return planned, left_out
