"""History: what a run did, its evidence with one key, and as text; nothing is opened that is not ours."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from assistant.errors import UsageError
from tests.tui.driving import running, text_of, type_text, until
from tui import opening
from tui.opening import page_address, picture_address
from tui.pictures import troubled
from tui.sample import Sample
from tui.screens.history import HistoryScreen
from tui.view.history import kept_of, run_text

ORIGIN = "https://www.freelancer.com"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.freelancer.com/projects/1",
        "https://www.freelancer.com.evil.example/projects/1",
        "https://anna@www.freelancer.com/projects/1",
        "https://www.freelancer.com:8443/projects/1",
        "https://www.freelancer.com/\x1b[2J",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "--help",
        "https://[",
        "",
    ],
)
def test_no_other_address_is_opened(address: str) -> None:
    with pytest.raises(UsageError, match="not opened"):
        page_address(address, ORIGIN)


def test_an_address_of_the_origin_is_opened() -> None:
    assert page_address(f"{ORIGIN}/projects/1", ORIGIN) == f"{ORIGIN}/projects/1"


def test_only_pictures_of_the_folder_of_evidence_are_opened(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    picture, other = folder / "1.jpg", tmp_path / "other.jpg"
    picture.touch()
    other.touch()
    (folder / "link.jpg").symlink_to(other)
    assert picture_address(str(picture), folder) == picture.as_uri()
    for path in (other, folder / "link.jpg", folder / ".." / "other.jpg", folder / "gone.jpg"):
        with pytest.raises(UsageError):
            picture_address(str(path), folder)


async def test_a_run_is_read_its_evidence_opened_and_written_as_text(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubled(sample)
    attempt = sample.journal.attempts.of_run(3)[1]
    picture = sample.settings.evidence_dir / "after.jpg"
    picture.parent.mkdir(parents=True)
    picture.touch()
    sample.journal.attempts.add_evidence(attempt.id, "after", str(picture), {})
    opened: list[str] = []
    monkeypatch.setattr("tui.screens.history.open_in_browser", opened.append)
    async with running(sample) as pilot:
        await pilot.press("5")
        page = pilot.app.screen
        assert isinstance(page, HistoryScreen)
        await until(pilot, lambda: "Attempts: 3" in text_of(pilot))
        await pilot.press("o")
        assert opened == [], "the first attempt's picture is not in the folder of evidence"
        await pilot.press("l", "j")
        assert "may have been paid" in text_of(pilot)
        assert picture.name in page.copied()
        await pilot.press("o")
        assert opened == [picture.as_uri()]
        await pilot.press("x", "ctrl+u")
        await type_text(pilot, str(tmp_path / "run.txt"))
        await pilot.press("enter")
        await pilot.press("h", "j")
        await until(pilot, lambda: "Run 2 · preview" in text_of(pilot))
    assert (tmp_path / "run.txt").read_text() == run_text(sample.journal, kept_of(sample.journal, 3, UTC))


def test_a_run_as_text_has_all_that_is_kept(sample: Sample) -> None:
    troubled(sample)
    text = run_text(sample.journal, kept_of(sample.journal, 3, UTC))
    for told in ("Run 3: apply, done", "plan december.toml", "may be paid", "the line dropped", "-before-payment.jpg"):
        assert told in text


def test_without_a_browser_with_a_window_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lynx:
        name = "lynx"

        def open(self, _address: str) -> bool:
            raise AssertionError("it would draw over the screen")

    monkeypatch.setattr("webbrowser.get", Lynx)
    with pytest.raises(UsageError, match="no browser with a window"):
        opening.open_in_browser(ORIGIN)
