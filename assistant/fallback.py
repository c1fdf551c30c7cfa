"""When the journal cannot be written after money may have moved: the same facts go into a file beside it.

The file is made before the first act, at its full size, so that a disk that fills up meanwhile has room for it; made,
it also proves that the folder can be written. It stays empty, and goes when the run ends. If the facts cannot be kept
there either they go to the folder for temporary files; to stderr, which is the run's log, they go in any case. The next
run puts what it finds into the journal, beside the attempt, and takes the file away.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import JournalError

LEAST_FREE = 20_000_000
"""Bytes that must be free on the journal's disk before the first act: pictures and rows of a long run."""

RESERVED = 65_536
FOLDER = "unwritten"


class Fallback:
    """The file for what one hand of a run could not write into the journal at `journal`."""

    def __init__(self, journal: Path, run_id: int, hand: int = 0) -> None:
        self._folder = journal.parent / FOLDER
        self._run_id = run_id
        self._name = f"run-{run_id}.{hand}" if hand else f"run-{run_id}"
        self._path = self._folder / f"{self._name}.json"
        self._kept: Path | None = None

    def reserve(self) -> None:
        """Make sure of room before the first act. Raises `JournalError` when there is none."""
        try:
            free = shutil.disk_usage(self._folder.parent).free
            if free < LEAST_FREE:
                raise OSError(f"only {free / 1e6:.1f} MB are free, and {LEAST_FREE / 1e6:.0f} MB are wanted")
            self._folder.mkdir(mode=0o700, exist_ok=True)
            _write(self._path, b" " * RESERVED, os.O_CREAT | os.O_TRUNC)
        except OSError as error:
            raise JournalError(
                f"there is no room to write down what a run does: {error}",
                where=str(self._folder.parent),
                hint="nothing was done; make room on that disk, or move the whole data folder to another one",
            ) from error

    def release(self) -> None:
        """Take the file away, unless it holds something."""
        if self._kept is None:
            self._path.unlink(missing_ok=True)

    def keep(self, facts: Mapping[str, Any]) -> Path | None:
        """Keep facts that the journal did not take. Returns the file; None if only stderr has them."""
        text = json.dumps({"run": self._run_id, **facts}, ensure_ascii=True)
        body = text.encode().ljust(RESERVED)
        elsewhere = Path(tempfile.gettempdir()) / f"milepost-{self._name}-{os.getpid()}.json"
        for path, flags in ((self._path, 0), (self._path, os.O_CREAT), (elsewhere, os.O_CREAT | os.O_EXCL)):
            try:
                _write(path, body, flags)
            except OSError:
                continue
            self._kept = path
            break
        with contextlib.suppress(OSError):  # the log may be on the disk that is full
            print(f"the journal could not be written; these are the facts: {text}", file=sys.stderr, flush=True)  # noqa: T201
        return self._kept


def _write(path: Path, body: bytes, flags: int) -> None:
    """Write in place, without cutting the file first: the room that it has must not be given back."""
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | flags, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def kept_for(journal: Path, run_id: int) -> Path | None:
    """The file, or the first of several, in which a run left what it could not write, if it did."""
    return next((path for path, run, facts in left_behind(journal) if run == run_id and facts), None)


def left_behind(journal: Path) -> Iterator[tuple[Path, int, Mapping[str, Any]]]:
    """All such files beside a journal: path, number of the run, and the facts; none where a run only died."""
    for path in sorted((journal.parent / FOLDER).glob("run-*.json")):
        number = path.stem.removeprefix("run-").partition(".")[0]
        if number.isdecimal():
            yield path, int(number), _facts(path)


def _facts(path: Path) -> Mapping[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # reserved and not used, or not ours
        return {}
    return facts if isinstance(facts, dict) else {}
