"""Fixtures for everybody: a mock platform (one process a module, fresh for each test), and the browser to use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from flows.browser_search import find_browser
from tests.mock_client import MockPlatform

settings.register_profile("milepost", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("milepost")  # no example fails for how long it took: the machine may be busy


@pytest.fixture(scope="module")
def mock_process() -> Iterator[MockPlatform]:
    """One mock platform for a module. Use `mock` unless the state must last from test to test."""
    with MockPlatform.serve() as mock:
        yield mock


@pytest.fixture
def mock(mock_process: MockPlatform) -> MockPlatform:
    """The module's mock platform with the default seed, no faults and default knobs."""
    mock_process.reset()
    return mock_process


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser to test with, found as Milepost finds it; headless-shell where there is one."""
    found = find_browser(prefer_shell=True)
    assert found.path is not None
    return found.path
