"""What checks have found and what still holds, and the money of the plans by month: due, funded, released, late.

`assistant.checks.view` works it out; this is how the screen shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.checks.conclude import conclude, mark_told
from assistant.checks.finding import Severity
from assistant.checks.view import CheckView, MonthMoney, check_view
from assistant.runs import current
from tui.signs import Sign
from tui.text import plain

if TYPE_CHECKING:
    from assistant.checks.conclude import Conclusion
    from assistant.checks.memory import Remembered
    from tui.store import Store

SEVERITIES: Final = {
    Severity.URGENT: Sign("▲", "!!", "urgent", "bad"),
    Severity.WARNING: Sign("!", "!", "warning", "warn"),
    Severity.NOTICE: Sign("·", ".", "notice", "info"),
    Severity.INFO: Sign("·", ".", "info", "muted"),
}

BAR: Final = 24
"""Cells of the longest bar."""


@dataclass(frozen=True)
class FindingRow:
    """One finding that holds. Texts are clean. `new`: the last check was the first to tell it, or nobody has yet."""

    severity: Severity
    kind: str
    place: str
    sentence: str
    since: str
    due: str
    next: str
    name: str
    new: bool = False

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.severity} {self.kind} {self.place} {self.sentence} {'new' * self.new}".casefold()


@dataclass(frozen=True)
class MonthRow:
    """What falls due in a month in one currency. `most` is the largest of that currency: the longest bar's length."""

    money: MonthMoney
    most: int

    def bar(self, ascii_only: bool) -> str:
        """Released, late, funded and still to come, as long as its part of the largest month."""
        of = self.money
        parts = [of.released.minor, of.late.minor, of.funded.minor - of.late_funded.minor]
        parts.append(max(of.expected.minor - sum(parts), 0))
        signs = "#!=." if ascii_only else "█▒▓·"
        length, drawn, bar = max(self.most, 1), 0, ""
        for number, sign in enumerate(signs):
            upto = round(sum(parts[: number + 1]) * BAR / length)
            bar += sign * (upto - drawn)
            drawn = upto
        return bar[:BAR]

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.money.name} {self.money.currency}".casefold()


LEGEND: Final = {False: "█ released  ▒ late  ▓ funded  · to come", True: "# released  ! late  = funded  . to come"}


@dataclass(frozen=True)
class Checked:
    """What the screen shows."""

    findings: tuple[FindingRow, ...] = ()
    months: tuple[MonthRow, ...] = ()
    last: str | None = None
    """When the last check ended: a stamp."""
    trouble: str = ""
    """Why the last check could not read."""
    rounds: str = ""
    """How the last check by a timer or a watch went, in words; "" where there was none."""
    next: str = ""
    """When a timer or a watch checks next, in words; or that there is none."""

    @property
    def new(self) -> int:
        """How many findings are new."""
        return sum(row.new for row in self.findings)


def checked_of(store: Store) -> Checked:
    """What holds now, as the journal and the plans have it. Reads only; may take long for a large journal."""
    if store.account is None:
        return Checked()
    view = check_view(store.work, store.plans, store.settings.local(store.clock()))
    return Checked(
        tuple(_finding_row(view, each) for each in view.findings),
        month_rows(view.months),
        view.last.ended_at if view.last is not None else None,
        plain(view.trouble),
        _rounds(view),
        view.upcoming.sentence,
    )


def concluded(store: Store, run_id: int) -> Conclusion:
    """What a check that this screen asked for came to; it is told by what the screen shows next (`told`)."""
    now = store.settings.local(store.clock())
    return conclude(store.work, current(store.journal, run_id), store.plans, now, only_planned=False)


def told(store: Store, conclusion: Conclusion) -> None:
    """Write down that the screen has shown what was new."""
    mark_told(store.work, conclusion.outcome.new, store.clock())


def _finding_row(view: CheckView, each: Remembered) -> FindingRow:
    finding = each.finding
    return FindingRow(
        finding.severity, str(finding.kind).replace("_", " "), plain(finding.place), plain(finding.sentence),
        finding.since, finding.due.isoformat() if finding.due else "", plain(finding.next), finding.name,
        view.is_new(each),
    )  # fmt: skip


def _rounds(view: CheckView) -> str:
    state = view.upcoming.state
    if not view.upcoming.by or state.last_started is None:
        return ""
    failed = f", {state.failures} times in a row" if state.failures > 1 else ""
    return f"{'watch' if state.by == 'watch' else 'timer'}: {view.upcoming.ended}{failed}"


def month_rows(months: Sequence[MonthMoney]) -> tuple[MonthRow, ...]:
    """The months, each with the largest of its currency."""
    most: dict[str, int] = {}
    for each in months:
        most[each.currency.code] = max(most.get(each.currency.code, 0), each.expected.minor)
    return tuple(MonthRow(each, most[each.currency.code]) for each in months)
