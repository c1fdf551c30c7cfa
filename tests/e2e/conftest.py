"""A user at a command line: `milepost` as a process, with settings and data of its own, against a mock platform."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.mock_client import MockPlatform

SETTINGS = """
[accounts.anna]
platform = "freelancer"
role = "client"
login = "anna"
password = {{ literal = "milepost" }}
origin = "{origin}"

[accounts.ben]
platform = "freelancer"
role = "freelancer"
login = "ben"
password = {{ literal = "milepost" }}
origin = "{origin}"
"""


@dataclass
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def event(self, name: str) -> dict[str, Any]:
        found = [event for event in self.events if event["event"] == name]
        assert len(found) == 1, f"{len(found)} events {name!r} in:\n{self.out}\n{self.err}"
        return found[0]


@dataclass
class User:
    """Runs `milepost` the way a person does."""

    folder: Path
    mock: MockPlatform
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        config = self.folder / "config.toml"
        config.write_text(SETTINGS.format(origin=self.mock.origin))
        self.environment = os.environ | {
            "MILEPOST_CONFIG": str(config),
            "MILEPOST_DATA_DIR": str(self.folder / "data"),
        }

    def configure(self, more: str) -> None:
        """Add to the settings."""
        config = self.folder / "config.toml"
        config.write_text(config.read_text() + more)

    def plan(self, text: str, name: str = "plan.toml", account: str = "anna") -> str:
        """Write a plan; returns its path."""
        path = self.folder / name
        path.write_text(f'platform = "freelancer"\naccount = "{account}"\n{text}')
        return str(path)

    def milepost(self, *words: str, module: str = "tui.cli") -> Said:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def user(tmp_path: Path, mock: MockPlatform) -> User:
    return User(tmp_path, mock)
