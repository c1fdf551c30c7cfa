"""A site in memory, a real journal and checks of them: look, take stock, tell. Each can be left out, as by a death."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.accounts import AccountInUse
from assistant.approval import AccountFacts
from assistant.checks.finding import Finding
from assistant.checks.memory import FindingBook, Outcome
from assistant.checks.reading import CheckOrder, CheckReading, ReadingSummary
from assistant.checks.stock import Stock, take_stock
from assistant.journal import Journal, RunKind, Wanted
from assistant.money import Money
from assistant.plans.planned import Plan, PlannedMilestone, PlannedProject
from assistant.platform import load_rules
from assistant.settings.model import Account, CheckSettings
from assistant.site import Role
from tests.assistant.fake_site import FakeSite

RULES = load_rules("freelancer")
ORIGIN = "http://127.0.0.1:1"


def in_use(role: Role = Role.CLIENT) -> AccountInUse:
    facts = AccountFacts("anna", f"freelancer:anna@{ORIGIN}", "anna", "freelancer", ORIGIN, role)
    return AccountInUse(Account(platform="freelancer", role=role, login="anna", origin=ORIGIN), facts, RULES)


def planned(*milestones: PlannedMilestone, ref: str = "1001") -> PlannedProject:
    total = Money(sum(milestone.amount.minor for milestone in milestones), milestones[0].amount.currency)
    return PlannedProject(ref=ref, total=total, milestones=milestones)


@dataclass
class World:
    folder: Path
    role: Role = Role.CLIENT
    projects: tuple[PlannedProject, ...] = ()
    settings: CheckSettings = field(default_factory=CheckSettings)
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))
    site: FakeSite = field(default_factory=FakeSite)

    def __post_init__(self) -> None:
        self.journal = Journal.open(self.folder / "journal.sqlite3", self.site.clock)
        self.account = in_use(self.role)
        self.book = FindingBook(self.journal, self.account.facts.id, self.settings.again_days)

    @property
    def plans(self) -> tuple[Plan, ...]:
        return (Plan(Path("plan.toml"), "freelancer", "anna", self.projects),) if self.projects else ()

    async def read(self, most: int | None = None) -> ReadingSummary:
        """The reading half of a check; with `most` it is stopped after so many looks."""
        run = self.journal.runs.ask(RunKind.CHECK, self.account.facts.id, "anna", {})

        async def between() -> Wanted:
            return Wanted.STOP if most is not None and len(reading.summary.looked) >= most else Wanted.GO

        reading = CheckReading(
            order=CheckOrder(self.plans),
            sites=(self.site,),
            journal=self.journal,
            account=self.account,
            settings=self.settings,
            run_id=run,
            now=lambda: self.site.clock().astimezone(self.zone),
            between=between,
            tell=lambda _kind, _text, _data: None,
        )
        return await reading.read()

    def stock(self) -> Stock:
        now = self.site.clock().astimezone(self.zone)
        return take_stock(self.journal, self.account, self.plans, self.settings, now)

    def compare(self) -> Outcome:
        return self.book.compare(self.stock().findings, self.site.clock())

    def tell(self, outcome: Outcome) -> list[Finding]:
        self.book.mark_told(outcome.new, self.site.clock())
        return [each.finding for each in outcome.new]

    async def check(self) -> list[Finding]:
        """A whole check: what it told."""
        await self.read()
        return self.tell(self.compare())

    async def kinds(self) -> list[str]:
        return sorted(finding.kind.value for finding in await self.check())
