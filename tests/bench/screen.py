"""Figures of the screen in a real pseudo-terminal, a large plan, a long journal: `python -m tests.bench.screen`.

A plan of 2,000 projects with five milestones each, a journal of 100,000 events, 120 by 40 cells. Prints a table for
docs/performance.md. *Work* is the processor's own time, which a loaded machine changes less than what a clock says;
nothing is gated on either.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import insert

from assistant.journal import RunKind, RunState
from assistant.journal.schema import events
from assistant.processes import own
from assistant.site import ProjectStatus, SiteProject
from tui.sample import Sample

PROJECTS, EVENTS = 2000, 100_000
KEYS = 30
IDLE_SECONDS = LIVE_SECONDS = 10
ROOT = Path(__file__).resolve().parents[2]
MIB = 1 << 20


class LargeSample(Sample):
    """The sample, with many projects and many events."""

    def fill(self) -> None:
        """Write plan and journal."""
        head = 'platform = "freelancer"\naccount = "anna"\n'
        split = 'total = "2500.00 USD"\nstart = 2026-12-01\ndays = 40\nsplit = "5 x 20%"\n'
        self.plan_file.write_text(
            head + "".join(f'\n[[project]]\nref = "{30_000_000 + n}"\n{split}' for n in range(PROJECTS))
        )
        listed = [
            SiteProject(str(30_000_000 + n), f"Project {n}", "Ben", "USD", f"http://127.0.0.1:8700/projects/{n}",
                        ProjectStatus.IN_PROGRESS, "In Progress")
            for n in range(PROJECTS)
        ]  # fmt: skip
        run = self.journal.runs.ask(RunKind.PROJECTS, self.id, "anna", {})
        self.journal.runs.take(run, *own())
        self.journal.sightings.keep_projects(self.id, listed)
        row = {"run_id": run, "at": "2026-11-01T00:00:00.000000Z", "kind": "looked", "text": "looked at it", "data": {}}
        with self.journal.engine.begin() as connection:
            connection.execute(insert(events), [row] * EVENTS)
        self.journal.runs.end(run, RunState.DONE, {"projects": PROJECTS})


class Window:
    """A terminal of 120 by 40 with `milepost` in it."""

    def __init__(self, sample: Sample) -> None:
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            words = ["-m", "tui.cli", "--config", str(sample.settings.file), str(sample.plan_file)]
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # warm files: what is compiled is kept
            os.execv(sys.executable, [sys.executable, *words])  # noqa: S606  # no shell is wanted
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What comes within so many seconds."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        return os.read(self.fd, 1 << 16) if ready else b""

    def until(self, wanted: bytes) -> float:
        """Read until this comes; the seconds since the start."""
        seen = b""
        while wanted not in seen:
            piece = self.read(60)
            if not piece:
                raise TimeoutError(f"{wanted!r} did not come")
            seen = (seen + piece)[-(1 << 20) :]
        return time.perf_counter() - self.began

    def quiet(self) -> int:
        """Read until nothing comes for a moment; how many bytes came."""
        count = 0
        while piece := self.read(0.25):
            count += len(piece)
        return count

    def key(self, key: bytes) -> tuple[float, int]:
        """Press a key: seconds to the first byte, and bytes in all."""
        before = time.perf_counter()
        os.write(self.fd, key)
        piece = self.read(5)
        took = time.perf_counter() - before
        return took, len(piece) + self.quiet()

    def leave(self) -> None:
        """Press q, and read to the end: what nobody reads is waited for."""
        os.write(self.fd, b"q")
        try:
            while self.read(60):
                pass
        except OSError:  # how a terminal says that its other end is closed
            pass
        os.waitpid(self.pid, 0)

    def over(self, seconds: float) -> tuple[float, float, float]:
        """Over so many seconds: share of one core in %, KiB written a second, MiB of memory at the end."""
        before, count, end = self.work(), 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            count += len(self.read(left))
        return 100 * (self.work() - before) / seconds, count / 1024 / seconds, self.memory()

    def work(self) -> float:
        """Seconds of the processor's time so far."""
        return sum(psutil.Process(self.pid).cpu_times()[:2])

    def memory(self) -> float:
        """MiB of memory."""
        return psutil.Process(self.pid).memory_info().rss / MIB


