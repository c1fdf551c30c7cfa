"""Money steps in a real browser, over the versions of the site that the facts allow. Judged by the mock's truth."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import CouldNotRead, LiveRefused, Mismatch, OutcomeUnknown, SiteRefused
from assistant.money import Money
from assistant.site import MilestoneState, Role, SourceKind, Step, StepKind
from flows.browser import OwnedBrowser
from flows.evidence import Evidence
from flows.login import Credentials
from flows.profile import Dialog, Profile
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SITE = "38112233"
EUROS = "38112234"
YOGA = "38112236"
TRAVEL = "38112275"
OUTLINE = "5100001"
COURSE = "38112267"
STUDENTS = "41200002"


async def carry_out(site: BrowserSite, wanted: Step) -> None:
    """All steps of a change, as the head takes them."""
    if wanted.kind is not StepKind.CONFIRM:
        await site.prepare(wanted)
        submission = await site.submit(wanted)
        assert submission.trouble is None
        assert submission.left > 0
        if wanted.kind not in (StepKind.CREATE, StepKind.ACCEPT) or site.creating_pays:
            return
    cart = await site.cart(wanted)
    assert [(item.description, item.amount) for item in cart.items] == [(wanted.description, wanted.amount)]
    assert cart.project_ref == wanted.project.ref
    paid = await site.pay(cart)
    assert (paid.trouble, paid.left) == (None, 1)


KNOBS = ("create_label", "submit_label", "tab_name", "form", "list_markup", "path", "pay_label")
VERSIONS = [
    dict(zip(KNOBS, values, strict=True))
    for values in [
        ("Create Milestone", "Create Milestone", "Payments", "modal", "table", "cart", "Confirm Payment"),
        ("Create New Milestone", "Create", "Milestones", "inline", "cards", "cart", "Confirm and Pay"),
        ("Create", "Create", "Payments", "inline", "table", "direct", "Confirm Payment"),
        ("Create Milestone", "Create Milestone", "Milestones", "modal", "cards", "direct", "Confirm and Pay"),
        ("Create", "Create Milestone", "Milestones", "modal", "table", "cart", "Confirm and Pay"),
        ("Create New Milestone", "Create Milestone", "Payments", "inline", "cards", "direct", "Confirm Payment"),
    ]
]


@pytest.mark.parametrize("knobs", VERSIONS, ids=lambda knobs: "-".join(knobs.values()).replace(" ", "_"))
async def test_a_milestone_is_created_and_paid_once(
    open_as: OpenSite, mock: MockPlatform, knobs: dict[str, str]
) -> None:
    mock.knobs(**knobs)
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, 'Design & "layout" <1>', "1250.50 USD")
    assert (await site.look(wanted.project)).milestones == ()
    before = site.page_loads
    await carry_out(site, wanted)
    assert site.creating_pays is (knobs["path"] == "direct")
    look = await site.look(wanted.project)
    assert mock.milestones(SITE) == [('Design & "layout" <1>', "1250.50", "funded")]
    assert [(m.description, m.amount, m.state) for m in look.milestones] == [
        (wanted.description, wanted.amount, MilestoneState.FUNDED)
    ]
    assert look.balances["USD"] == Money.parse("23749.50 USD")
    assert [charge["amount"] for charge in mock.truth()["charges"]] == ["1250.50"]
    assert site.page_loads - before == (3 if knobs["path"] == "cart" else 1)
    assert site.breach is None


async def test_the_look_after_one_milestone_serves_the_next(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await site.look(known(mock, SITE))
    before = site.page_loads
    for number in range(1, 4):
        await carry_out(site, step(mock, StepKind.CREATE, SITE, f"Part {number}", "100.00 USD"))
        assert len((await site.look(known(mock, SITE))).milestones) == number
    assert site.page_loads - before == 3 * 3
    assert mock.milestones(SITE) == [(f"Part {number}", "100.00", "funded") for number in range(1, 4)]


async def test_prepare_submits_nothing_and_may_be_done_again(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.prepare(replace(wanted, description="Build"))
    assert (await site.submit(wanted)).left == 0  # it is not what was prepared last
    assert mock.truth()["money_requests"] == []
    assert (await site.submit(replace(wanted, description="Build"))).left == 0  # and a refusal spends it
    assert mock.truth()["money_requests"] == []


@pytest.mark.parametrize("form", ["modal", "inline"])
async def test_a_freelancer_asks_for_a_milestone(open_as: OpenSite, mock: MockPlatform, form: str) -> None:
    mock.knobs(form=form)
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST, SITE, "First part", "200.00 USD")
    before = (await site.look(wanted.project)) and site.page_loads
    await carry_out(site, wanted)
    look = await site.look(wanted.project)
    assert mock.requests(SITE) == [("First part", "200.00")]
    assert [(r.description, r.amount, r.state) for r in look.requests] == [
        ("First part", wanted.amount, MilestoneState.REQUESTED)
    ]
    assert site.page_loads - before == 1
    assert mock.milestones(SITE) == []


@pytest.mark.parametrize(("label", "path"), list(itertools.product(["Accept", "Create Milestone"], ["cart", "direct"])))
async def test_a_request_is_accepted_and_paid(open_as: OpenSite, mock: MockPlatform, label: str, path: str) -> None:
    mock.knobs(accept_label=label, path=path)
    site = await open_as()
    wanted = step(mock, StepKind.ACCEPT, TRAVEL, "Outline", "300.00 USD", request_ref=OUTLINE)
    await carry_out(site, wanted)
    assert mock.milestones(TRAVEL) == [("Outline", "300.00", "funded")]
    raw = {row["ref"]: row["raw"] for row in mock.project(TRAVEL)["requests"]}
    assert raw[OUTLINE] == "Created"
    assert len((await site.look(wanted.project)).milestones) == 1


async def test_a_request_that_changed_is_not_accepted(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    with pytest.raises(Mismatch, match=r"300\.00"):
        await site.prepare(step(mock, StepKind.ACCEPT, TRAVEL, "Outline", "250.00 USD", request_ref=OUTLINE))
    with pytest.raises(CouldNotRead):
        await site.prepare(step(mock, StepKind.ACCEPT, TRAVEL, "Outline", "300.00 USD", request_ref="999"))
    assert mock.truth()["money_requests"] == []


async def test_a_request_is_withdrawn(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.WITHDRAW, TRAVEL, "Outline", "300.00 USD", request_ref=OUTLINE)
    with pytest.raises(Mismatch):
        await site.prepare(replace(wanted, description="Something else"))
    await carry_out(site, wanted)
    assert {row["ref"]: row["raw"] for row in mock.project(TRAVEL)["requests"]}[OUTLINE] == "Deleted"
    assert OUTLINE not in {request.site_ref for request in (await site.look(wanted.project)).requests}


@pytest.mark.parametrize("markup", ["table", "cards"])
async def test_a_release_is_asked_for(open_as: OpenSite, mock: MockPlatform, markup: str) -> None:
    mock.knobs(list_markup=markup)
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST_RELEASE, COURSE, "Student area", "1200.00 USD", site_ref=STUDENTS)
    await carry_out(site, wanted)
    states = {row["ref"]: row["state"] for row in mock.project(COURSE)["milestones"]}
    assert states[STUDENTS] == "release_requested"
    with pytest.raises((CouldNotRead, SiteRefused)):
        await site.prepare(wanted)  # the button is there, and disabled


@pytest.mark.parametrize("steps", ["two", "one"])
async def test_one_milestone_is_released(open_as: OpenSite, mock: MockPlatform, steps: str) -> None:
    mock.knobs(release_steps=steps)
    site = await open_as()
    wanted = step(mock, StepKind.RELEASE, COURSE, "Student area", "1200.00 USD", site_ref=STUDENTS)
    await site.prepare(wanted)
    assert mock.truth()["money_requests"] == []
    assert (await site.submit(wanted)).trouble is None
    states = {row["ref"]: row["state"] for row in mock.project(COURSE)["milestones"]}
    assert states == {"41200001": "released", STUDENTS: "released", "41200003": "release_requested"}


@pytest.mark.parametrize("steps", ["two", "one"])
async def test_a_part_is_released(open_as: OpenSite, mock: MockPlatform, steps: str) -> None:
    mock.knobs(release_steps=steps)
    site = await open_as()
    whole = Money.parse("1200.00 USD")
    part = step(mock, StepKind.RELEASE, COURSE, "Student area", "200.50 USD", site_ref=STUDENTS, whole=whole)
    await site.prepare(part)
    assert (await site.submit(part)).trouble is None
    rows = {row["amount"]: row["state"] for row in mock.project(COURSE)["milestones"]}
    assert (rows["200.50"], rows["999.50"], rows["1200.00"]) == ("released", "funded", "cancelled")


async def test_a_release_of_another_amount_is_left(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    with pytest.raises(Mismatch):
        await site.prepare(step(mock, StepKind.RELEASE, COURSE, "Student area", "600.00 USD", site_ref=STUDENTS))
    assert mock.truth()["money_requests"] == []


@pytest.mark.parametrize(("steps", "rewrite"), [("one", "round"), ("one", "thousands"), ("two", "round")])
async def test_a_release_whose_amount_the_page_rewrites_is_left(
    open_as: OpenSite, mock: MockPlatform, steps: str, rewrite: str
) -> None:
    mock.knobs(release_steps=steps, rewrite_amount=rewrite)
    site = await open_as()
    whole = Money.parse("1200.00 USD")
    part = step(mock, StepKind.RELEASE, COURSE, "Student area", "1100.50 USD", site_ref=STUDENTS, whole=whole)
    with pytest.raises(Mismatch, match=r"the form holds the amount|does not name the amount"):
        await site.prepare(part)
    assert mock.truth()["money_requests"] == []


async def test_an_unpaid_cart_is_seen_and_resumed(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    look = await site.look(wanted.project)
    assert [(cart.description, cart.amount, cart.charged) for cart in look.carts] == [("Design", wanted.amount, False)]
    assert look.milestones == ()
    confirm = replace(wanted, kind=StepKind.CONFIRM, cart_url=look.carts[0].url)
    await carry_out(site, confirm)
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]
    again = await site.cart(confirm)
    assert again.charged
    assert (await site.pay(again)).left == 0
    assert len(mock.truth()["charges"]) == 1


async def test_a_source_is_chosen_and_its_fees_are_read(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    cart = await site.cart(wanted)
    assert [(source.kind, source.verified, source.currency) for source in cart.sources] == [
        (SourceKind.BALANCE, True, "USD"),
        (SourceKind.BALANCE, True, "EUR"),
        (SourceKind.BILLING_AGREEMENT, True, None),
        (SourceKind.OTHER, False, None),
    ]
    by_card = await site.choose(cart.sources[2])
    assert by_card.selected == replace(cart.sources[2], selected=True)
    assert [(fee.name, fee.amount.amount_text) for fee in by_card.fees] == [("Processing Fee", "11.80")]
    assert by_card.total == Money.parse("511.80 USD")
    assert (await site.pay(cart)).trouble is not None  # it was read before another source was chosen
    assert mock.truth()["charges"] == []
    assert (await site.pay(by_card)).trouble is None
    charge = mock.truth()["charges"][0]
    assert (charge["amount"], charge["source"]) == ("511.80", "card:4242")


@pytest.mark.parametrize("path", ["cart", "direct"])
@pytest.mark.parametrize(
    ("login", "sources"),
    [
        ("nofunds-nora", []),
        ("unverified-uma", [(SourceKind.OTHER, False, False)]),
        ("card-cody", [(SourceKind.BILLING_AGREEMENT, True, True)]),
        ("euro-otto", [(SourceKind.BALANCE, True, True)]),
    ],
)
async def test_what_can_pay_is_told_whoever_pays(
    open_as: OpenSite, mock: MockPlatform, login: str, path: str, sources: list[tuple[SourceKind, bool, bool]]
) -> None:
    """Without funds the direct path leads to a cart as well; then creating does not pay."""
    mock.knobs(path=path)
    site = await open_as(login)
    row = next(row for row in mock.truth()["projects"] if row["client"] == login)
    wanted = step(mock, StepKind.CREATE, row["ref"], "Design", "100.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    assert not site.creating_pays
    cart = await site.cart(wanted)
    assert [(source.kind, source.verified, source.selected) for source in cart.sources] == sources
    assert cart.project_ref == row["ref"]
    if any(selected for _, _, selected in sources):
        assert (await site.pay(cart)).trouble is None
        assert mock.milestones(row["ref"]) == [("Design", "100.00", "funded")]
    else:
        assert (await site.pay(cart)).left == 0
        assert mock.milestones(row["ref"]) == []


@pytest.mark.parametrize(
    "noise", [{"live": "sse"}, {"telemetry": "on"}, {"latency": "150"}, {"toast": "off"}, {"live": "off"}], ids=str
)
async def test_noise_changes_nothing(open_as: OpenSite, mock: MockPlatform, noise: dict[str, str]) -> None:
    mock.knobs(**noise)
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    assert (await site.submit(wanted)).trouble is None
    assert (await site.pay(await site.cart(wanted))).trouble is None
    assert len((await site.look(wanted.project)).milestones) == 1
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]


async def test_a_declined_card_is_quoted_and_nothing_is_paid(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(card="declined")
    site = await open_as("card-cody")
    row = next(row for row in mock.truth()["projects"] if row["client"] == "card-cody")
    wanted = step(mock, StepKind.CREATE, row["ref"], "Design", "100.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    submission = await site.pay(await site.cart(wanted))
    assert submission.site_message
    assert mock.truth()["charges"] == []


async def test_a_project_in_euros_is_paid_in_euros(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, EUROS, "Logo", "300.00 EUR")
    await carry_out(site, wanted)
    assert mock.milestones(EUROS) == [("Logo", "300.00", "funded")]


async def test_another_currency_than_the_forms_is_a_mismatch(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, EUROS, "Logo", "300.00 USD")
    with pytest.raises(Mismatch, match="EUR"):
        await site.prepare(wanted)


async def test_the_sites_own_validation_is_told(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    with pytest.raises(SiteRefused) as refused:
        await site.prepare(step(mock, StepKind.CREATE, SITE, "Design", "0.50 USD"))
    assert refused.value.site_message == "Invalid amount specified"
    assert mock.truth()["money_requests"] == []


@pytest.mark.parametrize("rewrite", ["thousands", "round", "misparse"])
async def test_a_form_that_rewrites_the_amount_is_left(open_as: OpenSite, mock: MockPlatform, rewrite: str) -> None:
    mock.knobs(rewrite_amount=rewrite)
    site = await open_as()
    with pytest.raises((Mismatch, SiteRefused)):
        await site.prepare(step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD"))
    assert mock.truth()["money_requests"] == []


async def test_a_description_that_the_form_cuts_is_left(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    with pytest.raises((Mismatch, SiteRefused)):
        await site.prepare(step(mock, StepKind.CREATE, SITE, "x" * 101, "500.00 USD"))


@pytest.mark.parametrize(
    ("login", "says"),
    [("profile-pia", "completes their profile"), ("escrow-esther", "Escrow.com"), ("limited-lena", "")],
)
async def test_a_site_that_says_no_is_quoted(open_as: OpenSite, mock: MockPlatform, login: str, says: str) -> None:
    site = await open_as(login)
    row = next(row for row in mock.truth()["projects"] if row["client"] == login)
    wanted = step(mock, StepKind.CREATE, row["ref"], "Design", f"100.00 {row['currency']}")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert says in (submission.site_message or "")
    assert submission.request_id or says
    assert submission.refused is bool(says)
    assert mock.milestones(row["ref"]) == []


async def test_the_page_that_sends_twice_sends_once(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(path="direct")
    mock.fault(at="milestone.create", when="before", kind="twice", times=9)
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert "held back" in (submission.trouble or "")
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]


async def test_a_payment_that_the_page_sends_twice_is_charged_once(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(cart_guard="off")
    mock.fault(at="cart.process", when="before", kind="twice", times=9)
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    await site.pay(await site.cart(wanted))
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]
    assert len(mock.truth()["charges"]) == 1


async def test_a_redirected_money_request_is_a_breach_and_stops_the_run(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(redirect_307="on")
    site = await open_as("ben", Role.FREELANCER)
    wanted = step(mock, StepKind.REQUEST, SITE, "First part", "200.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert "redirect" in (submission.trouble or "")
    assert site.breach is not None
    with pytest.raises(OutcomeUnknown):
        await site.prepare(wanted)
    assert mock.requests(SITE) == [("First part", "200.00")]  # the gate cannot hold it; the look will find it


MORE = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("http500", "hang", "logout")]
"""Faults that the matrix in tests/faults tries as well, with runs around them."""


@pytest.mark.parametrize("kind", ["drop", "error200", *MORE])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("path", ["cart", "direct"])
async def test_no_fault_at_create_raises_or_doubles(
    open_as: OpenSite, mock: MockPlatform, profile: Profile, kind: str, when: str, path: str
) -> None:
    mock.knobs(path=path)
    site = await open_as(profile=profile.with_waits(act=3.0))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    mock.fault(at="milestone.create", when=when, kind=kind, seconds=4)
    submission = await site.submit(wanted)
    assert submission.left > 0
    assert not submission.refused
    if not (submission.trouble or submission.site_message):  # the click went through, and the session was lost after it
        assert (kind, when, path) == ("logout", "after", "cart")
        with pytest.raises(CouldNotRead):
            await site.cart(wanted)
    look = await site.look(wanted.project)
    assert len(mock.milestones(SITE)) == len(look.milestones) == (when == "after" and path == "direct")


@pytest.mark.parametrize("kind", ["drop", "error200", *MORE])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_no_fault_at_payment_raises_or_doubles(
    open_as: OpenSite, mock: MockPlatform, profile: Profile, kind: str, when: str
) -> None:
    site = await open_as(profile=profile.with_waits(act=3.0))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    cart = await site.cart(wanted)
    mock.fault(at="cart.process", when=when, kind=kind, seconds=4)
    submission = await site.pay(cart)
    assert submission.left > 0
    assert submission.trouble or submission.site_message
    look = await site.look(wanted.project)
    assert len(mock.milestones(SITE)) == len(look.milestones) == len(mock.truth()["charges"]) == (when == "after")
    assert len(look.carts) == (when == "before")


async def test_each_write_arrives_once(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await carry_out(site, step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD"))
    assert [(row["method"], row["path"].rstrip("/")) for row in mock.truth()["money_requests"]] == [
        ("POST", "/api/projects/0.1/milestone_drafts"),
        ("POST", "/api/payments/0.1/carts"),
        ("POST", "/api/payments/0.1/carts/7300001/cart_items"),
        ("PUT", "/api/payments/0.1/carts/7300001"),
    ]


def _asking(profile: Profile, *dialogs: Dialog) -> Profile:
    return replace(profile, hands=profile.hands.model_copy(update={"dialogs": dialogs}))


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        (r"Really pay (?P<amount>.*)\?", True),
        (r"Really pay", True),
        (r"Something else", False),
    ],
)
async def test_a_dialog_is_accepted_only_if_the_profile_names_it(
    open_as: OpenSite, mock: MockPlatform, profile: Profile, text: str, *, accepted: bool
) -> None:
    mock.knobs(path="direct", confirm_dialog="Really pay {amount}?")
    site = await open_as(profile=_asking(profile, Dialog(step="create", text=text)))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.left > 0) is accepted
    assert (submission.trouble is None) is accepted
    assert len(mock.milestones(SITE)) == accepted


async def test_a_dialog_with_another_amount_is_dismissed(
    open_as: OpenSite, mock: MockPlatform, profile: Profile
) -> None:
    mock.knobs(path="direct", confirm_dialog="Really pay $5,000.00 USD?")
    site = await open_as(profile=_asking(profile, Dialog(step="create", text=r"Really pay (?P<amount>.*)\?")))
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.left, mock.milestones(SITE)) == (0, [])
    assert "5,000.00" in (submission.trouble or "")


async def test_no_money_step_on_a_site_that_is_not_a_mock(
    owned_browser: OwnedBrowser, profile: Profile, tmp_path: Path, mock: MockPlatform
) -> None:
    live = BrowserSite(
        profile, owned_browser, Credentials("anna"), Role.CLIENT, profile.rules.origins[0], Evidence(tmp_path)
    )
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    with pytest.raises(LiveRefused):
        await live.prepare(wanted)
    with pytest.raises(LiveRefused):
        await live.cart(wanted)
