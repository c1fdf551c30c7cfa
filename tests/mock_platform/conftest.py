"""One mock process for all contract tests, started again from its seed for each; signed-in HTTP clients."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from flows.mock_platform.knobs import KNOBS
from flows.mock_platform.testing import RunningMock, start_mock
from tests.mock_platform.client import Client, http_client

DEFAULTS = {name: knob.default for name, knob in KNOBS.items()} | {"now": "2026-11-02T09:00:00Z"}


@pytest.fixture(scope="session")
def running() -> Iterator[RunningMock]:
    with start_mock("--knob", "now=2026-11-02T09:00:00Z") as mock:
        yield mock


@pytest.fixture
def mock(running: RunningMock) -> RunningMock:
    running.knobs(**DEFAULTS)
    running.reset()
    return running


@pytest.fixture
def sign_in(mock: RunningMock) -> Iterator[Callable[[str], Client]]:
    with ExitStack() as stack:

        def client(login: str) -> Client:
            http = stack.enter_context(http_client(mock.origin))
            return Client(http, mock).sign_in(login)

        yield client


@pytest.fixture
def anna(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("anna")


@pytest.fixture
def ben(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("ben")
