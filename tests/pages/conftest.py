"""A mock platform and a signed-in page for tests that meet it as a person does."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.mock_platform.back_door import BackDoor

_SHELL = "/usr/lib/chromium/chromium-headless-shell"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """MILEPOST_BROWSER, Debian's headless shell, or Playwright's own; no sandbox only for root."""
    path = os.environ.get("MILEPOST_BROWSER") or (_SHELL if Path(_SHELL).exists() else None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": sandbox}


@pytest.fixture(scope="session")
def running() -> Iterator[BackDoor]:
    with BackDoor.serve("--knob", "now=2026-11-02T09:00:00Z") as mock:
        yield mock


@pytest.fixture
def mock(running: BackDoor) -> BackDoor:
    running.reset()
    return running


@pytest.fixture
def page(page: Page, mock: BackDoor) -> Iterator[Page]:
    """A page whose script must not fail."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(8000)
    yield page
    assert problems == []


@pytest.fixture
def visit(page: Page, mock: BackDoor) -> Callable[..., Page]:
    """Go to a path, or to the payments of a project (by title), signed in as somebody."""

    def go(login: str, where: str) -> Page:
        credentials = {"user": login, "password": "milepost"}
        answer = page.context.request.post(f"{mock.origin}/ajax-api/auth/login.php", data=credentials)
        assert answer.ok
        path = where if where.startswith("/") else f"{mock.titled(where)['url']}/payments"
        page.goto(mock.origin + path)
        return page

    return go
