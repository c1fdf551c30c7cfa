"""The terminal as the screen writes to it, until somebody closes its window.

Textual writes from a thread of its own with a queue of thirty pieces. Where the terminal is gone that thread ends in an
error, the queue fills up, and the app waits for room for ever. Here what cannot be written is dropped, and the app is
told to leave.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import IO, Any, cast

from textual.drivers.linux_driver import LinuxDriver

HUNG_UP = 128 + signal.SIGHUP
"""The exit code of an app whose terminal went away."""


class _UntilGone:
    """A file that takes everything, and says once that its other end has gone."""

    def __init__(self, file: IO[str], gone: Callable[[], None]) -> None:
        self._file = file
        self._gone: Callable[[], None] | None = gone

    def write(self, text: str) -> None:
        self._unless_gone(lambda: self._file.write(text))

    def flush(self) -> None:
        self._unless_gone(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _unless_gone(self, do: Callable[[], Any]) -> None:
        if self._gone is None:
            return
        try:
            do()
        except OSError:
            told, self._gone = self._gone, None
            told()


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, whose app leaves when the terminal does."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._file = cast("Any", _UntilGone(cast("IO[str]", self._file), self._hung_up))

    def run_input_thread(self) -> None:
        """Read keys until the app ends or the terminal does."""
        try:
            super().run_input_thread()
        except OSError:
            self._hung_up()

    def _hung_up(self) -> None:
        self._app.call_later(self._app.exit, None, HUNG_UP)
