"""A run that died, as it is met at the next start: what it came to, and what takes up what it left."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.journal import AttemptState, RowKind, RunState
from tests.tui.calling import called
from tests.tui.driving import running, settled, text_of, until
from tui.sample import Sample


def died(sample: Sample) -> None:
    """One paid, one that was being paid, the rest not reached."""
    sample.looked()
    applying = sample.apply()
    applying.paid()
    applying.paying()
    error = {"code": "unknown", "message": "the run's process died; 38112233/m2 create may have been paid"}
    sample.journal.runs.end(applying.run, RunState.INTERRUPTED, error=error)


async def test_the_screen_says_how_it_stands_and_which_keys_go_on(sample: Sample) -> None:
    died(sample)
    async with running(sample, (80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.store is not None and pilot.app.store.run is not None)
        await pilot.press("4")
        for told in (
            "1 done, 1 not known yet, ",
            "? may be paid m5",
            "the run ended",
            "3, then r, looks at what stands",
        ):
            await until(pilot, lambda told=told: told in " ".join(text_of(pilot).split()))


async def test_where_its_plan_is_not_open_the_keys_begin_with_opening_it(sample: Sample) -> None:
    died(sample)
    sample.plan_file = sample.plan_file.rename(sample.plan_file.with_name("other.toml"))
    async with running(sample, (80, 24)) as pilot:
        await until(pilot, lambda: pilot.app.store is not None and pilot.app.store.run is not None)
        await pilot.press("4")
        told = "3, O to open december.toml, then r: looks at what stands"
        await until(pilot, lambda: told in " ".join(text_of(pilot).split()))


async def test_the_inbox_says_that_what_was_not_known_was_settled_and_how(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    attempts = [applying.unknown(), applying.unknown(), applying.paying()]
    error = {"code": "unknown", "message": "the run's process died; 38112234/logo accept may have been paid"}
    sample.journal.runs.end(applying.run, RunState.INTERRUPTED, error=error)
    async with running(sample, (120, 40)) as pilot:
        await pilot.press("8")
        assert text_of(pilot).count("! needs you") == 2
        sample.journal.attempts.done(attempts[0], RowKind.MILESTONE, "41200777", "settled", settled_by="look")
        why = "a person says that it was not paid"
        sample.journal.attempts.move(attempts[1], AttemptState.REFUSED, reason=why, settled_by="person")
        sample.journal.attempts.done(attempts[2], RowKind.MILESTONE, "41200778", "settled", settled_by="person")
        await settled(pilot)
        await until(pilot, lambda: text_of(pilot).count("✓ settled") == 2)
        assert "needs you" not in text_of(pilot)
        texts = [entry.text() for entry in pilot.app.store.inbox.entries]
        assert any("38112233/m4 since settled by a look at the site: it was done, #41200777" in text for text in texts)
        assert any(f"38112233/m5 since settled by a person: it was not done; {why}" in text for text in texts)
        [failed] = [text for text in texts if "process died" in text]
        assert "38112234/logo since settled by a person: it was done, #41200778" in failed


def test_the_list_of_runs_says_it_too(sample: Sample, tmp_path: Path) -> None:
    died(sample)
    config = tmp_path / "runs.toml"
    config.write_text(f"data_dir = {json.dumps(str(sample.journal.path.parent))}\n")
    listed = called(["runs", "--config", str(config)])
    assert listed.code == 0, listed.err
    told, then = listed.out.splitlines()[-2:]
    assert "1 done, 1 not known yet" in told
    assert then.startswith("  next: milepost apply ")
