"""A line of the user's crontab, between two marks of its own; everything else in it stays as it is."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping

from assistant.errors import RunError, UsageError
from assistant.schedule.job import Job, every_in, must, run
from assistant.schedule.period import every_text

BEGIN, END = "# begin milepost-check", "# end milepost-check"
_TIMES: Mapping[int, str] = {
    **{minutes * 60: f"*/{minutes} * * * *" for minutes in (5, 6, 10, 12, 15, 20, 30)},
    3600: "7 * * * *",
    **{hours * 3600: f"7 */{hours} * * *" for hours in (2, 3, 4, 6, 8, 12)},
    86400: "7 6 * * *",
}
"""Every so many seconds, as cron can say it."""


class Cron:
    """See `assistant.schedule.job.Scheduler`."""

    name = "cron"

    def available(self) -> bool:
        """Whether there is a crontab command."""
        return shutil.which("crontab") is not None

    def preview(self, job: Job) -> str:
        """The lines that are added."""
        return f"# added to your crontab (crontab -e shows all of it)\n{_block(job)}"

    def install(self, job: Job) -> None:
        """Put the lines into the crontab, in place of those that were there."""
        block = _block(job)
        kept = _without_block(_read())
        must(["crontab", "-"], stdin=(kept + "\n" if kept and not kept.endswith("\n") else kept) + block)

    def installed(self) -> str | None:
        """That the crontab has the lines."""
        if not self.available():
            return None
        return "your crontab" if BEGIN in _read().splitlines() else None

    def every(self) -> int | None:
        """By the line's command."""
        return every_in(_read()) if self.installed() is not None else None

    def remove(self) -> list[str]:
        """Take the lines out; a crontab that had nothing else is deleted."""
        if self.installed() is None:
            return []
        kept = _without_block(_read())
        if kept.strip():
            must(["crontab", "-"], stdin=kept)
        else:
            must(["crontab", "-r"])
        return ["the lines in your crontab"]

    def notes(self) -> list[str]:
        """That a daemon has to run."""
        return ["cron has to run on this machine: `pgrep -x cron || pgrep -x crond` tells"]


def _read() -> str:
    done = run(["crontab", "-l"])
    if done.returncode != 0:
        if "no crontab" in done.stderr.lower():
            return ""
        # Writing over a crontab that could not be read would delete it.
        raise RunError(f"the crontab cannot be read: {done.stderr.strip()[:200]}", hint="try crontab -l by hand")
    return done.stdout


def _without_block(text: str) -> str:
    """The crontab without what stands between the marks. An end that is missing keeps everything: `RunError`."""
    lines, kept, inside = text.splitlines(keepends=True), [], False
    for line in lines:
        if line.strip() == BEGIN:
            inside = True
        elif line.strip() == END and inside:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise RunError(f"the crontab has {BEGIN!r} and no {END!r}", hint="mend it with crontab -e")
    return "".join(kept)


def _block(job: Job) -> str:
    times = _TIMES.get(job.every)
    if times is None:
        known = ", ".join(every_text(seconds) for seconds in _TIMES)
        raise UsageError(f"cron cannot run something every {every_text(job.every)}", hint=f"it can every {known}")
    words = [*(f"{key}={value}" for key, value in job.environment.items()), *job.words]
    command = " ".join(shlex.quote(word) for word in ["/usr/bin/env", *words])
    if "\n" in command or "\r" in command:
        raise UsageError("a path with a line break cannot stand in a crontab", hint="use a path without one")
    escaped = command.replace("%", "\\%")  # a percent sign is a line break to cron
    return f"{BEGIN}\n{times} {escaped} >/dev/null 2>&1\n{END}\n"
