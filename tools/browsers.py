"""Seeing to a browser: is one there that Milepost can drive, and if not, getting one.

Which browser is taken, the program itself decides (flows/browser_search.py, asked through tools/browser_here.py); this
makes sure that there is one. It counts when it starts far enough to say its version, which finds missing libraries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tools.apt import apt_install, apt_update, apt_version
from tools.machine import CommandError, Machine, Say, SetupError

VERSION_SECONDS = 20
# Playwright tries five times; a host that does not answer at all must not hold set-up up for minutes.
CONNECT_MILLISECONDS = "8000"
DOWNLOAD_SECONDS = 900

Source = Callable[[Machine], Path]


def provide(machine: Machine, say: Say) -> Path:
    """Return a browser that starts, getting one where there is none; SetupError when none is to be had."""
    provide_driver(machine, say)
    tried: list[str] = []
    for source in SOURCES:
        if tried:
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


def browser_here(machine: Machine) -> Path:
    """Playwright's own, the system's Chrome, Chromium or Edge."""
    browser = Path(machine.run([machine.venv_python, "-m", "tools.browser_here"], seconds=60).strip())
    machine.run([browser, "--version"], seconds=VERSION_SECONDS)
    return browser


def playwrights_download(machine: Machine) -> Path:
    """Playwright's download of Chromium."""
    patient = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": CONNECT_MILLISECONDS, **machine.env}
    playwright = machine.venv / "bin" / "playwright"
    replace(machine, env=patient).run([playwright, "install", "chromium"], seconds=DOWNLOAD_SECONDS)
    try:
        return browser_here(machine)
    except CommandError as error:
        if "shared libraries" not in error.output:
            raise
        if not machine.can_apt:
            raise CommandError(f"it lacks libraries: sudo {playwright} install-deps chromium", "") from error
    machine.run([playwright, "install-deps", "chromium"])
    return browser_here(machine)


def chromium_from_apt(machine: Machine) -> Path:
    """apt-get install chromium-headless-shell libatomic1."""
    apt_update(machine)
    for package in ("chromium-headless-shell", "chromium"):
        version = apt_version(machine, package)
        if version and "snap" not in version:
            apt_install(machine, package, "libatomic1")
            return browser_here(machine)
    raise CommandError("this system's archive has no Chromium, at most a pointer to a snap", "")


SOURCES: tuple[Source, ...] = (browser_here, playwrights_download, chromium_from_apt)


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
        raise SetupError(f"Playwright's driver needs the library libatomic.so.1. {driver_remedy(machine)}")
    say("browser: Playwright's driver needs libatomic1; apt-get install libatomic1")
    try:
        apt_update(machine)
        apt_install(machine, "libatomic1")
        machine.run([node, "--version"], seconds=30)
    except CommandError as error:
        raise SetupError(
            f"Playwright's driver still does not start after apt-get install libatomic1: {error}"
        ) from error


def driver_remedy(machine: Machine) -> str:
    """Return what to install for the driver, and in the same breath a browser where there is none."""
    debian, others = ["libatomic1"], ["libatomic"]
    try:
        machine.run([machine.venv_python, "-m", "tools.browser_here", "--system"], seconds=60)
    except CommandError:
        others.append("chromium")
        debian += [] if "ubuntu" in machine.distribution() else ["chromium"]
    if machine.distribution() & {"debian", "ubuntu"}:
        return f"Install it (sudo apt-get install {' '.join(debian)}), then run it again."
    return f"Install it (Fedora: sudo dnf install {' '.join(others)}), then run it again."


def driver_folder(machine: Machine) -> Path:
    """Return the folder of Playwright's driver in the environment."""
    folders = sorted(machine.venv.glob("lib/python3*/site-packages/playwright/driver"))
    if not folders:
        raise SetupError(f"{machine.venv} has no Playwright; remove the folder and run it again")
    return folders[0]
