"""One run at a time per account: an flock that dies with its owner, with a line beside it that says who holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType

from assistant.errors import RunError


class AccountLock:
    """Holds the account for the life of a `with` block.

    Raises `RunError`, naming the holder, when it is held, and where the file of the lock cannot be written.
    """

    def __init__(self, data_dir: Path, account: str, holder: str) -> None:
        name = hashlib.sha256(account.encode()).hexdigest()[:24]
        self._path = data_dir / "locks" / f"{name}.lock"
        self._account = account
        self._holder = holder
        self._file: int | None = None

    def __enter__(self) -> AccountLock:
        try:
            self._take()
        except OSError as error:
            raise RunError(
                f"the lock of {self._account} cannot be taken: {error}",
                where=str(self._path),
                hint="make the folder writable and make room on the disk; nothing was done",
            ) from error
        return self

    def _take(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Close-on-exec matters: a browser that inherited the lock would hold it after its runner's death.
        file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 400).decode(errors="replace").strip() or "another run"
            os.close(file)
            raise RunError(
                f"{self._account} is held by {holder}",
                hint="wait for it, or follow it with: milepost runs",
            ) from None
        try:
            os.ftruncate(file, 0)
            os.write(file, self._holder.encode())
        except OSError:
            os.close(file)
            raise
        self._file = file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None
