"""The stage of `milepost demo`: a mock platform, a folder and a sample plan of its own.

Nothing of the user's is read or written, but for which browser they use. The folder stays, so that evidence and journal
can be looked at; the mock platform ends with the demo.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from assistant.errors import MilepostError, RunError
from assistant.money import Money
from assistant.plans.planned import PlannedProject
from assistant.plans.write import plan_toml
from assistant.settings.model import Settings
from tui.processes import MOCK

_LOOPBACK = build_opener(ProxyHandler({}))
"""A proxy of the environment must never see what is on loopback."""

ACCOUNTS = {"client": "anna", "freelancer": "ben"}
"""Who plays the role on the mock platform."""

FREELANCERS_PROJECTS = 12
FREELANCERS_DAYS = 40

PLAN = """\
# A sample plan on the mock platform. No real money is moved here.
platform = "freelancer"
account  = "{account}"

[[project]]                            # five equal parts, the first one due at the start
title = "Artist marketplace website"
total = "2500.00 USD"
start = {start}
days  = 40
split = "5 x 20%"
first = "upfront"

[[project]]                            # the same, spelled out
title = "Logo and letterhead"
total = "900.00 EUR"

[[project.milestone]]
key = "drafts"
description = "Three drafts of the logo"
share = "1/3"
due = {drafts}

[[project.milestone]]
key = "logo"
description = "The logo agreed and drawn"
share = "1/3"
due = {logo}

[[project.milestone]]
key = "letterhead"
description = "Letterhead and files for print"
share = "rest"
due = {letterhead}
"""


@dataclass(frozen=True)
class Stage:
    """A mock platform that runs, and a folder with the settings and the plan for it."""

    origin: str
    folder: Path
    role: str

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "config.toml"

    @property
    def plan(self) -> Path:
        """The sample plan."""
        return self.folder / "demo.toml"

    @property
    def account(self) -> str:
        """Whose account it is."""
        return ACCOUNTS[self.role]

    def truth(self) -> Mapping[str, Any]:
        """What the mock platform itself says that it holds, asked past the browser."""
        with _LOOPBACK.open(f"{self.origin}/__mock__/truth", timeout=30) as answer:
            found: Mapping[str, Any] = json.load(answer)
        return found


@contextmanager
def stage(role: str) -> Iterator[Stage]:
    """Set the stage: a fresh folder, and the mock platform for as long as the `with` block lasts. Raises `RunError`."""
    browser = _users_browser()
    _forget_the_users_settings()
    folder = Path(tempfile.mkdtemp(prefix="milepost-demo-"))
    with _mock_platform(folder) as origin:
        ready = Stage(origin, folder, role)
        ready.config.write_text(_config(ready, browser), encoding="utf-8")
        ready.plan.write_text(_plan(ready), encoding="utf-8")
        yield ready


def _plan(ready: Stage) -> str:
    """The client's plan has two projects, told in two ways; the freelancer's is the batch that freelancers have."""
    if ready.role == "freelancer":
        return freelancers_plan(ready.truth(), ready.account)
    start = date.today() + timedelta(days=1)
    days = {name: start + timedelta(days=n) for name, n in (("drafts", 7), ("logo", 14), ("letterhead", 21))}
    return PLAN.format(account=ready.account, start=start, **days)


def freelancers_plan(truth: Mapping[str, Any], login: str) -> str:
    """A plan over the first of a freelancer's accepted projects on which nothing stands and nothing is asked for."""
    free = [
        each
        for each in truth["projects"]
        if each["freelancer"] == login
        and each["award"] == "accepted"
        and not each["milestones"]
        and not each["requests"]
    ]
    start = date.today() + timedelta(days=1)
    planned = [
        PlannedProject(
            ref=each["ref"],
            total=Money.parse(f"{each['bid']} {each['currency']}"),
            start=start,
            days=FREELANCERS_DAYS,
            template="website",
        )
        for each in free[:FREELANCERS_PROJECTS]
    ]
    notes = {each["ref"]: f"{each['title']}, for {each['client']}" for each in free}
    return plan_toml("freelancer", login, planned, notes=notes)


def _users_browser() -> Path | None:
    """The browser that the user has set: the only thing of theirs that a demonstration needs."""
    try:
        return Settings.load().settings.browser.path
    except MilepostError:
        return None


def _forget_the_users_settings() -> None:
    """A variable of the user's, such as MILEPOST_DATA_DIR, would lead the demo into their own journal."""
    for name in [name for name in os.environ if name.startswith("MILEPOST_")]:
        del os.environ[name]


def _config(ready: Stage, browser: Path | None) -> str:
    port = ready.origin.rpartition(":")[2]
    accounts = subprocess.run([*MOCK, "config", "--port", port], capture_output=True, text=True, check=True).stdout
    lines = [f"data_dir = {json.dumps(str(ready.folder / 'data'))}", f"plans = [{json.dumps(str(ready.plan))}]"]
    lines += ["[browser]", f"path = {json.dumps(str(browser))}"] if browser else []
    return "\n".join(lines) + "\n" + accounts


@contextmanager
def _mock_platform(folder: Path) -> Iterator[str]:
    """The mock platform as a child on a free port; its origin. It ends with the block, or with this process."""
    log = folder / "mock-platform.log"
    with log.open("wb") as stderr:
        words = [*MOCK, "serve", "--port", "0", "--parent-pid", str(os.getpid())]
        # A session of its own: Ctrl-C is for the run, and must not take the platform away under it.
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True)
    try:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        first = process.stdout.readline()
        if not first:
            raise RunError("the mock platform did not start", where=str(log), hint="that file says why")
        yield str(json.loads(first)["origin"])
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
