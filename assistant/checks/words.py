"""The words of findings about what happened: what was seen, and what to do next, by role."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from assistant.checks.compare import Happening
from assistant.checks.finding import Finding, Kind
from assistant.site import Role

_SEEN: Final[Mapping[Kind, str]] = {
    Kind.FUNDED: "{amount} is funded",
    Kind.REQUESTED: "{amount} is requested",
    Kind.DECLINED: "the request for {amount} was declined",
    Kind.WITHDRAWN: "the request for {amount} is gone",
    Kind.AWAITING_PAYMENT: "{amount} was put up and is not paid for",
    Kind.RELEASE_REQUESTED: "the release of {amount} is asked for",
    Kind.RELEASED: "{amount} was released",
    Kind.PARTIAL_RELEASE: "{released} of it was released, {amount} is left",
    Kind.CANCEL_REQUESTED: "cancelling {amount} is asked for",
    Kind.CANCEL_WITHDRAWN: "{amount} is funded as before, and no longer asked to be cancelled",
    Kind.CANCELLED: "{amount} was cancelled",
    Kind.DISPUTE_OVER: "the dispute over {amount} is over, and it is funded as before",
    Kind.AMOUNT_CHANGED: "the amount is {amount} now",
    Kind.DESCRIPTION_CHANGED: "the words are “{description}” now",
    Kind.MISSING: "{amount} is no longer on the page",
    Kind.UNCLEAR: "the site says “{raw}” of {amount}, which no rule of the profile explains",
}

_NEXT: Final[Mapping[Kind, str | tuple[str, str]]] = {
    # Where client and freelancer do different things: (client, freelancer).
    Kind.FUNDED: ("nothing; the freelancer may begin", "begin: milepost status says which to work on"),
    Kind.REQUESTED: ("fund it with milepost apply PLAN, or decline it on the site", "wait until it is funded"),
    Kind.DECLINED: ("agree what is to stand instead", "ask the client what is to change, then change the plan"),
    Kind.WITHDRAWN: ("", "see whether the client answered it on the site; apply the plan to ask again"),
    Kind.AWAITING_PAYMENT: (
        "pay for it with milepost apply PLAN, or discard it on the site",
        "wait until it is funded",
    ),
    Kind.RELEASE_REQUESTED: (
        "look at what was delivered, then: milepost release PLAN PROJECT KEY",
        "wait for the client",
    ),
    Kind.RELEASED: ("nothing; a release cannot be undone", "nothing; the platform pays it out"),
    Kind.PARTIAL_RELEASE: ("see what is still open", "agree with the client on what is left"),
    Kind.CANCEL_REQUESTED: (
        "wait for the freelancer's answer",
        "answer it on the site: accepting gives the money back",
    ),
    Kind.CANCEL_WITHDRAWN: "",
    Kind.CANCELLED: (
        "the money is back in the balance; change the plan if it should not be made again",
        "stop work on it",
    ),
    Kind.DISPUTED: "answer it on the site in time, with what was agreed and delivered; do not release or cancel it",
    Kind.DISPUTE_OVER: "",
    Kind.AMOUNT_CHANGED: "see on the site who changed it; make the plan say the same, or agree anew",
    Kind.DESCRIPTION_CHANGED: "see that it still says what was agreed; make the plan say the same",
    Kind.MISSING: "look at the project on the site; milepost apply never makes it again by itself",
    Kind.UNCLEAR: "look at it on the site; its word can be mapped in your own copy of the profile",
}


def seen_words(happening: Happening, answer_by: date | None, today: date) -> str:
    """What was seen, in one sentence."""
    row = happening.row
    if happening.kind is Kind.DISPUTED:
        return f"{row.amount} is disputed; " + _time_left(answer_by, today)
    text = _SEEN.get(happening.kind, "{amount}")
    values = {"amount": row.amount, "description": row.description, "raw": row.raw, "released": happening.released}
    return text.format(**values)


def _time_left(last: date | None, today: date) -> str:
    if last is None:
        return "since when is not known, so the time to answer may be nearly over"
    left = (last - today).days
    if left < 0:
        return f"the time to answer may have ended on {last}"
    return f"the time to answer may end on {last}, {left} day{'s' * (left != 1)} from now"


def next_step(kind: Kind, role: Role) -> str:
    """What a person may do about it; "" where there is nothing to do."""
    step = _NEXT.get(kind, "")
    return step if isinstance(step, str) else step[role is Role.FREELANCER]


def with_commands(finding: Finding, plan: str) -> Finding:
    """The same with its commands ready to be pasted: PLAN, PROJECT and KEY filled in, where there is a plan."""
    if not plan:
        return finding
    known = {"PLAN": plan, "PROJECT": finding.project, "KEY": finding.key or ""}

    def told(word: re.Match[str]) -> str:
        return shlex.quote(known[word[0]]) if known[word[0]] else word[0]

    return replace(finding, next=re.sub(r"\b(PLAN|PROJECT|KEY)\b", told, finding.next))
