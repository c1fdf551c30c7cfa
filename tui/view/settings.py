"""Every setting with its value, where that came from and what it means; and how the accounts stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from assistant.accounts import use_account
from assistant.clock import stamp
from assistant.errors import MilepostError
from assistant.platform import is_mock
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from assistant.settings.sources import COMMAND_LINE, DEFAULT, leaves
from assistant.settings.text import toml_value
from tui.text import plain


@dataclass(frozen=True)
class SettingRow:
    """An account, a setting, or a heading. Texts are clean; a secret is shown as asterisks."""

    name: str
    value: str = ""
    source: str = ""
    meaning: str = ""
    kept_at: str | None = None
    """When the session of an account was kept: a stamp."""
    account: str = ""
    is_heading: bool = False

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return f"{self.name} {self.value} {self.source} {self.meaning}".casefold()

    @property
    def is_set(self) -> bool:
        """Whether somebody has said it."""
        return self.source not in {"", DEFAULT}


def rows_of(settings: Settings, live: str = "") -> list[SettingRow]:
    """Accounts first, then every setting in the order of the schema. `live` is the account that is open.

    Reads the settings file; what it says now and this screen does not have yet is said as such. Raises `ConfigError`.
    """
    return [SettingRow("Accounts", is_heading=True), *accounts_of(settings, live), *_setting_rows(settings)]


def accounts_of(settings: Settings, live: str = "") -> list[SettingRow]:
    """The accounts in the order of the file: who each is, where, and when its session was kept."""
    return [_account_row(settings, name, live) for name in settings.accounts]


def _account_row(settings: Settings, name: str, live: str) -> SettingRow:
    account = settings.accounts[name]
    try:
        facts = use_account(settings, name).facts
        where = f"{'MOCK' if is_mock(facts.origin) else 'LIVE'} {facts.origin}"
        path = SessionStore(settings).path(facts.id)
        kept = _kept_at(path)
    except MilepostError as error:
        return SettingRow(plain(name), plain(error.message), "", plain(error.hint or ""), None, name)
    password = account.password.chosen() if account.password else "by hand"
    told = f"{account.role} as {account.login}, {where}"
    meaning = f"Signs in {'with a password from ' + password if account.password else 'by hand, in a window'}."
    return SettingRow(plain(name) + (" (open)" if name == live else ""), plain(told), "", plain(meaning), kept, name)


def _kept_at(path: Path) -> str | None:
    try:
        return stamp(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except OSError:
        return None


def _setting_rows(settings: Settings) -> list[SettingRow]:
    loaded = Settings.load(settings.file if settings.file.exists() else None)
    now = {value.path: value for value in loaded.values()}
    mine = {path: toml_value(value) for path, value in leaves(settings)}
    rows: list[SettingRow] = []
    table = None
    for path in dict.fromkeys([*mine, *now]):
        if path[:1] != table and len(path) > 1:
            rows.append(SettingRow(f"[{path[0]}]", is_heading=True))
            table = path[:1]
        elif table is None:
            rows.append(SettingRow("At the top of the file", is_heading=True))
            table = ()
        value = mine.get(path)
        known = now.get(path)
        source = known.source if known is not None else DEFAULT
        if known is None or toml_value(known.value) != value:
            source = COMMAND_LINE if known is not None and known.source == DEFAULT else f"{source}, from the next start"
        rows.append(SettingRow(plain(".".join(path)), plain(value or "-"), plain(source), meaning_of(path)))
    return rows


def meaning_of(path: tuple[str, ...]) -> str:
    """What a setting is for, in the words of `docs/settings.md`."""
    model: type[BaseModel] | None = Settings
    told = ""
    for step in path:
        field = model.model_fields.get(step) if model is not None else None
        if field is not None:
            told, model = field.description or told, _model_in(field.annotation)
    return told


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in found if model is not None), None)
