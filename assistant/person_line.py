"""The line between a run that waits for a person and the screen or command line where that person is.

A Unix socket that only its owner can open, in a folder that only its owner can enter, for as long as the run waits. A
2-step code goes through it and is kept nowhere: not in the journal, not in a log. So do the answers to what the run
asks.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from assistant.errors import RunError

EVENT = "person"
"""The kind of a run's event that says what a person is to do."""

SECONDS = 5.0
_LONGEST = 4096


@dataclass(frozen=True)
class Said:
    """What the person told the run: a code, that they are done, the amount that they approve, or a no."""

    code: SecretStr | None = None
    done: bool = False
    amount: str | None = None
    no: bool = False


class Line:
    """The run's end. `path` is where the other end finds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._said: asyncio.Queue[Said] = asyncio.Queue()

    async def said(self, seconds: float) -> Said | None:
        """The next thing that was told, None if nothing was within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._said.get()
        return None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(SECONDS):
                told = json.loads(await reader.readline())
                self._said.put_nowait(_read(told))
                writer.write(b"heard\n")
                await writer.drain()
        writer.close()


def _read(told: object) -> Said:
    if not isinstance(told, dict):
        raise ValueError("not an object")
    code, amount = told.get("code"), told.get("amount")
    return Said(
        code=SecretStr(code) if isinstance(code, str) and code else None,
        done=told.get("done") is True,
        amount=amount if isinstance(amount, str) and amount else None,
        no=told.get("no") is True,
    )


@asynccontextmanager
async def open_line() -> AsyncIterator[Line]:
    """A line for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="milepost-"))  # 0700, and a short path: sockets take about 100 characters
    line = Line(folder / "line")
    try:
        before = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(line._answer, line.path, limit=_LONGEST)
        finally:
            os.umask(before)
        async with server:
            yield line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tell_run(event: Mapping[str, Any], said: Said) -> None:
    """Tell a waiting run what the person says. `event` is the data of its last `EVENT`.

    Raises `RunError` when the run does not listen any more.
    """
    code = said.code.get_secret_value() if said.code else None
    told = {"code": code, "done": said.done, "amount": said.amount, "no": said.no}
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SECONDS)
            line.connect(str(event["line"]))
            line.sendall(json.dumps(told).encode() + b"\n")
            if not line.recv(16):
                raise OSError("it hung up")
    except (OSError, KeyError) as error:
        raise RunError(f"the run does not listen any more: {error}", hint="look how it stands: milepost runs") from None
