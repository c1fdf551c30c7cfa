"""One channel: its address, fetched when it is needed, and Apprise, which knows how to send there.

A channel that fails never breaks a check: whatever Apprise or the line does becomes words, without the address, which
is a secret for most services.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import SecretStr

from assistant.checks.finding import Severity
from assistant.errors import ConfigError
from assistant.notify.message import Message
from assistant.secrets import resolve_secret

if TYPE_CHECKING:
    from assistant.settings.model import Settings

_TYPES = {Severity.URGENT: "failure", Severity.WARNING: "warning", Severity.NOTICE: "info", Severity.INFO: "success"}


def send(settings: Settings, name: str, message: Message, environ: Mapping[str, str] | None = None) -> str | None:
    """Send a message to the channel of that name; why it did not go, in words, or None. Never raises."""
    try:
        url = resolve_secret(settings, settings.channels[name].url, f"channels.{name}.url", environ)
    except ConfigError as error:
        return error.message
    try:
        return _send(url, message)
    except Exception as error:  # whatever a service's code does, the check goes on
        return _without(url, f"{type(error).__name__}: {error}")


def _send(url: SecretStr, message: Message) -> str | None:
    import apprise  # slow to load, and only some need it

    asset = apprise.AppriseAsset(app_id="Milepost", app_desc="Milepost", app_url="", async_mode=False)
    sender = apprise.Apprise(asset=asset)
    if not sender.add(url.get_secret_value()):
        return "its address is not one that Apprise knows here: see https://github.com/caronc/apprise/wiki"
    with apprise.LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]
        went = sender.notify(
            body=message.body,
            title=message.title,
            notify_type=apprise.NotifyType(_TYPES[message.severity]),
            body_format=apprise.NotifyFormat.TEXT,
            interpret_escapes=False,
        )
        words = " ".join(said.getvalue().split())
    return None if went else _without(url, words or "the service did not take it")


def _without(url: SecretStr, words: str) -> str:
    """The words without any part of the address that could be a secret."""
    for part in sorted(set(re.split(r"[:/?&=@,]+", url.get_secret_value())), key=len, reverse=True):
        if len(part) >= 4 and not re.fullmatch(r"[a-z]{4,8}s?|[0-9.]+|localhost", part):
            words = words.replace(part, "***")
    return words[:300]
