"""Before the yes: fees worked out exactly, from the figures of a profile, and what cannot be known is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.approval import AccountFacts, Cap, Order, Preview, PreviewedProject, SpendLimits, approve, check_caps
from assistant.changes import ACTS, Change, ChangeKind, Memory, Ways
from assistant.currencies import DECIMALS
from assistant.errors import CapExceeded, ProfileError
from assistant.estimates import RunEstimate, duration_text, estimate, fees_at_payment, half_up, run_seconds
from assistant.journal import Claim, RowKind
from assistant.matching import changes_of
from assistant.money import Currency, Money
from assistant.plans.planned import PlannedMilestone, PlannedProject
from assistant.platform import FeeOn, PlatformRules, load_rules
from assistant.site import Look, MilestoneState, Role, SiteCart, SiteMilestone, SiteProject, SiteRequest
from tests.assistant.fake_site import money, project

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RULES = load_rules("freelancer")
BEN = AccountFacts("ben", "f:ben@x", "ben", "freelancer", "http://127.0.0.1:1", Role.FREELANCER)
ANNA = replace(BEN, name="anna", role=Role.CLIENT)
LIVE = "https://www.freelancer.com"


def planned(*amounts: str, ref: str = "1001") -> PlannedProject:
    parts = tuple(PlannedMilestone(f"m{n}", f"Work {n}", money(amount)) for n, amount in enumerate(amounts))
    total = Money(sum(m.amount.minor for m in parts), parts[0].amount.currency)
    return PlannedProject(ref=ref, total=total, milestones=parts)


def estimated(
    account: AccountFacts, plan: PlannedProject, site: SiteProject, rules: PlatformRules = RULES, **rows: object
) -> RunEstimate:
    look = Look(site, NOW, **rows)  # type: ignore[arg-type]
    changes = tuple(changes_of(plan, look, Memory({}), account.role, ways=Ways()))
    preview = Preview(account, (PreviewedProject(plan, site, changes),), (), "j", 0, NOW)
    return estimate(preview, rules, {site.ref: look})


def test_a_freelancer_is_told_what_is_left() -> None:
    run = estimated(BEN, planned("1500.00 USD", "1000.00 USD"), project(bid=money("2500.00 USD"), accepted=False))
    (one,) = run.projects
    (fee,) = one.fees
    assert (str(fee.amount), str(one.net), fee.on) == ("250.00 USD", "2250.00 USD", FeeOn.ACCEPTANCE)
    assert run.net == {"USD": money("2250.00 USD")}
    assert run.sentences == (
        "Website: about 250.00 USD freelancer fee (estimate: 10% of the bid, 2500.00 USD; "
        "source: https://www.freelancer.com/feesandcharges)",
        "Website: of 2500.00 USD about 2250.00 USD would be left (estimate)",
        "Website: the project fee falls due when you accept, even if nothing is ever paid",
        "a request is not money: nothing is yours to work for before the milestone shows as funded",
        "takes less than a minute at the platform's pace (estimate)",
    )
    assert json.loads(json.dumps(run.as_event()))["projects"][0]["fees"][0]["estimate"] is True


def test_after_acceptance_the_fee_is_in_the_past() -> None:
    run = estimated(BEN, planned("30.00 USD"), project(bid=money("30.00 USD")))
    assert str(run.projects[0].fees[0].amount) == "5.00 USD"  # the minimum
    assert run.projects[0].notes == ("the project fee fell due when you accepted, even if nothing is ever paid",)


def test_the_bid_is_what_the_fee_is_of_and_more_goes_over_it() -> None:
    run = estimated(BEN, planned("600.00 USD", "500.00 USD"), project(bid=money("1000.00 USD")))
    assert [(fee.on, str(fee.amount)) for fee in run.projects[0].fees] == [
        (FeeOn.ACCEPTANCE, "100.00 USD"),
        (FeeOn.OVERAGE, "10.00 USD"),
    ]
    assert run.net == {"USD": money("990.00 USD")}


def test_without_a_bid_the_plan_stands_for_it_and_that_is_said() -> None:
    (one,) = estimated(BEN, planned("200.00 USD"), project()).projects
    assert one.fees[0].basis_name == "what is planned, as the bid is not shown"
    assert (str(one.fees[0].amount), str(one.net)) == ("20.00 USD", "180.00 USD")
    assert "the bid is not shown" in one.notes[0]


def test_a_minimum_in_another_currency_gets_no_invented_rate() -> None:
    (one,) = estimated(BEN, planned("40.00 EUR"), project(currency="EUR", bid=money("40.00 EUR"))).projects
    assert (str(one.fees[0].amount), str(one.net), one.is_at_most) == ("4.00 EUR", "36.00 EUR", True)
    assert "or the equivalent of 5.00 USD if that is more; no rate is known" in one.sentences[0]
    assert one.sentences[1] == "Website: of 40.00 EUR at most about 36.00 EUR would be left (estimate)"


def test_a_client_is_told_of_what_goes_over_the_bid() -> None:
    site = project(bid=money("1000.00 USD"))
    stands = (SiteMilestone("1", "Other", money("900.00 USD"), MilestoneState.RELEASED, "x"),)
    run = estimated(ANNA, replace(planned("250.00 USD"), total=money("2000.00 USD")), site, milestones=stands)
    (fee,) = run.projects[0].fees
    assert (fee.on, str(fee.basis), str(fee.amount)) == (FeeOn.OVERAGE, "150.00 USD", "4.50 USD")
    assert run.projects[0].net is None
    assert any("only the freelancer can cancel" in note for note in run.notes)
    assert any("processing fee" in note for note in run.notes)


def test_what_was_over_the_bid_before_is_not_charged_again() -> None:
    site = project(bid=money("1000.00 USD"))
    stands = (SiteMilestone("1", "Other", money("1200.00 USD"), MilestoneState.FUNDED, "x"),)
    plan = replace(planned("100.00 USD"), total=money("2000.00 USD"))
    (fee,) = estimated(ANNA, plan, site, milestones=stands).projects[0].fees
    assert (str(fee.basis), str(fee.amount)) == ("100.00 USD", "3.00 USD")


def test_a_yes_covers_what_goes_over_the_bid_each_payment_rounded_up_and_the_digest_says_so() -> None:
    site = project(bid=money("1000.00 USD"), accepted=False)
    plan = planned("990.00 USD", "10.10 USD", "0.10 USD")
    changes = tuple(changes_of(plan, Look(site, NOW), Memory({}), Role.CLIENT, ways=Ways()))
    preview = Preview(ANNA, (PreviewedProject(plan, site, changes),), (), "j", 0, NOW)
    run = estimate(preview, RULES, {site.ref: Look(site, NOW)})
    assert run.projects[0].over_bid_told == "0.20 USD over the bid: fee about 0.01 USD"
    fees = fees_at_payment(preview, run)
    assert fees == {"1001": money("0.02 USD")}  # 3 % of 0.10 each; not the fee that falls due on acceptance
    covered = replace(preview, platform_fees=fees)
    assert (covered.max_fees, preview.max_fees) == ({"USD": money("0.02 USD")}, {})
    assert covered.totals == preview.totals == {"USD": money("1000.20 USD")}
    assert covered.digest != preview.digest
    [ordered] = Order.from_json(approve(covered, ["1000.20 USD"], NOW).to_json()).projects
    assert ordered.fees == money("0.02 USD")
    with pytest.raises(CapExceeded):
        check_caps(changes, SpendLimits(caps=(Cap("USD", run=money("1000.21 USD")),)), (), fees.values())


def test_a_cart_that_is_paid_now_costs_what_goes_over_the_bid() -> None:
    site = project(bid=money("1000.00 USD"))
    plan, cart = planned("1100.00 USD"), SiteCart("3", "Work 0", money("1100.00 USD"), "http://127.0.0.1:1/c")
    look = Look(site, NOW, carts=(cart,))
    [confirm] = changes_of(plan, look, Memory({}), Role.CLIENT, ways=Ways())
    assert confirm.row is not None
    listed = money("1103.00 USD")  # as a site may list it: with its fee
    confirm, look = (
        replace(confirm, row=replace(confirm.row, amount=listed)),
        replace(look, carts=(replace(cart, amount=listed),)),
    )
    preview = Preview(ANNA, (PreviewedProject(plan, site, (confirm,)),), (), "j", 0, NOW)
    for looks in ({site.ref: look}, {}):
        assert (
            estimate(preview, RULES, looks).projects[0].over_bid_told == "100.00 USD over the bid: fee about 3.00 USD"
        )


def test_within_the_bid_nothing_is_extra() -> None:
    site = project(bid=money("1000.00 USD"))
    assert estimated(ANNA, planned("1000.00 USD"), site).projects[0].fees == ()
    run = estimated(ANNA, planned("1000.00 USD"), replace(site, accepted=False))
    assert [str(fee.amount) for fee in run.projects[0].fees] == ["30.00 USD"]
    assert run.projects[0].notes == ("the project fee falls due when the freelancer accepts",)


def test_ended_rows_and_paid_carts_do_not_count_and_a_request_counts_once() -> None:
    site = project(bid=money("100.00 USD"))
    rows: dict[str, Any] = {
        "milestones": (SiteMilestone("1", "a", money("70.00 USD"), MilestoneState.CANCELLED, "x"),),
        "requests": (SiteRequest("2", "Work 0", money("60.00 USD"), MilestoneState.REQUESTED, "x"),),
        "carts": (
            SiteCart("3", "b", money("10.00 USD"), "http://127.0.0.1:1/c"),
            SiteCart("4", "c", money("500.00 USD"), "http://127.0.0.1:1/d", charged=True),
        ),
    }
    plan = replace(planned("60.00 USD"), ignore=frozenset({"3", "4"}))
    client = estimated(ANNA, plan, site, **rows).projects[0]
    assert (str(client.stands), str(client.gross)) == ("10.00 USD", "70.00 USD")
    freelancer = estimated(BEN, plan, site, **rows).projects[0]
    assert (str(freelancer.stands), str(freelancer.gross)) == ("60.00 USD", "60.00 USD")


def test_a_request_that_is_asked_anew_counts_once() -> None:
    site = project(bid=money("100.00 USD"))
    asked = SiteRequest("2", "Work 0", money("60.00 USD"), MilestoneState.REQUESTED, "x")
    look = Look(site, NOW, requests=(asked,))
    claim = Claim("1001", "m0", RowKind.REQUEST, "2", "created", "2026-12-01")
    plan = planned("70.00 USD")
    changes = tuple(changes_of(plan, look, Memory({"m0": claim}), Role.FREELANCER, ways=Ways()))
    assert [change.kind for change in changes] == [ChangeKind.WITHDRAW, ChangeKind.REQUEST]
    preview = Preview(BEN, (PreviewedProject(plan, site, changes),), (), "j", 0, NOW)
    for looks in ({"1001": look}, {}):
        (one,) = estimate(preview, RULES, looks).projects
        assert (str(one.stands), str(one.gross)) == ("60.00 USD", "70.00 USD")


def test_without_a_look_the_rows_of_the_changes_count() -> None:
    site, plan = project(bid=money("100.00 USD")), planned("60.00 USD", "50.00 USD")
    look = Look(site, NOW, (SiteMilestone("1", "Work 0", money("60.00 USD"), MilestoneState.FUNDED, "x"),))
    changes = tuple(changes_of(plan, look, Memory({}), Role.CLIENT, ways=Ways()))
    preview = Preview(ANNA, (PreviewedProject(plan, site, changes),), (), "j", 0, NOW)
    assert str(estimate(preview, RULES, {}).projects[0].fees[0].basis) == "10.00 USD"


def test_another_currency_gets_no_estimate() -> None:
    (one,) = estimated(BEN, planned("10.00 EUR"), project()).projects
    assert one.fees == ()
    assert one.notes == ("the plan says EUR, the project is in USD: no estimate",)


def test_a_profile_without_figures_says_so() -> None:
    bare = replace(RULES, fees=tuple(fee.model_copy(update={"percent": None, "on": None}) for fee in RULES.fees))
    (one,) = estimated(BEN, planned("10.00 USD"), project(), bare).projects
    assert one.net is None
    assert "not known" in one.notes[0]


@pytest.mark.parametrize(
    ("figures", "wrong"),
    [
        ("percent = 3", "belong together"),
        ('on = "payment"', "belong together"),
        ('minimum = "3.00 USD"', "needs the percent"),
        ('percent = 3\non = "payment"\nminimum = "3.00"', "not an amount with its currency"),
        ('percent = 3\non = "payment"\nminimum = "0.00 USD"', "not above zero"),
        ('percent = 101\non = "payment"', "less than or equal to 100"),
        ('percent = 3\non = "sometimes"', "acceptance"),
    ],
)
def test_figures_that_do_not_fit_are_refused(tmp_path: Path, figures: str, wrong: str) -> None:
    (tmp_path / "platforms").mkdir()
    fee = f'[[rules.fees]]\nname = "a"\npaid_by = "client"\ntext = "t"\nsource = "s"\n{figures}\n'
    (tmp_path / "platforms" / "freelancer.toml").write_text(fee)
    with pytest.raises(ProfileError, match=wrong):
        load_rules("freelancer", tmp_path)


def test_a_run_takes_as_long_as_its_pace() -> None:
    assert run_seconds([], 8.0, mock=False) == 0
    assert run_seconds([0, 0], 8.0, mock=False) == 0
    assert run_seconds([5], 60.0, mock=False) - run_seconds([4], 60.0, mock=False) == 60.0
    assert run_seconds([5], 0.0, mock=True) < run_seconds([5], 0.0, mock=False)
    batch = [5] * 12
    assert run_seconds(batch, 0.0, mock=False, at_once=3) == run_seconds(batch, 0.0, mock=False) / 3
    assert run_seconds(batch, 60.0, mock=False, at_once=3) == 60 * 60.0  # the pace is the account's, not a tab's
    assert run_seconds([5], 0.0, mock=False, at_once=3) == run_seconds([5], 0.0, mock=False)
    many = estimated(replace(BEN, origin=LIVE), planned(*["10.00 USD"] * 20), project())
    assert many.acts == 20
    assert many.sentences[-1] == "takes about 5 minutes at the platform's pace (estimate)"
    told = [duration_text(seconds) for seconds in (0, 59, 60, 61, 3600, 7300)]
    assert told == [
        "less than a minute", "less than a minute", "about 1 minute", "about 2 minutes", "about 1 hour",
        "about 2 hours 2 minutes",
    ]  # fmt: skip


def test_a_title_stays_in_its_line() -> None:
    run = estimated(BEN, planned("10.00 USD"), project(title="a\nb\x1b[1m" + "c" * 200))
    assert all(line.isprintable() and len(line) < 400 for line in run.sentences)


currencies = st.sampled_from(sorted(DECIMALS)).map(Currency)


@given(st.fractions(min_value=0, max_value=10**15), currencies)
def test_half_up_is_the_nearest_and_a_half_goes_up(minor: Fraction, currency: Currency) -> None:
    rounded = half_up(minor, currency)
    assert -Fraction(1, 2) < rounded.minor - minor <= Fraction(1, 2)


@given(
    currencies,
    st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    st.none() | st.integers(1, 10**10),
    st.booleans(),
)
def test_net_and_fees_are_the_gross_to_the_last_unit(
    currency: Currency, parts: list[int], bid: int | None, accepted: bool
) -> None:
    milestones = tuple(PlannedMilestone(f"m{n}", f"w{n}", Money(minor, currency)) for n, minor in enumerate(parts))
    gross = Money(sum(parts), currency)
    plan = PlannedProject(ref="1001", total=gross, milestones=milestones)
    site = project(currency=currency.code, bid=Money(bid, currency) if bid else None, accepted=accepted)
    (one,) = estimated(BEN, plan, site).projects
    assert one.gross == gross
    assert one.net is not None
    assert one.net.minor + sum(fee.amount.minor for fee in one.fees) == gross.minor
    least = Fraction(500 if currency.code == "USD" else 0)
    assert abs(one.fees[0].amount.minor - max(Fraction(bid or gross.minor, 10), least)) <= Fraction(1, 2)
    assert (one.fees[0].or_equivalent is None) == (currency.code == "USD")
    over = next((fee for fee in one.fees if fee.on is FeeOn.OVERAGE), None)
    assert (over is not None) == (bid is not None and gross.minor > bid)


@given(st.lists(st.sampled_from(ChangeKind), max_size=6), st.sampled_from([Role.CLIENT, Role.FREELANCER]))
def test_no_mix_of_changes_is_too_odd(kinds: list[ChangeKind], role: Role) -> None:
    site, plan = project(bid=money("5.00 USD")), planned("10.00 USD")
    changes = tuple(Change(site, f"m{n}", kind, "d", money("3.00 USD")) for n, kind in enumerate(kinds))
    preview = Preview(replace(BEN, role=role), (PreviewedProject(plan, site, changes),), (), "j", 0, NOW)
    run = estimate(preview, RULES, {})
    assert run.acts == sum(kind in ACTS for kind in kinds)
    assert run.projects[0].gross.minor >= 0
    json.dumps(run.as_event())
