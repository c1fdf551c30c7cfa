"""Before the yes: what a run will probably cost and leave, and how long it will take.

Every figure here is an estimate and says so: it is worked out from the fees of the platform's profile, exactly
(`Fraction`), and rounded half up to the currency once, at its end. Nothing is approved or guarded by it; the fees that
count are those of the cart. What cannot be known (a bid the site does not show, a minimum in another currency) is said,
not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Final

from assistant.approval import Preview, PreviewedProject
from assistant.changes import ACTS, SPENDS, ChangeKind
from assistant.money import Currency, Money, totals
from assistant.plain_text import one_line
from assistant.plans.splits import percent_text
from assistant.platform import Fee, FeeOn, PlatformRules, is_mock
from assistant.site import ENDED, Look, MilestoneState, Role, SiteProject

LOOK_SECONDS: Final = 4.0
"""Assumed for one page that is loaded and read whole on a live site; nobody has measured it there."""
ACT_SECONDS: Final = 12.0
"""Assumed for one change on a live site: form, submit, cart, payment and the look afterwards, three pages in all."""
MOCK_LOOK_SECONDS: Final = 0.1
MOCK_ACT_SECONDS: Final = 0.5
"""Measured on a mock platform on the same machine: about half a second for the seven steps of a milestone."""


@dataclass(frozen=True)
class FeeEstimate:
    """One fee, worked out. `amount` is `percent` of `basis`, or the minimum where that is more.

    `or_equivalent` is a minimum in another currency: the fee may be its equivalent, and no rate is known. `text` and
    `source` are the platform's own words and where they stand.
    """

    name: str
    on: FeeOn
    amount: Money
    percent: Fraction
    basis: Money
    basis_name: str
    text: str
    source: str
    or_equivalent: Money | None = None

    @property
    def sentence(self) -> str:
        """``about 250.00 USD project fee (estimate: 10% of the bid, 2500.00 USD; SOURCE)``."""
        least = (
            f", or the equivalent of {self.or_equivalent} if that is more; no rate is known"
            if self.or_equivalent
            else ""
        )
        how = f"{percent_text(self.percent)} of {self.basis_name}, {self.basis}{least}"
        return f"about {self.amount} {self.name} (estimate: {how}; source: {one_line(self.source)})"

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for it."""
        return {
            "name": self.name,
            "on": self.on.value,
            "amount": self.amount.amount_text,
            "currency": self.amount.currency.code,
            "estimate": True,
            "basis": self.basis.amount_text,
            "basis_name": self.basis_name,
            "or_equivalent": str(self.or_equivalent) if self.or_equivalent else None,
            "text": self.text,
            "source": self.source,
        }


