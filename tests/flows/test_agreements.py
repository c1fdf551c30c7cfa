"""The kind of site where the freelancer proposes, the client agrees, and one pool pays: driven by its profile alone.

Server-rendered pages without scripts, a form of two pages, amounts with commas. Judged by the mock platform's truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import CouldNotRead, Mismatch, SiteRefused
from assistant.platform import find_profile
from assistant.single import SingleKind
from assistant.site import MilestoneState, Role, Step, StepKind
from assistant.switches import why_not_driven, why_not_released
from flows.doctor.findings import Found
from flows.doctor.walk import Walk
from flows.profile import Profile, load_profile
from tests.faults.desk import Desk
from tests.flows.conftest import OpenSite, known, step
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
WEBSITE, COURSE = "38112233", "38112237"
PLAN = f"""
[[project]]
ref = "{WEBSITE}"
total = "1250.50 USD"
split = "2 x 50%"
"""
PARTS = [("Milestone 1 of 2", "625.25"), ("Milestone 2 of 2", "625.25")]


@pytest.fixture(scope="module")
def mock_process() -> Iterator[MockPlatform]:
    with MockPlatform.serve("--kind", "agreements", "--seed", "small") as mock:
        yield mock


@pytest.fixture
def mock(mock_process: MockPlatform) -> MockPlatform:
    mock_process.reset(seed="small")
    return mock_process


@pytest.fixture
def profile() -> Profile:
    return load_profile("mock-agreements").with_waits(load=15.0, read=5.0, act=8.0)


def agreed(mock: MockPlatform, amount: str = "100.00") -> str:
    """A milestone of Milestone 1 that both sides have agreed to; its ref."""
    mock.act("add", project=WEBSITE, what="milestone", amount=amount, description="Design")
    return str(mock.project(WEBSITE)["milestones"][-1]["ref"])


def deposited(mock: MockPlatform, ref: str = WEBSITE) -> str:
    return str(mock.project(ref)["pool"]["deposited"])


# --- one step at a time -----------------------------------------------------------------------------------------------


async def test_a_look_tells_what_the_pool_covers(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    look = await site.look(known(mock, COURSE))
    states = [(row.raw, row.state) for row in look.milestones]
    assert states == [
        ("Paid", MilestoneState.RELEASED),
        ("Agreed", MilestoneState.FUNDED),
        ("Invoiced", MilestoneState.RELEASE_REQUESTED),
    ]
    assert look.pool is not None
    assert (str(look.pool.deposited), dict(look.pool.lacks)) == ("3000.00 USD", {})
    assert {code: str(held) for code, held in look.balances.items()} == {"EUR": "4000.00 EUR", "USD": "25000.00 USD"}
    assert [str(project.bid) for project in await site.projects()][:2] == ["2500.00 USD", "900.00 EUR"]


async def test_a_proposal_goes_through_both_pages_and_nothing_is_sent_before_the_last(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST, WEBSITE, "Design & layout, “first”", "1250.50 USD")
    await site.prepare(wanted)
    assert mock.requests(WEBSITE) == []
    submission = await site.submit(wanted)
    assert (submission.left, submission.trouble) == (1, None)
    assert mock.requests(WEBSITE) == [("Design & layout, “first”", "1250.50")]


async def test_what_the_first_page_does_not_take_is_refused_in_the_site_s_words(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as("ben", Role.FREELANCER)
    with pytest.raises(SiteRefused) as raised:
        await site.prepare(step(mock, StepKind.REQUEST, WEBSITE, "Design", "0.50 USD"))
    assert "Invalid amount" in (raised.value.site_message or "")
    assert mock.requests(WEBSITE) == []


async def test_money_is_paid_in_only_for_the_milestone_that_the_pool_wants_next(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    first = agreed(mock)
    second = agreed(mock, "70.00")
    site = await open_as()
    out_of_turn = step(mock, StepKind.CONFIRM, WEBSITE, "Design", "70.00 USD", site_ref=second)
    with pytest.raises(Mismatch, match=f"#{first} lacks 100.00 USD"):
        await site.cart(out_of_turn)
    cart = await site.cart(step(mock, StepKind.CONFIRM, WEBSITE, "Design", "100.00 USD", site_ref=first))
    assert (str(cart.total), str(cart.deposited), cart.project_ref) == ("100.00 USD", "0.00 USD", WEBSITE)
    assert [(source.label, source.verified) for source in cart.sources][-1] == ("PayPal (unverified)", False)
    paid = await site.pay(cart)
    assert (paid.left, paid.trouble, deposited(mock)) == (1, None, "100.00")


async def test_a_form_of_another_project_is_not_filled(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST, WEBSITE, "Design", "100.00 USD")
    await site.look(wanted.project)
    link = site.tab.page.get_by_role("link", name="Propose a milestone")
    await link.evaluate("(link) => { link.href = '/jobs/38112236/agreement/add'; }")
    with pytest.raises(CouldNotRead, match="is not one of project 38112233"):
        await site.prepare(wanted)
    assert mock.requests("38112236") == []


# --- the whole way ----------------------------------------------------------------------------------------------------


@pytest.fixture
def desks(mock: MockPlatform, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Ben's and Anna's, with the same plan. The platform is one of their own config folders, under another name."""
    text = find_profile("mock-agreements", None)[0].read_text(encoding="utf-8")
    own = text.replace('name = "mock-agreements"', 'name = "handshake"')
    both = tuple(
        Desk(tmp_path / login, mock, login, PLAN, profile=own, platform="handshake") for login in ("ben", "anna")
    )
    yield both[0], both[1]
    for desk in both:
        desk.close()


