"""Serving the mock: a socket on loopback, one ready line, and a clean end on a signal or with the parent."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from flows.mock_platform.app import create_app
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.seed import Seed
from flows.mock_platform.site import Kind, Site
from flows.mock_platform.store import Store

HOST = "127.0.0.1"


class CannotServe(Exception):
    """The mock cannot start; the text says why and what to do."""


class _CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose requests can cut their own connection, for the fault `drop`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the application a way to cut this connection."""
        super().connection_made(transport)
        self.app = _with_cut(self.config.loaded_app, transport)

    def close_if_idle(self) -> None:
        """Close the connection unless it is answering a request."""
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            self.transport.close()


def _with_cut(app: ASGIApp, transport: asyncio.Transport) -> ASGIApp:
    async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
        scope["cut"] = transport.abort
        await app(scope, receive, send)

    return cuttable


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and ends at once."""

    def __init__(self, config: uvicorn.Config, site: Site, port: int) -> None:
        super().__init__(config)
        self._site = site
        self._port = port
        site.close_idle = self.close_idle

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the ready line."""
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.end)
        scheme = "https" if self.config.is_ssl else "http"
        ready = {"event": "ready", "origin": f"{scheme}://{HOST}:{self._port}", "port": self._port, "pid": os.getpid()}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `startup`: uvicorn's own handling would end with the signal instead of exit code 0."""
        yield

    def close_idle(self) -> None:
        """Close the connections that wait for their next request."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, _CuttableProtocol):
                connection.close_if_idle()

    def end(self) -> None:
        """End now: streams and waits are told, nothing is waited for."""
        self._site.hub.close()
        self.should_exit = True
        self.force_exit = True


def bind(port: int) -> socket.socket:
    """A listening socket on loopback. Raises CannotServe when the port is taken."""
    # asyncio switches Nagle's delay off only for sockets that name their protocol; with it each answer takes 40 ms
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise CannotServe(f"cannot listen on {HOST}:{port}: {error.strerror}; choose another --port, or 0") from None
    return sock


def open_site(db: Path | None, seed: Seed, knobs: Knobs, kind: Kind) -> Site:
    """The site over a database file (kept as it is when it already has data) or a temporary one.

    Raises CannotServe when the file cannot be opened or is another program's.
    """
    try:
        site = Site(Store(db), knobs, kind)
        if site.store.empty():
            with site.store.write(site.now()) as tx:
                kind.plant(tx, seed, knobs)
    except sqlite3.Error as error:
        raise CannotServe(f"--db {db}: {error}; name a new file in a folder that can be written to") from None
    return site


@dataclass(frozen=True)
class Https:
    """Serving under a host name over https, as a live site does; no option of the command line leads here.

    `certificate` and `key` are PEM files. The socket is on loopback all the same.
    """

    name: str
    certificate: Path
    key: Path


def serve(site: Site, port: int, parent: int | None, https: Https | None = None) -> None:
    """Serve until a signal comes or the parent process is gone. Raises CannotServe."""
    sock = bind(port)
    config = uvicorn.Config(
        create_app(site, (https.name,) if https else ()),
        ssl_certfile=https.certificate if https else None,
        ssl_keyfile=https.key if https else None,
        http=_CuttableProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, site, sock.getsockname()[1])
    try:
        asyncio.run(_run(server, sock, parent))
    finally:
        site.store.close()


async def _run(server: _Server, sock: socket.socket, parent: int | None) -> None:
    watch = asyncio.create_task(_end_with(server, parent)) if parent else None
    await server.serve(sockets=[sock])
    if watch:
        watch.cancel()


async def _end_with(server: _Server, parent: int) -> None:
    is_gone = _left_by(parent)
    while not is_gone():  # noqa: ASYNC110 - nothing tells us that another process has ended
        await asyncio.sleep(0.2)
    server.end()


def _left_by(parent: int) -> Callable[[], bool]:
    if os.getppid() == parent:
        # a new parent tells it surely, even while the old one is still a zombie
        return lambda: os.getppid() != parent
    return lambda: not psutil.pid_exists(parent)
