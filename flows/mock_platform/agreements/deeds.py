"""The forms that change something: a proposal, its answer, an invoice and its payment, a deposit into the pool."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.mock_platform import carts, milestone_requests, milestones, money
from flows.mock_platform.agreements.documents import Visit, amount, enter, form_of, happen, typed
from flows.mock_platform.agreements.pool import pool_of
from flows.mock_platform.agreements.views import find, job_values, not_found, show
from flows.mock_platform.answers import Endpoint, whole, write_with_faults
from flows.mock_platform.envelope import BAD_FORM, ApiError
from flows.mock_platform.sources import quotes
from flows.mock_platform.store import Row, Tx

LONGEST = 80
"""Characters of a milestone's name."""


@dataclass(frozen=True)
class Deed:
    """A form that was sent: who sent it, about which job, from which side, and its fields."""

    visit: Visit
    job: Row
    side: str
    fields: dict[str, str]

    def line(self) -> int | None:
        """The row that it is about."""
        return whole(self.fields.get("line"))


Refused = Callable[[Request, Deed, str], Response]
"""The page that says why a form was not taken."""


async def _received(request: Request) -> Deed | Response:
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    fields = await form_of(request) or dict(request.query_params)
    with visit.site.store.read() as tx:
        found = find(tx, request, visit.user)
    return Deed(visit, *found, fields) if found is not None else not_found(request)


def _back(deed: Deed) -> Response:
    return RedirectResponse(f"/jobs/{deed.job['ref']}/agreement", status_code=303)


def _again(request: Request, deed: Deed, name: str, problem: str) -> Response:
    """A page with what is wrong on it."""
    with deed.visit.site.store.read() as tx:
        values = job_values(tx, deed.visit, deed.job, deed.side)
    values |= {"fields": deed.fields, "problem": problem, "longest": LONGEST}
    return show(request, deed.visit, name, values)


# --- proposals --------------------------------------------------------------------------------------------------------


async def add(request: Request) -> Response:
    """The form for a milestone."""
    deed = await _received(request)
    if isinstance(deed, Response):
        return deed
    return _again(request, deed, "add.html", "") if deed.side == "freelancer" else not_found(request)


async def preview(request: Request) -> Response:
    """What would be sent; nothing is written."""
    deed = await _received(request)
    if isinstance(deed, Response):
        return deed
    try:
        minor, text = _proposed(deed)
    except ApiError as error:
        return _again(request, deed, "add.html", error.message)
    shown = {"text": text, "value": amount(minor, deed.job["currency"])}
    with deed.visit.site.store.read() as tx:
        values = job_values(tx, deed.visit, deed.job, deed.side)
    return show(request, deed.visit, "preview.html", {**values, "fields": deed.fields, **shown})


def _proposed(deed: Deed) -> tuple[int, str]:
    """Amount and words of a proposal. Raises ApiError with what the form says."""
    if deed.side != "freelancer" or deed.job["ended"]:
        raise ApiError("PERMISSION_DENIED", "Only the freelancer of a job that is not closed can propose a milestone.")
    text = " ".join(deed.fields.get("milestone", "").split())
    if not text or len(text) > LONGEST:
        raise ApiError(BAD_FORM, f"Please name the milestone in at most {LONGEST} characters.")
    try:
        datetime.strptime(deed.fields.get("due", ""), "%d.%m.%Y")
    except ValueError:
        raise ApiError(BAD_FORM, "Please give a due date as DD.MM.YYYY.") from None
    if deed.fields.get("auto_pay") not in ("7", "14", "28"):
        raise ApiError(BAD_FORM, "Please choose after how many days an invoice is paid.")
    return _amount(deed, "value"), text


def _amount(deed: Deed, name: str) -> int:
    try:
        return typed(deed.fields.get(name), deed.job["currency"])
    except money.BadAmount as bad:
        raise ApiError(BAD_FORM, str(bad)) from None


def _send(tx: Tx, deed: Deed) -> None:
    minor, text = _proposed(deed)
    milestone_requests.create(tx, deed.job, minor, text)


def _accept(tx: Tx, deed: Deed) -> None:
    _must(deed, "client")
    row = milestone_requests.pending(tx, deed.line(), deed.job)
    milestone_requests.decide(tx, row, "created")
    milestones.create(tx, deed.job, row["minor"], row["description"])


def _decline(tx: Tx, deed: Deed) -> None:
    _must(deed, "client")
    milestone_requests.decide(tx, milestone_requests.pending(tx, deed.line(), deed.job), "rejected")


def _withdraw(tx: Tx, deed: Deed) -> None:
    _must(deed, "freelancer")
    milestone_requests.decide(tx, milestone_requests.pending(tx, deed.line(), deed.job), "deleted")


