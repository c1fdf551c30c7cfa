"""Rounds of checks: one at a time, later after failures, remembered; and how often, as people write it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clock import moment
from assistant.errors import UsageError
from assistant.schedule.period import LEAST, MOST, every_text, parse_every
from assistant.schedule.rounds import LOG_BYTES, NotNow, Rounds, some_of
from assistant.schedule.upcoming import upcoming
from assistant.settings.model import Settings
from tests.assistant.fake_site import Clock


@given(st.integers(LEAST // 60, MOST // 60))
def test_a_period_is_read_as_it_is_written(minutes: int) -> None:
    assert parse_every(every_text(minutes * 60)) == minutes * 60


@pytest.mark.parametrize("text", ["", "30", "4m", "8d", "0m", "-5m", "1.5h", "30 parsecs", "30m\n*"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not how often"):
        parse_every(text)


def test_rounds_wait_longer_after_failures_and_not_after_findings(tmp_path: Path) -> None:
    clock = Clock()
    rounds = Rounds(tmp_path, 1800, clock)
    waits = []
    for code in (0, 2, 1, 1, 1, 4, 3, 1, 1, 1):
        assert rounds.carry_out(lambda code=code: code, patient=False) == code
        state = rounds.state
        due = rounds.next_after(state)
        assert due is not None
        assert state.last_started is not None
        waits.append((due - moment(state.last_started)) // timedelta(minutes=1))
    assert waits == [30, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440]
    left = rounds.carry_out(lambda: 0)
    assert isinstance(left, NotNow)
    assert "8 checks in a row could not run" in left.why
    clock.sleep(86400)
    assert rounds.carry_out(lambda: 2) == 2
    assert (rounds.state.failures, rounds.state.not_before) == (0, None)


def test_a_round_that_dies_is_a_failure_and_a_state_that_is_damaged_is_none(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path, 1800, Clock())

    def die() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rounds.carry_out(die)
    assert (rounds.state.last_code, rounds.state.failures) == (1, 1)
    (tmp_path / "schedule" / "rounds.json").write_text("{")
    assert rounds.carry_out(lambda: 0) == 0


HOLDER = """
import sys
from pathlib import Path
from assistant.schedule.rounds import Rounds
def check():
    print("at work", flush=True)
    sys.stdin.readline()
    return 0
sys.exit(Rounds(Path(sys.argv[1]), 1800).carry_out(check))
"""


def test_two_rounds_never_overlap_and_the_dead_hold_nothing(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "at work\n"
    rounds = Rounds(tmp_path, 1800)
    assert rounds.carry_out(lambda: 0) == NotNow("another check is at work")
    assert rounds.state.last_ended is None
    holder.kill()
    holder.communicate()
    assert rounds.carry_out(lambda: 0) == 0


def test_the_log_is_private_and_begins_anew(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path, 1800)
    log = rounds.open_log()
    assert log.stat().st_mode & 0o777 == 0o600
    log.write_bytes(b"x" * (LOG_BYTES + 1))
    assert rounds.open_log().stat().st_size == 0
    rounds.carry_out(lambda: 0)
    assert {path.name for path in rounds.forget()} == {"checks.log", "checks.log.1", "rounds.json", "round.lock"}
    assert list(tmp_path.iterdir()) == []
    assert rounds.forget() == []


@given(st.floats(0, 3600))
def test_a_wait_at_random_is_between_none_and_all(seconds: float) -> None:
    assert 0 <= some_of(seconds) <= seconds


def test_a_watch_that_has_ended_begins_no_other_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.schedule.upcoming.SCHEDULERS", [])
    clock = Clock()
    watch = Rounds(tmp_path, 1800, clock, by="watch")
    watch.carry_out(lambda: 2)
    settings = Settings(data_dir=tmp_path)
    assert (upcoming(settings, clock()).by, upcoming(settings, clock()).every) == ("watch", 1800)
    watch.end()
    assert (upcoming(settings, clock()).by, upcoming(settings, clock()).next) == ("", None)
    assert watch.state.last_code == 2
