"""A report as one HTML page: no script, nothing from elsewhere, readable on a phone and on paper."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from assistant.clock import moment
from assistant.marks import MarkState
from assistant.plain_text import one_line
from assistant.report.gather import AccountReport

MARK: Final = '<meta name="generator" content="Milepost">'
"""What every such page has near its beginning."""
MOST_PICTURE_BYTES: Final = 2_000_000


def page(reports: Sequence[AccountReport], now: datetime, *, pictures: bool) -> str:
    """The page. `now` is aware, in the person's zone; with `pictures` those of the evidence are put into it."""
    environment = Environment(
        loader=PackageLoader("assistant.report", "pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": one_line, "words": _words, "when": lambda at: _when(at, now)}
    return environment.get_template("report.html").render(
        reports=reports, now=now, mark=MARK, picture=_picture if pictures else lambda _path: None
    )


def _words(state: MarkState | str) -> str:
    return str(state).replace("_", " ")


def _when(at: str | None, now: datetime) -> str:
    return f"{moment(at).astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if at else ""


def _picture(path: Path | None) -> str | None:
    """A picture as an address that holds it; None where there is none, or it is too large."""
    kinds = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
    if path is None or path.suffix not in kinds:
        return None
    try:
        if path.stat().st_size > MOST_PICTURE_BYTES:
            return None
        return f"data:{kinds[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except OSError:
        return None
