"""Guided first, then automatic: what a person has pressed, and what Milepost may press after it."""

from __future__ import annotations

import asyncio
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.apply import ONE_GUIDED, Carrier
from assistant.changes import ChangeKind
from assistant.guided import Licence, licence_of, overrides, presses_of
from assistant.journal import AttemptState, Journal, RunKind, Wanted
from assistant.platform import PlatformRules, load_rules
from assistant.site import CartReading, Press, Step, Submission
from assistant.summary import Summary
from tests.assistant.fake_site import FakeSite
from tests.assistant.test_apply import FACTS, RULES, World, planned

LIVE = replace(FACTS, id="freelancer:anna@https://www.freelancer.com", origin="https://www.freelancer.com")
PROFILE = load_rules("freelancer")


@dataclass
class GuidedSite(FakeSite):
    """Asks a person for what is not in `alone`; `person` is what they do: press, press something else, nothing."""

    alone: frozenset[str] = frozenset()
    person: str = "presses"

    async def submit(self, step: Step) -> Submission:
        return await self._guided(step.kind.value, lambda: super(GuidedSite, self).submit(step))

    async def pay(self, cart: CartReading) -> Submission:
        return await self._guided("pay", lambda: super(GuidedSite, self).pay(cart))

    async def _guided(self, step: str, act) -> Submission:  # type: ignore[no-untyped-def]
        if step in self.alone:
            return await act()
        if self.person == "is away":
            return Submission(left=0, trouble="nothing was submitted: nobody came", guided=True)
        press = Press(step, "button", "Go on", ('role=button[name="Go on"]',), expected=self.person == "presses")
        return replace(await act(), guided=True, pressed=press)


class LiveWorld(World):
    """The same world on a live origin, where each run has the licence that the journal gives."""

    site: GuidedSite
    rules: PlatformRules = PROFILE

    def licence(self) -> Licence:
        licence = licence_of(self.journal, self.facts, self.rules)
        assert licence is not None
        return licence

    def go(self) -> Summary:
        order, run = self.order(), self.journal.runs.ask(RunKind.APPLY, self.facts.id, "anna", {})
        licence = self.licence()
        self.site.alone = licence.steps

        async def between() -> Wanted:
            return self.journal.runs.wanted(run)

        carrier = Carrier(order, self.site, self.journal, run, RULES, between, licence=licence)
        return asyncio.run(carrier.carry_out())


@pytest.fixture
def world(tmp_path: Path) -> LiveWorld:
    site = GuidedSite()
    return LiveWorld(Journal.open(tmp_path / "journal.sqlite3", site.clock), site, facts=LIVE)


def test_the_first_run_does_one_milestone_and_the_next_one_the_rest(world: LiveWorld) -> None:
    assert world.licence().steps == frozenset()
    first = world.go()
    assert (first.created, first.not_reached, first.exit_code) == (1, 2, 2)
    run = world.journal.runs.newest(1)[0]
    assert [event.text for event in world.journal.runs.events(run.id) if event.kind == "left"] == [
        f"1001: {ONE_GUIDED}"
    ]
    assert [press.step for press in presses_of(world.journal, run.id)] == ["create", "pay"]
    assert world.licence().steps == {"create", "pay"}
    second = world.go()
    assert (second.created, second.kept, second.exit_code) == (2, 1, 0)
    assert len(world.site.charges) == 3


def test_one_guided_project_holds_back_the_others(world: LiveWorld) -> None:
    world.site.listed = (world.site.listed[0], replace(world.site.listed[0], ref="1002", title="Shop"))
    world.projects = (planned(), planned("1002"))
    first = world.go()
    assert (first.created, first.not_reached) == (1, 5)


@pytest.mark.parametrize(("person", "funded"), [("is away", 0), ("presses something else", 1)])
def test_what_was_not_pressed_as_the_profile_finds_it_is_not_learned(
    world: LiveWorld, person: str, funded: int
) -> None:
    world.site.person = person
    world.go()
    assert len(world.site.funded()) == funded
    assert world.licence().steps == frozenset()
    assert world.states()[0] is (AttemptState.DONE if funded else AttemptState.REFUSED)
    if not funded:
        assert world.journal.attempts.newest()[0].reason == "nothing was submitted: nobody came"


def test_an_outcome_that_is_unknown_teaches_nothing_until_it_is_done(world: LiveWorld) -> None:
    world.site.fail("pay", "late")
    world.go()
    assert world.states() == [AttemptState.UNKNOWN]
    assert world.licence().steps == frozenset()
    world.clock.sleep(6)
    world.look()
    assert world.states() == [AttemptState.DONE]
    assert world.licence().steps == {"create", "pay"}


def test_a_profile_whose_money_locators_changed_asks_again(world: LiveWorld, tmp_path: Path) -> None:
    world.go()
    (tmp_path / "platforms").mkdir()
    override = tmp_path / "platforms" / "freelancer.toml"
    override.write_text("[rules]\npace = 9.0\n")
    world.rules = load_rules("freelancer", tmp_path)
    assert world.licence().steps == {"create", "pay"}  # the pace is no locator
    override.write_text("[hands.cart.pay]\nfind = ['role=button[name=\"Pay now\"]']\n")
    world.rules = load_rules("freelancer", tmp_path)
    assert world.licence().steps == frozenset()


def test_another_account_has_learned_nothing(world: LiveWorld) -> None:
    world.go()
    other = replace(LIVE, id="freelancer:ben@https://www.freelancer.com")
    licence = licence_of(world.journal, other, PROFILE)
    assert licence is not None
    assert licence.steps == frozenset()
    assert licence_of(world.journal, FACTS, PROFILE) is None  # a mock platform: nothing has to be earned


def test_a_preview_knows_what_will_be_guided(world: LiveWorld) -> None:
    licence = world.licence()
    changes = world.preview().changes
    assert licence.to_be_guided(changes, creates_pays=False) == ["create", "pay"]
    assert licence.to_be_guided(changes, creates_pays=True) == ["create"]
    learned = replace(licence, steps=frozenset({"create"}))
    assert learned.to_be_guided(changes, creates_pays=False) == ["pay"]
    kept = [replace(change, kind=ChangeKind.KEEP) for change in changes]
    assert licence.to_be_guided(kept, creates_pays=False) == []


def test_wiping_the_evidence_forgets_what_was_learned_and_keeps_what_was_paid(world: LiveWorld) -> None:
    world.go()
    world.journal.attempts.forget_evidence(LIVE.id)
    assert world.licence().steps == frozenset()
    assert world.states() == [AttemptState.DONE]
    assert world.kinds()[0] == "keep"


HOSTILE = ['Pay "now"\\', "line\nbreak", '"""', "\x1b[31m", "\u202eevil", "]]\n[hands.cart]\nfree = []"]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_override_that_is_offered_is_one_table_whatever_a_page_calls_its_button(name: str) -> None:
    press = Press("pay", "button", name, (f"role=button[name={name}]", name), expected=False)
    read = tomllib.loads("\n".join(overrides([press])))
    assert set(read["hands"]["cart"]) == {"pay"}
    assert set(read["hands"]["cart"]["pay"]) == {"find", "name"}
    assert overrides([replace(press, expected=True)]) == []
