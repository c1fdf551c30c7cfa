"""Documents of this kind of site: templates, how amounts and dates are written, and the faults that replace a page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.mock_platform import money, reads, sessions
from flows.mock_platform.answers import cut
from flows.mock_platform.faults import Fault
from flows.mock_platform.site import Site, site_of
from flows.mock_platform.store import Row

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=select_autoescape(), trim_blocks=True
)


def amount(minor: int, code: str) -> str:
    """`USD 1.250,00`: the currency first, a dot between thousands, a comma before the cents."""
    whole, _, cents = money.to_text(abs(minor), code).partition(".")
    number = f"{int(whole):,}".replace(",", ".") + (f",{cents}" if cents else "")
    return f"{code} {'-' if minor < 0 else ''}{number}"


def typed(text: object, code: str) -> int:
    """Minor units of an amount as the forms take it: `1250,00`. Raises BadAmount."""
    given = str(text or "").strip()
    if "." in given:
        raise money.BadAmount("Please write the amount with a comma, and without dots.")
    return money.parse(given.replace(",", "."), code)


def day(seconds: int) -> str:
    """`07.12.2026`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%d.%m.%Y")


@dataclass(frozen=True)
class Visit:
    """A signed-in page view, rendered for `shown_as` (another user under other_user), with the fault that is left."""

    site: Site
    user: Row
    shown_as: Row
    fault: Fault | None = None

    def lists(self, name: str) -> bool:
        """Whether this fault keeps the page's lists away: `bare` without a word, `text` with the words for none."""
        empty = self.fault is not None and self.fault.kind == "empty_list"
        return empty and self.site.knobs.get("empty_list_style") == name


async def enter(request: Request, at: str = "", project: int | None = None) -> Visit | Response:
    """The visit, or what is answered instead: the way to sign in, or a fault's page."""
    site = site_of(request)
    user = sessions.current_user(request, site)
    if user is None:
        return to_sign_in(request)
    fault = _fault(site, at, project)
    if fault is None:
        return Visit(site, user, user)
    if fault.kind == "late" and project is not None:
        site.hide_last_write(project, fault.seconds)
    if fault.kind == "other_user":
        with site.store.read() as tx:
            other = tx.one("SELECT * FROM users WHERE id = ?", reads.stranger(site, user["id"]))
        return Visit(site, user, other or user, fault)
    return await happen(request, fault) or Visit(site, user, user, fault)


def _fault(site: Site, at: str, project: int | None) -> Fault | None:
    if project is not None and project in site.written_at_page and (fault := site.faults.take("readback")):
        del site.written_at_page[project]
        return fault
    return site.faults.take(at) if at else None


async def happen(request: Request, fault: Fault) -> Response | None:
    """Let a fault happen to a page or a form that was sent: its answer, or None when the request goes on."""
    site = site_of(request)
    if fault.kind in ("slow", "hang"):
        await site.hub.pause(fault.seconds)
    if fault.kind in ("drop", "hang"):
        return cut(request)
    if fault.kind in ("http500", "error200"):
        return message(request, "Something went wrong", 500 if fault.kind == "http500" else 200)
    if fault.kind == "logout":
        sessions.end_session(request, site)
        return to_sign_in(request)
    if fault.kind == "captcha":
        return message(request, "Please show that you are a person: type the letters of the picture.", 200)
    return None


def to_sign_in(request: Request) -> Response:
    """The way to the sign-in page; a form that was sent is not sent again afterwards."""
    query = f"?{request.url.query}" if request.url.query else ""
    there = request.url.path + query if request.method == "GET" else request.url.path.rsplit("/", 1)[0]
    return RedirectResponse(f"/account/sign-in?return={quote(there, safe='')}", status_code=303)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that was sent."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def message(request: Request, text: str, status: int) -> Response:
    """A page that only says something."""
    return render(request, "message.html", {"text": text}, status=status)


def render(request: Request, name: str, values: dict[str, Any], *, status: int = 200) -> Response:
    """A document from a template."""
    site = site_of(request)
    site.pages += 1
    twice = ",".join(site.faults.wants_twice())
    text = _PAGES.get_template(name).render({"user": None, "amount": amount, "twice": twice, **values})
    return HTMLResponse(text, status_code=status, headers={"cache-control": "no-store"})
