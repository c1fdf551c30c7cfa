"""A release, a request for one, and ready words, from the projects screen. Judged by the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.journal import RunKind
from assistant.money import Money
from assistant.site import MilestoneState, SiteRequest
from tests.tui.driving import armed, running, text_of, type_text, until
from tests.tui.test_approval import answer, started
from tui.sample import TODAY, Sample
from tui.screens.page import Page
from tui.screens.run import RunScreen

__all__ = ["started"]


def singles(sample: Sample) -> list[dict]:
    return [dict(run.order) for run in sample.journal.runs.newest(kind=RunKind.SINGLE)]


def as_freelancer(sample: Sample) -> Sample:
    """The same account, as the one who is paid."""
    return Sample(sample.settings.file.parent, role="freelancer")


@pytest.mark.parametrize("role", ["client", "freelancer"])
async def test_one_funded_milestone_is_shown_and_typed_and_nothing_else_does_it(
    sample: Sample, started: list[list[str]], role: str
) -> None:
    sample.looked()
    sample = as_freelancer(sample) if role == "freelancer" else sample
    async with running(sample) as pilot:
        await pilot.press("R")
        assert "l goes to the milestones" in text_of(pilot)
        await pilot.press("l", "R")
        assert "is released" in text_of(pilot)  # the first one stands as released already
        await pilot.press("j", "j", "R")
        await armed(pilot)
        shown = text_of(pilot)
        for told in ("38112233/m3", "#41200003", "500.00 USD", "In Progress", "Marta Jensen"):
            assert told in shown
        assert ("cannot be undone" in shown, "delivered" in shown) == (role == "client", role == "freelancer")
        await pilot.press("tab", "tab")
        await type_text(pilot, "yes")
        await pilot.press("enter")
        assert "Nothing has been done" in answer(pilot)
        await pilot.press("escape")
        assert singles(sample) == started == []

        await pilot.press("R")
        await armed(pilot)
        await pilot.press("tab", "tab")
        await type_text(pilot, "500.00" if role == "client" else "delivered")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        [order] = singles(sample)
        assert order["single"]["milestone"]["site_ref"] == "41200003"
        assert order["single"]["kind"] == ("release" if role == "client" else "request_release")
        assert len(started) == 1


async def test_a_look_that_is_too_old_is_none(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    sample.looked()
    async with running(sample) as pilot:
        monkeypatch.setattr(pilot.app.store, "clock", lambda: TODAY + timedelta(hours=3))
        await pilot.press("l", "j", "j", "R")
        assert "too old for that" in text_of(pilot)
        assert isinstance(pilot.app.screen, Page)


async def test_ready_words_are_shown_and_copied_and_clients_are_not_reminded(sample: Sample) -> None:
    async with running(sample) as pilot:
        await pilot.press("w")
        assert "it is the one who pays" in text_of(pilot)
    ben = as_freelancer(sample)
    first = ben.listed()[0]
    asked = SiteRequest("5100001", "Milestone 1 of 5", Money.parse("500.00 USD"), MilestoneState.REQUESTED, "Requested")
    run = ben.journal.runs.ask(RunKind.PREVIEW, ben.id, "anna", {}, ben.plan_file.name)
    ben.look(run, first, requests=[asked])
    async with running(ben) as pilot:
        await pilot.press("w")
        assert "there is nobody to remind" in text_of(pilot)
        pilot.app.store.clock = lambda: TODAY + timedelta(days=9)
        await pilot.press("w")
        await until(pilot, lambda: "For Marta Jensen" in text_of(pilot))
        assert "500.00 USD" in text_of(pilot)
        await pilot.press("y")
        assert pilot.app.clipboard.startswith("Hello Marta Jensen,")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Page)
    ben.journal.close()
