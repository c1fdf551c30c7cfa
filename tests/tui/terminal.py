"""A real pseudo-terminal with a program in it: type, read what it writes, press Ctrl-C, hang up."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PATIENCE = 60.0
"""Seconds after which something that does not come is taken to never come."""


class Terminal:
    """A program that believes it is in a terminal of 100 by 30."""

    def __init__(self, process: subprocess.Popen[bytes], fd: int) -> None:
        self.process = process
        self.text = ""
        self._fd = fd

    @classmethod
    @contextmanager
    def running(
        cls, words: list[str], environ: Mapping[str, str] | None = None, *, controlling: bool = True
    ) -> Iterator[Terminal]:
        """Run the program for the length of a block. If this does not control its session, it sends no signals."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", _LEADER, *words] if controlling else words,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", **(environ or {})},
        )
        os.close(theirs)
        try:
            yield cls(process, ours)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
            with contextlib.suppress(OSError):
                os.close(ours)

    def read_until(self, wanted: str) -> str:
        """Read until `wanted` was written; returns what was written since the last call."""
        found = ""
        deadline = time.monotonic() + PATIENCE
        while wanted not in found:
            left = deadline - time.monotonic()
            assert left > 0, f"{wanted!r} did not come; there was:\n{self.text}"
            chunk = self._read(left)
            assert chunk, f"the program ended before {wanted!r} came; there was:\n{self.text}"
            found += chunk
        return found

    def end(self) -> int:
        """Read what is left and return the exit code."""
        while self._read(PATIENCE):
            pass
        return self.process.wait(PATIENCE)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._fd, keys.encode())

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._fd)

    def _read(self, seconds: float) -> str:
        if not select.select([self._fd], [], [], seconds)[0]:
            return ""
        try:
            text = os.read(self._fd, 65536).decode(errors="replace")
        except OSError:  # Linux: nobody has the other end any more
            return ""
        self.text += text
        return text


_LEADER = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes the terminal the one that controls the session, so that Ctrl-C and hanging up are signals, also where the tests
themselves were started in the background, which ignores Ctrl-C."""
