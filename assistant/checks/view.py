"""What a screen or a report shows of checks: findings, what changed, money by month, the last and the next check.

Plain data from the journal and the plans alone; it only has to be drawn. Nothing here looks at the site or writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from assistant.checks.conclude import OF_RUNS, book_of
from assistant.checks.finding import Finding
from assistant.checks.memory import Remembered, worst_first
from assistant.checks.stock import Stock, take_stock
from assistant.clock import moment
from assistant.journal import Run, RunKind, RunState
from assistant.marks import HELD, IN_DOUBT, Mark
from assistant.money import Currency, Money
from assistant.plans.planned import Plan
from assistant.schedule.upcoming import Upcoming, upcoming
from assistant.site import MilestoneState, Role
from assistant.standing import ProjectStanding
from assistant.work import Work


@dataclass(frozen=True)
class MonthMoney:
    """What falls due in one month in one currency, by the plans. `month` is its first day; None: without a date.

    `expected` is all of it. Of that, `funded` is held by the platform now, `released` was paid out, and `late` is past
    its date and neither delivered nor paid out; `late_funded` is both funded and late.
    """

    month: date | None
    currency: Currency
    expected: Money
    funded: Money
    released: Money
    late: Money
    late_funded: Money

    @property
    def name(self) -> str:
        """``2026-12``, or ``no date``."""
        return f"{self.month:%Y-%m}" if self.month else "no date"


@dataclass(frozen=True)
class CheckView:
    """The checks of one account at a moment.

    `findings` are those that hold, the worst first; each says when it was told, and `new` ones were not told yet.
    `news` is what happened in the days of `check.news_days`, the newest first. `roads` are the planned projects.
    """

    account: str
    role: Role
    now: datetime
    findings: tuple[Remembered, ...]
    news: tuple[Finding, ...]
    roads: tuple[ProjectStanding, ...]
    months: tuple[MonthMoney, ...]
    last: Run | None
    """The last check's run that has ended, whatever became of it."""
    upcoming: Upcoming
    """When checks by themselves last ran, and run next."""
    stock: Stock

    def is_new(self, each: Remembered) -> bool:
        """Whether a finding was told by nobody yet, or for the first time by the last check."""
        asked = self.last.asked_at if self.last is not None else ""
        return each.new or (each.told_at or "") >= asked

    @property
    def checked_at(self) -> datetime | None:
        """When the last check ended, in the person's zone."""
        at = self.last.ended_at if self.last is not None else None
        return moment(at).astimezone(self.now.tzinfo) if at else None

    @property
    def trouble(self) -> str:
        """Why the last check could not read, "" where it could."""
        if self.last is None or self.last.state is RunState.DONE:
            return ""
        return str((self.last.error or {}).get("message", "it was stopped"))


def check_view(work: Work, plans: Sequence[Plan], now: datetime) -> CheckView:
    """The checks of an account as they stand; `now` is aware, in the person's zone. Raises only `JournalError`."""
    facts = work.account.facts
    mine = [plan for plan in plans if (plan.account, plan.platform) == (facts.name, facts.platform)]
    stock = take_stock(work.journal, work.account, mine, work.settings.check, now)
    ended = [run for run in work.journal.runs.newest(20, account=facts.id, kind=RunKind.CHECK) if not run.live]
    happened = [each for each in stock.findings if each.happened and each.standing]
    return CheckView(
        account=facts.name,
        role=facts.role,
        now=now,
        findings=_findings(work, stock),
        news=tuple(sorted(happened, key=lambda each: each.since, reverse=True)),
        roads=stock.standings,
        months=money_by_month(stock.standings, now.date()),
        last=ended[0] if ended else None,
        upcoming=upcoming(work.settings, now),
        stock=stock,
    )


def _findings(work: Work, stock: Stock) -> tuple[Remembered, ...]:
    """What holds now by the journal, whether a check has told it or not, and what the last check's run met."""
    known = {each.finding.name: each for each in book_of(work).last()}
    found = [
        replace(known[each.name], finding=replace(each, since=each.since or known[each.name].finding.since))
        if each.name in known
        else Remembered(0, each, 0, None)
        for each in {each.name: each for each in stock.findings if each.standing}.values()
    ]
    found += [each for each in known.values() if each.finding.kind in OF_RUNS]
    return tuple(sorted(found, key=worst_first))


def money_by_month(standings: Iterable[ProjectStanding], today: date) -> tuple[MonthMoney, ...]:
    """What falls due in each month, per currency: months in order, those without a date last. Never added across."""
    found: dict[tuple[date | None, str], list[Mark]] = {}
    for standing in standings:
        if standing.planned.skipped:
            continue
        for mark in standing.marks:
            if mark.key in standing.planned.withdraw:
                continue
            month = mark.due.replace(day=1) if mark.due else None
            found.setdefault((month, mark.amount.currency.code), []).append(mark)
    in_order = sorted(found.items(), key=lambda pair: (pair[0][0] or date.max, pair[0][1]))
    return tuple(_month(month, marks, today) for (month, _), marks in in_order)


def _month(month: date | None, marks: Sequence[Mark], today: date) -> MonthMoney:
    currency = marks[0].amount.currency
    held = [mark for mark in marks if mark.state in HELD | IN_DOUBT]
    released = sum(_released(mark) for mark in marks)
    over = {MilestoneState.RELEASED, MilestoneState.RELEASE_REQUESTED}
    late = [mark for mark in marks if mark.due is not None and mark.due < today and mark.state not in over]
    return MonthMoney(
        month=month,
        currency=currency,
        expected=Money(sum(mark.amount.minor for mark in marks), currency),
        funded=_at_stake(held, currency),
        released=Money(released, currency),
        late=Money(sum(mark.amount.minor - _released(mark) for mark in late), currency),
        late_funded=_at_stake([mark for mark in held if mark in late], currency),
    )


def _at_stake(marks: Iterable[Mark], currency: Currency) -> Money:
    return Money(sum(mark.at_stake.minor for mark in marks if mark.at_stake.currency == currency), currency)


def _released(mark: Mark) -> int:
    """What was paid out of a milestone, in minor units."""
    if mark.state is MilestoneState.RELEASED and mark.at_stake.currency == mark.amount.currency:
        return mark.at_stake.minor
    return mark.released_part.minor if mark.released_part is not None else 0
