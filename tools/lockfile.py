"""Reading requirements-*.lock: pinned versions and the hashes of their files, in pip's requirements format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.machine import CommandError

PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+))?")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """One package of a lock. `text` is its lines as they stand there, hashes included."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]
    text: str


def read(path: Path) -> list[Pin]:
    """Return the pins of a lock in their order."""
    pins = []
    # A pin and its hashes are one line to pip: all but the last end in a backslash.
    for text in re.sub(r"\\\n", "\\\\\x00", path.read_text(encoding="utf-8")).splitlines():
        found = PIN.match(text)
        if found:
            pins.append(
                Pin(
                    name=found["name"].lower(),
                    version=found["version"],
                    marker=(found["marker"] or "").strip(),
                    hashes=frozenset(HASH.findall(text)),
                    text=text.replace("\x00", "\n"),
                )
            )
    return pins


def find(path: Path, name: str) -> Pin:
    """Return the pin of a package that the lock has; CommandError when it has none."""
    for pin in read(path):
        if pin.name == name:
            return pin
    raise CommandError(f"{path.name} has no {name}", "")
