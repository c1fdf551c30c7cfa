"""`milepost report`: the journal as a page, a sheet or a calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from assistant.clock import now
from assistant.errors import UsageError
from assistant.plans.together import load_plans
from assistant.report import calendar, page, sheet
from assistant.report.gather import AccountReport, account_report
from tui.call import Call, this_call
from tui.command import command

FILE = click.Path(path_type=Path, dir_okay=False)
DEFAULT = Path("milepost-report.html")
_NEAR = 2000
"""Bytes of a file in which its mark has to stand."""


@command(
    "report",
    examples=[
        "milepost report",
        "milepost report december.toml --html december.html --pictures",
        "milepost report --csv 2026.csv --account ben",
        "milepost report --ics ~/public/due.ics --no-amounts --no-titles",
    ],
)
@click.argument("plans", nargs=-1, type=click.Path(path_type=Path))
@click.option("--html", type=FILE, help="A page to read and print, whole in one file; the default.")
@click.option("--csv", type=FILE, help="A sheet, a row for each milestone and each fee.")
@click.option("--ics", type=FILE, help="A calendar of the due dates.")
@click.option("--pictures", is_flag=True, help="Put the pictures of the evidence into the page.")
@click.option("--no-amounts", is_flag=True, help="Leave amounts out of the calendar.")
@click.option("--no-titles", is_flag=True, help="Leave titles and texts out of the calendar.")
def report(
    plans: tuple[Path, ...],
    html: Path | None,
    csv: Path | None,
    ics: Path | None,
    pictures: bool,
    no_amounts: bool,
    no_titles: bool,
) -> None:
    """Write what the journal knows: roads, money by month, fees as estimates, findings, runs with their evidence.

    Plans are those that are named, else those of the settings. No browser is started: run milepost check first. FILE
    may be - for stdout. A report is written over an earlier one, and over no other file.
    """
    call = this_call()
    wanted = {"html": html, "csv": csv, "ics": ics}
    if not any(wanted.values()):
        wanted["html"] = DEFAULT
    moment = call.settings.local(now())
    reports = _reports(call, plans)
    texts: dict[str, tuple[Callable[[], bytes], str]] = {
        "html": (lambda: page.page(reports, moment, pictures=pictures).encode(), page.MARK),
        "csv": (lambda: sheet.sheet(reports).encode("utf-8-sig"), sheet.MARK),
        "ics": (
            lambda: calendar.calendar(reports, moment, amounts=not no_amounts, titles=not no_titles).encode(),
            calendar.MARK,
        ),
    }
    targets = {name: path for name, path in wanted.items() if path is not None}
    for name, path in targets.items():
        _check_target(path, texts[name][1])
    for name, path in targets.items():
        _write(call, name, path, texts[name][0]())


def _reports(call: Call, plans: Sequence[Path]) -> list[AccountReport]:
    loaded = load_plans(list(plans) or call.settings.plan_files(), call.settings)
    named = dict.fromkeys(plan.account for plan in loaded) if plans else dict.fromkeys(call.settings.accounts)
    accounts = [call.options.account] if call.options.account else [*named]
    if not accounts:
        call.settings.account(None)  # says that no account is set up, and what to do
    return [account_report(call.work_of(name), loaded, call.settings.local(now())) for name in accounts]


def _check_target(path: Path, mark: str) -> None:
    """Refuse to write over what is no report of this kind."""
    if str(path) == "-" or not path.exists():
        return
    with path.open("rb") as file:
        if mark.encode() not in file.read(_NEAR):
            raise UsageError(
                f"{path} is there and is no earlier report", hint="name another file, or move that one away"
            )


def _write(call: Call, kind: str, path: Path, content: bytes) -> None:
    if str(path) == "-":
        click.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", hint="name a file in another folder") from None
    call.output.event({"event": "report", "kind": kind, "file": str(path), "bytes": len(content)})
    call.output.line(f"wrote {path}")
