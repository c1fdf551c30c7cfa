"""Makes docs/faults.md from the results of the sweeps: `python -m tests.faults.report`.

What was not run is counted as not run; nothing is written by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.faults.cells import SITES, WAYS, Cell, combinations, refusal
from tests.faults.kills import VICTIMS
from tests.faults.mutants import MUTANTS
from tests.faults.results import kept, pass_folder

PAGE = Path("docs/faults.md")
Rows = Sequence[dict[str, Any]]

HEAD = """# What was tried, and what came of it

Made by `make faults` from its results; nothing here is written by hand. Every case is judged by the truth of the mock
platform alone, never by a page: after a fault or a death each planned milestone stands at most once and not a cent more
than approved was taken; after a run without faults (and, where absence has to settle something, after the profile's
`settle_after`) each stands exactly once. A case that breaks one of these is counted under "with problems", and its
words are listed.

- **Fault matrix**: every fault of the mock platform, at every point and moment, on every way that comes by the point,
  through a real Chromium. The runs of a worker share one browser process, each with a context, gate and session of its
  own. A page that a second run reads too meets the fault a second time there.
- **Kill test**: the runner, its browser or its node killed or signalled while the mock platform answers slowly: the
  runner right before and right after every write to its journal, and any of them at seeded moments. The run that dies
  is a process of its own; the journal's file must be whole, and none of its processes may be left after 35 seconds.
- **Model test**: made-up histories of journal and state machine against a site in memory that lies, delays, repeats and
  dies, and the same with one rule taken out, which has to be found missing.
"""

NONE = "none run"


@dataclass(frozen=True)
class Pass:
    """What one pass of all sweeps came to."""

    matrix: Rows
    kills: Rows
    model: Rows

    @property
    def rows(self) -> Rows:
        return [*self.matrix, *self.kills, *self.model]

    @property
    def figures(self) -> dict[str, str]:
        """What was run, and what came of it."""
        searches = [row for row in self.model if not row["mutant"]]
        caught = [row for row in self.model if row["mutant"] and not row["problems"]]
        both = [*self.matrix, *self.kills]
        return {
            **{f"cells of the matrix, {site}": _run_of(_at(self.matrix, site)) for site in SITES},
            **{f"kills, {site}": _run_of(_at(self.kills, site)) for site in SITES},
            "milestones that stood twice": str(_sum(both, "duplicates")),
            "milestones that stood and the journal had lost": str(_sum(both, "lost")),
            "unknown outcomes that were settled": f"{_sum(both, 'settled')} of {_sum(both, 'unknown')}",
            "processes left after 35 s": str(_sum(self.kills, "left_running")),
            "histories of the model test": (
                f"{_sum(searches, 'histories')}, {_bad(searches)} searches with problems" if searches else NONE
            ),
            "mutants": f"{len(caught)} of {len(MUTANTS)} caught by a search" if self.model else NONE,
            "time, added up over the jobs": f"{_sum(self.rows, 'seconds') / 60:.0f} minutes",
            "commits": ", ".join(f"{name} ({count} cases)" for name, count in _commits(self.rows)),
        }


def passes() -> list[Pass]:
    """The passes whose results are kept, the first one first."""
    found = []
    for number in count(1):
        folder = pass_folder(number)
        if not folder.is_dir():
            return found
        found.append(Pass(*(kept(folder / f"{name}.jsonl") for name in ("matrix", "kills", "model"))))
    return found


def main() -> None:
    """Write the page: figures and problems of every pass, and tables of all of them."""
    every = passes()
    parts = [HEAD, figures(every), problems([row for one in every for row in one.rows])]
    parts += [kill_table([row for one in every for row in one.kills])]
    parts += [matrix_table([row for one in every for row in one.matrix]), nonsense()]
    PAGE.write_text("\n".join(part for part in parts if part), encoding="utf-8")


def figures(every: Sequence[Pass]) -> str:
    """The figures of all passes, side by side."""
    columns = [one.figures for one in every]
    lines = [(name, *(column[name] for column in columns)) for name in columns[0]]
    heads = ("what", *(f"pass {number}" for number in range(1, len(every) + 1)))
    return "## Figures\n\n" + _table(heads, lines)


def _commits(rows: Rows) -> list[tuple[str, int]]:
    return Counter(str(row["commit"]) for row in rows).most_common()


def problems(rows: Rows) -> str:
    """Every case that broke a promise, in its own words."""
    found = [f"- {row['name']}: {_plain('; '.join(row['problems']))}" for row in rows if row["problems"]]
    return "## Problems\n\n" + "\n".join(found) + "\n" if found else ""


def kill_table(kills: Rows) -> str:
    """What came of the deaths of all passes, by victim."""
    lines = []
    for victim in VICTIMS:
        rows = [row for row in kills if row["moment"]["victim"] == victim]
        ended = Counter(str(row["state"]) for row in rows)
        told = ", ".join(f"{state} {count}" for state, count in ended.most_common())
        settled = f"{_sum(rows, 'settled')} of {_sum(rows, 'unknown')}"
        lines.append((victim, str(len(rows)), told, settled, str(_bad(rows))))
    heads = ("victim", "kills", "how the run is shown", "unknown, then settled", "with problems")
    return "## Kill test\n\nOf all passes.\n\n" + _table(heads, lines)


def matrix_table(matrix: Rows) -> str:
    """Every combination that makes sense, and what came of it on each way: in the last pass that tried it."""
    by_name = {row["name"]: row for row in matrix}
    lines = []
    for at, when, kind in combinations():
        if refusal(at, when, kind):
            continue
        ways = [_told(by_name, Cell(at, when, kind, way.name)) if at in way.points else "" for way in WAYS]
        lines.append((at, when, kind, *ways))
    about = (
        "Exit code of the run that met the fault → exit code of the run after it, in the last pass that tried it; `?` "
        "where an outcome was unknown in between. A release that was asked for already is refused the second time, "
        "with code 3. `–` was not run; an empty field is a way that does not come by that point.\n\n"
    )
    return "## Fault matrix\n\n" + about + _table(("at", "when", "kind", *(way.name for way in WAYS)), lines)


def _told(by_name: dict[str, dict[str, Any]], cell: Cell) -> str:
    row = by_name.get(str(cell))
    if row is None:
        return "–"
    unknown = " ?" if row["unknown"] else ""
    return f"{row['first']}{unknown} → {row['last']}" + (" **problem**" if row["problems"] else "")


def nonsense() -> str:
    """The combinations that the mock platform refuses, with its reasons."""
    reasons: dict[str, list[str]] = {}
    for at, when, kind in combinations():
        if reason := refusal(at, when, kind):
            reasons.setdefault(reason.partition(": ")[2], []).append(f"{kind} at {at} {when}")
    lines = [(why, ", ".join(which)) for why, which in reasons.items()]
    return "## Combinations that make no sense\n\n" + _table(("why", "which"), lines)


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _at(rows: Rows, site: str) -> Rows:
    return [row for row in rows if row["site"] == site]


def _run_of(rows: Rows) -> str:
    """How many of a sweep's cases on one kind of site were run."""
    return f"{len(rows)} of {rows[0]['of']} run, {_bad(rows)} with problems" if rows else NONE


def _sum(rows: Rows, name: str) -> int:
    return sum(row[name] for row in rows)


def _bad(rows: Rows) -> int:
    return sum(1 for row in rows if row["problems"])


def _plain(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:300]


if __name__ == "__main__":
    main()
