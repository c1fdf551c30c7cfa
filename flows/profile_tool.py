"""Checking and starting profiles, as a program of its own: the command line never imports this wing.

    python -P -m flows.profile_tool check [--config-dir FOLDER] [--file FILE] [NAME ...]
    python -P -m flows.profile_tool new NAME TITLE ORIGIN [--config-dir FOLDER] [--like PLATFORM]

`check` prints one JSON object a profile: {"platform", "title", "files", "draft", "verified", "digest", "problems":
[{"where", "message", "mend"}], "notes": [...]}. `new` prints the text of a profile. What cannot be done is an object
{"error", "hint"}, and exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from assistant.errors import MilepostError, ProfileError
from assistant.platform import PlatformRules, known_platforms, rules_of
from assistant.profile_files import ProfileFiles, built_in, find_profile, is_name, lay_over, load_files
from assistant.site import Role
from assistant.switches import why_not_driven, why_not_released
from flows.profile import profile_of
from flows.profile_check import check_profile
from flows.profile_text import alike, override, start


def check(files: ProfileFiles) -> dict[str, Any]:
    """Everything that is wrong with a profile, and what follows from what it leaves out."""
    told: dict[str, Any] = {
        "platform": files.name,
        "files": [str(path) for path in files.paths],
        "digest": files.digest,
    }
    problems: list[dict[str, str]] = []
    notes: list[str] = []
    rules = None
    try:
        rules = rules_of(files)
        told |= {"title": rules.title, "draft": rules.draft, "verified": rules.verified}
        notes = list(_notes(rules))
        if not rules.draft or files.data.get("hands"):
            for found in check_profile(profile_of(files)):
                where = f"{found.file}:{found.line}: {found.field}"
                problems.append({"where": where, "message": found.message, "mend": found.mend})
    except ProfileError as error:
        problems += _problems(error)
    return told | {"problems": problems, "notes": notes}


def _problems(error: ProfileError) -> list[dict[str, str]]:
    """The problems of an error, which stand one a line: `FILE:LINE: FIELD: MESSAGE`."""
    lines = error.message.splitlines()
    found = [line.strip() for line in (lines[1:] or lines)]
    parts = [line.split(": ", 2) if line.count(": ") > 1 else [error.where or "", "", line] for line in found]
    hint = error.hint or ""
    return [
        {"where": ": ".join(filter(None, (place, field))), "message": text, "mend": hint}
        for place, field, text in parts
    ]


def _notes(rules: PlatformRules) -> list[str]:
    found = [f"not known: rules.switches.{name}" for name in rules.switches.unknown]
    found += [why for why in (why_not_driven(rules, Role.CLIENT, live=True), why_not_released(rules)) if why]
    if not rules.verified:
        found.append("not verified: nobody has compared it with the live pages of today")
    return found


def _files(words: argparse.Namespace) -> list[ProfileFiles]:
    folder: Path | None = words.config_dir
    if words.file is not None:
        name = words.file.stem
        below = [path] if (path := built_in(name)) and path != words.file else []
        return [lay_over(name, [*below, words.file])]
    return [load_files(name, folder) for name in words.names or known_platforms(folder)]


def new(words: argparse.Namespace) -> str:
    """The text of a new profile, or of an override where Milepost has the platform. Raises `ProfileError`."""
    if not is_name(words.name):
        raise ProfileError(
            f"{words.name!r} is no name for a platform", hint="lower-case letters, digits, - and _; 40 at most"
        )
    if words.like:
        text = find_profile(words.like, words.config_dir)[0].read_text(encoding="utf-8")
        return alike(text, words.name, words.title, words.origin)
    return override(words.name) if built_in(words.name) else start(words.name, words.title, words.origin)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flows.profile_tool")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check")
    checking.add_argument("names", nargs="*")
    checking.add_argument("--file", type=Path)
    starting = commands.add_parser("new")
    for name in ("name", "title", "origin"):
        starting.add_argument(name)
    starting.add_argument("--like")
    for each in (checking, starting):
        each.add_argument("--config-dir", type=Path)
    return parser


def main(words: list[str]) -> int:
    """Do what the words say."""
    asked = _parser().parse_args(words)
    try:
        if asked.command == "new":
            sys.stdout.write(new(asked))
            return 0
        told = [check(files) for files in _files(asked)]
    except (MilepostError, OSError) as error:
        message, hint = (error.message, error.hint) if isinstance(error, MilepostError) else (str(error), None)
        sys.stdout.write(json.dumps({"error": message, "hint": hint}) + "\n")
        return 1
    for one in told:
        sys.stdout.write(json.dumps(one) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
