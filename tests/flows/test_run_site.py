"""What a run brings to its site: a timer's brings no password and nobody who could be asked to sign in."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.accounts import use_account
from assistant.checks.reading import CheckOrder
from assistant.journal import Journal, RunKind, Wanted
from assistant.runs import BY_HAND, UNATTENDED
from assistant.settings.model import Settings
from flows import run_site
from flows.run_site import RunSite

ANNA = {
    "platform": "freelancer",
    "role": "client",
    "login": "anna",
    "origin": "http://127.0.0.1:1",
    "password": {"literal": "milepost"},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, {"data_dir": str(tmp_path / "data"), "accounts": {"anna": ANNA}}).settings


class Opened(Exception):  # no error: it only ends the test before a browser starts
    """With what the site would have been opened."""


@pytest.mark.parametrize(
    ("kind", "order", "typed", "helped"),
    [
        (RunKind.PROJECTS, {}, True, True),
        (RunKind.PROJECTS, {UNATTENDED: True}, False, False),
        (RunKind.CHECK, CheckOrder((), only_planned=False, unattended=True).to_json(), False, False),
        (RunKind.LOGIN, {BY_HAND: True}, False, True),
    ],
)
async def test_a_run_that_nobody_attends_has_no_password_and_nobody_to_ask(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    kind: RunKind,
    order: dict[str, object],
    typed: bool,
    helped: bool,
) -> None:
    account, journal = use_account(settings, "anna"), Journal.open(settings.journal_path)
    run = journal.runs.get(journal.runs.ask(kind, account.facts.id, "anna", order))
    assert run is not None
    given: dict[str, object] = {}

    def open_site(**values: object) -> object:
        given.update(values)
        raise Opened

    monkeypatch.setattr(run_site, "open_site", open_site)
    with pytest.raises(Opened):
        async with RunSite(settings, journal, run, account, lambda: Wanted.GO).open(None):
            pass
    journal.close()
    assert (given["password"] is not None, given["helper"] is not None) == (typed, helped)
