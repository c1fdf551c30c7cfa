"""The approval: typed totals and nothing else start a run. Judged by the journal, which every run begins in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from assistant import runs
from assistant.approval import Order
from assistant.journal import RunKind
from assistant.money import Money
from assistant.site import MilestoneState, SiteMilestone
from tests.tui.driving import armed, running, settled, text_of, type_text, until
from tui.approval_text import done_told, fees_told, kept_told, left_told
from tui.sample import Sample
from tui.screens.approval import ApprovalScreen, TypedTotal
from tui.screens.page import Page
from tui.screens.run import RunScreen
from tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.pilot import Pilot


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The processes that were to be started; none is, so that what is tested is who asks for it."""
    asked: list[list[str]] = []

    class Waiting:
        def __init__(self, words: list[str], **_: object) -> None:
            asked.append(words)

        def poll(self) -> None:
            return None

    monkeypatch.setattr(runs.subprocess, "Popen", Waiting)
    monkeypatch.setattr(runs, "_CHILDREN", {})  # or another test would wait for them
    return asked


@asynccontextmanager
async def previewed(sample: Sample, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The preview screen with a preview on it."""
    sample.looked()
    async with running(sample, size) as pilot:
        pilot.app.store.take_preview(pilot.app.store.make_view())
        await pilot.press("3")
        yield pilot


@asynccontextmanager
async def asked(sample: Sample, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The approval of it, armed."""
    async with previewed(sample, size) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApprovalScreen))
        await armed(pilot)
        yield pilot


async def type_totals(pilot: Pilot[None]) -> None:
    """Type both totals as a person does: digits find the first field, Enter goes on to the next and in the end on."""
    await pilot.press("2")
    await type_text(pilot, "200.00")
    await pilot.press("enter")
    await type_text(pilot, "600.00")
    await pilot.press("enter")


def answer(pilot: Pilot[None]) -> str:
    """What the approval says about what was typed."""
    return pilot.app.screen.query_one("#answer", Words).said


def applies(sample: Sample) -> list[int]:
    return [run.id for run in sample.journal.runs.newest(kind=RunKind.APPLY)]


