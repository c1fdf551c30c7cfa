"""Guided first, then automatic: which steps Milepost may press by itself on a live account.

Nobody has seen every site. So on a live account each kind of step (create, pay, request, ...) is first pressed by a
person: Milepost prepares it in a window, the person presses, Milepost watches, reads back, and keeps what was pressed
beside the attempt. Once such an attempt is done, and what was pressed is what the profile finds, that step may be
pressed automatically on that account. A profile whose money tables have changed asks again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.approval import AccountFacts
from assistant.changes import ACTS, SPENDS, Change, ChangeKind
from assistant.journal import Journal
from assistant.platform import PlatformRules, is_mock
from assistant.site import Press

GUIDED = "pressed by a person"
"""The moment that such evidence is kept under."""


@dataclass(frozen=True)
class Licence:
    """The steps that may be pressed automatically on a live account, by a profile with this digest."""

    steps: frozenset[str]
    digest: str

    def evidence(self, press: Press) -> dict[str, Any]:
        """What is kept of a press beside its attempt."""
        return {"digest": self.digest, **asdict(press), "locators": list(press.locators)}

    def to_be_guided(self, changes: Iterable[Change], *, creates_pays: bool) -> list[str]:
        """The steps of these changes that a person has to press first, in the order in which they come."""
        wanted: list[str] = []
        for change in changes:
            if change.kind in ACTS and change.kind is not ChangeKind.CONFIRM:
                wanted.append(change.kind.value)
            if change.kind in SPENDS and not creates_pays:
                wanted.append("pay")
        return [step for step in dict.fromkeys(wanted) if step not in self.steps]


def licence_of(journal: Journal, account: AccountFacts, rules: PlatformRules) -> Licence | None:
    """What an account's guided runs have earned it. None for a mock platform, where nothing has to be earned."""
    if is_mock(account.origin):
        return None
    kept = journal.attempts.evidence_at(account.id, GUIDED)
    steps = frozenset(str(one["step"]) for one in kept if one["digest"] == rules.money_digest and one["expected"])
    return Licence(steps, rules.money_digest)


def presses_of(journal: Journal, run_id: int) -> list[Press]:
    """What was pressed by a person in a run."""
    kept = [one for attempt in journal.attempts.of_run(run_id) for one in journal.attempts.evidence_of(attempt.id)]
    figures = [dict(one["figures"]) for one in kept if one["moment"] == GUIDED]
    return [
        Press(one["step"], one["role"], one["name"], tuple(one["locators"]), expected=one["expected"])
        for one in figures
    ]


def guided_text(steps: Sequence[str]) -> str:
    """What a person should know before the yes: that they press these steps themselves. "" where there are none."""
    if not steps:
        return ""
    return (
        f"guided, because it is the first time on this site: you press {' and '.join(steps)} yourself, in a window "
        "that opens; the run does one milestone and stops"
    )


def overrides(presses: Sequence[Press]) -> list[str]:
    """Lines for the user's own profile, for what was pressed and is not what the profile finds; [] if all is."""
    lines: list[str] = []
    for press in presses:
        if not press.expected and press.locators:
            lines += [_table(press.step), f"find = [{', '.join(_literal(text) for text in press.locators)}]"]
            lines += [f"name = {_literal(re.escape(press.name))}"]
    return lines


def _table(step: str) -> str:
    where = {"pay": "[hands.cart.pay]", "release": "[hands.release.submit]"}
    forms = {"create": "[[hands.create.submits]]", "request": "[[hands.request.submits]]"}
    return (where | forms).get(step, f"[hands.{step}.button]")


def _literal(text: str) -> str:
    """A TOML string of one line, whatever the page has put into the text."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
