"""Checks on the screen: what holds, worst first, and the money by month, whose bars tell what the figures tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assistant.checks.conclude import book_of
from assistant.checks.view import money_by_month
from assistant.journal import RunKind, RunState
from assistant.marks import Mark
from assistant.money import Currency, Money
from assistant.plans.planned import PlannedProject
from assistant.schedule.rounds import Rounds
from assistant.site import MilestoneState, Role
from assistant.standing import ProjectStanding
from tests.tui.driving import running, text_of, until
from tui.pictures import quiet, troubled
from tui.sample import TODAY as NOW
from tui.sample import Sample
from tui.view.checks import BAR, checked_of, month_rows

TODAY = date(2026, 12, 1)
USD = Currency("USD")
STATES = {
    "planned": MilestoneState.PLANNED,
    "funded": MilestoneState.FUNDED,
    "released": MilestoneState.RELEASED,
    "disputed": MilestoneState.DISPUTED,
    "requested": MilestoneState.REQUESTED,
}
MARKS = st.lists(
    st.tuples(st.integers(1, 10**7), st.sampled_from(sorted(STATES)), st.integers(-90, 90) | st.none()), max_size=20
)


def standing(marks: list[tuple[int, str, int | None]]) -> ProjectStanding:
    made = tuple(
        Mark(f"m{n}", "d", Money(minor, USD), TODAY + timedelta(days) if days is not None else None, STATES[state])
        for n, (minor, state, days) in enumerate(marks)
    )
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    return ProjectStanding(PlannedProject(ref="1", total=Money(1, USD)), None, Role.CLIENT, made, now)


@given(MARKS)
def test_months_hold_every_milestone_once_and_bars_are_as_long_as_their_sums(
    marks: list[tuple[int, str, int | None]],
) -> None:
    months = [each.money for each in month_rows(money_by_month([standing(marks)], TODAY))]
    assert sum(each.expected.minor for each in months) == sum(minor for minor, _, _ in marks)
    held = {"funded", "disputed"}
    assert sum(each.funded.minor for each in months) == sum(minor for minor, state, _ in marks if state in held)
    late = sum(minor for minor, state, days in marks if days is not None and days < 0 and state != "released")
    assert sum(each.late.minor for each in months) == late
    assert [each.month or date.max for each in months] == sorted({each.month or date.max for each in months})
    for row in month_rows(months):
        bar = row.bar(ascii_only=True)
        assert len(bar) == round(row.money.expected.minor * BAR / row.most)
        assert abs(bar.count("#") - row.money.released.minor * BAR / row.most) <= 1
        assert abs(bar.count("!") - row.money.late.minor * BAR / row.most) <= 1


async def test_what_holds_is_listed_worst_first_with_what_to_do_beside_the_months(sample: Sample) -> None:
    troubled(sample)
    async with running(sample, (100, 30)) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "Artist marketplace website / m5" in text_of(pilot))
        shown = text_of(pilot)
        for told in ("urgent", "unsettled", "milepost settle", "not checked yet", "2026-11", "1500.00 USD", "█"):
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


async def test_a_check_asked_for_here_tells_what_is_new_and_tells_it_once(sample: Sample, monkeypatch) -> None:
    sample.looked()
    journal = sample.journal
    async with running(sample, (120, 40)) as pilot:
        store = pilot.app.store

        def ask() -> int:
            return journal.runs.ask(RunKind.CHECK, sample.id, "anna", {})

        monkeypatch.setattr(store, "start_check", ask)
        monkeypatch.setattr(store, "clock", sample.clock)
        await pilot.press("6")
        await until(pilot, lambda: "new" in text_of(pilot))  # nobody has told any of them yet
        for new in (True, False):
            await pilot.press("r")
            run = journal.runs.newest(1, kind=RunKind.CHECK)[0].id
            journal.runs.end(run, RunState.DONE, {"scope": [], "looked": {}, "unread": {}, "unresolved": {}})
            pilot.app.tick()
            await until(pilot, lambda run=run: f"Run {run}: " in text_of(pilot))
            assert (f"Run {run}: 0 new findings, 0 over." in text_of(pilot)) is not new
            await pilot.press("5", "6")  # what was asked for here stays known, whatever screen is in front
            await until(pilot, lambda: all(each.told == 1 for each in book_of(store.work).last()))
            await until(pilot, lambda new=new: any(row.new for row in pilot.app.screen._checked.findings) is new)


async def test_the_next_check_is_told_of_a_timer_and_of_a_watch(sample: Sample, monkeypatch) -> None:
    troubled(sample)
    async with running(sample, (120, 40)) as pilot:
        store, clock = pilot.app.store, lambda: NOW - timedelta(minutes=10)
        monkeypatch.setattr("assistant.schedule.upcoming.SCHEDULERS", [])
        assert checked_of(store).next == "no timer: milepost schedule install"
        Rounds(store.settings.data_dir, 1800, clock, by="watch").carry_out(lambda: 1)
        checked = checked_of(store)
        assert (checked.rounds, checked.next) == (
            "watch: it could not run",
            "next check 14:53 by watch, every 30m",
        )
        await pilot.press("6")
        await until(pilot, lambda: "next check 14:53" in text_of(pilot))
        Rounds(store.settings.data_dir, 1800, lambda: NOW - timedelta(hours=2), by="watch").carry_out(
            lambda: 0, patient=False
        )
        assert checked_of(store).next == "no timer: milepost schedule install"
