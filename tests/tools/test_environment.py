"""How .venv is made: which way is taken on which machine, and what is said when none works."""

from __future__ import annotations

import hashlib

import pytest

from tools import environment
from tools.machine import SetupError

LOCK = """\
# made by hand
click==8.2.0 \\
    --hash=sha256:{click}
uv==0.9.1 ; python_version >= '3.8' \\
    --hash=sha256:{uv}
"""
NO_ENSUREPIP = "echo 'The virtual environment was not created successfully because ensurepip is not available.'; exit 1"


@pytest.fixture
def machine(bench):
    """A project with a lock, and a folder `made` that becomes .venv when something makes an environment."""
    lock = LOCK.format(click="1" * 64, uv="2" * 64)
    (bench.machine.project / "requirements-dev.lock").write_text(lock, encoding="utf-8")
    bench.program("made/bin/python")
    (bench.folder / "made/pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    return bench


def makes(bench):
    """Return the shell line that makes .venv."""
    return f'/bin/cp -R "{bench.folder}/made" "{bench.machine.venv}"'


def provide(bench):
    return environment.provide(bench.machine, bench.said.append)


def installs(bench, name):
    return [call for call in bench.calls(name) if "install" in call]


def test_uv_comes_first_and_checks_hashes(machine):
    machine.program("bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    machine.program("bin/python3")
    assert provide(machine) == "uv that is installed here"
    assert installs(machine, "uv") == [
        "uv pip install --quiet --compile-bytecode --python /project/.venv/bin/python --require-hashes "
        "-r /project/requirements-dev.lock"
    ]
    assert machine.calls("python3") == []


def test_uv_is_found_where_its_installer_puts_it(machine):
    machine.program("home/.local/bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    assert provide(machine) == "uv that is installed here"


def test_the_project_itself_is_installed_last_and_brings_nothing(machine):
    machine.program("bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    provide(machine)
    assert machine.calls()[-2:] == [
        "python -m pip install --quiet --no-input --no-deps --no-build-isolation --editable /project",
        "python -m compileall -q -j 0 /project/assistant /project/flows /project/tui",
    ]


def test_without_uv_the_environments_own_pip_gets_the_locked_uv(machine):
    machine.program("bin/python3", f'case "$*" in "-m venv "*) {makes(machine)};; esac')
    machine.program("made/bin/uv")
    assert provide(machine) == "venv and its own pip"
    first = installs(machine, "python")[0]
    assert first.startswith("python -m pip install --quiet --no-input --require-hashes --only-binary :all: -r ")
    assert installs(machine, "uv")[0].endswith("--require-hashes -r /project/requirements-dev.lock")


def test_only_uvs_own_lines_of_the_lock_are_installed_first(machine):
    machine.program("bin/python3", f'case "$*" in "-m venv "*) {makes(machine)};; esac')
    machine.program(
        "made/bin/python",
        f'case "$*" in *uv.lock) for last; do :; done; /bin/cp "$last" "{machine.folder}/seen";; esac',
    )
    machine.program("made/bin/uv")
    provide(machine)
    seen = (machine.folder / "seen").read_text(encoding="utf-8")
    assert "uv==0.9.1" in seen
    assert "2" * 64 in seen
    assert "click" not in seen


def test_where_uv_is_not_to_be_had_pip_installs_it_all(machine):
    machine.program("bin/python3", f'case "$*" in "-m venv "*) {makes(machine)};; esac')
    machine.program("made/bin/python", 'case "$*" in *uv.lock) echo "ERROR: no such wheel"; exit 1;; esac')
    assert provide(machine) == "venv and its own pip"
    assert (
        "python -m pip install --quiet --no-input --require-hashes -r /project/requirements-dev.lock"
        in machine.calls("python")
    )


def test_where_ensurepip_is_missing_the_pip_of_the_python_does_it(machine):
    machine.program(
        "bin/python3", f'case "$*" in "-m venv --without-pip "*) {makes(machine)};; "-m venv "*) {NO_ENSUREPIP};; esac'
    )
    machine.program("made/bin/uv")
    assert provide(machine) == "venv and the pip of the Python it is made from"
    assert installs(machine, "python3")[0].startswith("python3 -m pip --python /project/.venv/bin/python install ")


def test_half_an_environment_is_not_left_behind(machine):
    machine.program(
        "bin/python3",
        f'case "$*" in *--without-pip*) exit 1;; "-m venv "*) {makes(machine)}; {NO_ENSUREPIP};; *) exit 1;; esac',
    )
    with pytest.raises(SetupError):
        provide(machine)
    assert not machine.machine.venv.exists()


def test_root_on_debian_gets_venv_from_apt(machine):
    machine.with_root()
    machine.program("bin/apt-get", f'case "$*" in *python3-venv*) echo > "{machine.folder}/ensurepip";; esac')
    machine.program(
        "bin/python3",
        f'test -f "{machine.folder}/ensurepip" || {{ {NO_ENSUREPIP}; }}\n'
        f'case "$*" in "-m venv "*) {makes(machine)};; esac',
    )
    assert provide(machine) == "venv and its own pip, after apt-get install python3-venv"


def test_without_any_pip_the_locked_one_comes_from_the_index(machine, index):
    content = b"a wheel of pip"
    index.offer("pip-25.0-py3-none-any.whl", content)
    with (machine.machine.project / "requirements-dev.lock").open("a", encoding="utf-8") as lock:
        lock.write(f"pip==25.0 \\\n    --hash=sha256:{hashlib.sha256(content).hexdigest()}\n")
    machine.program(
        "bin/python3", f'case "$*" in "-m venv --without-pip "*) {makes(machine)};; *) {NO_ENSUREPIP};; esac'
    )
    machine.program("made/bin/uv")
    assert provide(machine) == "venv and the locked pip, fetched from the package index"
    assert "/pip-25.0-py3-none-any.whl/pip install --quiet" in installs(machine, "python")[0]


def test_when_nothing_works_every_way_is_named_with_its_reason(machine, index):
    index.offer("pip-24.0-py3-none-any.whl", b"another pip")
    with (machine.machine.project / "requirements-dev.lock").open("a", encoding="utf-8") as lock:
        lock.write(f"pip==25.0 --hash=sha256:{'3' * 64}\n")
    machine.distribution("ID=debian\n")
    machine.program("bin/python3", NO_ENSUREPIP)
    with pytest.raises(SetupError) as raised:
        provide(machine)
    said = str(raised.value)
    for part in (
        "uv that is installed here (not installed)",
        "venv and its own pip (The virtual environment was not created",
        "venv and the pip of the Python it is made from (",
        "127.0.0.1 has no pip-25.0-py3-none-any.whl",
        "after apt-get install python3-venv (no apt-get here)",
        "Install python3-venv (sudo apt-get install python3-venv), then run it again.",
    ):
        assert part in said
    assert "\n" not in said


def test_when_the_index_does_not_answer_the_network_is_named_instead(machine):
    machine.program("bin/python3", NO_ENSUREPIP)
    with pytest.raises(SetupError, match=r"The package index does not answer \(127\.0\.0\.1: .*check the network"):
        provide(machine)


def test_an_environment_that_works_is_kept(machine):
    machine.program("project/.venv/bin/python")
    (machine.machine.venv / "mine").write_text("kept", encoding="utf-8")
    machine.program("bin/uv")
    provide(machine)
    assert (machine.machine.venv / "mine").is_file()
    assert not [call for call in machine.calls("uv") if call.startswith("uv venv")]


def test_an_environment_that_no_longer_starts_is_made_anew(machine):
    machine.program("project/.venv/bin/python", "exit 1")
    (machine.machine.venv / "pyvenv.cfg").write_text("home = /gone\n", encoding="utf-8")
    machine.program("bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    provide(machine)
    assert any("making it anew" in line for line in machine.said)
    assert machine.calls("uv")[0].startswith("uv venv")


SHORT = "#!{python}\nimport sys\n"
LONG = "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"


@pytest.mark.parametrize("script", [SHORT, LONG])
@pytest.mark.parametrize("place", ["elsewhere/.venv/bin/python3", "made/bin/python"])
def test_an_environment_that_was_moved_or_copied_is_made_anew(machine, script, place):
    machine.program("project/.venv/bin/python")
    (machine.machine.venv / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    (machine.machine.venv / "bin/pip").write_text(script.format(python=machine.folder / place), encoding="utf-8")
    machine.program("bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    provide(machine)
    assert machine.calls("uv")[0].startswith("uv venv")


@pytest.mark.parametrize("script", [SHORT, LONG])
def test_an_environment_reached_through_a_link_is_kept(machine, script):
    machine.program("project/.venv/bin/python")
    (machine.folder / "link to it").symlink_to(machine.machine.project)
    interpreter = machine.folder / "link to it/.venv/bin/python"
    (machine.machine.venv / "bin/pip").write_text(script.format(python=interpreter), encoding="utf-8")
    machine.program("bin/uv")
    provide(machine)
    assert not [call for call in machine.calls("uv") if call.startswith("uv venv")]


def test_a_folder_of_somebody_else_in_its_place_is_not_touched(machine):
    machine.machine.venv.mkdir()
    (machine.machine.venv / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(SetupError, match="in the way"):
        provide(machine)
    assert (machine.machine.venv / "letters.txt").is_file()


def test_a_project_that_does_not_build_is_not_blamed_on_the_way(machine):
    machine.program("bin/uv", f'case "$1" in venv) {makes(machine)};; esac')
    machine.program("made/bin/python", 'case "$*" in *--editable*) echo "OSError: no README.md"; exit 1;; esac')
    with pytest.raises(SetupError, match=r"Milepost itself could not be installed into .*: OSError: no README\.md"):
        provide(machine)
    assert machine.calls("python3") == []
