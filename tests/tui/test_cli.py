"""`milepost` as a whole: what it loads, how it ends, and what becomes of every kind of error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.tui.calling import Called, called
from tui import cli
from tui.command import Command, Group

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("textual", "playwright", "pydantic", "pydantic_settings", "sqlalchemy", "rich", "jinja2", "keyring", "asyncio")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["-h"]])
def test_help_loads_nothing_heavy(words) -> None:
    code = f"import sys; from tui.cli import main; code = main({words!r}); print(*sys.modules, sep=','); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split(","))
    assert "click" in loaded
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}
    assert not {name for name in loaded if name.startswith("tui.commands")}


def every_command(group: Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield (*path, name), found
        if isinstance(found, Group):
            yield from every_command(found, (*path, name))


ALL = list(every_command(cli.cli))
LEAVES = [(path, command) for path, command in ALL if not isinstance(command, Group)]


@pytest.mark.parametrize(("path", "command"), ALL, ids=lambda part: " ".join(part) if isinstance(part, tuple) else "")
def test_every_command_has_help_and_every_leaf_an_example_that_parses(path, command) -> None:
    text = called([*path, "--help"]).out
    assert " ".join(path) in text
    assert "--json" in text
    if (path, command) not in LEAVES:
        return
    assert isinstance(command, Command)
    assert command.examples, f"{path} shows no example"
    for example in command.examples:
        assert example in text, "an example stands on one line"
        words = example.split(" > ")[0].replace('"', "").split()
        assert words[0] == "milepost"
        group = next(part for part in range(1, len(words)) if words[part] == path[0])
        assert words[group : group + len(path)] == list(path)
        if '"' not in example:
            command.make_context(path[-1], words[group + len(path) :])


def test_the_one_line_helps_are_those_of_the_commands() -> None:
    for name, (_, about) in cli.COMMANDS.items():
        found = cli.cli.get_command(click.Context(cli.cli), name)
        assert found is not None
        assert found.name == name
        assert about.endswith(".")


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "{file}", "--json", "config", "show"],
        ["config", "--json", "--config", "{file}", "show"],
        ["config", "show", "--json", "--config", "{file}"],
        ["--json", "config", "show", "--config={file}"],
    ],
)
def test_shared_options_may_stand_anywhere(words, tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('theme = "found"\n')
    done = called([word.format(file=file) for word in words])
    assert {"event": "setting", "name": "theme", "value": '"found"', "source": f"{file}:1"} in done.events


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["prevew"], "no such command: 'prevew'; did you mean `preview`?", "`milepost --help` shows how it is called"),
        (["--colour"], "no such option '--colour'", "`milepost --help` shows how it is called"),
        (["plan", "check"], "missing argument 'PLANS...'", "`milepost plan check --help` shows how it is called"),
        (["mock", "config", "--port", "x"], "invalid value for '--port': 'x' is not a valid integer range", None),
    ],
)
def test_wrong_words_are_usage_errors_of_exit_code_1(words, message, hint) -> None:
    done = called(words)
    assert (done.code, done.out) == (1, "")
    assert message in done.err.splitlines()[0]
    assert done.err.startswith("error: ")
    if hint:
        assert f"next: {hint}" in done.err
    as_json = called([*words, "--json"])
    assert as_json.code == 1
    assert as_json.err == ""
    assert as_json.events[0]["event"] == "error"
    assert as_json.events[0]["code"] == "usage"


def test_without_a_terminal_the_screen_says_what_to_do_instead(tmp_path) -> None:
    for words in ([], [str(tmp_path / "some.toml")], ["--plain"], ["some.toml", "--json"]):
        done = called(words)
        assert done.code == 1
        assert "the screen needs a terminal" in done.err + done.out


def test_a_word_that_looks_like_a_path_is_a_plan_and_another_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("december").write_text("")
    assert "needs a terminal" in called(["december"]).err
    assert "no such command: 'january'" in called(["january"]).err
    assert "needs a terminal" in called(["plans/january"]).err


def test_an_unexpected_error_becomes_a_file_and_one_line(tmp_path, monkeypatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        password = "hunter2"  # noqa: F841  # must not be in the report
        raise ZeroDivisionError("on purpose")

    monkeypatch.setenv("MILEPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("tui.commands.config.toml_value", fail)
    done = called(["config", "show"])
    assert done.code == 1
    first, where, hint = done.err.splitlines()
    assert first == "error: unexpected ZeroDivisionError"
    assert "report it" in hint
    report = Path(where.split("where: ")[1])
    assert report.parent == tmp_path / "data" / "reports"
    text = report.read_text()
    assert "on purpose" in text
    assert "milepost config show" in text
    assert 'password = "hunter2"' not in text.replace("password = ", "PASSWORD = ")
    assert report.stat().st_mode & 0o077 == 0


def test_an_interrupt_is_told_and_has_its_own_code(monkeypatch) -> None:
    def interrupt(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui.commands.config.toml_value", interrupt)
    done = called(["config", "show"])
    assert (done.code, done.err.split()[:2]) == (130, ["error:", "interrupted"])


def test_a_reader_that_goes_away_is_no_error(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("".join(f'[accounts.a{n}]\nplatform="p"\nrole="client"\nlogin="l"\n' for n in range(3000)))
    command = f"{sys.executable} -m tui.cli --config {file} config show | head -n 2; echo ${{PIPESTATUS[1]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[0].startswith("file: ")


def test_what_a_terminal_cannot_write_is_spelled_out(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('theme = "größe ☃"\n')
    done = subprocess.run(
        [sys.executable, "-m", "tui.cli", "--config", str(file), "config", "show"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert b"gr\\xf6\\xdfe \\u2603" in done.stdout


def test_json_is_one_object_a_line_and_safe_to_show(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('theme = "a\u202eb\u009b31m"\n', encoding="utf-8")
    done = called(["--config", str(file), "config", "show", "--json"])
    assert not re.search("[\u202e\u009b]", done.out)
    assert all(isinstance(json.loads(line), dict) for line in done.out.splitlines())


def test_called_is_what_a_shell_sees() -> None:
    here = called(["config", "sho"])
    there = subprocess.run(
        [sys.executable, "-m", "tui.cli", "config", "sho"], capture_output=True, text=True, check=False
    )
    assert here == Called(there.returncode, there.stdout, there.stderr)


def test_the_committed_page_of_commands_is_what_the_commands_say() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate.py"), "--check", "commands"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_names_of_commands_are_completed_without_loading_them() -> None:
    environ = os.environ | {"_MILEPOST_COMPLETE": "bash_complete", "COMP_WORDS": "milepost pr", "COMP_CWORD": "1"}
    code = "import sys; from tui.cli import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False)
    assert done.stdout.split("\n")[:2] == ["plain,preview", "plain,projects"]
    assert "tui.commands" not in done.stdout
