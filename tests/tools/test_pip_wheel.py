"""Fetching pip from a package index over real HTTP, with the settings that pip itself would use."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tools import pip_wheel
from tools.lockfile import Pin
from tools.machine import CommandError

NAME = "pip-25.0-py3-none-any.whl"
CONTENT = b"the bytes of a wheel"


def pin(content=CONTENT):
    return Pin("pip", "25.0", "", frozenset({"0" * 64, hashlib.sha256(content).hexdigest()}), "")


@pytest.fixture(params=["json", "html"])
def either_index(request, index):
    """An index that answers in one of the two forms that the standard allows."""
    index.kind = request.param
    index.offer(NAME, CONTENT)
    return index


@pytest.mark.usefixtures("either_index")
def test_the_wheel_that_the_lock_names_is_fetched(bench, tmp_path):
    wheel = pip_wheel.fetch(bench.machine, pin(), tmp_path)
    assert wheel == tmp_path / NAME
    assert wheel.read_bytes() == CONTENT


@pytest.mark.usefixtures("either_index")
def test_a_file_that_is_not_the_locked_one_is_refused_and_not_kept(bench, tmp_path):
    with pytest.raises(CommandError, match="is not the file that the lock names"):
        pip_wheel.fetch(bench.machine, pin(b"other bytes"), tmp_path)
    assert not (tmp_path / NAME).exists()


def test_an_index_with_a_login_gets_it_for_pages_and_files_and_no_message_shows_it(bench, index, tmp_path):
    index.offer(NAME, CONTENT)
    index.login = "anna:se cret"
    url = index.url.replace("://", "://anna:se%20cret@")
    machine = replace(bench.machine, env={**bench.machine.env, "PIP_INDEX_URL": url})
    assert pip_wheel.fetch(machine, pin(), tmp_path).read_bytes() == CONTENT
    with pytest.raises(CommandError) as raised:
        pip_wheel.fetch(machine, replace(pin(), version="1.0"), tmp_path)
    assert str(raised.value) == "127.0.0.1 has no pip-1.0-py3-none-any.whl"


def test_without_the_login_the_answer_is_passed_on(bench, index, tmp_path):
    index.login = "anna:secret"
    with pytest.raises(CommandError, match=r"^127\.0\.0\.1: .*Unauthorized"):
        pip_wheel.fetch(bench.machine, pin(), tmp_path)


def test_a_page_that_is_no_index_is_said_so(bench, index, tmp_path):
    index.page = (b"<p>Please log in</p>", "application/json")
    with pytest.raises(CommandError, match="does not answer like a package index"):
        pip_wheel.fetch(bench.machine, pin(), tmp_path)


def test_a_file_index_is_left_to_pip(bench, tmp_path):
    machine = replace(bench.machine, env={**bench.machine.env, "PIP_INDEX_URL": "file:///srv/index"})
    with pytest.raises(CommandError, match="neither http nor https: file"):
        pip_wheel.fetch(machine, pin(), tmp_path)


def test_certificates_that_are_not_there_are_a_reason_and_no_traceback(bench, index, tmp_path):
    index.offer(NAME, CONTENT)
    machine = replace(bench.machine, env={**bench.machine.env, "PIP_CERT": str(tmp_path / "gone.pem")})
    with pytest.raises(CommandError, match="No such file"):
        pip_wheel.fetch(machine, pin(), tmp_path)


@pytest.fixture
def without_environment(bench):
    """A machine whose pip settings are in files alone."""
    env = {name: value for name, value in bench.machine.env.items() if not name.startswith("PIP_")}
    return replace(bench.machine, env=env)


def conf(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_nothing_set_means_the_public_index(without_environment):
    assert pip_wheel.index_of(without_environment) == pip_wheel.Index("https://pypi.org/simple", "", "")


def test_the_environment_is_over_the_users_file_and_that_over_the_systems(bench, without_environment):
    conf(
        bench.folder / "root/etc/pip.conf",
        "[global]\nindex-url = https://system/\ncert = /system.pem\nproxy = http://p:1\n",
    )
    conf(bench.folder / "home/.config/pip/pip.conf", "[global]\nindex-url = https://user/\ncert = /user.pem\n")
    machine = replace(without_environment, env={**without_environment.env, "PIP_INDEX_URL": "https://env/"})
    assert pip_wheel.index_of(machine) == pip_wheel.Index("https://env/", "/user.pem", "http://p:1")


def test_a_file_named_by_the_environment_is_over_the_others(bench, without_environment):
    conf(bench.folder / "home/.pip/pip.conf", "[global]\nindex-url = https://user/\n")
    conf(bench.folder / "mine.conf", "[install]\nindex-url = https://mine/\n")
    machine = replace(
        without_environment, env={**without_environment.env, "PIP_CONFIG_FILE": str(bench.folder / "mine.conf")}
    )
    assert pip_wheel.index_of(machine).url == "https://mine/"


def test_a_broken_file_counts_as_empty(bench, without_environment):
    conf(bench.folder / "home/.pip/pip.conf", "index-url = no section\n")
    assert pip_wheel.index_of(without_environment).url == "https://pypi.org/simple"
