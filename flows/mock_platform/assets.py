"""One script and one stylesheet, joined from the small files in static/, with a name that changes with their text."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent / "static"
_SCRIPTS = (
    "dom.js",
    "elements.js",
    "api.js",
    "drift.js",
    "modal.js",
    "money_form.js",
    "create_form.js",
    "release_dialog.js",
    "cancel_dialog.js",
    "live.js",
    "rows.js",
    "payments.js",
    "manage.js",
    "deposit.js",
    "login.js",
    "shell.js",
)
_STYLES = ("base.css", "pages.css")


@dataclass(frozen=True)
class Asset:
    """A file to send: its text, media type and address with a version."""

    text: str
    media_type: str
    url: str


def _asset(name: str, text: str, media_type: str) -> Asset:
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Asset(text, media_type, f"/static/{name}?v={version}")


def _read(names: tuple[str, ...]) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


SCRIPT = _asset("site.js", f'(() => {{\n"use strict";\n{_read(_SCRIPTS)}\n}})();\n', "text/javascript")
STYLE = _asset("site.css", _read(_STYLES), "text/css")


def _sender(asset: Asset) -> Route:
    async def send(request: Request) -> Response:
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(asset.text, media_type=asset.media_type, headers=headers)

    return Route(asset.url.partition("?")[0], send, methods=["GET"])


async def _no_icon(request: Request) -> Response:
    return Response(status_code=204)


def routes() -> list[Route]:
    """The routes of this file."""
    return [_sender(SCRIPT), _sender(STYLE), Route("/favicon.ico", _no_icon, methods=["GET"])]