async def test_the_right_totals_start_one_run(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        await type_totals(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        [run] = applies(sample)
        assert started == [[*started[0][:4], str(run)]]
        order = sample.journal.runs.newest(kind=RunKind.APPLY)[0].order
        assert isinstance(order["approval"], dict)
        assert f"Run {run}" in text_of(pilot)
        assert "waiting" in text_of(pilot)


async def test_cancel_has_the_focus_and_five_enters_pay_nothing(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "cancel"
        await pilot.press(*["enter"] * 5)
        await pilot.pause()
        assert isinstance(pilot.app.screen, Page)
        assert applies(sample) == started == []


async def test_no_keys_but_the_totals_pay(sample: Sample, started: list[list[str]]) -> None:
    tries = [["space"] * 4, ["tab", *["enter"] * 4], ["tab", "tab", *["enter"] * 4], ["tab", "tab", *["space"] * 4],
             ["y", "enter", "enter"]]  # fmt: skip
    async with previewed(sample) as pilot:
        for keys in tries:
            await pilot.press("a")
            await armed(pilot)
            await pilot.press(*keys)
            if isinstance(pilot.app.screen, ApprovalScreen):
                await pilot.press("escape")
            assert applies(sample) == started == []


async def test_a_wrong_total_says_so_and_nothing_happens(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        first, second = pilot.app.screen.query(TypedTotal)
        for typed in ("2200.00 EUR", "2,200.00", "22000.00", "0", "-2200.00", "2200.00x"):
            first.value, second.value = typed, "600.00"
            second.focus()
            await pilot.press("enter")
            assert "Nothing has been done" in answer(pilot)
        first.value, second.value = "2200", "600.01"
        await pilot.press("enter")
        assert "Nothing has been done" in answer(pilot)
        assert isinstance(pilot.app.screen, ApprovalScreen)
        assert applies(sample) == started == []


async def test_what_was_typed_before_it_was_drawn_is_dropped(sample: Sample, started: list[list[str]]) -> None:
    async with previewed(sample) as pilot:
        app = pilot.app
        for key in ("a", *"2200.00", "tab", *"600.00", "enter", "enter"):
            app.post_message(events.Key(key if key != "." else "full_stop", key if len(key) == 1 else None))
        await until(pilot, lambda: isinstance(app.screen, ApprovalScreen))
        await armed(pilot)
        assert all(field.value == "" for field in app.screen.query(TypedTotal))
        assert app.focused.id == "cancel"
        early = events.Key("3", "3")
        early.time = time.monotonic() - 60
        app.post_message(early)
        await pilot.pause()
        assert all(field.value == "" for field in app.screen.query(TypedTotal))
        assert applies(sample) == started == []


async def test_an_enter_after_what_was_dropped_says_so_and_stays(sample: Sample, started: list[list[str]]) -> None:
    async with previewed(sample) as pilot:
        app = pilot.app
        for key in ("a", *"2200"):
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: isinstance(app.screen, ApprovalScreen))
        await armed(pilot)
        assert "What was typed before this opened was dropped. Type each total" in " ".join(text_of(pilot).split())
        await pilot.press("enter")
        assert isinstance(app.screen, ApprovalScreen)
        assert "was dropped" in answer(pilot)
        await pilot.press("enter", "enter", "enter")
        assert isinstance(app.screen, Page)
        assert applies(sample) == started == []


async def test_a_total_that_is_typed_at_once_is_taken_whole(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "cancel"
        await type_text(pilot, "2200.00 USD")
        field = pilot.app.screen.query(TypedTotal).first()
        await until(pilot, lambda: field.value.endswith("USD"))
        assert field.value == "2200.00 USD"
        assert applies(sample) == started == []


async def test_what_could_not_be_done_is_not_said_any_longer_than_it_holds(sample: Sample) -> None:
    sample.looked()
    async with running(sample, (80, 24)) as pilot:
        await pilot.press("3", "a")
        assert "there is no preview yet" in text_of(pilot)
        pilot.app.store.take_preview(pilot.app.store.make_view())
        pilot.app.show_frame()
        await until(pilot, lambda: "there is no preview yet" not in text_of(pilot))


async def test_pasting_is_off(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        await pilot.press("tab", "tab")
        app = pilot.app
        assert isinstance(app.focused, TypedTotal)
        app.copy_to_clipboard("2200.00")
        app.post_message(events.Paste("2200.00"))
        await pilot.press("ctrl+v")
        await pilot.pause()
        assert all(field.value == "" for field in app.screen.query(TypedTotal))
        assert "typed, not pasted" in answer(pilot)
        assert applies(sample) == started == []


async def test_keys_of_the_screen_behind_do_nothing(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        await pilot.press("r", "q", "p", "ctrl+q")
        await pilot.pause()
        assert applies(sample) == started == []
        assert pilot.app.is_running


async def test_an_approval_that_something_came_between_is_refused(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        applying = sample.apply()
        applying.paid()
        applying.end()
        await type_totals(pilot)
        await until(pilot, lambda: "has changed since" in answer(pilot))
        assert applies(sample) == [applying.run]
        assert started == []


async def test_while_a_run_is_under_way_there_is_no_approval(sample: Sample) -> None:
    async with previewed(sample) as pilot:
        sample.apply()
        await settled(pilot)
        await pilot.press("a")
        assert isinstance(pilot.app.screen, Page)
        assert "under way" in text_of(pilot)


async def test_everything_that_is_paid_can_be_read_at_80_by_24(sample: Sample) -> None:
    async with asked(sample) as pilot:
        shown = text_of(pilot)
        for told in (
            "MOCK",
            "anna",
            "client on Freelancer.com",
            "2200.00 USD",
            "600.00 EUR",
            "Ben Okafor",
            "Ines Vogt",
        ):
            assert told in shown
        assert "no fee is approved; one is asked about before it is paid" in shown
        for told in ("1000.00 USD a milestone", "5000.00 USD a day", "digest", "Cancel", "Approve"):
            assert told in shown


async def test_only_projects_on_which_something_is_done_count_and_what_is_blocked_is_said(sample: Sample) -> None:
    sample.looked()
    run, third = sample.journal.runs.newest()[0].id, sample.listed()[2]
    near = SiteMilestone("41200050", "Milestone one", Money.parse("400.00 USD"), MilestoneState.FUNDED, "In Progress")
    sample.look(run, third, milestones=[near])
    made = sample.preview()
    assert done_told(made) == "3 to create, 1 to accept, 1 to adopt, on 2 projects"
    assert left_told(made) == "3 blocked, each with its reason in the preview, on 1 project"
    assert kept_told(made) == "3 stand as planned, 1 project skipped on purpose"
    assert fees_told(made, asks=False) == "no fee is approved; one is refused, and its cart left unpaid"
    async with running(sample) as pilot:
        pilot.app.store.take_preview(pilot.app.store.make_view())
        await pilot.press("3", "a")
        await armed(pilot)
        said = pilot.app.screen.query_one("#told", Words).said
        assert all(told in said for told in (done_told(made), left_told(made), kept_told(made)))
        assert "Cancel" in text_of(pilot)


async def test_a_total_over_the_bid_is_told_with_its_fee_which_the_same_yes_covers(
    sample: Sample, started: list[list[str]]
) -> None:
    sample.looked()
    first, second, third, *others = sample.listed()
    over = replace(third, bid=Money.parse("1000.00 USD"))
    sample.journal.sightings.keep_projects(sample.id, [first, second, over, *others])
    async with running(sample) as pilot:
        pilot.app.store.take_preview(pilot.app.store.make_view())
        await pilot.press("3", "G")
        assert "plus at most 6.00 USD in fees" in text_of(pilot)
        assert "200.00 USD over the bid: fee about 6.00 USD" in text_of(pilot)
        await pilot.press("a")
        await armed(pilot)
        said = pilot.app.screen.query_one("#told", Words).said
        assert "6.00 USD in fees, with what the platform states for “Booking page for a yoga studio”" in said
        await type_totals(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
    order = Order.from_json(sample.journal.runs.newest(kind=RunKind.APPLY)[0].order)
    assert [each.fees for each in order.projects] == [None, None, Money.parse("6.00 USD")]
    assert len(started) == 1


async def test_what_it_would_cost_is_said_before_the_yes(sample: Sample) -> None:
    async with previewed(sample) as pilot:
        short = pilot.app.store.preview.in_short
        assert short == "takes less than a minute (estimate)"
        assert f"{short} · c says more" in text_of(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "Esc goes back" in text_of(pilot))
        said = {widget.said for widget in pilot.app.screen.query(Words)}
        assert len(pilot.app.store.preview.estimates) > 1
        assert said >= {f"· {line}" for line in pilot.app.store.preview.estimates}
        await pilot.press("escape", "a")
        await armed(pilot)
        assert short in text_of(pilot)


async def test_enter_after_the_first_total_asks_for_the_next(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample) as pilot:
        await pilot.press("2")
        await type_text(pilot, "200.00")
        await pilot.press("enter")
        assert answer(pilot) == "Now the total of 600.00 EUR."
        assert applies(sample) == started == []


async def test_a_live_account_says_so(sample: Sample) -> None:
    config = sample.settings.file
    config.write_text(config.read_text().replace("http://127.0.0.1:8700", "https://www.freelancer.com"))
    live = Sample(config.parent, origin="https://www.freelancer.com")
    async with asked(live) as pilot:
        assert "! LIVE" in text_of(pilot)
        for told in ("with real money", "guided, because it is the first time", "Cancel", "Approve"):
            assert told in text_of(pilot)
        assert "you press create and pay and accept yourself" in pilot.app.screen.query_one("#told", Words).said
        assert pilot.app.screen.query_one("#card").has_class("-live")
    live.journal.close()


async def test_in_a_small_terminal_nothing_is_approved(sample: Sample, started: list[list[str]]) -> None:
    async with asked(sample, (58, 20)) as pilot:
        assert "Too small" in text_of(pilot)
        await type_totals(pilot)
        assert applies(sample) == started == []


async def test_only_adoptions_ask_for_a_word(sample: Sample, started: list[list[str]]) -> None:
    plan = sample.plan_file.read_text()
    start, end = plan.index('[[project]]\ntitle = "Logo'), plan.index('[[project.milestone]]\nkey = "logo"')
    only = plan[: plan.index("[[project]]")] + plan[start:end].replace('share = "1/3"', 'share = "rest"')
    sample.plan_file.write_text(only.replace("900.00 EUR", "300.00 EUR"))
    sample_looked = sample.looked
    sample_looked()
    sample.looked = lambda: None  # type: ignore[method-assign]
    async with asked(sample) as pilot:
        await pilot.press("tab", "tab", "enter", "enter")
        await pilot.pause()
        assert applies(sample) == []
        if isinstance(pilot.app.screen, ApprovalScreen):
            await pilot.press("escape")
        await pilot.press("a")
        await armed(pilot)
        await pilot.press("a")
        await type_text(pilot, "pprove")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        assert len(applies(sample)) == 1
