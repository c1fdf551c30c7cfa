"""Timers of systemd's user manager: a service and a timer in the user's own unit folder."""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import RunError, UsageError
from assistant.schedule.job import Job, every_in, files_preview, must, run

UNIT = "milepost-check"
_ON = [
    ["systemctl", "--user", "daemon-reload"],
    ["systemctl", "--user", "enable", f"{UNIT}.timer"],
    ["systemctl", "--user", "restart", f"{UNIT}.timer"],
]


class Systemd:
    """See `assistant.schedule.job.Scheduler`."""

    name = "systemd"

    def available(self) -> bool:
        """Whether a user manager answers."""
        if shutil.which("systemctl") is None:
            return False
        try:
            return run(["systemctl", "--user", "show-environment"]).returncode == 0
        except RunError:
            return False

    def preview(self, job: Job) -> str:
        """The two units, and what is run."""
        return files_preview(units(job), _ON)

    def install(self, job: Job) -> None:
        """Write the units and start the timer; nothing is written where no manager answers."""
        must(["systemctl", "--user", "show-environment"])
        for path, text in units(job).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for words in _ON:
            must(words)

    def installed(self) -> str | None:
        """Where the timer's unit is."""
        timer = _folder() / f"{UNIT}.timer"
        return str(timer) if timer.is_file() else None

    def every(self) -> int | None:
        """By the service's command."""
        service = _folder() / f"{UNIT}.service"
        return every_in(service.read_text(encoding="utf-8")) if service.is_file() else None

    def remove(self) -> list[str]:
        """Stop the timer, and a check that it has begun, and delete the units."""
        link = _folder() / "timers.target.wants" / f"{UNIT}.timer"
        units_there = (_folder() / f"{UNIT}.timer", _folder() / f"{UNIT}.service", link)
        found = [path for path in units_there if path.exists() or path.is_symlink()]
        if not found:
            return []
        stopped = run(["systemctl", "--user", "disable", "--now", f"{UNIT}.timer"])
        run(["systemctl", "--user", "stop", f"{UNIT}.service"])  # it fails where there is no such unit
        for path in found:
            path.unlink(missing_ok=True)  # `disable` takes the link away
        if stopped.returncode != 0:
            raise RunError(
                f"the units are deleted, but the user manager could not be told: {stopped.stderr.strip()[:200]}",
                hint="log out and in again, or run systemctl --user daemon-reload where you are logged in",
            )
        must(["systemctl", "--user", "daemon-reload"])
        run(["systemctl", "--user", "reset-failed", f"{UNIT}.service"])  # it fails where nothing had failed
        return [str(path) for path in found if path != link]

    def notes(self) -> list[str]:
        """Whether the timer runs while nobody is logged in."""
        user = getpass.getuser()
        if shutil.which("loginctl") is None:
            return []
        if "Linger=yes" in run(["loginctl", "show-user", user, "--property=Linger"]).stdout:
            return ["it runs after a restart, too, before anybody logs in"]
        return [f"it runs while you are logged in; with `loginctl enable-linger {user}` also before, after a restart"]


def units(job: Job) -> Mapping[Path, str]:
    """The units' files by their path. Exit code 2 (findings) is a success; a check that hangs is ended."""
    environment = "".join(f"Environment={_word(f'{key}={value}')}\n" for key, value in job.environment.items())
    service = f"""\
[Unit]
Description=Milepost status check (read only)

[Service]
Type=oneshot
{environment}ExecStart={" ".join(map(_command_word, job.words))}
SuccessExitStatus=2
TimeoutStartSec=2h
KillMode=mixed
TimeoutStopSec=90
UMask=0077
"""
    timer = f"""\
[Unit]
Description=Milepost status check, every {job.every // 60} minutes

[Timer]
OnActiveSec=1min
OnStartupSec=3min
OnUnitActiveSec={job.every}s
RandomizedDelaySec={job.jitter}s
AccuracySec=30s
Unit={UNIT}.service

[Install]
WantedBy=timers.target
"""
    return {_folder() / f"{UNIT}.service": service, _folder() / f"{UNIT}.timer": timer}


def _folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "systemd" / "user"


def _word(text: str) -> str:
    """A word in quotes as systemd reads it: specifiers and escapes doubled."""
    if any(ord(mark) < 32 for mark in text):
        raise UsageError(f"{text!r} cannot stand in a unit file", hint="use a path without line breaks")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def _command_word(text: str) -> str:
    """The same in a command, where a dollar begins a variable."""
    return _word(text).replace("$", "$$")
