"""What other people do on the site, and the same person by hand: the client, the freelancer, support.

What is edited or deleted before any look of ours showed it could not be told from what never was, by anybody; so only
rows that were shown are edited or deleted. Cancelling and declining leave a row that says so, and are free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.journal import RowKind
from assistant.money import Money
from assistant.plans.planned import PlannedProject
from assistant.site import MilestoneState
from tests.faults.history import Other
from tests.faults.lying_site import LyingSite
from tests.faults.rows import Row

CENT = 100


class Others:
    """Carries out the acts of other people on one site; `plan` says what they may want to do by hand."""

    def __init__(self, site: LyingSite, plan: Callable[[], Sequence[PlannedProject]]) -> None:
        self._site = site
        self._plan = plan

    def act(self, other: Other) -> str | None:
        """Do it. Returns the project that was touched, "all" for every one, None if there was nothing to do it to."""
        planned = self._plan()[other.project % len(self._plan())]
        project = planned.ref or ""
        milestone = planned.milestones[other.which % len(planned.milestones)]
        match other.act.split():
            case ["add", *how]:
                text, amount = milestone.description, milestone.amount
                if how == ["text"]:
                    amount = _other(amount)
                elif how == ["amount"]:
                    text = "Something else"
                self._put(project, RowKind.MILESTONE, text, amount, MilestoneState.FUNDED)
            case ["ask"]:
                self._put(project, RowKind.REQUEST, milestone.description, milestone.amount, MilestoneState.REQUESTED)
            case ["open", "cart"]:
                state = MilestoneState.AWAITING_PAYMENT
                self._put(project, RowKind.CART, milestone.description, milestone.amount, state)
            case ["end"]:
                self._site.ended.add(project)
            case ["spend"]:
                self._site.balances["USD"] = self._site.balances["USD"] - milestone.amount
                return "all"
            case _:
                return self._to_a_row(project, other)
        return project

    def _to_a_row(self, project: str, other: Other) -> str | None:
        act, kind = other.act.split()
        seen_only = act in ("edit-text", "edit-amount", "delete")
        fit = [
            row
            for row in self._site.standing(project)
            if row.kind is RowKind(kind) and (row.was_shown or not seen_only)
        ]
        if not fit:
            return None
        row = fit[other.which % len(fit)]
        if act in STATES:
            row.state = STATES[act]
        elif act == "edit-text":
            row.description += " (changed)"
        elif act == "edit-amount":
            row.amount = _other(row.amount)
        elif act in ("delete", "drop"):
            row.gone_at = self._site.clock.at
            if row.kind is RowKind.CART:
                row.state = MilestoneState.CANCELLED
        elif act == "pay":
            self._site.pay_for(row, None)
            return "all"
        elif act == "accept":
            row.gone_at = self._site.clock.at
            self._put(project, RowKind.MILESTONE, row.description, row.amount, MilestoneState.FUNDED)
        return project

    def _put(self, project: str, kind: RowKind, text: str, amount: Money, state: MilestoneState) -> None:
        now = self._site.clock()
        self._site.put(Row(self._site.number(), project, kind, text, amount, state, now, now))


STATES = {
    "cancel": MilestoneState.CANCELLED,
    "decline": MilestoneState.DECLINED,
    "release": MilestoneState.RELEASED,
    "dispute": MilestoneState.DISPUTED,
    "blur": MilestoneState.UNCLEAR,
}

FOR_CLIENT = (
    "add",
    "add text",
    "add amount",
    "ask",
    "open cart",
    "spend",
    "end",
    "pay cart",
    "drop cart",
    "edit-text milestone",
    "edit-amount milestone",
    "delete milestone",
    "cancel milestone",
    "release milestone",
    "blur milestone",
    "decline request",
    "delete request",
)
"""What may happen beside a client's runs."""

FOR_FREELANCER = (
    "add",
    "add text",
    "add amount",
    "ask",
    "spend",
    "accept request",
    "decline request",
    "delete request",
    "edit-amount request",
    "edit-text milestone",
    "cancel milestone",
    "delete milestone",
    "release milestone",
)
"""What may happen beside a freelancer's runs."""


def _other(amount: Money) -> Money:
    return Money(amount.minor + CENT, amount.currency)
