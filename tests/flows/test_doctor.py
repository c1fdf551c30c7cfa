"""The doctor in a real browser: what it names, that what it suggests works when pasted, and that it changes nothing."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import flows.doctor
from assistant.site import Role, StepKind
from flows.doctor.findings import Found
from flows.doctor.walk import Walk
from flows.profile import Profile, load_profile
from flows.site import BrowserSite
from tests.flows.conftest import OpenSite, known, step
from tests.flows.test_money_steps import COURSE, SITE, TRAVEL, carry_out
from tests.mock_client import MockPlatform

pytestmark = pytest.mark.browser
in_a_browser = pytest.mark.asyncio(loop_scope="session")

FIVE = {
    "status_column": "hands.projects.lists.projects.fields.status",
    "payments_tab": "hands.payments_tab",
    "created_heading": "hands.payments.lists.milestones.headings",
    "description_label": "hands.create.description",
    "submit_button": "hands.create.submits",
}
"""What a next release of the site might change, and the locator of the profile that no longer finds it."""


async def examined(site: BrowserSite, mock: MockPlatform) -> Walk:
    walk = Walk(site, lambda kind, text, data: None, [known(mock, ref).url for ref in (COURSE, TRAVEL)])
    await walk.around()
    assert mock.truth()["money_requests"] == []
    return walk


def broken(walk: Walk) -> set[str]:
    return {entry.field for entry in walk.findings.broken}


@in_a_browser
@pytest.mark.parametrize(
    ("login", "role", "rows"),
    [
        ("anna", Role.CLIENT, ["accept", "release"]),
        ("ben", Role.FREELANCER, ["withdraw", "request_release"]),
    ],
)
async def test_pages_as_the_profile_says_have_nothing_broken_and_stay_as_they_are(
    open_as: OpenSite, mock: MockPlatform, login: str, role: Role, rows: list[str]
) -> None:
    before = mock.truth()
    walk = await examined(await open_as(login, role), mock)
    assert broken(walk) == set()
    assert walk.form_seen
    assert walk.findings.override({}) == ""
    found = {entry.field: entry for entry in walk.findings.facts.values()}
    form = "create" if role is Role.CLIENT else "request"
    for field in [f"hands.{form}.{part}" for part in ("open.find", "shown", "amount", "description", "submits.0.find")]:
        assert found[field].found is Found.ONE, field
    for name in rows:
        assert found[f"hands.{name}.row"].found is found[f"hands.{name}.button.find"].found is Found.ONE
    assert (found["hands.cart.pay.find"].behind, found["hands.cart.done"].behind) == ("Create", "Pay")
    assert walk.clock_off is not None
    assert abs(walk.clock_off) < 60
    assert {**mock.truth(), "page_loads": 0} == {**before, "page_loads": 0}


@in_a_browser
async def test_five_broken_locators_are_named_and_what_is_suggested_works_when_pasted(
    open_as: OpenSite, mock: MockPlatform, profile: Profile, tmp_path: Path
) -> None:
    mock.knobs(drift=",".join(FIVE))
    walk = await examined(await open_as(profile=profile.with_waits(read=2.0)), mock)
    assert broken(walk) == set(FIVE.values())
    assert all(entry.nearest for entry in walk.findings.broken)
    kept = {path.suffix for path in (tmp_path / "evidence").iterdir()}
    assert (kept, len(walk.pictures) >= 8) == ({".jpg", ".txt"}, True)

    file = tmp_path / "platforms" / "freelancer.toml"
    file.parent.mkdir()
    file.write_text(walk.findings.override(profile.files.data))
    mended = load_profile("freelancer", tmp_path).with_waits(load=15.0, read=5.0, act=8.0)
    assert broken(await examined(await open_as(profile=mended), mock)) == set()
    site = await open_as(profile=mended)
    assert len((await site.open_by_title("Artist marketplace website")).milestones) == 0
    await carry_out(site, step(mock, StepKind.CREATE, SITE, "Design", "1250.50 USD"))
    assert mock.milestones(SITE) == [("Design", "1250.50", "funded")]


@in_a_browser
@pytest.mark.parametrize(
    ("drift", "found", "suggested"),
    [
        ("create_button", Found.NONE, 'role=button[name="Add a payment step"]'),
        ("create_icon", Found.NONE, None),
        ("create_twice", Found.SEVERAL, None),
    ],
)
async def test_a_button_that_costs_money_is_never_guessed_and_never_pressed(
    open_as: OpenSite,
    mock: MockPlatform,
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
    drift: str,
    found: Found,
    suggested: str | None,
) -> None:
    monkeypatch.setattr("flows.doctor.walk._FOR_THE_FORM", 1)
    mock.knobs(drift=drift)
    walk = await examined(await open_as(), mock)
    assert broken(walk) == {"hands.create.open.find"}
    assert not walk.form_seen
    entry = walk.findings.facts[("hands", "create", "open", "find")]
    assert entry.found is found
    assert entry.note or entry.nearest
    assert walk.findings.facts[("hands", "create", "amount")].found is Found.BEHIND
    override = tomllib.loads(walk.findings.override(profile.files.data))
    opener = override["hands"]["create"]["open"]["find"][0] if override else None
    assert opener == suggested


@in_a_browser
async def test_rows_that_changed_their_marks_are_found_by_the_new_ones(
    open_as: OpenSite, mock: MockPlatform, profile: Profile
) -> None:
    mock.knobs(drift="row_id,amount_column")
    walk = await examined(await open_as(profile=profile.with_waits(read=2.0)), mock)
    lists = "hands.payments.lists"
    assert f"{lists}.milestones.fields.site_ref" in broken(walk)
    assert {f"{lists}.milestones.fields.amount", f"{lists}.requests.fields.amount"} <= broken(walk)
    fields = tomllib.loads(walk.findings.override(profile.files.data))["hands"]["payments"]["lists"]["milestones"]
    assert fields["fields"]["amount"][0] == {"label": "Value"}
    assert fields["fields"]["site_ref"][0] == {"attr": "data-payment-id"}


@in_a_browser
async def test_a_button_that_sends_money_when_it_should_open_a_form_is_held_back_and_told(
    open_as: OpenSite, mock: MockPlatform
) -> None:
    mock.knobs(drift="create_sends")
    site = await open_as()
    walk = await examined(site, mock)
    assert [text.partition(" ")[0] for text in walk.held] == ["POST"]
    assert site.breach is None


def test_the_doctor_can_submit_nothing() -> None:
    """Held by reading its source: one click, which opens the form; one key, which closes it; nothing typed."""
    calls = [
        node.func.attr
        for path in Path(flows.doctor.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    acting = {
        "click",
        "dblclick",
        "tap",
        "press",
        "fill",
        "type",
        "press_sequentially",
        "check",
        "uncheck",
        "set_checked",
    }
    acting |= {
        "select_option",
        "dispatch_event",
        "set_input_files",
        "drag_to",
        "begin",
        "allow",
        "prepare",
        "submit",
        "pay",
    }
    assert sorted(call for call in calls if call in acting) == ["click", "press"]
