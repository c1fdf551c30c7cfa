"""`milepost schedule`: shown before it is written, installed again and again, gone without a trace.

The schedulers are small programs on the PATH that do to files what the real ones do to a machine. Unit files are
checked by the real `systemd-analyze verify` where it is there; `tests/e2e/test_timers.py` has real ones run a check.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.clock import now
from assistant.schedule.cron import BEGIN, END
from assistant.schedule.job import Job
from assistant.schedule.launchd import agent
from assistant.schedule.rounds import Rounds
from assistant.schedule.systemd import units
from tests.tui.calling import called

OTHERS = "MAILTO=me\n0 1 * * * backup --percent 5\\%\n"

REAL = {name: shutil.which(name) for name in ("basename", "cat", "env", "rm", "sh", "touch", "systemd-analyze")}

CRONTAB = """#!/bin/sh
file="$HOME/crontab"
case "$1" in
-l) [ -f "$file" ] && cat "$file" || { echo "no crontab for me" >&2; exit 1; } ;;
-r) rm "$file" ;;
-) cat > "$file" ;;
esac
"""
NOTING = """#!/bin/sh
echo "$(basename "$0") $*" >> "$HOME/called"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with settings and without any scheduler."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))  # no scheduler of the machine that the tests run on is asked
    monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "100 % config.toml"))
    config = (
        f'data_dir = "{tmp_path / "data"}"\n[accounts.anna]\nplatform = "freelancer"\nrole = "client"\nlogin = "anna"\n'
    )
    (tmp_path / "100 % config.toml").write_text(config)
    (tmp_path / "bin").mkdir()
    for name in ("basename", "cat", "env", "rm", "sh", "touch"):
        (tmp_path / "bin" / name).symlink_to(str(REAL[name]))
    for name in ("systemctl", "loginctl", "launchctl"):
        program(tmp_path, name, "#!/bin/sh\nexit 1\n")
    return tmp_path


def program(home: Path, name: str, text: str) -> None:
    path = home / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file() and path.name != "called"}


def test_cron_keeps_the_rest_of_the_crontab(home: Path) -> None:
    program(home, "crontab", CRONTAB)
    (home / "crontab").write_text(OTHERS)
    before = files(home)
    refused = called(["schedule", "install"])
    assert (refused.code, (home / "crontab").read_text()) == (3, OTHERS)
    assert f"{BEGIN}\n*/30 * * * * /usr/bin/env " in refused.err
    assert "types no password and opens no window" in refused.err
    assert "no session of anna is kept yet" in refused.err
    for every in ("30m", "2h"):
        done = called(["schedule", "install", "--every", every, "--yes", "--json"])
        assert (done.code, done.events[-1]["with"]) == (0, "cron"), done.err
    text = (home / "crontab").read_text()
    assert text.startswith(OTHERS)
    assert text.count(BEGIN) == text.count(END) == 1
    assert "7 */2 * * * /usr/bin/env 'MILEPOST_CONFIG=" in text
    assert "100 \\% config.toml" in text
    (shown,) = called(["schedule", "show", "--json"]).events
    assert (shown["installed"], shown["every_seconds"], shown["next"]) == ({"cron": "your crontab"}, 7200, None)
    Rounds(home / "data", 7200).carry_out(lambda: 1)
    (shown,) = called(["schedule", "show", "--json"]).events
    assert (shown["last_code"], shown["failures"]) == (1, 1)
    assert shown["next"] > shown["last_started"]
    assert "1 in a row could not run" in called(["schedule", "show"]).out
    assert called(["schedule", "remove"]).code == 0
    assert (files(home), (home / "crontab").read_text()) == (before, OTHERS)
    assert "no timer was installed" in called(["schedule", "remove"]).out


def test_a_crontab_of_our_own_goes_with_it_and_one_that_cannot_be_read_is_left(home: Path) -> None:
    program(home, "crontab", CRONTAB)
    assert called(["schedule", "install", "--yes"]).code == 0
    assert called(["schedule", "remove"]).code == 0
    assert not (home / "crontab").exists()
    program(
        home, "crontab", '#!/bin/sh\n[ "$1" = -l ] && { echo "you are not allowed" >&2; exit 1; }\ntouch "$HOME/oops"\n'
    )
    done = called(["schedule", "install", "--yes"])
    assert (done.code, (home / "oops").exists()) == (1, False)
    assert "you are not allowed" in done.err
    assert "cron cannot run something every 45m" in called(["schedule", "install", "--every", "45m", "--yes"]).err


