"""Text from outside is never markup: by rule in the code, and by trying it on every screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from textual.content import Content

import tui
from assistant.journal import RunKind, RunState
from assistant.money import Money
from assistant.processes import own
from assistant.site import MilestoneState, SiteMilestone
from tests.tui.driving import armed, running, text_of, type_text, until
from tui.content import joined, words
from tui.sample import Sample
from tui.screens.approval import ApprovalScreen
from tui.widgets.words import Words

FOLDER = Path(tui.__file__).parent
FILES = [FOLDER / "app.py", FOLDER / "frame.py", FOLDER / "content.py", *sorted((FOLDER / "screens").glob("*.py")),
         *sorted((FOLDER / "widgets").glob("*.py"))]  # fmt: skip

PARSES_MARKUP = {"Static", "Label", "Link", "Markdown", "RichLog", "Log", "Toast", "Checkbox", "RadioButton", "Option",
                 "Tab", "TabPane", "Collapsible", "DataTable", "Tree", "notify", "from_markup"}  # fmt: skip
"""What reads a string as markup, or may. Words says `markup=False` and is the one place that may use Static."""

ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "placeholder", "label"}
"""Attributes of widgets that read a string as markup."""


def _is_fixed(node: ast.expr) -> bool:
    """A constant of ours, or content that was made by `words`."""
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"words", "joined"}
    return made or isinstance(node, ast.Constant)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def violations(source: str, file: str) -> list[str]:
    """What in a file could read text from outside as markup."""
    found = []
    for node in ast.walk(ast.parse(source)):
        line = f"{file}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            name = _name(node.func)
            if name in PARSES_MARKUP:
                found.append(f"{line}: {name}")
            if name == "Content" and node.args and not _is_fixed(node.args[0]):
                found.append(f"{line}: Content of something that `words` has not cleaned")
            if name == "Button" and node.args and not _is_fixed(node.args[0]):
                found.append(f"{line}: Button with a label that is not fixed")
            found += [f"{line}: {keyword.arg}=" for keyword in node.keywords
                      if keyword.arg in ATTRIBUTES and not _is_fixed(keyword.value)]  # fmt: skip
            if any(keyword.arg == "markup" and not (isinstance(keyword.value, ast.Constant)
                   and keyword.value.value is False) for keyword in node.keywords):  # fmt: skip
                found.append(f"{line}: markup=")
        if isinstance(node, ast.Assign):
            targets = [_name(target) for target in node.targets]
            if set(targets) & ATTRIBUTES and not _is_fixed(node.value):
                found.append(f"{line}: {targets[0]} =")
        if isinstance(node, ast.ClassDef) and any(_name(base) in PARSES_MARKUP for base in node.bases):
            found.append(f"{line}: class {node.name}")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_can_read_text_as_markup(file: Path) -> None:
    found = violations(file.read_text(encoding="utf-8"), file.name)
    exempt = {"words.py": "class Words", "content.py": "Content of"}.get(file.name)  # the two that do it for all
    found = [each for each in found if exempt is None or exempt not in each]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "Static(f'{title}')",
        "Label(row.title)",
        "self.notify(error.message)",
        "Button(name)",
        "Button(f'Pay {amount}')",
        "Content(title)",
        "Content.from_markup(title)",
        "self.border_title = project.title",
        "Input(placeholder=title)",
        "Words('x', markup=True)",
        "class Row(Static): ...",
        "DataTable().add_row(title)",
    ],
)
def test_the_rule_finds_what_it_is_for(source: str) -> None:
    assert violations(source, "x.py")


HOSTILE = [
    "[/foo]",
    "[@click=app.quit]Milestone[/]",
    "[red]paid[/red] [/]",
    "\x1b[2J\x1b[31mfunded",
    "\x1b]52;c;bWlsZXBvc3Q=\x07",
    "funded \u202edesaeler\u202c",
    "\u2066\u200b\ufeff",
    "[link=file:///etc/passwd]x",
    "$error {x} %s \\[",
    "a\nb\r\nc\td",
    "",
]


def test_words_shows_markup_and_escapes_as_they_are() -> None:
    for text in HOSTILE:
        content = words(text, "bold")
        assert isinstance(content, Content)
        assert not any(ord(char) < 32 and char != "\n" for char in content.plain)
        assert "\u202e" not in content.plain
        assert Words(text).said == words(text).plain
    assert words("[b]x[/b]").plain == "[b]x[/b]"
    assert joined([("[/a]", "bold"), ("", ""), ("[/b]", "")], " · ").plain == "[/a] · [/b]"


def hostile_plan() -> str:
    """A plan with a hostile description for each hostile project; TOML itself refuses control characters."""
    lines = ['platform = "freelancer"', 'account = "anna"']
    for number, text in enumerate(HOSTILE, start=1):
        description = text if text.isprintable() and text else "plain"
        lines += ["[[project]]", f'ref = "{number}"', 'total = "10.00 USD"', "[[project.milestone]]", 'key = "k"']
        lines += [f"description = '{description}'", 'share = "rest"']
    return "\n".join(lines)


async def test_hostile_text_is_shown_on_every_screen_and_does_nothing(sample: Sample) -> None:
    sample.plan_file.write_text(hostile_plan())
    projects = [
        type(one)(str(n + 1), text, text, "USD", text, one.status, text)
        for n, (text, one) in enumerate(zip(HOSTILE, sample.listed() * 2, strict=False))
    ]
    sample.journal.sightings.keep_projects(sample.id, projects)
    run = sample.journal.runs.newest()[0].id
    for project, text in zip(projects, HOSTILE, strict=True):
        odd = SiteMilestone(f"9{project.ref}", text, Money.parse("1.00 USD"), MilestoneState.CANCELLED, text)
        sample.look(run, project, milestones=[odd])
    async with running(sample, (120, 40)) as pilot:
        app = pilot.app
        store = app.store
        for _ in range(len(HOSTILE) + 2):
            await pilot.press("j")
        assert "[@click=app.quit]" in text_of(pilot)
        assert "\\x1b[2J" in text_of(pilot)
        store.take_preview(store.make_view())
        await pilot.press("3", "j", "j")
        assert "[/foo]" in text_of(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, ApprovalScreen))
        await armed(pilot)
        await pilot.press("escape")
        applying = sample.apply()
        await until(pilot, lambda: store.run is not None)
        await pilot.press("4")
        sample.journal.runs.say(applying.run, "looked", HOSTILE[3], {"project": HOSTILE[1]})
        sample.journal.runs.say(applying.run, "refused", HOSTILE[1], {"project": "1", "reason": HOSTILE[0]})
        applying.unknown()
        sample.journal.attempts.note(1, reason=HOSTILE[1], site_message=HOSTILE[3], site_ref=HOSTILE[5])
        applying.end(RunState.FAILED, code="site", message=HOSTILE[1], hint=HOSTILE[0], site_message=HOSTILE[3])
        await until(pilot, lambda: store.live is None)
        await pilot.press("exclamation_mark", "j", "k", "enter", "5", "question_mark", "escape", "1")
        await pilot.click("#projects", offset=(4, 3))
        await pilot.click("#about")
        await pilot.press("slash", "left_square_bracket", "slash", "f", "enter")
        assert "[/foo]" in text_of(pilot)
        assert app.is_running
        assert app.return_code is None
        shown = text_of(pilot)
        assert not any(ord(char) < 32 and char != "\n" for char in shown)
        assert "\u202e" not in shown


async def test_hostile_text_is_harmless_in_the_plan_its_sheets_history_and_checks(sample: Sample) -> None:
    titles = [text for text in HOSTILE if text]
    projects = [
        type(one)(str(n + 1), text, text, "USD", text, one.status, text)
        for n, (text, one) in enumerate(zip(titles, sample.listed() * 2, strict=False))
    ]
    sample.journal.sightings.keep_projects(sample.id, projects)
    plan = 'platform = "freelancer"\naccount = "anna"\n[[project]]\nref = "2"\ntotal = "9.00 USD"\n'
    sample.plan_file.write_text(plan + "split = '[@click=app.quit]'\n")
    async with running(sample, (120, 40)) as pilot:
        app = pilot.app
        await pilot.press("2")
        await until(pilot, lambda: "[@click=app.quit]" in text_of(pilot))
        await pilot.click("#table", offset=(30, 1))
        await pilot.click("#about", offset=(3, 0))
        await pilot.press("a")
        for told in ("[red]paid[/red]", "\\x1b[2J", "\\u202e", "[/foo]"):
            assert told in text_of(pilot)
        await pilot.press("j", "space", "a", "enter")
        await type_text(pilot, "[/bar] USD")
        assert "[/bar]" in text_of(pilot)
        await pilot.press("escape", "escape")
        run = sample.journal.runs.ask(RunKind.PROJECTS, sample.id, "anna", {}, "[/foo]\x1b[2J.toml")
        sample.journal.runs.take(run, *own())
        sample.journal.runs.say(run, "looked", HOSTILE[3], {})
        sample.journal.runs.end(run, RunState.FAILED, None, {"code": "site", "message": HOSTILE[1]})
        app.tick()
        await pilot.press("5")
        await until(pilot, lambda: "\\x1b[31mfunded" in text_of(pilot))
        await pilot.press("y", "l", "y", "6", "y", "7", "y")
        shown = text_of(pilot)
        assert app.is_running
        assert app.return_code is None
        assert not any(ord(char) < 32 and char != "\n" for char in shown)
