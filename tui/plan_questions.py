"""The questions of `milepost plan new`. Every answer is checked at once, as the plan will be; nothing is written here.

Each question says what an answer may look like, offers what is likely, and asks again with what is wrong. Ctrl-C at any
of them leaves nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from assistant.errors import PlanError, UsageError
from assistant.money import Currency, Money
from assistant.plans.draft import problems_of
from assistant.plans.from_site import notes_from_site
from assistant.plans.new import Named, Outline, name_of, of_site, total_of
from assistant.plans.planned import PlannedProject
from assistant.plans.save import check_new
from assistant.plans.splits import MOST_DAYS, MOST_PARTS, parse_split
from assistant.plans.template import Template, load_template, template_names
from assistant.plans.together import template_folders
from assistant.site import ProjectStatus, SiteProject
from tui.asking import ask_until, ask_yes
from tui.call import Call
from tui.plan_reading import Reading
from tui.plan_target import DEFAULT, Target
from tui.plan_wishes import read_day
from tui.view.times import day_and_clock
from tui.word_problems import as_answers, of_fields

Answer = Callable[[str], Any]

_WHOLE: Final = "1 x 100%"
"""Stands for a split while there is none yet, so that a total can be checked by itself."""


def ask(call: Call, file: Path | None, *, add: bool) -> tuple[Target, list[PlannedProject], Mapping[str, str]]:
    """Ask for everything that a plan needs. Returns where it goes, its projects, and a remark for each by its name."""
    if not add and call.options.account is None and len(call.settings.accounts) > 1:
        call.options.account = _ask_account(call)
    if add:
        target = Target.adding(call, file)
    else:
        target = Target.of(call, file) if file is not None else Target(call, call.account(), None)
    questions = _Questions(target)
    names = questions.ask_projects()
    totals = questions.ask_totals(names)
    outline = questions.ask_outline(names, totals)
    if target.file is None:
        target = replace(target, file=_ask_file())
    notes = notes_from_site(named.site for named in names if named.site is not None and named.ref)
    return target, [named.planned(total, outline) for named, total in zip(names, totals, strict=True)], notes


def question(text: str, read: Answer, *, default: str | None = None) -> Any:
    """Ask until `read` takes the answer; a problem is told as one of an answer, not of a field in a file."""

    def checked(said: str) -> Any:
        try:
            return read(said)
        except UsageError as error:
            raise UsageError(error.message, hint=as_answers(error.hint) if error.hint else None) from None

    return ask_until(text, checked, default)


def _ask_account(call: Call) -> str:
    names = list(call.settings.accounts)
    for number, name in enumerate(names, start=1):
        account = call.settings.accounts[name]
        call.output.line(f"{number:3}  {name}, {account.role} on {account.platform}")

    def read(said: str) -> str:
        if said.isdecimal() and 1 <= int(said) <= len(names):
            return names[int(said) - 1]
        return call.settings.account(said).name

    return str(question("account", read, default=names[0]))


def _ask_file() -> Path:
    def read(said: str) -> Path:
        if not said:
            raise UsageError("names no file", hint=f"write {DEFAULT}")
        check_new(Path(said))
        return Path(said)

    found: Path = question("write it to", read, default=None if DEFAULT.exists() else str(DEFAULT))
    return found


@dataclass
class _Questions:
    """The questions about one plan's projects."""

    target: Target
    listed: Sequence[SiteProject] = field(default_factory=list)

    def ask_projects(self) -> list[Named]:
        """Which projects: from a numbered list, which the journal has or the site shows; else by title or ref."""
        call = self.target.call
        self.listed = self._read_or_known()
        offered = [project for project in self.listed if project.status is not ProjectStatus.PAST]
        if not offered:
            named: list[Named] = question(
                "project, by its title, ref or address", lambda said: [self._single(name_of(said))]
            )
            return named
        rows = [
            (f"{number:3}", p.ref, p.title, p.counterparty, str(p.bid or ""), p.status.replace("_", " "))
            for number, p in enumerate(offered, start=1)
        ]
        call.output.table(rows, right=(4,), flexible=2)
        found: list[Named] = question(
            "projects, by number (1, 3-5), ref or title, or all",
            lambda said: [self._single(named) for named in self._chosen(said, offered)],
        )
        return found

    def _read_or_known(self) -> Sequence[SiteProject]:
        known = self.target.listed()
        if not known:
            wanted = ask_yes("My Projects was not read yet; read it from the site now?", default=True)
            return Reading.of(self.target).listed() if wanted else []
        seen = self.target.call.journal.sightings.projects_seen_at(self.target.account.facts.id)
        at = day_and_clock(seen, self.target.call.output.zone) if seen else ""
        told = f"My Projects was last read {at}" if seen else "My Projects is known"
        wanted = ask_yes(f"{told}; read it anew?", default=False)
        return Reading.of(self.target).listed() if wanted else known

    def _chosen(self, said: str, offered: Sequence[SiteProject]) -> list[Named]:
        if said.casefold() == "all":
            return [of_site(project) for project in offered]
        whole = name_of(said, self.listed) if said else None
        if whole is not None and whole.site is not None:  # a title may have commas in it
            return [of_site(whole.site)]
        found: dict[str, Named] = {}
        for part in filter(None, (each.strip() for each in said.split(","))):
            for project in self._of_part(part, offered):
                found[project.ref] = of_site(project)
        if not found:
            raise UsageError("names no project", hint="write numbers of the list, such as 1, 3-5")
        return list(found.values())

    def _of_part(self, part: str, offered: Sequence[SiteProject]) -> Sequence[SiteProject]:
        numbers = re.fullmatch(r"([0-9]{1,4})(?: ?- ?([0-9]{1,4}))?", part)
        if numbers:
            first, last = int(numbers[1]), int(numbers[2] or numbers[1])
            if 1 <= first <= last <= len(offered):
                return offered[first - 1 : last]
        named = name_of(part, self.listed)
        if named.site is None:
            raise UsageError(f"{named.told} is none of the projects", hint=f"numbers go from 1 to {len(offered)}")
        return [named.site]

    def _single(self, named: Named) -> Named:
        """The project, once its name is one that a plan takes and that the plan does not have yet."""
        site = named.site
        if site is not None and site.status is ProjectStatus.PAST:
            raise UsageError(f"{named.told} has ended", hint="name another one")
        wanted = named.planned(Money.parse("1000 USD"), Outline(split=_WHOLE))
        self._check(wanted, ("title", "ref", "url"))
        clash = any(before.identity == wanted.identity for before in self.target.before)
        if clash or (site is not None and any(before.ref == site.ref for before in self.target.before)):
            raise UsageError(f"{named.told} is in the plan already", hint="name another one")
        return named

    def _check(self, project: PlannedProject, fields: Sequence[str]) -> None:
        """Raise the first thing that a plan would find wrong with these fields of a project."""
        for name, problem in of_fields(problems_of(self.target.rules, project)):
            if name in fields:
                raise UsageError(problem.message, hint=as_answers(problem.mend))

    def ask_totals(self, names: Sequence[Named]) -> list[Money]:
        """The total of each project: its bid, unless somebody says otherwise."""
        bids = [_bid(named) for named in names]
        if len(names) > 1 and all(bids):
            told = ", ".join(str(bid) for bid in bids[:3]) + (", ..." if len(bids) > 3 else "")
            if ask_yes(f"take each project's bid as its total ({told})?", default=True):
                return [bid for bid in bids if bid is not None]
        return [self._ask_total(named, bid) for named, bid in zip(names, bids, strict=True)]

    def _ask_total(self, named: Named, bid: Money | None) -> Money:
        def read(said: str) -> Money:
            if named.site is not None and re.fullmatch(r"[0-9.]+", said):
                total = Money.parse_amount(said, Currency(named.site.currency))
            else:
                total = total_of(named, Money.parse(said))
            self._check(named.planned(total, Outline(split=_WHOLE)), ("total",))
            return total

        what = named.site.title if named.site is not None else named.title or named.ref or "the project"
        found: Money = question(
            f"total of {what}, such as 2500.00 USD" if bid is None else f"total of {what}",
            read,
            default=str(bid) if bid else None,
        )
        return found

    def ask_outline(self, names: Sequence[Named], totals: Sequence[Money]) -> Outline:
        """How the totals are divided, and when the milestones are due."""
        folders = template_folders(self.target.call.settings)
        self._tell_templates(folders)

        def fits(outline: Outline, *fields: str) -> Outline:
            for named, total in zip(names, totals, strict=True):
                self._check(named.planned(total, outline), fields)
            return outline

        def read_way(said: str) -> Outline:
            if said in template_names(folders):
                by_week = load_template(said, folders).week is not None
                return fits(Outline(template=said, weeks=1 if by_week else None), "template", "split")
            return fits(Outline(split=said), "split")

        outline: Outline = question("split, or template", read_way, default="5 x 20%")
        template = load_template(outline.template, folders) if outline.template else None
        if template is not None and template.week is not None:
            weeks = _number("weeks", MOST_PARTS)
            outline = question(
                "how many weeks", lambda said: fits(replace(outline, weeks=weeks(said)), "weeks", "template")
            )
        return self._ask_dates(outline, template, fits)

    def _ask_dates(self, outline: Outline, template: Template | None, fits: Callable[..., Outline]) -> Outline:
        def read_start(said: str) -> date | None:
            if not said:
                return None
            fits(replace(outline, start=read_day(said), first="upfront"), "start")
            return read_day(said)

        start: date | None = question("start, such as 2026-12-01 (empty: no due dates)", read_start, default="")
        if start is None:
            return outline
        outline = replace(outline, start=start)
        split = parse_split(outline.split) if outline.split else None
        upfront = split.upfront if split else template is not None and template.upfront
        if not upfront and ask_yes("is the first one due at the start?", default=False):
            outline, upfront = replace(outline, first="upfront"), True
        if (template is not None and template.week is not None) or (split is not None and split.every is not None):
            return outline

        def read_days(said: str) -> Outline:
            days = _number("days", MOST_DAYS)(said) if said or not upfront else None
            return fits(replace(outline, days=days), "days", "start", "split", "template")

        asked = "days from the start to the end" + (" (empty: only the first one has a date)" if upfront else "")
        found: Outline = question(asked, read_days, default="" if upfront else None)
        return found

    def _tell_templates(self, folders: Sequence[Path]) -> None:
        output = self.target.call.output
        output.line("a split says the parts: 5 x 20%, upfront 30% + rest, 500.00 + 500.00 + rest; or take a template:")
        rows = []
        for name in template_names(folders):
            try:
                rows.append((f"  {name}", load_template(name, folders).summary))
            except PlanError:
                continue  # one of the person's own with mistakes in it: `plan check` says them to who uses it
        output.table(rows, flexible=1)


def _bid(named: Named) -> Money | None:
    try:
        return total_of(named, None)
    except UsageError:
        return None


def _number(what: str, most: int) -> Callable[[str], int]:
    def read(said: str) -> int:
        if not (said.isascii() and said.isdecimal() and len(said) < 6 and 1 <= int(said) <= most):
            raise UsageError(f"that is no number of {what}", hint=f"write a number from 1 to {most}")
        return int(said)

    return read
