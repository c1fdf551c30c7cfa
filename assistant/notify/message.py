"""The words of a notification: plain text, a line or two for a finding, amounts and titles only where they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checks.finding import ORDER, Finding, Severity
from assistant.plain_text import one_line

MOST = 40
"""Findings that one message spells out; the rest is counted."""


@dataclass(frozen=True)
class Message:
    """What is sent: a title of one line, a text, and how urgent the worst of it is."""

    title: str
    body: str
    severity: Severity


def message_of(account: str, findings: Sequence[Finding], *, amounts: bool, titles: bool) -> Message:
    """A message about findings of one account, the worst first."""
    worst = max((finding.severity for finding in findings), key=ORDER.index)
    urgent = sum(finding.severity is Severity.URGENT for finding in findings)
    count = f"{len(findings)} finding{'s' * (len(findings) != 1)}"
    title = f"Milepost, {account}: {count}" + (f", {urgent} urgent" if urgent else "")
    in_order = sorted(findings, key=lambda finding: (-ORDER.index(finding.severity), finding.since))
    lines = [line for finding in in_order[:MOST] for line in _lines(finding, amounts=amounts, titles=titles)]
    left = len(findings) - MOST
    lines += [f"and {left} more: milepost check --all"] if left > 0 else []
    return Message(one_line(title, longest=120), "\n".join(lines) + "\n", worst)


def _lines(finding: Finding, *, amounts: bool, titles: bool) -> list[str]:
    kind = finding.kind.replace("_", " ")
    if amounts and titles:
        told = [f"{finding.severity}: {kind}: {finding.place}: {finding.sentence}"]
        return [one_line(line, longest=400) for line in told + ([f"  next: {finding.next}"] if finding.next else [])]
    return [one_line(f"{finding.severity}: {kind}: {_brief(finding, amounts=amounts, titles=titles)}", longest=400)]


def _brief(finding: Finding, *, amounts: bool, titles: bool) -> str:
    """Without the sentence, which holds amounts and texts of the site: only what may be said."""
    name = one_line(finding.title, longest=60) if titles and finding.title else f"project {finding.project}"
    parts = [name if finding.project or (titles and finding.title) else "account"]
    parts += [finding.key or f"#{finding.site_ref}"] * bool(finding.key or finding.site_ref)
    parts += [str(finding.amount)] * bool(amounts and finding.amount is not None)
    parts += [f"due {finding.due}"] * (finding.due is not None)
    return ", ".join(parts)
