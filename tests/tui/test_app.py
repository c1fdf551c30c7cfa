"""The screen as a whole: moving about, filters, messages, copying, leaving. Judged by state, not by pictures."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from assistant.errors import MilepostError
from assistant.journal import RunKind, RunState, Wanted
from assistant.settings.model import Settings
from tests.tui.driving import armed, opened, running, settled, text_of, type_text, until
from tui.actions import ACTIONS, SCREENS
from tui.app import MilepostApp
from tui.beginning import Beginning
from tui.sample import TODAY, Sample
from tui.screens.guarded import Ask
from tui.screens.menu import Menu
from tui.screens.page import Page
from tui.screens.preview import PreviewScreen
from tui.screens.projects import ProjectsScreen
from tui.screens.run import RunScreen
from tui.text import sort_key
from tui.widgets.account_strip import AccountStrip
from tui.widgets.filter import Filter
from tui.widgets.lines import LineList
from tui.widgets.words import Words


def notice(pilot) -> str:
    return pilot.app.screen.query_one("#notice", Words).said


def strip(pilot) -> str:
    return pilot.app.screen.query_one(AccountStrip).said


async def test_the_first_screen_is_there_before_the_journal(sample: Sample) -> None:
    app = MilepostApp(Beginning.of(sample.settings, [sample.plan_file], clock=lambda: TODAY))
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, ProjectsScreen)
        await opened(pilot)
        assert app.store is not None
    app.store.close()


async def test_numbers_go_to_the_screens_and_the_strip_stays(sample: Sample) -> None:
    sample.looked()
    sample.apply().end()
    async with running(sample) as pilot:
        for name in SCREENS:
            key = next(action.keys[-1] for action in ACTIONS if action.name == name and action.is_common)
            await pilot.press(key)
            assert isinstance(pilot.app.screen, Page)
            assert name == pilot.app.screen.NAME
            for told in ("MOCK", "anna", "client on Freelancer.com", "22500.00 USD"):
                assert told in strip(pilot)


async def test_escape_goes_one_step_back_at_a_time(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        await pilot.press("enter", "slash")
        await type_text(pilot, "yoga")
        await pilot.press("enter")
        screen = pilot.app.screen
        assert isinstance(screen, ProjectsScreen)
        assert [getattr(row, "title", None) for row in screen.main().items][1:] == ["Booking page for a yoga studio"]
        await pilot.press("escape")
        assert screen.query_one(Filter).value == ""
        assert len(screen.main().items) > 10
        await pilot.press("5", "escape")
        assert isinstance(pilot.app.screen, ProjectsScreen)
        await pilot.press("escape", "escape")
        assert isinstance(pilot.app.screen, ProjectsScreen)
        assert pilot.app.is_running


@pytest.mark.parametrize("keys", ["jjkjlh", ("down", "down", "up", "down", "right", "left")])
async def test_letters_and_arrows_move_alike(sample: Sample, keys) -> None:
    sample.looked()
    async with running(sample) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ProjectsScreen)
        first = screen.main().cursor
        await pilot.press(*keys[:4])
        assert screen.main().cursor == first + 2
        await pilot.press(keys[4])
        assert pilot.app.focused is screen.query_one("#milestones")
        await pilot.press(keys[5])
        assert pilot.app.focused is screen.main()
        await pilot.press("G")
        assert screen.main().cursor == len(screen.main().items) - 1
        await pilot.press("g")
        assert screen.main().cursor == first
        await pilot.press("pagedown")
        assert screen.main().cursor > first + 2


async def test_a_filter_counts_stays_and_leaves_help_alone(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        await pilot.press("slash")
        await type_text(pilot, "website")
        await pilot.press("enter")
        facts = pilot.app.screen.query_one("#facts", Words)
        assert facts.said.startswith("3 of 12 projects")
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, Menu)
        await pilot.press("escape", "5", "1")
        assert facts.said.startswith("3 of 12 projects")
        await pilot.press("slash")
        await type_text(pilot, "xyz")
        assert "No project holds" in text_of(pilot)


async def test_the_menu_finds_and_does(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        await pilot.press("colon")
        await type_text(pilot, "every run")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.screen.NAME == "history"
        await pilot.press("question_mark", "slash")
        await type_text(pilot, "colours")
        assert isinstance(pilot.app.screen, Menu)
        lines = pilot.app.screen.query_one(LineList)
        assert [line.action.name for line in lines.items if line.action] == ["theme"]
        before = pilot.app.theme
        await pilot.press("enter")
        assert pilot.app.theme != before


async def test_what_cannot_be_done_says_why_wherever_it_is_asked_for(sample: Sample) -> None:
    async with running(sample) as pilot:
        await pilot.press("3", "a")
        assert "there is no preview yet" in notice(pilot)
        await pilot.press("question_mark", "slash")
        await type_text(pilot, "approve")
        assert "there is no preview yet" in text_of(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, PreviewScreen)
        assert "there is no preview yet" in notice(pilot)
        await pilot.press("4")
        assert isinstance(pilot.app.screen, PreviewScreen)
        assert "there has been no run yet" in notice(pilot)


async def test_copying_sends_the_whole_line_and_claims_no_more(sample: Sample, monkeypatch) -> None:
    sample.looked()
    async with running(sample) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        await pilot.press("y")
        assert copied[0].split("\t")[:3] == ["Artist marketplace website", "#38112233", "Marta Jensen"]
        assert "not every terminal takes it" in notice(pilot)
        await pilot.press("l", "y")
        assert copied[1].split("\t") == ["Milestone 1 of 5", "500.00 USD", "released", "#41200001"]
        await pilot.press("exclamation_mark", "y")
        assert len(copied) == 2
        assert "nothing under the cursor" in notice(pilot)


async def test_an_error_is_in_the_inbox_with_what_to_do(sample: Sample, monkeypatch) -> None:
    sample.looked()
    async with running(sample) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        error = MilepostError("the cart holds another project", where="run 3", hint="look at the site")
        pilot.app.tell_error(error, "paying")
        await settled(pilot)
        assert "paying: the cart holds another project" in notice(pilot)
        await pilot.press("exclamation_mark")
        for told in ("paying", "the cart holds another project", "run 3", "look at the site"):
            assert told in text_of(pilot)
        await pilot.press("y")
        assert copied == ["Tried: paying\nSeen: the cart holds another project\nWhere: run 3\nNext: look at the site"]
        await pilot.press("1")
        assert notice(pilot) == ""


async def test_a_live_run_is_attached_to_on_start(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    applying.paid()
    applying.paying()
    async with running(sample) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        steps = pilot.app.screen.query_one("#steps", LineList)
        await until(pilot, lambda: steps.item is not None and steps.item.key == "m5")
        assert steps.item.state == "paying"
        assert f"run {applying.run} paying 500.00 USD" in strip(pilot)
        assert "paid 500.00 of 2200.00 USD" in text_of(pilot)


async def test_a_run_is_shown_as_it_goes(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        attempt = applying.paying()
        await settled(pilot)
        assert "◕ paying" in text_of(pilot)
        applying.paid(attempt)
        await settled(pilot)
        assert "✓ paid" in text_of(pilot)
        applying.unknown()
        await until(pilot, lambda: "may have been paid: 500.00 USD" in text_of(pilot))
        assert "? may be paid" in text_of(pilot)
        assert "in the inbox" not in strip(pilot), "the run under way is told first"
        applying.end()
        await until(pilot, lambda: "! says what to do" in text_of(pilot))
        steps = pilot.app.screen.query_one("#steps", LineList)
        assert {row.state for row in steps.items if not row.is_heading} == {"standing", "done", "unknown", "left"}
        await pilot.press("exclamation_mark")
        assert "milepost settle" in text_of(pilot)


async def test_the_roads_follow_a_run_that_is_under_way(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("1")
        before = pilot.app.store.projects.rows[0].funded
        applying.paid()
        await until(pilot, lambda: pilot.app.store.projects.rows[0].funded.minor == before.minor + 50000)
        assert f"funded {pilot.app.store.projects.rows[0].funded}" in text_of(pilot)


async def test_pause_stop_and_stop_now(sample: Sample, monkeypatch) -> None:
    sample.looked()
    applying = sample.apply()
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append(pid))

    def wanted() -> Wanted:
        return sample.journal.runs.wanted(applying.run)

    async with running(sample) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("p")
        assert wanted() is Wanted.PAUSE
        await settled(pilot)
        await pilot.press("p")
        assert wanted() is Wanted.GO
        await pilot.press("x")
        await armed(pilot)
        await pilot.press("enter", "enter", "enter")
        assert wanted() is Wanted.GO
        assert killed == []
        await pilot.press("x")
        await armed(pilot)
        await pilot.press("down", "down", "enter")
        assert killed == [os.getpid()]
        await pilot.press("s")
        assert wanted() is Wanted.STOP


async def test_leaving_without_a_run_just_leaves(sample: Sample) -> None:
    async with running(sample) as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_code == 0


@pytest.mark.parametrize(
    ("keys", "leaves", "wanted"),
    [
        (["enter"] * 5, False, Wanted.GO),
        (["escape"], False, Wanted.GO),
        (["down", "enter"], True, Wanted.GO),
        (["down", "down", "enter"], True, Wanted.STOP),
    ],
)
async def test_leaving_during_a_run_asks(sample: Sample, keys, leaves, wanted) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await pilot.press("q")
        await armed(pilot)
        assert isinstance(pilot.app.screen, Ask)
        await pilot.press(*keys)
        await pilot.pause()
        assert (pilot.app.return_code == 0) is leaves
        run = sample.journal.runs.get(applying.run)
        assert run is not None
        assert run.state is RunState.RUNNING
        assert run.wanted is wanted


async def test_too_small_says_so_and_still_tells_of_a_payment(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    applying.paying()
    async with running(sample, (59, 15)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        assert "This needs 60 x 16, and there are 59 x 15." in text_of(pilot)
        assert f"run {applying.run} paying 500.00 USD" in text_of(pilot)
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: "This needs" not in text_of(pilot))
        assert "◕ paying" in text_of(pilot)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (100, 30), (200, 60)])
async def test_amounts_and_states_are_whole_at_every_size(sample: Sample, size: tuple[int, int]) -> None:
    sample.looked()
    async with running(sample, size) as pilot:
        await pilot.pause()
        if size[1] < 20:  # room for few rows: the second one comes into sight with the cursor
            await pilot.press("j")
        shown = text_of(pilot)
        for whole in ("500.00", "1000.00", "2500.00 USD", "300.00", "900.00 EUR"):
            assert whole in shown
        pilot.app.store.take_preview(pilot.app.store.make_view())
        await pilot.press("3")
        shown = text_of(pilot)
        for whole in ("To pay: 2200.00 USD + 600.00 EUR", "+ create", "= keep", "500.00 USD"):
            assert whole in shown
        await pilot.press("2")
        await until(pilot, lambda: "2500.00 USD" in text_of(pilot))
        for whole in ("500.00 USD", "2026-11-10", "● released", "◐ funded", "○ planned"):
            assert whole in text_of(pilot)


async def test_letters_only_for_terminals_without_other_signs(sample: Sample) -> None:
    """Everything of ours; what people have written stays as it is."""
    config = sample.settings.file
    config.write_text("ascii = true\n" + config.read_text())
    sample.settings = Settings.load(config).settings
    sample.looked()
    async with running(sample) as pilot:
        assert "*==*==f--o--o" in text_of(pilot)
        assert theirs(text_of(pilot)).isascii()
        pilot.app.store.take_preview(pilot.app.store.make_view())
        await pilot.press("3", "a")
        await armed(pilot)
        assert theirs(text_of(pilot)).isascii()
        await pilot.press("escape", "question_mark")
        assert theirs(text_of(pilot)).isascii()


async def test_a_filter_that_nothing_holds_says_so_on_every_screen(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        pilot.app.tell_error(MilepostError("the site said no"), "reading the site")
        pilot.app.store.take_preview(pilot.app.store.make_view())
        for key in "12356":
            await pilot.press(key)
            await until(pilot, lambda: "Reading" not in text_of(pilot))
            await pilot.press("slash", *"zzz", "enter")
            assert "holds “zzz”. Esc shows all" in text_of(pilot), key
        await pilot.press("exclamation_mark", "slash", *"zzz", "enter")
        assert "No message holds “zzz”" in text_of(pilot)


def theirs(shown: str) -> str:
    """The picture without the letters that titles of the sample have."""
    return shown.replace("Ü", "").replace("佐藤 健", "")


async def test_a_crash_leaves_a_report_without_values(sample: Sample, capsys) -> None:
    app = MilepostApp(Beginning.of(sample.settings, [sample.plan_file], clock=lambda: TODAY))

    def crash() -> None:
        password = "hunter2" * 3
        raise RuntimeError(f"no luck with {len(password)} letters")

    async def crashing() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await opened(pilot)
            app.call_later(crash)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="no luck"):
        await crashing()
    assert app.return_code == 1
    [report] = sample.settings.reports_dir.iterdir()
    told = report.read_text()
    assert "RuntimeError: no luck with 21 letters" in told
    assert "hunter2hunter2" not in told
    if app.store is not None:
        app.store.close()


def look_in_place_of_a_runner(sample: Sample, store, monkeypatch) -> Callable[[], int]:
    """Starting a look writes its row, and no process takes it; the number of that row."""
    asked: list[int] = []

    def start() -> int:
        asked.append(sample.journal.runs.ask(RunKind.PREVIEW, sample.id, "anna", {}, str(sample.plan_file)))
        return asked[0]

    monkeypatch.setattr(store, "start_preview", start)
    return lambda: asked[0]


async def test_a_preview_run_that_fails_is_told_where_the_preview_would_be(sample: Sample, monkeypatch) -> None:
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        run = look_in_place_of_a_runner(sample, app.store, monkeypatch)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        await until(pilot, lambda: app.store.live is not None)
        error = {"code": "captcha", "message": "the site asks to solve a captcha", "hint": "log in by hand"}
        sample.journal.runs.end(run(), RunState.FAILED, error=error)
        await until(pilot, lambda: "The look failed: the site asks to solve a captcha" in text_of(pilot))
        await pilot.press("exclamation_mark")
        assert "log in by hand" in text_of(pilot)


async def test_a_preview_is_made_once_its_run_is_done(sample: Sample, monkeypatch) -> None:
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        run = look_in_place_of_a_runner(sample, app.store, monkeypatch)
        await pilot.press("p")
        await until(pilot, lambda: "Looking at the site" in text_of(pilot))
        sample.journal.runs.say(run(), "looked", "38112233 x", {"project": "38112233"})
        await until(pilot, lambda: "1 of 3" in text_of(pilot))
        sample.journal.runs.end(run(), RunState.DONE, {"looked": 3})
        await until(pilot, lambda: "To pay: 2200.00 USD + 600.00 EUR" in text_of(pilot))


async def test_late_ones_come_first_when_asked_for_and_a_page_is_opened(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.plan_file.write_text(sample.plan_file.read_text().replace("2026-12-04", "2026-11-24"), encoding="utf-8")
    sample.looked()
    opened: list[str] = []
    monkeypatch.setattr("tui.screens.projects.open_in_browser", opened.append)
    async with running(sample) as pilot:
        page = pilot.app.screen
        assert isinstance(page, ProjectsScreen)
        await pilot.press("s")
        titles = [row.title for row in page.main().items[1:]]
        assert titles[:2] == ["Logo and letterhead", "Artist marketplace website"], "late by a week, and by a day"
        assert "2 late" in text_of(pilot)
        await pilot.press("s")
        titles = [row.title for row in page.main().items[1:]]
        assert titles == sorted(titles, key=sort_key)
        assert len(titles) == 12
        await pilot.press("s", "s", "o")
        assert opened == ["http://127.0.0.1:8700/projects/38112233"]


async def test_a_tick_while_the_screens_are_taken_down_does_nothing(sample: Sample) -> None:
    sample.looked()
    sample.apply().paying()
    async with running(sample) as pilot:
        app = pilot.app
        await until(pilot, lambda: isinstance(app.screen, RunScreen))
        page = app.screen
    assert not app.is_running
    app._screen_stacks[app.current_mode].append(page)
    app.page_does("tick")
    app.show_notice()
