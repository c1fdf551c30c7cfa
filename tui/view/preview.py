"""A preview as it is shown: one line per change, grouped by project, with what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.approval import Preview
from assistant.changes import ASKS, SPENDS, ChangeKind
from assistant.estimate_text import one_line_estimate, short_estimate
from assistant.estimates import RunEstimate
from assistant.guided import guided_text
from assistant.journal import Journal
from assistant.money import Money
from assistant.work import has_work
from tui.text import plain
from tui.view.reads import looked_at


@dataclass(frozen=True)
class ChangeRow:
    """One change, or the heading of the project it belongs to. Texts are clean."""

    project_ref: str
    title: str
    counterparty: str
    key: str = ""
    kind: str = ""
    description: str = ""
    amount: Money | None = None
    reason: str = ""
    looked_at: str | None = None
    over: str = ""
    """How far the run takes the project over its bid, and what that costs; "" within the bid."""

    @property
    def is_heading(self) -> bool:
        """Whether it names a project."""
        return not self.kind

    @property
    def place(self) -> str:
        """PROJECT/KEY, as commands take it."""
        return f"{self.project_ref}/{self.key}" if self.key else self.project_ref

    @property
    def search(self) -> str:
        """What a filter looks into."""
        words = (self.title, self.counterparty, self.project_ref, self.key, self.kind, self.description, self.reason)
        return " ".join(words).casefold()


@dataclass(frozen=True)
class PreviewView:
    """A preview and what the screen says about it."""

    preview: Preview
    rows: tuple[ChangeRow, ...]
    oldest_look: str | None
    digest: str
    estimates: tuple[str, ...] = ()
    """What it would probably cost and leave, and what should be known before the yes; a sentence each."""
    in_short: str = ""
    guided: str = ""
    """On a live account: what the person will press themselves, because nobody has yet."""

    @property
    def totals(self) -> list[Money]:
        """What has to be typed to approve, one per currency."""
        return list(self.preview.totals.values())

    @property
    def takes_money(self) -> bool:
        """Whether carrying it out would spend anything."""
        return any(change.kind in SPENDS for change in self.preview.changes)

    @property
    def deed(self) -> str:
        """What a yes does first of all, as a word."""
        counts = self.preview.counts
        unpaid = "Agree to" if counts[ChangeKind.AGREE] else "Put up" if counts[ChangeKind.PUT_UP] else "Ask for"
        return "Pay" if self.takes_money else unpaid

    @property
    def towards(self) -> str:
        """What the payees are to it."""
        return {"Pay": "to", "Ask for": "asked of"}.get(self.deed, "with")

    @property
    def acts(self) -> bool:
        """Whether a run could do anything about it."""
        return has_work(self.preview)

    @property
    def payees(self) -> list[str]:
        """Whom the money would go to, or is asked of; each once, in order."""
        named = {change.project.counterparty for change in self.preview.changes if change.kind in ASKS}
        return [plain(payee) or "nobody named" for payee in sorted(named)]

    def caps(self) -> list[str]:
        """The caps that hold for the currencies of the preview, in words; nothing where there are none."""
        told = []
        for code in self.preview.totals:
            cap = self.preview.account.limits.cap(code)
            parts = [
                f"{money} a {name}"
                for name, money in (("milestone", cap.milestone), ("run", cap.run), ("day", cap.day))
                if money is not None
            ]
            told += parts
        return told

    def gone_under(self, row: ChangeRow | None) -> bool:
        """Whether a line is a milestone that is gone and could be made once more."""
        return row is not None and row.kind == ChangeKind.GONE


def view_of(preview: Preview, journal: Journal, estimate: RunEstimate, guided: Sequence[str] = ()) -> PreviewView:
    """The preview as lines; looks are told with their age, so that nobody approves what is long past."""
    looked = looked_at(journal, preview.account.id)
    rows: list[ChangeRow] = []
    over = {each.project.ref: plain(each.over_bid_told) for each in estimate.projects}
    for project in preview.projects:
        ref, title = plain(project.project.ref), plain(project.project.title)
        whom, at = plain(project.project.counterparty), looked.get(project.project.ref)
        beyond = over.get(project.project.ref, "")
        rows.append(ChangeRow(ref, title, whom, looked_at=at, over=beyond))
        rows += [
            ChangeRow(
                ref,
                title,
                whom,
                plain(change.key),
                str(change.kind),
                plain(change.description),
                change.amount,
                plain(change.reason),
                at,
                beyond,
            )
            for change in project.changes
        ]
    rows += [ChangeRow("", plain(name), "", reason="skipped on purpose") for name in preview.skipped]
    ages = [row.looked_at for row in rows if row.looked_at]
    told = tuple(plain(line) for line in short_estimate(estimate))
    oldest = min(ages, default=None)
    return PreviewView(
        preview, tuple(rows), oldest, preview.digest, told, plain(one_line_estimate(estimate)), guided_text(guided)
    )
