"""How often: ``30m``, ``2h``, ``1d``, as a number of seconds."""

from __future__ import annotations

import re
from typing import Final

from assistant.errors import UsageError
from assistant.money import shown

LEAST: Final = 5 * 60
MOST: Final = 7 * 86400
_UNITS: Final = {"m": 60, "h": 3600, "d": 86400}
_PERIOD: Final = re.compile(r"\s*([1-9][0-9]{0,4})\s*(m|h|d)(?:in|ours?|ays?|inutes?)?\s*")


def parse_every(text: str) -> int:
    """Seconds of ``30m``, ``2 hours`` or ``1d``: five minutes to seven days. `UsageError` for anything else."""
    found = _PERIOD.fullmatch(text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not LEAST <= seconds <= MOST:
        raise UsageError(
            f"{shown(text)} is not how often to check", hint="write 30m, 2h or 1d: five minutes to seven days"
        )
    return seconds


def every_text(seconds: int) -> str:
    """``30m``, ``2h``, ``1d``: the largest unit that says it whole."""
    unit = next(name for name in ("d", "h", "m") if seconds % _UNITS[name] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"
