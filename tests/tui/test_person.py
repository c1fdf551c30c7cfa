"""A run that waits for a person, on the screen: what to do stands there, and the code typed goes to the run alone."""

from __future__ import annotations

import pytest
from textual.message import Message
from textual.widgets import Input

from assistant.journal import RunState
from assistant.person_line import EVENT, Said, open_line
from tests.tui.driving import PATIENCE, armed, running, settled, text_of, type_text, until
from tui.sample import Sample
from tui.screens import guarded
from tui.screens.fee import FeeScreen
from tui.screens.one_line import SecretLine

WORDS = "https://freelancer.example asks for a 2-step code for [@click=app.quit]anna"
UNTIL = "2026-12-01T10:15:00+00:00"


async def test_a_code_is_typed_on_the_run_screen(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample, (120, 40)) as pilot, open_line() as line:
        app = pilot.app
        data = {"need": "code", "line": str(line.path), "until": UNTIL}
        sample.journal.runs.say(applying.run, EVENT, WORDS, data, RunState.PERSON)
        await until(pilot, lambda: app.store.run is not None and app.store.run.wanted_of_you)
        app.go("run")
        for told in ("waiting for you", "Waiting for you: https://freelancer.example asks for a 2-step code"):
            await until(pilot, lambda told=told: told in " ".join(text_of(pilot).split()))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, SecretLine))
        await type_text(pilot, "246810")
        assert app.screen.query_one(Input).password
        assert "246810" not in text_of(pilot)
        await pilot.press("enter")
        said = await line.said(20)
        assert said is not None
        assert said.code is not None
        assert said.code.get_secret_value() == "246810"
        sample.journal.runs.set_state(applying.run, RunState.RUNNING)
        await until(pilot, lambda: app.store.run.wanted_of_you is None)
        assert all("246810" not in event.text for event in sample.journal.runs.events(applying.run))


async def test_a_press_is_told_and_a_login_can_be_said_to_be_done(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample, (120, 40)) as pilot, open_line() as line:
        app = pilot.app
        for need, told in (("press", "nothing can be pressed from here"), ("sign_in", "c says that it is done")):
            data = {"need": need, "line": str(line.path), "until": UNTIL}
            sample.journal.runs.say(applying.run, EVENT, f"do it: {need}", data, RunState.PERSON)
            await until(pilot, lambda need=need: _wants(app, need))
            app.go("run")
            await pilot.press("c")
            await settled(pilot)
            await until(pilot, lambda told=told: told in " ".join(text_of(pilot).split()))
        said = await line.said(20)
        assert said is not None
        assert (said.done, said.code) == (True, None)


async def test_a_fee_is_approved_or_refused_by_what_is_typed(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    async with running(sample, (80, 24)) as pilot, open_line() as line:
        app = pilot.app
        data = {"need": "fee", "line": str(line.path), "until": UNTIL, "total": "503.00", "currency": "USD"}
        words = "38112233/m1: paying 500.00 USD from '[red]Balance' costs 3.00 USD in fees"
        sample.journal.runs.say(applying.run, EVENT, words, data, RunState.PERSON)
        await until(pilot, lambda: _wants(app, "fee"))
        app.go("run")
        await until(pilot, lambda: "c approves or refuses it" in " ".join(text_of(pilot).split()))
        assert "c answer" in text_of(pilot).splitlines()[-1]
        for typed, told in (("503.00", Said(amount="503.00 USD")), ("no", Said(no=True))):
            await pilot.press("c")
            await until(pilot, lambda: isinstance(app.screen, FeeScreen))
            await armed(pilot)
            assert "from '[red]Balance' costs 3.00 USD" in " ".join(text_of(pilot).split())
            assert "Type 503.00 USD to approve it" in " ".join(text_of(pilot).split())
            for wrong, why in (("3", "typed was 3.00 USD, not 503.00 USD"), ("backspace", "has to be typed")):
                await pilot.press(wrong, "enter")
                await until(pilot, lambda why=why: why in text_of(pilot))
            await type_text(pilot, typed)
            await pilot.press("enter")
            assert await line.said(20) == told
            await until(pilot, lambda: Message().time > app._deaf_until)  # it drops what is typed on


async def test_what_is_typed_before_a_fee_is_seen_pays_nothing(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "ARMED_AFTER", PATIENCE)  # all that is typed here comes before
    sample.looked()
    applying = sample.apply()
    async with running(sample, (80, 24)) as pilot, open_line() as line:
        app = pilot.app
        data = {"need": "fee", "line": str(line.path), "until": UNTIL, "total": "503.00", "currency": "USD"}
        sample.journal.runs.say(applying.run, EVENT, "38112233/m1: costs 3.00 USD in fees", data, RunState.PERSON)
        await until(pilot, lambda: _wants(app, "fee"))
        app.go("run")
        await pilot.press("c", *"503.00", "enter")
        await until(pilot, lambda: isinstance(app.screen, FeeScreen))
        assert app.screen.dropped
        assert not app.screen.query_one(Input).value
        assert await line.said(0.2) is None
        assert _wants(app, "fee")


def _wants(app, need: str) -> bool:
    asked = app.store.run.wanted_of_you if app.store.run is not None else None
    return asked is not None and asked.data["need"] == need
