"""Plans and sheets on disk: a new file is never written over another one, and no file is ever there by half."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from assistant.errors import UsageError


def check_new(path: Path) -> None:
    """Refuse, before anything is asked or read, what `save_new` would refuse: a `UsageError`."""
    if os.path.lexists(path):
        raise UsageError("there is such a file already, and nothing is written over it", where=str(path), hint=_ANOTHER)
    if not path.absolute().parent.is_dir():
        raise UsageError("its folder does not exist", where=str(path), hint="make the folder, or name another one")
    if not os.access(path.absolute().parent, os.W_OK | os.X_OK):
        raise UsageError("its folder cannot be written to", where=str(path), hint="name a file in another folder")


_ANOTHER = "name another file, or move that one away"


def save_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. `UsageError` if it is there, or cannot be written."""
    check_new(path)
    try:
        beside = _write_beside(path, content)
        try:
            path.hardlink_to(beside)  # unlike a rename it never replaces what somebody else wrote meanwhile
        except FileExistsError:
            check_new(path)
            raise
        except OSError:  # a file system without links
            check_new(path)
            beside.rename(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def save_over(path: Path, content: bytes, was: bytes) -> None:
    """Replace a file that held `was`, whole or not at all. `UsageError` if it holds something else by now."""
    there = path.resolve()  # a link to a plan stays a link
    try:
        if there.read_bytes() != was:
            raise UsageError(
                "the file was changed meanwhile, and nothing was written to it",
                where=str(path),
                hint="run the same command again",
            )
        beside = _write_beside(there, content)
        try:
            shutil.copymode(there, beside)
            beside.replace(there)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def _write_beside(path: Path, content: bytes) -> Path:
    beside = path.with_name(f".{path.name[:100]}-{secrets.token_hex(6)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"it cannot be written: {error.strerror or error}", where=str(path), hint="look at its name and its folder"
    )
