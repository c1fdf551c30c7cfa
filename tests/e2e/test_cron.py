"""A real cron runs a real check: up to five minutes, so left out of `make test`, and only where cron is installed.

`.venv/bin/pytest tests/e2e/test_cron.py -m slow` as a user whose crontab is free; it starts a cron of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("cron") and shutil.which("crontab")), reason="no cron on this machine"),
]


@pytest.fixture
def _cron() -> Iterator[None]:
    assert subprocess.run(["crontab", "-l"], capture_output=True).returncode != 0, (
        "this user has a crontab of their own"
    )
    daemon = subprocess.Popen(["cron", "-f"])
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=20)
        subprocess.run(["crontab", "-r"], capture_output=True)


@pytest.mark.usefixtures("_cron")
def test_cron_checks_with_next_to_no_environment(user: User) -> None:
    user.mock.reset(seed="small")
    assert user.milepost("check", "--account", "anna", "--json").code in (0, 2)  # a person signs in once
    mine = [each for each in user.mock.truth()["projects"] if each["client"] == "anna"]
    row = next(row for each in mine for row in each["milestones"] if row["raw"] == "In Progress")
    user.mock.act("dispute", milestone=row["ref"])
    installed = user.milepost(
        "schedule", "install", "--with", "cron", "--every", "5m", "--yes", "--account", "anna", "--json"
    )
    assert installed.code == 0, installed.err
    state = user.folder / "data" / "schedule" / "rounds.json"
    ends = time.monotonic() + 600
    while not (state.exists() and json.loads(state.read_text())["last_ended"]) and time.monotonic() < ends:
        time.sleep(1)  # cron's own clock is what is waited for
    shown = user.milepost("schedule", "show", "--json").event("schedule")
    assert (shown["last_code"], shown["failures"], shown["every_seconds"]) == (2, 0, 300), shown
    log = (user.folder / "data" / "schedule" / "checks.log").read_text()
    assert "urgent   disputed: " in log
    assert user.milepost("schedule", "remove", "--json").code == 0
    assert subprocess.run(["crontab", "-l"], capture_output=True).returncode != 0
    assert not state.parent.exists()
