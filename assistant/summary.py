"""What came of a run, counted: the last line of `apply` and the end of a run's story."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.changes import SPENDS, Change, ChangeKind
from assistant.errors import worst_exit
from assistant.journal import Attempt, AttemptState
from assistant.money import Currency, Money


@dataclass
class Summary:
    """Counts of planned milestones. `created` and `confirmed` both count a milestone that was created and paid for."""

    run: int
    planned: int = 0
    created: int = 0
    accepted: int = 0
    confirmed: int = 0
    requested: int = 0
    withdrawn: int = 0
    release_requested: int = 0
    released: int = 0
    adopted: int = 0
    kept: int = 0
    blocked: int = 0
    gone: int = 0
    refused: int = 0
    unknown: int = 0
    not_reached: int = 0
    not_read: int = 0
    page_loads: int = 0
    money: dict[str, Money] = field(default_factory=dict)
    """What was spent or may have been, by currency code; fees not included."""
    costs: dict[str, Money] = field(default_factory=dict)
    """The same with fees: what caps count."""

    def count_standing(self, change: Change) -> None:
        """Count a change for which nothing has to be done in the browser."""
        match change.kind:
            case ChangeKind.KEEP:
                self.kept += 1
            case ChangeKind.ADOPT:
                self.adopted += 1
            case ChangeKind.BLOCKED:
                self.blocked += 1
            case ChangeKind.GONE:
                self.gone += 1

    def count_attempt(self, attempt: Attempt) -> None:
        """Count an attempt by its outcome."""
        if attempt.state is AttemptState.REFUSED:
            self.refused += 1
            return
        if attempt.change in SPENDS:
            code = attempt.amount.currency.code
            self.money[code] = self.money[code] + attempt.amount if code in self.money else attempt.amount
            self.costs[code] = self.costs[code] + attempt.cost if code in self.costs else attempt.cost
        if attempt.state is AttemptState.UNKNOWN:
            self.unknown += 1
            return
        self.created += attempt.change in ("create", "put_up")
        self.accepted += attempt.change in ("accept", "agree")
        self.requested += attempt.change == "request"
        self.withdrawn += attempt.change == "withdraw"
        self.release_requested += attempt.change == "request_release"
        self.released += attempt.change == "release"
        self.confirmed += attempt.change in SPENDS

    def spent(self, currency: Currency) -> Money:
        """What this run has spent, or may have, in a currency, fees included."""
        return self.costs.get(currency.code, Money(0, currency))

    @property
    def exit_code(self) -> int:
        """4 for an unknown, 3 for a refusal, 2 where the site still differs from the plan, else 0."""
        codes = [0]
        codes += [4] if self.unknown else []
        codes += [3] if self.refused else []
        codes += [2] if self.blocked or self.gone or self.not_reached or self.not_read else []
        return worst_exit(codes)

    def as_event(self) -> dict[str, object]:
        """The object that `--json` prints."""
        counts = {name: value for name, value in vars(self).items() if name not in {"money", "costs", "run"}}
        money = {code: money.amount_text for code, money in self.money.items()}
        return {"event": "summary", "run": self.run, **counts, "money": money}
