"""What went wrong and what needs a person: kept until it is settled, each with what was tried, seen and to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.clock import stamp
from assistant.errors import MilepostError, PlanError
from assistant.journal import Attempt
from tui.text import plain


@dataclass(frozen=True)
class Entry:
    """One message. Texts are clean; `mark` says what it is about, so that it is told once."""

    mark: str
    at: str
    needs_you: bool
    tried: str
    seen: tuple[str, ...]
    next: str
    where: str = ""

    def text(self) -> str:
        """The whole message, as it is copied."""
        parts = [f"Tried: {self.tried}", *(f"Seen: {line}" for line in self.seen)]
        parts += [f"Where: {self.where}"] * bool(self.where) + [f"Next: {self.next}"] * bool(self.next)
        return "\n".join(parts)

    @property
    def search(self) -> str:
        """What a filter looks into."""
        return self.text().casefold()


@dataclass
class Inbox:
    """The messages, newest first, and how many were not read yet."""

    entries: list[Entry] = field(default_factory=list)
    unread: int = 0

    def add(self, entry: Entry) -> bool:
        """Keep a message; one with the same mark is told once. True if it is new."""
        if any(known.mark == entry.mark for known in self.entries):
            return False
        self.entries.insert(0, entry)
        self.unread += 1
        return True

    def drop(self, prefix: str, but: frozenset[str] = frozenset()) -> None:
        """Forget messages of a kind that hold no longer."""
        self.entries = [e for e in self.entries if not e.mark.startswith(prefix) or e.mark in but]
        self.unread = min(self.unread, len(self.entries))


def of_error(error: MilepostError, tried: str, mark: str | None = None) -> Entry:
    """A message from an error. All problems of a plan are told, a line each."""
    if isinstance(error, PlanError):
        seen = [plain(problem) for problem in error.problems]
    else:
        seen = [plain(error.message)]
        if words := getattr(error, "site_message", None):
            seen.append(f"the site said: {plain(words)}")
        if request := getattr(error, "request_id", None):
            seen.append(f"the site's request id: {plain(request)}")
    at = stamp()
    return Entry(
        mark or f"error:{at}", at, False, tried, tuple(seen), plain(error.hint or ""), plain(error.where or "")
    )


def of_unknown(attempt: Attempt, plan: str | None, until: str | None) -> Entry:
    """A message about an outcome that nobody knows yet."""
    asked = attempt.change == "request"
    may = "may have been asked for" if asked else "may have been paid"
    place = plain(f"{attempt.project_ref}/{attempt.key}")
    seen = [f"{place} “{plain(attempt.description)}”, {attempt.amount}: {may}"]
    if attempt.reason:
        seen.append(plain(attempt.reason))
    if attempt.site_message:
        seen.append(f"the site said: {plain(attempt.site_message)}")
    settles = f" A look after {until} settles it if it is not there." if until else ""
    command = f"milepost settle {plain(plan or 'PLAN')} {plain(attempt.project_ref)} {plain(attempt.key)}"
    return Entry(
        f"unknown:{attempt.id}",
        attempt.ended_at or attempt.recorded_at,
        True,
        f"{attempt.change} {place} in run {attempt.run_id}",
        tuple(seen),
        "nothing more is done to this project until it is settled. Preview again: a look settles it if it is there."
        f"{settles} Or look on the site yourself, then: {command} --paid REF | --not-paid",
    )


def told(entries: Sequence[Entry]) -> str:
    """One line about the newest messages, for the status line."""
    if not entries:
        return ""
    first = entries[0]
    return f"{first.tried}: {first.seen[0]}" if first.seen else first.tried
