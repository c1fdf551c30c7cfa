"""Which browser set-up settles for, in which order it looks, and what it says when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools import browsers
from tools.machine import SetupError

NO_ATOMIC = "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file"
NO_NSS = "chrome: error while loading shared libraries: libnss3.so: cannot open shared object file"
APT_CACHE = 'test "$2" = "{package}" && echo "  Candidate: {version}" || echo "  Candidate: (none)"'


@pytest.fixture
def machine(bench):
    """An environment whose program finds the browser that the file `found` names, and a driver that starts."""
    bench.program("project/.venv/lib/python3.11/site-packages/playwright/driver/node", "echo v24")
    bench.program(
        "project/.venv/bin/python",
        f'test -f "{bench.folder}/found" || {{ echo "error: no browser was found"; exit 1; }}\n'
        f'read -r line < "{bench.folder}/found"; echo "$line"',
    )
    bench.program("project/.venv/bin/playwright", "echo 'Error: Download failure, code=1'; exit 1")
    return bench


def browser(bench, body="echo Chromium 150"):
    return bench.program("root/usr/lib/chromium/chromium-headless-shell", body)


def appears(bench, path):
    """Return the shell line that makes the program find a browser from now on."""
    return f'echo "{path}" > "{bench.folder}/found"'


def provide(bench):
    return browsers.provide(bench.machine, bench.said.append)


def test_a_browser_that_is_there_is_taken_and_nothing_is_installed(machine):
    path = browser(machine)
    machine.program("bin/apt-get")
    machine.with_root()
    (machine.folder / "found").write_text(f"{path}\n", encoding="utf-8")
    assert provide(machine) == path
    assert machine.calls("apt-get") == []
    assert machine.calls("playwright") == []
    assert machine.calls("chromium") == ["chromium-headless-shell --version"]
    assert machine.said == []


def test_playwrights_download_comes_before_apt(machine):
    path = browser(machine)
    machine.program("bin/apt-get")
    machine.with_root()
    machine.program("project/.venv/bin/playwright", appears(machine, path))
    assert provide(machine) == path
    assert machine.calls("playwright") == ["playwright install chromium"]
    assert machine.calls("apt-get") == []


def test_apt_is_next_when_the_download_fails_and_we_are_root(machine):
    path = browser(machine)
    machine.with_root()
    machine.program("bin/apt-get", f'case "$*" in *chromium-headless-shell*) {appears(machine, path)};; esac')
    machine.program("bin/apt-cache", APT_CACHE.format(package="chromium-headless-shell", version="150.0-1~deb12u1"))
    assert provide(machine) == path
    installs = [call for call in machine.calls("apt-get") if " install " in call]
    assert [call.split("--no-install-recommends ")[1] for call in installs] == ["chromium-headless-shell libatomic1"]
    assert machine.said == [
        "browser: none yet; trying Playwright's download of Chromium",
        "browser: none yet; trying apt-get install chromium-headless-shell libatomic1",
    ]


def test_a_debian_without_the_headless_shell_package_gets_chromium(machine):
    path = browser(machine)
    machine.with_root()
    machine.program("bin/apt-get", f'case "$*" in *"recommends chromium "*) {appears(machine, path)};; esac')
    machine.program("bin/apt-cache", APT_CACHE.format(package="chromium", version="150.0-1"))
    assert provide(machine) == path


def test_ubuntus_pointer_to_a_snap_is_not_installed(machine):
    machine.with_root()
    machine.distribution('ID=ubuntu\nID_LIKE="debian"\n')
    machine.program("bin/apt-get")
    machine.program("bin/apt-cache", APT_CACHE.format(package="chromium", version="2:1snap1-0ubuntu2"))
    with pytest.raises(SetupError, match=r"at most a pointer to a snap.*Google Chrome's \.deb package"):
        provide(machine)
    assert not [call for call in machine.calls("apt-get") if " install " in call]


def test_without_any_way_the_line_says_what_was_tried_and_what_to_install(machine):
    machine.distribution("ID=debian\n")
    machine.program("bin/apt-get")
    with pytest.raises(SetupError) as raised:
        provide(machine)
    assert str(raised.value) == (
        "no browser. Tried: Playwright's own, the system's Chrome, Chromium or Edge (error: no browser was found); "
        "Playwright's download of Chromium (Error: Download failure, code=1); "
        "apt-get install chromium-headless-shell libatomic1 (not root). "
        "Install Chromium (sudo apt-get install chromium libatomic1), then run it again."
    )
    assert machine.calls("apt-get") == []


@pytest.mark.parametrize(
    ("platform", "release", "hint"),
    [
        ("darwin", "", "Install Google Chrome (https://www.google.com/chrome/)"),
        ("linux", "ID=fedora\n", "Install Google Chrome or Chromium with your system's package manager"),
        ("linux", "ID=linuxmint\nID_LIKE=ubuntu\n", "Install Google Chrome's .deb package"),
    ],
)
def test_the_remedy_fits_the_system(machine, platform, release, hint):
    machine.distribution(release)
    assert browsers.remedy(replace(machine.machine, platform=platform)).startswith(hint)


def test_a_browser_that_does_not_start_does_not_count(machine):
    path = browser(machine, f"echo '{NO_NSS}' >&2; exit 127")
    (machine.folder / "found").write_text(f"{path}\n", encoding="utf-8")
    with pytest.raises(SetupError, match="libnss3"):
        provide(machine)


def test_a_download_that_lacks_libraries_gets_them_as_root(machine):
    path = browser(machine, f'test -f "{machine.folder}/libraries" || {{ echo "{NO_NSS}" >&2; exit 127; }}')
    machine.with_root()
    machine.program("bin/apt-get")
    machine.program(
        "project/.venv/bin/playwright",
        f'case "$1" in install) {appears(machine, path)};; install-deps) echo > "{machine.folder}/libraries";; esac',
    )
    assert provide(machine) == path
    assert machine.calls("playwright") == ["playwright install chromium", "playwright install-deps chromium"]


def test_a_download_that_lacks_libraries_says_the_command_that_brings_them(machine):
    path = browser(machine, f"echo '{NO_NSS}' >&2; exit 127")
    machine.program("project/.venv/bin/playwright", appears(machine, path))
    with pytest.raises(SetupError, match=r"sudo \S+/\.venv/bin/playwright install-deps chromium"):
        provide(machine)


def broken_driver(bench):
    bench.program(
        "project/.venv/lib/python3.11/site-packages/playwright/driver/node",
        f'test -f "{bench.folder}/atomic" || {{ echo "{NO_ATOMIC}" >&2; exit 127; }}',
    )


def test_the_drivers_library_is_installed_as_root(machine):
    broken_driver(machine)
    machine.with_root()
    machine.program("bin/apt-get", f'case "$*" in *libatomic1*) echo > "{machine.folder}/atomic";; esac')
    path = browser(machine)
    (machine.folder / "found").write_text(f"{path}\n", encoding="utf-8")
    assert provide(machine) == path
    assert machine.said == ["browser: Playwright's driver needs libatomic1; apt-get install libatomic1"]


def test_the_drivers_library_is_named_together_with_a_browser_when_both_are_missing(machine):
    broken_driver(machine)
    machine.distribution("ID=debian\n")
    with pytest.raises(SetupError, match=r"libatomic\.so\.1\. Install it \(sudo apt-get install libatomic1 chromium\)"):
        provide(machine)


def test_the_drivers_library_alone_is_named_when_a_browser_is_there(machine):
    broken_driver(machine)
    machine.distribution("ID=debian\n")
    (machine.folder / "found").write_text(f"{browser(machine)}\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"\(sudo apt-get install libatomic1\)"):
        provide(machine)


def test_another_failure_of_the_driver_is_passed_on(machine):
    machine.program(
        "project/.venv/lib/python3.11/site-packages/playwright/driver/node", "echo 'Illegal instruction'; exit 132"
    )
    with pytest.raises(SetupError, match="driver does not start: Illegal instruction"):
        provide(machine)


def test_an_environment_without_playwright_is_named(bench):
    with pytest.raises(SetupError, match=r"\.venv has no Playwright"):
        provide(bench)
