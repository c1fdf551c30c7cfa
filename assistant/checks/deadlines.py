"""What time has made of a project: due, late, waiting, behind the plan's road. Pure: the state, the day, the limits.

A due date is a date in the person's own zone: `Day.today` is the calendar's day there, whatever the clock of the site
or of the machine says. Waiting is counted in whole days of 24 hours since the journal first knew the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.checks.compare import Happening
from assistant.checks.finding import Finding, Kind
from assistant.checks.project_now import ProjectNow
from assistant.clock import moment
from assistant.journal import RowKind, SeenRow
from assistant.marks import HELD, IN_DOUBT, Absent, Mark
from assistant.money import Money
from assistant.plain_text import one_line
from assistant.site import ENDED, HOLDS_MONEY, MilestoneState, ProjectStatus, Role
from assistant.standing import ProjectStanding


@dataclass(frozen=True)
class Limits:
    """After how many days something is worth telling. `answer` is the platform's: who must answer a dispute when."""

    due_soon: int = 3
    waiting: int = 3
    idle: int = 30
    dispute: int = 3
    answer: Mapping[Role, int] | None = None


@dataclass(frozen=True)
class Day:
    """The moment of a check: aware, in the person's own zone."""

    now: datetime

    @property
    def today(self) -> date:
        """The calendar's day in that zone."""
        return self.now.date()

    def days_since(self, at: str) -> int:
        """Whole days since a journal stamp."""
        return (self.now - moment(at)) // timedelta(days=1)


def deadline_findings(project: ProjectNow, day: Day, limits: Limits) -> Iterator[Finding]:
    """Everything that time has made of one project."""
    late: set[str] = set()
    if project.standing is not None and not project.standing.planned.skipped:
        for finding in _by_due_date(project, project.standing, day, limits):
            late.add(finding.key or "")
            yield finding
        yield from _behind(project, project.standing, day)
        yield from _ended(project, project.standing, day)
    for row in project.rows:
        yield from _waiting(project, row, day, limits, late)
    yield from _over_bid(project, day)


_NOT_DELIVERED = frozenset(
    {
        MilestoneState.PLANNED,
        MilestoneState.REQUESTED,
        MilestoneState.AWAITING_PAYMENT,
        MilestoneState.FUNDED,
        MilestoneState.DECLINED,
        MilestoneState.CANCELLED,
        Absent.GONE,
    }
)


def _by_due_date(project: ProjectNow, standing: ProjectStanding, day: Day, limits: Limits) -> Iterator[Finding]:
    for mark in standing.in_order:
        taken_back = mark.key in standing.planned.withdraw
        if mark.due is None or mark.state not in _NOT_DELIVERED or taken_back:
            continue
        left = (mark.due - day.today).days
        about = {
            "key": mark.key,
            "site_ref": mark.site_ref,
            "description": mark.description,
            "amount": mark.at_stake,
            "due": mark.due,
            "days": abs(left),
        }
        state = _state_words(mark)
        if left < 0 and project.role is Role.FREELANCER and mark.state is MilestoneState.FUNDED:
            told = f"{mark.at_stake} due {mark.due}, {_days(-left)} late, and its release is not requested"
            yield project.planned(
                Kind.RELEASE_NOT_REQUESTED, str(mark.due), **about, seen=told, next=_next_late(project, mark)
            )
        elif left < 0:
            told = f"{mark.at_stake} due {mark.due}, {_days(-left)} late: {state}"
            yield project.planned(Kind.LATE, str(mark.due), **about, seen=told, next=_next_late(project, mark))
        elif left <= limits.due_soon:
            when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
            told = f"{mark.at_stake} due {mark.due}, {when}: {state}"
            yield project.planned(Kind.DUE_SOON, str(mark.due), **about, seen=told, next=_next_due(project, mark))


def _state_words(mark: Mark) -> str:
    if mark.state is not MilestoneState.PLANNED:
        return mark.state.replace("_", " ")
    # What looks like it, and is not quite it, is on the site: the note says what.
    return (
        f"not on the site as planned, {one_line(mark.note, longest=300)}" if mark.note else "planned, not on the site"
    )


