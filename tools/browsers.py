"""Seeing to a browser: is one there that Milepost can drive, and if not, getting one.

Which browser a run takes is decided when it starts (flows/browser.py); this only makes sure that there is one, in the
same order: Playwright's own, then the system's Chrome, Chromium or Edge. A browser counts when it starts far enough to
say its version, which also finds stubs and missing libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tools.apt import apt_install, apt_version
from tools.machine import CommandError, Machine, Say, SetupError

LINUX = (
    "/opt/google/chrome/chrome",
    # Debian's /usr/bin/chromium* are shell wrappers that outlive what they start: take the binaries themselves.
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/headless_shell",
    "/opt/microsoft/msedge/msedge",
)
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
ON_PATH = ("google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "microsoft-edge")
# Starting the driver without a browser: where Playwright's own would lie.
WHERE_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
SNAP_STUB_BYTES = 4096
VERSION_SECONDS = 20
# Playwright tries five times; a host that does not answer at all must not hold set-up up for minutes.
CONNECT_MILLISECONDS = "8000"
DOWNLOAD_SECONDS = 900

Source = Callable[[Machine], Path]


def provide(machine: Machine, say: Say) -> Path:
    """Return a browser that starts, getting one where there is none; SetupError when none is to be had."""
    provide_driver(machine, say)
    tried = []
    for source in SOURCES:
        if source in SLOW_SOURCES:
            say(f"browser: none yet; trying {title(source)}")
        try:
            return source(machine)
        except CommandError as error:
            tried.append(f"{title(source)} ({error})")
    raise SetupError(f"no browser. Tried: {'; '.join(tried)}. {remedy(machine)}")


def title(source: Source) -> str:
    """Return the line that says what a source is."""
    return (source.__doc__ or "").strip().splitlines()[0].rstrip(".")


def remedy(machine: Machine) -> str:
    """Return the one thing to install when no browser could be had."""
    if machine.platform == "darwin":
        return "Install Google Chrome (https://www.google.com/chrome/), then run it again."
    names = machine.distribution()
    if "ubuntu" in names:
        # Ubuntu's chromium packages only point to a snap, which cannot be driven from outside its confinement.
        return (
            "Install Google Chrome's .deb package (https://www.google.com/chrome/): Ubuntu's chromium package is only"
            " a pointer to a snap. Then run it again."
        )
    if "debian" in names:
        return "Install Chromium (sudo apt-get install chromium libatomic1), then run it again."
    return "Install Google Chrome or Chromium with your system's package manager, then run it again."


# The sources, in the order in which they are tried.


def playwrights_own(machine: Machine) -> Path:
    """Playwright's own Chromium."""
    try:
        path = Path(machine.run([machine.venv_python, "-c", WHERE_OWN], seconds=60).strip())
    except CommandError as error:
        raise CommandError(f"the driver does not say where it is: {error}", error.output) from error
    if not path.is_file():
        raise CommandError("not downloaded", "")
    return starting(machine, path)


def system_browser(machine: Machine) -> Path:
    """the system's Chrome, Chromium or Edge."""
    seen = []
    for path in system_paths(machine):
        try:
            return starting(machine, path)
        except CommandError as error:
            seen.append(f"{path}: {error}")
    raise CommandError("; ".join(seen) or "none found", "")


def playwrights_download(machine: Machine) -> Path:
    """Playwright's download of Chromium (about 170 MB)."""
    env = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": CONNECT_MILLISECONDS, **machine.env}
    reachable = Machine(**{**vars(machine), "env": env})
    playwright = machine.venv / "bin" / "playwright"
    try:
        reachable.run([playwright, "install", "chromium"], seconds=DOWNLOAD_SECONDS)
    except CommandError as error:
        raise CommandError(f"failed: {error}", error.output) from error
    try:
        return playwrights_own(machine)
    except CommandError as error:
        if "shared libraries" not in error.output:
            raise
        if not machine.can_apt:
            raise CommandError(f"came, but needs libraries: sudo {playwright} install-deps chromium", "") from error
    machine.run([playwright, "install-deps", "chromium"])
    return playwrights_own(machine)


def chromium_from_apt(machine: Machine) -> Path:
    """apt-get install chromium-headless-shell libatomic1."""
    apt_install(machine, "libatomic1", "ca-certificates")
    for package in ("chromium-headless-shell", "chromium"):
        version = apt_version(machine, package)
        if version and "snap" not in version:
            apt_install(machine, package)
            return system_browser(machine)
    raise CommandError("this system's archive has no Chromium, at most a pointer to a snap", "")


SOURCES: tuple[Source, ...] = (playwrights_own, system_browser, playwrights_download, chromium_from_apt)
SLOW_SOURCES = frozenset({playwrights_download, chromium_from_apt})


# What they are made of.


def provide_driver(machine: Machine, say: Say) -> None:
    """Make sure that Playwright's driver starts: its Node.js needs libatomic1, which bare systems do not have."""
    node = Path(machine.env.get("PLAYWRIGHT_NODEJS_PATH") or driver_folder(machine) / "node")
    try:
        machine.run([node, "--version"], seconds=30)
    except CommandError as error:
        if "libatomic" not in error.output:
            raise SetupError(f"Playwright's driver does not start: {error}") from error
    else:
        return
    if not machine.can_apt:
        raise SetupError(
            "Playwright's driver needs the library libatomic.so.1. Install it (Debian, Ubuntu: sudo apt-get install"
            " libatomic1; Fedora: sudo dnf install libatomic), then run it again."
        )
    say("browser: Playwright's driver needs libatomic1; apt-get install libatomic1")
    try:
        apt_install(machine, "libatomic1")
        machine.run([node, "--version"], seconds=30)
    except CommandError as error:
        raise SetupError(
            f"Playwright's driver still does not start after apt-get install libatomic1: {error}"
        ) from error


def driver_folder(machine: Machine) -> Path:
    """Return the folder of Playwright's driver in the environment."""
    folders = sorted(machine.venv.glob("lib/python3*/site-packages/playwright/driver"))
    if not folders:
        raise SetupError(f"{machine.venv} has no Playwright; remove the folder and run it again")
    return folders[0]


def system_paths(machine: Machine) -> Iterator[Path]:
    """Yield the browsers that this system has, in the order in which to try them, each once."""
    known = MACOS if machine.platform == "darwin" else LINUX
    homes = [machine.home / path.lstrip("/") for path in MACOS] if machine.platform == "darwin" else []
    on_path = [found for name in ON_PATH if (found := machine.which(name))]
    seen = set()
    for path in [*(machine.path(path) for path in known), *homes, *on_path]:
        real = path.resolve()
        if path.is_file() and real not in seen and not is_snap(real):
            seen.add(real)
            yield path


def is_snap(path: Path) -> bool:
    """Say whether this is a snap's launcher or the script that Ubuntu puts where Chromium was."""
    if path.name == "snap" or "snap" in path.parts:
        return True
    with path.open("rb") as file:
        head = file.read(SNAP_STUB_BYTES)
    return head.startswith(b"#!") and b"/snap/" in head


def starting(machine: Machine, path: Path) -> Path:
    """Return the path when this browser starts far enough to say its version."""
    machine.run([path, "--version"], seconds=VERSION_SECONDS)
    return path
