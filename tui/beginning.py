"""What the screen begins with: how it looks, which is known at once, and the settings, which take longer to load.

Loading the settings costs more than drawing the first picture. So what the picture needs is read from the file by
itself, as far as it can be understood; what is wrong with it is said by the settings, once they are there.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from assistant.clock import now as utc_now
from assistant.settings.place import ENV_PREFIX

if TYPE_CHECKING:
    from assistant.settings.model import Settings

_YES: Final = frozenset({"1", "on", "t", "true", "y", "yes"})


class Look(NamedTuple):
    """The settings that the first picture needs."""

    theme: str | None = None
    ascii: bool = False
    keys: Mapping[str, Sequence[str]] = {}

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        return cls(settings.theme, settings.ascii, settings.keys)

    @classmethod
    def read(cls, file: Path, ascii_only: bool | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """As the command line, the environment and the file say; what cannot be understood is left out."""
        tree = _tree(file)
        variables = {name.upper(): value for name, value in environ.items() if value}

        def said(name: str) -> Any:
            return variables.get(f"{ENV_PREFIX}{name.upper()}", tree.get(name))

        plain = ascii_only if ascii_only is not None else str(said("ascii")).casefold() in _YES
        return cls(theme if _is_text(theme := said("theme")) else None, plain, _keys(tree.get("keys")))


def _tree(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, not readable, not UTF-8, not TOML
        return {}


def _keys(said: Any) -> dict[str, list[str]]:
    """Those that stand as they should: by a name one key, or several."""
    named = said.items() if isinstance(said, dict) else ()
    lists = {name: [keys] if isinstance(keys, str) else keys for name, keys in named}
    return {name: keys for name, keys in lists.items() if isinstance(keys, list) and all(map(_is_text, keys))}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


@dataclass(frozen=True)
class Beginning:
    """What the screen is opened on. `clock` gives the present moment in UTC."""

    file: Path
    """The settings file."""
    settings: Callable[[], Settings]
    """Loads them, which takes long the first time, and raises `ConfigError`."""
    look: Look
    plan_paths: Sequence[Path] = ()
    """Where none is named: the plans of the settings."""
    account: str | None = None
    clock: Callable[[], datetime] = utc_now

    @classmethod
    def of(
        cls,
        settings: Settings,
        plan_paths: Sequence[Path] = (),
        account: str | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """With settings that are there already."""
        return cls(settings.file, lambda: settings, Look.of(settings), plan_paths, account, clock)
