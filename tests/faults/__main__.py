"""`make faults`: the model test, the kill test and the fault matrix whole, then docs/faults.md from their results.

    python -m tests.faults [--jobs 2] [--resume] [--random 200] [--histories 4000] [--seed 1]

1 if a case of any of them has a problem; the page is written in any case.
"""

from __future__ import annotations

import subprocess
import sys

from tests.faults import report

SWEEPS = {
    "model": ("--jobs", "--only", "--histories", "--seed"),
    "kills": ("--jobs", "--only", "--random", "--seed"),
    "matrix": ("--jobs", "--only"),
}


def main() -> int:
    """Run the sweeps one after the other, each in a process of its own."""
    codes = [subprocess.run([*_python(f"tests.faults.{name}"), *_arguments(name)]).returncode for name in SWEEPS]
    slow = subprocess.run([*_python("pytest"), "-q", "-m", "slow", "tests/faults"])
    report.main()
    return max(*codes, slow.returncode)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _arguments(sweep: str) -> list[str]:
    """Those of our arguments that this sweep takes."""
    taken, words = [], iter(sys.argv[1:])
    for word in words:
        if word == "--resume":
            taken.append(word)
            continue
        value = next(words, "")
        if word in SWEEPS[sweep]:
            taken += [word, value]
    return taken


if __name__ == "__main__":
    sys.exit(main())
