"""Sample data for pictures and tests: a journal on disk, filled through its own books as runs would have filled it.

Times come from a clock that is set and steps by itself, so that the same sample always looks the same.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from assistant.accounts import AccountInUse, use_account
from assistant.approval import Order, Preview, approve
from assistant.changes import ACTS
from assistant.clock import stamp
from assistant.journal import AttemptState, Journal, RowKind, RunKind, RunState
from assistant.journal.schema import identity
from assistant.money import Money
from assistant.plans.planned import Plan
from assistant.plans.together import load_plans
from assistant.preview import make_preview
from assistant.processes import own
from assistant.settings.model import Settings
from assistant.site import Look, MilestoneState, ProjectStatus, SiteMilestone, SiteProject, SiteRequest

TODAY = datetime(2026, 12, 1, 14, 3, tzinfo=UTC)
"""The moment at which everything is shown."""

EVIDENCE = PurePosixPath("/home/anna/.local/share/milepost/evidence")
"""Where the pictures of money steps are said to be; there are none."""

CONFIG = """\
data_dir = "{data}"

[caps.USD]
milestone = "1000.00"
day = "5000.00"

[accounts.anna]
platform = "freelancer"
role = "{role}"
login = "anna"
origin = "{origin}"
"""

PLAN = """\
platform = "freelancer"
account  = "anna"

[[project]]
title = "Artist marketplace website"
total = "2500.00 USD"
start = 2026-11-10
days  = 40
split = "5 x 20%"
first = "upfront"

[[project]]
title = "Logo and letterhead"
total = "900.00 EUR"
[[project.milestone]]
key = "drafts"
description = "Three drafts of the logo"
share = "1/3"
due = 2026-12-04
[[project.milestone]]
key = "logo"
description = "The logo agreed and drawn"
share = "1/3"
due = 2026-12-11
[[project.milestone]]
key = "letterhead"
description = "Letterhead and files for print"
share = "rest"
due = 2026-12-18

[[project]]
title = "Booking page for a yoga studio"
total = "1200.00 USD"
start = 2026-12-01
days  = 30
split = "3 x 1/3"

[[project]]
title = "Resume rewriting"
milestones = "none"
"""

OTHERS = (
    ("38112236", "Resume rewriting", "Ben Okafor", "USD"),
    ("38112237", "Inventory app for a bicycle repair shop", "Ben Okafor", "USD"),
    ("38112238", "Übersetzung: 20 Seiten Gebrauchsanleitung", "Ines Vogt", "EUR"),
    ("38112239", "Anime style mascot", "佐藤 健", "JPY"),
    ("38112240", "Hindi voice over", "Asha Rao", "INR"),
    ("38112241", "Website redesign", "Ben Okafor", "USD"),
    ("38112242", "Website redesign", "Marta Jensen", "USD"),
    ("38112243", "Newsletter template", "Ines Vogt", "EUR"),
)


class TickingClock:
    """A clock that stands at a moment and goes on by a second whenever it is asked."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The moment, and then a second later."""
        self.at += timedelta(seconds=1)
        return self.at


@contextmanager
def local_time_is_utc() -> Iterator[None]:
    """For the length of a block."""
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if zone is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = zone
        time.tzset()


