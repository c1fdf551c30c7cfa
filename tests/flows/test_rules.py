"""What `flows/` must never call, held by reading its source. docs/never-twice.md says why for each.

Checked by name, not by type, so a new spelling of an old mistake is found as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import flows

FLOWS = Path(flows.__file__).parent
SOURCES = sorted(path for path in FLOWS.rglob("*.py") if "mock_platform" not in path.parts)

POSTS_AGAIN = {"reload", "go_back", "go_forward"}
OPENS_THE_GATE = {"unroute", "unroute_all"}
SLEEPS = {"wait_for_timeout"}
TELLS_ALL = {"tracing", "record_har"}
RECORDS = {"record_har_path", "record_video_dir", "traces_dir"}
"""Traces, HAR files and videos hold passwords, cookies and codes."""
BY_POSITION = {"nth", "first", "last"}
MAY_SLEEP = {"pace.py", "runner.py"}
"""The pace between money steps, and the runner's poll of what another process wants."""
NO_MONEY = {"my_projects.py", "elements.py"}
"""Where a position is harmless: the row of a list that was read, and waiting for anything at all to appear."""


def _nodes(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield f"{path.relative_to(FLOWS)}:{getattr(node, 'lineno', 0)}", node


def offences(source: str, name: str = "page.py") -> list[str]:
    """Every line of a source that breaks a rule, and which."""
    return [why for node in ast.walk(ast.parse(source)) for why in _offence(node, name)]


def _offence(node: ast.AST, name: str) -> Iterator[str]:
    if isinstance(node, ast.Attribute):
        if node.attr in POSTS_AGAIN | OPENS_THE_GATE | SLEEPS | TELLS_ALL:
            yield f"line {node.lineno}: .{node.attr}"
        if node.attr in BY_POSITION and name not in NO_MONEY:
            yield f"line {node.lineno}: .{node.attr} goes by position"
        if node.attr == "sleep" and name not in MAY_SLEEP:
            yield f"line {node.lineno}: sleep instead of waiting for the thing itself"
    if isinstance(node, ast.keyword) and node.arg in {"times", "force"} | RECORDS:
        yield f"line {node.value.lineno}: {node.arg}="
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "contexts":
        yield f"line {node.lineno}: somebody else's context"
    if isinstance(node, ast.ImportFrom) and node.module in {"playwright.sync_api", "time"}:
        for alias in node.names:
            if alias.name == "sleep" or node.module == "playwright.sync_api":
                yield f"line {node.lineno}: from {node.module} import {alias.name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FLOWS)))
def test_the_rules_are_kept(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8"), path.name) == []


def test_all_sources_are_read() -> None:
    names = {path.name for path in SOURCES}
    assert {"gate.py", "site.py", "create_milestone.py", "confirm_payment.py", "browser.py"} <= names


@pytest.mark.parametrize(
    "source",
    [
        "await page.reload()",
        "await page.go_back()",
        "await page.go_forward()",
        "await page.wait_for_timeout(100)",
        "await asyncio.sleep(1)",
        "time.sleep(1)",
        "from time import sleep",
        "context = browser.contexts[0]",
        "await page.locator('button').nth(0).click()",
        "await page.locator('button').first.click()",
        "await page.locator('button').last.click()",
        "await context.route(url, handler, times=1)",
        "await context.unroute(url)",
        "await context.unroute_all()",
        "await button.click(force=True)",
        "await context.tracing.start()",
        "await browser.new_context(record_har_path='x')",
        "await browser.new_context(record_video_dir='x')",
        "from playwright.sync_api import Page",
    ],
)
def test_each_rule_finds_what_it_is_for(source: str) -> None:
    wrapped = f"async def f():\n    {source}" if source.startswith("await") else source
    assert offences(wrapped)


def test_the_exceptions_are_few() -> None:
    assert len(MAY_SLEEP) + len(NO_MONEY) == 4
    assert offences("async def f():\n    await asyncio.sleep(1)", "pace.py") == []


_MONEY_PAGES = ("create_milestone.py", "confirm_payment.py", "accept_request.py", "row_button.py", "release.py")


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_each_click_of_a_money_page_is_a_known_one() -> None:
    """Clicks in money pages: opening a form, opening the form of a request, trying (trial=True), and the act itself.

    `press` of `flows.elements` is a click on a button that only leads on.
    """
    money = [FLOWS / "pages" / name for name in (*_MONEY_PAGES, "acting.py")]
    clicks = [
        (path.name, any(keyword.arg == "trial" for keyword in node.keywords))
        for path in [*money, FLOWS / "elements.py"]
        for _, node in _nodes(path)
        if isinstance(node, ast.Call) and _called(node.func) in ("click", "press")
    ]
    assert sorted(name for name, trial in clicks if not trial) == [
        "accept_request.py",  # the row's button that opens the form
        "acting.py",  # the act
        "confirm_payment.py",  # from the form that pays in to the cart
        "confirm_payment.py",  # the button that opens that form
        "confirm_payment.py",  # the row's button that opens the dialog in a cart's place
        "create_milestone.py",  # the button that opens the form
        "create_milestone.py",  # from one stage of the form to the next
        "elements.py",  # `press` itself
        "release.py",  # the row's button that opens the dialog
        "release.py",  # from the first dialog to the last
    ]
