"""Death at a journal write. Python loads this by itself in processes whose PYTHONPATH holds this folder.

It acts only in a runner whose environment asks for it, so that the runner under test is started as it always is and no
line of it knows of tests. `DEATH_OF_A_RUN` is JSON: {"write": N, "side": "before" | "after", "delay": SECONDS,
"victim": ..., "state": ...}. At the N-th transaction of the runner that writes to the journal, right before or after
its commit, or `delay` seconds later, the victim dies; with "state" at the first after which an attempt is in that
state. Victims: "runner", "browser", "node", "all". "stopped node" stops node and kills the runner; "SIGTERM to every
process" is how a service manager ends a control group; the signals of `_SIGNALS` go to the runner's group; "disk" lets
no further commit through, as a full disk would.
`WRITES_OF_A_RUN` names a file to which the runner writes how many such transactions there were.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

_SIGNALS = {
    "SIGTERM to the group": signal.SIGTERM,
    "SIGINT to the group": signal.SIGINT,
    "SIGHUP to the group": signal.SIGHUP,
}


class _Death:
    """Counts the runner's writes and lets the victim die when its time has come."""

    def __init__(self, wanted: dict[str, Any], counted: str | None) -> None:
        self._wanted = wanted
        self._counted = counted
        self._writes = 0
        self._disk_is_full = False

    def install(self) -> None:
        from sqlalchemy.engine import default

        commit: Any = default.DefaultDialect.do_commit

        def do_commit(dialect: Any, connection: Any) -> None:
            if not connection.total_changes:
                commit(dialect, connection)
                return
            self._writes += 1
            if self._counted:
                Path(self._counted).write_text(str(self._writes))
            self._moment("before", connection)
            if self._disk_is_full:
                raise sqlite3.OperationalError("database or disk is full")
            commit(dialect, connection)
            self._moment("after", connection)

        default.DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]

    def _moment(self, side: str, connection: Any) -> None:
        wanted = self._wanted
        if wanted.get("side") != side:
            return
        if state := wanted.get("state"):
            if not connection.execute("SELECT 1 FROM attempts WHERE state = ?", (state,)).fetchone():
                return
        elif wanted.get("write") != self._writes:
            return
        if delay := wanted.get("delay"):
            threading.Timer(delay, self._strike).start()
        else:
            self._strike()

    def _strike(self) -> None:
        victim = self._wanted["victim"]
        if victim == "disk":
            self._disk_is_full = True
            return
        if victim in _SIGNALS:
            os.killpg(os.getpgid(0), _SIGNALS[victim])
            return
        node, browser = _children()
        if victim == "SIGTERM to every process":
            _send([*browser, *node, os.getpid()], signal.SIGTERM)
        if victim in ("browser", "all"):
            _send(browser, signal.SIGKILL)
        if victim in ("node", "all"):
            _send(node, signal.SIGKILL)
        if victim == "stopped node":
            _send(node, signal.SIGSTOP)
        if victim in ("runner", "all", "stopped node"):
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # the signal is on its way


def _children() -> tuple[list[int], list[int]]:
    """Node, and the browser's processes."""
    import psutil

    node = psutil.Process().children()
    browser = [below.pid for process in node for below in process.children(recursive=True)]
    return [process.pid for process in node], browser


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


if "flows.runner" in sys.orig_argv and "DEATH_OF_A_RUN" in os.environ:
    _Death(json.loads(os.environ["DEATH_OF_A_RUN"]), os.environ.get("WRITES_OF_A_RUN")).install()