# --- invoices and the pool --------------------------------------------------------------------------------------------


def _invoice(tx: Tx, deed: Deed) -> None:
    milestones.act(tx, _milestone(tx, deed), "request_release", deed.side, {})


def _pay_invoice(tx: Tx, deed: Deed) -> None:
    row = _milestone(tx, deed)
    if row["status"] != "requested_release":
        raise ApiError(BAD_FORM, "There is no invoice for this milestone.")
    if deed.fields.get("sure") != "yes":
        raise ApiError(BAD_FORM, "Please say that you have looked at the work.")
    if pool_of(tx, deed.job["ref"]).left < row["minor"]:
        raise ApiError("PAYMENT_REQUIRED", "There is not enough in escrow for this invoice.")
    milestones.act(tx, row, "release", deed.side, {})


def _milestone(tx: Tx, deed: Deed) -> Row:
    row = milestones.get(tx, deed.line())
    if row is None or row["project"] != deed.job["ref"]:
        raise ApiError("NOT_FOUND", "There is no such milestone.")
    return row


def _must(deed: Deed, side: str) -> None:
    if deed.side != side:
        raise ApiError("PERMISSION_DENIED", "This is for the other side to do.")


async def escrow(request: Request) -> Response:
    """How much to pay in: suggested is nothing."""
    deed = await _received(request)
    if isinstance(deed, Response):
        return deed
    return _again(request, deed, "escrow.html", "") if deed.side == "client" else not_found(request)


async def confirm(request: Request) -> Response:
    """What would be paid, and from what; nothing is written."""
    deed = await _received(request)
    if isinstance(deed, Response):
        return deed
    return _confirm(request, deed, "")


def _confirm(request: Request, deed: Deed, problem: str) -> Response:
    try:
        _must(deed, "client")
        minor = _amount(deed, "amount")
    except ApiError as error:
        return _again(request, deed, "escrow.html", error.message)
    site, code = deed.visit.site, deed.job["currency"]
    with site.store.read() as tx:
        values = job_values(tx, deed.visit, deed.job, deed.side)
        ways = [quote for quote in quotes(tx, deed.visit.user["id"], code, minor, site.knobs) if not quote.converted]
    chosen = next((way.id for way in ways if way.verified), "")
    values |= {"sum": amount(minor, code), "fields": deed.fields, "problem": problem}
    return show(request, deed.visit, "confirm.html", {**values, "ways": ways, "chosen": chosen})


def _pay_in(tx: Tx, deed: Deed) -> None:
    _must(deed, "client")
    carts.check_may_create(tx, deed.job, deed.visit.user["id"])
    carts.deposit(tx, deed.job, _amount(deed, "amount"), deed.fields.get("source", ""), deed.visit.site.knobs)


# --- how each is sent -------------------------------------------------------------------------------------------------


def _refused(request: Request, deed: Deed, problem: str) -> Response:
    return _again(request, deed, "agreement.html", problem)


def _deed(at: str, carry_out: Callable[[Tx, Deed], None], refused: Refused = _refused) -> Endpoint:
    """An endpoint that writes, with whatever fault is armed there, and leads back to the agreement."""

    async def endpoint(request: Request) -> Response:
        deed = await _received(request)
        if isinstance(deed, Response):
            return deed

        def write(hide_for: float) -> Response:
            with deed.visit.site.write(hide_for) as tx:
                carry_out(tx, deed)
            return _back(deed)

        try:
            return await write_with_faults(request, at, write, happen=happen)
        except ApiError as error:
            return refused(request, deed, error.message)

    return endpoint


def routes() -> list[Route]:
    """The routes of this file."""
    forms = {"agreement/add": add, "escrow": escrow, "escrow/confirm": confirm}
    deeds = {
        "agreement/send": _deed("milestone.request", _send),
        "agreement/accept": _deed("milestone.create", _accept),
        "agreement/decline": _deed("milestone.request", _decline),
        "agreement/withdraw": _deed("milestone.request", _withdraw),
        "invoices/send": _deed("milestone.release", _invoice),
        "invoices/pay": _deed("milestone.release", _pay_invoice),
        "escrow/pay": _deed("cart.process", _pay_in, _confirm),
    }
    return [
        *(Route(f"/jobs/{{ref}}/{path}", page, methods=["GET"]) for path, page in forms.items()),
        Route("/jobs/{ref}/agreement/add", preview, methods=["POST"]),
        *(Route(f"/jobs/{{ref}}/{path}", deed, methods=["POST"]) for path, deed in deeds.items()),
    ]
