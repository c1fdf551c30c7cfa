"""The process that owns a browser: takes one run from the journal, carries it out, and writes down what happens.

    python -P -m flows.runner RUN

It holds the account's lock for its whole life, so that there is one run at a time per account. A dead run's processes
get the time that a browser may take to leave; what is left then is killed. A first SIGTERM or SIGINT asks it to stop
after the current step; a second one, or a SIGUSR1, stops it now. It is started in a session of its own and survives the
terminal.

Playwright's node has a process group of its own (`flows.environment.group_of_its_own`), and so has the browser: a
signal to the runner's group reaches the runner alone, which ends the run after the step. In one group with the runner,
node died of the signal itself and took the browser along in mid-step (measured). Who signals every single process still
does that: the step is unknown then, and the next run's look settles it.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from assistant.accounts import AccountInUse, use_account
from assistant.apply import Carrier
from assistant.approval import Order
from assistant.clock import now, stamp
from assistant.doctor import require_fresh, showing_rows
from assistant.errors import CouldNotRead, JournalError, MilepostError, OutcomeUnknown, RunError, worst_exit
from assistant.fee_question import FeeQuestions
from assistant.guided import licence_of
from assistant.journal import Journal, Run, RunKind, RunState, Wanted
from assistant.lock import AccountLock
from assistant.memory import follow_accepted, recover, settle_project
from assistant.person import PATIENCE
from assistant.plans.planned import Plan
from assistant.processes import kill, own, wait_until_gone
from assistant.profile_files import load_files
from assistant.resolve import resolve
from assistant.runs import BY_HAND, POLL_SECONDS, in_doubt, mark_dead, outlived
from assistant.settings.model import Settings
from assistant.single import SingleOrder, carry_single
from flows.checking import CheckRun
from flows.doctor.report import examine
from flows.rig import PLAIN, Rig
from flows.run_site import RunSite
from flows.site import BrowserSite


class Runner:
    """One run, from its row in the journal to its end."""

    def __init__(self, settings: Settings, journal: Journal, run: Run, rig: Rig = PLAIN) -> None:
        self._settings = settings
        self._journal = journal
        self._run = run
        self._stop = False
        self.exit_code = 0
        self._account: AccountInUse = use_account(settings, run.account_name)
        self._licence = licence_of(journal, self._account.facts, self._account.rules)
        self._sites = RunSite(settings, journal, run, self._account, self._wanted_now, rig)

    async def carry_out(self) -> None:
        """Carry the run out and close its row, whatever happens."""
        summary: Mapping[str, Any] | None = None
        try:
            if self._account.facts.id != self._run.account:
                raise RunError(
                    f"the run is for {self._run.account}, but the settings now say {self._account.facts.id}",
                    hint="start it again",
                )
            with AccountLock(self._settings.data_dir, self._run.account, self._holder()):
                self._journal.check_whole()  # what was tried may read as if it had never been
                self._clear_up_after_the_dead()
                summary = await self._carry_out()
            state = RunState.STOPPED if await self._wanted() is Wanted.STOP else RunState.DONE
            self._journal.runs.end(self._run.id, state, summary)
        except MilepostError as error:
            self.exit_code = error.exit_code
            self._fail(RunState.FAILED, error_of(error), summary)
        except asyncio.CancelledError:
            self._fail(RunState.INTERRUPTED, {"code": "run", "message": "the run was stopped in mid-step"}, summary)
        except Exception as error:
            _log(traceback.format_exc())
            message = f"{type(error).__name__}: the run ended unexpectedly"
            hint = "its whole story is in the run's log file"
            self._fail(RunState.FAILED, {"code": "run", "message": message, "hint": hint, "exit_code": 1}, summary)

    def stop(self) -> None:
        """Ask for an end after the current step."""
        self._stop = True

    def _holder(self) -> str:
        pid, _ = own()
        plan = f" of {self._run.plan}" if self._run.plan else ""
        return f"run {self._run.id}, {self._run.kind}{plan}, since {stamp()[:16]} UTC, pid {pid}"

    def _clear_up_after_the_dead(self) -> None:
        """No browser of an earlier run may still be at work when this one begins to look."""
        mark_dead(self._journal, self._run.account)
        for dead in outlived(self._journal, self._run.account):
            left = kill(wait_until_gone(dead.processes))
            if left:
                pids = ", ".join(str(process[0]) for process in left)
                raise RunError(
                    f"the browser of run {dead.id}, which died, is still at work (pid {pids})",
                    hint="end those processes, then start the run again",
                )
        recover(self._journal, self._run.account)

    def _fail(self, state: RunState, error: Mapping[str, Any], summary: Mapping[str, Any] | None) -> None:
        try:
            if doubt := in_doubt(self._journal, self._run.id):
                error = error_of(doubt) | {"message": f"{error['message']}; {doubt.message}"}
            self._journal.runs.say(self._run.id, "error", str(error["message"]), dict(error))
            self._journal.runs.end(self._run.id, state, summary or self._partial, error)
        except JournalError as unwritable:
            self.exit_code = worst_exit((self.exit_code, unwritable.exit_code))
            _log(f"{error['message']}\n{unwritable.message}")

    _site_in_use: BrowserSite | None = None

    _partial: Mapping[str, Any] | None = None
    """The summary of an order whose run could not go on to its end."""

    async def _carry_out(self) -> Mapping[str, Any]:
        kinds: Mapping[RunKind, Callable[[BrowserSite], Awaitable[Mapping[str, Any]]]] = {
            RunKind.PROJECTS: self._list_projects,
            RunKind.PREVIEW: self._look_at_plan,
            RunKind.APPLY: self._apply,
            RunKind.SINGLE: self._carry_single,
            RunKind.LOGIN: self._log_in,
            RunKind.DOCTOR: self._examine,
        }
        if self._run.kind is RunKind.CHECK:
            return await self._check().carry_out()
        if self._run.kind in (RunKind.APPLY, RunKind.SINGLE):
            facts = self._account.facts
            files = load_files(facts.platform, self._settings.config_dir)
            require_fresh(self._journal, facts, files.digest, now())
        async with self._sites.open(self._licence) as site:
            self._site_in_use = site
            self._journal.runs.set_processes(self._run.id, site.processes)
            try:
                return await kinds[self._run.kind](site)
            finally:
                for note in site.notes:
                    self._say("note", note, {})

    def _check(self) -> CheckRun:
        return CheckRun(
            self._settings, self._journal, self._run, self._account, self._sites.password, self._between, self._say
        )

    async def _log_in(self, site: BrowserSite) -> Mapping[str, Any]:
        """Sign in, typed or by hand, and keep the session once it is proved."""
        if self._run.order.get(BY_HAND):
            await site.login_by_hand(PATIENCE)
        else:
            await site.ensure_login()
        await self._sites.keep_proven(site)
        return {"page_loads": site.page_loads}

    async def _examine(self, site: BrowserSite) -> Mapping[str, Any]:
        """The doctor's round. It gets the half of the site that can submit nothing."""
        return await examine(site, self._say, showing_rows(self._journal, self._run.account))

    async def _list_projects(self, site: BrowserSite) -> Mapping[str, Any]:
        listed = await site.projects()
        self._journal.sightings.keep_projects(self._run.account, listed)
        self._say("listed", f"{len(listed)} projects", {"projects": len(listed)})
        return {"projects": len(listed), "page_loads": site.page_loads}

    async def _look_at_plan(self, site: BrowserSite) -> Mapping[str, Any]:
        """Everything that a preview needs: the list, and a look at each project of the plan."""
        plan = TypeAdapter(Plan).validate_python(self._run.order["plan"])
        await self._list_projects(site)
        looked = 0
        for planned, project in resolve(plan, self._journal.sightings.projects(self._run.account)):
            if await self._between() is Wanted.STOP:
                raise CouldNotRead("the run was stopped before it had looked at every project")
            look = await site.look(project)
            self._journal.sightings.keep_look(self._run.account, self._run.id, look)
            settle_project(self._journal, self._account.facts, look, self._account.settle_rules, now())
            follow_accepted(self._journal, self._account.facts, planned, look, self._account.settle_rules)
            looked += 1
            self._say("looked", f"{project.ref} {project.title}", {"project": project.ref, "looked": looked})
        return {"looked": looked, "page_loads": site.page_loads}

    async def _apply(self, site: BrowserSite) -> Mapping[str, Any]:
        carrier = Carrier(
            order=Order.from_json(self._run.order),
            site=site,
            journal=self._journal,
            run_id=self._run.id,
            rules=self._account.settle_rules,
            between=self._between,
            licence=self._licence,
            fee_questions=FeeQuestions(self._sites.asked_about_fees),
            beside=site.beside,
            at_once=site.profile.rules.rules.requests_at_once,
        )
        try:
            summary = await carrier.carry_out()
        finally:
            carrier.summary.page_loads = site.page_loads
            self._partial = carrier.summary.as_event()
        return summary.as_event()

    async def _carry_single(self, site: BrowserSite) -> Mapping[str, Any]:
        order = SingleOrder.from_json(self._run.order)
        rules = self._account.settle_rules
        summary = await carry_single(order, site, self._journal, self._run.id, rules, self._licence)
        return summary.as_event()

    async def _between(self) -> Wanted:
        """What is wanted before the next step; while it is a pause, waits. `OutcomeUnknown` if the gate was passed."""
        if self._site_in_use is not None and (breach := self._site_in_use.breach):
            raise OutcomeUnknown(
                f"a request that moves money went past the gate: {breach}",
                hint="look at the site and at the account's statement; the next preview says what stands",
            )
        wanted = await self._wanted()
        if wanted is Wanted.PAUSE:
            self._journal.runs.set_state(self._run.id, RunState.PAUSED)
            while (wanted := await self._wanted()) is Wanted.PAUSE:  # noqa: ASYNC110  # another process says when
                await asyncio.sleep(POLL_SECONDS)
            self._journal.runs.set_state(self._run.id, RunState.RUNNING)
        return wanted

    async def _wanted(self) -> Wanted:
        return self._wanted_now()

    def _wanted_now(self) -> Wanted:
        return Wanted.STOP if self._stop else self._journal.runs.wanted(self._run.id)

    def _say(self, kind: str, text: str, data: Mapping[str, Any]) -> None:
        self._journal.runs.say(self._run.id, kind, text, data)


