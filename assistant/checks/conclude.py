"""From a check's run to what it has to tell: the stock of the account, what the run met, and what of it is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.checks.finding import Finding, Kind
from assistant.checks.memory import FindingBook, Outcome, Remembered
from assistant.checks.stock import Stock, take_stock
from assistant.clock import moment
from assistant.errors import LoginError, MilepostError, RunError
from assistant.journal import Run, RunKind
from assistant.plans.planned import Plan
from assistant.standing import standings
from assistant.work import Work, error_of

_OF_READING = frozenset({Kind.COULD_NOT_READ, Kind.NOT_FOUND, Kind.SESSION_EXPIRING})
"""What only a run that has read something can say is over."""

OF_RUNS = _OF_READING | {Kind.NEEDS_PERSON}
"""What a check's run meets; everything else comes from the journal's looks."""


@dataclass(frozen=True)
class Conclusion:
    """What a check came to. `error` is why its run could not read to its end, None if it could."""

    run: Run
    stock: Stock
    outcome: Outcome
    error: MilepostError | None

    @property
    def read(self) -> Mapping[str, Any]:
        """What the run read, as `assistant.checks.reading.ReadingSummary` has it; empty where it failed."""
        return self.run.summary or {}


def conclude(work: Work, run: Run, plans: Sequence[Plan], now: datetime, *, only_planned: bool) -> Conclusion:
    """What there is to tell after a check's run has ended, however it ended. `now` is aware, in the person's zone."""
    account, settings = work.account, work.settings.check
    mine = [plan for plan in plans if (plan.account, plan.platform) == (account.facts.name, account.facts.platform)]
    only = _scope(work, run, mine, now) if only_planned else None
    stock = take_stock(work.journal, account, mine, settings, now, only)
    book = book_of(work)
    error = error_of(run)
    found = [*stock.findings, *_of_run(run, stock, now, settings.session_days), *_trouble(work, run, error)]
    found += _not_found(run, mine)
    if not run.summary:
        found += [each.finding for each in book.last() if each.finding.kind in _OF_READING]
    found += _of_other_plans(book, mine)
    if only is not None:  # what a balance must reach for is a matter of all projects
        found += [each.finding for each in book.last() if each.finding.kind is Kind.LOW_BALANCE]
        only |= {""}  # what the run itself met is told and over in a check of a plan, too
    return Conclusion(run, stock, book.compare(found, now, only), error)


def _of_other_plans(book: FindingBook, plans: Sequence[Plan]) -> list[Finding]:
    """What rests on plans that this check was not given, as long as there are such plans: it cannot say it is over."""
    given = {str(plan.file.absolute()) for plan in plans}
    left = (each.finding for each in book.last())
    return [each for each in left if each.plan and each.plan not in given and Path(each.plan).is_file()]


def book_of(work: Work) -> FindingBook:
    """What is remembered of the account's findings."""
    return FindingBook(work.journal, work.account.facts.id, work.settings.check.again_days)


def mark_told(work: Work, told: Sequence[Remembered], now: datetime) -> None:
    """Write down that these were told; to be called once they were."""
    book_of(work).mark_told(told, now)


def _scope(work: Work, run: Run, plans: Sequence[Plan], now: datetime) -> frozenset[str]:
    if run.summary:
        return frozenset(run.summary["scope"])
    known = (each for plan in plans for each in standings(work.journal, work.account.facts, plan, now))
    return frozenset(each.project.ref for each in known if each.project is not None)


def _of_run(run: Run, stock: Stock, now: datetime, session_days: int) -> Iterator[Finding]:
    read = run.summary or {}
    projects = {each.project.ref: each.project for each in stock.projects}
    for ref, why in read.get("unread", {}).items():
        project = projects.get(ref)
        yield Finding(
            name=f"{Kind.COULD_NOT_READ}|{ref}",
            kind=Kind.COULD_NOT_READ,
            project=ref,
            title=project.title if project else "",
            counterparty=project.counterparty if project else "",
            seen=f"its page could not be read: {why}",
            next="nothing follows from it; if it stays so, look at the page yourself",
        )
    ends = read.get("session_ends")
    if ends and moment(ends) - now <= timedelta(days=session_days):
        day = moment(ends).astimezone(now.tzinfo)
        yield Finding(
            name=f"{Kind.SESSION_EXPIRING}||{day.date()}",
            kind=Kind.SESSION_EXPIRING,
            due=day.date(),
            seen=f"the kept session ends {day:%Y-%m-%d %H:%M}",
            next="milepost login, before a check needs it",
        )


def _not_found(run: Run, plans: Sequence[Plan]) -> Iterator[Finding]:
    files = {planned.name: str(plan.file.absolute()) for plan in plans for planned in plan.projects}
    for name, why in (run.summary or {}).get("unresolved", {}).items():
        yield Finding(
            name=f"{Kind.NOT_FOUND}||{name}",
            kind=Kind.NOT_FOUND,
            title=name,
            plan=files.get(name, ""),
            seen=f"a planned project was not found: {why}",
            next="see milepost projects; name it by its ref in the plan",
        )


def _trouble(work: Work, run: Run, error: MilepostError | None) -> Iterator[Finding]:
    """That a person has to do something before a check can read again, or that it failed twice in a row."""
    if error is None:
        return
    if not isinstance(error, LoginError):
        recent = work.journal.runs.newest(2, account=run.account, kind=RunKind.CHECK)
        # Once may be the line; and another run at work is no trouble at all.
        if len(recent) == 2 and all(each.error for each in recent) and not isinstance(error, RunError):
            yield Finding(
                name=f"{Kind.COULD_NOT_READ}||{error.code}",
                kind=Kind.COULD_NOT_READ,
                seen=f"nothing could be read, twice in a row: {error.message}",
                next=error.hint or "see milepost runs",
            )
        return
    yield Finding(
        name=f"{Kind.NEEDS_PERSON}||{error.code}",
        kind=Kind.NEEDS_PERSON,
        seen=f"nothing could be read: {error.message}",
        next=error.hint or "milepost login",
    )
