"""Opening what a terminal cannot show, in the person's own browser: a project's page, a picture kept as evidence.

An address comes from a site, so it is opened only on the origin that the account is used on; a picture only out of the
folder of evidence. No shell is called, and no browser that would draw over this screen.
"""

from __future__ import annotations

import webbrowser
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import UsageError

_IN_TERMINAL = frozenset({"www-browser", "lynx", "links", "elinks", "w3m"})
"""Browsers that take the terminal for themselves."""


def page_address(address: str, origin: str) -> str:
    """The address, if it is one of this origin. `UsageError` for any other, and for one with a name in it."""
    try:
        parts, own = urlsplit(address), urlsplit(origin)
        same = (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        same = False
    if not same or parts.scheme not in {"http", "https"} or parts.username or not address.isprintable():
        raise UsageError(
            f"the address is not one of {origin}, and is not opened", where=address[:200], hint="y copies it"
        )
    return address


def picture_address(path: str, folder: Path) -> str:
    """The address of a picture in the folder of evidence; `UsageError` for one elsewhere, or that is gone."""
    file = Path(path)
    if not file.resolve().is_relative_to(folder.resolve()):
        raise UsageError("the picture is not in the folder of evidence, and is not opened", where=path, hint="y copies")
    if not file.is_file():
        raise UsageError("the picture is not there any more", where=path, hint="look at the folder of evidence")
    return file.resolve().as_uri()


def open_in_browser(address: str) -> None:
    """Open it; `UsageError` where there is no browser with a window."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        raise _nothing(address) from None
    name = Path(str(getattr(browser, "name", ""))).name
    if name in _IN_TERMINAL or not browser.open(address):
        raise _nothing(address)


def _nothing(address: str) -> UsageError:
    return UsageError("no browser with a window was found here", where=address, hint="y copies the address")
