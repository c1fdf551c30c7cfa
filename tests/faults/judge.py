"""What must hold, judged by the site's own truth: each click of ours is held against the rows that really stand.

An assertion fails in the very call of the site that should never have been made, and in `check` after the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from assistant.approval import Preview
from assistant.changes import ACTS, ChangeKind
from assistant.journal import Attempt, AttemptState, Journal, RowKind
from assistant.money import Money
from assistant.plans.planned import PlannedProject
from assistant.site import Role, Step, StepKind
from tests.assistant.fake_site import Clock, money
from tests.faults.lying_site import LyingSite
from tests.faults.person import Approved, Person, Uid
from tests.faults.rows import Click, Label, Row, label_of

DAY = timedelta(days=1)


@dataclass
class Judge:
    """Watches the clicks of one history. `approved` is the order that is being carried out."""

    person: Person
    clock: Clock
    account: str
    role: Role
    run_cap: Money | None = None
    day_cap: Money | None = None
    approved: Approved | None = None
    clicks: list[Click] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _journal: Journal | None = None
    _site: LyingSite | None = None
    _effects: list[tuple[Uid, Click]] = field(default_factory=list)
    _run: list[Click] = field(default_factory=list)
    _known: dict[int, Attempt] = field(default_factory=dict)

    def meet(self, journal: Journal, site: LyingSite) -> None:
        """A new process begins."""
        self._journal, self._site = journal, site

    def begin(self, approved: Approved | None) -> None:
        """A run begins; it may click only for an order."""
        self.approved, self._run = approved, []

    @property
    def journal(self) -> Journal:
        assert self._journal is not None
        return self._journal

    @property
    def site(self) -> LyingSite:
        assert self._site is not None
        return self._site

    # -- in the moment of a click --------------------------------------------------------------------------------

    def clicked(self, act: str, step: Step) -> Click:
        """A click of ours arrives. What is wrong with it is kept for `check`: Milepost takes exceptions of a click."""
        with self._kept():
            return self._clicked(act, step)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except AssertionError as error:
            self.wrong.append(str(error))
            raise

    def _clicked(self, act: str, step: Step) -> Click:
        """Each click has its attempt, recorded before it; it is the only open one of its project, and clicks once."""
        project = step.project.ref
        attempts = self.journal.attempts.open(self.account, project)
        assert len(attempts) == 1, f"a click on {project} with {len(attempts)} open attempts: {attempts}"
        attempt = attempts[0]
        state = {"submit": AttemptState.SUBMITTING, "pay": AttemptState.PAYING}[act]
        assert attempt.state is state, f"{act} was clicked while the attempt was {attempt.state}"
        label = label_of(step.description, step.amount)
        assert label_of(attempt.description, attempt.amount) == label, f"{attempt} clicked for {label}"
        earlier = [click for click in self.clicks if click.attempt == attempt.id and click.act == act]
        assert not earlier, f"{act} was clicked twice for attempt {attempt.id}"
        assert self.approved is not None, "a click outside an approved run"
        self._check_approved(attempt)
        planned = self.approved.project(project)
        if act == "pay":
            self._check_room(planned, label, frozenset({RowKind.MILESTONE}))
        elif step.kind in (StepKind.CREATE, StepKind.REQUEST):
            self._check_room(planned, label, self._money_kinds)
            self._check_total(planned, step.amount)
        number = len(self.clicks) + 1
        click = Click(number, act, project, step.description, step.amount, self.clock.at, attempt.id, attempt.key)
        self.clicks.append(click)
        return click

    @property
    def _money_kinds(self) -> frozenset[RowKind]:
        second = RowKind.CART if self.role is Role.CLIENT else RowKind.REQUEST
        return frozenset({RowKind.MILESTONE, second})

    def _check_approved(self, attempt: Attempt) -> None:
        assert self.approved is not None
        ordered = next(o for o in self.approved.order.projects if o.project.ref == attempt.project_ref)
        wanted = (attempt.project_ref, attempt.key, attempt.change, attempt.description, str(attempt.amount))
        assert any(signature[:5] == wanted for signature in ordered.signatures), f"nobody approved {wanted}"
        assert self.clock.at <= self.approved.order.approval.ends_at, "the approval had run out"

    def _mine(self, planned: PlannedProject, kinds: frozenset[RowKind]) -> list[tuple[str, Label]]:
        """Rows that a careful person would count: those that the last look showed, and ours that are not shown yet."""
        project = planned.ref or ""
        told = planned.ignore | {m.site_ref for m in planned.milestones if m.site_ref}
        shown = {s.ref: s.label for s in self.site.last_shown.get(project, []) if s.stands and s.kind in kinds}
        ours = {
            row.ref: row.label
            for row in self.site.standing(project)
            if row.click is not None and not row.copy and row.kind in kinds and row.kind is not RowKind.CART
        }
        return [(ref, label) for ref, label in (ours | shown).items() if ref not in told]

    def _check_room(self, planned: PlannedProject, label: Label, kinds: frozenset[RowKind]) -> None:
        places = [m for m in planned.milestones if m.site_ref is None and label_of(m.description, m.amount) == label]
        held = self._held_by_others(planned, label)
        taken = [ref for ref, other in self._mine(planned, kinds) if other == label and ref not in held]
        assert len(taken) < len(places), f"{label} is planned {len(places)} times, and {taken} stand already"

    def _held_by_others(self, planned: PlannedProject, label: Label) -> set[str]:
        """Rows of milestones that were worded like this one when their row was made, and are not in the plan now."""
        others = {m.key for m in planned.milestones if label_of(m.description, m.amount) != label}
        claims = self.journal.attempts.claims(self.account, planned.ref)
        return {claim.site_ref for claim in claims if claim.key in others}

    def _check_total(self, planned: PlannedProject, amount: Money) -> None:
        project = planned.ref or ""
        stands = sum(
            s.label[1].minor
            for s in self.site.last_shown.get(project, [])
            if s.stands and s.kind in self._money_kinds and s.ref not in planned.ignore
        )
        assert stands + amount.minor <= planned.total.minor, f"{amount} beside {stands} is more than {planned.total}"

    # -- in the moment of its effect -----------------------------------------------------------------------------

    def wrote(self, click: Click) -> None:
        """A milestone, or a request, came up by our act."""
        with self._kept():
            self._wrote(click)

    def _wrote(self, click: Click) -> None:
        """At most one for each planned one, and within what was said."""
        assert self.approved is not None
        planned = self.approved.project(click.project)
        uid = self.person.uid(planned, click.key)
        for other, before in self._effects:
            if other == uid and uid not in self.person.named:
                assert before.made is not None
                asked = uid in self.approved.again and self.approved.at > before.at
                ignored = before.made.ref in planned.ignore | self.person.named_rows
                assert asked or ignored or before.made.withdrawn, (
                    f"{uid} was made by click {before.number} and again by click {click.number}"
                )
        self._effects.append((uid, click))
        if click.took_money:
            self._run.append(click)
            self._check_spent(click)

    def _check_spent(self, click: Click) -> None:
        assert self.approved is not None
        code = click.amount.currency.code
        nothing = money(f"0 {code}")
        run = sum((c.amount for c in self._run), start=nothing)
        assert run <= self.approved.total(code), f"{run} was spent, approved was {self.approved.total(code)}"
        assert self.run_cap is None or run <= self.run_cap, f"{run} is over the cap of a run"
        recent = [c for _, c in self._effects if c.took_money and c.at > click.at - DAY]
        day = sum((c.amount for c in recent), start=nothing)
        assert self.day_cap is None or day <= self.day_cap, f"{day} is over the cap of a day"

    # -- afterwards ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Nothing is lost from the journal, what moved money is known to have, and what is done is done."""
        assert not self.wrong, "; ".join(self.wrong)
        attempts = {attempt.id: attempt for attempt in self.journal.attempts.newest(self.account, 10_000)}
        lost = self._known.keys() - attempts.keys()
        assert not lost, f"attempts {lost} vanished"
        self._known = attempts
        for click in self.clicks:
            assert click.attempt in attempts, f"click {click.number} has no attempt"
        for uid, click in self._effects:
            if click.made is not None and click.made.ref in self.person.named_rows:
                continue  # a person said what it is, right or wrong
            state = attempts[click.attempt].state
            told = {AttemptState.REFUSED, AttemptState.RECORDED}
            assert state not in told, f"click {click.number} made {uid}, and its attempt says {state}"
        for attempt in attempts.values():
            if attempt.state is AttemptState.DONE:
                self._check_done(attempt)
        claims = [(claim.kind, claim.site_ref) for claim in self.journal.attempts.claims(self.account)]
        assert len(claims) == len(set(claims)), f"a row is claimed twice: {claims}"

    def _check_done(self, attempt: Attempt) -> None:
        row = self._row(attempt.site_ref)
        assert row is not None, f"attempt {attempt.id} is done, but there is no #{attempt.site_ref}"
        if attempt.change == ChangeKind.WITHDRAW:
            assert row.gone_at is not None, f"attempt {attempt.id} is done, but request #{row.ref} stands"
            return
        seen = row.first_shown.isoformat(timespec="microseconds") if row.first_shown else ""
        assert seen > attempt.recorded_at, f"attempt {attempt.id} claims #{row.ref}, which stood before it"
        label = label_of(attempt.description, attempt.amount)
        assert label in (row.first_label, row.label), f"attempt {attempt.id} claims #{row.ref}, which is another"

    def _row(self, ref: str | None) -> Row | None:
        return next((row for row in self.site.rows if row.ref == ref), None)

    def check_preview(self, preview: Preview) -> None:
        """Each row stands for one milestone, looks like it unless a person said so, and is not an ignored one."""
        for previewed in preview.projects:
            used = [c.row for c in previewed.changes if c.row is not None and c.kind not in HELD]
            twice = [name for name, n in Counter((row.kind, row.site_ref) for row in used).items() if n > 1]
            assert not twice, f"{twice} stand for two planned milestones"
            named = {m.key: m.site_ref for m in previewed.planned.milestones}
            for change in previewed.changes:
                assert change.reason or change.kind not in HELD, f"{change} gives no reason"
                if change.row is None or change.kind in HELD or named[change.key] == change.row.site_ref:
                    continue
                row = self._row(change.row.site_ref)
                assert row is not None
                label = label_of(change.description, change.amount)
                assert row.label == label, f"{change} is about another row, {row}"
                assert row.ref not in previewed.planned.ignore, f"{change} uses a row that is to be ignored"

    def check_end(self, preview: Preview, calm: Sequence[str]) -> None:
        """Nothing is left to do but what is held for a reason; where nobody interfered (`calm`), all stands, once."""
        for previewed in preview.projects:
            for change in previewed.changes:
                assert change.kind not in ACTS | {ChangeKind.ADOPT}, f"this never comes to rest: {change}"
                if previewed.project.ref in calm:
                    assert change.kind is ChangeKind.KEEP, f"nobody interfered, but {change}"
            if previewed.project.ref in calm:
                rows = [row for row in self.site.standing(previewed.project.ref) if row.kind is not RowKind.CART]
                planned = Counter(label_of(m.description, m.amount) for m in previewed.planned.milestones)
                assert Counter(row.label for row in rows) == planned, f"{rows} are not what was planned"


HELD = {ChangeKind.BLOCKED, ChangeKind.GONE}
