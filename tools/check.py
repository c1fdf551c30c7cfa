"""Everything the project checks, in order, each step named and timed: what `make test` runs.

All steps run even if one fails; the exit code is 1 if any did. The closing lines list the steps, then count: a step
that is not a test run counts as one. `--fast` leaves out what drives a browser, `--lint` all tests.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5
MOST_WORKERS = 4

# What would make a run here differ from a run elsewhere: colour, a person's own settings, a debugger's switches; and
# what would make each of the hundreds of short processes compile every module again.
DROPPED = (
    "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "DEBUG", "PWDEBUG", "NODE_OPTIONS", "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip
SETTINGS = "MILEPOST_"
FIXED = {"TZ": "UTC", "TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}


@dataclass(frozen=True)
class Step:
    """One named check. With a `folder` it is a pytest run of it."""

    name: str
    command: tuple[str, ...]
    folder: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """How a step went. `note` is what its line in the list adds."""

    step: Step
    seconds: float
    note: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def main() -> int:
    """Run the steps that the arguments ask for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--fast", action="store_true", help="leave out what drives a browser")
    only.add_argument("--lint", action="store_true", help="leave out all tests")
    arguments = parser.parse_args()
    steps = lint_steps()
    if arguments.fast:
        steps += fast_test_steps()
    elif not arguments.lint:
        steps += test_steps()
    with tempfile.TemporaryDirectory(prefix="milepost-check-") as folder:
        return run_all(steps, Path(folder))


def lint_steps() -> list[Step]:
    """Return the checks that run nothing of Milepost."""
    module = (sys.executable, "-m")
    return [
        Step("style", (*module, "ruff", "check", ".")),
        Step("format", (*module, "ruff", "format", "--check", ".")),
        Step("types", (*module, "mypy")),
        Step("import contracts", (str(Path(sys.executable).parent / "lint-imports"), "--no-logo")),
        Step("lock", (sys.executable, "tools/lock.py", "--check")),
    ]


def test_steps() -> list[Step]:
    """Return the test runs. Page tests use Playwright's synchronous API: a process of their own, without asyncio."""
    return [
        pytest_step("tests", ROOT / "tests", "-m", "not slow", "--ignore=tests/pages"),
        pytest_step("page tests", ROOT / "tests" / "pages", "-m", "not slow"),
    ]


def fast_test_steps() -> list[Step]:
    """Return the test run without a browser."""
    return [pytest_step("tests", ROOT / "tests", "-m", "not slow and not browser", "--ignore=tests/pages")]


def pytest_step(name: str, folder: Path, *options: str) -> Step:
    """Return a pytest run of a folder, spread over one process more than there are cores, for tests that wait.

    Each begins with a stretch of its own, so that module fixtures are made few times, and takes from others at the end.
    """
    workers = min(MOST_WORKERS, (os.cpu_count() or 1) + 1)
    spread = ("-q", "--numprocesses", str(workers), "--dist", "worksteal")
    return Step(name, (sys.executable, "-m", "pytest", *spread, *options, str(folder.relative_to(ROOT))), folder)


def run_all(steps: Sequence[Step], folder: Path) -> int:
    """Run the steps in order and print how they went; `folder` takes what they write."""
    environment = clean_environment(folder)
    outcomes = []
    try:
        for number, step in enumerate(steps, 1):
            print(f"\n=== {number}/{len(steps)} {step.name}: {' '.join(step.command)}", flush=True)
            outcomes.append(run(step, environment, folder / f"{number}.xml"))
    except KeyboardInterrupt:
        print("\ninterrupted")
        summarise(outcomes, environment)
        return 130
    return summarise(outcomes, environment)


def clean_environment(folder: Path) -> dict[str, str]:
    """Return the environment for every step: the same on every machine, and away from the person's own Milepost.

    The order of sets differs from run to run on purpose, to find code that leans on it; the seed is printed with a
    failure, and PYTHONHASHSEED repeats it.
    """
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED and not name.startswith(SETTINGS)}
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}
    seed = os.environ.get("PYTHONHASHSEED") or str(random.randrange(1, 2**32))  # noqa: S311 - no secret
    return {**kept, **FIXED, **homes, "PYTHONHASHSEED": seed}


def run(step: Step, environment: dict[str, str], report: Path) -> Outcome:
    """Run one step with its output passed through."""
    if step.folder is not None and not step.folder.is_dir():
        print(f"no folder {step.folder.relative_to(ROOT)}")
        return Outcome(step, 0, "no such folder")
    command = [*step.command, f"--junitxml={report}"] if step.folder else list(step.command)
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
    seconds = time.monotonic() - started
    if step.folder is None:
        return Outcome(step, seconds, f"exit code {code}" if code else "", passed=not code, failed=bool(code))
    if code == NO_TESTS:
        return Outcome(step, seconds, f"no tests in {step.folder.relative_to(ROOT)}", failed=1)
    return pytest_outcome(step, seconds, code, report)


def pytest_outcome(step: Step, seconds: float, code: int, report: Path) -> Outcome:
    """Count the tests of a run from its report; a run that broke off counts as at least one failure."""
    passed = failed = skipped = 0
    if report.is_file():
        for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 - pytest's own file
            bad, left = int(suite.get("failures", 0)) + int(suite.get("errors", 0)), int(suite.get("skipped", 0))
            failed, skipped = failed + bad, skipped + left
            passed += int(suite.get("tests", 0)) - bad - left
    failed = max(failed, 1) if code else failed
    counts = f"{passed} passed" + (f", {failed} failed" if failed else "") + (f", {skipped} skipped" if skipped else "")
    return Outcome(step, seconds, counts, passed, failed, skipped)


def summarise(outcomes: Sequence[Outcome], environment: dict[str, str]) -> int:
    """Print a line for each step and the counts of them all; 1 if anything failed."""
    print()
    for outcome in outcomes:
        word = "FAILED" if outcome.failed else "ok" if outcome.passed else "--"
        print(f"{word:<7} {outcome.step.name:<18} {outcome.seconds:7.1f} s  {outcome.note}".rstrip())
    passed, failed, skipped = (sum(getattr(o, name) for o in outcomes) for name in ("passed", "failed", "skipped"))
    if any(outcome.failed and outcome.step.folder for outcome in outcomes):
        print(f"repeat with PYTHONHASHSEED={environment['PYTHONHASHSEED']}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
