"""`milepost --plain`: what the screen offers, as numbered choices, line by line; for screen readers and dumb terminals.

Each choice is a command of its own, called as a person would type it, and named, so that the next time it can be typed
at once. Nothing moves, nothing is drawn over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from assistant.errors import UsageError
from tui.asking import ask_until
from tui.call import Call


@dataclass(frozen=True)
class Choice:
    """One command. `plan` is whether it is about a plan: ``"one"``, ``"all"`` of them, or ``""``."""

    title: str
    words: tuple[str, ...]
    plan: str = ""


CHOICES: Final = (
    Choice("My Projects, as the site shows them", ("projects",)),
    Choice("The last known state, without a browser", ("status",), "all"),
    Choice("Begin a plan", ("plan", "new")),
    Choice("Show the plan", ("plan", "show"), "one"),
    Choice("Preview: what a run would change", ("preview",), "one"),
    Choice("Apply: preview, type the total, carry it out", ("apply",), "one"),
    Choice("Check: what has happened since", ("check",), "all"),
    Choice("Follow the run under way", ("attach",)),
    Choice("History, with the evidence", ("history",)),
    Choice("Sign in", ("login",)),
    Choice("The doctor: is everything in place", ("doctor",)),
    Choice("Settings, and where they come from", ("config", "show")),
)


def run_menu(call: Call, plans: Sequence[Path]) -> int:
    """Offer, do, and offer again, until the person leaves; the exit code of what was done last."""
    from tui.cli import main  # which loads this module

    code, plan = 0, _which(plans)
    if plan is None and call.options.account is None:
        call.options.account = _whose(call)
    choices = [choice for choice in CHOICES if plan is not None or not choice.plan]
    while True:
        click.echo()
        for number, choice in enumerate(choices, 1):
            click.echo(f"{number}  {choice.title}: milepost {' '.join(choice.words)}")
        click.echo("0  Leave")
        try:
            picked = ask_until("Number", lambda said: _number(said, len(choices)))
        except click.Abort:
            return code
        if picked == 0:
            return code
        code = main([*_shared(call), *_words(choices[picked - 1], plan, plans)])


def _which(plans: Sequence[Path]) -> Path | None:
    """The plan that choices are about; asked for where there are several."""
    if len(plans) < 2:
        return plans[0] if plans else None
    for number, path in enumerate(plans, 1):
        click.echo(f"{number}  {path}")
    number = ask_until("Which plan", lambda said: _number(said, len(plans), least=1))
    return plans[int(number) - 1]


def _whose(call: Call) -> str | None:
    """The account that choices are about, where no plan says it; asked for where there are several."""
    names = list(call.settings.accounts)
    if len(names) < 2:
        return None
    for number, name in enumerate(names, 1):
        account = call.settings.accounts[name]
        click.echo(f"{number}  {name}: {account.role} as {account.login}")
    number = ask_until("Which account", lambda said: _number(said, len(names), least=1))
    return names[int(number) - 1]


def _number(said: str, most: int, least: int = 0) -> int:
    if not said.isdecimal() or not least <= int(said) <= most:
        raise UsageError(f"write a number from {least} to {most}")
    return int(said)


def _shared(call: Call) -> list[str]:
    """The shared options of this call, for the next one."""
    options = call.options
    words = ["--plain", *(["--ascii"] if options.ascii else [])]
    words += ["--config", str(options.config)] if options.config else []
    return words + (["--account", options.account] if options.account else [])


def _words(choice: Choice, plan: Path | None, plans: Sequence[Path]) -> list[str]:
    about = {"one": [plan] if plan else [], "all": list(plans), "": []}[choice.plan]
    return [*choice.words, *(str(path) for path in about)]
