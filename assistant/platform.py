"""A platform's profile, the head's half: limits, fees, states, pace and origins, as data from a TOML file.

One file describes one platform. It has a head's half, read here, and the table `[hands]` (URLs, locators, wording),
which `flows.profile` reads with the same tools. `assistant.profile_files` finds and checks the files.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, InstanceOf, WithJsonSchema, field_validator, model_validator

from assistant.errors import ProfileError, UsageError
from assistant.money import Money
from assistant.profile_files import Part, ProfileFiles, find_profile, fit, known_platforms, load_files
from assistant.site import MilestoneState, Role
from assistant.switches import Switches, Terms

__all__ = [
    "Head",
    "Part",
    "PlatformRules",
    "find_profile",
    "is_mock",
    "known_platforms",
    "load_rules",
    "origin_of",
    "rules_of",
]


class Limits(Part):
    """What the platform's forms take. Amounts are decimal strings in the project's currency."""

    description_max: int | None = Field(None, gt=0)
    """The longest description, in characters as a browser counts them."""
    amount_pattern: str | None = None
    """What an amount must look like as it is typed, as a regular expression."""
    amount_min: Decimal | None = None
    """The least amount, as a decimal text."""
    amount_max: Decimal | None = None
    """The greatest amount, as a decimal text."""

    @field_validator("amount_pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    def amount_problem(self, amount: Money) -> str | None:
        """Why the platform's form would not take this amount, in words; None if it would."""
        text = amount.amount_text
        pattern = self.amount_pattern or ".*"
        if not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text):
            return f"{amount} does not have the form the platform takes ({pattern})"
        if self.amount_min is not None and Decimal(text) < self.amount_min:
            return f"{amount} is below the platform's least amount of {self.amount_min}"
        if self.amount_max is not None and Decimal(text) > self.amount_max:
            return f"{amount} is above the platform's greatest amount of {self.amount_max}"
        return None

    def description_problem(self, text: str) -> str | None:
        """Why the platform's form would not take this description, in words; None if it would."""
        if not text.strip():
            return "the platform asks for a description"
        if self.description_max is not None and len(text) > self.description_max:
            return f"{len(text)} characters are more than the {self.description_max} the platform takes"
        return None


class FeeOn(StrEnum):
    """What a fee is a part of, and so when it falls due."""

    ACCEPTANCE = "acceptance"
    """Of the bid, when the freelancer accepts the project."""
    OVERAGE = "overage"
    """Of what goes over the bid."""
    PAYMENT = "payment"
    """Of every payment."""


