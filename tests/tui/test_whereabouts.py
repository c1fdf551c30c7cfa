"""Where one is, the way back, and that nothing on the screen outlives what it is about."""

from __future__ import annotations

from textual import events

from assistant.journal import RunKind, RunState
from assistant.processes import own
from tests.tui.driving import armed, running, settled, text_of, until
from tui.pictures import troubled
from tui.sample import Sample
from tui.screens.fee import FeeScreen
from tui.screens.guarded import Ask


def footer(pilot) -> str:
    return text_of(pilot).splitlines()[-1]


async def test_the_strip_says_which_screen_it_is_and_esc_is_one_step_back(sample: Sample) -> None:
    troubled(sample)
    async with running(sample) as pilot:
        app = pilot.app
        assert text_of(pilot).startswith(" 1 Projects  MOCK  anna · client on Freelancer.com")
        await pilot.press("3", "5", "enter")
        assert text_of(pilot).startswith(" 4 Run  MOCK ")
        for before in ("history", "preview", "projects", "projects"):
            await pilot.press("escape")
            assert before == app.screen.NAME
        await pilot.press("3", "5", "3", "escape")
        assert app.screen.NAME == "projects", "going back to where one was is no step further"


async def test_escapes_that_are_typed_at_once_are_a_step_each(sample: Sample) -> None:
    troubled(sample)
    async with running(sample) as pilot:
        app = pilot.app
        await pilot.press("2", "3", "5", "question_mark")
        for _ in range(3):  # the menu, the history, the preview
            app.post_message(events.Key("escape", None))
        await until(pilot, lambda: not app.typed.busy)
        assert app.screen.NAME == "plan"


async def test_a_question_about_a_run_goes_with_it_and_so_do_its_keys(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample) as pilot:
        app = pilot.app
        await until(pilot, lambda: app.screen.NAME == "run")
        assert "p pause   s stop" in footer(pilot)
        await pilot.press("q")
        await armed(pilot)
        assert isinstance(app.screen, Ask)
        for _ in range(7):
            applying.paid()
        applying.end()
        await settled(pilot)
        await until(pilot, lambda: "Run 3 has ended meanwhile, and the question with it." in text_of(pilot))
        assert app.screen.NAME == "run"
        assert app.is_running
        assert "pause" not in footer(pilot)
        assert "Next: 1 shows how the projects stand; 5 keeps what was done" in text_of(pilot)


async def test_a_sheet_for_an_answer_goes_with_the_question(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    journal = sample.journal
    async with running(sample) as pilot:
        app = pilot.app
        await until(pilot, lambda: app.screen.NAME == "run")
        figures = {"need": "fee", "line": "", "until": "2026-12-01T14:20:00Z", "total": "503.00", "currency": "USD"}
        journal.runs.set_state(applying.run, RunState.PERSON)
        journal.runs.say(applying.run, "person", "the fee is higher", figures)
        await settled(pilot)
        await pilot.press("c")
        assert isinstance(app.screen, FeeScreen)
        journal.runs.set_state(applying.run, RunState.RUNNING)
        await settled(pilot)
        await until(pilot, lambda: "The run waits for this no longer." in text_of(pilot))


async def test_a_preview_that_was_carried_out_no_longer_says_what_is_to_be_paid(sample: Sample) -> None:
    sample.looked()
    async with running(sample) as pilot:
        app = pilot.app
        app.store.take_preview(app.store.make_view())
        await pilot.press("3")
        assert "To pay: 2200.00 USD" in text_of(pilot)
        assert "a approve" in footer(pilot)
        applying = sample.apply()
        applying.paid()
        applying.end()
        await settled(pilot)
        await until(pilot, lambda: "Was to pay, and is not up to date: 2200.00 USD" in text_of(pilot))
        assert "a approve" not in footer(pilot)


async def test_a_check_says_what_it_read_in_the_list_and_on_its_own_screen(sample: Sample) -> None:
    sample.looked()
    run = sample.journal.runs.ask(RunKind.CHECK, sample.id, "anna", {})
    sample.journal.runs.take(run, *own())
    looked = {"38112233": "never looked at", "38112234": "the list has changed"}
    summary = {"listed": 11, "looked": looked, "unread": {}, "scope": ["38112233"], "page_loads": 5}
    sample.journal.runs.end(run, RunState.DONE, summary)
    async with running(sample) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: text_of(pilot).count("11 projects listed, 2 projects lo") == 2)
        await pilot.press("enter")
        assert "11 projects listed · 2 projects looked at" in text_of(pilot)
        assert "Next: 6 shows what was found; Esc goes back" in text_of(pilot)
        assert "never looked at" not in text_of(pilot)
