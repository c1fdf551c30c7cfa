"""One account at work: asking for runs, and turning what the journal then holds into a preview and an order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from assistant import runs
from assistant.accounts import AccountInUse
from assistant.approval import Order, Preview, approve, check_caps
from assistant.changes import SPENDS, ChangeKind
from assistant.checks.reading import CheckOrder
from assistant.clock import now
from assistant.doctor import require_fresh
from assistant.errors import MilepostError, PlanError, Problem, Refused, RunError, SiteError
from assistant.estimates import RunEstimate, estimate, fees_at_payment
from assistant.guided import licence_of
from assistant.journal import Journal, Run, RunKind, RunState
from assistant.journal.overview import read_overview
from assistant.memory import attempts_of_the_day
from assistant.plans.planned import Plan
from assistant.platform import is_mock
from assistant.preview import make_preview
from assistant.profile_files import load_files
from assistant.settings.model import Settings
from assistant.single import Single, SingleKind, SingleOrder
from assistant.switches import why_no_part, why_not_driven, why_not_released

PLANS = TypeAdapter(Plan)


@dataclass(frozen=True)
class Work:
    """The settings, the journal and one account of it. `unattended`: nobody is there to sign in or to be asked."""

    settings: Settings
    journal: Journal
    account: AccountInUse
    unattended: bool = False

    def start_login(self, *, by_hand: bool) -> int:
        """Start a run that signs the account in and keeps its session; returns its number. Raises `RunError`."""
        return runs.start(self.settings, self.journal, self.account, RunKind.LOGIN, {runs.BY_HAND: by_hand})

    def start_projects(self) -> int:
        """Start a run that reads My Projects; returns its number. Raises `RunError`."""
        return runs.start(self.settings, self.journal, self.account, RunKind.PROJECTS, self._marked({}))

    def start_doctor(self) -> int:
        """Start a run that holds the profile against the pages and changes nothing. Raises `RunError`."""
        return runs.start(self.settings, self.journal, self.account, RunKind.DOCTOR, {})

    def start_looks(self, plan: Plan) -> int:
        """Start a run that looks at every project of the plan, for a preview. Raises `RunError`."""
        order = self._marked({"plan": PLANS.dump_python(plan, mode="json")})
        return runs.start(self.settings, self.journal, self.account, RunKind.PREVIEW, order, plan.file)

    def start_check(self, order: CheckOrder) -> int:
        """Start a run that reads what a status check has to read. Raises `RunError`."""
        plan = order.plans[0].file if len(order.plans) == 1 else None
        return runs.start(self.settings, self.journal, self.account, RunKind.CHECK, order.to_json(), plan)

    def _marked(self, order: dict[str, Any]) -> dict[str, Any]:
        return order | {runs.UNATTENDED: True} if self.unattended else order

    def to_be_guided(self, preview: Preview) -> list[str]:
        """The profile's steps of a preview that a person has to press first on a live account; none on a mock."""
        licence = licence_of(self.journal, self.account.facts, self.account.rules)
        if licence is None:
            return []
        return licence.to_be_guided(preview.changes, creates_pays=self.account.rules.creates_pays)

    def start_order(self, order: Order, plan: Plan, *, asks: bool) -> int:
        """Start the run of an approved order; `asks`: somebody is there whom it may ask. Raises `RunError`."""
        body = order.to_json() | {runs.ASKS: asks}
        return runs.start(self.settings, self.journal, self.account, RunKind.APPLY, body, plan.file)

    def start_single(self, order: SingleOrder, plan: Plan) -> int:
        """Start the run of a release, or of a request for one. Raises `RunError`, or `Refused` by the platform."""
        self._check_platform()
        self.check_single(order.single.kind, order.single)
        return runs.start(self.settings, self.journal, self.account, RunKind.SINGLE, order.to_json(), plan.file)

    def check_single(self, kind: SingleKind, single: Single | None = None) -> None:
        """Raises `Refused` where the platform has no release that Milepost carries out, or none of this milestone."""
        rules = self.account.rules
        state = single.milestone.state if single else None
        if kind is SingleKind.RELEASE and (why := why_not_released(rules, state)):
            never = why_not_released(rules) is not None
            hint = "release it by hand on the site" if never else "milepost check says when that was done"
            raise Refused(f"nothing is released: {why}", hint=hint)
        if single is not None and single.is_part and (why := why_no_part(rules)):
            raise Refused(f"nothing is released: {why}", hint="leave the amount out to release all of it")

    def preview(self, plan: Plan, again: Collection[str] = ()) -> Preview:
        """What a run of the plan would do, by the last looks. Raises as `make_preview` does."""
        made = make_preview(self.journal, self.account.facts, plan, self.account.settle_rules, now(), again)
        if not any(change.kind in SPENDS for change in made.changes):
            return made
        return replace(made, platform_fees=fees_at_payment(made, self.estimate(made)))

    def estimate(self, preview: Preview) -> RunEstimate:
        """What a run of the preview would probably cost and leave, by the profile's fees and the last looks."""
        return estimate(preview, self.account.rules, read_overview(self.journal, self.account.facts.id).looks)

    def order(self, preview: Preview, typed: Sequence[str], digest: str | None = None) -> Order:
        """What these typed totals make of a preview. Raises `ApprovalRefused`, `CapExceeded` over a cap, or `Refused`
        for a platform that nothing is submitted on.
        """
        self._check_platform()
        moment = now()
        order = approve(preview, typed, moment, digest=digest, minutes=self.settings.approval.minutes)
        facts = self.account.facts
        today = attempts_of_the_day(self.journal, facts.id, moment)
        check_caps(preview.changes, facts.limits, today, preview.platform_fees.values())
        return order

    def _check_platform(self) -> None:
        """Raises `Refused` where the profile does not let anything be submitted, or the doctor has not just seen it."""
        rules, facts = self.account.rules, self.account.facts
        if why := why_not_driven(rules, facts.role, live=not is_mock(facts.origin)):
            raise Refused(
                f"nothing is submitted: {why}", where=rules.name, hint=f"milepost profile check {rules.name} says more"
            )
        require_fresh(self.journal, facts, load_files(rules.name, self.settings.config_dir).digest, now())


def has_work(preview: Preview) -> bool:
    """Whether a run could do anything about the preview: submit something, or take over what stands already."""
    return preview.acts or any(change.kind is ChangeKind.ADOPT for change in preview.changes)


def error_of(run: Run) -> MilepostError | None:
    """Why a run could not go on to its end, as the error that its process met; None if it could."""
    if run.state not in {RunState.FAILED, RunState.INTERRUPTED}:
        return None
    told: Mapping[str, Any] = run.error or {"message": "the run ended without saying why"}
    message, where = str(told["message"]), told.get("where") or f"run {run.id}"
    hint = told.get("hint") or runs.how_to_go_on(run)
    kind = _KINDS.get(str(told.get("code")), RunError)
    if kind is PlanError:
        return PlanError([Problem(**problem) for problem in told["problems"]])
    if issubclass(kind, SiteError):
        said, request = told.get("site_message"), told.get("request_id")
        return kind(message, where=where, hint=hint, site_message=said, request_id=request)
    return kind(message, where=where, hint=hint)


def _tree(root: type[MilepostError]) -> Iterator[type[MilepostError]]:
    yield root
    for each in root.__subclasses__():
        if "code" in vars(each):  # one that has its parent's code is told as its parent
            yield from _tree(each)


_KINDS = {kind.code: kind for kind in _tree(MilepostError)}
