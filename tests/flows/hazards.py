"""A small site that does what real pages do behind one's back: posts twice, from beacons, workers, other windows.

`HazardSite` records every POST that arrives. Run it in the loop of the test: `async with HazardSite.serve() as site`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

PAGE = """<!doctype html><title>Shop</title><h1>Shop</h1>
<form action="/pay" method="post"><button>Pay 500.00 USD</button></form>
<form action="/pay" method="post" target="_blank"><button>Pay elsewhere</button></form>
<form action="/hop" method="post"><button>Pay by detour</button></form>
<form action="/hold" method="post"><button>Pay slowly</button></form>
<form action="/other" method="post"><button>Search</button></form>
<button id="twice" onclick="for (let i = 0; i < 2; i++) fetch('/pay', {method: 'POST'})">Pay twice</button>
<button id="vanish" onclick="this.hidden = true; fetch('/pay', {method: 'POST'})">Pay and vanish</button>
<button id="ask" onclick="if (confirm('Really pay $500.00 USD?')) fetch('/pay', {method: 'POST'})">Pay, if sure</button>
"""
WORKER = "fetch('/pay', {method: 'POST'})"
SERVICE_WORKER = "oninstall = () => fetch('/pay', {method: 'POST'})"


class HazardSite:
    """The site while it runs. `arrived` are (method, path) of everything but GET; `hold` keeps /hold from answering."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []
        self.hold = asyncio.Event()
        self.origin = ""
        self.login_at = ""
        self._arrival = asyncio.Event()

    async def arrival(self) -> None:
        """Wait until something but GET has arrived; ten seconds at most."""
        async with asyncio.timeout(10):
            await self._arrival.wait()

    def _note(self, request: Request) -> None:
        self.arrived.append((request.method, request.url.path))
        self._arrival.set()

    @classmethod
    @contextlib.asynccontextmanager
    async def serve(cls, *, login_at: str = "") -> AsyncIterator[HazardSite]:
        """Run it on a free port of loopback. With `login_at`, My Projects leads there."""
        site = cls()
        site.login_at = login_at
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        site.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(site._app(), log_level="error", lifespan="off", ws="websockets-sansio"))
        task = asyncio.ensure_future(server.serve(sockets=[listening]))
        try:
            yield site
        finally:
            site.hold.set()
            server.should_exit = server.force_exit = True
            await task

    def _app(self) -> Starlette:
        scripts = {"/worker.js": WORKER, "/sw.js": SERVICE_WORKER}
        return Starlette(
            routes=[
                Route("/", lambda _: HTMLResponse(PAGE)),
                *(Route(path, _script(text)) for path, text in scripts.items()),
                Route("/manage/{rest:path}", lambda _: RedirectResponse(self.login_at)),
                Route("/pay", self._pay, methods=["GET", "POST", "OPTIONS"]),
                Route("/other", self._pay, methods=["POST"]),
                Route("/hop", self._hop, methods=["POST"]),
                Route("/hold", self._held, methods=["POST"]),
                WebSocketRoute("/socket", _talk),
            ]
        )

    async def _pay(self, request: Request) -> Response:
        if request.method != "GET":
            self._note(request)
        return JSONResponse({"paid": True})

    async def _hop(self, request: Request) -> Response:
        return RedirectResponse("/pay", status_code=307)

    async def _held(self, request: Request) -> Response:
        self._note(request)
        await self.hold.wait()
        return HTMLResponse("<p>paid")


def _script(text: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        return Response(text, media_type="text/javascript")

    return endpoint


async def _talk(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive_text()
    await websocket.close()


class CuttingServer:
    """Answers every GET and cuts the connection at every POST, without a word. `posts` counts what arrived."""

    def __init__(self) -> None:
        self.posts = 0
        self.answered_posts = 0
        self.origin = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def serve(cls, *, answer_first: int = 0) -> AsyncIterator[CuttingServer]:
        """Run it; the first `answer_first` POSTs are answered, so that the connection has been used when one is cut."""
        site = cls()
        site.answered_posts = answer_first
        server = await asyncio.start_server(site._talk, "127.0.0.1", 0)
        site.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield site
        finally:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
                length = next(
                    (int(line.split(":")[1]) for line in head if line.lower().startswith("content-length")), 0
                )
                await reader.readexactly(length)
                if head[0].startswith("POST"):
                    self.posts += 1
                    if self.posts > self.answered_posts:
                        linger = struct.pack("ii", 1, 0)
                        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        writer.transport.abort()
                        return
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>hello\n")
                await writer.drain()
        writer.close()
