"""Everything that can be done on a screen, once: keys, footer, `?`, palette and docs/keys.md are made from this list.

An action that cannot be done now is not in the key line; `?` has it and says why, and so does its key.
`python -m tui.actions > docs/keys.md` writes the page of keys; a test holds page, handlers and this list together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

SCREENS: Final = ("projects", "plan", "preview", "run", "history", "checks", "settings", "inbox")
"""The full screens, in the order of their number keys."""


@dataclass(frozen=True)
class Facts:
    """What has to be known to say whether an action can be done now."""

    account: str = ""
    no_account: str = "no account is open"
    plans: int = 0
    live_run: int | None = None
    live_kind: str = ""
    paused: bool = False
    stopping: bool = False
    wanted_of_you: str = ""
    """What the watched run waits for a person to do: code, sign_in, press; empty while it waits for nobody."""
    run_shown: int | None = None
    preview: bool = False
    stale: str = ""
    """Why the preview must be made anew before it can be approved; empty while it holds."""
    acts: bool = False
    on_gone: bool = False
    """Whether the cursor is on a milestone that was on the site and is gone."""
    editing: str = "the plan is being opened"
    """Why no plan can be edited; empty where one is."""
    plan_files: int = 0
    new_plan: str = ""
    """The name of the plan that was begun and never saved, if that is the one that is shown."""
    kept: bool = False
    """Whether no plan is open, and a draft of last time is offered."""
    on_row: bool = False
    """Whether the cursor of the plan is on a line."""
    on_project: bool = False
    role: str = ""
    on_milestone: bool = False
    """Whether the cursor is on a planned milestone."""
    planned: bool = False
    """Whether the project under the cursor has any."""
    has_page: bool = False
    """Whether the project under the cursor has an address."""
    account_under: str = ""
    """The account under the cursor of the settings."""
    run_under: bool = False
    """Whether the cursor of the history is on a run."""
    pictures: bool = False
    """Whether the attempt under the cursor has a picture."""
    changed: bool = False
    can_undo: bool = False
    can_redo: bool = False
    no_color: bool = False
    """Whether the environment says NO_COLOR."""


WhyNot = Callable[[Facts], str | None]


@dataclass(frozen=True)
class Action:
    """One thing that can be done. `words` is a sentence for help, `short` a word for the footer ("" = not there)."""

    name: str
    keys: tuple[str, ...]
    words: str
    group: str
    short: str = ""
    screens: tuple[str, ...] = SCREENS
    dangerous: bool = False
    why_not: WhyNot = lambda facts: None
    asks: bool = False
    """Whether what is typed next is for what it opens."""

    @property
    def is_common(self) -> bool:
        """Whether every screen has it."""
        return self.screens == SCREENS

    def disabled_reason(self, facts: Facts) -> str | None:
        """Why it cannot be done now; None if it can."""
        return self.why_not(facts)


NO_PLAN: Final = "no plan is open: O opens one; 2, then a, begins one"


def _busy(facts: Facts) -> str | None:
    if facts.live_run is not None:
        return f"run {facts.live_run} ({facts.live_kind}) is under way, and there is one run at a time per account"
    return None


def _no_account(facts: Facts) -> str | None:
    return None if facts.account else facts.no_account


def _no_plan(facts: Facts) -> str | None:
    if facts.plans:
        return None
    return f"{facts.new_plan} is not saved: 2, then p, saves and previews it" if facts.new_plan else NO_PLAN


def _read(facts: Facts) -> str | None:
    return _no_account(facts) or _busy(facts)


def _look(facts: Facts) -> str | None:
    return _no_account(facts) or _no_plan(facts) or _busy(facts)


def _approve(facts: Facts) -> str | None:
    if not facts.preview:
        return "the site is being looked at" if facts.live_kind == "preview" else "there is no preview yet: r makes one"
    if facts.stale:
        return facts.stale
    if not facts.acts:
        return "there is nothing to approve: the preview holds no change that would be carried out"
    return _busy(facts)


def _again(facts: Facts) -> str | None:
    if not facts.on_gone:
        return "the cursor is not on a milestone that is gone"
    return _busy(facts)


def _colourless(facts: Facts) -> str | None:
    return "NO_COLOR is set, so there are no colours to choose" if facts.no_color else None


def _sign_in(facts: Facts) -> str | None:
    if facts.account_under not in {"", facts.account}:
        return "it is not the account that is open: Enter opens it"
    return _read(facts)


def _open_account(facts: Facts) -> str | None:
    if not facts.account_under:
        return "the cursor is not on an account; e edits the settings"
    if facts.account_under == facts.account:
        return f"{facts.account} is open already"
    if facts.live_run is not None:
        return f"run {facts.live_run} of {facts.account} is under way: the account can be changed when it has ended"
    return None


def _doctor(facts: Facts) -> str | None:
    if facts.account_under not in {"", facts.account}:
        return "it is not the account that is open: Enter opens it"
    return _no_account(facts)


def _single(facts: Facts) -> str | None:
    if not facts.planned:
        return "no plan that is open has milestones of this project"
    return _busy(facts) if facts.on_milestone else "l goes to the milestones"


def _words(facts: Facts) -> str | None:
    return _no_account(facts) or ("it is the one who pays" if facts.role == "client" else None)


def _other_plan(facts: Facts) -> str | None:
    return None if facts.plans > 1 else "there is no other plan open"


def _live(facts: Facts) -> str | None:
    if facts.live_run is None:
        return "no run is under way"
    return "the run is stopping after this step" if facts.stopping else None


def _any_live(facts: Facts) -> str | None:
    return None if facts.live_run is not None else "no run is under way"


def _wanted_of_you(facts: Facts) -> str | None:
    if not facts.wanted_of_you:
        return "the run waits for nobody"
    return "press it in the window: nothing can be pressed from here" if facts.wanted_of_you == "press" else None


def _shown(facts: Facts) -> str | None:
    return None if facts.run_shown is not None else "there has been no run yet"


def _edit(facts: Facts) -> str | None:
    return _no_account(facts) or facts.editing or None


def _change(facts: Facts) -> str | None:
    return None if facts.kept else _edit_row(facts)


def _discard(facts: Facts) -> str | None:
    return None if facts.kept else _save(facts)


def _edit_row(facts: Facts) -> str | None:
    return _edit(facts) or (None if facts.on_row else "the plan has no line yet: a adds projects of the site")


def _add(facts: Facts) -> str | None:
    return _no_account(facts) or (facts.editing or None if facts.plan_files else None)


def _save(facts: Facts) -> str | None:
    return _edit(facts) or (None if facts.changed else "there is nothing that is not saved")


def _look_saved(facts: Facts) -> str | None:
    return _edit(facts) or (_read(facts) if facts.changed else _look(facts))


MOVE: Final = "Move"
GO: Final = "Go"
FIND: Final = "Find"
DO: Final = "Do"

OPEN_PLAN: Final = "Open a plan: a draft, one of this folder, of the settings, of past runs, or any other file"

ACTIONS: Final = (
    Action("read", ("r",), "Read My Projects anew from the site", DO, "read", ("projects",), why_not=_read),
    Action("look", ("p",), "Look at the site and preview what the plan would change", DO, "preview", ("projects",),
           why_not=_look),
    Action("sort", ("s",), "Sort: as in the plan, late ones first, by title, by what is to be released", DO, "sort",
           ("projects",)),
    Action("browse", ("o",), "Open the project's page in your own browser", DO, "open", ("projects",),
           why_not=lambda facts: None if facts.has_page else "no page of it is known: r reads My Projects"),
    Action("single", ("R",), "Release a milestone, or ask for it: one, typed", DO, "",
           ("projects",), dangerous=True, why_not=_single, asks=True),
    Action("words", ("w",), "Ready words for who has not funded yet", DO, "",
           ("projects",), why_not=_words),
    Action("choose", ("enter",), "Change the field under the cursor; with no plan open, take up the draft of last time",
           DO, "change", ("plan",), why_not=_change, asks=True),
    Action("add", ("a",), "Add projects of the site: mark them, then one form for all", DO, "add", ("plan",),
           why_not=_add),
    Action("form", ("f",), "Divide the project anew: total, milestones, upfront, start, days", DO, "form", ("plan",),
           why_not=_edit_row, asks=True),
    Action("save", ("w",), "Write the plan to its file; until then it is a draft, kept as you type", DO, "save",
           ("plan",), why_not=_save),
    Action("insert", ("n",), "A new milestone below; another one gives half of what it has", DO, "", ("plan",),
           why_not=_edit_row),
    Action("remove", ("d", "delete"), "Take the milestone or project out of the plan; u takes that back", DO, "",
           ("plan",), why_not=_edit_row),
    Action("undo", ("u",), "Take the last edit back", DO, "undo", ("plan",),
           why_not=lambda facts: _edit(facts) or (None if facts.can_undo else "there is no edit to take back")),
    Action("redo", ("U", "ctrl+r"), "Do again what was taken back", DO, "", ("plan",),
           why_not=lambda facts: _edit(facts) or (None if facts.can_redo else "nothing was taken back")),
    Action("text", ("e",), "Edit the plan's text in your own editor (VISUAL, EDITOR)", DO, "", ("plan",),
           why_not=_edit),
    Action("discard", ("D",), "Give the draft up: back to what the file says; u takes that back", DO, "give up",
           ("plan",), why_not=_discard),
    Action("new_plan", ("N",), "Begin another plan", DO, "", ("plan",), why_not=_no_account, asks=True),
    Action("look", ("p",), "Look at the site and preview what the plan would change; what is not saved is asked about",
           DO, "preview", ("plan",), why_not=_look_saved, asks=True),
    Action("look", ("r", "p"), "Look at the site anew and make a new preview", DO, "look again", ("preview",),
           why_not=_look),
    Action("approve", ("a",), "Approve the preview: type its totals, then the run starts", DO, "approve",
           ("preview",), dangerous=True, why_not=_approve, asks=True),
    Action("costs", ("c",), "Say what it would cost and leave by the platform's fees, and what should be known", DO,
           "costs", ("preview",),
           why_not=lambda facts: None if facts.preview else "there is no preview yet: r makes one"),
    Action("again", ("m",), "Make the milestone under the cursor once more, though it was there and is gone", DO, "",
           ("preview",), why_not=_again),
    Action("evidence", ("o",), "Open the picture kept of the attempt under the cursor", DO, "open evidence",
           ("history",), why_not=lambda facts: None if facts.pictures else "l, then an attempt with one"),
    Action("export", ("x",), "Write the run as text into a file", DO, "write as text", ("history",),
           why_not=lambda facts: None if facts.run_under else "there has been no run yet", asks=True),
    Action("check", ("r",), "Read the site and look what has happened; it can only read", DO, "check", ("checks",),
           why_not=_read),
    Action("choose", ("enter",), "Open the account under the cursor in place of the one that is open", DO,
           "open account", ("settings",), why_not=_open_account),
    Action("login", ("s",), "Sign the account in and keep its session; a window opens where that is by hand", DO,
           "sign in", ("settings",), why_not=_sign_in),
    Action("doctor", ("d",), "What the doctor found of pages and machine; from there he looks at the pages anew",
           DO, "doctor", ("settings",), why_not=_doctor),
    Action("text", ("e",), "Edit the settings file in your own editor; one with problems is not taken", DO, "edit",
           ("settings",)),
    Action("answer", ("c",), "Answer the run: type the code or total it waits for, or say that it is done", DO,
           "answer", ("run",), why_not=_wanted_of_you, asks=True),
    Action("pause", ("p",), "Pause the run before its next step, or let it go on", DO, "pause", ("run",),
           why_not=_live),
    Action("stop", ("s",), "Stop the run after the current step", DO, "stop", ("run",), why_not=_live),
    Action("stop_now", ("x",), "Stop the run at once, in mid-step; asks first", DO, "", ("run",), dangerous=True,
           why_not=_any_live),
    Action("open_plan", ("O",), OPEN_PLAN, DO, "open plan", ("projects", "plan"), why_not=_no_account, asks=True),
    Action("open_plan", ("O",), OPEN_PLAN, DO, "", ("preview",), why_not=_no_account, asks=True),
    Action("reload", ("u",), "Read the plan file anew", DO, "", ("projects", "preview"),
           why_not=lambda facts: None if facts.plans else NO_PLAN),
    Action("next_plan", ("]",), "Go on to the next open plan", DO, "", ("projects", "preview"), why_not=_other_plan),
    Action("next_plan", ("]",), "Go on to the next plan file", DO, "", ("plan",),
           why_not=lambda facts: None if facts.plan_files > 1 else "there is no other plan: N begins one"),
    Action("copy", ("y",), "Copy the line under the cursor, in full", DO, "copy"),
    Action("filter", ("/",), "Show only lines that hold the words typed", FIND, "filter"),
    Action("help", ("?", "f1"), "Show every key, and do what is chosen there", FIND, "keys"),
    Action("palette", (":", "ctrl+p"), "Find an action by its words, and do it", FIND),
    Action("back", ("escape",), "One step back", GO),
    Action("projects", ("1",), "Projects: what stands on the site, and the plan beside it", GO),
    Action("plan", ("2",), "Plan: what should stand on the site, to be edited", GO),
    Action("preview", ("3",), "Preview: what a run of the plan would change", GO),
    Action("run", ("4",), "Run: the one under way, or the last one", GO, why_not=_shown),
    Action("history", ("5",), "History: every run of the account, and what it did", GO),
    Action("checks", ("6",), "Checks: what was found and what falls due; the money by month", GO),
    Action("settings", ("7",), "Settings: accounts and sessions, every value and where it came from", GO),
    Action("inbox", ("!", "8"), "Inbox: errors, and what needs you", GO),
    Action("tour", ("f2",), "Begin the tour of the screens, or end it", GO),
    Action("theme", ("t",), "Use the next set of colours", GO, why_not=_colourless),
    Action("redraw", ("ctrl+l",), "Draw the screen anew", GO),
    Action("quit", ("q", "ctrl+c", "ctrl+q"), "Leave; asks while a run is under way", GO, "quit"),
    Action("down", ("j", "down"), "Down", MOVE),
    Action("up", ("k", "up"), "Up", MOVE),
    Action("left", ("h", "left", "shift+tab"), "To the pane before", MOVE),
    Action("right", ("l", "right", "tab"), "To the next pane", MOVE),
    Action("top", ("g", "home"), "To the first line", MOVE),
    Action("bottom", ("G", "end"), "To the last line", MOVE),
    Action("page_down", ("pagedown", "ctrl+d"), "A page down", MOVE),
    Action("page_up", ("pageup", "ctrl+u"), "A page up", MOVE),
    Action("choose", ("enter",), "Open the line under the cursor", MOVE),
)  # fmt: skip

GROUPS: Final = (DO, GO, FIND, MOVE)


def actions_of(screen: str) -> list[Action]:
    """What can be done on a screen, in the order of the list. One of its own stands in for a common one of its name."""
    own = {action.name for action in ACTIONS if screen in action.screens and not action.is_common}
    return [action for action in ACTIONS if screen in action.screens and not (action.is_common and action.name in own)]


def find(screen: str, name: str) -> Action | None:
    """The action of that name on a screen, None if the screen does not have it."""
    return next((action for action in actions_of(screen) if action.name == name), None)


def footer_of(screen: str, most: int = 6) -> list[Action]:
    """What the footer names: what this screen is for first, at most so many, and always the way to the rest."""
    own = [action for action in actions_of(screen) if action.short and not action.is_common]
    common = [action for action in actions_of(screen) if action.short and action.is_common]
    kept = [action for action in common if action.name in {"help", "quit"}]
    return [*[action for action in own + common if action not in kept][: most - len(kept)], *kept]


def key_name(key: str) -> str:
    """A key as people write it: ``Ctrl+L``, ``Esc``, ``Page Down``; letters as they are."""
    names = {"escape": "Esc", "pagedown": "Page Down", "pageup": "Page Up", "f1": "F1"}
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    if key.startswith("shift+"):
        return f"Shift+{key[6:].capitalize()}"
    return names.get(key, key if len(key) == 1 else key.capitalize())


def keys_markdown() -> str:
    """The page docs/keys.md."""
    lines = [
        "# Keys",
        "",
        "Made by `python -m tui.actions > docs/keys.md` from the list in `tui/actions.py`; do not edit.",
        "",
        "On every screen `?` shows these keys, finds one by its words and does what is chosen. A key that cannot be",
        "used now says why. Keys marked **!** move money or may leave a payment unfinished; they ask first.",
        "",
        "Keys of your own: the setting `keys` takes the names of the last column, as in",
        '`keys = { quit = ["Q"], "plan.save" = ["ctrl+w"] }`; a name alone is meant for every screen that has it.',
        "",
        "Where projects are marked for a plan (`a` on the screen Plan), Space marks one and goes a line down, as",
        "file managers do: to mark neighbours is then a key each.",
    ]
    everywhere = [action for action in ACTIONS if action.is_common]
    for group in GROUPS:
        lines += _table(f"Everywhere: {group.lower()}", [action for action in everywhere if action.group == group])
    for screen in SCREENS:
        own = [action for action in actions_of(screen) if not action.is_common]
        lines += _table(f"On the screen {screen.capitalize()}", own)
    return "\n".join(lines) + "\n"


def _table(title: str, actions: Sequence[Action]) -> list[str]:
    if not actions:
        return []
    rows = [
        f"| {' '.join(f'`{key_name(key)}`' for key in action.keys)} | {'**!** ' * action.dangerous}{action.words} "
        f"| `{action.name}` |"
        for action in actions
    ]
    return ["", f"## {title}", "", "| key | does | name |", "| --- | --- | --- |", *rows]


if __name__ == "__main__":
    sys.stdout.write(keys_markdown())
