"""The kinds of value that settings have beside plain text: amounts, origins, lists, folders, choices of a secret.

Each is checked and turned into a plain object once, where the settings are read; what is wrong is said as a
`PydanticCustomError` with the mend in its context, so that `assistant.settings.sources` can name file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from assistant.errors import MilepostError
from assistant.money import Currency, Money
from assistant.notify.hours import QuietHours, parse_clock
from assistant.platform import is_mock, origin_of


def wrong(message: str, mend: str) -> PydanticCustomError:
    """A problem with a value, with what to write instead."""
    return PydanticCustomError("milepost", "{message}", {"message": message, "mend": mend})


def parse_origin(text: str) -> str:
    """``https://host[:port]``, or http on loopback; lower case and without a slash at the end. Else a problem."""
    mend = 'write it as "https://www.freelancer.com", or "http://127.0.0.1:8700" for a mock platform'
    origin = origin_of(text.strip())
    if not origin or urlsplit(text.strip())._replace(scheme="", netloc="").geturl() not in ("", "/"):
        raise wrong(f"{text!r} is not an origin: scheme, host and port, and nothing else", mend)
    if "@" in text or not (origin.startswith("https://") or is_mock(origin)):
        raise wrong(f"{text!r} is neither https nor a mock platform on this machine", mend)
    return origin


def _money(value: Any) -> Any:
    if not isinstance(value, str):
        if isinstance(value, Money):
            return value
        raise wrong(f"{value!r} is not an amount in quotes", 'write it as "1000.00"')
    try:
        money = Money.parse(value)
    except MilepostError as error:
        raise wrong(error.message, error.hint or 'write it as "1000.00"') from None
    if money.minor < 0:
        raise wrong(f"{value!r} is less than nothing", "write an amount of at least 0")
    return money


def _currency(code: str) -> str:
    try:
        return Currency(code.upper()).code
    except MilepostError as error:
        raise wrong(error.message, error.hint or "write a code such as USD") from None


def amount_in(amount: Any, code: str) -> Any:
    """The text of an amount with the currency that its table is named after; anything else as it is."""
    return f"{amount} {code.upper()}" if isinstance(amount, str) else amount


def _amounts_by_code(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {code: amount_in(amount, str(code)) for code, amount in value.items()}


def _list(value: Any) -> Any:
    """A list as it is; from the environment also as JSON, or parts with commas between them."""
    if not isinstance(value, str):
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        decoded = None
    return decoded if isinstance(decoded, list) else [part.strip() for part in value.split(",") if part.strip()]


def _home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise wrong(f"{str(path)!r}: the home folder of that user is not known", "write the whole path") from None


def _whole(path: Path) -> Path:
    if not path.is_absolute():
        raise wrong(f"{str(path)!r} is not a whole path", "write it from / or ~ on")
    return path


def _pattern(text: str) -> str:
    return str(_home(Path(_one_line(text))))


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def _account_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise wrong(f"{name!r} is not a name for an account", "use letters, digits, - and _")
    return name


def _one_line(text: str) -> str:
    if not text.strip() or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise wrong(f"{text!r} is not one line of text", "write it on one line, without control characters")
    return text


MoneyAmount = Annotated[
    InstanceOf[Money], BeforeValidator(_money), PlainSerializer(lambda money: money.amount_text, return_type=str)
]
"""An amount in the currency that the table around it names, as text: ``"1000.00"``."""

CurrencyCode = Annotated[str, AfterValidator(_currency)]
Amounts = Annotated[dict[CurrencyCode, MoneyAmount], BeforeValidator(_amounts_by_code)]
"""Amounts by currency: ``{ USD = "10.00", EUR = "9.00" }``."""

Origin = Annotated[str, AfterValidator(parse_origin)]
Folder = Annotated[Path, AfterValidator(_home)]
WholePath = Annotated[Folder, AfterValidator(_whole)]
Line = Annotated[str, AfterValidator(_one_line)]
AccountName = Annotated[str, AfterValidator(_account_name)]
AnyList = BeforeValidator(_list)
Patterns = Annotated[list[Annotated[str, AfterValidator(_pattern)]], AnyList, Field(max_length=1000)]
"""Paths in which * stands for any part of a name."""


def _zone(value: Any) -> Any:
    """The name of a zone of the IANA database as the zone itself."""
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(f"{value!r} is no time zone that is known here", 'write it as "Europe/Berlin"') from None


TimeZone = Annotated[
    InstanceOf[ZoneInfo], BeforeValidator(_zone), PlainSerializer(lambda zone: zone.key, return_type=str)
]


def _clock(value: Any) -> Any:
    """A time of day."""
    if not isinstance(value, str):
        return value
    try:
        return parse_clock(value)
    except ValueError as error:
        raise wrong(str(error), 'write it as "08:00"') from None


def _quiet(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return QuietHours.parse(value)
    except ValueError as error:
        raise wrong(str(error), 'write them as "22:00-07:00"') from None


ClockTime = Annotated[
    InstanceOf[time], BeforeValidator(_clock), PlainSerializer(lambda clock: f"{clock:%H:%M}", return_type=str)
]
Quiet = Annotated[InstanceOf[QuietHours], BeforeValidator(_quiet), PlainSerializer(str, return_type=str)]
"""Hours of the day, such as ``"22:00-07:00"``."""


class Section(BaseModel):
    """A table of the settings: its fields are all there are, and they do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretChoice(Section):
    """Where a secret comes from; exactly one of its fields."""

    def chosen(self) -> str:
        """The name of the one field that is set."""
        return next(name for name in type(self).model_fields if getattr(self, name))

    @model_validator(mode="after")
    def _exactly_one(self) -> SecretChoice:
        names = list(type(self).model_fields)
        given = [name for name in names if getattr(self, name)]
        if len(given) != 1:
            said = " and ".join(given) if given else "none of them"
            raise wrong(f"exactly one of {', '.join(names)} has to be given, not {said}", "keep one of them")
        return self
