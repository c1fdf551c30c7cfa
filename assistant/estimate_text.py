"""An estimate in few lines: equal fees and notes of many projects together, each line named as an estimate.

`RunEstimate.sentences` says everything, project by project; this is what stands at the end of a preview.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.estimates import FeeEstimate, ProjectEstimate, RunEstimate, duration_text
from assistant.money import Money, totals
from assistant.plain_text import one_line
from assistant.plans.splits import percent_text
from assistant.platform import FeeOn

_MOST_NAMED = 3
"""Projects that are named where a note holds only for them; more are counted."""


def short_estimate(run: RunEstimate) -> tuple[str, ...]:
    """The estimate in lines: fees, what is left, what should be known, how long it takes."""
    lines = [*_fee_lines(run), *_over_lines(run), *_net_lines(run), *_note_lines(run), *run.notes]
    if run.acts:
        lines.append(f"the run takes {duration_text(run.seconds)} at the platform's pace (estimate)")
    return tuple(lines)


def one_line_estimate(run: RunEstimate) -> str:
    """``about 250.00 USD in fees, 2250.00 USD left, takes about 4 minutes (estimates)``; "" where nothing is done."""
    if not run.acts:
        return ""
    at_most = "at most " * any(project.is_at_most for project in run.projects)
    fees = " + ".join(str(fee) for fee in run.fees.values())
    net = " + ".join(str(money) for money in run.net.values())
    parts = [f"about {fees} in fees"] * bool(fees) + [f"{at_most}{net} left"] * bool(net)
    return f"{', '.join([*parts, f'takes {duration_text(run.seconds)}'])} (estimate{'s' * bool(parts)})"


def _fee_lines(run: RunEstimate) -> list[str]:
    groups: dict[tuple[str, ...], list[FeeEstimate]] = {}
    for fee in (fee for project in run.projects for fee in project.fees):
        basis = "" if fee.on is FeeOn.OVERAGE else fee.basis_name
        groups.setdefault((fee.name, fee.amount.currency.code, str(fee.percent), basis, fee.source), []).append(fee)
    return [_fee_line(fees, of=len(run.projects)) for fees in groups.values()]


def _fee_line(fees: Sequence[FeeEstimate], *, of: int) -> str:
    first = fees[0]
    basis = _sum(fee.basis for fee in fees)
    # Above the bid each project's own bid is named; of several only what goes over them together.
    name = first.basis_name if len(fees) == 1 or first.on is not FeeOn.OVERAGE else "what goes over the bids"
    least = f", or {first.or_equivalent}'s worth on each project if that is more" if first.or_equivalent else ""
    where = f" on {_count(len(fees))}" if of > 1 else ""
    how = f"{percent_text(first.percent)} of {name}, {basis}{' in all' * (len(fees) > 1)}{least}"
    amount = _sum(fee.amount for fee in fees)
    return f"about {amount} {first.name}{where} (estimate: {how}; source: {one_line(first.source)})"


def _over_lines(run: RunEstimate) -> list[str]:
    """Each project that goes over its bid, by name: a total may be a slip."""
    return [
        f"{one_line(each.project.title, longest=60)} (#{one_line(each.project.ref)}): {each.over_bid_told} (estimate)"
        for each in run.projects
        if each.over_bid is not None
    ]


def _net_lines(run: RunEstimate) -> list[str]:
    counted = [project for project in run.projects if project.net is not None]
    gross = totals(project.gross for project in counted)
    at_most = {project.gross.currency.code for project in counted if project.is_at_most}
    return [
        f"of {gross[code]} {'at most ' * (code in at_most)}about {net} would be left (estimate)"
        for code, net in run.net.items()
    ]


def _note_lines(run: RunEstimate) -> list[str]:
    """What the projects' notes say, each once: for all, for some by name, for many by count."""
    by_note: dict[str, list[ProjectEstimate]] = {}
    for project in run.projects:
        for note in project.notes:
            by_note.setdefault(note, []).append(project)
    return [f"{_whose(those, of=len(run.projects))}{note}" for note, those in by_note.items()]


def _whose(those: Sequence[ProjectEstimate], *, of: int) -> str:
    if len(those) == of:
        return ""
    if len(those) > _MOST_NAMED:
        return f"{_count(len(those))}: "
    return ", ".join(one_line(each.project.title, longest=40) for each in those) + ": "


def _count(projects: int) -> str:
    return f"{projects} project{'s' * (projects != 1)}"


def _sum(amounts: Iterable[Money]) -> Money:
    """Amounts of one currency, added up."""
    (total,) = totals(amounts).values()
    return total
