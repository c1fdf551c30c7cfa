"""The state machine that makes histories up: it draws a setup and steps, and plays them in a world.

A failing example leaves its setup and steps in `Histories.last`, as text that `play` takes back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from assistant.site import Role
from tests.faults.history import Approve, Carry, Death, Edit, Other, Setup, Step, Wait
from tests.faults.others import FOR_CLIENT, FOR_FREELANCER
from tests.faults.person import EDITS
from tests.faults.world import World

SHAPES: tuple[tuple[tuple[tuple[str, int], ...], ...], ...] = (
    ((("One", 500),),),
    ((("One", 500), ("Two", 500)),),
    ((("One", 500), ("Two", 300), ("Three", 500)),),
    ((("Half", 500), ("Half", 500)),),
    ((("Half", 500), ("Half", 500), ("Rest", 300)),),
    ((("One", 500), ("Two", 500)), (("One", 500), ("Other", 400))),
)

FAULTS = (
    "submit: ok",
    "submit: drop before",
    "submit: drop after",
    "submit: said yes",
    "submit: nothing left",
    "submit: plain no",
    "submit: late",
    "submit: very late",
    "submit: twice",
    "submit: by link",
    "submit: slow",
    "submit: raises",
    "pay: ok",
    "pay: drop before",
    "pay: drop after",
    "pay: said yes",
    "pay: nothing left",
    "pay: plain no",
    "pay: late",
    "pay: very late",
    "pay: twice",
    "pay: slow",
    "pay: raises",
    "prepare: refused",
    "prepare: mismatch",
    "prepare: browser",
    "prepare: breach",
    "cart: unreadable",
    "cart: mismatch",
    "cart: browser",
    "cart: login",
    "cart: breach",
    "choose: unreadable",
    "look: ok",
    "look: unreadable",
    "look: browser",
    "look: login",
)

faults = st.lists(st.sampled_from(FAULTS), max_size=3).map(tuple)
look_faults = st.sampled_from(((), (), (), (), ("look: unreadable",), ("look: browser",)))
deaths = st.none() | st.builds(Death, st.integers(1, 60), st.sampled_from(("KeyboardInterrupt", "CancelledError")))
small = st.integers(0, 3)
setups = st.builds(
    Setup,
    projects=st.sampled_from(SHAPES),
    role=st.sampled_from((Role.CLIENT, Role.CLIENT, Role.CLIENT, Role.FREELANCER)),
    creating_pays=st.booleans(),
    shows_balances=st.booleans(),
    newest_first=st.booleans(),
    closes_request_when_paid=st.booleans(),
    preselects=st.booleans(),
    nothing_left_settles=st.booleans(),
    cap=st.sampled_from(("", "", "", "run", "day")),
)


def others(setup: Setup) -> st.SearchStrategy[Other]:
    """What other people may do beside an account of this role."""
    acts = FOR_CLIENT if setup.role is Role.CLIENT else FOR_FREELANCER
    return st.builds(Other, st.sampled_from(acts), st.integers(0, 1), small)


def play(setup: Setup, steps: Sequence[Step]) -> None:
    """Play a written history to its end; raises what the judge finds."""
    world = World(setup, Path(tempfile.mkdtemp(prefix="milepost-history-")))
    try:
        for step in steps:
            world.play(step)
        world.finish()
    finally:
        world.close()


agains = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3)), max_size=2, unique=True)


class Histories(RuleBasedStateMachine):
    """Each example is one history of one account."""

    last: ClassVar[tuple[Setup, list[Step]]]
    played: ClassVar[int] = 0
    world: World

    @initialize(setup=setups)
    def begin(self, setup: Setup) -> None:
        self.setup = setup
        self.steps: list[Step] = []
        type(self).last = (setup, self.steps)
        type(self).played += 1
        self.world = World(setup, Path(tempfile.mkdtemp(prefix="milepost-history-")))

    def step(self, step: Step) -> None:
        self.steps.append(step)
        self.world.play(step)

    @rule(faults=faults, death=deaths, knock=st.integers(-1, 99), data=st.data())
    def apply(self, faults: tuple[str, ...], death: Death | None, knock: int, data: st.DataObject) -> None:
        """A preview and its order, carried out at once."""
        self.step(Approve())
        meanwhile = data.draw(st.lists(st.tuples(st.integers(1, 40), others(self.setup)), max_size=1))
        self.step(Carry(-1, faults, death, tuple(meanwhile), knock))

    @rule(again=agains, faults=look_faults, death=deaths)
    def approve(self, again: list[tuple[int, int]], faults: tuple[str, ...], death: Death | None) -> None:
        """A preview and its order, which waits."""
        self.step(Approve(tuple(again), faults, death))

    @rule(order=small, faults=faults, death=deaths)
    def carry(self, order: int, faults: tuple[str, ...], death: Death | None) -> None:
        """An order that waited, by now perhaps stale."""
        self.step(Carry(order, faults, death))

    @rule(seconds=st.sampled_from((1.0, 2.5, 4.0, 6.0, 61.0, 4000.0)))
    def wait(self, seconds: float) -> None:
        self.step(Wait(seconds))

    @rule(data=st.data())
    def other(self, data: st.DataObject) -> None:
        self.step(data.draw(others(self.setup)))

    @rule(edit=st.builds(Edit, st.sampled_from(EDITS), st.integers(0, 1), small, small))
    def edit(self, edit: Edit) -> None:
        self.step(edit)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.finish()
            finally:
                self.world.close()
