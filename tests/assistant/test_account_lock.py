"""One run at a time per account: who holds it is told, and it is free as soon as the holder is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from assistant.errors import RunError
from assistant.lock import AccountLock

ANNA, BEN = "freelancer:anna@https://www.freelancer.com", "freelancer:ben@https://www.freelancer.com"
HOLD = """
import sys
from pathlib import Path
from assistant.lock import AccountLock
with AccountLock(Path(sys.argv[1]), sys.argv[2], "run 17, since 10:02, pid 4711"):
    print("held", flush=True)
    sys.stdin.read()
"""


def free(folder: Path, account: str = ANNA) -> bool:
    try:
        with AccountLock(folder, account, "somebody"):
            return True
    except RunError:
        return False


def test_the_holder_is_told_and_the_lock_dies_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), ANNA]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(RunError, match="is held by run 17, since 10:02, pid 4711"), AccountLock(tmp_path, ANNA, ""):
            pass
        assert free(tmp_path, BEN)
        holder.kill()
    assert free(tmp_path)


def test_a_cancelled_holder_gives_it_back(tmp_path: Path) -> None:
    async def hold(held: asyncio.Event) -> None:
        with AccountLock(tmp_path, ANNA, "run 1"):
            held.set()
            await asyncio.Event().wait()

    async def cancelled() -> None:
        held = asyncio.Event()
        task = asyncio.ensure_future(hold(held))
        await held.wait()
        assert not free(tmp_path)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert free(tmp_path)


def test_a_lock_that_cannot_be_written_is_an_error_in_words_and_leaves_nothing_held(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file where the folder should be")
    with pytest.raises(RunError, match="cannot be taken"), AccountLock(tmp_path, ANNA, "run 1"):
        pass
    (tmp_path / "locks").unlink()

    full = mock.patch("assistant.lock.os.write", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(RunError, match="No space left"), AccountLock(tmp_path, ANNA, "run 1"):
        pass
    assert free(tmp_path)
