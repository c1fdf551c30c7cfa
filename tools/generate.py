"""Write the files that are made from the code: ``python tools/generate.py [NAME ...]``; ``--check`` only compares.

Names: config (config.example.toml), settings (docs/settings.md), commands (docs/commands.md), profiles
(docs/profiles.md), schema (the JSON Schema of profiles); none: all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def _config() -> str:
    from assistant.settings.text import example

    return example()


def _settings() -> str:
    from assistant.settings.text import reference

    return reference()


def _commands() -> str:
    from tools.command_docs import commands

    return commands()


def _profiles() -> str:
    from flows.profile_text import reference

    return reference()


def _schema() -> str:
    from flows.profile_text import schema

    return schema()


FILES: dict[str, tuple[str, Callable[[], str]]] = {
    "config": ("config.example.toml", _config),
    "settings": ("docs/settings.md", _settings),
    "commands": ("docs/commands.md", _commands),
    "profiles": ("docs/profiles.md", _profiles),
    "schema": ("flows/platforms/profile.schema.json", _schema),
}
"""Name -> file below the repository's root, and what makes its text."""


def main(words: list[str]) -> int:
    """Write or, with ``--check``, compare the named files; 1 where one is unknown or out of date."""
    names = [word for word in words if word != "--check"] or list(FILES)
    if unknown := [name for name in names if name not in FILES]:
        print(f"unknown: {', '.join(unknown)}; there is: {', '.join(FILES)}", file=sys.stderr)
        return 1
    stale = 0
    for name in names:
        file, make = FILES[name]
        path, text = ROOT / file, make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in words:
            print(f"{file} is out of date: run `python tools/generate.py {name}`", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {file}")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
