"""What a yes to a preview means, in words: what is done and where, what is not, and what becomes of fees.

The approval on the screen and `milepost apply` say the same.
"""

from __future__ import annotations

from collections.abc import Container

from assistant.approval import Preview
from assistant.changes import ACTS, SPENDS, ChangeKind
from assistant.plain_text import one_line
from tui.signs import CHANGES, sign_of

CARRIED_OUT = ACTS | {ChangeKind.ADOPT}
"""Kinds of change that a run does something about."""

LEFT_ALONE = {
    ChangeKind.BLOCKED: "blocked, each with its reason in the preview",
    ChangeKind.GONE: "gone and not made again",
}
"""Kinds of change that a person may have hoped for, and that no run carries out."""


def done_told(preview: Preview) -> str:
    """``6 to create, 1 to adopt, on 2 projects``; only projects on which something is done count. "" for nothing."""
    counts = preview.counts
    kinds = [kind for kind in ChangeKind if counts[kind] and kind in CARRIED_OUT]
    acts = [f"{counts[kind]} to {sign_of(CHANGES, kind).word}" for kind in kinds]
    return f"{', '.join(acts)}, {_places(preview, CARRIED_OUT)}" if acts else ""


def left_told(preview: Preview) -> str:
    """What would not be done though it is planned, and on how many projects; "" where all of it is."""
    counts = preview.counts
    told = [f"{counts[kind]} {words}, {_places(preview, {kind})}" for kind, words in LEFT_ALONE.items() if counts[kind]]
    return "; ".join(told)


def kept_told(preview: Preview) -> str:
    """What needs nothing done: it stands as planned, or its project is skipped on purpose; "" where there is none."""
    kept, skipped = preview.counts[ChangeKind.KEEP], len(preview.skipped)
    told = [f"{kept} stand{'s' * (kept == 1)} as planned"] if kept else []
    told += [f"{_projects(skipped)} skipped on purpose"] if skipped else []
    return ", ".join(told)


def fees_told(preview: Preview, *, asks: bool) -> str:
    """The fees that a yes covers, and what becomes of a higher one; "" where nothing is paid.

    `asks`: whether the run can ask a person; one that cannot refuses the fee and leaves the cart unpaid.
    """
    if not any(change.kind in SPENDS for change in preview.changes):
        return ""
    fees = " + ".join(str(money) for money in preview.max_fees.values())
    covered = f"plus at most {fees} in fees{_fees_of(preview)}; a higher one" if fees else "no fee is approved; one"
    return f"{covered} {'is asked about before it is paid' if asks else 'is refused, and its cart left unpaid'}"


def _fees_of(preview: Preview) -> str:
    """Which projects the platform's own fees are for: one by its title, more by their number."""
    known = [each.project.title for each in preview.projects if each.project.ref in preview.platform_fees]
    where = f"“{one_line(known[0], longest=40)}”" if len(known) == 1 else _projects(len(known))
    return f", with what the platform states for {where}" if known else ""


def _places(preview: Preview, kinds: Container[ChangeKind]) -> str:
    return f"on {_projects(sum(any(each.kind in kinds for each in one.changes) for one in preview.projects))}"


def _projects(number: int) -> str:
    return f"{number} project{'s' * (number != 1)}"
