"""The estimate at the end of a preview: what is alike is said once, and every figure is named as an estimate."""

from __future__ import annotations

from dataclasses import replace

from assistant.approval import AccountFacts, Preview, PreviewedProject
from assistant.changes import Memory, Ways
from assistant.estimate_text import one_line_estimate, short_estimate
from assistant.estimates import RunEstimate, estimate
from assistant.matching import changes_of
from assistant.plans.planned import PlannedProject
from assistant.site import Look, SiteProject
from tests.assistant.fake_site import money, project
from tests.assistant.test_estimates import ANNA, BEN, LIVE, NOW, RULES, planned

FEES = "source: https://www.freelancer.com/feesandcharges"


def estimated(account: AccountFacts, *pairs: tuple[PlannedProject, SiteProject]) -> RunEstimate:
    looks = {site.ref: Look(site, NOW) for _, site in pairs}
    previewed = tuple(
        PreviewedProject(plan, site, tuple(changes_of(plan, looks[site.ref], Memory({}), account.role, ways=Ways())))
        for plan, site in pairs
    )
    return estimate(Preview(account, previewed, (), "j", 0, NOW), RULES, looks)


def with_bid(ref: str, bid: str) -> tuple[PlannedProject, SiteProject]:
    return planned(bid, ref=ref), project(ref, f"Project {ref}", bid=money(bid))


def test_twelve_projects_have_one_line_of_fees_and_one_of_what_is_left() -> None:
    run = estimated(replace(BEN, origin=LIVE), *(with_bid(str(n), "1000.00 USD") for n in range(1, 13)))
    assert short_estimate(run) == (
        f"about 1200.00 USD freelancer fee on 12 projects (estimate: 10% of the bid, 12000.00 USD in all; {FEES})",
        "of 12000.00 USD about 10800.00 USD would be left (estimate)",
        "the project fee fell due when you accepted, even if nothing is ever paid",
        "a request is not money: nothing is yours to work for before the milestone shows as funded",
        "the run takes about 2 minutes at the platform's pace (estimate)",
    )


def test_currencies_and_what_goes_over_the_bids_stay_apart() -> None:
    site = project("2", "Logo", currency="EUR", bid=money("800.00 EUR"))
    over = planned("100.00 USD", ref="1"), project("1", "Website", bid=money("90.00 USD"))
    lines = short_estimate(estimated(BEN, over, (planned("900.00 EUR", ref="2"), site)))
    assert lines[:3] == (
        f"about 9.00 USD freelancer fee on 1 project (estimate: 10% of the bid, 90.00 USD; {FEES})",
        "about 1.00 USD freelancer fee above the bid on 1 project "
        f"(estimate: 10% of what goes over the bid of 90.00 USD, 10.00 USD; {FEES})",
        "about 80.00 EUR freelancer fee on 1 project "
        f"(estimate: 10% of the bid, 800.00 EUR, or 5.00 USD's worth on each project if that is more; {FEES})",
    )
    assert "of 900.00 EUR at most about 810.00 EUR would be left (estimate)" in lines
    assert "of 100.00 USD about 90.00 USD would be left (estimate)" in lines


def test_a_client_is_told_of_the_fee_above_the_bids_and_who_can_cancel() -> None:
    pairs = [(planned("110.00 USD", ref=ref), project(ref, bid=money("100.00 USD"))) for ref in ("1", "2")]
    first, *each, second, fee, time = short_estimate(estimated(ANNA, *pairs))
    assert first.startswith("about 0.60 USD fee above the bid on 2 projects (estimate: 3% of what goes over the bids")
    assert second == ("once a project is accepted, only the freelancer can cancel a funded milestone; a client can ask")
    assert each == [f"Website (#{ref}): 10.00 USD over the bid: fee about 0.30 USD (estimate)" for ref in ("1", "2")]
    assert fee.startswith("processing fee: ")
    assert time == "the run takes less than a minute at the platform's pace (estimate)"


def test_one_project_is_told_without_counting_and_a_note_of_some_names_them() -> None:
    bid, none = with_bid("1", "100.00 USD"), (planned("50.00 USD", ref="2"), project("2", "A\u202etitle", bid=None))
    assert short_estimate(estimated(BEN, bid))[0].startswith("about 10.00 USD freelancer fee (estimate: ")
    lines = short_estimate(estimated(BEN, bid, none))
    assert "Atitle: the bid is not shown, so it is not known whether something goes over it" in lines
    assert short_estimate(estimated(BEN)) == ()


def test_in_one_line_stand_fees_what_is_left_and_the_time() -> None:
    run = estimated(replace(BEN, origin=LIVE), *(with_bid(str(n), "1000.00 USD") for n in range(1, 13)))
    told = "about 1200.00 USD in fees, 10800.00 USD left, takes about 2 minutes (estimates)"
    assert one_line_estimate(run) == told
    assert one_line_estimate(estimated(BEN)) == ""
