"""Real timers run a real check: a cron and a systemd user manager of our own, with next to no environment.

Skipped where this user may not start one; whoever has a crontab of their own keeps it. launchd is on Macs alone: see
`tests/tui/test_cli_schedule.py` for its stand-in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.schedule.rounds import Rounds
from tests.e2e.conftest import User

pytestmark = pytest.mark.browser

MANAGER = Path("/usr/lib/systemd/systemd")
PATIENCE = 300.0
"""Seconds that a timer may take: cron looks once a minute, and then a check has to be done."""

# A manager takes every process of the cgroup that it starts in, so it gets one of its own first, and is not started
# without; and it starts only where the system looks as if systemd had booted it, which only its mount namespace does.
BOOTED = r"""
set -e
while IFS=: read -r _ name path; do
  case "$name" in
  name=systemd) root=/sys/fs/cgroup/systemd ;;
  "") root=/sys/fs/cgroup; [ -f "$root/cgroup.procs" ] || root=/sys/fs/cgroup/unified ;;
  *) continue ;;
  esac
  mkdir "$root${path%/}/$OWN"
  echo $$ > "$root${path%/}/$OWN/cgroup.procs"
  grep -q ":$name:.*/$OWN\$" /proc/$$/cgroup
done < /proc/self/cgroup
grep -q "/$OWN\$" /proc/$$/cgroup
mount -t tmpfs none /run/systemd
mkdir /run/systemd/system
exec "$0" --user --unit=basic.target
"""

QUICK = "[Timer]\nOnActiveSec=1s\nAccuracySec=1s\nRandomizedDelaySec=0\n"
"""Laid over the installed timer by the test, whose first check would come after a minute."""


def wait_for_a_round(user: User, what: str) -> None:
    rounds = Rounds(user.folder / "data", 300)
    ends = time.monotonic() + PATIENCE
    while rounds.state.last_ended is None:
        assert time.monotonic() < ends, f"{what} ran nothing that ended: {rounds.state}"
        time.sleep(0.2)  # the timer's own clock is what is waited for


def a_dispute_is_told_by_a_timer(user: User, kind: str) -> None:
    """A person has signed in once; then the other side disputes a milestone, and only the timer looks."""
    shown = user.milepost("schedule", "show", "--json").event("schedule")
    assert (shown["last_code"], shown["failures"], shown["every_seconds"], shown["by"]) == (2, 0, 300, kind), shown
    assert shown["next"] > shown["last_started"]
    assert "urgent   disputed: " in (user.folder / "data" / "schedule" / "checks.log").read_text()


@pytest.fixture
def signed_in(user: User) -> User:
    user.mock.reset(seed="small")
    assert user.milepost("check", "--account", "anna", "--json").code in (0, 2)
    mine = [each for each in user.mock.truth()["projects"] if each["client"] == "anna"]
    row = next(row for each in mine for row in each["milestones"] if row["raw"] == "In Progress")
    user.mock.act("dispute", milestone=row["ref"])
    return user


def installed(user: User, kind: str) -> None:
    words = ["schedule", "install", "--with", kind, "--every", "5m", "--yes", "--account", "anna", "--json"]
    done = user.milepost(*words)
    assert done.code == 0, done.err


# -- cron --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def _cron() -> Iterator[None]:
    if not (shutil.which("cron") and shutil.which("crontab")):
        pytest.skip("no cron on this machine")
    if os.geteuid() != 0:
        pytest.skip("only root starts a cron")
    if subprocess.run(["crontab", "-l"], capture_output=True).returncode == 0:
        pytest.skip("this user has a crontab of their own")
    daemon = subprocess.Popen(["cron", "-f"])
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=20)
        subprocess.run(["crontab", "-r"], capture_output=True)


@pytest.mark.usefixtures("_cron")
def test_cron_checks_with_next_to_no_environment(signed_in: User) -> None:
    installed(signed_in, "cron")
    lines = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=True).stdout
    assert "\n*/5 * * * * " in lines
    sooner = lines.replace("\n*/5 ", "\n* ").replace("--jitter 30", "--jitter 0")
    subprocess.run(["crontab", "-"], input=sooner, text=True, check=True)
    wait_for_a_round(signed_in, "cron")
    a_dispute_is_told_by_a_timer(signed_in, "cron")
    assert signed_in.milepost("schedule", "remove", "--json").code == 0
    assert subprocess.run(["crontab", "-l"], capture_output=True).returncode != 0
    assert not (signed_in.folder / "data" / "schedule").exists()


# -- systemd -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(signed_in: User) -> Iterator[Path]:
    """A home of its own, with a user manager of systemd that knows no other; the user's commands talk to it."""
    if not (MANAGER.exists() and shutil.which("systemctl") and shutil.which("unshare")):
        pytest.skip("no systemd on this machine")
    if os.geteuid() != 0:
        pytest.skip("only root may start a second user manager")
    home, runtime = signed_in.folder / "home", Path(tempfile.mkdtemp(prefix="mp-"))  # a socket's path must be short
    home.mkdir()
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    environment["OWN"] = own = f"milepost-{runtime.name}"
    words = ["unshare", "--mount", "sh", "-c", BOOTED, str(MANAGER)]
    with (signed_in.folder / "systemd.log").open("w") as log:
        manager = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    try:
        ends = time.monotonic() + 60
        ask = ["systemctl", "--user", "is-active", "basic.target"]
        while subprocess.run(ask, env=environment, capture_output=True).returncode != 0:
            if manager.poll() is not None or time.monotonic() > ends:
                said = (signed_in.folder / "systemd.log").read_text().strip()
                pytest.skip(f"no user manager can be started here: {said[-300:]}")
            time.sleep(0.2)
        commands = signed_in.folder / "bin"  # no crontab: installing one kind of timer removes the others
        commands.mkdir()
        for name in ("systemctl", "loginctl"):
            (commands / name).symlink_to(str(shutil.which(name)))
        signed_in.environment |= environment | {"PATH": str(commands)}
        yield home
    finally:
        manager.terminate()
        manager.wait(timeout=60)
        shutil.rmtree(runtime, ignore_errors=True)
        for group in sorted(Path("/sys/fs/cgroup").rglob(f"{own}/**/"), reverse=True):
            group.rmdir()


