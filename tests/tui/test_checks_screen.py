"""Checks on the screen: what holds, worst first, and the money by month, whose bars tell what the figures tell."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assistant.journal import RunKind
from assistant.money import Currency, Money
from tests.tui.driving import running, text_of, until
from tui.pictures import quiet, troubled
from tui.sample import Sample
from tui.view.checks import BAR, HELD, months_of
from tui.view.projects import MilestoneRow, ProjectRow

TODAY = date(2026, 12, 1)
ZERO = Money.zero(Currency("USD"))
MARKS = st.lists(
    st.tuples(
        st.integers(1, 10**7),
        st.sampled_from(["planned", "funded", "released", "disputed", "cancelled", "requested"]),
        st.integers(-90, 90),
    ),
    max_size=20,
)


def project(marks: list[tuple[int, str, int]]) -> ProjectRow:
    milestones = tuple(
        MilestoneRow("m", "d", Money(minor, Currency("USD")), state, due=TODAY + timedelta(days))
        for minor, state, days in marks
    )
    return ProjectRow("1", "t", "", "", "", True, False, milestones, ZERO, ZERO, ZERO, ZERO, None)


@given(MARKS)
def test_months_hold_every_milestone_once_and_bars_are_as_long_as_their_sums(marks: list[tuple[int, str, int]]) -> None:
    months = months_of([project(marks)], TODAY)
    live = [(minor, state, days) for minor, state, days in marks if state != "cancelled"]
    assert sum(each.expected.minor for each in months) == sum(minor for minor, _, _ in live)
    assert sum(each.funded.minor for each in months) == sum(minor for minor, state, _ in live if state in HELD)
    late = sum(minor for minor, state, days in live if days < 0 and state != "released")
    assert sum(each.late.minor for each in months) == late
    assert [each.month for each in months] == sorted({each.month for each in months})
    for each in months:
        bar = each.bar(ascii_only=True)
        assert len(bar) == round(each.expected.minor * BAR / each.most)
        assert abs(bar.count("#") - each.released.minor * BAR / each.most) <= 1
        assert abs(bar.count("!") - each.late.minor * BAR / each.most) <= 1


async def test_what_holds_is_listed_worst_first_with_what_to_do_beside_the_months(sample: Sample) -> None:
    troubled(sample)
    async with running(sample, (100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "Artist marketplace website / m5" in text_of(pilot))
        shown = text_of(pilot)
        for told in ("urgent", "unsettled", "milepost settle PLAN", "not checked yet", "2026-11", "1500.00 USD", "█"):
            assert told in shown


async def test_a_check_is_a_run_and_says_what_to_do_first(sample: Sample, monkeypatch) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        store = pilot.app.store
        asked: list[str] = []
        monkeypatch.setattr(store, "start_check", lambda: asked.append("check") or 7)
        await pilot.press("6", "r")
        assert asked == ["check"]
        assert "Run 7 reads the site" in text_of(pilot)
        run = sample.journal.runs.ask(RunKind.CHECK, sample.id, "anna", {})
        pilot.app.tick()
        await until(pilot, lambda: f"run {run}" in text_of(pilot))
        await pilot.press("r")
        assert asked == ["check"], "one run at a time"
