"""Print the browser that Milepost would drive on this machine, or say on one line why there is none (exit code 1).

Run by set-up with the environment's Python, so that set-up and program cannot disagree about what counts as a browser.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from assistant.errors import BrowserError
from flows.browser_search import find_browser


def main(arguments: list[str]) -> int:
    """Print the browser; with the argument `--system` one of the system's, for when Playwright's driver is broken."""
    own = None if arguments == ["--system"] else asyncio.run(playwrights_own())
    try:
        print(find_browser(own=own, prefer_shell=True).path)
    except BrowserError as error:
        # Every place that was looked at would bury the line that says what to do.
        print(f"error: {str(error).partition(';')[0]}")
        return 1
    return 0


async def playwrights_own() -> Path:
    """Ask Playwright's driver where its Chromium is or would be, without starting a browser."""
    async with async_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
