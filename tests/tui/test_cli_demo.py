"""`milepost demo`: it needs nothing, touches nothing of the user's, and ends with what the platform really holds."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


def demo(tmp_path: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "XDG_"))}
    environment |= {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)} | environ
    # Playwright looks for its own browsers below the home folder.
    environment.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache" / "ms-playwright"))
    words = (sys.executable, "-m", "tui.cli", "demo", *words)
    return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)


def test_the_demo_does_it_all_and_ends_with_the_summary(tmp_path) -> None:
    done = demo(tmp_path, "--plain", "--json")  # the freelancer's is in tests/e2e/test_freelancer.py
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds == ["attempt"] * 8 + ["truth"] * 2 + ["balances", "evidence", "summary"]
    truth = {event["title"]: event["milestones"] for event in events if event["event"] == "truth"}
    assert [row["amount"] for row in truth["Artist marketplace website"]] == ["500.00"] * 5
    assert [row["amount"] for row in truth["Logo and letterhead"]] == ["300.00"] * 3
    summary = events[-1]
    assert (summary["created"], summary["confirmed"]) == (8, 8)
    moved = events[-3]["moved"]
    assert list(moved) == ["anna"]
    assert {code: Decimal(was) - Decimal(now) for code, (was, now) in moved["anna"].items()} == {
        "USD": 2500,
        "EUR": 900,
    }
    assert (summary["unknown"], summary["refused"]) == (0, 0)
    files = events[-2]["files"]
    assert files
    assert all(Path(file).is_file() and Path(file).is_relative_to(tmp_path / "tmp") for file in files)


def test_in_a_terminal_the_demo_opens_the_screen_on_its_plan(tmp_path) -> None:
    environ = {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with Terminal.running([sys.executable, "-m", "tui.cli", "demo"], environ) as terminal:
        terminal.read_until("Artist marketplace website")
        terminal.type("\x11")  # Ctrl-Q
        assert terminal.end() == 0, terminal.text[-2000:]
    (stage,) = tmp_path.glob("milepost-demo-*")
    port = (stage / "config.toml").read_text().split("127.0.0.1:")[1].split('"')[0]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0, "the mock platform is still there"


@pytest.mark.slow
def test_the_demo_leaves_the_user_s_own_folders_alone_and_its_platform_is_gone_after_it(tmp_path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "config.toml").write_text(f"data_dir = {json.dumps(str(mine / 'data'))}\ntheme = 3\n")
    done = demo(
        tmp_path, "--plain", MILEPOST_CONFIG=str(mine / "config.toml"), MILEPOST_DATA_DIR=str(mine / "elsewhere")
    )
    assert done.returncode == 0, done.stderr
    assert [path.name for path in mine.iterdir()] == ["config.toml"]
    assert not list((tmp_path / "home").glob("**/*milepost*"))
    assert "what the mock platform itself says" in done.stdout
    assert "Artist marketplace website  funded 2500.00 USD of 2500.00 USD" in done.stdout
    origin = done.stdout.split("a mock platform at ")[1].split(";")[0]
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{origin}/__mock__/truth", timeout=5)
