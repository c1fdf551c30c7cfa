"""`make test` itself: every step runs, nothing green hides a step that ran nothing, and the counts are right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import check

ROOT = Path(check.__file__).resolve().parent.parent
TESTS = """
import os, pytest
def test_passes(): assert os.environ["TZ"] == "UTC"
def test_has_no_settings(): assert "MILEPOST_CONFIG" not in os.environ
def test_fails(): assert 1 == 2
def test_breaks(): raise RuntimeError("not an assertion")
@pytest.mark.skip(reason="shown")
def test_is_skipped(): pass
@pytest.mark.slow
def test_is_left_out(): assert False
@pytest.mark.browser
def test_drives_a_browser(): pass
"""


@pytest.fixture
def project(tmp_path):
    """A project of its own that has check.py, a pytest configuration and a folder for tests."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tests").mkdir()
    shutil.copy(check.__file__, tmp_path / "tools/check.py")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\nmarkers = ["slow: slow", "browser: browser"]\n', encoding="utf-8"
    )
    return tmp_path


def run_check(project, *arguments):
    environment = {**os.environ, "MILEPOST_CONFIG": "/somebody's", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "tools/check.py", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def lines_of(done, name):
    lines = [line for line in done.stdout.splitlines() if not line.startswith("===")]
    return [line.split() for line in lines if line[8:].startswith(name + " ")]


def test_all_steps_run_though_some_fail_and_the_last_line_counts(project):
    (project / "tests/test_some.py").write_text(TESTS, encoding="utf-8")
    done = run_check(project)
    assert done.returncode == 1
    # ruff likes neither imports on one line nor the rest; mypy and lint-imports have no configuration; no lock.py.
    assert [lines_of(done, name)[0][0] for name in ("style", "types", "import", "lock")] == ["FAILED"] * 4
    assert lines_of(done, "tests")[0][0] == "FAILED"
    assert "3 passed, 2 failed, 1 skipped" in done.stdout
    assert lines_of(done, "page tests")[0][0] == "--"
    counts = done.stdout.splitlines()[-1].split(", ")
    assert counts[2] == "1 skipped"
    assert int(counts[1].split()[0]) >= 6
    assert "repeat with PYTHONHASHSEED=" in done.stdout


def test_fast_leaves_the_browser_out(project):
    (project / "tests/test_some.py").write_text(TESTS, encoding="utf-8")
    done = run_check(project, "--fast")
    assert "2 passed, 2 failed, 1 skipped" in done.stdout
    assert lines_of(done, "page tests") == []


def test_a_folder_without_tests_is_a_failure(project):
    step = check.Step("empty", (sys.executable, "-m", "pytest", str(project / "tests")), ROOT / "tests" / "tools")
    outcome = check.run(step, dict(os.environ), project / "report.xml")
    assert (outcome.failed, outcome.note) == (1, "no tests in tests/tools")


def test_a_folder_that_is_not_there_is_neither(project):
    step = check.Step("none", (sys.executable, "-c", "raise SystemExit(1)"), ROOT / "tests" / "nothere")
    outcome = check.run(step, dict(os.environ), project / "report.xml")
    assert (outcome.passed, outcome.failed, outcome.note) == (0, 0, "no such folder")


def test_a_run_that_broke_off_without_a_report_is_a_failure(project):
    step = check.Step("broken", (sys.executable, "-c", "raise SystemExit(3)"), ROOT / "tests" / "tools")
    assert check.run(step, dict(os.environ), project / "report.xml").failed == 1


def test_nothing_run_is_no_success(capsys):
    step = check.Step("none", (), ROOT / "tests" / "nothere")
    assert check.summarise([check.Outcome(step, 0, "no such folder")], {}) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_the_order_of_sets_is_drawn_anew_unless_it_is_given(monkeypatch, tmp_path):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    assert 0 < int(check.clean_environment(tmp_path)["PYTHONHASHSEED"]) < 2**32
    monkeypatch.setenv("PYTHONHASHSEED", "42")
    assert check.clean_environment(tmp_path)["PYTHONHASHSEED"] == "42"
