"""A user whose account is on the live-like platform, and the platform for a module."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Said, User
from tests.live.https_mock import ORIGIN, PROFILE, Live, serve_live

SETTINGS = f"""
[accounts.anna]
platform = "freelancer"
role = "client"
login = "anna"
origin = "{ORIGIN}"
"""


@dataclass
class LiveUser(User):
    """Runs `milepost` on the live-like platform, with somebody in front of its window."""

    live: Live = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        (self.folder / "config.toml").write_text(SETTINGS)
        profiles = self.folder / "platforms"
        profiles.mkdir()
        (profiles / "freelancer.toml").write_text(PROFILE)
        self.environment["NODE_EXTRA_CA_CERTS"] = str(self.live.certificate)
        self.stand_in()

    def stand_in(self, name: str | None = None, **rig: Any) -> None:
        """Who acts at the pages from now on; nobody without a name."""
        told = {"flags": self.live.flags, "proxy": self.live.proxy, "windowless": True, "stand_in": name}
        self.environment["LIVE_RIG"] = json.dumps(told | rig)

    def milepost(self, *words: str, module: str = "tests.live.cli") -> Said:
        return super().milepost(*words, module=module)


@pytest.fixture(scope="module")
def live_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serve_live(tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture
def live(live_process: Live) -> Live:
    """The platform with the default seed, no faults and default knobs."""
    live_process.mock.reset()
    return live_process


@pytest.fixture
def user(tmp_path: Path, live: Live) -> LiveUser:
    return LiveUser(tmp_path, live.mock, live=live)
