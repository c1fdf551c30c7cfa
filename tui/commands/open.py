"""`milepost [PLAN...]`: the screen on the plans named, else on those of the settings; or its choices as lines."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from assistant.errors import UsageError
from assistant.settings.place import config_file
from tui.call import this_call
from tui.command import command


@command("open", examples=["milepost december.toml"])
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
def open_screen(plans: tuple[Path, ...]) -> int:
    """Open the screen on these plans; with --plain, or in a dumb terminal, numbered choices."""
    call = this_call()
    if call.options.json or not at_terminal():
        raise UsageError(
            "the screen needs a terminal",
            hint="`milepost preview PLAN`, `status` and the other commands work without one; see `milepost --help`",
        )
    for plan in plans:
        if not plan.is_file():
            raise UsageError("there is no such plan", where=str(plan), hint="check the path")
    if call.options.plain or not has_screen():
        from tui.line_menu import run_menu

        return run_menu(call, list(plans) or call.settings.plan_files())
    gc.disable()  # until the screen is there: what is loaded for it stays, and looking for rubbish takes a tenth longer
    from tui.app import run
    from tui.beginning import Beginning, Look

    file = config_file(call.options.config)
    look = Look.read(file, call.options.ascii)
    return run(Beginning(file, lambda: call.settings, look, plans, call.options.account))


def at_terminal() -> bool:
    """Whether a person sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def has_screen() -> bool:
    """Whether that terminal can show a screen."""
    return at_terminal() and os.environ.get("TERM", "") not in {"", "dumb"}
