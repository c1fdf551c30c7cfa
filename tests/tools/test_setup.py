"""The stamp that makes a second set-up cost next to nothing, and what makes it set up again."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def project(tmp_path):
    """A copy of the set-up script alone, in a project that has been set up."""
    root = tmp_path / "project"
    (root / "tools").mkdir(parents=True)
    shutil.copy(setup.__file__, root / "tools/setup.py")
    for name in setup.INPUTS:
        (root / name).write_text(f"the {name}\n", encoding="utf-8")
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python").symlink_to(Path(sys.executable).resolve())
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\n", encoding="utf-8")
    browser.chmod(0o755)
    stamp(root, browser)
    return root


def stamp(root, browser):
    setup.stamp_path(root).write_text(json.dumps(setup.facts(root, str(browser))), encoding="utf-8")


def run_setup(root):
    """Run the script in a Python that sees nothing else, without a PATH to start anything from."""
    return subprocess.run(
        [sys.executable, "-I", root / "tools/setup.py"], env={"PATH": ""}, capture_output=True, text=True, check=False
    )


def test_a_second_set_up_needs_no_other_file_and_says_nothing(project):
    done = run_setup(project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_second_set_up_starts_no_process_and_imports_nothing_of_tools(project):
    watch = f"import sys, runpy; sys.argv = ['setup.py']; sys.addaudithook(lambda name, _: sys.exit(99) if name in {{'subprocess.Popen', 'os.exec', 'os.fork', 'os.posix_spawn', 'socket.connect'}} else None); runpy.run_path({str(project / 'tools/setup.py')!r}, run_name='__main__')"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", setup.INPUTS)
def test_a_changed_input_is_noticed(project, name):
    assert setup.is_current(project)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("changed\n")
    assert not setup.is_current(project)


def test_a_browser_that_went_away_is_noticed(project, tmp_path):
    (tmp_path / "browser").unlink()
    assert not setup.is_current(project)


def test_a_python_that_was_replaced_below_the_environment_is_noticed(project, tmp_path):
    (project / ".venv/bin/python").unlink()
    (project / ".venv/bin/python").symlink_to(tmp_path / "python3.99")
    assert not setup.is_current(project)


def test_a_python_that_went_away_is_noticed(project, tmp_path):
    gone = tmp_path / "python3.11"
    (project / ".venv/bin/python").unlink()
    (project / ".venv/bin/python").symlink_to(gone)
    stamp(project, tmp_path / "browser")
    assert not setup.is_current(project)


def test_a_project_that_was_moved_is_noticed(project, tmp_path):
    moved = project.rename(tmp_path / "elsewhere")
    assert not setup.is_current(moved)


@pytest.mark.parametrize("text", ["", "{", "[]", '"stamp"', "{}", '{"browser": 3}'])
def test_a_stamp_that_is_no_stamp_counts_as_none(project, text):
    setup.stamp_path(project).write_text(text, encoding="utf-8")
    assert not setup.is_current(project)


def test_without_an_environment_there_is_something_to_do(project):
    shutil.rmtree(project / ".venv")
    assert not setup.is_current(project)


def test_two_set_ups_of_one_folder_wait_for_each_other(project):
    setup.stamp_path(project).unlink()
    shutil.copy(Path(setup.__file__).parent / "machine.py", project / "tools")
    (project / "tools/__init__.py").touch()
    folder = os.open(project, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    second = subprocess.Popen([sys.executable, project / "tools/setup.py"], stderr=subprocess.PIPE, text=True)
    assert second.stderr is not None
    assert second.stderr.readline() == "setup: waiting for another set-up of this folder to end\n"
    # The first one ends well: there is nothing left to do for the second, which has no more of tools/ than this.
    stamp(project, project.parent / "browser")
    os.close(folder)
    assert second.communicate(timeout=30)[1] == ""
    assert second.returncode == 0


def test_an_old_python_is_told_what_to_install(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    monkeypatch.setenv("PATH", "")
    assert setup.run_with_a_newer_python() == 1
    assert "needs Python 3.11 or newer; this is 3.9" in capsys.readouterr().err