def keys(window: Window, key: bytes) -> str:
    """Median and 95th percentile of a key, its bytes and its work."""
    before = window.work()
    pressed = [window.key(key) for _ in range(KEYS)]
    work = 1000 * (window.work() - before) / KEYS
    times = sorted(1000 * took for took, _ in pressed)
    size = statistics.median(count for _, count in pressed) / 1024
    figures = f"p50 {statistics.median(times):.0f} ms, p95 {times[int(0.95 * KEYS)]:.0f} ms"
    return f"{figures}; {work:.0f} ms of work and {size:.1f} KiB a key"


def speaking(sample: Sample, done: threading.Event) -> Callable[[], None]:
    """A run of this process that says something fifty times a second."""

    def run() -> None:
        number = sample.journal.runs.ask(RunKind.PROJECTS, sample.id, "anna", {})
        sample.journal.runs.take(number, *own())
        said = 0
        while not done.wait(0.02):
            said += 1
            sample.journal.runs.say(number, "looked", f"looked at project {said}", {"project": str(said)})
        sample.journal.runs.end(number, RunState.DONE, {})

    return run


WANTED = {
    "what": "wanted", "---": "---", "first paint": "under 500 ms", "down": "p95 under 50 ms",
    "page down": "p95 under 50 ms", "page down in the plan": "p95 under 50 ms", "idle": "under 1 %",
    "memory": "under 90 MiB", "memory with the plan opened": "under 90 MiB",
    "live run, 50 events/s": "under 10 %, 20 KiB/s",
}  # fmt: skip


def tell(what: str, figure: str) -> None:
    """One line of the table, at once: the rest may take minutes."""
    sys.stdout.write(f"| {what} | {figure} | {WANTED.get(what, '')} |\n")
    sys.stdout.flush()


def started(sample: Sample) -> Window:
    """A window on the projects, with how long that took; its second start, since the first one fills the caches."""
    first = Window(sample)
    first.until(b"Project 1")
    first.quiet()
    first.leave()
    window = Window(sample)
    for what, sign in (("first paint", b"Opening"), ("projects shown", b"Project 1")):
        took = window.until(sign)
        tell(what, f"{1000 * took:.0f} ms, of which {1000 * window.work():.0f} ms of work")
    window.quiet()
    return window


def in_plan(window: Window) -> None:
    """The figures of the plan's table."""
    before, work = time.perf_counter(), window.work()
    os.write(window.fd, b"2")
    window.until(b"5 x 20%")
    took, work = time.perf_counter() - before, window.work() - work
    tell("the plan opened, beside the screen", f"{1000 * took:.0f} ms, of which {1000 * work:.0f} ms of work")
    window.quiet()
    tell("page down in the plan", keys(window, b"\x1b[6~"))
    tell("memory with the plan opened", f"{window.memory():.0f} MiB")


def live(window: Window, sample: Sample) -> None:
    """The figures of a run that is watched."""
    done = threading.Event()
    speaker = threading.Thread(target=speaking(sample, done))
    speaker.start()
    window.over(2)
    os.write(window.fd, b"4")
    window.over(2)
    cpu, out, memory = window.over(LIVE_SECONDS)
    done.set()
    speaker.join()
    tell("live run, 50 events/s", f"{cpu:.1f} % of a core, {out:.1f} KiB/s, {memory:.0f} MiB")


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as folder:
        sample = LargeSample(Path(folder) / "sample")
        sample.fill()
        tell("what", "figure")
        tell("---", "---")
        window = started(sample)
        tell("down", keys(window, b"j"))
        tell("page down", keys(window, b"\x1b[6~"))
        cpu, out, memory = window.over(IDLE_SECONDS)
        tell("idle", f"{cpu:.1f} % of a core, {out:.1f} KiB/s")
        tell("memory", f"{memory:.0f} MiB")
        live(window, sample)
        in_plan(window)
        window.leave()


if __name__ == "__main__":
    main()
