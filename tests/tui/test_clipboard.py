"""What `y` copies gets to the desktop's clipboard, too, and never fails loudly where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driving import running, until
from tui import clipboard
from tui.pictures import quiet
from tui.sample import Sample

KEEPS = '#!/bin/sh\necho "$@" > "$KEPT.how"\ncat > "$KEPT"\necho noise; echo noise >&2\n'


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop whose only clipboard program keeps what it gets in the file that is returned."""
    folder, kept = tmp_path / "bin", tmp_path / "kept"
    folder.mkdir()
    (folder / "xclip").write_text(KEEPS)
    (folder / "xclip").chmod(0o755)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.setenv("KEPT", str(kept))
    for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return kept


def test_the_desktops_own_program_takes_the_text_as_it_is(desktop: Path) -> None:
    assert clipboard.copy("Übersetzung\t900.00 EUR\n$(id)") == "xclip"
    assert desktop.read_text() == "Übersetzung\t900.00 EUR\n$(id)"
    assert desktop.with_suffix(".how").read_text() == "-selection clipboard\n"


def test_wayland_comes_first_and_over_ssh_it_is_nobodys(desktop: Path) -> None:
    there = {"PATH": f"{desktop.parent / 'bin'}", "DISPLAY": ":7", "WAYLAND_DISPLAY": "wayland-0"}
    assert clipboard.program(there) == ("xclip", "-selection", "clipboard")
    (desktop.parent / "bin" / "xclip").rename(desktop.parent / "bin" / "wl-copy")
    assert clipboard.program(there) == ("wl-copy",)
    assert clipboard.program({**there, "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}) is None
    assert clipboard.program({"PATH": there["PATH"]}) is None


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/nowhere\n", "#!/bin/sh\nexec sleep 60\n"])
def test_a_program_that_fails_or_hangs_is_no_error(desktop: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(clipboard, "SECONDS", 0.2)
    (desktop.parent / "bin" / "xclip").write_text(script)
    assert clipboard.copy("text") == ""


async def test_the_screen_says_which_program_took_it(sample: Sample, desktop: Path) -> None:
    quiet(sample)
    async with running(sample) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: "Copied by xclip" in pilot.app.screen.query_one("#notice").said)
        await until(pilot, lambda: "Artist marketplace website\t" in desktop.read_text())
