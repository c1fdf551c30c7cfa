"""Calling `milepost` in this process: its exit code, what it wrote to stdout and to stderr."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from tui.cli import main


@dataclass(frozen=True)
class Called:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Stdout as the JSON objects that it is."""
        return [json.loads(line) for line in self.out.splitlines()]


def called(words: list[str], stdin: str | None = None) -> Called:
    """Call `milepost` with these words, and with `stdin` to read if it is given."""
    out, err = io.StringIO(), io.StringIO()
    read = io.StringIO(stdin) if stdin is not None else sys.stdin
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("sys.stdin", read):
        code = main(words)
    return Called(code, out.getvalue(), err.getvalue())
