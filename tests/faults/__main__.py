"""`make faults`: the model test, the kill test and the fault matrix whole, then docs/faults.md from their results.

    python -m tests.faults [--passes 1] [--jobs 2] [--site KIND] [--resume] [--random 200] [--histories 4000] [--seed 1]

A pass is all three of them; each pass keeps its results in a folder of its own, and has random moments and histories of
its own. 1 if a case of any of them has a problem; the page is written in any case.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from tests.faults import report
from tests.faults.results import pass_folder

SWEEPS = {
    "model": ("--jobs", "--only", "--histories"),
    "kills": ("--jobs", "--only", "--site", "--random"),
    "matrix": ("--jobs", "--only", "--site"),
}
SEEDED = ("model", "kills")
SEEDS_OF_A_PASS = 1000
"""More than there are searches in one, each of which has a seed of its own."""


def main() -> int:
    """Run the sweeps one after the other, each in a process of its own, as often as there are passes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--passes", type=int, default=1, help="how often all of it")
    parser.add_argument("--seed", type=int, default=1, help="of the first pass")
    ours, words = parser.parse_known_args()
    codes = [
        subprocess.run(_sweep(name, number, ours.seed + SEEDS_OF_A_PASS * (number - 1), words)).returncode
        for number in range(1, ours.passes + 1)
        for name in SWEEPS
    ]
    slow = subprocess.run([*_python("pytest"), "-q", "-m", "slow", "tests/faults"])
    report.main()
    return max(*codes, slow.returncode)


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _sweep(name: str, number: int, seed: int, words: list[str]) -> list[str]:
    results = ["--results", str(pass_folder(number) / f"{name}.jsonl")]
    seeded = ["--seed", str(seed)] if name in SEEDED else []
    return [*_python(f"tests.faults.{name}"), *results, *seeded, *_arguments(name, words)]


def _arguments(sweep: str, given: list[str]) -> list[str]:
    """Those of the arguments that this sweep takes."""
    taken, words = [], iter(given)
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
