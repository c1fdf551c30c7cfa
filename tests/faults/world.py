"""A history's world: a journal on disk, the lying site, a person, others, and processes of ours that come and go."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from assistant.apply import Carrier
from assistant.approval import AccountFacts, Cap, Order, Preview, SpendLimits, approve
from assistant.changes import ACTS, ChangeKind
from assistant.errors import JournalError, MilepostError
from assistant.journal import Journal, RunKind, Wanted
from assistant.memory import recover, settle_project
from assistant.plans.planned import Plan
from assistant.preview import make_preview
from assistant.verdict import SettleRules
from tests.assistant.fake_site import Clock, money, project
from tests.faults.history import SETTLE_AFTER, Approve, Carry, Death, Edit, Other, Setup, Step, Wait
from tests.faults.judge import Judge
from tests.faults.lying_site import LyingSite
from tests.faults.others import Others
from tests.faults.person import Approved, Person

ORIGIN = "http://127.0.0.1:1"
ROUNDS = 8
"""How often a person runs the plan again in the end."""


class Killed(KeyboardInterrupt):
    """Our process ends here, by a signal."""


class Cancelled(asyncio.CancelledError):
    """Our task ends here."""


DEATHS: dict[str, type[BaseException]] = {"KeyboardInterrupt": Killed, "CancelledError": Cancelled}


def drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits for anything."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the site in memory never waits")


def open_journal(path: Path, clock: Clock, moment: Callable[[str], None], said: Callable[[], None]) -> Journal:
    """The real journal, opened for speed: a connection that is kept, and no waiting for the disk.

    What a transaction is does not change by that, nor what of it another process sees. `moment` is called before each
    commit, `said` after each statement.
    """

    def kept(url: str, **options: Any) -> Engine:
        return create_engine(url, **options | {"poolclass": QueuePool})

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    def commits(connection: Connection) -> None:
        if not connection.get_execution_options().get("milepost_reading"):
            moment("commit")

    with mock.patch("assistant.journal.engine.create_engine", kept):
        journal = Journal.open(path, clock)
    journal.engine.dispose()
    event.listen(journal.engine, "connect", hurry)
    event.listen(journal.engine, "commit", commits)
    event.listen(journal.engine, "after_cursor_execute", lambda *_: said())
    return journal


def knock(path: Path) -> None:
    """Another process writes to the journal, as a screen does that asks a run to pause and then not to; where it would
    have to wait for us it does not.
    """
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return
        other.execute("UPDATE runs SET wanted = 'pause' WHERE wanted = 'go'")
        other.execute("UPDATE runs SET wanted = 'go'")
        other.execute("COMMIT")


class World:
    """Plays steps one after the other and lets the judge look at each. `folder` is its own and goes at the end."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        self.setup = setup
        self.clock = Clock()
        self.shelf: list[Approved] = []
        self._folder = folder
        self._restless: set[str] = set()
        self._moments, self._death, self._meanwhile = 0, None, {}
        self._statements, self._knock = 0, 0
        self.person = Person(setup, lambda ref: self.site.last_shown.get(ref, []))
        cap = money(f"{2 * setup.projects[0][0][1]} USD") if setup.cap else None
        caps = (Cap("USD", **{setup.cap: cap}),) if cap else ()
        name = f"freelancer:anna@{ORIGIN}"
        self.facts = AccountFacts("anna", name, "anna", "freelancer", ORIGIN, setup.role, SpendLimits(caps=caps))
        self.rules = SettleRules(timedelta(seconds=SETTLE_AFTER), setup.nothing_left_settles)
        self.judge = Judge(
            self.person,
            self.clock,
            name,
            setup.role,
            run_cap=cap if setup.cap == "run" else None,
            day_cap=cap if setup.cap == "day" else None,
        )
        self.site = LyingSite(
            listed=tuple(project(p.ref or "", f"Project {p.ref}") for p in self.person.plan),
            clock=self.clock,
            witness=self.judge,
            moment=self._moment,
            creating_pays=setup.creating_pays,
            balances={"USD": money("25000.00 USD")},
            shows_balances=setup.shows_balances,
            newest_first=setup.newest_first,
            closes_request_when_paid=setup.closes_request_when_paid,
            preselects=setup.preselects,
        )
        self.others = Others(self.site, lambda: self.person.plan)
        self._start()

    _death: Death | None
    _meanwhile: dict[int, list[Other]]

    def play(self, step: Step) -> None:
        """Play one step, then see that everything still holds."""
        match step:
            case Other():
                self._other(step)
            case Edit():
                touched = self.person.edit(step)
                if touched is not None:
                    self._restless.add(touched)
            case Wait():
                self.clock.sleep(step.seconds)
            case Approve():
                self._approve(step)
            case Carry():
                self._carry(step)
        self.judge.check()

    def finish(self) -> None:
        """The faults stop, time passes, and the person runs the plan until nothing is left to do."""
        for _ in range(ROUNDS):
            preview = self._look_later()
            if not any(change.kind in ACTS | {ChangeKind.ADOPT} for change in preview.changes):
                break
            self._carry(Carry())
            self.judge.check()
        restless = self._restless | self.site.doubled
        calm = [] if "all" in restless else [p.ref or "" for p in self.person.plan if p.ref not in restless]
        self.judge.check_end(preview, calm)

    def _look_later(self) -> Preview:
        self.clock.sleep(90_000 if self.setup.cap else 120)
        self.shelf.clear()
        preview = self._approve(Approve())
        assert preview is not None, "the site can be read, but there is no preview"
        return preview

    def close(self) -> None:
        """Let go of the journal's file and remove it."""
        self.journal.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # -- steps ---------------------------------------------------------------------------------------------------

    def _other(self, other: Other) -> None:
        touched = self.others.act(other)
        if touched is not None:
            self._restless.add(touched)

    def _approve(self, step: Approve) -> Preview | None:
        async def look(run: int) -> Preview:
            self.journal.sightings.keep_projects(self.facts.id, await self.site.projects())
            for listed in self.site.listed:
                seen = await self.site.look(listed)
                self.journal.sightings.keep_look(self.facts.id, run, seen)
                settle_project(self.journal, self.facts, seen, self.rules, self.clock())
            plan = Plan(Path("plan.toml"), "freelancer", "anna", tuple(self.person.plan))
            return make_preview(self.journal, self.facts, plan, self.rules, self.clock(), again)

        plan = self.person.plan
        chosen = [(plan[p % len(plan)], m) for p, m in step.again]
        again = [f"{p.ref}/{p.milestones[m % len(p.milestones)].key}" for p, m in chosen]
        preview: Preview | None = self._run(RunKind.PREVIEW, step.faults, step.death, (), look)
        if preview is None:
            return None
        self.judge.check_preview(preview)
        order = approve(preview, [str(total) for total in preview.totals.values()], self.clock())
        asked = frozenset((p.ref or "", m % len(p.milestones)) for p, m in chosen)
        self.shelf.append(Approved(Order.from_json(order.to_json()), self.clock.at, asked))
        return preview

    def _carry(self, step: Carry) -> None:
        if not self.shelf:
            return
        approved = self.shelf.pop(step.order % len(self.shelf))

        async def carry(run: int) -> None:
            async def between() -> Wanted:
                return self.journal.runs.wanted(run)

            await Carrier(approved.order, self.site, self.journal, run, self.rules, between).carry_out()

        self._statements, self._knock = 0, step.knock
        self._run(RunKind.APPLY, step.faults, step.death, step.meanwhile, carry, approved)
        self._knock = 0

    def _run(
        self,
        kind: RunKind,
        faults: tuple[str, ...],
        death: Death | None,
        meanwhile: tuple[tuple[int, Other], ...],
        work: Callable[[int], Coroutine[Any, Any, Any]],
        approved: Approved | None = None,
    ) -> Any:
        """One process of ours, from the run's row to its end, as `flows/runner.py` does it."""
        self.site.fail(faults)
        self.judge.begin(approved)
        self._moments, self._death, self._meanwhile = 0, death, {}
        for at, other in meanwhile:
            self._meanwhile.setdefault(at, []).append(other)
        try:
            run = self.journal.runs.ask(kind, self.facts.id, "anna", {})
            recover(self.journal, self.facts.id)
            return drive(work(run))
        except (Killed, Cancelled):
            self.journal.close()
            self._start()
        except MilepostError as error:
            for trouble in (error, error.__cause__):
                assert not isinstance(trouble, JournalError), f"the journal is whole, and yet: {trouble.message}"
        finally:
            self._death, self._meanwhile = None, {}
            self.site.fail(())
            self.judge.begin(None)
        return None

    def _start(self) -> None:
        self.journal = open_journal(self._path, self.clock, self._moment, self._said)
        self.judge.meet(self.journal, self.site)

    @property
    def _path(self) -> Path:
        return self._folder / "journal.sqlite3"

    def _said(self) -> None:
        self._statements += 1
        if self._knock in (self._statements, -1):
            knock(self._path)

    def _moment(self, _name: str) -> None:
        self._moments += 1
        for other in self._meanwhile.pop(self._moments, ()):
            self._other(other)
        if self._death is not None and self._death.at == self._moments:
            raise DEATHS[self._death.how]
