"""One mock process for all contract tests, started again from its seed for each; signed-in HTTP clients."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.mock_platform.back_door import BackDoor
from tests.mock_platform.client import Client, http_client


@pytest.fixture(scope="session")
def running() -> Iterator[BackDoor]:
    with BackDoor.serve("--knob", "now=2026-11-02T09:00:00Z") as mock:
        yield mock


@pytest.fixture
def mock(running: BackDoor) -> BackDoor:
    running.reset()
    return running


@pytest.fixture
def sign_in(mock: BackDoor) -> Iterator[Callable[[str], Client]]:
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
