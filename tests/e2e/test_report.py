"""A report in a real browser: read on a phone and on a desk, by everybody, with nothing from elsewhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe

from assistant.checks.view import check_view
from assistant.plans.csv_sheet import harmless
from assistant.work import Work
from flows.browser import open_browser
from tests.tui.calling import called
from tui.sample import TODAY, Sample, local_time_is_utc

HOSTILE = '<script>alert(1)</script> =HYPERLINK("x"), {{ 7 * 7 }};\\n'


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """A client's account after a run that paid, was refused and is in doubt; one project has a hostile title."""
    with local_time_is_utc():
        made = Sample(tmp_path)
        made.looked()
        applying = made.apply()
        applying.paid()
        applying.paid()
        applying.refused()
        applying.unknown()
        applying.end(message=f"it stopped: {HOSTILE}")
        text = made.plan_file.read_text()
        made.plan_file.write_text(text.replace("Three drafts of the logo", "=cmd|' /C calc'!A0"))
        monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "config.toml"))
        monkeypatch.setattr("tui.commands.report.now", lambda: TODAY)
        return made


def report(sample: Sample, *words: str) -> Path:
    file = sample.plan_file.with_suffix(f".{words[0].removeprefix('--')}")
    done = called(["report", str(sample.plan_file), words[0], str(file), *words[1:]])
    assert done.code == 0, done.err
    return file


@pytest.mark.browser
async def test_the_page_is_for_a_phone_a_desk_and_everybody(sample: Sample, browser_path: Path) -> None:
    file = report(sample, "--html", "--pictures")
    asked: list[str] = []
    async with open_browser(browser_path, prefer_shell=True) as browser:
        context = await browser.new_context()
        page = await context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(file.as_uri())
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                found = await Axe().run(page)
                assert found.violations_count == 0, found.generate_report()
        await page.emulate_media(media="print", color_scheme="light")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 1280
        text = await page.locator("body").inner_text()
    assert set(asked) == {file.as_uri()}
    assert "{{ 7 * 7 }}" in text
    assert "=cmd|' /C calc'!A0" in text
    assert "anna, client on Freelancer.com" in text
    for word in ("Findings", "Money by month", "Roads", "Runs", "may have gone through", "refused"):
        assert word in text


def test_months_and_fees_are_told_apart_by_currency(sample: Sample) -> None:
    work = Work(sample.settings, sample.journal, sample.account)
    view = check_view(work, [sample.plan], TODAY)
    months = {(month.name, month.currency.code): month for month in view.months}
    assert {code for _, code in months} == {"USD", "EUR"}
    december = months["2026-12", "EUR"]
    assert (december.expected.amount_text, december.month) == ("900.00", date(2026, 12, 1))
    usd = [each for (_, code), each in months.items() if code == "USD"]
    assert sum(each.expected.minor for each in usd) == 2500_00 + 1200_00
    for each in view.months:
        assert each.funded.minor + each.released.minor <= each.expected.minor
    page = report(sample, "--html").read_text()
    assert "(estimate: 3% of " in page
    assert "https://www.freelancer.in/support/Payments/project-fees" in page
    assert not re.search(r"(src|href)\s*=", page)


def test_the_sheet_is_harmless_and_whole(sample: Sample) -> None:
    rows = list(csv.DictReader(io.StringIO(report(sample, "--csv").read_text(encoding="utf-8-sig"))))
    milestones = [row for row in rows if row["line"] == "milestone"]
    assert len(milestones) == sum(len(project.milestones) for project in sample.plan.projects)
    assert harmless("=cmd|' /C calc'!A0") in {row["description"] for row in milestones}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    held = {row["key"]: row["held"] for row in milestones if row["held"]}
    assert held
    fees = [row for row in rows if row["line"] == "fee (estimate)"]
    assert all("source: https://" in row["note"] for row in fees)


def test_the_calendar_is_a_calendar(sample: Sample) -> None:
    text = report(sample, "--ics").read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    dated = [m for p in sample.plan.projects for m in p.milestones if m.due]
    assert unfolded.count("BEGIN:VEVENT") == len(dated) == len(set(re.findall(r"UID:(\S+)", unfolded)))
    assert "DTSTART;VALUE=DATE:20261204\r\nDTEND;VALUE=DATE:20261205" in unfolded
    assert "Logo and letterhead / drafts\\, 300.00 EUR" in unfolded
    bare = report(sample, "--ics", "--no-amounts", "--no-titles").read_text()
    assert "300.00" not in bare
    assert "Logo" not in bare
    assert re.findall(r"UID:(\S+)", bare) == re.findall(r"UID:(\S+)", unfolded)


def test_a_report_is_written_over_reports_only(sample: Sample) -> None:
    other = sample.plan_file.parent / "letters.html"
    other.write_text("<html>mine</html>")
    done = called(["report", str(sample.plan_file), "--html", str(other), "--csv", "-"])
    assert (done.code, other.read_text()) == (1, "<html>mine</html>")
    assert "is no earlier report" in done.err
    for _ in range(2):
        report(sample, "--html")
        report(sample, "--csv")
        report(sample, "--ics")
