"""What Playwright's driver and the browser get of us: little of the environment, no secret, no signal of our group.

`DEBUG=pw:*` makes the driver log each typed password, `PWDEBUG` opens an inspector, `NODE_OPTIONS` loads code into
node. So these leave our own environment for good, and driver and browser start with an allow-list: a secret cannot
slip through under a name that nobody thought of.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

_DEBUGGING = frozenset({"DEBUG", "DEBUGP", "DEBUG_FILE", "PWDEBUG", "NODE_OPTIONS", "SELENIUM_REMOTE_URL"})
_ALLOWED = frozenset(
    {
        *(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "TMPDIR",
            "TMP",
            "TEMP",
            "TZ",
            "LD_LIBRARY_PATH",
            "FONTCONFIG_FILE",
        ),
        *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION"),
        *("PLAYWRIGHT_BROWSERS_PATH", "PLAYWRIGHT_NODEJS_PATH", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    }
)
_ENGLISH = {"LANG": "en_US.UTF-8", "LANGUAGE": "en_US"}


def without_debugging() -> None:
    """Take out of this process's environment what makes Playwright talk. It stays out: Playwright reads it late."""
    for name in list(os.environ):
        if name in _DEBUGGING or name.startswith("PW_"):
            del os.environ[name]


def browser_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The allowed part of an environment, with English forced."""
    kept = {
        name: value
        for name, value in environment.items()
        if name in _ALLOWED or name.startswith(("XDG_", "FONTCONFIG_"))
    }
    return kept | _ENGLISH


@contextmanager
def allowed_only() -> Iterator[None]:
    """Leave only the allowed names in `os.environ` for a moment: the driver copies it when it is started."""
    before = dict(os.environ)
    kept = browser_environment(before)
    for name in set(before) - set(kept):
        del os.environ[name]
    os.environ.update(kept)
    try:
        yield
    finally:
        for name in set(kept) - set(before):
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def group_of_its_own() -> Iterator[None]:
    """Put a child process that is started meanwhile through asyncio into a process group of its own.

    Playwright's launcher offers no setting for it. A signal to our group must not reach node: it dies of it, and the
    browser with it, in the middle of a step.
    """
    start = asyncio.create_subprocess_exec
    asyncio.create_subprocess_exec = partial(start, process_group=0)
    try:
        yield
    finally:
        asyncio.create_subprocess_exec = start
