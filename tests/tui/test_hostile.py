"""Text from outside on every screen and every sheet there is: shown, never obeyed. A new one without a case fails."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widgets import Input

import tui.screens
from assistant.errors import MilepostError
from assistant.journal import Event, RunKind, RunState
from assistant.money import Money
from assistant.person_line import EVENT
from assistant.plans.planned import PlannedMilestone, PlannedProject
from assistant.processes import own
from assistant.reminders import Reminder
from assistant.settings.model import Settings
from assistant.single import Single, SingleKind
from assistant.site import MilestoneState, SiteMilestone, SiteProject
from tests.tui.driving import armed, running, text_of, until
from tests.tui.test_markup import HOSTILE
from tests.tui.test_settings_screen import EXAMINED, LOCATOR
from tui.app import MilepostApp
from tui.pictures import troubled
from tui.sample import TODAY, Sample
from tui.screens.accounts import AccountSheet
from tui.screens.approval import ApprovalScreen
from tui.screens.choosing import Choosing
from tui.screens.costs import CostsSheet
from tui.screens.doctor import DoctorSheet
from tui.screens.fee import FeeScreen
from tui.screens.guarded import Ask, Guarded
from tui.screens.known_plans import PlansSheet
from tui.screens.menu import Menu
from tui.screens.one_line import OneLine, SecretLine
from tui.screens.outline_form import OutlineForm
from tui.screens.page import Page
from tui.screens.plan_sheets import PlanSheets
from tui.screens.ready_words import ReadyWordsSheet
from tui.screens.sheet import ListSheet, PickSheet, Sheet, TextSheet
from tui.screens.single import SingleScreen
from tui.view.known_plans import plans_in
from tui.view.outline import Fields, Filled
from tui.view.settings import accounts_of

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.store import Store

EVIL = " ".join(HOSTILE)
USD = Money.parse("10.00 USD")
BASES = {Page, PlanSheets, Guarded, Sheet, TextSheet, PickSheet, ListSheet}


def site_project(store: Store) -> SiteProject:
    one = store.work.journal.sightings.projects(store.facts_id)[0]
    return replace(one, title=EVIL, counterparty=EVIL, raw_status=EVIL)


def milestone() -> SiteMilestone:
    return SiteMilestone("[/foo]", EVIL, USD, MilestoneState.FUNDED, EVIL)


def form(store: Store) -> OutlineForm:
    planned = PlannedProject(ref="1", total=USD, milestones=(PlannedMilestone("k", EVIL, USD),))
    filled = Filled((planned, planned), {"1": EVIL})
    return OutlineForm(EVIL, Fields(total=EVIL), lambda _: filled, [EVIL], {"1": EVIL})


def approval(store: Store) -> ApprovalScreen:
    made = store.make_view()
    first, *others = made.preview.projects
    changes = tuple(replace(each, project=site_project(store), reason=EVIL) for each in first.changes)
    odd = replace(first, project=site_project(store), changes=changes)
    preview = replace(made.preview, projects=(odd, *others))
    return ApprovalScreen(store, replace(made, preview=preview, guided=EVIL, in_short=EVIL))


def reminder() -> Reminder:
    return Reminder(EVIL, ("1",), (USD,), 1, TODAY, TODAY, "\n".join(HOSTILE))


def single(store: Store) -> SingleScreen:
    facts = store.work.account.facts
    return SingleScreen(store, Single(SingleKind.RELEASE, facts, site_project(store), "k", milestone(), USD), None)


def fee(store: Store) -> FeeScreen:
    return FeeScreen(store, Event(1, 1, "", EVENT, EVIL, {"need": "fee", "total": "503.00", "currency": "USD"}))


def accounts(store: Store) -> AccountSheet:
    config = store.settings.file
    login = " ".join(text for text in HOSTILE if text.isprintable()).replace("\\", "")
    config.write_text(config.read_text().replace('login = "anna"', f'login = "{login}"'))
    return AccountSheet(accounts_of(Settings.load(config).settings))


def plans(store: Store) -> PlansSheet:
    folder = store.settings.file.parent / "plans"
    folder.mkdir()
    (folder / "[@click=app.quit]plan\x1b[2J.toml").write_text('platform = "x"\naccount = "[/foo]\\u202e"\n')
    return PlansSheet(plans_in(folder))


SHEETS: dict[type[Screen[Any]], Callable[[Store], Screen[Any]]] = {
    Ask: lambda store: Ask(EVIL, EVIL, [(EVIL, "stay"), (EVIL, "go")]),
    OneLine: lambda store: OneLine(EVIL, EVIL, EVIL),
    SecretLine: lambda store: SecretLine(EVIL, EVIL),
    CostsSheet: lambda store: CostsSheet(HOSTILE),
    Menu: lambda store: Menu("projects", replace(store.facts(), no_account=EVIL, account=""), typing=False),
    ReadyWordsSheet: lambda store: ReadyWordsSheet(store, [reminder(), reminder()]),
    DoctorSheet: DoctorSheet,
    SingleScreen: single,
    FeeScreen: fee,
    ApprovalScreen: approval,
    OutlineForm: form,
    Choosing: lambda store: Choosing([site_project(store)], lambda _ref: EVIL, lambda _: form(store), reading=False),
    AccountSheet: accounts,
    PlansSheet: plans,
}
"""What is laid over a screen, with the worst that could be in it."""


def test_every_screen_and_sheet_has_hostile_text_tried_on_it() -> None:
    found = set()
    for module in pkgutil.iter_modules(tui.screens.__path__, "tui.screens."):
        for _, made in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(made, Screen) and made.__module__ == module.name:
                found.add(made)
    pages = {made for made in found if issubclass(made, Page)} - BASES
    assert {page.NAME for page in pages} == set(MilepostApp.SCREENS) == set(KEYS)
    assert found - pages - BASES == set(SHEETS)


KEYS = {"projects": "1", "plan": "2", "preview": "3", "run": "4", "history": "5", "checks": "6", "settings": "7",
        "inbox": "8"}  # fmt: skip


def harmless(pilot: Pilot[None]) -> None:
    shown = text_of(pilot)
    odd = {repr(line): line for line in shown.split("\n") if any(ord(char) < 32 for char in line)}
    assert odd == {}, pilot.app.screen
    assert not any(char in shown for char in "\u202e\u202c\u2066\u200b")
    assert pilot.app.is_running
    assert pilot.app.return_code is None


def examined(sample: Sample) -> None:
    """The doctor has been at pages that are up to no good."""
    locator = {**LOCATOR, "found": "none", "count": 0, "nearest": list(HOSTILE), "note": EVIL, "behind": EVIL}
    run = sample.journal.runs.ask(RunKind.DOCTOR, sample.id, "anna", {})
    sample.journal.runs.take(run, *own())
    figures = {**EXAMINED, "words": list(HOSTILE), "override": EVIL, "browser": EVIL, "locators": [locator]}
    sample.journal.runs.end(run, RunState.DONE, figures)


async def test_hostile_text_is_harmless_on_every_sheet(sample: Sample) -> None:
    sample.looked()
    examined(sample)
    async with running(sample, (120, 40)) as pilot:
        app = pilot.app
        for kind, make in SHEETS.items():
            sheet = make(app.store)
            app.push_screen(sheet)
            await until(pilot, lambda sheet=sheet: app.screen is sheet and any(c.size for c in sheet.query("#card")))
            if isinstance(sheet, Guarded):
                await armed(pilot)
            if kind is DoctorSheet:
                await until(pilot, lambda: "[@click=app.quit]" in text_of(pilot))
            assert kind is Menu or any(told in text_of(pilot) for told in ("[/foo]", "[@click")), kind
            await pilot.click("#card", offset=(8, 3))
            await pilot.press("down", "up", *([] if isinstance(app.focused, Input) else ["y"]))
            harmless(pilot)
            await pilot.press("escape")
            await until(pilot, lambda sheet=sheet: app.screen is not sheet)


async def test_hostile_text_is_harmless_on_every_screen(sample: Sample) -> None:
    troubled(sample)
    examined(sample)
    listed = [replace(each, title=each.title if n < 3 else text or "x", counterparty=text, raw_status=text)
              for n, (each, text) in enumerate(zip(sample.listed(), HOSTILE, strict=True))]  # fmt: skip
    sample.journal.sightings.keep_projects(sample.id, listed)
    attempt = sample.journal.attempts.newest(sample.id, 5)[-1]
    sample.journal.attempts.note(attempt.id, reason=EVIL, site_message=EVIL, source=EVIL, fees=EVIL)
    sample.journal.attempts.add_evidence(attempt.id, EVIL, f"/kept/{EVIL}.jpg".replace("\n", ""), {})
    applying = sample.apply()
    data = {"need": "fee", "line": "", "until": "2026-12-01T14:20:00Z", "total": "503.00", "currency": "USD"}
    sample.journal.runs.say(applying.run, "person", EVIL, data, RunState.PERSON)
    async with running(sample, (120, 40)) as pilot:
        app = pilot.app
        app.store.take_preview(app.store.make_view())
        app.tell_error(MilepostError(EVIL, where=EVIL, hint=EVIL), EVIL)
        for name, key in KEYS.items():
            await pilot.press(key)
            assert name == app.screen.NAME
            await until(pilot, lambda: "Reading" not in text_of(pilot))
            await pilot.press("j", "j", "k", "l", "j", "y", "h")
            harmless(pilot)
            if name == "run":
                assert "[@click=app.quit]" in text_of(pilot)
                await pilot.press("c")
                assert isinstance(app.screen, FeeScreen)
                await armed(pilot)
                harmless(pilot)
                await pilot.press("escape")
                await until(pilot, lambda: app.screen.NAME == "run")
        await pilot.press("8")
        assert "[/foo]" in text_of(pilot)
