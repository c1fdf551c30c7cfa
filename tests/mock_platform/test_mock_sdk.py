"""The platform's official client against the mock, beside a browser: an outside reader keeps the mock honest."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from freelancersdk.resources.projects import projects as sdk
from freelancersdk.resources.projects.exceptions import (
    MilestoneNotCreatedException,
    MilestoneNotReleasedException,
    MilestoneNotRequestedReleaseException,
    MilestoneRequestNotAcceptedException,
    MilestonesNotFoundException,
)
from freelancersdk.resources.projects.types import MilestoneReason
from freelancersdk.resources.users import users
from freelancersdk.session import Session

from assistant.site import Look, MilestoneState, Role
from flows.profile import load_profile
from flows.site import open_site
from tests.flows.conftest import known
from tests.mock_client import MockPlatform

SITE = 38112233


def session(mock: MockPlatform, login: str) -> Session:
    found = Session(oauth_token=mock.truth()["tokens"][login], url=mock.origin)
    found.session.trust_env = False
    return found


@pytest.fixture
def mock(mock_process: MockPlatform) -> MockPlatform:
    mock_process.reset()
    return mock_process


@pytest.fixture
def anna(mock: MockPlatform) -> Session:
    return session(mock, "anna")


@pytest.fixture
def ben(mock: MockPlatform) -> Session:
    return session(mock, "ben")


def create(client: Session, amount: float, description: str, project: int = SITE) -> Any:
    bidder = sdk.get_project_by_id(client, project)["bidder_id"]
    return sdk.create_milestone_payment(client, project, bidder, amount, MilestoneReason.OTHER, description)


def test_it_creates_lists_asks_for_release_and_releases(mock: MockPlatform, anna: Session, ben: Session) -> None:
    assert users.get_self(anna)["username"] == "anna"
    assert users.get_self(anna, {"balance_details": "true"})["account_balances"] is None
    made = create(anna, 1250.5, "Design")
    assert (made.amount, made.other_reason, made.status, made.currency["code"]) == (1250.5, "Design", "frozen", "USD")
    build = create(anna, 300, "Build")
    assert mock.milestones(str(SITE)) == [("Design", "1250.50", "funded"), ("Build", "300.00", "funded")]

    listed = sdk.get_milestones(anna, project_ids=[SITE])
    assert list(listed["milestones"]) == [str(made.transaction_id), str(build.transaction_id)]
    names = {user["username"] for user in listed["users"].values()}
    assert names == {"anna", mock.project(str(SITE))["freelancer"]}
    second = sdk.get_milestones(ben, project_ids=[SITE], limit=1, offset=1)
    assert list(second["milestones"]) == [str(build.transaction_id)]
    one = sdk.get_milestones(ben, milestone_ids=[made.transaction_id])
    assert list(one["milestones"]) == [str(made.transaction_id)]
    alone = sdk.get_milestone_by_id(ben, made.transaction_id)["milestones"]
    assert alone[str(made.transaction_id)]["other_reason"] == "Design"

    assert sdk.request_release_milestone_payment(ben, made.transaction_id) == "success"
    assert mock.milestones(str(SITE))[0][2] == "release_requested"
    assert sdk.release_milestone_payment(anna, made.transaction_id, 1250.5) == "success"
    assert mock.milestones(str(SITE))[0] == ("Design", "1250.50", "released")


def test_requests_are_made_accepted_and_turned_down(mock: MockPlatform, anna: Session, ben: Session) -> None:
    bid = sdk.get_project_by_id(ben, SITE)["bid_id"]
    asked = [sdk.create_milestone_request(ben, SITE, bid, f"Part {n}", 100) for n in range(3)]
    assert sdk.accept_milestone_request(anna, asked[0].id) == "success"
    assert sdk.reject_milestone_request(anna, asked[1].id) == "success"
    assert sdk.delete_milestone_request(ben, asked[2].id) == "success"
    raw = {row["description"]: row["raw"] for row in mock.project(str(SITE))["requests"]}
    assert raw == {"Part 0": "Created", "Part 1": "Rejected", "Part 2": "Deleted"}
    assert mock.milestones(str(SITE)) == [("Part 0", "100.00", "funded")]


def test_what_is_refused_is_said_in_the_platforms_words(mock: MockPlatform, anna: Session, ben: Session) -> None:
    ref = create(anna, 100, "Design").transaction_id
    with pytest.raises(MilestoneNotReleasedException) as released:
        sdk.release_milestone_payment(ben, ref, 100)
    assert released.value.error_code
    assert released.value.request_id
    with pytest.raises(MilestoneNotRequestedReleaseException):
        sdk.request_release_milestone_payment(anna, ref)
    with pytest.raises(MilestonesNotFoundException) as gone:
        sdk.get_milestone_by_id(anna, 999_999)
    assert gone.value.error_code == "NOT_FOUND"
    with pytest.raises(MilestoneRequestNotAcceptedException):
        sdk.accept_milestone_request(ben, 5100001)
    stranger = Session(oauth_token="nobody's", url=mock.origin)
    stranger.session.trust_env = False
    with pytest.raises(MilestonesNotFoundException) as unknown:
        sdk.get_milestones(stranger, project_ids=[SITE])
    assert unknown.value.error_code == "RestExceptionCodes.NOT_AUTHENTICATED"
    cart = anna.session.post(f"{mock.origin}/api/payments/0.1/carts/", json={})
    assert cart.status_code == 401  # carts are the web client's
    page = anna.session.get(f"{mock.origin}/manage", allow_redirects=False)
    assert page.headers["location"].startswith("/login")  # and a token is no session


def test_an_error_may_have_written_its_row_all_the_same(mock: MockPlatform, anna: Session) -> None:
    mock.fault(at="milestone.create", when="after", kind="http500")
    with pytest.raises(MilestoneNotCreatedException) as failed:
        create(anna, 100, "Design")
    assert failed.value.error_code == "UserExceptionCodes.GAF_EXCEPTION"
    listed = sdk.get_milestones(anna, project_ids=[SITE])["milestones"]
    assert [row["other_reason"] for row in listed.values()] == ["Design"]
    assert mock.milestones(str(SITE)) == [("Design", "100.00", "funded")]


@pytest.mark.browser
def test_a_browser_sees_each_step_of_the_client_beside_it(
    mock: MockPlatform, anna: Session, ben: Session, browser_path: Path, tmp_path: Path
) -> None:
    async def looks() -> list[Look]:
        from pydantic import SecretStr

        found = []
        secret, origin = SecretStr("milepost"), mock.origin
        async with open_site(
            load_profile("freelancer"), "anna", secret, Role.CLIENT, origin, tmp_path, browser_path=browser_path
        ) as site:
            project = known(mock, str(SITE))
            made = await asyncio.to_thread(create, anna, 1250.5, "Design")
            found.append(await site.look(project))
            await asyncio.to_thread(sdk.request_release_milestone_payment, ben, made.transaction_id)
            found.append(await site.look(project))
            await asyncio.to_thread(sdk.release_milestone_payment, anna, made.transaction_id, 1250.5)
            found.append(await site.look(project))
        return found

    seen = [
        [(row.description, row.amount.amount_text, row.state) for row in look.milestones]
        for look in asyncio.run(looks())
    ]
    assert seen == [
        [("Design", "1250.50", state)]
        for state in (MilestoneState.FUNDED, MilestoneState.RELEASE_REQUESTED, MilestoneState.RELEASED)
    ]
