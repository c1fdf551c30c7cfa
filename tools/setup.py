"""Set up Milepost: the environment in .venv and a browser to drive. `make setup` calls it, and so do demo and test.

Everything it needs is in Python's standard library. When the stamp in .venv says that nothing has changed since the
last time, it returns after reading three files, without importing the rest of tools/ and without starting a process.
It reports on stderr, so that what the program prints to stdout afterwards stays clean.
"""

# Old Pythons must be able to read this file far enough to say that they are too old: keep its syntax to 3.8's.
from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INPUTS = ("pyproject.toml", "requirements-dev.lock")
STAMP_FORMAT = 1
OLDEST = (3, 11)


def main() -> int:
    """Bring .venv and the browser up to date; 0 when all is there, 1 with a line on stderr that says what to do."""
    if is_current(ROOT):
        return 0
    if sys.version_info < OLDEST:
        return run_with_a_newer_python()
    sys.path.insert(0, str(ROOT))
    from tools.machine import SetupError

    try:
        with_lock()
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted; run it again to go on")
        return 130
    return 0


def say(line: str) -> None:
    """Print one line of progress or failure."""
    print(f"setup: {line}", file=sys.stderr, flush=True)


def stamp_path(project: Path) -> Path:
    """Where the last successful set-up of this project wrote what it was made from."""
    return project / ".venv" / "milepost-setup.json"


def facts(project: Path, browser: str) -> dict[str, object]:
    """Return what a set-up depends on, for comparing with a later one; `browser` is the binary that was found."""
    inputs = hashlib.sha256()
    for name in INPUTS:
        inputs.update((project / name).read_bytes())
    return {
        "format": STAMP_FORMAT,
        "inputs": inputs.hexdigest(),
        # A moved project or an upgraded system Python leaves an environment behind whose scripts do not start.
        "project": str(project),
        "python": os.path.realpath(project / ".venv" / "bin" / "python"),
        "browser": browser,
    }


def is_current(project: Path) -> bool:
    """Say whether the stamp matches the project, its environment's Python and a browser that is still there."""
    try:
        stamp = json.loads(stamp_path(project).read_text(encoding="utf-8"))
        browser = stamp["browser"]
        return bool(
            stamp == facts(project, browser) and os.access(stamp["python"], os.X_OK) and os.access(browser, os.X_OK)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def with_lock() -> None:
    """Set up while holding a lock on the project's folder: two `make` at once must not install over each other."""
    import fcntl

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this folder to end")
            fcntl.flock(folder, fcntl.LOCK_EX)
        if not is_current(ROOT):
            set_up()
    finally:
        os.close(folder)


def set_up() -> None:
    """Make the environment, then see to the browser, then write the stamp."""
    from tools import browsers, environment
    from tools.machine import this_machine

    started = time.monotonic()
    machine = this_machine(ROOT)
    stamp_path(ROOT).unlink(missing_ok=True)
    say(f"environment: {environment.provide(machine, say)}")
    browser = browsers.provide(machine, say)
    say(f"browser: {browser}")
    stamp_path(ROOT).write_text(json.dumps(facts(ROOT, str(browser)), indent=1), encoding="utf-8")
    say(f"done in {time.monotonic() - started:.0f} s")


def run_with_a_newer_python() -> int:
    """Go on in the newest Python on PATH that is new enough, or say what to install."""
    for minor in range(15, OLDEST[1] - 1, -1):
        for folder in os.get_exec_path():
            python = os.path.join(folder, f"python3.{minor}")  # noqa: PTH118
            if os.access(python, os.X_OK):
                os.execv(python, [python, __file__])  # noqa: S606 - our own file, no shell
    this = f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"
    say(
        f"Milepost needs Python 3.11 or newer; this is {this}, and PATH has no python3.11 to python3.15. "
        "Install one (python.org, Homebrew, or your system's packages), then run it again."
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