def _minimum(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        money = Money.parse(value)
    except UsageError as error:
        raise ValueError(f"{error.message}; {error.hint}") from None
    if money.minor <= 0:
        raise ValueError(f"{money} is not above zero")
    return money


class Fee(Part):
    """One fee as the platform states it. `text` is for people; the figures, where there are any, are for estimates.

    `percent` and `on` come together; `minimum` is the least the fee can be, such as "3.00 USD".
    """

    name: str
    """The platform's name for it."""
    paid_by: Role
    """Who pays it."""
    text: str
    """The fee in words, for people."""
    source: str
    """Where it is stated."""
    percent: Decimal | None = Field(None, gt=0, le=100)
    """The fee in per cent."""
    minimum: Annotated[InstanceOf[Money], BeforeValidator(_minimum), WithJsonSchema({"type": "string"})] | None = None
    """The least that it can be."""
    on: FeeOn | None = None
    """What it is a part of."""

    @model_validator(mode="after")
    def _figures(self) -> Self:
        if (self.percent is None) != (self.on is None):
            raise ValueError("percent and on belong together: write both, or neither")
        if self.minimum is not None and self.percent is None:
            raise ValueError("a minimum needs the percent that it is the least of")
        return self


class States(Part):
    """The site's raw words for a state (in any case and spacing) and what they mean."""

    milestones: Mapping[str, MilestoneState] = {}
    """Of a milestone. A word that is not listed is `unclear`: shown, and nothing is done to it."""
    requests: Mapping[str, MilestoneState] = {}
    """Of a freelancer's request."""


class Rules(Part):
    """How money works on the platform. Durations are seconds; the `_mock` values hold on a loopback origin."""

    creators: tuple[Role, ...]
    """Who puts a milestone up."""
    requesters: tuple[Role, ...] = ()
    """Who may ask for one."""
    cancellers: tuple[Role, ...] = ()
    """Who can cancel a funded milestone once the project is accepted; nobody is named where it is not known."""
    creates_pays: bool
    """Whether submitting the form takes the money at once."""
    paid_later: bool = False
    """Whether a milestone that was put up or accepted stands unpaid, until a step of its own pays for it."""
    hides_cancelled: bool = False
    """Whether a cancelled milestone leaves the page, so that one that is gone was most likely cancelled."""
    answer_days: Mapping[Role, int] = {}
    """Days that each side has to answer a dispute filed by the other; nobody is named where it is not known."""
    nothing_left_settles: bool
    """Whether an attempt after which no request but GET left the browser is settled by one look that shows absence."""
    settle_after: float = Field(ge=0)
    """Seconds after which absence may settle what is unknown."""
    settle_after_mock: float = Field(ge=0)
    """The same on a mock platform."""
    pace: float = Field(ge=0)
    """Seconds between two steps that submit something."""
    pace_mock: float = Field(ge=0)
    """The same on a mock platform."""
    requests_at_once: int = Field(1, ge=1, le=8)
    """Tabs that a run which takes no money may work in. All of them together keep the pace."""
    limits: Limits = Limits()
    """What the forms take."""
    states: States = States()
    """What the site's words for a state mean."""
    fees: tuple[Fee, ...] = ()
    """What the platform takes for itself."""
    switches: Switches = Switches()
    """How its milestones work."""


class Head(Part):
    """The whole file, as far as the head reads it."""

    name: str
    """The file's name without `.toml`; what plans and settings call the platform."""
    title: str
    """What people call it."""
    verified: bool = False
    """Whether somebody has compared the file with the live pages of today."""
    draft: bool = False
    """Whether the file holds only what is known, and is not enough to work with: nothing is submitted with a draft."""
    origins: tuple[str, ...] = Field(min_length=1)
    """Where the site lives: `https://HOST`, the main one first."""
    terms: Terms = Terms()
    """What the platform's terms say about scripts."""
    rules: Rules
    """How money works there."""
    hands: Mapping[str, Any] = {}
    """How its pages are used; a draft may leave it out."""

    @field_validator("origins")
    @classmethod
    def _https(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if origin != origin_of(origin) or not (origin.startswith("https://") or is_mock(origin)):
                raise ValueError(f"{origin!r} is not an origin: write https://HOST, without a path")
        return value


@dataclass(frozen=True)
class PlatformRules:
    """What the head knows of a platform.

    `creates_pays`: submitting the form takes the money at once. `nothing_left_settles`: if no request but GET left the
    browser since the submit click, one look that shows absence settles the attempt as refused.
    """

    name: str
    title: str
    origins: tuple[str, ...]
    verified: bool
    creators: tuple[Role, ...]
    requesters: tuple[Role, ...]
    creates_pays: bool
    nothing_left_settles: bool
    limits: Limits
    fees: tuple[Fee, ...]
    rules: Rules
    draft: bool = False
    terms: Terms = field(default_factory=Terms)
    money_digest: str = ""
    """Of everything in the profile that says what is pressed, typed and paid; see `assistant.guided`."""

    @property
    def mock_only(self) -> bool:
        """Whether every origin is on this machine's loopback, so that no account of it can ever be live."""
        return all(is_mock(origin) for origin in self.origins)

    @property
    def switches(self) -> Switches:
        """How milestones work on the platform; what is not known is None."""
        return self.rules.switches

    def is_allowed(self, origin: str) -> bool:
        """Whether an account of this platform may live on that origin: a listed one, or a mock on loopback."""
        return origin in self.origins or is_mock(origin)

    def settle_after(self, origin: str) -> float:
        """Seconds after which absence may settle an unknown outcome."""
        return self.rules.settle_after_mock if is_mock(origin) else self.rules.settle_after

    def pace(self, origin: str) -> float:
        """Seconds to leave between two money steps."""
        return self.rules.pace_mock if is_mock(origin) else self.rules.pace

    def state_of(self, raw: str) -> MilestoneState:
        """A milestone's state from the site's raw word; UNCLEAR for a word that no rule maps."""
        return _lookup(self.rules.states.milestones, raw)

    def request_state_of(self, raw: str) -> MilestoneState:
        """A request's state from the site's raw word; UNCLEAR for a word that no rule maps."""
        return _lookup(self.rules.states.requests, raw)


_MONEY_TABLES = frozenset(
    {
        *("urls", "create", "request", "accept", "withdraw", "request_release", "release"),
        *("cart", "dialogs", "money_requests", "sends_money", "plain_no"),
    }
)
"""The tables of `[hands]` that a money step rests on."""


def _money_digest(hands: Mapping[str, Any]) -> str:
    tables = {name: table for name, table in hands.items() if name in _MONEY_TABLES}
    body = json.dumps(tables, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _lookup(states: Mapping[str, MilestoneState], raw: str) -> MilestoneState:
    wanted = _plain(raw)
    return next((state for word, state in states.items() if _plain(word) == wanted), MilestoneState.UNCLEAR)


def _plain(raw: str) -> str:
    return " ".join(raw.split()).casefold()


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of a URL in lower case, without a default port; "" for what is no http(s) URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None and port != default else "")


def is_mock(origin: str) -> bool:
    """Whether an origin is plain http on this machine's loopback, where only a mock platform can be."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.scheme != "http":
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_rules(name: str, config_dir: Path | None = None) -> PlatformRules:
    """The head's half of a profile. `ProfileError` lists all problems with file, line, field and mend."""
    files = load_files(name, config_dir)
    return rules_of(files)


def rules_of(files: ProfileFiles) -> PlatformRules:
    """The head's half of a profile whose files are read. `ProfileError` lists all problems."""
    head = fit(Head, files.data, files)
    if head.name != files.name:
        path, line = files.place_of(("name",))
        raise ProfileError(
            f"{path}:{line}: name: the file is {files.name}.toml, and it says {head.name!r}",
            where=f"{path}:{line}",
            hint=f'write name = "{files.name}", or rename the file',
        )
    _check_whole(head, files)
    rules = head.rules
    return PlatformRules(
        name=head.name,
        title=head.title,
        origins=head.origins,
        verified=head.verified,
        creators=rules.creators,
        requesters=rules.requesters,
        creates_pays=rules.creates_pays,
        nothing_left_settles=rules.nothing_left_settles,
        limits=rules.limits,
        fees=rules.fees,
        rules=rules,
        money_digest=_money_digest(head.hands),
        draft=head.draft,
        terms=head.terms,
    )


def _check_whole(head: Head, files: ProfileFiles) -> None:
    """What only a draft may leave out: without it nobody could tell what a form takes or what a row means."""
    if head.draft:
        return
    limits, states = head.rules.limits, head.rules.states
    left_out = {
        "rules.limits.description_max": limits.description_max is None,
        "rules.limits.amount_pattern": limits.amount_pattern is None,
        "rules.states.milestones": not states.milestones,
        "rules.states.requests": bool(head.rules.requesters) and not states.requests,
    }
    missing = [f"{files.paths[-1]}:1: {field}: is left out" for field, out in left_out.items() if out]
    if missing:
        raise ProfileError(
            f"{len(missing)} problem{'s' if len(missing) != 1 else ''} in the profile {files.name}:\n  "
            + "\n  ".join(missing),
            where=", ".join(map(str, files.paths)),
            hint="write what the site takes and shows, or mark the profile as a draft: draft = true",
        )
