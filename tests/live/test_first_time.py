"""Live, the first time: signed in by hand, one milestone pressed by a person, and only then by itself."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.live.conftest import SETTINGS, LiveUser
from tests.live.https_mock import ORIGIN

pytestmark = pytest.mark.browser

WEBSITE = "38112233"
PLAN = """
[[project]]
title = "Artist marketplace website"
total = "900.00 USD"
split = "3 x 1/3"
"""
ONE, TWO, THREE = [(f"Milestone {n} of 3", "300.00", "funded") for n in range(1, 4)]
APPLY = ("apply", "plan.toml", "--json", "--approve")


def test_by_hand_then_guided_then_automatic(user: LiveUser) -> None:
    user.plan(PLAN)
    user.stand_in("signs_in")
    signed_in = user.milepost("login", "anna", "--json")
    assert signed_in.code == 0, signed_in.out + signed_in.err
    asked = signed_in.event("person")
    assert (asked["need"], ORIGIN in asked["text"], "anna" in asked["text"]) == ("sign_in", True, True)

    user.stand_in()
    unexamined = user.milepost(*APPLY, "900.00 USD")
    assert (unexamined.code, unexamined.event("error")["code"]) == (3, "live"), unexamined.out + unexamined.err
    assert "milepost doctor anna" in unexamined.event("error")["hint"]
    examined = user.milepost("doctor", "anna", "--json")
    assert (examined.code, examined.event("summary")["broken"]) == (0, []), examined.out + examined.err
    assert user.mock.truth()["money_requests"] == []

    user.stand_in("double_clicks")
    guided = user.milepost(*APPLY, "900.00 USD")
    assert user.mock.milestones(WEBSITE) == [ONE], guided.out + guided.err
    assert [event["need"] for event in guided.events if event["event"] == "person"] == ["press", "press"]
    summary = guided.events[-1]
    assert (summary["created"], summary["not_reached"], guided.code) == (1, 2, 2)
    assert len(user.mock.truth()["charges"]) == 1

    user.stand_in()
    alone = user.milepost(*APPLY, "600.00 USD")
    assert alone.code == 0, alone.out + alone.err
    assert not [event for event in alone.events if event["event"] == "person"]
    assert user.mock.milestones(WEBSITE) == [ONE, TWO, THREE]
    assert len(user.mock.truth()["charges"]) == 3
    check_at_rest(user)
    check_elsewhere(user)
    check_wiped(user)


def data(user: LiveUser) -> Path:
    return Path(user.environment["MILEPOST_DATA_DIR"])


def check_at_rest(user: LiveUser) -> None:
    """Files are their owner's alone, and so are folders; what the browser was given is nowhere in the clear."""
    everything = [data(user), *data(user).rglob("*")]
    assert {path.relative_to(data(user)).parts[0] for path in everything[1:]} >= {"sessions", "evidence", "runs"}
    for path in everything:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert not [path for path in everything if path.is_file() and b"GETAFREE_AUTH_HASH" in path.read_bytes()]


def check_elsewhere(user: LiveUser) -> None:
    """A machine without a display gets the session from this one, and reads with it."""
    key = user.folder / "transfer.key"
    key.write_text("a key of many characters")
    key.chmod(0o600)
    secret = ("--key-file", str(key))
    assert user.milepost("account", "export-session", "anna", "anna.session", *secret).code == 0
    here = user.environment["MILEPOST_DATA_DIR"]
    user.environment["MILEPOST_DATA_DIR"] = str(user.folder / "elsewhere")
    assert user.milepost("account", "import-session", "anna", "anna.session", *secret).code == 0
    listed = user.milepost("projects", "--json")
    assert (listed.code, any(event["event"] == "person" for event in listed.events)) == (0, False), listed.err
    user.environment["MILEPOST_DATA_DIR"] = here


def check_wiped(user: LiveUser) -> None:
    """Nothing of the account is left but what was tried and paid."""
    pictures = list(data(user).glob("evidence/run-*/*.jpg"))
    assert pictures
    removed = user.milepost("account", "remove", "anna", "--json")
    assert removed.code == 0, removed.err
    told = removed.event("removed")
    assert (told["session"], told["pictures"]) == (True, len(pictures))
    left = {path.relative_to(data(user)).as_posix() for path in data(user).rglob("*") if path.is_file()}
    assert not [name for name in left if name.startswith(("evidence/", "runs/")) or name.endswith(".session")], left
    (user.folder / "config.toml").write_text(SETTINGS)
    history = user.milepost("history", "--json")
    assert [event["outcome"] for event in history.events if event["event"] == "attempt"] == ["done"] * 3
