"""What checks have found and what still holds, and the money of the plans by month: due, funded, released, late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from assistant.checks.finding import ORDER, Finding, Severity
from assistant.checks.stock import take_stock
from assistant.journal import RunKind
from assistant.money import Money
from assistant.schedule.choose import SCHEDULERS
from assistant.schedule.rounds import Rounds
from tui.signs import Sign
from tui.text import plain

if TYPE_CHECKING:
    from tui.store import Store
    from tui.view.projects import MilestoneRow, ProjectRow

SEVERITIES: Final = {
    Severity.URGENT: Sign("▲", "!!", "urgent", "bad"),
    Severity.WARNING: Sign("!", "!", "warning", "warn"),
    Severity.NOTICE: Sign("·", ".", "notice", "info"),
    Severity.INFO: Sign("·", ".", "info", "muted"),
}

HELD: Final = frozenset({"funded", "release_requested", "cancel_requested", "disputed"})
ENDED: Final = frozenset({"cancelled", "declined"})
BAR: Final = 24
"""Cells of the longest bar."""


@dataclass(frozen=True)
class FindingRow:
    """One finding that holds. Texts are clean."""

    severity: Severity
    kind: str
    place: str
    sentence: str
    since: str
    due: str
    next: str
    name: str

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.severity} {self.kind} {self.place} {self.sentence}".casefold()


@dataclass(frozen=True)
class MonthRow:
    """What falls due in a month in one currency, and what has become of it. `late` is past its day, not released."""

    month: str
    expected: Money
    funded: Money
    released: Money
    late: Money
    late_funded: Money
    """What is funded, and late."""
    most: int = 0
    """The largest `expected` of the currency, in minor units: the length of the longest bar."""

    def bar(self, ascii_only: bool) -> str:
        """Released, late, funded and still to come, as long as its part of the largest month."""
        parts = [self.released.minor, self.late.minor, self.funded.minor - self.late_funded.minor]
        parts.append(self.expected.minor - sum(parts))
        signs = "#!=." if ascii_only else "█▒▓·"
        length, drawn, bar = max(self.most, 1), 0, ""
        for number, sign in enumerate(signs):
            upto = round(sum(parts[: number + 1]) * BAR / length)
            bar += sign * (upto - drawn)
            drawn = upto
        return bar

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.month} {self.expected.currency}".casefold()


LEGEND: Final = {False: "█ released  ▒ late  ▓ funded  · to come", True: "# released  ! late  = funded  . to come"}


@dataclass(frozen=True)
class Checked:
    """What the screen shows."""

    findings: tuple[FindingRow, ...] = ()
    months: tuple[MonthRow, ...] = ()
    last: str | None = None
    """When the last check ended: a stamp."""
    next: str = ""
    """When a timer checks next, in words; or that there is none."""


def checked_of(store: Store) -> Checked:
    """What holds now, as the journal and the plans have it. Reads only; may take long for a large journal."""
    account = store.account
    if account is None:
        return Checked()
    now = store.settings.local(store.clock())
    stock = take_stock(store.journal, account, store.plans, store.settings.check, now)
    found = sorted((each for each in stock.findings if each.standing), key=_worst_first)
    checks = [run for run in store.runs if run.kind is RunKind.CHECK and run.ended_at]
    return Checked(
        tuple(map(_finding_row, found)),
        tuple(months_of(store.projects.rows, now.date())),
        checks[0].ended_at if checks else None,
        next_check(store),
    )


def _worst_first(finding: Finding) -> tuple[int, str, str]:
    return -ORDER.index(finding.severity), finding.due.isoformat() if finding.due else "9", finding.place


def _finding_row(finding: Finding) -> FindingRow:
    return FindingRow(
        finding.severity, str(finding.kind).replace("_", " "), plain(finding.place), plain(finding.sentence),
        finding.since, finding.due.isoformat() if finding.due else "", plain(finding.next), finding.name,
    )  # fmt: skip


def next_check(store: Store) -> str:
    """When a timer checks next."""
    every = next((seconds for each in SCHEDULERS if (seconds := each.every())), None)
    if every is None:
        return "no timer: milepost schedule install"
    rounds = Rounds(store.settings.data_dir, every)
    due = rounds.next_after(rounds.state)
    return f"next by the timer {store.settings.local(due):%Y-%m-%d %H:%M}" if due else "a timer is installed"


# -- money by month ------------------------------------------------------------------------------------------------


@dataclass
class _Sum:
    expected: int = 0
    funded: int = 0
    released: int = 0
    late: int = 0
    late_funded: int = 0
    like: Money | None = field(default=None)

    def add(self, mark: MilestoneRow, today: date) -> None:
        """Count a milestone that falls due in this month."""
        minor, held = mark.amount.minor, mark.state in HELD
        is_late = mark.due is not None and mark.due < today and mark.state != "released"
        self.like = mark.amount
        self.expected += minor
        self.funded += minor * held
        self.released += minor * (mark.state == "released")
        self.late += minor * is_late
        self.late_funded += minor * (is_late and held)


def months_of(rows: Iterable[ProjectRow], today: date) -> list[MonthRow]:
    """The months in which planned milestones fall due, per currency; those without a date count for none."""
    sums: dict[tuple[str, str], _Sum] = {}
    for row in rows:
        for mark in row.milestones:
            if mark.due is not None and mark.state not in ENDED:
                name = (mark.amount.currency.code, mark.due.isoformat()[:7])
                sums.setdefault(name, _Sum()).add(mark, today)
    return _scaled([_month(month, each) for (_, month), each in sorted(sums.items())])


def _month(month: str, of: _Sum) -> MonthRow:
    assert of.like is not None  # noqa: S101  # something was added
    currency = of.like.currency
    return MonthRow(
        month,
        expected=Money(of.expected, currency),
        funded=Money(of.funded, currency),
        released=Money(of.released, currency),
        late=Money(of.late, currency),
        late_funded=Money(of.late_funded, currency),
    )


def _scaled(months: Sequence[MonthRow]) -> list[MonthRow]:
    most: dict[str, int] = {}
    for each in months:
        code = each.expected.currency.code
        most[code] = max(most.get(code, 0), each.expected.minor)
    return [replace(each, most=most[each.expected.currency.code]) for each in months]
