"""A kind of site unlike the first, driven by its profile alone: one page, cards, a form in stages, dialogs that pay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.errors import CouldNotRead, LoginError, MilepostError, Mismatch, Refused
from assistant.platform import find_profile
from assistant.site import MilestoneState, Role, Step, StepKind
from flows.doctor.walk import Walk
from flows.profile import Dialog, Profile, load_profile
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.flows.test_money_steps import COURSE, SITE, TRAVEL
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(scope="module")
def mock_process() -> Iterator[MockPlatform]:
    with MockPlatform.serve("--kind", "cards") as mock:
        yield mock


@pytest.fixture
def profile() -> Profile:
    return load_profile("mock-cards").with_waits(load=15.0, read=6.0, act=8.0)


@pytest.fixture
def hasty(profile: Profile) -> Profile:
    """The profile with deadlines for what will not come."""
    return profile.with_waits(read=3.0, act=4.0)


async def put_up(site: BrowserSite, wanted: Step) -> None:
    """Put a milestone up, which takes no money."""
    await site.look(wanted.project)
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.left, submission.trouble) == (1, None)
    assert site.creating_pays  # in the sense that nothing follows: there is no cart


def confirm(mock: MockPlatform, ref: str, number: int = -1) -> Step:
    """The step that pays for a milestone that stands."""
    row = mock.project(ref)["milestones"][number]
    code = mock.project(ref)["currency"]
    return step(mock, StepKind.CONFIRM, ref, row["description"], f"{row['amount']} {code}", site_ref=row["ref"])


async def test_cards_are_read_whole_over_all_pages_and_each_look_is_one_document(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as()
    listed = {project.ref: project for project in await site.projects()}
    assert set(listed) == {p["ref"] for p in mock.truth()["projects"] if p["client"] == "anna"}
    assert (listed[SITE].title, listed[SITE].counterparty) == ("Artist marketplace website", "ben")
    assert listed[SITE].url == f"{mock.origin}/contracts/{SITE}"
    before = site.page_loads
    look = await site.look(listed[COURSE])
    truth = mock.project(COURSE)["milestones"]
    assert [(m.site_ref, m.description, m.state, m.raw) for m in look.milestones] == [
        (m["ref"], m["description"], m["state"], m["raw"]) for m in truth
    ]
    assert look.balances["USD"].amount_text == mock.truth()["balances"]["anna"]["USD"]
    assert site.page_loads == before + 1
    assert site.page_loads == mock.truth()["page_loads"]
    assert [note for note in site.notes if "candidate" in note] == []


async def test_a_milestone_is_put_up_in_three_stages_and_paid_for_behind_its_card(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as()
    wanted = replace(step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD"), due=date(2027, 3, 1))
    await put_up(site, wanted)
    assert mock.milestones(SITE) == [("Design", "1250.50", "awaiting_payment")]
    assert mock.truth()["charges"] == []
    look = await site.look(wanted.project)
    assert [row.state for row in look.milestones] == [MilestoneState.AWAITING_PAYMENT]
    said = await site.tab.page.locator(f'[data-milestone="{look.milestones[0].site_ref}"]').inner_text()
    assert "2027-03-01" in said  # the plan's date, in a field that only this kind of site has
    cart = await site.cart(confirm(mock, SITE))
    assert (str(cart.total), cart.project_ref) == ("1250.50 USD", SITE)
    paid = await site.pay(cart)
    assert (paid.left, paid.trouble) == (1, None)
    assert mock.milestones(SITE) == [("Design", "1250.50", "funded")]
    assert [charge["amount"] for charge in mock.truth()["charges"]] == ["1250.50"]


async def test_the_session_lives_in_local_storage_and_signs_in_by_itself(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await site.ensure_login()
    state = await site.session_state()
    assert state is not None
    assert state["cookies"] == []
    assert [entry["name"] for entry in state["origins"][0]["localStorage"]] == ["gigdeck.session"]
    assert await site.prove_session(state)
    again = await open_as(password=None, session_state=state)
    await again.look(known(mock, SITE))
    mock.fault(at="project", when="before", kind="logout")
    with pytest.raises(LoginError):  # the page itself finds out, and goes to the login by its script
        await again.look(known(mock, SITE))


@pytest.mark.parametrize("kind", ["other_user", "empty_list", "captcha", "error200", "drop"])
async def test_what_the_script_could_not_draw_whole_was_not_read(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, kind: str
) -> None:
    site = await open_as(profile=hasty)
    await site.ensure_login()
    mock.fault(at="project", when="before", kind=kind)
    with pytest.raises(MilepostError) as raised:
        await site.look(known(mock, COURSE))
    assert isinstance(raised.value, LoginError if kind == "captcha" else CouldNotRead)
    assert len((await site.look(known(mock, COURSE))).milestones) == 3


async def test_only_the_one_whose_turn_it_is_can_be_paid_for(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile
) -> None:
    for name in ("First", "Second"):
        mock.act("add", project=SITE, amount="50.00", description=name)
    site = await open_as(profile=hasty)
    with pytest.raises(MilepostError):
        await site.cart(confirm(mock, SITE))
    assert mock.truth()["money_requests"] == []


async def test_a_price_that_changed_since_the_approval_is_not_paid(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.act("add", project=SITE, amount="50.00", description="Design")
    site = await open_as()
    wanted = confirm(mock, SITE)
    await site.look(wanted.project)
    mock.act("edit", milestone=wanted.site_ref, amount="55.00")
    with pytest.raises(Mismatch, match=r"55\.00"):
        await site.cart(wanted)
    assert mock.truth()["money_requests"] == []


async def test_a_form_that_rounds_is_caught_before_it_is_sent_and_one_that_does_it_silently_before_it_is_paid(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD")
    mock.knobs(rewrite_amount="round")
    await site.look(wanted.project)
    with pytest.raises(Mismatch, match=r"1251|1250"):
        await site.prepare(wanted)
    assert mock.truth()["money_requests"] == []
    mock.knobs(rewrite_amount="silent")
    await put_up(site, wanted)
    made = mock.project(SITE)["milestones"][0]
    assert made["amount"] in ("1250.00", "1251.00")
    with pytest.raises(Mismatch):
        await site.cart(replace(wanted, kind=StepKind.CONFIRM, site_ref=made["ref"]))
    assert mock.truth()["charges"] == []


@pytest.mark.parametrize(("asked", "paid"), [("Really pay {amount}?", True), ("Really pay $50.00 USD?", False)])
async def test_a_question_of_the_browser_is_answered_for_the_approved_amount_alone(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, asked: str, *, paid: bool
) -> None:
    mock.act("add", project=SITE, amount="1250.50", description="Design")
    mock.knobs(confirm_dialog=asked)
    asks = (*hasty.hands.dialogs, Dialog(step="pay", text=r"^Really pay (?P<amount>.*)\?$"))
    site = await open_as(profile=replace(hasty, hands=hasty.hands.model_copy(update={"dialogs": asks})))
    submission = await site.pay(await site.cart(confirm(mock, SITE)))
    assert (submission.left > 0) is paid
    assert mock.milestones(SITE) == [("Design", "1250.50", "funded" if paid else "awaiting_payment")]


@pytest.mark.parametrize("drift", ["create_button", "description_label", "submit_button", "row_id"])
async def test_a_page_that_no_longer_fits_its_profile_stops_the_step_before_anything_is_sent(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, drift: str
) -> None:
    mock.act("add", project=SITE, amount="10.00", description="Seen")
    mock.knobs(drift=drift)
    site = await open_as(profile=hasty)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "250.00 USD")
    with pytest.raises((CouldNotRead, Mismatch)):
        await site.prepare(wanted)
    assert mock.truth()["money_requests"] == []


@pytest.mark.parametrize("drift", ["pay_button", "pay_twice", "dialog_stays"])
async def test_a_dialog_that_changed_pays_nothing_and_one_that_stays_open_is_settled_by_the_look(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, drift: str
) -> None:
    mock.act("add", project=SITE, amount="50.00", description="Design")
    mock.knobs(drift=drift)
    site = await open_as(profile=hasty)
    wanted = confirm(mock, SITE)
    paid = await site.pay(await site.cart(wanted))
    stays = drift == "dialog_stays"
    assert (paid.left, bool(paid.trouble)) == (int(stays), True)
    look = await site.look(wanted.project)
    assert look.milestones[0].state is (MilestoneState.FUNDED if stays else MilestoneState.AWAITING_PAYMENT)
    assert len(mock.truth()["charges"]) == stays


async def test_work_is_handed_in_and_approved_and_nothing_else_can_be_asked_for(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    mock.act("add", project=SITE, amount="50.00", description="Design")
    row = mock.project(SITE)["milestones"][0]
    mock.act("fund", milestone=row["ref"])
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST_RELEASE, SITE, "Design", "50.00 USD", site_ref=row["ref"])
    assert (await site.look(wanted.project)).milestones[0].state is MilestoneState.FUNDED
    await site.prepare(wanted)
    assert (await site.submit(wanted)).trouble is None
    assert mock.milestones(SITE) == [("Design", "50.00", "release_requested")]
    client = await open_as()
    wanted = replace(wanted, kind=StepKind.RELEASE)
    await client.look(wanted.project)
    await client.prepare(wanted)
    assert (await client.submit(wanted)).trouble is None
    assert mock.milestones(SITE) == [("Design", "50.00", "released")]
    with pytest.raises(Refused, match="how a milestone is asked for"):
        await site.prepare(step(mock, StepKind.REQUEST, SITE, "More", "20.00 USD"))


FIVE = {
    "status_column": "hands.projects.lists.projects.fields.status",
    "payments_tab": "hands.payments_tab",
    "created_heading": "hands.payments.lists.milestones.headings",
    "amount_column": "hands.payments.lists.milestones.fields.amount",
    "create_button": "hands.create.open.find",
}


@pytest.mark.slow
async def test_the_doctor_walks_it_and_names_just_what_is_broken(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, tmp_path: Path
) -> None:
    mock.act("add", project=SITE, amount="50.00", description="Design")

    async def broken(profile: Profile) -> tuple[set[str], Walk]:
        walk = Walk(await open_as(profile=profile), lambda *_: None, [known(mock, ref).url for ref in (SITE, TRAVEL)])
        await walk.around()
        assert mock.truth()["money_requests"] == []
        return {entry.field for entry in walk.findings.broken}, walk

    found, walk = await broken(hasty)
    assert found == set()
    facts = {entry.field: entry for entry in walk.findings.facts.values()}
    assert facts["hands.cart.open.button.find"].found == facts["hands.create.description"].found == "one"
    assert (facts["hands.create.amount"].behind, facts["hands.cart.pay.find"].behind) == ("Next", "Fund")

    mock.knobs(drift=",".join(FIVE))
    found, walk = await broken(hasty)
    assert found == set(FIVE.values())
    file = tmp_path / "platforms" / "mock-cards.toml"
    file.parent.mkdir()
    file.write_text(walk.findings.override(hasty.files.data))
    mended = load_profile("mock-cards", tmp_path).with_waits(load=15.0, read=5.0, act=8.0)
    assert (await broken(mended))[0] == set()


async def test_the_same_file_drives_the_site_from_a_users_own_folder_under_another_name(
    open_as: OpenSite, mock: MockPlatform, tmp_path: Path
) -> None:
    text = find_profile("mock-cards", None)[0].read_text(encoding="utf-8")
    own = tmp_path / "platforms" / "my-gigs.toml"
    own.parent.mkdir()
    own.write_text(text.replace('name = "mock-cards"', 'name = "my-gigs"'), encoding="utf-8")
    assert find_profile("my-gigs", tmp_path) == [own]
    site = await open_as(profile=load_profile("my-gigs", tmp_path))
    assert SITE in {project.ref for project in await site.projects()}
    await put_up(site, step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD"))
    await site.pay(await site.cart(confirm(mock, SITE)))
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]