@dataclass(frozen=True)
class ProjectEstimate:
    """One previewed project: `stands` before the run, `gross` after it, the fees on it, and what should be known."""

    project: SiteProject
    role: Role
    stands: Money
    gross: Money
    fees: tuple[FeeEstimate, ...]
    notes: tuple[str, ...]
    over_bid: Money | None = None
    """How far the project is over its bid with what the run does; None where it is not, or the bid is not known."""

    @property
    def over_bid_told(self) -> str:
        """``300.00 USD over the bid: fee about 9.00 USD``, the fee where one is stated; "" for a project within it."""
        over = self.over_bid
        if over is None:
            return ""
        fees = totals(fee.amount for fee in self.fees if fee.on is FeeOn.OVERAGE)
        return f"{over} over the bid" + "".join(f": fee about {fee}" for fee in fees.values())

    @property
    def net(self) -> Money | None:
        """What is left of `gross` for a freelancer; None for a client, and where nothing can be worked out."""
        if self.role is not Role.FREELANCER or not self.fees or self.gross.minor == 0:
            return None
        return self.gross - _sum(self.fees, self.gross.currency)

    @property
    def is_at_most(self) -> bool:
        """Whether a fee could be more than estimated, so that `net` is the most that can be left."""
        return any(fee.or_equivalent is not None for fee in self.fees)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The estimate in words, a line each, all of one visible line."""
        name = one_line(self.project.title, longest=60)
        lines = [f"{name}: {fee.sentence}" for fee in self.fees]
        if self.net is not None:
            most = "at most " if self.is_at_most else ""
            lines.append(f"{name}: of {self.gross} {most}about {self.net} would be left (estimate)")
        return (*lines, *(f"{name}: {note}" for note in self.notes))

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for it."""
        return {
            "project": self.project.ref,
            "title": self.project.title,
            "currency": self.gross.currency.code,
            "stands": self.stands.amount_text,
            "gross": self.gross.amount_text,
            "over_bid": self.over_bid.amount_text if self.over_bid is not None else None,
            "net": self.net.amount_text if self.net is not None else None,
            "net_is_at_most": self.is_at_most,
            "fees": [fee.as_event() for fee in self.fees],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class RunEstimate:
    """A whole preview. `acts` counts the changes that a run would submit, `seconds` is how long it may take."""

    projects: tuple[ProjectEstimate, ...]
    acts: int
    seconds: float
    notes: tuple[str, ...]

    @property
    def net(self) -> dict[str, Money]:
        """What would be left for a freelancer, by currency code; projects without a figure are not in it."""
        return totals(project.net for project in self.projects if project.net is not None)

    @property
    def fees(self) -> dict[str, Money]:
        """The estimated fees, by currency code."""
        return totals(fee.amount for project in self.projects for fee in project.fees)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything in words: the projects, what holds for all of them, and the time."""
        lines = [line for project in self.projects for line in project.sentences]
        time = [f"takes {duration_text(self.seconds)} at the platform's pace (estimate)"] if self.acts else []
        return (*lines, *self.notes, *time)

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints."""
        return {
            "event": "estimate",
            "net": {code: money.amount_text for code, money in self.net.items()},
            "fees": {code: money.amount_text for code, money in self.fees.items()},
            "acts": self.acts,
            "seconds": round(self.seconds, 1),
            "notes": list(self.notes),
            "projects": [project.as_event() for project in self.projects],
        }


def estimate(preview: Preview, rules: PlatformRules, looks: Mapping[str, Look]) -> RunEstimate:
    """What a preview's run would come to. `looks` are the last looks by project ref (`Overview.looks`).

    A project without a look counts with the rows that its changes are about.
    """
    role = preview.account.role
    projects = tuple(_project(each, rules, role, looks.get(each.project.ref)) for each in preview.projects)
    acts = [sum(change.kind in ACTS for change in each.changes) for each in preview.projects]
    takes_money = any(change.kind in SPENDS for change in preview.changes)
    origin = preview.account.origin
    return RunEstimate(
        projects=projects,
        acts=sum(acts),
        seconds=run_seconds(
            acts,
            rules.pace(origin),
            mock=is_mock(origin),
            at_once=1 if takes_money else rules.rules.requests_at_once,
        ),
        notes=_notes(preview, rules),
    )


def fees_at_payment(preview: Preview, run: RunEstimate) -> dict[str, Money]:
    """By project ref: the most that the stated fees come to on what a run pays there; only where that is something.

    The part of each payment is rounded up, as a site may do. A fee that falls due on acceptance is no part of it.
    """
    fees = {}
    for previewed, project in zip(preview.projects, run.projects, strict=True):
        paid = [change.amount for change in previewed.changes if change.kind in SPENDS]
        most = sum(_on_payments(fee, paid) for fee in project.fees if fee.on in _AT_PAYMENT)
        if project.role is Role.CLIENT and most:
            fees[project.project.ref] = Money(most, project.gross.currency)
    return fees


_AT_PAYMENT: Final = frozenset({FeeOn.OVERAGE, FeeOn.PAYMENT})


def _on_payments(fee: FeeEstimate, paid: Sequence[Money]) -> int:
    """What a fee comes to on these payments, in minor units. What goes over a bid is the last of them."""
    left, most = fee.basis.minor, 0
    for amount in reversed(paid):
        part = min(amount.minor, left)
        left -= part
        most += ceil(fee.percent * part)
    return max(most, fee.amount.minor) if paid and fee.on is FeeOn.OVERAGE else most


def fees_of(project: SiteProject, rules: PlatformRules, role: Role, gross: Money) -> tuple[FeeEstimate, ...]:
    """Every fee that `gross` on a project costs a role in all, as far as the profile has figures for it.

    Unlike in a preview, a fee that fell due when the project was accepted counts, too.
    """
    bid = project.bid if project.bid is not None and project.bid.currency == gross.currency else None
    whole = replace(project, accepted=False)
    own = [fee for fee in rules.fees if fee.paid_by is role and fee.percent is not None]
    worked = (_fee(fee, whole, role, Money.zero(gross.currency), gross, bid) for fee in own)
    stands = ((fee, fee.basis_name.replace("what is planned", "what stands")) for fee in worked if fee is not None)
    return tuple(replace(fee, basis_name=name) for fee, name in stands)


def run_seconds(acts: Iterable[int], pace: float, *, mock: bool, at_once: int = 1) -> float:
    """How long a run takes, in seconds, by the number of changes on each project; `at_once` of them are worked on.

    Assumed: one look at each project, then for each change its pages, or the pace between two starts where that is
    longer. Waiting for a person (2-step code, captcha, a fee to be asked for) is not in it.
    """
    look, act = (MOCK_LOOK_SECONDS, MOCK_ACT_SECONDS) if mock else (LOOK_SECONDS, ACT_SECONDS)
    counts = [count for count in acts if count]
    one_by_one = sum(look + count * max(act, pace) for count in counts)
    return max(one_by_one / max(1, min(at_once, len(counts))), sum(counts) * pace)


def duration_text(seconds: float) -> str:
    """``less than a minute``, ``about 4 minutes``, ``about 2 hours 10 minutes``: rounded up, never a promise."""
    if seconds < 60:
        return "less than a minute"
    minutes = -int(-seconds // 60)
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] * bool(hours) + [_count(rest, "minute")] * bool(rest)
    return "about " + " ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"


def _notes(preview: Preview, rules: PlatformRules) -> tuple[str, ...]:
    """What holds for the whole run."""
    notes = []
    spends = any(change.kind in SPENDS for change in preview.changes)
    if spends and Role.FREELANCER in rules.rules.cancellers and Role.CLIENT not in rules.rules.cancellers:
        notes.append("once a project is accepted, only the freelancer can cancel a funded milestone; a client can ask")
    if any(change.kind is ChangeKind.REQUEST for change in preview.changes):
        notes.append("a request is not money: nothing is yours to work for before the milestone shows as funded")
    unnumbered = [fee for fee in rules.fees if fee.paid_by is preview.account.role and fee.percent is None]
    if any(change.kind in ACTS for change in preview.changes):
        notes += [f"{fee.name}: {one_line(fee.text)} (source: {one_line(fee.source)})" for fee in unnumbered]
    return tuple(notes)


def _project(previewed: PreviewedProject, rules: PlatformRules, role: Role, look: Look | None) -> ProjectEstimate:
    project = previewed.project
    currency = previewed.planned.total.currency
    if currency.code != project.currency:
        zero, why = Money.zero(currency), f"the plan says {currency}, the project is in {project.currency}: no estimate"
        return ProjectEstimate(project, role, zero, zero, (), (why,))
    stands = _stands(previewed, look, role, currency)
    made = sum(c.amount.minor for c in previewed.changes if c.kind in _makes(role))
    withdrawn = sum(c.amount.minor for c in previewed.changes if c.kind is ChangeKind.WITHDRAW)
    gross = Money(max(stands.minor + made - withdrawn, 0), currency)
    own = [fee for fee in rules.fees if fee.paid_by is role and fee.percent is not None]
    bid = project.bid if project.bid is not None and project.bid.currency == currency else None
    acted = sum(c.amount.minor for c in previewed.changes if c.kind in _makes(role) | SPENDS)
    before = Money(max(gross.minor - acted, 0), currency)
    worked = (_fee(fee, project, role, before, gross, bid) for fee in own)
    fees = tuple(fee for fee in worked if fee is not None)
    over = gross - bid if bid is not None and acted and gross > max(bid, before) else None
    notes = _project_notes(project, role, own, fees, gross, bid)
    return ProjectEstimate(project, role, stands, gross, fees, notes, over)


def _makes(role: Role) -> frozenset[ChangeKind]:
    """Changes that add to what stands. A confirmation pays for what stands already."""
    if role is Role.FREELANCER:
        return frozenset({ChangeKind.REQUEST})
    return frozenset({ChangeKind.CREATE, ChangeKind.ACCEPT, ChangeKind.PUT_UP, ChangeKind.AGREE})


def _stands(previewed: PreviewedProject, look: Look | None, role: Role, currency: Currency) -> Money:
    """What stands on the project: milestones, and open carts for a client, pending requests for a freelancer.

    A row that is to be paid counts without the fees that a site may list its cart with.
    """
    rows = {(c.row.kind, c.row.site_ref): (c, c.row) for c in previewed.changes if c.row and c.kind in _STANDS}
    listed = sum(r.amount.minor - c.amount.minor for c, r in rows.values() if c.kind is ChangeKind.CONFIRM)
    if look is None:
        stands = sum(r.amount.minor for _, r in rows.values() if r.state not in ENDED)
        return Money(max(stands - listed, 0), currency)
    amounts = [m.amount for m in look.milestones if m.state not in ENDED]
    if role is Role.CLIENT:
        amounts += [cart.amount for cart in look.carts if not cart.charged]
    else:
        amounts += [request.amount for request in look.requests if request.state is MilestoneState.REQUESTED]
    stands = sum(amount.minor for amount in amounts if amount.currency == currency)
    return Money(max(stands - listed, 0), currency)


_STANDS: Final = frozenset({ChangeKind.KEEP, ChangeKind.ADOPT, ChangeKind.CONFIRM, ChangeKind.WITHDRAW})


def _fee(
    fee: Fee, project: SiteProject, role: Role, before: Money, gross: Money, bid: Money | None
) -> FeeEstimate | None:
    """One fee as it applies to one project; None where it does not, or where the bid it depends on is not known.

    `before` is what stands that the run neither makes nor pays for.
    """
    match fee.on:
        case FeeOn.ACCEPTANCE:
            if role is Role.CLIENT and project.accepted:
                return None  # charged when the freelancer accepted; this run does not cause it
            basis, name = (bid, "the bid") if bid is not None else (gross, "what is planned, as the bid is not shown")
        case FeeOn.OVERAGE:
            if bid is None:
                return None
            # A freelancer's net is of the whole; a client is told what this run adds.
            floor = max(bid.minor, before.minor) if role is Role.CLIENT else bid.minor
            basis, name = Money(max(gross.minor - floor, 0), gross.currency), f"what goes over the bid of {bid}"
        case _:
            basis, name = gross, "everything that is paid"
    return _worked_out(fee, basis, name) if basis.minor > 0 else None


def _worked_out(fee: Fee, basis: Money, basis_name: str) -> FeeEstimate:
    percent = Fraction(fee.percent or 0) / 100
    amount = half_up(percent * basis.minor, basis.currency)
    foreign = fee.minimum if fee.minimum is not None and fee.minimum.currency != basis.currency else None
    if fee.minimum is not None and foreign is None:
        amount = max(amount, fee.minimum, key=lambda money: money.minor)
    on = fee.on or FeeOn.PAYMENT
    return FeeEstimate(fee.name, on, amount, percent, basis, basis_name, fee.text, fee.source, foreign)


def half_up(minor: Fraction, currency: Currency) -> Money:
    """An exact number of minor units (at least zero), rounded to a whole one, a half up."""
    return Money((2 * minor.numerator + minor.denominator) // (2 * minor.denominator), currency)


def _project_notes(
    project: SiteProject, role: Role, own: list[Fee], fees: tuple[FeeEstimate, ...], gross: Money, bid: Money | None
) -> tuple[str, ...]:
    notes = []
    if bid is None and any(fee.on is FeeOn.OVERAGE for fee in own):
        notes.append("the bid is not shown, so it is not known whether something goes over it")
    on_acceptance = any(fee.on is FeeOn.ACCEPTANCE for fee in fees)
    if role is Role.FREELANCER and on_acceptance:
        when = "fell due when you accepted" if project.accepted else "falls due when you accept"
        notes.append(f"the project fee {when}, even if nothing is ever paid")
    if role is Role.CLIENT and on_acceptance:
        notes.append("the project fee falls due when the freelancer accepts")
    if role is Role.FREELANCER and gross.minor > 0 and not own:
        notes.append("the profile has no figures for fees, so what would be left is not known")
    return tuple(notes)


def _sum(fees: Iterable[FeeEstimate], currency: Currency) -> Money:
    return Money(sum(fee.amount.minor for fee in fees), currency)
