"""Machines for set-up to decide on: real folders, and real executables that write down how they were called."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tools.machine import Machine

PROGRAM = """#!/bin/sh
echo "{name} $*" >> "{calls}"
{body}
"""


@dataclass
class Workbench:
    """A machine under construction: nothing is on its PATH but what a test puts there."""

    machine: Machine
    folder: Path
    said: list[str] = field(default_factory=list)

    def program(self, place: str, body: str = "") -> Path:
        """Put a shell script at a place under the folder; each call of it is noted before its body runs."""
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM.format(name=path.name, calls=self.folder / "calls", body=body), encoding="utf-8")
        path.chmod(0o755)
        return path

    def calls(self, name: str = "") -> list[str]:
        """Return how programs were called, in order; only those of one program, or all."""
        file = self.folder / "calls"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [line.replace(str(self.folder), "") for line in lines if line.startswith(name)]

    def distribution(self, text: str) -> None:
        """Make it that system, as /etc/os-release would say."""
        path = self.folder / "root/etc/os-release"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def with_root(self) -> None:
        """Let set-up be root."""
        self.machine = replace(self.machine, is_root=True)


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    """A Linux machine of an ordinary user, with an empty PATH and an empty project."""
    for name in ("bin", "home", "project", "root"):
        (tmp_path / name).mkdir()
    machine = Machine(
        project=tmp_path / "project",
        python=tmp_path / "bin" / "python3",
        platform="linux",
        is_root=False,
        # Port 9 discards: a test that asks for no index reaches none, and never the public one.
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home"), "PIP_INDEX_URL": "http://127.0.0.1:9/"},
        filesystem=tmp_path / "root",
    )
    return Workbench(machine, tmp_path)


@dataclass
class PackageIndex:
    """A package index on loopback that has files of pip. `kind` is the form it answers in, `login` what it asks for."""

    url: str
    kind: str = "json"
    login: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    page: tuple[bytes, str] | None = None
    server: ThreadingHTTPServer | None = None

    def offer(self, name: str, content: bytes) -> None:
        """Have a file."""
        self.files[name] = content

    def unreachable(self) -> None:
        """Stop answering."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def answer(self, path: str, authorization: str) -> tuple[int, bytes, str]:
        """Return status, content and content type for a path."""
        if self.login and authorization != f"Basic {base64.b64encode(self.login.encode()).decode()}":
            return 401, b"", "text/plain"
        if path == "/simple/pip/":
            return (200, *(self.page or self.listing()))
        content = self.files.get(path.removeprefix("/files/"))
        return (404, b"", "text/plain") if content is None else (200, content, "application/octet-stream")

    def listing(self) -> tuple[bytes, str]:
        """Return the page of pip in the form asked for."""
        if self.kind == "json":
            files = [{"filename": name, "url": f"../../files/{name}", "hashes": {}} for name in self.files]
            return json.dumps({"files": files}).encode(), "application/vnd.pypi.simple.v1+json"
        links = "".join(f'<a href="../../files/{name}#sha256=00">{name}</a>' for name in self.files)
        return f"<html><body>{links}</body></html>".encode(), "text/html"


@pytest.fixture
def index(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    """A package index, and a machine whose pip is set to use it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    served: list[PackageIndex] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content, kind = served[0].answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_request(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}/simple"
    served.append(PackageIndex(url, server=server))
    bench.machine = replace(bench.machine, env={**bench.machine.env, "PIP_INDEX_URL": url})
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served[0]
    served[0].unreachable()
    thread.join()
