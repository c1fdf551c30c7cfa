"""An unexpected error becomes a file to send along and one line to read, never a traceback on the screen.

The file holds the traceback without the values of variables: one of them may be a password.
"""

from __future__ import annotations

import platform
import tempfile
import traceback
from pathlib import Path

from assistant.clock import stamp
from assistant.errors import MilepostError
from assistant.private_files import write_private


def keep_report(error: BaseException, words: list[str]) -> MilepostError:
    """Write the report and return the error that names it."""
    name = f"error-{stamp()[:19].replace(':', '')}.txt"
    lines = [
        f"milepost {' '.join(words)}",
        f"{stamp()}, Python {platform.python_version()}, {platform.platform()}",
        "",
        *traceback.format_exception(error),
    ]
    text = "\n".join(lines).encode(errors="backslashreplace")
    what = f"unexpected {type(error).__name__}"
    for folder in (_reports_dir(words), Path(tempfile.gettempdir())):
        try:
            write_private(folder / name, text)
        except OSError:
            continue
        return MilepostError(what, where=str(folder / name), hint="that file tells what happened; please report it")
    return MilepostError(f"{what}, and its report could not be written", hint="see that the disk has room")


def _reports_dir(words: list[str]) -> Path:
    from assistant.settings.model import Settings

    after = [words[n + 1] for n, word in enumerate(words[:-1]) if word == "--config"]
    joined = [word.removeprefix("--config=") for word in words if word.startswith("--config=")]
    try:
        return Settings.load(Path((after + joined)[-1]) if after or joined else None).settings.reports_dir
    except MilepostError:
        return Settings().reports_dir
