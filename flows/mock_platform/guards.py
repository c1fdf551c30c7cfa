"""What every request passes: loopback only, no foreign origin, latency, counting pages and money requests."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.mock_platform.site import Site

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_CALM = ("/static/", "/__mock__/", "/live", "/favicon.ico")
_SAFE = ("GET", "HEAD", "OPTIONS")


def refusal(scope: Scope, names: tuple[str, ...] = LOOPBACK) -> str:
    """Why a request is refused, or "". `names` are the hosts that it may be for."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if host.rpartition(":")[0] not in names and host not in names:
        return f"The mock platform answers on loopback only, not for host {host!r}."
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != host
    foreign = foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    guarded = scope["path"].startswith("/__mock__/") or scope["method"] not in _SAFE
    if foreign and guarded:
        return "The mock platform takes no such request from another origin."
    return ""


class Guards:
    """The outermost layer around the application."""

    def __init__(self, app: ASGIApp, site: Site, names: tuple[str, ...] = ()) -> None:
        self.app = app
        self.names = LOOPBACK + names
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or refuse it with 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if reason := refusal(scope, self.names):
            await PlainTextResponse(reason, status_code=403)(scope, receive, send)
            return
        calm = scope["path"].startswith(_CALM)
        if scope["path"].startswith(self.site.kind.money) and scope["method"] not in _SAFE:
            self.site.money_requests.append({"method": scope["method"], "path": scope["path"]})
        if not calm and (latency := self.site.knobs.number("latency")):
            await self.site.hub.pause(latency / 1000)
        await self.app(scope, receive, self._watching(send))

    def _watching(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                self.site.page_loads += 200 <= message["status"] < 300 and kind.startswith("text/html")
                if self.site.fresh_connections():
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        return watched