class Sample:
    """A folder with settings, a plan and a journal. The methods add to the journal what runs would have written."""

    def __init__(self, folder: Path, *, origin: str = "http://127.0.0.1:8700", role: str = "client") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        config, self.plan_file = folder / "config.toml", folder / "december.toml"
        config.write_text(CONFIG.format(data=folder / "data", origin=origin, role=role), encoding="utf-8")
        self.plan_file.write_text(PLAN, encoding="utf-8")
        self.settings = Settings.load(config).settings
        self.account: AccountInUse = use_account(self.settings)
        self.clock = TickingClock(TODAY - timedelta(minutes=2))
        self.journal = Journal.open(self.settings.journal_path, self.clock)
        with contextlib.suppress(IntegrityError), self.journal.engine.begin() as connection:
            # Its identity is part of every digest, and pictures show digests.
            connection.execute(insert(identity).values(journal_id="sample", created_at=stamp(TODAY)))

    @property
    def id(self) -> str:
        """What the journal knows the account by."""
        return self.account.facts.id

    @property
    def plan(self) -> Plan:
        """The plan as the file has it now."""
        return load_plans([self.plan_file], self.settings)[0]

    def listed(self) -> list[SiteProject]:
        """My Projects as the site shows them, and as a run has read them."""
        named = [
            ("38112233", "Artist marketplace website", "Marta Jensen", "USD"),
            ("38112234", "Logo and letterhead", "Ines Vogt", "EUR"),
            ("38112235", "Booking page for a yoga studio", "Ben Okafor", "USD"),
            *OTHERS,
        ]
        projects = [
            SiteProject(ref, title, whom, code, f"{self.account.facts.origin}/projects/{ref}",
                        ProjectStatus.IN_PROGRESS, "In Progress")
            for ref, title, whom, code in named
        ]  # fmt: skip
        run = self.journal.runs.ask(RunKind.PROJECTS, self.id, "anna", {})
        self.journal.runs.take(run, *own())
        self.journal.sightings.keep_projects(self.id, projects)
        self.journal.runs.say(run, "listed", f"{len(projects)} projects", {"projects": len(projects)})
        self.journal.runs.end(run, RunState.DONE, {"projects": len(projects), "page_loads": 3})
        return projects

    def looked(self) -> None:
        """A run has looked at the plan's projects; some milestones stand already."""
        first, second, third = self.listed()[:3]
        run = self.journal.runs.ask(RunKind.PREVIEW, self.id, "anna", {}, self.plan_file.name)
        self.journal.runs.take(run, *own())
        done, held = MilestoneState.RELEASED, MilestoneState.FUNDED
        usd = Money.parse("500.00 USD")
        marks = [
            SiteMilestone("41200001", "Milestone 1 of 5", usd, done, "Released"),
            SiteMilestone("41200002", "Milestone 2 of 5", usd, done, "Released"),
            SiteMilestone("41200003", "Milestone 3 of 5", usd, held, "In Progress"),
        ]
        self._claim(run, first, {"m1": "41200001", "m2": "41200002", "m3": "41200003"})
        self.look(run, first, milestones=marks)
        draft = SiteMilestone("41200004", "Three drafts of the logo", Money.parse("300.00 EUR"), held, "In Progress")
        asked = SiteRequest(
            "7701", "The logo agreed and drawn", Money.parse("300.00 EUR"), MilestoneState.REQUESTED, "Requested"
        )
        self.look(run, second, milestones=[draft], requests=[asked])
        self.look(run, third)
        self.journal.runs.end(run, RunState.DONE, {"looked": 3, "page_loads": 6})

    def look(
        self,
        run: int,
        project: SiteProject,
        milestones: list[SiteMilestone] | None = None,
        requests: list[SiteRequest] | None = None,
    ) -> None:
        """One look at a project that a preview takes."""
        self.keep_look(run, project, milestones or [], requests or [])
        self.journal.runs.say(run, "looked", f"{project.ref} {project.title}", {"project": project.ref})

    def keep_look(
        self, run: int, project: SiteProject, milestones: Sequence[SiteMilestone], requests: Sequence[SiteRequest]
    ) -> None:
        """What a project's page shows from now on."""
        balances = {"USD": Money.parse("22500.00 USD"), "EUR": Money.parse("3100.00 EUR")}
        seen = Look(project, self.clock(), tuple(milestones), tuple(requests), (), balances)
        self.journal.sightings.keep_look(self.id, run, seen)

    def _claim(self, run: int, project: SiteProject, refs: dict[str, str]) -> None:
        for key, ref in refs.items():
            self.journal.attempts.claim(self.id, project.ref, key, RowKind.MILESTONE, ref, "created")

    def preview(self) -> Preview:
        """The plan, previewed by the newest looks."""
        return make_preview(self.journal, self.account.facts, self.plan, self.account.settle_rules, self.clock())

    def order(self) -> Order:
        """The plan, previewed and approved."""
        preview = self.preview()
        typed = [str(total) for total in preview.totals.values()]
        return approve(preview, typed, self.clock(), digest=preview.digest)

    def apply(self) -> Applying:
        """A run of the approved plan that this process has taken, so that it counts as alive."""
        order = self.order()
        run = self.journal.runs.ask(RunKind.APPLY, self.id, "anna", order.to_json(), self.plan_file.name)
        self.journal.runs.take(run, *own())
        return Applying(self, run, order)


