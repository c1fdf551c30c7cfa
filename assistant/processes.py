"""Processes by pid and start time. A bare pid is never believed: it may belong to somebody else by now."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from typing import Any

import psutil

WAIT_SECONDS = 35
"""How long a dead run's browser may take to leave; its node gives up after 30."""

KILL_SECONDS = 5
"""How long a killed process may take to be gone."""


def started(pid: int) -> str | None:
    """When a process began, as text that identifies it together with its pid; None if there is none."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def own() -> tuple[int, str]:
    """This process's pid and start time."""
    pid = os.getpid()
    return pid, started(pid) or ""


def alive(pid: int | None, since: str | None) -> bool:
    """Whether exactly that process still runs."""
    return pid is not None and since is not None and started(pid) == since


def kill(processes: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Kill exactly these (pid, start time, ...), stopped ones too; returns those that could not be."""
    for process in processes:
        if alive(process[0], process[1]):
            with contextlib.suppress(psutil.Error):
                psutil.Process(process[0]).kill()
    return wait_until_gone(processes, KILL_SECONDS)


def wait_until_gone(processes: Sequence[Sequence[Any]], seconds: float = WAIT_SECONDS) -> list[Sequence[Any]]:
    """Wait until all of (pid, start time, ...) are gone; returns those that are still there after `seconds`."""
    ends = time.monotonic() + seconds
    left = [process for process in processes if alive(process[0], process[1])]
    while left and time.monotonic() < ends:
        time.sleep(0.1)
        left = [process for process in left if alive(process[0], process[1])]
    return left
