"""A plan from what stands: it loads, and its preview keeps and adopts and makes nothing, whatever the site holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.changes import ChangeKind, Memory, Ways
from assistant.journal import Claim, RowKind
from assistant.matching import changes_of
from assistant.money import Currency, Money
from assistant.plans.from_site import from_site, notes_from_site
from assistant.plans.plan import Plan, PlanLimits, parse_plan
from assistant.plans.planned import PlannedProject
from assistant.plans.write import plan_toml
from assistant.resolve import resolve
from assistant.site import ENDED, Look, MilestoneState, Role, SiteMilestone, SiteProject, SiteRequest
from tests.assistant.fake_site import money, project

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LIMITS = PlanLimits(100, r"^[1-9]\d*(\.\d{1,2})?$", "1", "999999999")
State = MilestoneState
USD = Currency("USD")


def stands(ref: str, description: str, amount: str, state: MilestoneState = State.FUNDED) -> SiteMilestone:
    return SiteMilestone(ref, description, money(amount), state, state.value)


def asked(ref: str, description: str, amount: str, state: MilestoneState = State.REQUESTED) -> SiteRequest:
    return SiteRequest(ref, description, money(amount), state, state.value)


def plan_of(
    looks: Sequence[Look], role: Role, claims: Sequence[Claim] = (), limits: PlanLimits = LIMITS
) -> tuple[Plan, list[PlannedProject]]:
    """The plan as it is written and read back."""
    projects = [look.project for look in looks]
    made = from_site(projects, {look.project.ref: look for look in looks}, role, claims=claims, limits=limits)
    text = plan_toml("freelancer", "ben", made, notes=notes_from_site(projects))
    return parse_plan(text, Path("plan.toml"), limits=limits), made


def kinds_of(plan: Plan, looks: Sequence[Look], role: Role, claims: Sequence[Claim] = ()) -> set[ChangeKind]:
    by_ref = {look.project.ref: look for look in looks}
    kinds = set()
    for planned, site in resolve(plan, [look.project for look in looks]):
        memory = Memory({claim.key: claim for claim in claims if claim.project_ref == site.ref})
        kinds |= {change.kind for change in changes_of(planned, by_ref[site.ref], memory, role, ways=Ways())}
    return kinds


WEBSITE = Look(
    project("1", "Website", bid=money("1000.00 USD")),
    NOW,
    (
        stands("11", "Design", "500.00 USD", State.RELEASED),
        stands("12", "Design", "500.00 USD"),
        stands("13", "Old", "9.00 USD", State.CANCELLED),
        stands("14", "設計", "20.00 USD", State.UNCLEAR),
    ),
    (asked("21", "Build", "300.00 USD"), asked("22", "No", "1.00 USD", State.DECLINED)),
)
EMPTY = Look(project("2", "Nothing yet", bid=money("250.00 USD")), NOW)


def test_what_stands_is_spelled_out() -> None:
    plan, made = plan_of([WEBSITE, EMPTY], Role.FREELANCER)
    website, empty = plan.projects
    assert [(m.key, m.site_ref, str(m.amount)) for m in website.milestones] == [
        ("design", "11", "500.00 USD"),
        ("design-2", "12", "500.00 USD"),
        ("m3", "14", "20.00 USD"),
        ("build", "21", "300.00 USD"),
    ]
    assert website.total == money("1320.00 USD")
    assert (empty.skipped, str(empty.total), empty.milestones) == (True, "250.00 USD", ())
    assert tuple(made) == plan.projects
    assert kinds_of(plan, [WEBSITE, EMPTY], Role.FREELANCER) == {ChangeKind.ADOPT}


def test_a_client_plans_no_requests() -> None:
    plan, _ = plan_of([WEBSITE], Role.CLIENT)
    assert [m.site_ref for m in plan.projects[0].milestones] == ["11", "12", "14"]


def test_a_project_that_was_not_looked_at_is_left_out() -> None:
    assert from_site([project("9")], {}, Role.CLIENT) == []


def test_what_the_journal_knows_keeps_its_key() -> None:
    claims = [Claim("1", "m5", RowKind.MILESTONE, "12", "created", "2026-12-01")]
    plan, _ = plan_of([WEBSITE], Role.FREELANCER, claims)
    assert [m.key for m in plan.projects[0].milestones] == ["design", "m5", "m3", "build"]
    assert kinds_of(plan, [WEBSITE], Role.FREELANCER, claims) == {ChangeKind.ADOPT, ChangeKind.KEEP}


def test_a_milestone_and_a_request_may_have_one_number() -> None:
    look = replace(
        WEBSITE, milestones=(stands("7", "Design", "1.00 USD"),), requests=(asked("7", "Build", "2.00 USD"),)
    )
    plan, _ = plan_of([look], Role.FREELANCER)
    assert [m.site_ref for m in plan.projects[0].milestones] == ["7", None]
    assert kinds_of(plan, [look], Role.FREELANCER) == {ChangeKind.ADOPT}


def test_what_a_plan_cannot_hold_is_ignored() -> None:
    look = replace(WEBSITE, milestones=(stands("1", "a", "0.50 USD"), stands("2", "b", "1.00 USD")), requests=())
    plan, _ = plan_of([look], Role.CLIENT)
    assert plan.projects[0].ignore == {"1"}
    assert [m.site_ref for m in plan.projects[0].milestones] == ["2"]
    many = [stands(str(n), "Week", "5.00 USD", State.RELEASED if n < 30 else State.FUNDED) for n in range(1, 231)]
    plan, _ = plan_of([replace(look, milestones=tuple(many))], Role.CLIENT)
    assert len(plan.projects[0].milestones) == 200
    assert plan.projects[0].ignore == {str(n) for n in range(1, 30)} | {"230"}


def test_a_note_says_whose_project_it_is() -> None:
    odd = project("3", "T\n[[project]]\x1b" + "x" * 99, bid=money("5.00 USD"))
    assert notes_from_site([EMPTY.project, odd])["2"] == "Nothing yet, ben, bid 250.00 USD"
    text = plan_toml("f", "ben", from_site([odd], {"3": Look(odd, NOW)}, Role.CLIENT), notes=notes_from_site([odd]))
    assert text.count("\n[[project]]\n") == 1


words = st.text(max_size=600)
rows = st.lists(
    st.tuples(st.integers(1, 40), words, st.integers(0, 10**11), st.sampled_from(MilestoneState)),
    max_size=8,
    unique_by=lambda row: row[0],
)


def site_project(number: int, title: str) -> SiteProject:
    return project(str(number), title)


@given(
    st.lists(st.tuples(rows, rows, words), max_size=3),
    st.sampled_from([Role.CLIENT, Role.FREELANCER]),
    st.sampled_from([LIMITS, PlanLimits()]),
)
@pytest.mark.filterwarnings("error")
def test_whatever_stands_nothing_would_be_made(
    sites: list[tuple[list[tuple[int, str, int, MilestoneState]], list[tuple[int, str, int, MilestoneState]], str]],
    role: Role,
    limits: PlanLimits,
) -> None:
    looks = []
    for number, (milestones, requests, title) in enumerate(sites, start=1):
        base = number * 1000
        looks.append(
            Look(
                site_project(number, title),
                NOW,
                tuple(SiteMilestone(str(base + n), d, Money(a, USD), s, s.value) for n, d, a, s in milestones),
                tuple(SiteRequest(str(base + 500 + n), d, Money(a, USD), s, s.value) for n, d, a, s in requests),
            )
        )
    if not looks:
        return
    plan, made = plan_of(looks, role, limits=limits)
    assert plan.projects == tuple(made)
    assert kinds_of(plan, looks, role) <= {ChangeKind.KEEP, ChangeKind.ADOPT}
    for look, planned in zip(looks, plan.projects, strict=True):
        standing = [m for m in look.milestones if m.state not in ENDED]
        if role is Role.FREELANCER:
            standing += [r for r in look.requests if r.state is State.REQUESTED]  # type: ignore[misc]
        refs = {m.site_ref for m in planned.milestones} | planned.ignore
        assert refs == {row.site_ref for row in standing}
        if not planned.skipped:
            assert planned.total.minor == sum(m.amount.minor for m in planned.milestones)
