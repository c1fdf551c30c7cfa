"""Running commands: what is said when they fail, and that nothing outlives them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.machine import MISLEADING, CommandError, last_words, this_machine


def test_a_command_gets_the_machines_path_and_returns_its_output(bench):
    bench.program("bin/greet", 'echo "hello $1"')
    assert bench.machine.run(["greet", "world"]) == "hello world\n"


def test_a_failure_says_what_the_command_said(bench):
    bench.program("bin/fails", "echo 'E: Unable to locate package x'; echo 'see the log'; exit 3")
    with pytest.raises(CommandError, match=r"^E: Unable to locate package x$"):
        bench.machine.run(["fails"])


def test_a_silent_failure_gives_its_exit_code(bench):
    bench.program("bin/fails", "exit 7")
    with pytest.raises(CommandError, match="exit code 7"):
        bench.machine.run(["fails"])


def test_a_missing_command_is_named(bench):
    with pytest.raises(CommandError, match="nothere does not start"):
        bench.machine.run(["nothere"])


def test_a_command_that_hangs_is_ended_with_what_it_started(bench):
    bench.program("bin/hangs", f'/bin/sleep 600 & echo $$ > "{bench.folder}/started"; wait')
    with pytest.raises(CommandError, match="took longer than 1 s"):
        bench.machine.run(["hangs"], seconds=1)
    group = int((bench.folder / "started").read_text(encoding="utf-8"))
    assert not alive_in_group(group)


def alive_in_group(group: int) -> list[Path]:
    """Return the processes of a group that run, zombies aside, from /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(stat)
    return found


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("error: metadata failed\nOSError: no README.md\nhint: see above", "OSError: no README.md"),
        ("Failing\nERROR: no match\nnotice", "ERROR: no match"),
        ("x" * 1000, "x" * 300),
    ],
)
def test_last_words(output, said):
    assert last_words(output) == said


def test_what_would_lead_an_installer_elsewhere_is_left_out(monkeypatch, tmp_path):
    for name in MISLEADING:
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    env = this_machine(tmp_path).env
    assert not set(MISLEADING) & set(env)
    assert env["PIP_INDEX_URL"] == "https://index.example/simple"
    assert env["PATH"] == os.environ["PATH"]


def test_distribution_knows_the_parents(bench):
    bench.distribution('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')
    assert bench.machine.distribution() == {"linuxmint", "ubuntu", "debian"}


def test_a_system_without_os_release_is_no_distribution(bench):
    assert bench.machine.distribution() == set()
