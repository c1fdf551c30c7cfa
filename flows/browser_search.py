"""Finding a browser: the one that is configured, Playwright's own, or one that the system has.

A shell wrapper (Debian's `/usr/bin/chromium`, Chrome's `google-chrome`) outlives its child or hides it, so the real
binary beside or behind it is used, and a wrapper that leads nowhere is refused.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import BrowserError

_BINARY_MAGIC = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xce\xfa\xed\xfe", b"MZ")

_FULL_PATHS = (
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
    "/snap/chromium/current/usr/lib/chromium-browser/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_SHELL_PATHS = ("/usr/lib/chromium/chromium-headless-shell", "/usr/lib64/chromium-browser/headless_shell")
_FULL_NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge")
_SHELL_NAMES = ("chromium-headless-shell", "chrome-headless-shell")
_HINT = (
    "install one: `playwright install chromium` (or `apt-get install chromium chromium-headless-shell`), "
    "or name a browser's real binary in the setting `browser.path`"
)


@dataclass(frozen=True)
class FoundBrowser:
    """A browser to start (`path`), or one that runs already (`endpoint`, a ws:// or http:// URL of its debugging port).

    `shell` is true for headless-shell, which has no window and is for the mock platform.
    """

    origin: str
    """Where it was found: `configured`, `playwright` or `system`."""
    path: Path | None = None
    endpoint: str | None = None
    shell: bool = False

    def __str__(self) -> str:
        return f"{self.endpoint or self.path} ({self.origin})"


def find_browser(
    configured: str | Path | None = None, *, own: Path | None = None, prefer_shell: bool = False
) -> FoundBrowser:
    """The browser to use: `configured` (path or endpoint), else Playwright's own, else Chrome, Chromium, Edge.

    `own` is where Playwright would keep its Chromium (`playwright.chromium.executable_path`). With `prefer_shell`
    headless-shell comes first at each place. `BrowserError` lists what was looked for and what to install.
    """
    if configured:
        return _configured(str(configured))
    looked: list[str] = []
    for origin, path, shell in _candidates(own, prefer_shell):
        looked.append(str(path))
        real = real_binary(path)
        if real is not None:
            return FoundBrowser(origin, path=real, shell=shell)
    raise BrowserError("no browser was found; looked for " + ", ".join(looked), hint=_HINT)


def _configured(text: str) -> FoundBrowser:
    if text.startswith(("ws://", "wss://", "http://", "https://")):
        return FoundBrowser("configured", endpoint=text)
    given = shutil.which(text) if os.sep not in text else str(Path(text).expanduser())
    path = Path(given or text)
    if not path.is_file():
        raise BrowserError(f"the configured browser {text} does not exist", where="browser.path", hint=_HINT)
    if _is_binary(path) and not os.access(path, os.X_OK):
        raise BrowserError(
            f"the configured browser {path} may not be run by you",
            where="browser.path",
            hint=f"chmod +x {shlex.quote(str(path))}, if it is a browser; or name another one",
        )
    real = real_binary(path)
    if real is None:
        raise BrowserError(
            f"the configured browser {path} is a wrapper script, and the browser behind it was not found",
            where="browser.path",
            hint="name the real binary: a wrapper outlives its browser, and Milepost could not end it",
        )
    return FoundBrowser("configured", path=real, shell="headless" in real.name.replace("_", "-"))


def _candidates(own: Path | None, prefer_shell: bool) -> Iterator[tuple[str, Path, bool]]:
    """(origin, path, whether headless-shell) in the order of preference."""
    if prefer_shell:
        yield from (("playwright", path, True) for path in _own_shells(own))
    if own is not None:
        yield "playwright", own, False
    if prefer_shell:
        yield from (("system", Path(path), True) for path in _SHELL_PATHS)
        yield from (("system", Path(found), True) for name in _SHELL_NAMES if (found := shutil.which(name)))
    yield from (("system", Path(path), False) for path in _FULL_PATHS if _of_this_system(path))
    yield from (("system", Path(found), False) for name in _FULL_NAMES if (found := shutil.which(name)))


def _own_shells(own: Path | None) -> list[Path]:
    """Headless-shell beside Playwright's own Chromium: `chromium_headless_shell-N` for its `chromium-N`."""
    if own is None:
        return []
    build = next((folder for folder in own.parents if folder.name.startswith("chromium-")), None)
    if build is None:
        return []
    beside = build.parent / build.name.replace("chromium-", "chromium_headless_shell-")
    return sorted(path for path in beside.glob("*/*headless*shell*") if path.is_file() and os.access(path, os.X_OK))


def _of_this_system(path: str) -> bool:
    return path.startswith("/Applications") == (sys.platform == "darwin")


def real_binary(path: Path) -> Path | None:
    """The browser binary that a path leads to, behind links and wrapper scripts; None if there is none."""
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if _is_binary(resolved) and resolved.name != "snap":
        return resolved if os.access(resolved, os.X_OK) else None
    return next((place for place in _behind(path.name, resolved) if place.is_file() and _is_binary(place)), None)


def _is_binary(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4).startswith(_BINARY_MAGIC)
    except OSError:
        return False


def _behind(name: str, wrapper: Path) -> Iterator[Path]:
    """Where the real binary of a wrapper script usually is."""
    for lib in ("/usr/lib", "/usr/lib64"):
        yield Path(lib, name, name)
        yield Path(lib, "chromium", name)
        yield Path(lib, "chromium-browser", name)
    if "headless" not in name:
        for sibling in ("chrome", "msedge", "chromium"):
            yield wrapper.parent / sibling
    if name.startswith("chromium"):
        yield Path("/snap/chromium/current/usr/lib/chromium-browser/chrome")
