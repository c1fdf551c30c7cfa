"""A fee above what was approved: the run waits and asks, and nothing is paid without a person's own figure.

The person is told what the cart shows and types what the payment comes to with the fee, or refuses. Where nobody is
there to be asked, nobody answers in time, or the run is to stop, the fee is refused and the cart left unpaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.errors import ApprovalRefused, MilepostError, Mismatch, NobodyCame
from assistant.money import Money, shown
from assistant.person import BEAT, Need, Person
from assistant.plain_text import one_line
from assistant.site import CartReading, PaymentSource, Step


@dataclass(frozen=True)
class HighFee:
    """A cart whose `fees` are more than the `allowed` ones, with the source that would pay it. `key` is the plan's."""

    step: Step
    key: str
    cart: CartReading
    source: PaymentSource
    fees: Money
    allowed: Money

    @property
    def words(self) -> str:
        """What the cart shows, what was approved, and what it comes to."""
        lines = ", ".join(f"{shown(line.name)} {line.amount}" for line in self.cart.fees if line.amount.minor)
        project, what = self.step.project, one_line(self.step.description, longest=60)
        return (
            f"{one_line(project.title, longest=60)} (#{project.ref}), “{what}” ({self.key}): paying "
            f"{self.step.amount} from {shown(self.source.label)} costs {self.fees} in fees ({lines}); "
            f"approved are {self.allowed} at most; with them it takes {self.cart.total}"
        )

    def figures(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return {
            "project": self.step.project.ref,
            "title": self.step.project.title,
            "key": self.key,
            "description": self.step.description,
            "amount": self.step.amount.amount_text,
            "currency": self.step.amount.currency.code,
            "fees": self.fees.amount_text,
            "fee_lines": [{"name": line.name, "amount": line.amount.amount_text} for line in self.cart.fees],
            "allowed": self.allowed.amount_text,
            "total": self.cart.total.amount_text,
            "source": self.source.label,
        }


class FeeQuestions:
    """Asks `person`, if there is one, about the fees of one run. Once nobody came, nobody is asked again."""

    def __init__(self, person: Person | None = None) -> None:
        self._person = person

    async def ask(self, fee: HighFee) -> str:
        """What the person typed to approve exactly this cart. Raises `Mismatch`, `ApprovalRefused`."""
        person = self._person
        if person is None:
            raise Mismatch(
                f"{fee.words}; nobody is there to be asked",
                hint=f"allow it with max_fee for {fee.source.kind} in the settings, or pay from another source",
            )
        words = fee.words
        while True:
            try:
                typed = await _answer(person, words, fee)
            except NobodyCame as error:
                self._person = None
                raise ApprovalRefused(f"the fee of {fee.fees} was not approved: {error.message}") from error
            if typed is None:
                raise ApprovalRefused(f"a person refused the fee of {fee.fees}")
            if (wrong := why_wrong(typed, fee.cart.total)) is None:
                return typed
            words = f"{wrong}. {fee.words}"


async def _answer(person: Person, words: str, fee: HighFee) -> str | None:
    """The amount that was typed, None for a no. Raises `NobodyCame`."""
    async with person.asked(Need.FEE, words, fee.figures()):
        while True:
            said = await person.said(BEAT)
            if said is not None and (said.no or said.amount):
                return None if said.no else said.amount
            person.check()


def why_wrong(typed: str, total: Money) -> str | None:
    """Why what was typed is not the total; None if it is. The currency may be left out."""
    code = total.currency.code
    text = typed.strip().upper()
    try:
        amount = Money.parse(text if text.endswith(code) else f"{text} {code}")
    except MilepostError as error:
        return error.message
    return None if amount == total else f"typed was {amount}, not {total}"