class Applying:
    """A run that is under way: each call does with the next milestone what a runner would write."""

    def __init__(self, sample: Sample, run: int, order: Order) -> None:
        self._sample, self._journal, self._id = sample, sample.journal, sample.id
        self._evidence = EVIDENCE / f"run-{run}"
        self.run = run
        self._left = [
            (project.project, signature)
            for project in order.projects
            for signature in project.signatures
            if signature[2] in ACTS
        ]
        self._ref = 41200100

    def begin(self) -> int:
        """Record the next attempt; returns its number."""
        self._project, (ref, key, kind, description, amount, *_) = self._left.pop(0)
        self._made = description, Money.parse(amount)
        self._now = f"{ref}/{key} {kind} {amount}"
        return self._journal.attempts.record(
            run_id=self.run, account=self._id, project_ref=ref, key=key, change=kind,
            description=description, amount=Money.parse(amount), fingerprint="sample",
        )  # fmt: skip

    def paying(self) -> int:
        """The next one, up to the payment."""
        attempt = self.begin()
        path = str(self._evidence / f"{attempt}-before-payment.jpg")
        self._journal.attempts.move(attempt, AttemptState.SUBMITTING)
        self._journal.attempts.move(attempt, AttemptState.IN_CART)
        self._journal.attempts.note(attempt, source="Account balance")
        self._journal.attempts.add_evidence(attempt, "before payment", path, {})
        self._journal.attempts.move(attempt, AttemptState.PAYING)
        return attempt

    def paid(self, attempt: int | None = None) -> int:
        """The next one (or the one under way), paid and read back."""
        attempt = self.paying() if attempt is None else attempt
        self._ref += 1
        path = str(self._evidence / f"{attempt}-after.jpg")
        self._journal.attempts.add_evidence(attempt, "after", path, {})
        self._journal.attempts.done(attempt, RowKind.MILESTONE, str(self._ref), "created", reason=None)
        self._stands()
        return self._tell(attempt, "done")

    def _stands(self) -> None:
        """The look afterwards shows what was made."""
        description, amount = self._made
        look = self._journal.sightings.look(self._id, self._project)
        assert look is not None  # noqa: S101  # nothing is approved that was not looked at
        row = SiteMilestone(str(self._ref), description, amount, MilestoneState.FUNDED, "In Progress")
        self._sample.keep_look(self.run, self._project, [*look.milestones, row], ())

    def unknown(self, attempt: int | None = None) -> int:
        """The next one (or the one under way), that may have been paid."""
        attempt = self.paying() if attempt is None else attempt
        reason = "may have been paid; it is not on the site yet; the line dropped after the click"
        self._journal.attempts.move(attempt, AttemptState.UNKNOWN, reason=reason)
        return self._tell(attempt, "unknown", reason)

    def refused(self) -> int:
        """The next one, refused by the site."""
        attempt, reason = self.begin(), "the site said no: The amount is above the limit of this project"
        self._journal.attempts.move(attempt, AttemptState.REFUSED, reason=reason)
        return self._tell(attempt, "refused", reason)

    def end(self, state: RunState = RunState.DONE, **error: str) -> None:
        """The run ends."""
        states = [attempt.state for attempt in self._journal.attempts.of_run(self.run)]
        counts: dict[str, Callable[[], int]] = {
            "created": lambda: states.count(AttemptState.DONE),
            "confirmed": lambda: states.count(AttemptState.DONE),
            "refused": lambda: states.count(AttemptState.REFUSED),
            "unknown": lambda: states.count(AttemptState.UNKNOWN),
            "not_reached": lambda: len(self._left),
        }
        self._journal.runs.end(self.run, state, {name: count() for name, count in counts.items()}, error or None)

    def _tell(self, attempt: int, outcome: str, reason: str | None = None) -> int:
        text = f"{self._now}: {outcome}"
        told = f"{text}, {reason}" if reason else text
        self._journal.runs.say(self.run, "attempt", told, {"attempt": attempt, "outcome": outcome})
        return attempt
