"""The back door as the contract tests use it: what every `MockPlatform` has, and the calls that only they need."""

from __future__ import annotations

from typing import Any

from tests.mock_client import MockPlatform


class BackDoor(MockPlatform):
    """A running mock. A refusal is an AssertionError with the mock's own words."""

    def titled(self, title: str) -> dict[str, Any]:
        """The one project of the truth with that title."""
        found = [project for project in self.truth()["projects"] if project["title"] == title]
        assert len(found) == 1, f"{len(found)} projects are called {title!r}"
        return dict(found[0])

    def arm(self, at: str, kind: str, when: str | None = None, *, times: int = 1, seconds: float = 3) -> None:
        """Arm a fault."""
        moment = {} if when is None else {"when": when}
        self.fault(at=at, kind=kind, times=times, seconds=seconds, **moment)

    def clear_faults(self) -> None:
        """Disarm all faults."""
        self._answer(self._http.delete("/faults"))

    def replant(self, seed: Any, *, keep_sessions: bool = True) -> None:
        """Start again from a seed; knobs stay."""
        self._answer(self._http.post("/reset", json={"seed": seed, "keep_sessions": keep_sessions}))
