"""The journal fails after the act: the facts are kept beside it, the run stops as unknown, the next takes them in."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from assistant import fallback
from assistant.errors import JournalError, OutcomeUnknown
from assistant.fallback import RESERVED, Fallback, kept_for, left_behind
from assistant.journal import AttemptState, Journal, RunKind, RunState
from assistant.single import SingleKind, approve_single, carry_single
from assistant.site import CartReading, Step, Submission
from tests.assistant.fake_site import FakeSite, project
from tests.assistant.test_apply import FACTS, RULES, World
from tests.assistant.test_single import shown


@dataclass
class UnwritableAfter(FakeSite):
    """A site at whose step (`submit` or `pay`) the journal's file becomes read-only, after the click or before it."""

    breaks_at: str = ""
    broken: list[bool] = field(default_factory=list)

    async def submit(self, step: Step) -> Submission:
        answer = await super().submit(step)
        self._break("submit")
        return answer

    async def cart(self, step: Step) -> CartReading:
        self._break("cart")
        return await super().cart(step)

    async def pay(self, cart: CartReading) -> Submission:
        answer = await super().pay(cart)
        self._break("pay")
        return answer

    async def prepare(self, step: Step) -> None:
        await super().prepare(step)
        self._break("prepare")

    def _break(self, at: str) -> None:
        if at == self.breaks_at:
            self.broken.append(True)


@pytest.fixture
def world(tmp_path: Path) -> World:
    site = UnwritableAfter()
    world = World(Journal.open(tmp_path / "journal.sqlite3", site.clock), site)

    def connected(connection: Any, _record: Any) -> None:
        if site.broken:
            connection.execute("PRAGMA query_only=ON")

    event.listen(world.journal.engine, "connect", connected)
    return world


def site_of(world: World) -> UnwritableAfter:
    assert isinstance(world.site, UnwritableAfter)
    return world.site


@pytest.mark.parametrize(("breaks_at", "stage", "funded"), [("submit", "submitting", 0), ("pay", "paying", 1)])
def test_what_was_clicked_is_kept_beside_the_journal_and_the_run_stops(
    world: World, capsys: pytest.CaptureFixture[str], breaks_at: str, stage: str, funded: int
) -> None:
    order = world.order()
    site_of(world).breaks_at = breaks_at
    with pytest.raises(OutcomeUnknown, match="may have been paid, and the journal could not be written") as raised:
        world.carry(order)
    assert raised.value.exit_code == 4
    assert len(world.site.funded()) == funded
    [(path, run, facts)] = left_behind(world.journal.path)
    assert (str(path), kept_for(world.journal.path, run)) == (raised.value.where, path)
    assert (facts["attempt"], facts["step"], facts["clicked"]) == (1, "create", stage)
    assert (facts["project"], facts["amount"]) == ("1001", "500.00 USD")
    assert facts["answer"]["left"] == 1
    assert "500.00 USD" in capsys.readouterr().err
    assert path.stat().st_mode & 0o077 == 0

    site_of(world).broken.clear()
    site_of(world).breaks_at = ""
    world.journal.runs.end(run, RunState.INTERRUPTED)
    world.clock.sleep(RULES.settle_after.total_seconds())
    world.apply()
    assert sorted(text for text, _ in world.site.funded()) == sorted(
        m.description for m in world.projects[0].milestones
    )
    assert list(left_behind(world.journal.path)) == []
    moments = {row["moment"]: row["figures"] for row in world.journal.attempts.evidence_of(1)}
    assert moments["kept aside"]["clicked"] == stage


@pytest.mark.parametrize("breaks_at", ["prepare", "cart"])
def test_before_the_money_moves_a_journal_that_fails_stops_the_run(world: World, breaks_at: str) -> None:
    order = world.order()
    site_of(world).breaks_at = breaks_at
    with pytest.raises((JournalError, OutcomeUnknown)) as raised:
        world.carry(order)
    assert type(raised.value) is (JournalError if breaks_at == "prepare" else OutcomeUnknown)
    assert world.site.funded() == []
    assert world.site.charges == []


def test_a_release_that_could_not_be_written_down_is_no_refusal(world: World) -> None:
    world.apply()
    single = shown(world, SingleKind.RELEASE)
    order = approve_single(single, single.wanted, world.clock(), 60)
    run = world.journal.runs.ask(RunKind.SINGLE, FACTS.id, "anna", {})
    site_of(world).breaks_at = "submit"
    with pytest.raises(OutcomeUnknown, match="may have gone through"):
        asyncio.run(carry_single(order, world.site, world.journal, run, RULES))
    site_of(world).broken.clear()
    assert world.journal.attempts.of_run(run)[0].state is AttemptState.SUBMITTING
    assert kept_for(world.journal.path, run) is not None


def test_without_room_nothing_is_begun(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order = world.order()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=fallback.LEAST_FREE - 1))
    with pytest.raises(JournalError, match="no room"):
        world.carry(order)
    assert world.site.clicks == []
    assert world.journal.attempts.newest() == []


def test_the_room_is_kept_while_the_run_lasts_and_given_back(world: World) -> None:
    order = world.order()
    seen: list[int] = []

    async def between() -> Any:
        seen.extend(path.stat().st_size for path, _, facts in left_behind(world.journal.path) if not facts)
        return world.journal.runs.wanted(run)

    from assistant.apply import Carrier

    run = world.journal.runs.ask(RunKind.APPLY, FACTS.id, "anna", {})
    asyncio.run(Carrier(order, world.site, world.journal, run, RULES, between).carry_out())
    assert set(seen) == {RESERVED}
    assert list(left_behind(world.journal.path)) == []


def test_where_the_folder_cannot_be_written_the_facts_go_to_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unwritten").write_text("a file where the folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    keeper = Fallback(tmp_path / "journal.sqlite3", 7)
    with pytest.raises(JournalError):
        keeper.reserve()
    path = keeper.keep({"attempt": 3, "project": project().ref})
    assert path is not None
    assert path.parent == tmp_path
    assert json.loads(path.read_text()) == {"run": 7, "attempt": 3, "project": "1001"}
    assert '"attempt": 3' in capsys.readouterr().err


class FullDisk(io.StringIO):
    """A log on a disk that takes nothing any more."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_that_is_on_the_full_disk_too_is_not_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Fallback(tmp_path / "journal.sqlite3", 7)
    keeper.reserve()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", FullDisk())
        path = keeper.keep({"attempt": 3})
    keeper.release()
    assert list(left_behind(tmp_path / "journal.sqlite3")) == [(path, 7, {"run": 7, "attempt": 3})]


def test_files_that_say_nothing_about_this_journal_are_left_alone(world: World) -> None:
    world.apply()
    folder = world.journal.path.parent / "unwritten"
    foreign = folder / "run-1.json"
    foreign.write_text('{"run": 1, "attempt": 999}')
    world.journal.runs.end(1, RunState.DONE)
    blank = folder / "run-2.json"
    blank.write_bytes(b" " * 10)
    world.journal.runs.end(2, RunState.INTERRUPTED)
    (folder / "run-x.json").write_text("{}")
    world.apply()
    assert sorted(path.name for path in folder.iterdir()) == ["run-1.json", "run-x.json"]
