"""Reading in a real browser: My Projects, looks, sessions, and what makes a look no look. Judged by the truth."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from assistant.errors import Ambiguous, CaptchaShown, CouldNotRead, LoginError, NotFound
from assistant.site import MilestoneState, ProjectStatus, Role
from flows.profile import Profile
from tests.flows.conftest import OpenSite, known
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COURSE = "38112267"
CHATBOT = "38112270"
WEDDING = "38112271"
INTRANET = "38112272"
TRAVEL = "38112275"
GARDEN = "38112278"
EMPTY = "38112233"


async def test_all_projects_of_a_client_are_listed_once(open_as: OpenSite, mock: MockPlatform) -> None:
    listed = await (await open_as()).projects()
    mine = {row["ref"]: row for row in mock.truth()["projects"] if row["client"] == "anna"}
    assert sorted(project.ref for project in listed) == sorted(mine)
    for project in listed:
        row = mine[project.ref]
        assert (project.title, project.currency) == (row["title"], row["currency"])
        assert project.url == mock.origin + row["url"]
    bids = {project.ref: project.bid.amount_text for project in listed if project.bid is not None}
    hourly = {row["ref"] for row in mine.values() if row["title"] == "Server maintenance, hourly"}
    assert bids == {ref: row["bid"] for ref, row in mine.items() if ref not in hourly}, "a rate is no total"
    assert {project.status for project in listed} >= {ProjectStatus.IN_PROGRESS, ProjectStatus.PAST}


async def test_listing_takes_one_page_load_per_twenty_projects(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    listed = await site.projects()
    assert len(listed) == 68
    assert site.page_loads == mock.truth()["page_loads"] == 1 + 4 + 3 + 1  # login; 63, 58 and 18 or fewer in twenties


@pytest.mark.parametrize("markup", ["table", "cards"])
async def test_a_freelancer_lists_the_work_view(open_as: OpenSite, mock: MockPlatform, markup: str) -> None:
    mock.knobs(list_markup=markup)
    listed = await (await open_as("ben", Role.FREELANCER)).projects()
    theirs = {row["ref"] for row in mock.truth()["projects"] if row["freelancer"] == "ben"}
    assert {project.ref for project in listed} == theirs
    assert {project.counterparty for project in listed} >= {"anna"}


async def test_an_account_without_projects_reads_as_none(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.reset(seed="empty")
    assert await (await open_as()).projects() == ()


async def test_titles_are_whole_whatever_they_hold(open_as: OpenSite, mock: MockPlatform) -> None:
    listed = {project.ref: project.title for project in await (await open_as()).projects()}
    titles = {row["ref"]: row["title"] for row in mock.truth()["projects"] if row["client"] == "anna"}
    assert listed == titles
    assert any("<" in title for title in listed.values())
    assert any(len(title) > 35 for title in listed.values())


@pytest.mark.parametrize("ref", [COURSE, CHATBOT, WEDDING, INTRANET, TRAVEL, GARDEN, EMPTY])
@pytest.mark.parametrize("markup", ["table", "cards"])
async def test_a_look_is_what_stands(open_as: OpenSite, mock: MockPlatform, ref: str, markup: str) -> None:
    mock.knobs(list_markup=markup)
    site = await open_as()
    before = site.page_loads
    look = await site.look(known(mock, ref))
    truth = mock.project(ref)
    stands = [row for row in truth["milestones"] if row["state"] != "cancelled"]  # such rows are gone after a new load
    assert [(m.site_ref, m.description, m.amount.amount_text, m.state) for m in look.milestones] == [
        (row["ref"], row["description"], row["amount"], row["state"]) for row in stands
    ]
    assert [(r.site_ref, r.description, r.amount.amount_text) for r in look.requests] == [
        (row["ref"], row["description"], row["amount"]) for row in truth["requests"]
    ]
    assert look.carts == ()
    assert {code: money.amount_text for code, money in look.balances.items()} == mock.truth()["balances"]["anna"]
    assert site.page_loads - before == 2  # the login page, and the payments page that it leads straight to
    await site.look(known(mock, ref))
    assert site.page_loads - before == 3 == mock.truth()["page_loads"]


@pytest.mark.parametrize("amounts", ["us", "plain", "indian"])
async def test_amounts_are_read_however_they_are_grouped(open_as: OpenSite, mock: MockPlatform, amounts: str) -> None:
    mock.knobs(amount_format=amounts)
    look = await (await open_as()).look(known(mock, COURSE))
    assert [m.amount.amount_text for m in look.milestones] == ["800.00", "1200.00", "1000.00"]


async def test_european_amounts_are_refused_unless_the_profile_says_so(
    open_as: OpenSite, mock: MockPlatform, profile: Profile
) -> None:
    mock.knobs(amount_format="european")
    with pytest.raises(CouldNotRead):
        await (await open_as()).look(known(mock, COURSE))
    marks = profile.hands.money.model_copy(update={"decimal": ",", "group": "."})
    european = replace(profile, hands=profile.hands.model_copy(update={"money": marks}))
    look = await (await open_as(profile=european)).look(known(mock, COURSE))
    assert [m.amount.amount_text for m in look.milestones] == ["800.00", "1200.00", "1000.00"]


async def test_a_word_that_no_rule_maps_is_unclear(open_as: OpenSite, mock: MockPlatform, profile: Profile) -> None:
    states = profile.rules.rules.states
    fewer = {raw: state for raw, state in states.milestones.items() if raw != "Disputed"}
    rules = profile.rules.rules.model_copy(update={"states": states.model_copy(update={"milestones": fewer})})
    lesser = replace(profile, rules=replace(profile.rules, rules=rules))
    look = await (await open_as(profile=lesser)).look(known(mock, CHATBOT))
    assert [(m.raw, m.state) for m in look.milestones if m.state is MilestoneState.UNCLEAR] == [
        ("Disputed", MilestoneState.UNCLEAR)
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "empty_list", "at": "project"},
        {"kind": "other_user", "at": "project"},
        {"kind": "http500", "at": "project"},
        {"kind": "error200", "at": "project"},
        {"kind": "drop", "at": "project"},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_what_was_not_seen_whole_was_not_read(
    open_as: OpenSite, mock: MockPlatform, fault: dict[str, str]
) -> None:
    site = await open_as()
    await site.look(known(mock, COURSE))
    mock.fault(when="before", times=3, **fault)
    with pytest.raises(CouldNotRead):
        await site.look(known(mock, COURSE))
    mock.reset()
    assert len((await site.look(known(mock, COURSE))).milestones) == 3


async def test_a_captcha_in_place_of_a_page_is_told_as_one(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await site.look(known(mock, COURSE))
    mock.fault(at="project", when="before", kind="captcha")
    with pytest.raises(CaptchaShown, match="instead of the payments"):
        await site.look(known(mock, COURSE))
    assert len((await site.look(known(mock, COURSE))).milestones) == 3


@pytest.mark.parametrize("kind", ["empty_list", "other_user", "http500"])
async def test_a_list_that_was_not_seen_whole_is_no_list(open_as: OpenSite, mock: MockPlatform, kind: str) -> None:
    site = await open_as()
    await site.ensure_login()
    mock.fault(at="list", when="before", kind=kind, times=5)
    with pytest.raises(CouldNotRead):
        await site.projects()


async def test_a_project_that_is_not_there_is_not_found(open_as: OpenSite, mock: MockPlatform) -> None:
    nowhere = replace(known(mock, COURSE), url=f"{mock.origin}/projects/website-design/No-such-project")
    with pytest.raises(NotFound):
        await (await open_as()).look(nowhere)


async def test_another_projects_page_is_not_the_projects(open_as: OpenSite, mock: MockPlatform) -> None:
    mixed_up = replace(known(mock, COURSE), url=known(mock, CHATBOT).url)
    with pytest.raises(CouldNotRead, match=CHATBOT):
        await (await open_as()).look(mixed_up)


async def test_a_session_that_ends_is_signed_in_again_and_lands_where_it_was(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    site = await open_as()
    await site.look(known(mock, COURSE))
    mock.fault(at="project", when="before", kind="logout", times=1)
    assert len((await site.look(known(mock, COURSE))).milestones) == 3


async def test_without_a_password_nothing_is_typed(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as(password=None)
    with pytest.raises(LoginError, match="no password"):
        await site.projects()
    assert await site.session_state() is None


async def test_a_kept_session_signs_in_by_itself(open_as: OpenSite, mock: MockPlatform) -> None:
    first = await open_as()
    await first.ensure_login()
    state = await first.session_state()
    assert state is not None
    assert await first.prove_session(state)
    second = await open_as(password=None, session_state=state)
    assert len((await second.look(known(mock, COURSE))).milestones) == 3
    mock.reset()
    assert not await first.prove_session(state)


async def test_a_title_opens_its_project_the_users_way(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    look = await site.open_by_title("Online course platform")
    assert (look.project.ref, len(look.milestones)) == (COURSE, 3)
    by_title = replace(known(mock, COURSE), ref="", url="")
    assert (await site.look(by_title)).project.ref == COURSE


async def test_twins_of_title_are_never_guessed_between(open_as: OpenSite) -> None:
    site = await open_as()
    with pytest.raises(Ambiguous, match=re.compile(r"38112254.*38112255")):
        await site.open_by_title("Blog articles")
    with pytest.raises(NotFound):
        await site.open_by_title("Blog article")


async def test_a_context_is_replaced_after_so_many_looks(
    open_as: OpenSite, mock: MockPlatform, profile: Profile
) -> None:
    short = replace(profile, hands=profile.hands.model_copy(update={"contexts_last": 2}))
    site = await open_as(profile=short)
    for _ in range(2):
        await site.look(known(mock, COURSE))
    first = site.tab
    await site.look(known(mock, COURSE))
    assert site.tab is not first
    assert site.page_loads == mock.truth()["page_loads"] == 4  # no second login


async def test_pictures_are_private_and_never_in_the_way(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as()
    await site.look(known(mock, COURSE))
    path = await site.picture("../../1 before/submit")
    assert path is not None
    assert path.parent.name == "evidence"
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    await site.tab.page.close()
    assert await site.picture("after") is None
    assert "after.jpg" in " ".join(site.notes)
