"""Pages that changed since the profile was written: each ends right, or in a stop before money. Judged by the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cart import check_item
from assistant.errors import CouldNotRead, MilepostError, Mismatch
from assistant.site import Role, StepKind
from flows.profile import Dialog, Profile
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.flows.test_money_steps import SITE, STUDENTS, TRAVEL, carry_out
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def hasty(profile: Profile) -> Profile:
    """The profile with deadlines for what will not come."""
    return profile.with_waits(read=1.5, act=4.0)


@pytest.mark.parametrize(
    "drift", ["create_button", "create_icon", "create_twice", "description_label", "submit_button", "row_id", "german"]
)
async def test_a_money_step_that_no_longer_fits_its_page_stops_before_it(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, tmp_path: Path, drift: str
) -> None:
    site = await open_as(profile=hasty)
    wanted = step(mock, StepKind.CREATE, TRAVEL, "Design", "250.00 USD")
    before = len((await site.look(wanted.project)).requests)
    mock.knobs(drift=drift)
    mock.act("add", project=TRAVEL, amount="10.00", description="Seen")

    async def look_and_prepare() -> None:
        await site.look(wanted.project)
        await site.prepare(wanted)

    with pytest.raises((CouldNotRead, Mismatch)) as stopped:
        await look_and_prepare()
    assert "milepost doctor" in (stopped.value.hint or ""), stopped.value.message
    assert before > 0
    assert mock.truth()["money_requests"] == []
    assert mock.truth()["charges"] == []
    if drift not in ("row_id", "german"):  # those could not even be read
        kept = [path.name for path in (tmp_path / "evidence").iterdir()]
        assert kept == [f"stopped-create-{TRAVEL}.txt"]


@pytest.mark.parametrize("drift", ["pay_button", "pay_twice"])
async def test_a_cart_whose_last_button_changed_is_left_unpaid(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, drift: str
) -> None:
    mock.knobs(drift=drift)
    site = await open_as(profile=hasty)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    await site.submit(wanted)
    paid = await site.pay(await site.cart(wanted))
    assert paid.left == 0
    assert "nothing was paid" in (paid.trouble or "")
    assert "milepost doctor" in (paid.trouble or "")
    assert mock.truth()["charges"] == []
    assert len((await site.look(wanted.project)).carts) == 1  # and it can be resumed once the profile is mended


async def test_a_moved_tab_stops_the_way_by_title_and_not_the_way_by_address(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile
) -> None:
    mock.knobs(drift="tab_moved")
    site = await open_as(profile=hasty.with_waits(load=8.0))
    with pytest.raises(MilepostError):
        await site.open_by_title("Artist marketplace website")
    await carry_out(site, step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD"))
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]


def drifts(site: BrowserSite) -> list[str]:
    """What a site's notes say of candidates; they may say of a browser that could not save all of a session, too."""
    return [note for note in site.notes if "candidate" in note]


async def test_reading_takes_a_later_candidate_and_says_so_once(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(drift="id_column")
    site = await open_as()
    assert SITE in {project.ref for project in await site.projects()}  # several pages, one note
    assert drifts(site) == ["found only by a later candidate of the profile: projects.ref"]
    mock.knobs(drift="")
    freelancer = await open_as("ben", Role.FREELANCER)
    await freelancer.projects()
    await freelancer.look(known(mock, SITE))
    assert drifts(freelancer) == []  # the other side's label is no drift


async def test_a_dialog_that_stays_open_after_success_is_settled_by_the_look(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile
) -> None:
    mock.knobs(drift="dialog_stays", path="direct")
    site = await open_as(profile=hasty)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "500.00 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.left, submission.trouble is None) == (1, False)  # it did not see an end, and says so
    look = await site.look(wanted.project)
    assert [(row.description, row.amount) for row in look.milestones] == [("Design", wanted.amount)]
    assert mock.milestones(SITE) == [("Design", "500.00", "funded")]


@pytest.mark.parametrize(
    ("shown", "accepted"), [("$1,250.50 USD", True), ("$1,250.00 USD", False), ("$1.250,50", False)]
)
async def test_an_amount_with_separators_in_a_dialog_is_read_as_the_amount_it_is(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile, shown: str, *, accepted: bool
) -> None:
    mock.knobs(path="direct", confirm_dialog=f"Really pay {shown}?")
    asks = Dialog(step="create", text=r"Really pay (?P<amount>.*)\?")
    asking = type(hasty)(hasty.rules, hasty.hands.model_copy(update={"dialogs": (asks,)}), hasty.files)
    site = await open_as(profile=asking)
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD")
    await site.prepare(wanted)
    submission = await site.submit(wanted)
    assert (submission.left > 0) is accepted
    assert mock.milestones(SITE) == ([("Design", "1250.50", "funded")] if accepted else [])


async def test_a_site_that_silently_rounds_is_caught_in_the_cart(open_as: OpenSite, mock: MockPlatform) -> None:
    mock.knobs(rewrite_amount="silent")
    site = await open_as()
    wanted = step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD")
    await site.prepare(wanted)  # the form shows what was typed
    await site.submit(wanted)
    with pytest.raises(Mismatch, match=r"1251|1250\.00"):
        check_item(await site.cart(wanted), wanted)
    assert mock.truth()["charges"] == []


async def test_a_release_whose_row_changed_its_mark_is_not_pressed(
    open_as: OpenSite, mock: MockPlatform, hasty: Profile
) -> None:
    site = await open_as(profile=hasty)
    wanted = step(mock, StepKind.RELEASE, "38112267", "Student area", "1200.00 USD", site_ref=STUDENTS)
    await site.look(wanted.project)
    mock.knobs(drift="row_id")
    with pytest.raises(CouldNotRead):
        await site.look(wanted.project)
    with pytest.raises(CouldNotRead):
        await site.prepare(wanted)
    assert mock.truth()["money_requests"] == []
