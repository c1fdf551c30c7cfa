"""Writing accounts into the settings file and out of it. Comments, order and everything else stay as they are.

What is about to be written is checked first, as a whole, as it would be when it is loaded; a file that would not load
is never written.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from assistant.errors import ConfigError
from assistant.private_files import write_private
from assistant.settings.model import Settings
from assistant.settings.sources import load_text
from assistant.settings.text import example


@dataclass(frozen=True)
class Edited:
    """The settings file as it would be: nothing is written before `write`."""

    file: Path
    text: str
    settings: Settings

    def write(self) -> None:
        """Put it in place of the file. Raises `ConfigError`."""
        try:
            # A link to a file elsewhere, as dotfiles have them, stays a link.
            write_private(self.file.resolve(), self.text.encode())
        except OSError as error:
            raise ConfigError(
                f"the settings cannot be written: {error.strerror}", where=str(self.file), hint="check the folder"
            ) from None


def with_account(file: Path, name: str, values: Mapping[str, Any]) -> Edited:
    """The settings file (or the example, if there is none) with one more account.

    Raises `ConfigError` when there is one of that name, and `SettingsProblems` for values that do not fit.
    """
    document = _read(file)
    accounts = document.setdefault("accounts", tomlkit.table(is_super_table=True))
    if name in accounts:
        raise ConfigError(
            f"there is an account {name!r} already", where=str(file), hint="choose another name, or edit the file"
        )
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _inline(value)
    accounts[name] = table
    return _checked(file, document)


def without_account(file: Path, name: str) -> Edited:
    """The settings file without one of its accounts. Raises `ConfigError` if it is not there."""
    document = _read(file)
    accounts = document.get("accounts")
    if not isinstance(accounts, MutableMapping) or name not in accounts:
        raise ConfigError(
            f"the file has no account {name!r}", where=str(file), hint="`milepost account list` shows them"
        )
    del accounts[name]
    if not accounts:
        del document["accounts"]
    return _checked(file, document)


def _inline(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _read(file: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.parse(example())
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(f"the settings cannot be read: {error}", where=str(file), hint="mend the file") from None


def _checked(file: Path, document: tomlkit.TOMLDocument) -> Edited:
    text = tomlkit.dumps(document)
    return Edited(file, text, load_text(Settings, file, text))
