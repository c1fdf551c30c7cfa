"""The store: what the screens know, from real files on disk, without a screen."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.approval import ApprovalRefused
from assistant.errors import CapExceeded
from assistant.journal import AttemptState, RunKind, RunState, Wanted
from assistant.processes import started
from assistant.settings.model import Settings
from tui.actions import find
from tui.beginning import Beginning
from tui.sample import TODAY, Sample
from tui.store import Store
from tui.view.run import RunView


def opened(sample: Sample, **arguments) -> Store:
    store = Store(Beginning.of(sample.settings, [sample.plan_file], clock=lambda: TODAY, **arguments))
    store.open()
    return store


def find_reason(store: Store) -> str | None:
    action = find("projects", "look")
    assert action is not None
    return action.disabled_reason(store.facts())


def typed(store: Store) -> list[str]:
    assert store.preview is not None
    return [str(money) for money in store.preview.totals]


def test_nothing_known_yet(sample: Sample) -> None:
    store = opened(sample)
    assert store.is_open
    assert [row.title for row in store.projects.rows][:2] == ["Artist marketplace website", "Logo and letterhead"]
    assert all(not row.found or row.skipped for row in store.projects.rows)
    assert store.inbox.entries == []
    assert store.run is None


def test_a_key_waits_less_long_for_somebody_who_holds_the_journal_than_a_run_does(sample: Sample) -> None:
    store = opened(sample)
    milliseconds = []
    for journal in (store.journal, sample.journal):
        with journal.engine.connect() as connection:
            milliseconds.append(connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one())
    assert milliseconds == [2_000, 30_000]


def test_projects_with_their_roads(sample: Sample) -> None:
    sample.looked()
    rows = {row.title: row for row in opened(sample).projects.rows if row.planned}
    first = rows["Artist marketplace website"]
    assert [mark.state for mark in first.milestones] == ["released", "released", "funded", "planned", "planned"]
    assert (str(first.funded), str(first.released), str(first.total)) == ("500.00 USD", "1000.00 USD", "2500.00 USD")
    assert first.next is not None
    assert first.next.key == "m3"
    assert [mark.state for mark in rows["Logo and letterhead"].milestones] == ["funded", "requested", "planned"]
    assert rows["Resume rewriting"].skipped


def test_projects_that_no_plan_names_are_there_as_well(sample: Sample) -> None:
    sample.looked()
    projects = opened(sample).projects
    assert len([row for row in projects.rows if not row.planned]) == 8
    assert projects.listed == 11
    assert [str(money) for money in projects.balances] == ["22500.00 USD", "3100.00 EUR"]


def test_a_planned_project_that_is_not_there_is_a_message(sample: Sample) -> None:
    sample.plan_file.write_text(sample.plan_file.read_text().replace("yoga studio", "yoga studoi"))
    sample.listed()
    store = opened(sample)
    [entry] = store.inbox.entries
    assert "yoga studoi" in entry.seen[0]
    assert str(sample.plan_file) in entry.where


def test_a_plan_with_problems_tells_all_of_them(sample: Sample) -> None:
    sample.plan_file.write_text(sample.plan_file.read_text().replace('total = "900.00 EUR"', 'total = "900,00 EUR"'))
    store = opened(sample)
    [entry] = store.inbox.entries
    assert entry.tried == "reading the plan"
    assert any("900,00" in seen for seen in entry.seen)
    assert store.plan is None
    assert "no plan is open" in (find_reason(store) or "")


def test_of_several_plans_the_good_ones_open(sample: Sample) -> None:
    bad = sample.plan_file.with_name("bad.toml")
    bad.write_text("platform = 3")
    store = Store(Beginning.of(sample.settings, [sample.plan_file, bad], clock=lambda: TODAY))
    store.open()
    assert store.is_open
    assert [plan.file for plan in store.plans] == [sample.plan_file]
    assert len(store.inbox.entries) == 1


def test_a_wrong_account_is_a_message(sample: Sample) -> None:
    store = opened(sample, account="bert")
    assert not store.is_open
    assert "bert" in store.inbox.entries[0].seen[0]


def test_a_journal_that_cannot_be_opened_is_a_message(sample: Sample) -> None:
    sample.journal.close()
    sample.settings.journal_path.write_bytes(b"no database" * 500)
    store = opened(sample)
    assert not store.is_open
    assert store.inbox.entries[0].tried == "opening the journal"


def test_a_preview_and_its_figures(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    view = store.make_view()
    assert [str(money) for money in view.totals] == ["2200.00 USD", "600.00 EUR"]
    assert view.payees == ["Ben Okafor", "Ines Vogt", "Marta Jensen"]
    assert view.caps() == ["1000.00 USD a milestone", "5000.00 USD a day"]
    kinds = [row.kind for row in view.rows if not row.is_heading]
    assert kinds == ["keep", "keep", "keep", "create", "create", "adopt", "accept", "create", *["create"] * 3]


def test_only_the_right_totals_make_an_order(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    store.take_preview(store.make_view())
    assert store.preview is not None
    order = store.approved(store.preview, typed(store))
    assert [str(money) for money in order.approval.totals] == typed(store)
    for wrong in ([], typed(store)[:1], ["2200.00 USD", "600.01 EUR"], ["2200.00 EUR", "600.00 USD"]):
        with pytest.raises(ApprovalRefused):
            store.approved(store.preview, wrong)
    assert sample.journal.runs.newest(kind=RunKind.APPLY) == []


def test_a_preview_that_something_has_happened_since_is_refused(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    store.take_preview(store.make_view())
    applying = sample.apply()
    applying.paid()
    applying.end()
    store.poll()
    assert "since this preview" in store.facts().stale
    assert store.preview is not None
    with pytest.raises(ApprovalRefused, match="changed since"):
        store.approved(store.preview, typed(store))


def test_caps_hold_what_is_approved(sample: Sample) -> None:
    sample.looked()
    config = sample.settings.file
    config.write_text(config.read_text().replace('"1000.00"', '"450.00"'))
    store = Store(Beginning.of(Settings.load(config).settings, [sample.plan_file], clock=lambda: TODAY))
    store.open()
    store.take_preview(store.make_view())
    assert store.preview is not None
    with pytest.raises(CapExceeded):
        store.approved(store.preview, typed(store))


def test_a_run_of_another_process_is_found_and_followed(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    assert not store.poll().journal
    applying = sample.apply()
    change = store.poll()
    assert change.started
    assert store.run is not None
    assert store.run.id == applying.run
    assert store.facts().live_run == applying.run
    attempt = applying.paying()
    change = store.poll()
    assert change.run.money
    assert [store.run.rows[n].state for n in change.run.rows] == ["paying"]
    sample.journal.attempts.note(attempt, fees="3.00 USD")
    applying.paid(attempt)
    change = store.poll()
    assert [(store.run.rows[n].key, store.run.rows[n].state) for n in change.run.rows] == [("m4", "done")]
    assert (str(store.run.purse.spent["USD"]), str(store.run.purse.fees["USD"])) == ("500.00 USD", "3.00 USD")
    assert not store.poll().run
    applying.end()
    change = store.poll()
    assert change.ended is not None
    assert change.ended.id == applying.run
    assert store.facts().live_run is None


def test_an_attempt_that_came_and_went_between_two_polls_is_not_missed(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    applying = sample.apply()
    store.poll()
    applying.paid()
    applying.refused()
    applying.paid()
    assert store.run is not None
    change = store.poll()
    states = {(store.run.rows[n].key, store.run.rows[n].change): store.run.rows[n].state for n in change.run.rows}
    assert states == {("m4", "create"): "done", ("m5", "create"): "refused", ("logo", "accept"): "done"}
    stamps = [line.at for line in store.run.log]
    assert stamps == sorted(stamps)
    assert sum("paying" in line.text for line in store.run.log) == 2


def test_an_unknown_is_told_until_it_is_settled(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    attempt = applying.unknown()
    applying.end()
    store = opened(sample)
    [entry] = store.inbox.entries
    assert entry.needs_you
    assert "may have been paid" in entry.text()
    assert f"milepost settle {sample.plan_file.name} 38112233 m4 --paid REF | --not-paid" in entry.next
    assert store.run is not None
    assert str(store.run.purse.unknown["USD"]) == "500.00 USD"
    sample.journal.attempts.move(attempt, AttemptState.REFUSED, reason="it is not there", settled_by="look")
    store.poll()
    [entry] = store.inbox.entries
    assert entry.settled
    assert not entry.needs_you
    assert entry.seen[0] == "38112233/m4 since settled by a look at the site: it was not done; it is not there"
    assert store.run.purse.unknown["USD"].minor == 0
    assert any("settled as refused" in line.text for line in store.run.log)


def test_a_run_whose_process_died_is_told(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    order = sample.order()
    run = sample.journal.runs.ask(RunKind.APPLY, sample.id, "anna", order.to_json(), str(sample.plan_file))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        sample.journal.runs.take(run, process.pid, started(process.pid) or "")
        store.poll(processes=True)
        assert store.live is not None
        process.kill()
        process.wait()
    store.poll(processes=True)
    assert store.live is None
    assert store.run is not None
    assert store.run.run.state is RunState.INTERRUPTED
    assert "died" in store.inbox.entries[0].text()


def test_a_failed_run_is_told_with_what_the_site_said(sample: Sample) -> None:
    sample.looked()
    store = opened(sample)
    applying = sample.apply()
    store.poll()
    applying.end(
        RunState.FAILED, code="could_not_read", message="the cart was not read", hint="try again", site_message="Oops"
    )
    store.poll()
    entry = store.inbox.entries[0]
    assert entry.seen == ("the cart was not read", "the site said: Oops")
    assert entry.next == "try again"


def test_pause_go_on_and_stop_are_written_to_the_journal(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    store = opened(sample)

    def wanted() -> Wanted:
        return sample.journal.runs.wanted(applying.run)

    assert store.pause_or_go() is Wanted.PAUSE
    assert wanted() is Wanted.PAUSE
    store.poll()
    assert store.facts().paused
    store.pause_or_go()
    assert wanted() is Wanted.GO
    store.poll()
    store.stop()
    assert wanted() is Wanted.STOP
    store.poll()
    assert store.facts().stopping


def test_the_preview_is_of_one_plan_at_a_time(sample: Sample) -> None:
    other = sample.plan_file.with_name("other.toml")
    other.write_text(
        'platform = "freelancer"\naccount = "anna"\n[[project]]\ntitle = "Newsletter template"\n'
        'total = "100.00 EUR"\nsplit = "1 x 100%"\n'
    )
    sample.looked()
    store = Store(Beginning.of(sample.settings, [sample.plan_file, other], clock=lambda: TODAY))
    store.open()
    store.take_preview(store.make_view())
    store.next_plan()
    assert store.plan is not None
    assert store.plan.file == other
    assert store.preview is None
    store.next_plan()
    assert store.plan.file == sample.plan_file


def test_a_run_without_milestones_is_its_log(sample: Sample) -> None:
    sample.looked()
    run = sample.journal.runs.newest(kind=RunKind.PREVIEW)[0]
    view = RunView(sample.journal, run.id)
    assert view.rows == []
    assert view.looked == 3
    assert view.log[0].text == "38112233 Artist marketplace website"


def test_a_plan_of_somebody_else_is_a_message(sample: Sample) -> None:
    other = sample.plan_file.with_name("bert.toml")
    other.write_text(sample.plan_file.read_text().replace('"anna"', '"bert"'))
    store = Store(Beginning.of(sample.settings, [sample.plan_file, other], clock=lambda: TODAY))
    store.open()
    assert [plan.file for plan in store.plans] == [sample.plan_file]
    [entry] = store.inbox.entries
    assert "is for bert on freelancer" in entry.seen[0]
    assert "add bert to the settings" in entry.next


def test_what_is_gone_is_made_again_only_when_asked(sample: Sample) -> None:
    sample.looked()
    run = sample.journal.runs.newest()[0].id
    first = sample.journal.sightings.projects(sample.id)[0]
    rows = sample.journal.sightings.look(sample.id, first)
    assert rows is not None
    sample.look(run, first, milestones=list(rows.milestones[:2]))
    store = opened(sample)
    store.take_preview(store.make_view())
    assert store.preview is not None
    gone = next(row for row in store.preview.rows if row.kind == "gone")
    assert (gone.place, gone.key) == ("38112233/m3", "m3")
    assert store.facts(row=gone).on_gone
    assert not store.facts(row=store.preview.rows[1]).on_gone
    store.again.add(gone.place)
    store.take_preview(store.make_view())
    assert [
        (row.kind, row.reason) for row in store.preview.rows if row.key == "m3" and row.project_ref == "38112233"
    ] == [("create", "once more, as asked")]
    assert [str(money) for money in store.preview.totals] == ["2700.00 USD", "600.00 EUR"]


def test_an_account_that_asks_is_not_told_that_it_pays(tmp_path) -> None:
    asking = Sample(tmp_path / "asking", role="freelancer")
    asking.looked()
    store = opened(asking)
    assert not store.pays
    view = store.make_view()
    assert not view.takes_money
    assert {row.kind for row in view.rows if not row.is_heading} >= {"request"}
    assert {row.verdict for row in store.projects.rows if row.planned and not row.skipped} <= {"work", "wait", "stop"}
    asking.journal.close()
