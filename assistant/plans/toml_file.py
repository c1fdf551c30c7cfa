"""A TOML file that a person wrote, opened: its values, and a log that knows the line of each.

Whatever is wrong with the file as such (missing, a folder, not UTF-8, not TOML) is a `PlanError` with one problem.
"""

from __future__ import annotations

import codecs
import os
import re
import tomllib
from pathlib import Path
from typing import Final

from assistant.errors import PlanError, Problem
from assistant.plans.fields import ProblemLog, TableReader
from assistant.plans.toml_lines import key_lines

MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of a plan; one of 2,000 projects with five milestones each spelled out has about 2 MB."""


def open_toml(path: Path) -> TableReader:
    """Read a TOML file as a table with an empty log; `PlanError` with one problem if that cannot be done."""
    return parse_toml(_decoded(_bytes_of(path), path), str(path))


def parse_toml(text: str, file: str) -> TableReader:
    """The same for text that is already there; `file` is for the messages."""
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise _unreadable(file, 1, "brackets are nested too deeply", "write plain lists and tables") from None
    except ValueError as error:  # TOMLDecodeError, and a number of thousands of digits
        message, line = _syntax(str(error), text)
        raise _unreadable(file, line, message, "mend this line first; the rest is checked after it") from None
    return TableReader(ProblemLog(file, key_lines(text)), (), values)


def _unreadable(file: str, line: int, message: str, mend: str) -> PlanError:
    return PlanError([Problem(file, line, "file", message, mend)])


def _bytes_of(path: Path) -> bytes:
    """The file's bytes. Never waits: what is not a plain file is refused before it is opened."""
    file = str(path)
    try:
        if path.is_dir():
            raise _unreadable(file, 1, "is a folder", "name a plan file in it")
        if path.exists() and not path.is_file():
            raise _unreadable(file, 1, "is not a plain file", "name a plan file")
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(
            file, 1, "there is no such file", "look at the name, or write it: milepost plan new"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise _unreadable(file, 1, f"cannot be read: {why}", "look at its name and its permissions") from None
    if len(content) > MOST_BYTES:
        raise _unreadable(file, 1, f"has more than {MOST_BYTES // 1024**2} MB", "divide it into several plans")
    return content


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(str(path), 1, "is saved as UTF-16", "save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(
            str(path), line, f"byte {content[error.start]:#04x} is not UTF-8", "save the file as UTF-8"
        ) from None


_WHERE: Final = re.compile(r" \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)$")


def _syntax(message: str, text: str) -> tuple[str, int]:
    """What the parser says, and its line: it puts both into one sentence."""
    found = _WHERE.search(message)
    if found is None:
        return "a number has too many digits" if "digits" in message else f"is not TOML: {message}", 1
    plain = message[: found.start()]
    if found["line"] is None:
        return f"is not TOML: {plain} at the end of the file", text.count("\n", 0, len(text.rstrip())) + 1
    return f"is not TOML: {plain} at column {found['column']}", int(found["line"])
