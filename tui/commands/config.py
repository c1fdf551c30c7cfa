"""`milepost config`: write a commented settings file, and show what holds and why."""

from __future__ import annotations

import os

from assistant.errors import ConfigError
from assistant.settings.place import config_file
from assistant.settings.text import example, toml_value
from tui.call import this_call
from tui.command import group


@group("config")
def config() -> None:
    """The settings file: write one, show what holds."""


@config.command("init", examples=["milepost config init", "milepost --config ~/work/milepost.toml config init"])
def init() -> None:
    """Write a settings file in which every setting is described and none is set.

    It goes to your own config folder, or to the file of --config. A file that is there already is left alone.
    """
    call = this_call()
    path = config_file(call.options.config)
    if path.exists():
        raise ConfigError(
            "there is a settings file already; it was left as it is",
            where=str(path),
            hint="`milepost config show` shows what it says",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError(f"the file cannot be written: {error.strerror}", where=str(path), hint="check it") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(example())
    call.output.event({"event": "config", "file": str(path)})
    call.output.line(f"wrote {path}")
    call.output.line("next: take the # off the lines under [accounts.anna] and give it your own name and login")


@config.command("show", examples=["milepost config show", "milepost config show --json"])
def show() -> None:
    """Show every setting, its value and where the value came from. Secrets are shown as asterisks."""
    call = this_call()
    file = call.loaded.file
    state = "" if file.exists() else " (not there; `milepost config init` writes it)"
    call.output.line(f"file: {file}{state}")
    rows = []
    for value in call.loaded.values():
        shown = toml_value(value.value)
        call.output.event({"event": "setting", "name": value.name, "value": shown or None, "source": value.source})
        rows.append((value.name, shown or "-", value.source))
    call.output.table(rows)
