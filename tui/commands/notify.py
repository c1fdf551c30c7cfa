"""`milepost notify test`: are the channels right?"""

from __future__ import annotations

import click

from assistant.errors import ConfigError, RunError, UsageError
from tui.call import this_call
from tui.command import group


@group("notify")
def notify() -> None:
    """Notifications of what checks find."""


@notify.command("test", examples=["milepost notify test", "milepost notify test phone --json"])
@click.argument("channels", nargs=-1)
def test(channels: tuple[str, ...]) -> int:
    """Send a test message to the channels that are named, or to all, and say how each took it.

    Ends with 1 if one of them did not take it. Timers send with the same settings, but without a keyring.
    """
    from assistant.notify.notify import send_test

    call = this_call()
    known = call.settings.channels
    if not known:
        raise ConfigError(
            "no channel is set up",
            where=str(call.settings.file),
            hint='add [channels.phone] with url = { env = "..." }',
        )
    if unknown := [name for name in channels if name not in known]:
        raise UsageError(f"there is no channel {unknown[0]!r}", hint=f"channels in the settings: {', '.join(known)}")
    failed = 0
    for name in channels or known:
        trouble = send_test(call.settings, name)
        failed += trouble is not None
        call.output.event({"event": "notified", "channel": name, "trouble": trouble})
        call.output.line(f"{name}: {'sent' if trouble is None else f'not sent: {trouble}'}")
    return RunError.exit_code if failed else 0
