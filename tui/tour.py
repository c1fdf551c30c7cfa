"""The tour: a line on each screen that says what to try next, and goes on when it was tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Step:
    """Something to try: an action on a screen, and the words that ask for it. `key` is as people write it."""

    screen: str
    action: str
    words: str


STEPS: Final = (
    Step(
        "projects", "read", "each project is a road of milestones, the plan's first. r reads My Projects from the site"
    ),
    Step("projects", "plan", "2 shows the plan: what should stand on the site. Nothing happens there yet"),
    Step("plan", "choose", "every field is typed into: move to an amount, Enter, another figure, Enter; u takes back"),
    Step("plan", "preview", "3 goes to the preview: what a run of the plan would change"),
    Step("preview", "look", "r looks at the site and says, line by line, what would be created, kept or blocked"),
    Step("preview", "approve", "a asks for the approval: you type the total, or Esc; no other key pays"),
    Step("preview", "run", "4 shows the run, live; q leaves it running, it needs no screen"),
    Step("run", "history", "5 keeps what every run did, with its pictures and steps"),
    Step("history", "checks", "6 tells what has happened since, what is late, and the money by month"),
    Step("checks", "help", "? shows every key of a screen, finds one by its words, and does what is chosen"),
)
"""In their order. A step that is tried out of turn ends those before it."""


class Tour:
    """Where a person is on the tour."""

    def __init__(self) -> None:
        self.number = 0

    @property
    def over(self) -> bool:
        """Whether everything was tried."""
        return self.number >= len(STEPS)

    def told(self, screen: str) -> str:
        """The line for a screen; on another one than the step's it says the way there."""
        if self.over:
            return ""
        step = STEPS[self.number]
        way = "" if step.screen == screen else f"(on the screen {step.screen.capitalize()}) "
        return f"Tour {self.number + 1} of {len(STEPS)}: {way}{step.words}. F2 ends the tour."

    def tried(self, screen: str, action: str) -> bool:
        """An action was done; whether that took the tour on."""
        for number in range(self.number, len(STEPS)):
            step = STEPS[number]
            if step.action == action and (step.screen == screen or action in _PLACES):
                self.number = number + 1
                return True
        return False


_PLACES: Final = frozenset({"plan", "preview", "run", "history", "checks", "look"})
"""Actions that lead to a screen, or mean the same on several: it does not matter from where."""
