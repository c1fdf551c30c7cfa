"""Calling `milepost` in this process: its exit code, what it wrote to stdout and to stderr."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any

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


def called(words: list[str]) -> Called:
    """Call `milepost` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    return Called(code, out.getvalue(), err.getvalue())
