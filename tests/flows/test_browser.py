"""The browser as a process: found, started without secrets, kept off the network, counted, and ended for sure."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
from pathlib import Path

import psutil
import pytest
from playwright.async_api import Error as PlaywrightError

from assistant.errors import BrowserError, CouldNotRead, LiveRefused
from assistant.processes import alive
from assistant.site import StepKind
from flows.browser import QUIET_FLAGS, OwnedBrowser, PageCounter, open_browser
from flows.browser_search import find_browser, real_binary
from flows.environment import allowed_only, browser_environment, without_debugging
from flows.pace import Pace
from flows.watch import Watch
from tests.flows.conftest import OpenSite, known, step
from tests.flows.hazards import HazardSite
from tests.mock_client import MockPlatform

in_browser = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def browser_marks(test):
    for mark in in_browser:
        test = mark(test)
    return test


# --- finding ----------------------------------------------------------------------------------------------------------


def _binary(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF and more")
    path.chmod(0o755)
    return path


def _script(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexec chromium")
    path.chmod(0o755)
    return path


def test_a_configured_binary_is_used_as_it_is(tmp_path: Path) -> None:
    path = _binary(tmp_path / "chrome")
    found = find_browser(path)
    assert (found.path, found.origin, found.shell) == (path, "configured", False)
    assert find_browser(_binary(tmp_path / "headless_shell")).shell


def test_a_configured_endpoint_is_only_connected_to() -> None:
    found = find_browser("http://127.0.0.1:9222")
    assert (found.endpoint, found.path) == ("http://127.0.0.1:9222", None)


def test_a_wrapper_leads_to_the_binary_beside_it(tmp_path: Path) -> None:
    real = _binary(tmp_path / "opt" / "chrome")
    wrapper = _script(tmp_path / "opt" / "google-chrome")
    link = tmp_path / "google-chrome"
    link.symlink_to(wrapper)
    assert real_binary(link) == real
    assert find_browser(link).path == real


def test_a_wrapper_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrowserError, match="wrapper") as raised:
        find_browser(_script(tmp_path / "my-browser"))
    assert "real binary" in (raised.value.hint or "")


def test_a_browser_that_nobody_may_run_is_told_as_that(tmp_path: Path) -> None:
    path = _binary(tmp_path / "chrome")
    path.chmod(0o600)
    with pytest.raises(BrowserError, match="may not be run") as raised:
        find_browser(path)
    assert (raised.value.where, raised.value.hint) == (
        "browser.path", f"chmod +x {path}, if it is a browser; or name another one"
    )  # fmt: skip


async def test_what_is_no_browser_is_told_by_what_it_says() -> None:
    with pytest.raises(BrowserError, match=r"ls \(configured\) did not start: .*ls: \S+ option"):
        await open_browser(shutil.which("ls")).__aenter__()


def test_a_configured_browser_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrowserError, match="does not exist"):
        find_browser(tmp_path / "nothing")


def test_playwrights_own_comes_before_the_systems(tmp_path: Path) -> None:
    own = _binary(tmp_path / "chromium-1255" / "chrome-linux64" / "chrome")
    assert find_browser(own=own).path == own
    assert find_browser(own=own, prefer_shell=True).path == own
    shell = _binary(
        tmp_path / "chromium_headless_shell-1255" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    )
    found = find_browser(own=own, prefer_shell=True)
    assert (found.path, found.shell) == (shell, True)


def test_nothing_found_says_what_was_looked_for_and_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.browser_search.real_binary", lambda path: None)
    with pytest.raises(BrowserError, match="/usr/lib/chromium/chromium") as raised:
        find_browser(own=Path("/nowhere/chrome"))
    assert "/nowhere/chrome" in raised.value.message
    assert "playwright install chromium" in (raised.value.hint or "")


# --- what it may see --------------------------------------------------------------------------------------------------


def test_driver_and_browser_see_an_allow_list() -> None:
    seen = browser_environment(
        {"PATH": "/bin", "ANNA_PASSWORD": "x", "DEBUG": "pw:*", "XDG_RUNTIME_DIR": "/run/1", "LANG": "de_DE.UTF-8"}
    )
    assert seen == {"PATH": "/bin", "XDG_RUNTIME_DIR": "/run/1", "LANG": "en_US.UTF-8", "LANGUAGE": "en_US"}


def test_what_makes_playwright_talk_leaves_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "PWDEBUG", "PW_TEST_X", "NODE_OPTIONS", "DEBUGP"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("ANNA_PASSWORD", "milepost")
    without_debugging()
    assert not {"DEBUG", "PWDEBUG", "PW_TEST_X", "NODE_OPTIONS", "DEBUGP"} & set(os.environ)
    with allowed_only():
        assert "ANNA_PASSWORD" not in os.environ
    assert os.environ["ANNA_PASSWORD"] == "milepost"


@browser_marks
async def test_no_process_of_the_browser_has_a_secret(browser_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNA_PASSWORD", "milepost-secret")
    monkeypatch.setenv("DEBUG", "pw:api")
    async with open_browser(browser_path) as browser:
        records = browser.processes()
        names = " ".join(record.name for record in records)
        assert "node" in names
        assert len(records) > 2
        for record in records:
            environ = psutil.Process(record.pid).environ()
            assert "ANNA_PASSWORD" not in environ
            assert "DEBUG" not in environ
        flags = next(psutil.Process(r.pid).cmdline() for r in records if "node" not in r.name)
        assert set(QUIET_FLAGS) <= set(flags)
        assert ("--no-sandbox" in flags) is (os.geteuid() == 0)


# --- ending -----------------------------------------------------------------------------------------------------------


@browser_marks
async def test_after_closing_nothing_is_left(browser_path: Path) -> None:
    async with open_browser(browser_path) as browser:
        records = browser.processes()
        assert all(alive(record.pid, record.started) for record in records if "exe" not in record.name)
    await _gone(records)


@browser_marks
async def test_a_browser_that_does_not_close_is_killed(browser_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.browser.CLOSE_SECONDS", 0.5)
    async with open_browser(browser_path) as browser:
        records = browser.processes()
        for record in records:
            if "node" in record.name:
                os.kill(record.pid, signal.SIGSTOP)
    await _gone(records)


async def _gone(records: list) -> None:
    """Wait until the system has cleared them away; ten seconds at most."""
    processes = [psutil.Process(record.pid) for record in records if alive(record.pid, record.started)]
    _, left = await asyncio.to_thread(psutil.wait_procs, processes, timeout=10)
    assert [p for p in left if p.status() != psutil.STATUS_ZOMBIE] == []


@browser_marks
async def test_a_browser_that_dies_is_a_browser_error_at_once(
    browser_path: Path, mock: MockPlatform, open_as: OpenSite
) -> None:
    async with open_browser(browser_path) as browser:
        site = await open_as(browser=browser)
        await site.look(known(mock, "38112233"))
        mock.fault(at="project", when="before", kind="hang", seconds=30)
        looking = asyncio.ensure_future(site.look(known(mock, "38112233")))
        main = next(record for record in browser.processes() if "node" not in record.name)
        os.kill(main.pid, signal.SIGKILL)
        with pytest.raises(BrowserError):
            await asyncio.wait_for(looking, 10)
        with pytest.raises(BrowserError):
            await site.projects()
        assert await site.picture("after") is None


@browser_marks
async def test_a_page_that_crashes_is_a_browser_error_at_once(
    browser_path: Path, mock: MockPlatform, open_as: OpenSite
) -> None:
    async with open_browser(browser_path) as browser:
        site = await open_as(browser=browser)
        await site.look(known(mock, "38112233"))
        mock.fault(at="project", when="before", kind="hang", seconds=30)
        looking = asyncio.ensure_future(site.look(known(mock, "38112233")))
        for record in browser.processes():
            process = psutil.Process(record.pid) if alive(record.pid, record.started) else None
            if process and "--type=renderer" in process.cmdline():
                os.kill(record.pid, signal.SIGKILL)
        with pytest.raises(
            (BrowserError, CouldNotRead)
        ):  # the load that was under way may fail before the crash is told
            await asyncio.wait_for(looking, 12)
        with pytest.raises(BrowserError, match="crashed"):
            await site.projects()


@browser_marks
async def test_a_context_is_english_and_keeps_no_downloads(owned_browser: OwnedBrowser) -> None:
    async with HazardSite.serve() as shop:
        context = await owned_browser.new_context()
        try:
            counter = PageCounter()
            counter.attach(context)
            page = await context.new_page()
            await page.goto(f"{shop.origin}/")
            assert await page.evaluate("[navigator.language, typeof SharedWorker]") == ["en-US", "undefined"]
            assert counter.count == 1
            await page.evaluate("fetch('/')")
            await page.evaluate(
                "new Promise(done => { const f = document.createElement('iframe');"
                " f.src = '/'; f.onload = done; document.body.append(f) })"
            )
            assert counter.count == 1  # neither fetches nor frames are page loads
        finally:
            await owned_browser.close_context(context)


@browser_marks
async def test_a_session_without_indexed_db_is_saved_and_said(
    owned_browser: OwnedBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = await owned_browser.new_context()

    async def fails(*, indexed_db: bool) -> dict[str, object]:
        if indexed_db:
            raise CouldNotRead("IndexedDB: unable to serialise")
        return {"cookies": [], "origins": []}

    try:
        monkeypatch.setattr(context, "storage_state", fails)
        before = len(owned_browser.notes)
        assert await owned_browser.session_state(context) == {"cookies": [], "origins": []}
        assert "without IndexedDB" in owned_browser.notes[before]
    finally:
        monkeypatch.undo()
        await owned_browser.close_context(context)


@browser_marks
async def test_a_running_browser_is_read_with_and_left_alone(
    browser_path: Path, mock: MockPlatform, open_as: OpenSite, tmp_path: Path
) -> None:
    flags = ["--remote-debugging-port=0", f"--user-data-dir={tmp_path}/own", "--no-sandbox", "--headless"]
    somebodys = await asyncio.create_subprocess_exec(browser_path, *flags, stderr=asyncio.subprocess.PIPE)
    try:
        assert somebodys.stderr is not None
        async with asyncio.timeout(20):
            while not (line := (await somebodys.stderr.readline()).decode()).startswith("DevTools listening on "):
                assert line, "the browser ended"
        async with open_browser(line.split()[-1]) as browser:
            site = await open_as(browser=browser)
            wanted = step(mock, StepKind.CREATE, "38112233", "Design", "500.00 USD")
            assert (await site.look(wanted.project)).milestones == ()
            with pytest.raises(LiveRefused, match="debugging port"):
                await site.prepare(wanted)
            await site.close()
        assert somebodys.returncode is None
    finally:
        somebodys.kill()
        await somebodys.wait()


# --- deadlines and pace -----------------------------------------------------------------------------------------------


async def test_a_deadline_says_what_took_too_long() -> None:
    with pytest.raises(CouldNotRead, match="reading the moon took longer than"):
        async with Watch().over("reading the moon", 0.01):
            await asyncio.Event().wait()


async def test_what_waits_is_broken_off_when_the_browser_goes() -> None:
    watch = Watch()
    waiting = asyncio.Event()

    async def wait() -> None:
        async with watch.over("reading the moon", 600):
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(wait())
    await waiting.wait()
    watch.broke("the page crashed")
    with pytest.raises(BrowserError, match="the page crashed while reading the moon"):
        await task
    with pytest.raises(BrowserError):
        async with watch.over("reading the sun", 600):
            pass


async def test_cancelling_passes_through_a_deadline() -> None:
    async def wait() -> None:
        async with Watch().over("reading the moon", 600):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(wait())
    await asyncio.wait([task], timeout=0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class _Clock:
    def __init__(self) -> None:
        self.time = 100.0
        self.waited: list[float] = []

    def now(self) -> float:
        return self.time

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        until = self.time + seconds  # whoever else waits now counts from the same moment
        await asyncio.sleep(0)
        self.time = max(self.time, until)


async def test_the_pace_is_kept_between_steps_and_costs_nothing_after_a_pause() -> None:
    clock = _Clock()
    pace = Pace(8, clock)
    await pace.before_step()
    clock.time += 3
    await pace.before_step()
    clock.time += 60
    await pace.before_step()
    assert clock.waited == [5]


async def test_tabs_side_by_side_keep_one_pace() -> None:
    clock = _Clock()
    pace = Pace(8, clock)
    begun: list[float] = []

    async def tab() -> None:
        for _ in range(2):
            await pace.before_step()
            begun.append(clock.now())

    await asyncio.gather(tab(), tab(), tab())
    assert begun == [100, 108, 116, 124, 132, 140]


async def test_a_mock_platform_has_no_pace() -> None:
    clock = _Clock()
    pace = Pace(0, clock)
    for _ in range(3):
        await pace.before_step()
    assert clock.waited == []


def test_evidence_folders_are_not_made_by_looking(tmp_path: Path) -> None:
    from flows.evidence import Evidence

    Evidence(tmp_path / "run-1")
    assert not (tmp_path / "run-1").exists()
    assert stat.S_ISDIR(tmp_path.stat().st_mode)


@pytest.mark.parametrize(("user", "sandbox"), [(1000, True), (0, False)])
async def test_the_sandbox_is_on_for_everybody_but_root(
    browser_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, *, sandbox: bool
) -> None:
    """And a browser that cannot have one is an error, never one without it."""
    asked: list[dict[str, object]] = []

    async def launch(_: object, **options: object) -> None:
        asked.append(options)
        raise PlaywrightError("No usable sandbox! Update your kernel")

    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr("playwright.async_api.BrowserType.launch", launch)
    with pytest.raises(BrowserError, match="did not start") as raised:
        async with open_browser(browser_path, prefer_shell=True):
            pass
    assert [options["chromium_sandbox"] for options in asked] == [sandbox]
    assert "AppArmor" in (raised.value.hint or "")


@browser_marks
async def test_a_signal_to_our_group_reaches_neither_node_nor_browser(owned_browser: OwnedBrowser) -> None:
    """In one group with the runner, node dies of the signal and takes the browser along in mid-step."""
    groups = {os.getpgid(record.pid) for record in owned_browser.processes() if alive(record.pid, record.started)}
    assert groups
    assert os.getpgid(0) not in groups
