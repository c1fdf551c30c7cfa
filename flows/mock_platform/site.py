"""The running mock as one object: store, knobs, faults, push hub, clock, and the counts that tests read."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from flows.mock_platform.envelope import RequestIds
from flows.mock_platform.faults import Fault, Faults
from flows.mock_platform.knobs import Knobs, parse_time
from flows.mock_platform.live import Hub
from flows.mock_platform.seed import Seed
from flows.mock_platform.store import Store, Touched, Tx


@dataclass(frozen=True)
class Kind:
    """A kind of site: what it is called, the platform that its accounts are on, and what differs behind its pages.

    `plant` writes a seed into an empty store, `truth` and `act` answer the back door. `money` begins the addresses of
    requests that may move money; `knobs` are values that this kind starts with.
    """

    name: str
    platform: str
    about: str
    plant: Callable[[Tx, Seed, Knobs], None]
    truth: Callable[["Site"], dict[str, Any]]
    act: Callable[["Site", dict[str, Any]], dict[str, Any]]
    application: Callable[["Site"], Starlette]
    money: str = "/api/"
    knobs: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """Everything that the request handlers share."""

    store: Store
    knobs: Knobs
    kind: Kind
    faults: Faults = field(default_factory=Faults)
    hub: Hub = field(default_factory=Hub)
    request_ids: RequestIds = field(default_factory=RequestIds)
    page_loads: int = 0
    pages: int = 0
    money_requests: list[dict[str, str]] = field(default_factory=list)
    written_at_page: dict[int, int] = field(default_factory=dict)
    last_written: dict[int, list[Touched]] = field(default_factory=dict)
    played: dict[tuple[str, str], Fault] = field(default_factory=dict)
    two_step: dict[str, dict[str, Any]] = field(default_factory=dict)
    close_idle: Callable[[], None] = lambda: None

    def now(self) -> int:
        """The site's clock, unix seconds."""
        fixed = self.knobs.get("now")
        return int(time.time()) if fixed == "real" else parse_time(fixed) or 0

    @contextmanager
    def write(self, hide_for: float = 0) -> Iterator[Tx]:
        """A transaction; afterwards open pages are told. With `hide_for`, pages show its rows so many seconds late."""
        with self.store.write(self.now()) as tx:
            yield tx
            if hide_for:
                hide(tx, tx.touched, hide_for)
        for project in {touched.project for touched in tx.touched}:
            self.last_written[project] = [touched for touched in tx.touched if touched.project == project]
            self.written_at_page[project] = self.pages
        for project, event in tx.events:
            self._tell(project, event, hide_for)

    def _tell(self, project: int, event: str, delay: float) -> None:
        if delay:
            asyncio.get_running_loop().call_later(delay + 0.02, self.hub.publish, project, event)
        else:
            self.hub.publish(project, event)

    def hide_last_write(self, project: int, seconds: float) -> None:
        """Make the rows of a project's last write show only after so many seconds (fault late at readback)."""
        with self.store.write(self.now()) as tx:
            hide(tx, self.last_written.get(project, []), seconds)
        self._tell(project, "milestoneStatusUpdate", seconds)

    def arm(self, fault: Fault) -> None:
        """Arm a fault. One that cuts wants fresh connections: Chromium repeats a request cut on a reused one."""
        self.faults.arm(fault)
        if self.fresh_connections():
            self.close_idle()

    def fresh_connections(self) -> bool:
        """Whether connections shall not be reused now."""
        cutting = any(fault.kind in ("drop", "hang") for fault in self.faults.armed())
        return cutting and self.knobs.get("drop_style") != "replay"

    def reset(self, seed: Seed, keep_sessions: bool) -> None:
        """Start again from a seed: rows, faults and counts; knobs stay."""
        with self.store.write(self.now()) as tx:
            sessions = tx.all("SELECT hash, user_id, started FROM sessions") if keep_sessions else []
            self.store.clear(tx)
            self.kind.plant(tx, seed, self.knobs)
            for row in sessions:
                tx.run("INSERT INTO sessions VALUES (?, ?, ?)", *row)
        self.faults.clear()
        self.request_ids = RequestIds()
        self.page_loads = 0
        self.money_requests.clear()
        for record in (self.written_at_page, self.last_written, self.played, self.two_step):
            record.clear()


def hide(tx: Tx, touched: list[Touched], seconds: float) -> None:
    """Show rows only after so many seconds; until then new ones are absent and changed ones look as before."""
    for item in touched:
        if item.table not in ("milestones", "requests", "carts"):
            raise KeyError(item.table)
        before = None if item.before is None else json.dumps(dict(item.before))
        tx.run(
            f"UPDATE {item.table} SET shown_from = ?, shown_before = ? WHERE ref = ?",  # noqa: S608 - name is checked
            *(time.time() + seconds, before, item.ref),
        )


def shown(row: Any) -> dict[str, Any] | None:
    """A row as pages show it now: itself, how it was before while it is held back, or None when it was not there."""
    if row["shown_from"] <= time.time():
        return dict(row)
    return None if row["shown_before"] is None else dict(json.loads(row["shown_before"]))


def site_of(request: Request) -> Site:
    """The Site behind a request."""
    site: Site = request.app.state.site
    return site