def error_of(error: MilepostError) -> dict[str, Any]:
    """An error as a run's row keeps it, so that whoever started the run can tell it as their own."""
    problems = [vars(problem) for problem in getattr(error, "problems", ())]
    return error.as_event() | {"exit_code": error.exit_code, "problems": problems}


async def run(run_id: int, rig: Rig = PLAIN) -> int:
    """Take the run and carry it out; `rig` is for tests. Returns the process's exit code.

    Who follows the run needs that code only where the journal could not be written. Raises `MilepostError` when there
    are no settings or no journal to work with.
    """
    settings = Settings.load().settings
    journal = Journal.open(settings.journal_path)
    if not journal.runs.take(run_id, *own()):
        _log(f"run {run_id} is not waiting for anybody")
        return 1
    row = journal.runs.get(run_id)
    assert row is not None  # noqa: S101  # it has just been taken
    try:
        runner = Runner(settings, journal, row, rig)
    except MilepostError as error:
        journal.runs.end(run_id, RunState.FAILED, error=error_of(error))
        return 1
    await _under_signals(runner)
    journal.close()
    return runner.exit_code


def _log(text: str) -> None:
    with contextlib.suppress(OSError):  # it may be on the disk that is full
        print(text, file=sys.stderr, flush=True)  # noqa: T201  # stderr is the run's log file


async def _under_signals(runner: Runner) -> None:
    """Carry out; the first signal stops after the step, the second one or SIGUSR1 now. A hang-up stops nothing."""
    task = asyncio.ensure_future(runner.carry_out())
    seen = 0

    def signalled() -> None:
        nonlocal seen
        seen += 1
        runner.stop()
        if seen > 1:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled)
    loop.add_signal_handler(signal.SIGUSR1, task.cancel)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> int:
    """Carry out the run that the command line names."""
    try:
        return asyncio.run(run(int(sys.argv[1])))
    except MilepostError as error:
        _log(error.message)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