async def test_from_a_proposal_to_the_money_and_an_invoice_that_pays_itself(
    mock: MockPlatform, desks: tuple[Desk, Desk]
) -> None:
    ben, anna = desks
    blocked = anna.apply()
    assert (blocked.code, "the freelancer puts it up: ask them" in blocked.said) == (2, True)
    assert ben.apply().code == 0
    assert mock.requests(WEBSITE) == PARTS
    assert anna.apply().code == 0
    assert [row["state"] for row in mock.project(WEBSITE)["milestones"]] == ["awaiting_payment"] * 2
    assert mock.truth()["charges"] == []
    mock.act("fund", project=WEBSITE, amount="700.00")  # by hand: the first one, and a part of the second
    paid = anna.apply()
    assert (paid.code, [str(total) for total in paid.preview.totals.values()]) == (0, ["550.50 USD"])  # type: ignore[union-attr]
    assert mock.milestones(WEBSITE) == [(*part, "funded") for part in PARTS]
    assert deposited(mock) == "1250.50"
    assert [attempt.state.value for attempt in anna.attempts()] == ["done"] * 3
    first, second = (row["ref"] for row in mock.project(WEBSITE)["milestones"])
    for ref in (first, second):
        mock.act("request_release", milestone=ref)
    mock.act("release", milestone=first)  # nobody has pressed anything: its days were over
    assert anna.release(SingleKind.RELEASE, WEBSITE, "m2").code == 0
    assert mock.project(WEBSITE)["pool"] == {"deposited": "1250.50", "left": "0.00"}
    for desk in desks:
        again = desk.apply()
        assert (again.code, again.run) == (0, None)
        assert {change.kind.value for change in again.preview.changes} == {"keep"}  # type: ignore[union-attr]
    assert "m1: 625.25 USD was released" in findings(anna)


def findings(desk: Desk) -> str:
    """What a check would tell by what the journal holds."""
    from assistant.checks.stock import take_stock
    from assistant.clock import now

    stock = take_stock(desk.journal, desk.work.account, [desk.plan], desk.work.settings.check, now())
    return "; ".join(f"{one.key}: {one.seen}" for one in stock.findings)


async def test_nothing_of_it_is_ever_live(profile: Profile) -> None:
    rules = profile.rules
    assert rules.mock_only
    assert not rules.is_allowed("https://handshake.example")
    assert [why_not_driven(rules, role, live=False) for role in Role] == [None, None]
    assert why_not_released(rules) is None
    assert "send an invoice first" in (why_not_released(rules, MilestoneState.FUNDED) or "")


async def test_a_withdrawal_and_an_invoice_are_buttons_on_rows(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.act("add", project=WEBSITE, what="request", amount="80.00", description="Logo")
    ref, line = mock.project(WEBSITE)["requests"][0]["ref"], agreed(mock)
    site = await open_as("ben", Role.FREELANCER)
    for kind, more in ((StepKind.WITHDRAW, {"request_ref": ref}), (StepKind.REQUEST_RELEASE, {"site_ref": line})):
        about = ("Logo", "80.00 USD") if kind is StepKind.WITHDRAW else ("Design", "100.00 USD")
        wanted: Step = step(mock, kind, WEBSITE, *about, **more)
        await site.prepare(wanted)
        assert (await site.submit(wanted)).trouble is None
    project = mock.project(WEBSITE)
    assert (project["requests"][0]["raw"], project["milestones"][0]["raw"]) == ("Withdrawn", "Invoiced")


async def test_the_doctor_looks_at_both_sides_forms_and_sends_nothing(open_as: OpenSite, mock: MockPlatform) -> None:
    agreed(mock)
    for login, role, seen in (
        ("anna", Role.CLIENT, ("hands", "cart", "pay_in", "go_on", "find")),
        ("ben", Role.FREELANCER, ("hands", "request", "stages", 0, "go_on", "find")),
    ):
        walk = Walk(await open_as(login, role), lambda *told: None)
        await walk.around()
        assert walk.findings.broken == []
        assert walk.findings.facts[seen].found is Found.ONE
    assert mock.truth()["money_requests"] == []
