"""Starting a mock platform as a child process, and its back door as methods: for tests, demos and benchmarks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

# a proxy of the environment must never see loopback
_OPENER = build_opener(ProxyHandler({}))
_PATIENCE = 30
_ROOT = Path(__file__).resolve().parents[2]


class MockRefused(Exception):
    """The back door answered an error, or the mock did not start; the text is what it said."""


@dataclass(frozen=True)
class RunningMock:
    """A mock that serves at `origin`; each method is one call of its back door."""

    origin: str
    pid: int

    def truth(self) -> dict[str, Any]:
        """What really stands."""
        return self._call("GET", "truth")

    def project(self, title: str) -> dict[str, Any]:
        """The one project of the truth with that title."""
        found = [project for project in self.truth()["projects"] if project["title"] == title]
        if len(found) != 1:
            raise MockRefused(f"{len(found)} projects are called {title!r}")
        return dict(found[0])

    def arm(self, at: str, kind: str, when: str | None = None, *, times: int = 1, seconds: float = 3) -> None:
        """Arm a fault."""
        body = {"at": at, "kind": kind, "times": times, "seconds": seconds}
        self._call("POST", "faults", body if when is None else {**body, "when": when})

    def armed(self) -> list[dict[str, Any]]:
        """The faults that will still fire."""
        return list(self._call("GET", "faults")["faults"])

    def clear_faults(self) -> None:
        """Disarm all faults."""
        self._call("DELETE", "faults")

    def knobs(self, **values: str) -> dict[str, str]:
        """Set knobs; answers all of them."""
        return dict(self._call("POST", "knobs", values)["knobs"])

    def act(self, act: str, **fields: Any) -> dict[str, Any]:
        """Let another party act."""
        return self._call("POST", "act", {"act": act, **fields})

    def reset(self, seed: str | dict[str, Any] = "default", *, keep_sessions: bool = False) -> None:
        """Start again from a seed."""
        self._call("POST", "reset", {"seed": seed, "keep_sessions": keep_sessions})

    def _call(self, method: str, name: str, body: Any = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = Request(f"{self.origin}/__mock__/{name}", data, headers, method=method)  # noqa: S310 - loopback
        try:
            with _OPENER.open(request, timeout=_PATIENCE) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                raise MockRefused(error.read().decode()) from None


@contextmanager
def start_mock(*arguments: str) -> Iterator[RunningMock]:
    """Serve a mock with these arguments of `serve` (on a free port unless they name one) until the block ends.

    Raises MockRefused with what the mock wrote on stderr: why it did not start, or what went wrong inside it.
    """
    own = [] if "--port" in arguments else ["--port", "0"]
    parent = [] if "--parent-pid" in arguments else ["--parent-pid", str(os.getpid())]
    command = [sys.executable, "-P", "-m", "flows.mock_platform", "serve", *own, *parent, *arguments]
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if line:
                ready = json.loads(line)
                yield RunningMock(ready["origin"], ready["pid"])
        finally:
            process.terminate()
            _, wrong = process.communicate()
        if wrong:
            raise MockRefused(wrong)
