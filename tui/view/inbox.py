"""What went wrong and what needs a person: kept until it is settled, each with what was tried, seen and to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.clock import stamp
from assistant.errors import MilepostError, PlanError
from assistant.journal import Attempt, AttemptState
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
    settled: bool = False
    """Whether it needed a person, and does no longer."""

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

    def put(self, entry: Entry) -> None:
        """Say this instead of the message with the same mark, where there is one; it is no new one."""
        self.entries = [entry if known.mark == entry.mark else known for known in self.entries]

    def marked(self, prefix: str) -> list[Entry]:
        """The messages of a kind."""
        return [entry for entry in self.entries if entry.mark.startswith(prefix)]

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
        mark or f"error:{at}", at, False, plain(tried), tuple(seen), plain(error.hint or ""), plain(error.where or "")
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


def settled_words(attempt: Attempt) -> str:
    """What has become of an outcome that nobody knew, and who found it out."""
    by = {"look": "a look at the site", "person": "a person"}.get(attempt.settled_by or "", "what came after")
    place = plain(f"{attempt.project_ref}/{attempt.key}")
    if attempt.state is AttemptState.DONE:
        ref = f", #{plain(attempt.site_ref)}" if attempt.site_ref else ""
        return f"{place} since settled by {by}: it was done{ref}"
    return f"{place} since settled by {by}: it was not done; {plain(attempt.reason or 'nothing was paid for it')}"


def of_settled(entry: Entry, attempt: Attempt) -> Entry:
    """The message about an outcome that nobody knew, now that it is known."""
    return replace(
        entry,
        needs_you=False,
        settled=True,
        seen=(settled_words(attempt), *(line for line in entry.seen if "may have been" not in line)),
        next="nothing: it is settled. 3, then r, previews what is left of the plan",
    )


def told(entries: Sequence[Entry]) -> str:
    """One line about the newest messages, for the status line."""
    if not entries:
        return ""
    first = entries[0]
    return f"{first.tried}: {first.seen[0]}" if first.seen else first.tried