def _next_late(project: ProjectNow, mark: Mark) -> str:
    extend = f"milepost plan extend PLAN {project.project.ref} {mark.key} moves the date and writes to the other side"
    if mark.state is not MilestoneState.FUNDED:
        return f"agree what becomes of it; {extend}"
    if project.role is Role.FREELANCER:
        return f"if it is delivered: milepost request-release PLAN {project.project.ref} {mark.key}; if not: {extend}"
    return f"ask how far it is; {extend}"


def _next_due(project: ProjectNow, mark: Mark) -> str:
    if mark.state is MilestoneState.FUNDED:
        return "deliver it" if project.role is Role.FREELANCER else "be ready to look at what is delivered"
    if project.role is Role.FREELANCER:
        return "it is not funded: do not deliver yet; milepost remind writes to the client"
    return "fund it: milepost apply PLAN"


def _behind(project: ProjectNow, standing: ProjectStanding, day: Day) -> Iterator[Finding]:
    """Whether the project as a whole is on the road that the plan drew: what should be delivered by today, and is."""
    expected = [mark for mark in standing.marks if mark.due is not None and mark.due < day.today]
    behind = [mark for mark in expected if mark.state in _NOT_DELIVERED and mark.key not in standing.planned.withdraw]
    if not behind:
        return
    currency = standing.total.currency
    planned = Money(sum(mark.amount.minor for mark in expected), currency)
    reached = Money(sum(mark.amount.minor for mark in expected if mark not in behind), currency)
    keys = ", ".join(mark.key for mark in behind)
    yield project.planned(
        Kind.BEHIND,
        keys,
        seen=f"by today {planned} of {standing.total} should be delivered, and {reached} are; open: {keys}",
        amount=planned - reached,
        days=max((day.today - mark.due).days for mark in behind if mark.due is not None),
        next="see each of them; the dates of those to come can move along: milepost plan extend "
        f"PLAN {project.project.ref} {behind[0].key} --later",
    )


def _ended(project: ProjectNow, standing: ProjectStanding, day: Day) -> Iterator[Finding]:
    if project.project.status is not ProjectStatus.PAST:
        return
    open_marks = [mark.key for mark in standing.marks if mark.state in _NOT_DELIVERED | HELD | IN_DOUBT]
    if open_marks:
        yield project.planned(
            Kind.PROJECT_ENDED,
            "open",
            seen=f"the project has ended on the site, and the plan still wants {', '.join(open_marks)}",
            next="take them out of the plan, or see on the site why it ended",
        )


def _waiting(project: ProjectNow, row: SeenRow, day: Day, limits: Limits, late: set[str]) -> Iterator[Finding]:
    """What has stood in one state for long."""
    days = day.days_since(row.seen_at)
    key = project.keys.get((row.kind, row.site_ref), "")
    about = project.about(row) | {"since": row.seen_at, "days": days}
    is_milestone = row.kind is RowKind.MILESTONE
    freelancer = project.role is Role.FREELANCER
    if row.kind is RowKind.REQUEST and row.state is MilestoneState.REQUESTED and days >= limits.waiting:
        what = "milepost remind writes to the client" if freelancer else "fund it, or decline it on the site"
        told = f"{row.amount} requested for {_days(days)} and not funded"
        yield project.find(Kind.NOT_FUNDED, row.seen_at, **about, seen=told, next=what)
    elif is_milestone and row.state is MilestoneState.RELEASE_REQUESTED and days >= limits.waiting:
        what = (
            "ask the client kindly" if freelancer else "look at what was delivered; milepost release PLAN PROJECT KEY"
        )
        told = f"{row.amount} asked to be released for {_days(days)}"
        yield project.find(Kind.RELEASE_WAITING, row.seen_at, **about, seen=told, next=what)
    elif is_milestone and row.state is MilestoneState.FUNDED and days >= limits.idle and key not in late:
        what = "if it is delivered, ask for its release" if freelancer else "ask how far it is"
        told = f"{row.amount} funded for {_days(days)}, and nobody has asked for its release"
        yield project.find(Kind.NOT_RELEASED, row.seen_at, **about, seen=told, next=what)


