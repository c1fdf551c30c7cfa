"""A person's desk beside a mock platform: settings and data of their own, and what `milepost apply` does, step by step.

It asks for runs and approves them as the command does (`assistant.work`), and each run is a process of its own with a
browser of its own. That leaves out only the command's own process, which costs a second each time and pays nothing;
`tests/faults/test_matrix.py` and `tests/e2e` go through the command itself.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant import runs
from assistant.accounts import use_account
from assistant.approval import Preview
from assistant.clock import now
from assistant.errors import MilepostError, worst_exit
from assistant.journal import Attempt, AttemptState, Journal, Run
from assistant.plans.plan import Plan
from assistant.plans.together import load_plans
from assistant.sessions import SessionStore
from assistant.settings.model import Settings
from assistant.single import SingleKind, approve_single, single_of
from assistant.summary import Summary
from assistant.verdict import settles_at
from assistant.work import Work, error_of, has_work
from tests.e2e.conftest import SETTINGS
from tests.mock_client import MockPlatform

IMPATIENT = "[hands.waits]\nread = 8.0\nact = 20.0\n"
"""Laid over the profile that comes with Milepost: seconds to wait for what may never come, not 15 and 45."""

LONGEST_WAIT = 20.0
"""Seconds; the mock's `settle_after` is 5."""


@dataclass(frozen=True)
class Ended:
    """How an `apply` ended: the exit code of the command, and what it would have said."""

    code: int
    said: str
    run: Run | None = None
    preview: Preview | None = None


@dataclass
class Desk:
    """One person with one account. `folder` holds `config.toml`, `data/` and `plan.toml`.

    `profile` is laid over the platform's own.
    """

    folder: Path
    mock: MockPlatform
    account: str
    plan_text: str
    more_settings: str = ""
    profile: str = ""
    platform: str = "freelancer"
    work: Work = field(init=False)
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        config, plan = self.folder / "config.toml", self.folder / "plan.toml"
        accounts = SETTINGS.replace('"freelancer"\nrole', f'"{self.platform}"\nrole')
        config.write_text(accounts.format(origin=self.mock.origin) + self.more_settings)
        if self.profile:
            (self.folder / "platforms").mkdir(exist_ok=True)
            (self.folder / "platforms" / f"{self.platform}.toml").write_text(self.profile)
        plan.write_text(f'platform = "{self.platform}"\naccount = "{self.account}"\n{self.plan_text}')
        settings = Settings.load(config, {"data_dir": self.folder / "data"}).settings
        journal = Journal.open(settings.journal_path)
        self.work = Work(settings, journal, use_account(settings, self.account))
        self.plan = load_plans([plan], settings)[0]

    @property
    def journal(self) -> Journal:
        return self.work.journal

    def close(self) -> None:
        """Let go of the journal, so that the folder can be copied."""
        self.journal.close()

    def copied_to(self, folder: Path) -> Desk:
        """Another desk with the same data. Nothing may be running here."""
        shutil.copytree(self.folder / "data", folder / "data")
        return Desk(folder, self.mock, self.account, self.plan_text, self.more_settings, self.profile, self.platform)

    def forget_session(self) -> None:
        """Log in anew next time."""
        SessionStore(self.work.settings).forget(self.work.account.facts.id)

    def look(self) -> Ended | None:
        """Let a run look at every project of the plan; None, or how the command would have ended."""
        run = runs.wait(self.journal, self.work.start_looks(self.plan))
        error = error_of(run)
        return Ended(error.exit_code, error.message, run) if error else None

    def apply(self, *, looked: bool = False, before_run: Callable[[], object] = lambda: None) -> Ended:
        """Look (unless it has been done), approve whatever the preview comes to, and carry it out."""
        if not looked and (ended := self.look()):
            return ended
        preview = self.work.preview(self.plan)
        if not has_work(preview):
            summary = Summary(0)
            for change in preview.changes:
                summary.count_standing(change)
            blocked = [f"{change.key} {change.kind}: {change.reason}" for change in preview.changes if change.reason]
            return Ended(summary.exit_code, "; ".join(blocked) or "nothing to do", None, preview)
        order = self.work.order(preview, [str(total) for total in preview.totals.values()])
        before_run()
        run = runs.wait(self.journal, self.work.start_order(order, self.plan, asks=False))
        return self._ended(run, preview)

    def release(
        self, kind: SingleKind, ref: str, key: str, *, before_run: Callable[[], object] = lambda: None
    ) -> Ended:
        """`milepost release` or `request-release` of one milestone, after a look."""
        if ended := self.look():
            return ended
        facts = self.work.account.facts
        project = next(p for p in self.journal.sightings.projects(facts.id) if p.ref == ref)
        look = self.journal.sightings.look(facts.id, project)
        assert look is not None
        try:
            single = single_of(kind, facts, look, key, self.journal)
        except MilepostError as error:
            return Ended(error.exit_code, error.message)
        order = approve_single(single, single.wanted, now(), 60)
        before_run()
        run = runs.wait(self.journal, self.work.start_single(order, self.plan))
        return self._ended(run, None)

    def _ended(self, run: Run, preview: Preview | None) -> Ended:
        codes, said = [], []
        if run.summary:
            names = set(vars(Summary(run.id))) - {"run", "money"}
            summary = Summary(run.id)
            for name in names & run.summary.keys():
                setattr(summary, name, run.summary[name])
            codes.append(summary.exit_code)
        if error := error_of(run):
            codes.append(error.exit_code)
            said.append(error.message)
        said += [event.text for event in self.journal.runs.events(run.id) if event.kind in {"attempt", "refused"}]
        return Ended(worst_exit(codes), "; ".join(said), run, preview)

    def attempts(self) -> list[Attempt]:
        """All attempts of the account, oldest first."""
        return self.journal.attempts.newest(self.work.account.facts.id)[::-1]

    def unknown(self) -> list[Attempt]:
        """Attempts that nothing has settled yet."""
        return [attempt for attempt in self.attempts() if attempt.state is AttemptState.UNKNOWN]

    def wait_until_absence_settles(self) -> None:
        """Wait for the moment from which absence is proof for every unknown.

        It is a real clock's moment: the mock shows rows late by that clock, and the runner is a process of its own. So
        this is the one wait in these tests that is for a time and not for a thing.
        """
        rules = self.work.account.settle_rules
        moments = [at for attempt in self.unknown() if (at := settles_at(attempt, rules)) is not None]
        ends = time.monotonic() + LONGEST_WAIT
        while moments and now() <= max(moments) and time.monotonic() < ends:
            time.sleep(0.05)


@contextmanager
def desk_in(folder: Path, mock: MockPlatform, account: str, plan: str, more_settings: str = "") -> Iterator[Desk]:
    """A new desk for the length of a block."""
    desk = Desk(folder, mock, account, plan, more_settings)
    try:
        yield desk
    finally:
        desk.close()
