"""The lock agrees with pyproject.toml, and the check notices when it does not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tools import lock, lockfile

ROOT = Path(lock.__file__).resolve().parent.parent


@pytest.fixture
def project(tmp_path):
    """A copy of the project's dependencies and their lock."""
    for name in ("pyproject.toml", lock.RUN, lock.DEVELOP):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def replace_in(path, pattern, replacement):
    text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def test_the_lock_of_this_project_agrees_with_it():
    assert lock.disagreements(ROOT) == []


def test_a_new_requirement_is_noticed_in_both_files(project):
    replace_in(project / "pyproject.toml", r"dependencies = \[\n", 'dependencies = [\n    "attrs>=25",\n')
    assert lock.disagreements(project) == [
        "pyproject.toml asks for attrs>=25, and requirements.lock has no attrs",
        "pyproject.toml asks for attrs>=25, and requirements-dev.lock has no attrs",
    ]


def test_a_requirement_of_an_included_group_is_noticed(project):
    replace_in(project / "pyproject.toml", r"lint = \[\n", 'lint = [\n    "attrs>=25",\n')
    assert lock.disagreements(project) == ["pyproject.toml asks for attrs>=25, and requirements-dev.lock has no attrs"]


def test_a_version_that_is_no_longer_allowed_is_noticed(project):
    replace_in(project / "pyproject.toml", r'"click>=[^"]*"', '"click>=99"')
    version = next(pin.version for pin in lockfile.read(project / lock.RUN) if pin.name == "click")
    assert lock.disagreements(project) == [
        f"pyproject.toml asks for click>=99, and {file} has click {version}" for file in (lock.RUN, lock.DEVELOP)
    ]


def test_versions_that_differ_between_the_files_are_noticed(project):
    version = next(pin.version for pin in lockfile.read(project / lock.RUN) if pin.name == "rich")
    replace_in(project / lock.RUN, rf"\nrich=={re.escape(version)}", "\nrich==1.2.3")
    assert lock.disagreements(project) == ["requirements.lock has rich 1.2.3, and requirements-dev.lock has not"]


def test_a_pin_without_a_hash_is_noticed(project):
    with (project / lock.DEVELOP).open("a", encoding="utf-8") as file:
        file.write("loose==1.0\n")
    assert lock.disagreements(project) == ["loose 1.0 has no hash"]


@pytest.mark.parametrize("name", [lock.RUN, lock.DEVELOP])
def test_the_lock_names_no_host_and_no_folder(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    assert " @ " not in text


def test_a_pin_is_read_with_its_marker_and_all_its_hashes(tmp_path):
    path = tmp_path / "some.lock"
    path.write_text(
        "# comment\nJeepney==0.9.0 ; sys_platform == 'linux' \\\n"
        f"    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\nzipp==4.1 --hash=sha256:{'c' * 64}\n",
        encoding="utf-8",
    )
    first, second = lockfile.read(path)
    assert (first.name, first.version, first.marker) == ("jeepney", "0.9.0", "sys_platform == 'linux'")
    assert first.hashes == {"a" * 64, "b" * 64}
    assert first.text.splitlines()[1] == f"    --hash=sha256:{'a' * 64} \\"
    assert (second.name, second.version, second.marker, second.hashes) == ("zipp", "4.1", "", {"c" * 64})
