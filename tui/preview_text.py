"""A preview as lines and as the object that `--json` prints; the same for what is needed to approve it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from assistant.approval import Preview, PreviewedProject
from assistant.changes import SPENDS, Change
from assistant.estimate_text import short_estimate
from assistant.estimates import RunEstimate
from assistant.money import Money
from assistant.plans.planned import Plan
from assistant.site import Role
from tui.approval_text import done_told, fees_told, kept_told, left_told
from tui.command import Shared
from tui.output import Output
from tui.signs import CHANGES, sign_of


def preview_event(preview: Preview, estimate: RunEstimate) -> dict[str, Any]:
    """The object that `milepost preview --json` prints."""
    estimates = {name: value for name, value in estimate.as_event().items() if name != "event"}
    return {
        "event": "preview",
        "digest": preview.digest,
        "totals": _amounts(preview.totals),
        "max_fees": _amounts(preview.max_fees),
        "counts": preview.counts,
        "skipped": list(preview.skipped),
        "changes": [_change_event(change) for change in preview.changes],
        "estimates": estimates,
    }


def _amounts(totals: dict[str, Money]) -> dict[str, str]:
    return {code: total.amount_text for code, total in totals.items()}


def _change_event(change: Change) -> dict[str, Any]:
    return {
        "project": change.project.ref,
        "title": change.project.title,
        "key": change.key,
        "change": change.kind.value,
        "description": change.description,
        "amount": change.amount.amount_text,
        "currency": change.amount.currency.code,
        "reason": change.reason,
        "site_ref": change.row.site_ref if change.row else None,
    }


def tell_preview(output: Output, preview: Preview, ascii_only: bool) -> None:
    """The preview in lines: per project what would be done and what would not, with the reason."""
    for project in preview.projects:
        _tell_project(output, project, ascii_only)
    for name in preview.skipped:
        output.line(f"{name}: skipped on purpose")
    counts = ", ".join(f"{number} {kind}" for kind, number in preview.counts.items() if number)
    output.line(f"changes: {counts or 'none'}")
    if preview.totals:
        output.line(f"total{_what_for(preview)}: {', '.join(map(str, preview.totals.values()))}")


def _what_for(preview: Preview) -> str:
    """What the total is, where it is nothing that would be paid."""
    if any(change.kind in SPENDS for change in preview.changes):
        return ""
    return " to ask for" if preview.account.role is Role.FREELANCER else ", of which nothing is paid yet"


def tell_approval(output: Output, preview: Preview, *, asks: bool) -> None:
    """What a yes would do, what it would not, and what becomes of fees. `asks`: whether its run can ask a person."""
    done, left, kept = done_told(preview), left_told(preview), kept_told(preview)
    told = [done and f"a yes does: {done}", left and f"not done: {left}", kept and f"left as it is: {kept}"]
    for line in [*told, fees_told(preview, asks=asks)]:
        if line:
            output.line(line)


def tell_estimate(output: Output, estimate: RunEstimate) -> None:
    """What the run would probably cost and leave, before anybody says yes."""
    for line in short_estimate(estimate):
        output.line(f"  {line}")


def _tell_project(output: Output, project: PreviewedProject, ascii_only: bool) -> None:
    site = project.project
    whom = f", {site.counterparty}" if site.counterparty else ""
    output.line(f"{site.ref} {site.title}{whom}")
    rows = []
    for change in project.changes:
        sign = sign_of(CHANGES, change.kind.value)
        shown = f"  {sign.shown(ascii_only)}"
        rows.append((shown, change.key, change.description, str(change.amount), change.reason))
    output.table(rows, right=(3,), flexible=2)
    output.line()


def approve_words(plan: Plan, preview: Preview, shared: Shared, again: Sequence[str] = ()) -> str:
    """The command that carries exactly this preview out, ready for a shell."""
    words = ["milepost", "apply", str(plan.file)]
    for total in preview.totals.values():
        words += ["--approve", str(total)]
    words += ["--digest", preview.digest]
    for place in again:
        words += ["--again", place]
    words += ["--account", shared.account] if shared.account else []
    words += ["--config", str(shared.config)] if shared.config else []
    return shlex.join(words)
