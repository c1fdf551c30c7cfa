"""A line of words from the person at the terminal, which Ctrl-C ends at any moment.

Python's own `input` loses a Ctrl-C that comes between the prompt and the reading: the handler has then run, and the
read waits for a line all the same. Here the signal writes to a pipe that is waited for together with the terminal.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click

from assistant.errors import MilepostError, UsageError
from tui.text import plain


def ask_line(text: str, default: str | None = None) -> str:
    """What the person wrote, or `default` for an empty line; without one an empty line is an answer too.

    Raises `click.Abort` at the end of the input, and at Ctrl-C.
    """
    click.echo(f"{plain(text)}{f' [{plain(default)}]' if default else ''}: ", nl=False)
    try:
        _wait_for_line()
        said = input()
    except (KeyboardInterrupt, EOFError):
        click.echo()
        raise click.Abort from None
    return said.strip() or default or ""


def ask_until(text: str, read: Callable[[str], Any], default: str | None = None) -> Any:
    """Ask until `read` takes the answer; the words of a `UsageError` that it raises are shown, and it is asked again.

    Without a default an empty line is asked again; a default of `""` makes it an answer.
    """
    while True:
        said = ask_line(text, default)
        if not said and default is None:
            continue
        try:
            return read(said)
        except UsageError as error:
            click.echo(f"error: {plain(error.message)}" + (f"; {plain(error.hint)}" if error.hint else ""))


def ask_yes(text: str, *, default: bool) -> bool:
    """A yes or a no."""
    while True:
        said = ask_line(f"{text} [{'Y/n' if default else 'y/N'}]").casefold()
        if said in {"", "y", "yes", "n", "no"}:
            return said.startswith("y") if said else default
        click.echo("error: write y or n")


def drop_what_was_typed_ahead() -> None:
    """Keys pressed before the question was there are no answer to it."""
    import termios

    try:
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    except (termios.error, OSError) as error:
        raise MilepostError(f"the terminal cannot be read: {error}", hint="approve with --approve") from None


def _wait_for_line() -> None:
    """Return when the terminal has a line, or once a signal came, whose handler then runs before the next statement."""
    if not sys.stdin.isatty() or threading.current_thread() is not threading.main_thread():
        return
    heard, written = os.pipe()
    os.set_blocking(written, False)
    before = signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    try:
        while sys.stdin not in select.select([sys.stdin, heard], [], [])[0]:
            os.read(heard, 64)
    finally:
        signal.set_wakeup_fd(before)
        os.close(heard)
        os.close(written)