@pytest.mark.slow  # a second init in a machine that is busy with tests; cron is the same way, and lighter
def test_a_systemd_user_timer_checks_and_goes_without_a_trace(signed_in: User, home: Path) -> None:
    units = home / ".config" / "systemd" / "user"
    laid_over = units / "milepost-check.timer.d" / "quick.conf"
    laid_over.parent.mkdir(parents=True)
    laid_over.write_text(QUICK)

    def asked(*words: str) -> str:
        done = subprocess.run(
            ["systemctl", "--user", *words], env=signed_in.environment, capture_output=True, text=True
        )
        return done.stdout

    installed(signed_in, "systemd")
    assert "milepost-check.timer" in asked("list-timers", "--all")
    wait_for_a_round(signed_in, "systemd")
    a_dispute_is_told_by_a_timer(signed_in, "systemd")
    ends = time.monotonic() + 60
    while asked("is-active", "milepost-check.service").strip() in ("active", "activating", "deactivating"):
        assert time.monotonic() < ends, asked("status", "milepost-check.service")
        time.sleep(0.1)
    # Findings, exit code 2, are a success; and the timer has its next time.
    shown = asked("show", "milepost-check.service", "-p", "Result,ExecMainStatus,ActiveState")
    assert sorted(shown.split()) == ["ActiveState=inactive", "ExecMainStatus=2", "Result=success"]
    assert asked("is-active", "milepost-check.timer").strip() == "active"
    installed(signed_in, "systemd")  # again and again
    assert signed_in.milepost("schedule", "remove", "--json").code == 0
    laid_over.unlink()
    laid_over.parent.rmdir()
    assert [path for path in units.rglob("*") if not path.is_dir()] == []
    assert "milepost" not in asked("list-units", "--all", "--no-legend", "--plain", "milepost*")
    assert not (signed_in.folder / "data" / "schedule").exists()
