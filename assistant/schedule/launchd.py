"""An agent of macOS's launchd: a property list in the user's own folder."""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from pathlib import Path

from assistant.schedule.job import Job, files_preview, must, run

LABEL = "io.github.milepost.check"


class Launchd:
    """See `assistant.schedule.job.Scheduler`."""

    name = "launchd"

    def available(self) -> bool:
        """Whether this is a Mac."""
        return sys.platform == "darwin" and shutil.which("launchctl") is not None

    def preview(self, job: Job) -> str:
        """The property list, and what is run."""
        return files_preview({_file(): agent(job).decode()}, [_load()])

    def install(self, job: Job) -> None:
        """Write the list and load it, in place of the one that was there."""
        _file().parent.mkdir(parents=True, exist_ok=True)
        run(["launchctl", "bootout", f"{_domain()}/{LABEL}"])  # it fails where it was not loaded
        _file().write_bytes(agent(job))
        must(_load())

    def installed(self) -> str | None:
        """Where the list is."""
        return str(_file()) if _file().is_file() else None

    def every(self) -> int | None:
        """By the agent's interval."""
        return int(plistlib.loads(_file().read_bytes())["StartInterval"]) if _file().is_file() else None

    def remove(self) -> list[str]:
        """Unload and delete the list."""
        if not _file().is_file():
            return []
        run(["launchctl", "bootout", f"{_domain()}/{LABEL}"])
        _file().unlink()
        return [str(_file())]

    def notes(self) -> list[str]:
        """When it runs."""
        return ["it runs while you are logged in"]


def agent(job: Job) -> bytes:
    """The property list."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(job.words),
            "EnvironmentVariables": dict(job.environment),
            "StartInterval": job.every,
            "RunAtLoad": True,
            "ProcessType": "Background",
            "Umask": 0o077,
            "StandardOutPath": "/dev/null",
            "StandardErrorPath": "/dev/null",
        }
    )


def _file() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _load() -> list[str]:
    return ["launchctl", "bootstrap", _domain(), str(_file())]
