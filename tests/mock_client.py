"""A mock platform in a process of its own, and its back door: truth, faults, knobs, other parties' acts.

with MockPlatform.serve(seed="small") as mock:
    mock.fault(at="cart.process", when="after", kind="drop")
    ...
    assert mock.milestones("38112233") == [("Design", "500.00", "funded")]
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import httpx


class MockPlatform:
    """A running mock platform. Tests judge by `truth()`, never by a page."""

    def __init__(self, origin: str, verify: ssl.SSLContext | bool = True) -> None:
        self.origin = origin
        self._http = httpx.Client(base_url=f"{origin}/__mock__", trust_env=False, timeout=30, verify=verify)
        self._knobs = self.knobs()

    @classmethod
    @contextmanager
    def serve(cls, *arguments: str) -> Iterator[MockPlatform]:
        """Start one on a free port for the length of a block; `arguments` go to its `serve` command."""
        command = [
            sys.executable,
            "-m",
            "flows.mock_platform",
            "serve",
            "--port",
            "0",
            "--parent-pid",
            str(os.getpid()),
        ]
        with cls.started([*command, *arguments]) as mock:
            yield mock

    @classmethod
    @contextmanager
    def started(cls, command: Sequence[str], verify: ssl.SSLContext | bool = True) -> Iterator[MockPlatform]:
        """The one that a command serves, which prints its ready line; ended after the block."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"the mock platform did not start (exit code {process.wait()})"
            mock = cls(json.loads(line)["origin"], verify)
            with closing(mock._http):
                yield mock
        finally:
            process.terminate()
            process.wait(timeout=20)

    def truth(self) -> dict[str, Any]:
        """What really stands."""
        return dict(self._answer(self._http.get("/truth")))

    def knobs(self, **values: str) -> dict[str, Any]:
        """Set knobs (none: leave them) and tell how all of them stand."""
        if values:
            self._answer(self._http.post("/knobs", json=values))
        return dict(self._answer(self._http.get("/knobs"))["knobs"])

    def fault(self, **fault: Any) -> None:
        """Arm a fault: at, when, kind, times, seconds."""
        self._answer(self._http.post("/faults", json=fault))

    def armed(self) -> list[dict[str, Any]]:
        """The faults that have not fired yet, or will again."""
        return list(self._answer(self._http.get("/faults"))["faults"])

    def refusal(self, **fault: Any) -> str:
        """Why such a fault makes no sense, in the platform's words; "" if it does, and then it is armed."""
        response = self._http.post("/faults", json=fault)
        return str(response.json()["message"]) if response.status_code == 400 else ""

    def disarm(self) -> None:
        """Take back every fault."""
        self._answer(self._http.delete("/faults"))

    def act(self, act: str, **what: Any) -> dict[str, Any]:
        """Let another party act."""
        return dict(self._answer(self._http.post("/act", json={"act": act, **what})))

    def reset(self, seed: Any = None, *, keep_sessions: bool = False, **knobs: str) -> None:
        """Start again: the seed's data, no faults, every knob as it was at the start, then `knobs`."""
        self.disarm()
        body = {"seed": seed} if seed is not None else {}
        self._answer(self._http.post("/reset", json=body | {"keep_sessions": keep_sessions}))
        self.knobs(**(self._knobs | knobs))

    def project(self, ref: str) -> dict[str, Any]:
        """One project of the truth."""
        return next(project for project in self.truth()["projects"] if project["ref"] == ref)

    def milestones(self, ref: str) -> list[tuple[str, str, str]]:
        """(description, amount, state) of a project's milestones, as they stand."""
        return [(row["description"], row["amount"], row["state"]) for row in self.project(ref)["milestones"]]

    def requests(self, ref: str) -> list[tuple[str, str]]:
        """(description, amount) of a project's requests, as they stand."""
        return [(row["description"], row["amount"]) for row in self.project(ref)["requests"]]

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.method} {response.url.path}: {response.text}"
        return response.json() if response.content else None
