"""Fixtures for tests of the hands: one browser for all of them, and accounts' sites in contexts of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from assistant.money import Money
from assistant.site import Role, SiteProject, Step, StepKind
from flows.browser import OwnedBrowser, open_browser
from flows.profile import Profile, load_profile
from flows.site import BrowserSite, open_site
from tests.mock_client import MockPlatform

OpenSite = Callable[..., Awaitable[BrowserSite]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owned_browser(browser_path: Path) -> AsyncIterator[OwnedBrowser]:
    """One browser for the session; each test has contexts of its own in it."""
    async with open_browser(browser_path, prefer_shell=True) as browser:
        yield browser


@pytest.fixture
def profile() -> Profile:
    """Freelancer.com's profile with deadlines for a site that is on this machine."""
    return load_profile("freelancer").with_waits(load=15.0, read=5.0, act=8.0)


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(
    owned_browser: OwnedBrowser, mock: MockPlatform, profile: Profile, tmp_path: Path
) -> AsyncIterator[OpenSite]:
    """`await open_as("anna")`: that account's site on the mock. Closed after the test."""
    async with AsyncExitStack() as stack:

        async def open_one(
            login: str = "anna",
            role: Role = Role.CLIENT,
            password: str | None = "milepost",  # noqa: S107
            profile: Profile = profile,
            **options: object,
        ) -> BrowserSite:
            secret = SecretStr(password) if password is not None else None
            options = {"browser": owned_browser} | options
            site = open_site(profile, login, secret, role, mock.origin, tmp_path / "evidence", **options)
            return await stack.enter_async_context(site)

        yield open_one


def known(mock: MockPlatform, ref: str) -> SiteProject:
    """A project as the head knows it, from the truth."""
    row = mock.project(ref)
    return SiteProject(
        ref=ref,
        title=row["title"],
        counterparty=row["freelancer"],
        currency=row["currency"],
        url=mock.origin + row["url"],
        status="in_progress",
    )


def step(mock: MockPlatform, kind: StepKind, ref: str, description: str, amount: str, **more: Any) -> Step:
    """A step on a project of the mock: `step(mock, StepKind.CREATE, "38112233", "Design", "500.00 USD")`."""
    return Step(kind, known(mock, ref), description, Money.parse(amount), **more)