def dispute_deadline(project: ProjectNow, happening: Happening, day: Day, limits: Limits) -> Iterator[Finding]:
    """The countdown of a dispute that lasts, from `limits.dispute` days before its end on; each step is told once."""
    last = answer_by(happening, project.role, limits)
    if last is None or not happening.lasts:
        return
    left = (last.astimezone(day.now.tzinfo).date() - day.today).days
    step = next((each for each in (0, 1, limits.dispute) if left <= each), None)
    if step is None:
        return
    row = happening.row
    when = "has passed" if left < 0 else "is today" if left == 0 else f"is in {_days(left)}"
    yield project.find(
        Kind.DISPUTE_DEADLINE,
        f"{happening.at}|{step}",
        **project.about(row),
        since=happening.at,
        days=left,
        seen=f"the last day to answer the dispute over {row.amount} {when}, at the earliest that it can be",
        next="answer it on the site now: who does not answer loses it",
    )


def answer_by(happening: Happening, role: Role, limits: Limits) -> datetime | None:
    """The earliest moment at which the time to answer a dispute can end; None where it is not known.

    It was filed between two looks, so the time counts from the look before. At a first look nothing is known of it.
    """
    days = (limits.answer or {}).get(role)
    if days is None or not happening.earliest:
        return None
    return moment(happening.earliest) + timedelta(days=days)


def _over_bid(project: ProjectNow, day: Day) -> Iterator[Finding]:
    bid = project.project.bid
    if bid is None:
        return
    stands = sum(
        row.amount.minor
        for row in project.rows
        if row.kind is RowKind.MILESTONE and row.state not in ENDED and row.amount.currency == bid.currency
    )
    standing = project.standing
    planned = standing.total if standing is not None and not standing.planned.skipped else None
    wanted = planned.minor if planned is not None and planned.currency == bid.currency else 0
    over = Money(max(stands, wanted) - bid.minor, bid.currency)
    if over.minor > 0:
        what = f"{Money(stands, bid.currency)} stand" if stands >= wanted else f"{planned} are planned"
        yield project.find(
            Kind.OVER_BID,
            over.amount_text,
            amount=over,
            plan=project.plan if wanted > stands else "",
            seen=f"{what}, {over} over the bid of {bid}",
            next="what goes over the bid costs a fee more on some platforms (see milepost platforms); if the bid is a "
            "rate for an hour, this means nothing",
        )


def low_balance_findings(
    projects: Iterable[ProjectNow], balances: Mapping[str, Money], day: Day, days: int
) -> Iterator[Finding]:
    """Where a client's balance does not reach for what falls due in the next `days` days and is not funded."""
    needed: dict[str, list[Money]] = {}
    plans: dict[str, str] = {}
    for project in projects:
        if project.role is not Role.CLIENT or project.standing is None or project.standing.planned.skipped:
            continue
        for mark in project.standing.marks:
            soon = mark.due is not None and (mark.due - day.today).days <= days
            if soon and mark.state in _NOT_DELIVERED and mark.state not in HOLDS_MONEY:
                needed.setdefault(mark.amount.currency.code, []).append(mark.amount)
                plans.setdefault(mark.amount.currency.code, project.plan)
    for code, amounts in needed.items():
        balance = balances.get(code)
        total = Money(sum(amount.minor for amount in amounts), amounts[0].currency)
        if balance is None or balance.minor >= total.minor:
            continue
        short = total - balance
        yield Finding(
            name=f"{Kind.LOW_BALANCE}||{code}|{short.amount_text}",
            kind=Kind.LOW_BALANCE,
            amount=short,
            days=days,
            plan=plans[code],
            seen=f"the balance of {balance} is {short} short of the {total} that fall due within {_days(days)}",
            next="put money into the balance, or say which other source may be used",
        )


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}"
