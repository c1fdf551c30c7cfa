"""Pictures and outlines of money steps: quick, without passwords, codes and cards, readable by their owner alone.

A picture is never in the way: it gets three seconds, and what fails is noted and forgotten.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from assistant.money import shown
from assistant.private_files import private_folder
from flows.watch import first_line

SECONDS = 3.0
_ALWAYS_MASKED = ("input[type=password]", "input[autocomplete=one-time-code]", "input[autocomplete^=cc-]")
_HOLDS = "(masked) => masked.some((element) => (element.value ?? element.textContent).trim() !== '')"


class Evidence:
    """The evidence folder of one run. `notes` says which pictures could not be taken, and why."""

    def __init__(self, folder: Path, mask: Sequence[str] = ()) -> None:
        self._folder = folder
        self._mask = ", ".join((*_ALWAYS_MASKED, *mask))
        self.notes: list[str] = []

    async def picture(self, page: Page, name: str) -> Path | None:
        """Take a picture of a page as it stands, under a name made safe. None, and a note, if that fails."""
        path = self._folder / f"{_safe(name)}.jpg"
        try:
            async with asyncio.timeout(SECONDS):
                image = await page.screenshot(
                    type="jpeg", quality=70, animations="disabled", mask=[page.locator(self._mask)], timeout=0
                )
            self._write(path, image)
        except (TimeoutError, PlaywrightError, OSError) as error:
            self._note(f"no picture {path.name}", error)
            return None
        return path

    async def outline(self, page: Page, name: str) -> Path | None:
        """Write down the page's outline: roles, accessible names and texts, as a screen reader meets them.

        A screen reader reads out what a field holds, so where anything is masked that holds something there is none.
        """
        path = self._folder / f"{_safe(name)}.txt"
        try:
            async with asyncio.timeout(SECONDS):
                if await page.locator(self._mask).evaluate_all(_HOLDS):
                    self.notes.append(f"no outline {path.name}: the page holds a password, a code or a card number")
                    return None
                text = await page.locator("body").aria_snapshot(timeout=0)
            self._write(path, text.encode())
        except (TimeoutError, PlaywrightError, OSError) as error:
            self._note(f"no outline {path.name}", error)
            return None
        return path

    def _note(self, what: str, error: Exception) -> None:
        reason = first_line(str(error)) or f"not done within {SECONDS:g} s"
        self.notes.append(f"{what}: {shown(reason, longest=120)}")

    def _write(self, path: Path, image: bytes) -> None:
        private_folder(self._folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(image)


def _safe(name: str) -> str:
    """A file name from any text: letters, digits, dots and dashes, never a path, never hidden."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "picture"
