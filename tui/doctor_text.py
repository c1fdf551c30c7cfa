"""What the doctor found, in words: the same on the command line and on the screen.

A summary is that of a doctor's run (`flows.doctor.report.examine`), as the journal keeps it. What stands in it of a
page is untrusted; whoever prints it cleans it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.machine import Check

CLOCK_OFF = 120
"""Seconds that this clock may differ from the site's: due dates and deadlines are told in days."""

FOUND = {"one": "reachable", "none": "missing", "several": "ambiguous", "unseen": "nothing there shows them"}


def checks_of(summary: Mapping[str, Any]) -> list[Check]:
    """What only the run could see of this machine."""
    off = summary.get("clock_off")
    there = "not told by the site" if off is None else f"{abs(off):.0f} s from the site's"
    sandbox = summary["sandbox"]
    return [
        Check("browser", True, str(summary["browser"])),
        Check("sandbox", True, "on" if sandbox else "off: Milepost runs as root, where the browser has none"),
        Check("site's clock", off is None or abs(off) < CLOCK_OFF, there, "set this machine's clock"),
    ]


def check_lines(checks: Iterable[Check]) -> Iterator[str]:
    """A line for each, and what to do about what is not in order."""
    for check in checks:
        yield f"{'ok ' if check.ok else 'NO '} {check.name}: {check.text}"
        if not check.ok and check.hint:
            yield f"    next: {check.hint}"


def locator_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """What needs a look among the locators, then how many find what they should, and what was not looked at."""
    for entry in summary["locators"]:
        if entry["found"] in ("none", "several"):
            many = f"{entry['count']} elements" if entry["found"] == "several" else "nothing"
            yield f"NO  {entry['field']} finds {many} on {entry['page']}" + _more(entry)
        elif entry["found"] == "one" and entry["candidate"] > 1:
            yield f"ok  {entry['field']}: only candidate {entry['candidate']} finds it on {entry['page']}"
    counts = Counter(entry["found"] for entry in summary["locators"])
    told = [f"{count} {FOUND[found]}" for found, count in counts.items() if found in FOUND]
    yield f"locators of {summary['platform']}: {', '.join(told)}"
    behind = Counter(entry["behind"] for entry in summary["locators"] if entry["found"] == "behind")
    if behind:
        yield "not looked at: " + ", ".join(f"{count} behind {step}" for step, count in behind.items())


def _more(entry: Mapping[str, Any]) -> str:
    nearest = ", ".join(entry["nearest"])
    return (f"; {entry['note']}" if entry["note"] else "") + (f"; nearest: {nearest}" if nearest else "")


def trouble_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """What else is not as it should be, and where the pictures are."""
    for held in summary.get("held", ()):
        yield f"NO  opening the form tried to send what moves money; it was held back: {held}"
    if not summary.get("form_seen", True):
        yield "NO  no project let the form be opened: what a run would fill in was not looked at"
    for word in summary["words"]:
        yield f"NO  the state {word!r} is mapped by no rule: it counts as unclear"
    for path in summary["pictures"]:
        yield f"kept: {path}"


def override_file(summary: Mapping[str, Any], config_dir: Path) -> Path:
    """Where the suggested override belongs."""
    return config_dir / "platforms" / f"{summary['platform']}.toml"
