"""What a command says: lines for people, or one JSON object a line for programs; errors in either form.

Everything a page, a plan or another program may have written goes through `plain` on its way to a terminal. JSON is
written with `ensure_ascii`, which spells out the same characters.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from operator import itemgetter
from typing import Any, TextIO, cast

from assistant.errors import MilepostError
from tui.text import plain


class Output:
    """Where a command's answer goes. With `as_json` only events are written, otherwise only lines."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.zone: tzinfo | None = None
        """The person's own time zone, once the settings are read; None: this machine's."""

    def event(self, event: Mapping[str, Any]) -> None:
        """One object for programs; nothing for people."""
        if self.as_json:
            print_line(json.dumps(event, default=str))

    def line(self, text: str = "") -> None:
        """One line for people; nothing for programs."""
        if not self.as_json:
            print_line(plain(text))

    def table(self, rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), flexible: int | None = None) -> None:
        """Lines with aligned columns for people; nothing for programs. `right` names columns set to the right.

        In a terminal the `flexible` column gives way, so that lines fit; amounts and states are never cut.
        """
        if self.as_json:
            return
        from tui.columns import Cell, Column, aligned, fit, natural  # rich is not for every command

        cells = [[Cell(plain(part)) for part in row] for row in rows]
        layout = [
            Column("", itemgetter(n), least=12 if n == flexible else None, right=n in right)
            for n in range(max(map(len, rows), default=0))
        ]
        wanted = natural(layout, cells)
        # A terminal's own width, or all that is wanted where a program reads.
        room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
        widths = fit(layout, wanted, room - len(layout))  # one more cell between two columns
        for row in cells:
            parts = [aligned(cell, column, width) for cell, column, width in zip(row, layout, widths, strict=True)]
            print_line("  ".join(parts).rstrip())

    def note(self, text: str) -> None:
        """A line about the work itself, on stderr, so that an answer can be piped; nothing for programs."""
        if not self.as_json:
            print_line(plain(text), sys.stderr)

    def progress(self, text: str) -> None:
        """The same for people who watch only: nothing where stderr is no terminal."""
        if sys.stderr.isatty():
            self.note(text)


def print_line(text: str, stream: Any = None) -> None:
    """Write a line now: whoever follows a run in a pipe wants it as it happens."""
    print(text, file=stream or sys.stdout, flush=True)  # the one place that prints


def tell_error(error: MilepostError, *, as_json: bool) -> None:
    """An error, or each of its problems, on stderr in words or on stdout as events."""
    problems = getattr(error, "problems", ())
    if as_json:
        for event in [problem.as_event() for problem in problems] or [error.as_event()]:
            print_line(json.dumps(event, default=str))
        return
    if problems:
        for problem in problems:
            print_line(f"error: {plain(problem)}", sys.stderr)
    else:
        print_line(f"error: {plain(error.message)}", sys.stderr)
        if error.where:
            print_line(f"  where: {plain(error.where)}", sys.stderr)
    if error.hint:
        print_line(f"  next: {plain(error.hint)}", sys.stderr)


class _Both:
    """Writes to a stream and to a log. A stream that has gone away does not keep the log from being written."""

    def __init__(self, stream: TextIO, log: TextIO) -> None:
        self._stream, self._log = stream, log

    def write(self, text: str) -> int:
        """Write to both."""
        self._log.write(text)
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush both."""
        self._log.flush()
        with contextlib.suppress(OSError):
            self._stream.flush()

    def isatty(self) -> bool:
        """Never: a log wants whole lines and no progress."""
        return False


@contextlib.contextmanager
def also_to(log: TextIO) -> Iterator[None]:
    """For the length of a block, whatever is printed goes to `log` as well."""
    with (
        contextlib.redirect_stdout(cast(TextIO, _Both(sys.stdout, log))),
        contextlib.redirect_stderr(cast(TextIO, _Both(sys.stderr, log))),
    ):
        yield
