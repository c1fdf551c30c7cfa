"""The screen in a real pseudo-terminal: it starts, follows its size, and gives the terminal back whatever happens."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from assistant.journal import RunState
from tests.tui.screen_terminal import ScreenTerminal
from tests.tui.terminal import PATIENCE
from tui.sample import Sample

MOCK_STRIP = " MOCK  anna"


def test_it_starts_and_leaves_the_terminal_as_it_was(sample: Sample) -> None:
    sample.looked()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        for told in (MOCK_STRIP, "Artist marketplace", "2500.00 USD"):
            terminal.see(told)
        assert not terminal.is_restored
        assert terminal.colours
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.is_restored


def test_no_screen_opens_a_socket_of_the_network_and_ctrl_l_draws_anew(sample: Sample) -> None:
    sample.looked()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        terminal.see("2500.00 USD")
        process = psutil.Process(terminal.process.pid)
        for key, told in (("2", "20%"), ("3", "r looks at"), ("5", "projects"), ("6", "due soon"),
                          ("7", "sign in"), ("8", "Nothing went wrong"), ("1", "2500.00 USD")):  # fmt: skip
            terminal.press(key)
            terminal.see(told)
            assert process.net_connections("inet") == []
            assert process.children() == []
        before = terminal.text.count("Artist marketplace")
        terminal.press("\x0c")
        terminal.until(lambda: terminal.text.count("Artist marketplace") > before)


def test_it_follows_the_size_of_the_window(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    applying.paying()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        terminal.see("paying 500.00 USD")
        terminal.resize(50, 12)
        terminal.see("This needs 60 x 16, and there are 50 x 12.")
        terminal.see("paying 500.00 USD")
        terminal.resize(120, 40)
        terminal.see("on the site")
        terminal.see("action")


def test_a_hang_up_ends_the_screen_and_not_the_run(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        terminal.see("Run 3")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP
    run = sample.journal.runs.get(applying.run)
    assert run is not None
    assert (run.state, run.wanted) == (RunState.RUNNING, "go")


def test_a_terminal_that_goes_without_a_signal_ends_the_screen_too(sample: Sample) -> None:
    sample.looked()
    sample.apply()
    words = [sys.executable, "-m", "tui.cli", "--config", str(sample.settings.file), str(sample.plan_file)]
    with ScreenTerminal.running(words, controlling=False) as terminal:
        assert isinstance(terminal, ScreenTerminal)
        terminal.see("Run 3")
        terminal.hang_up()
        assert terminal.process.wait(PATIENCE) == 128 + signal.SIGHUP


def test_a_sigterm_gives_the_terminal_back(sample: Sample) -> None:
    sample.looked()
    applying = sample.apply()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        terminal.see("Run 3")
        terminal.process.terminate()
        assert terminal.end() == 128 + signal.SIGTERM
        assert terminal.is_restored
    run = sample.journal.runs.get(applying.run)
    assert run is not None
    assert run.state is RunState.RUNNING


def test_without_colour_there_is_none_and_states_can_still_be_told(sample: Sample) -> None:
    sample.looked()
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file), NO_COLOR="1") as terminal:
        terminal.see("● released")
        terminal.see("◐ funded")
        terminal.see("▸")
        terminal.press("j?")
        terminal.see("Keys of this screen")
        terminal.press("q")
        terminal.press("t")
        terminal.see("NO_COLOR is set")
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.colours == set()


def test_a_crash_gives_the_terminal_back_and_names_its_report(sample: Sample) -> None:
    sample.looked()
    sample.apply()
    program = (
        "import sys\n"
        "from tui.app import MilepostApp\n"
        "def crash(self):\n"
        "    password = 'hunter2'\n"
        "    raise RuntimeError('out of luck')\n"
        "MilepostApp.do_theme = crash\n"
        "from tui.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = [sys.executable, "-c", program, "--config", str(sample.settings.file), str(sample.plan_file)]
    with ScreenTerminal.running(words) as terminal:
        assert isinstance(terminal, ScreenTerminal)
        terminal.see("Run 3")
        terminal.press("t")
        assert terminal.end() == 1
        assert terminal.is_restored
        assert "the screen ended: unexpected RuntimeError" in terminal.text
        assert str(sample.settings.reports_dir) in terminal.text.replace("\r\n", "")
        assert "milepost attach" in terminal.text
        assert "hunter2" not in terminal.text
        assert "Traceback" not in terminal.text


def test_settings_that_are_wrong_give_the_terminal_back_and_are_told_all_at_once(sample: Sample) -> None:
    """They are loaded after the first picture."""
    sample.settings.file.write_text('browser = { engin = "x" }\nasci = true\n' + sample.settings.file.read_text())
    with ScreenTerminal.opened(sample.settings.file, str(sample.plan_file)) as terminal:
        assert terminal.end() == 1
        assert terminal.is_restored
        assert "engin" in terminal.text
        assert "asci" in terminal.text
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("module", ["tui.app"])
def test_the_first_picture_needs_neither_database_nor_browser(module: str) -> None:
    heavy = (
        "sqlalchemy",
        "playwright",
        "pydantic",
        "alembic",
        "assistant.journal",
        "assistant.settings.model",
        "flows",
    )
    program = f"import {module}, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