def test_systemd_is_taken_first_and_cron_gives_way_to_it(home: Path) -> None:
    program(home, "crontab", CRONTAB)
    assert called(["schedule", "install", "--yes"]).code == 0
    program(home, "systemctl", NOTING)
    before = files(home) - {"crontab"}
    plan = home / "my plan.toml"
    plan.write_text(
        'platform = "freelancer"\naccount = "anna"\n[[project]]\nref = "1"\ntotal = "5.00 USD"\nsplit = "1 x 100%"\n'
    )
    for _ in range(2):
        done = called(["schedule", "install", str(plan), "--every", "45m", "--yes", "--json"])
        assert (done.code, done.events[-1]["with"]) == (0, "systemd"), done.err
    assert not (home / "crontab").exists()
    folder = home / ".config" / "systemd" / "user"
    assert sorted(path.name for path in folder.iterdir()) == ["milepost-check.service", "milepost-check.timer"]
    service = (folder / "milepost-check.service").read_text()
    assert f'"{plan}"' in service
    assert "100 %% config.toml" in service
    assert "SuccessExitStatus=2" in service
    timer = (folder / "milepost-check.timer").read_text()
    assert "OnUnitActiveSec=2700s\nRandomizedDelaySec=270s" in timer
    called_with = (home / "called").read_text().splitlines()
    assert called_with[-1] == "systemctl --user restart milepost-check.timer"
    if analyze := REAL["systemd-analyze"]:
        environment = {"XDG_RUNTIME_DIR": str(home), "PATH": "/usr/bin:/bin"}
        words = [analyze, "--user", "verify", *map(str, folder.iterdir())]
        verified = subprocess.run(words, capture_output=True, text=True, env=environment)
        assert (verified.returncode, verified.stderr) == (0, "")
    (shown,) = called(["schedule", "show", "--json"]).events
    assert shown["every_seconds"] == 2700
    plan.unlink()
    assert called(["schedule", "remove"]).code == 0
    assert files(home) == before
    assert "systemctl --user disable --now milepost-check.timer" in (home / "called").read_text()


def test_the_units_go_even_where_no_manager_answers(home: Path) -> None:
    program(home, "systemctl", NOTING)
    before = files(home)
    assert called(["schedule", "install", "--yes"]).code == 0
    program(home, "systemctl", "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    done = called(["schedule", "remove"])
    assert (done.code, files(home)) == (1, before)
    assert "could not be told: Failed to connect to bus" in done.err
    assert "no timer was installed" in called(["schedule", "remove"]).out


def test_nothing_is_written_where_no_manager_answers(home: Path) -> None:
    before = files(home)
    program(home, "systemctl", "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    done = called(["schedule", "install", "--with", "systemd", "--yes"])
    assert (done.code, files(home)) == (1, before | {"bin/systemctl"})
    assert "Failed to connect to bus" in done.err


def test_an_agent_of_launchd(home: Path) -> None:
    program(home, "launchctl", NOTING)
    for _ in range(2):
        assert called(["schedule", "install", "--with", "launchd", "--every", "1h", "--yes"]).code == 0
    file = home / "Library" / "LaunchAgents" / "io.github.milepost.check.plist"
    assert plistlib.loads(file.read_bytes())["StartInterval"] == 3600
    assert (home / "called").read_text().splitlines()[-1] == f"launchctl bootstrap gui/{os.getuid()} {file}"
    assert called(["schedule", "remove"]).code == 0
    assert not file.exists()


def test_without_any_scheduler_the_foreground_is_named(home: Path) -> None:
    done = called(["schedule", "install", "--yes"])
    assert done.code == 1
    assert "milepost watch --every 30m" in done.err


def test_hostile_paths_stay_words() -> None:
    job = Job(["/bin/sh $HOME", 'a "b" %h \\', "x;rm"], {"A": "1 $B %u"}, 1800, 0)
    service = next(text for path, text in units(job).items() if path.suffix == ".service")
    assert 'ExecStart="/bin/sh $$HOME" "a \\"b\\" %%h \\\\" "x;rm"\n' in service
    assert 'Environment="A=1 $B %%u"\n' in service
    assert plistlib.loads(agent(job))["ProgramArguments"] == list(job.words)


def test_a_timers_check_logs_backs_off_and_does_not_overlap(home: Path) -> None:
    """Run as a timer runs it, with next to no environment; nothing is listening where the account lives."""
    config = home / "100 % config.toml"
    config.write_text(config.read_text() + 'origin = "http://127.0.0.1:9"\n')
    words = [sys.executable, "-P", "-m", "tui.cli", "check", "--scheduled", "30m", "--jitter", "0"]
    environment = {"MILEPOST_CONFIG": str(config), "PATH": "/usr/bin:/bin", "HOME": str(home)}
    rounds = Rounds(home / "data", 1800)
    rounds.carry_out(lambda: 1)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, cwd="/", timeout=600)
    assert (done.returncode, rounds.state.failures) == (0, 1), done.stderr
    log = rounds.log.read_text()
    assert "1 checks in a row could not run" in log
    assert f"--- {now():%Y-}" in log
