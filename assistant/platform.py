"""A platform's profile, the head's half: limits, fees, states, pace and origins, as data from a TOML file.

One file describes one platform. It has a head's half, read here, and the table `[hands]` (URLs, locators, wording),
which `flows.profile` reads with the same tools. `assistant.profile_files` finds and checks the files.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, field_validator, model_validator

from assistant.errors import ProfileError, UsageError
from assistant.money import Money
from assistant.profile_files import find_profile, fit, known_platforms, load_files
from assistant.site import MilestoneState, Role

__all__ = ["PlatformRules", "find_profile", "is_mock", "known_platforms", "load_rules", "origin_of"]


class Part(BaseModel):
    """A table of a profile: its fields are all there are, and they never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Part):
    """What the platform's forms take. Amounts are decimal strings in the project's currency."""

    description_max: int = Field(gt=0)
    amount_pattern: str
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None

    @field_validator("amount_pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    def amount_problem(self, amount: Money) -> str | None:
        """Why the platform's form would not take this amount, in words; None if it would."""
        text = amount.amount_text
        if not re.fullmatch(self.amount_pattern.removeprefix("^").removesuffix("$"), text):
            return f"{amount} does not have the form the platform takes ({self.amount_pattern})"
        if self.amount_min is not None and Decimal(text) < self.amount_min:
            return f"{amount} is below the platform's least amount of {self.amount_min}"
        if self.amount_max is not None and Decimal(text) > self.amount_max:
            return f"{amount} is above the platform's greatest amount of {self.amount_max}"
        return None

    def description_problem(self, text: str) -> str | None:
        """Why the platform's form would not take this description, in words; None if it would."""
        if not text.strip():
            return "the platform asks for a description"
        if len(text) > self.description_max:
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
    paid_by: Role
    text: str
    source: str
    percent: Decimal | None = Field(None, gt=0, le=100)
    minimum: Annotated[InstanceOf[Money], BeforeValidator(_minimum)] | None = None
    on: FeeOn | None = None

    @model_validator(mode="after")
    def _figures(self) -> Self:
        if (self.percent is None) != (self.on is None):
            raise ValueError("percent and on belong together: write both, or neither")
        if self.minimum is not None and self.percent is None:
            raise ValueError("a minimum needs the percent that it is the least of")
        return self


class States(Part):
    """The site's raw words for a state (in any case and spacing) and what they mean."""

    milestones: Mapping[str, MilestoneState]
    requests: Mapping[str, MilestoneState]


class Rules(Part):
    """How money works on the platform. Durations are seconds; the `_mock` values hold on a loopback origin."""

    creators: tuple[Role, ...]
    requesters: tuple[Role, ...] = ()
    cancellers: tuple[Role, ...] = ()
    """Who can cancel a funded milestone once the project is accepted; nobody is named where it is not known."""
    creates_pays: bool
    hides_cancelled: bool = False
    """Whether a cancelled milestone leaves the page, so that one that is gone was most likely cancelled."""
    answer_days: Mapping[Role, int] = {}
    """Days that each side has to answer a dispute filed by the other; nobody is named where it is not known."""
    nothing_left_settles: bool
    settle_after: float = Field(ge=0)
    settle_after_mock: float = Field(ge=0)
    pace: float = Field(ge=0)
    pace_mock: float = Field(ge=0)
    requests_at_once: int = Field(1, ge=1, le=8)
    """Tabs that a run which takes no money may work in. All of them together keep the pace."""
    limits: Limits
    states: States
    fees: tuple[Fee, ...] = ()


class _Head(Part):
    """The whole file, as far as the head reads it."""

    name: str
    title: str
    verified: bool = False
    origins: tuple[str, ...] = Field(min_length=1)
    rules: Rules
    hands: Mapping[str, Any] = {}

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
    head = fit(_Head, files.data, files)
    if head.name != name:
        path, line = files.place_of(("name",))
        raise ProfileError(
            f"{path}:{line}: name: the file is {name}.toml, and it says {head.name!r}",
            where=f"{path}:{line}",
            hint=f'write name = "{name}", or rename the file',
        )
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
    )
