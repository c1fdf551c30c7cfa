"""Preview: what a run of the plan would change, whom it would pay, how much in all, and how fresh that knowledge is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget

from tui.columns import Cell, Column
from tui.content import joined, words
from tui.screens.costs import CostsSheet
from tui.screens.page import Page, bindings_of
from tui.signs import CHANGES, sign_of
from tui.view.times import ago
from tui.widgets.lines import LineList
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.store import Change
    from tui.view.preview import ChangeRow, PreviewView


def some(names: Sequence[str], most: int) -> str:
    """``a, b, c and 4 more``."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


WILL_BE = {
    "create": "will be put up and paid for",
    "put_up": "will be put up; a confirmation later on pays for it",
    "request": "will be asked for",
}
"""What is told of a change that has no reason of its own."""


class PreviewScreen(Page):
    """The changes, grouped by project. `a` approves them."""

    NAME: ClassVar[str] = "preview"
    BINDINGS = bindings_of(NAME)

    def body(self) -> Iterable[Widget]:
        """What it comes to, the changes, and the one under the cursor in full."""
        yield Words(id="facts")
        yield LineList(self._columns(), heading=self._heading, id="changes")
        yield Words(id="about")

    def main(self) -> LineList[ChangeRow]:
        """The changes."""
        return self.query_one("#changes", LineList)

    def _columns(self) -> list[Column[ChangeRow]]:
        return [
            Column("change", self._sign),
            Column("key", lambda row: Cell(row.key, "muted"), least=5),
            Column("milestone", lambda row: Cell(row.description), least=16),
            Column("amount", lambda row: Cell(str(row.amount) if row.amount else ""), right=True),
            Column("why", lambda row: Cell(row.reason, "muted"), least=18, drop=1),
        ]

    def _sign(self, row: ChangeRow) -> Cell:
        sign = sign_of(CHANGES, row.kind)
        return Cell(sign.shown(self.app.ascii_only), sign.role)

    def _heading(self, row: ChangeRow) -> Cell | None:
        if not row.is_heading:
            return None
        store = self.store
        parts = [row.title, f"with {row.counterparty}" if row.counterparty else "", row.reason]
        parts += [f"#{row.project_ref}" if row.project_ref else ""]
        if row.looked_at and store is not None:
            parts.append(f"seen {ago(row.looked_at, store.clock())}")
        told = " · ".join(part for part in parts if part)
        return Cell(told, "warn", f"· {row.over}") if row.over else Cell(told)

    # -- showing ---------------------------------------------------------------------------------------------------

    def refresh_all(self) -> None:
        """The preview as the store has it, or why there is none."""
        store = self.store
        if store is None:
            return
        view = store.preview
        if view is None:
            self.main().say_empty(self._why_none())
            self.main().show([])
            self.query_one("#facts", Words).say("")
            self.query_one("#about", Words).say("")
            return
        rows = self.filtered_groups(view.rows)
        self.main().say_empty(self.none_holds("change"))
        self.main().show(rows, keep=lambda row: (row.place, row.kind))
        self.show_facts()

    def show_facts(self) -> None:
        """The lines above the changes; their ages move on."""
        store = self.store
        if store is not None and store.preview is not None:
            self.query_one("#facts", Words).say(self._facts(store.preview))

    def _facts(self, view: PreviewView) -> Content:
        store = self.store
        assert store is not None  # noqa: S101  # there is a preview only once there is a store
        totals = " + ".join(str(money) for money in view.totals)
        fees = " + ".join(str(money) for money in view.preview.max_fees.values())
        verb = f"Was to {view.deed.lower()}, and is not up to date" if store.stale else f"To {view.deed.lower()}"
        first = joined([
            (f"{verb}: {totals}" if totals else "Nothing to carry out", "bold"),
            (f"plus at most {fees} in fees" if fees else "no fee approved" if view.takes_money else "", "$role-warn"),
            (f"caps: {', '.join(view.caps()) or 'none set'}" if view.takes_money else "", "$role-muted"),
        ], " · ")  # fmt: skip
        counts = [
            (f"{sign_of(CHANGES, kind).shown(self.app.ascii_only)} {number}", f"$role-{sign_of(CHANGES, kind).role}")
            for kind, number in view.preview.counts.items()
            if number
        ]
        to = some(view.payees, 3)
        third = joined([
            (f"{view.towards} {to}" if to else "", "bold"),
            (f"the site as of {ago(view.oldest_look, store.clock())}", "$role-muted"),
            (f"digest {view.digest}", "$role-muted"),
        ], " · ")  # fmt: skip
        lines = [first, joined(counts, "  "), third]
        if store.stale:
            lines[2] = words(store.stale, "$role-warn bold")
        elif view.in_short:
            lines.append(joined([(view.in_short, ""), ("c says more", "$role-muted")], " · "))
        return Content("\n").join(lines)

    def _why_none(self) -> str:
        store = self.store
        if store is None:
            return ""
        live = store.live
        if live is not None and str(live.kind) == "preview":
            looked = store.run.looked if store.run is not None else 0
            planned = len([p for p in store.plan.projects if not p.skipped]) if store.plan else 0
            return f"Looking at the site, project by project: {looked} of {planned}. Nothing is changed by looking."
        if self.app.making_preview:
            return "Laying the plan beside what the site shows."
        if store.preview_trouble:
            return f"{store.preview_trouble}\n\n! opens the inbox with the whole message; r tries again."
        if store.plan is None and (new := self.app.facts().new_plan):
            return f"{new} is not saved: 2, then p, saves and previews it."
        if store.plan is None:
            return store.empty_word("No plan is open. O opens one; 2, then a, begins one.")
        return f"r looks at the projects of {store.plan.file.name} on the site and shows what a run would change."

    def _show_about(self) -> None:
        row = self.main().item
        about = self.query_one("#about", Words)
        if row is None or row.is_heading:
            about.say("")
            return
        first = joined([(row.title, "bold"), (f"with {row.counterparty}" if row.counterparty else "", ""),
                        (row.place, "$role-muted")], " · ")  # fmt: skip
        why = row.reason or WILL_BE.get(row.kind, "")
        why += f"{'; ' * bool(why)}the run takes the project {row.over}" if row.over else ""
        second = joined([(f"{row.kind} {row.amount}", "bold"), (row.description, "")], " · ")
        about.say(Content("\n").join([first, second, words(why)]))

    @on(LineList.Moved, "#changes")
    def _other_change(self) -> None:
        self._show_about()

    def take(self, change: Change) -> None:
        """While there is no preview the look's progress is told."""
        if self.store is not None and self.store.preview is None and change.journal:
            self.main().say_empty(self._why_none())
        elif change.journal:
            self.show_facts()

    # -- actions ---------------------------------------------------------------------------------------------------

    def change_row(self) -> ChangeRow | None:
        """The change under the cursor."""
        return self.main().item

    def do_costs(self) -> None:
        """Say everything that is estimated, and what should be known before the yes."""
        if self.store is not None and self.store.preview is not None:
            self.app.push_screen(CostsSheet(self.store.preview.estimates))

    def do_again(self) -> None:
        """Ask for a milestone that is gone to be made once more."""
        row = self.main().item
        if row is not None and self.store is not None:
            self.store.again.add(row.place)
            self.app.make_preview()

    def copied(self) -> str:
        """The change under the cursor, in full."""
        row = self.main().item
        if row is None:
            return ""
        parts = [row.kind, row.place, row.description, str(row.amount or ""), row.counterparty, row.reason]
        return "\t".join(part for part in parts if part)
