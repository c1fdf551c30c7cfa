"""Switches: what is not known is taken at its most careful, and a draft is never paid on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import ProfileError
from assistant.platform import PlatformRules, known_platforms, load_rules
from assistant.site import MilestoneState, Role
from assistant.switches import Automation, Switches, Terms, why_no_part, why_not_driven, why_not_released

FREELANCER = load_rules("freelancer")


def _with(**switches: object) -> PlatformRules:
    values = FREELANCER.switches.model_dump() | switches
    rules = FREELANCER.rules.model_copy(update={"switches": Switches.model_validate(values)})
    return replace(FREELANCER, rules=rules)


def test_freelancer_com_can_be_driven_and_released_on() -> None:
    assert why_not_driven(FREELANCER, Role.CLIENT, live=True) is None
    assert why_not_released(FREELANCER) is None
    assert FREELANCER.switches.unknown == ("auto_release",)


def test_a_part_is_released_only_where_the_profile_says_so() -> None:
    assert why_no_part(FREELANCER) is None
    assert "only as a whole" in (why_no_part(_with(partial_release=False)) or "")
    assert "does not say" in (why_no_part(_with(partial_release=None)) or "")


@pytest.mark.parametrize("name", ["needs_accept", "funding", "order"])
def test_a_switch_that_money_depends_on_and_nobody_knows_stops_it(name: str) -> None:
    assert name in (why_not_driven(_with(**{name: None}), Role.CLIENT, live=False) or "")


@pytest.mark.parametrize(
    ("name", "value"),
    [("funding", "whole_project"), ("order", "one_active")],
)
def test_what_no_step_carries_out_is_not_tried(name: str, value: object) -> None:
    why = why_not_driven(_with(**{name: value}), Role.CLIENT, live=False) or ""
    assert f"{name} = {str(value).lower()}" in why


def test_a_pool_and_agreements_that_are_paid_for_later_are_carried_out() -> None:
    pool = _with(funding="pool", needs_accept=True)
    assert "accepting pays at once" in (why_not_driven(pool, Role.CLIENT, live=False) or "")
    later = replace(pool, rules=pool.rules.model_copy(update={"paid_later": True}))
    assert why_not_driven(later, Role.CLIENT, live=False) is None


def test_how_money_is_paid_is_the_client_s_business_and_a_draft_is_nobody_s() -> None:
    whole = _with(funding="whole_project")
    assert why_not_driven(whole, Role.CLIENT, live=False)
    assert why_not_driven(whole, Role.FREELANCER, live=False) is None
    assert why_not_driven(load_rules("guru"), Role.FREELANCER, live=False)


@pytest.mark.parametrize(
    "switches",
    [
        {"release_verb": "pay_invoice", "release_needs": "submission"},
        {"auto_release": {"days": [14], "since": "submission"}, "release_needs": "invoice"},
        {"auto_release": {"days": [0], "since": "submission"}},
    ],
)
def test_switches_that_contradict_each_other_are_refused(switches: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"release_needs|greater than 0"):
        _with(**switches)


@pytest.mark.parametrize(
    "switches",
    [
        {"release_may_charge_next": None},
        {"release_may_charge_next": True},
        {"release_verb": "accept_delivery"},
    ],
)
def test_a_release_that_may_do_more_than_release_is_left_to_a_person(switches: dict[str, object]) -> None:
    assert why_not_released(_with(**switches))


def test_what_has_to_be_handed_in_first_is_not_released_before() -> None:
    handed_in_first = _with(release_verb="approve", release_needs="submission")
    assert why_not_released(handed_in_first) is None
    assert "hand the work in first" in (why_not_released(handed_in_first, MilestoneState.FUNDED) or "")
    assert why_not_released(handed_in_first, MilestoneState.RELEASE_REQUESTED) is None
    assert why_not_released(FREELANCER, MilestoneState.FUNDED) is None


def test_terms_that_forbid_scripts_count_on_the_live_site_alone() -> None:
    rules = replace(FREELANCER, terms=Terms(automation=Automation.FORBIDDEN, text="No robots."))
    assert "No robots." in (why_not_driven(rules, Role.CLIENT, live=True) or "")
    assert why_not_driven(rules, Role.CLIENT, live=False) is None


def test_guru_is_a_draft_that_says_what_is_known_and_nothing_else() -> None:
    guru = load_rules("guru")
    assert (guru.draft, guru.verified, guru.terms.automation) == (True, False, Automation.UNKNOWN)
    assert guru.switches.model_dump(mode="json", exclude_none=True) == {
        "needs_accept": True,
        "funding": "pool",
        "order": "any",
        "release_needs": "invoice",
        "release_verb": "pay_invoice",
        "release_may_charge_next": True,
        "auto_release": {"days": [7, 14, 28], "since": "invoice"},
    }
    assert guru.fees == ()
    assert guru.limits.description_max is guru.limits.amount_pattern is None
    for live in (True, False):
        assert "draft" in (why_not_driven(guru, Role.CLIENT, live=live) or "")


def test_only_a_draft_may_leave_out_what_a_form_takes(tmp_path: Path) -> None:
    folder = tmp_path / "platforms"
    folder.mkdir()
    (folder / "guru.toml").write_text("draft = false\n")
    with pytest.raises(ProfileError) as raised:
        load_rules("guru", tmp_path)
    for field in ("limits.description_max", "limits.amount_pattern", "states.milestones"):
        assert field in raised.value.message
    assert "draft = true" in (raised.value.hint or "")


def test_no_platform_that_ships_claims_what_nobody_has_done() -> None:
    for name in known_platforms(None):
        rules = load_rules(name)
        assert not rules.verified
        assert not rules.terms.verified
