"""The knobs: what is unknown about the real site or differs between its versions, and a few hostile habits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True)
class Knob:
    """One knob: its default, its values (empty: any value of `shape` text, number, decimal or time), what it does."""

    default: str
    values: tuple[str, ...]
    about: str
    shape: str = "text"


DRIFTS = (
    *(
        "create_button",
        "create_icon",
        "create_twice",
        "create_sends",
        "payments_tab",
        "tab_moved",
        "description_label",
        "submit_button",
    ),
    *(
        "pay_button",
        "pay_twice",
        "created_heading",
        "status_column",
        "amount_column",
        "id_column",
        "description_column",
        "row_id",
    ),
    *("german", "dialog_stays"),
)
"""What the knob `drift` may name, several with commas between; static/drift.js does them."""

KNOBS: dict[str, Knob] = {
    "create_label": Knob(
        "Create Milestone", ("Create Milestone", "Create New Milestone", "Create"), "button that opens the form"
    ),
    "submit_label": Knob("Create Milestone", ("Create Milestone", "Create"), "button that sends the form"),
    "accept_label": Knob("Accept", ("Accept", "Create Milestone"), "client's button on a request row"),
    "pay_label": Knob("Confirm Payment", ("Confirm Payment", "Confirm and Pay"), "final button of the deposit page"),
    "tab_name": Knob("Payments", ("Payments", "Milestones"), "name of the project page's money tab"),
    "form": Knob("modal", ("modal", "inline"), "where the create and request forms appear"),
    "path": Knob("cart", ("cart", "direct"), "draft, cart and deposit page, or one POST that charges at once"),
    "description_limit": Knob("100", ("100", "200"), "longest description"),
    "list_markup": Knob("table", ("table", "cards"), "markup of project and milestone lists"),
    "list_activity": Knob("on", ("on", "off"), "whether My Projects shows when something last changed on each project"),
    "amount_format": Knob("us", ("us", "plain", "european", "indian"), "how pages show amounts"),
    "login_ids": Knob(
        "none", ("none", "emailOrUsernameInput", "emailOrUsername"), "id of the login field (with #passwordInput)"
    ),
    "live": Knob("poll", ("poll", "sse", "off"), "how rows change without a reload"),
    "poll_ms": Knob("1000", (), "pause between polls when live=poll", "number"),
    "open_tab": Knob("active", ("active", "bidding"), "what My Projects' open tab lists: all not ended, or only open"),
    "accept_without_funds": Knob(
        "deposit", ("deposit", "refuse"), "API accept of a request without balance: PAYMENT_REQUIRED, or BAD_FORM"
    ),
    "release_steps": Knob("two", ("two", "one"), "release: amount first and then the checkbox, or both in one dialog"),
    "overage_fee": Knob("on", ("on", "off"), "3 % Project Fee on what exceeds the bid"),
    "card_fee_percent": Knob("2.3", (), "processing fee of cards, per cent of the subtotal", "decimal"),
    "card_fee_fixed": Knob("0.30", (), "processing fee of cards, fixed part in USD", "decimal"),
    "card": Knob("works", ("works", "declined"), "what the card's bank says"),
    "clearing": Knob("off", ("off", "on"), "released milestones first show Pending in Freelancer.com"),
    "cart_guard": Knob("on", ("on", "off"), "off: processing a charged cart again charges again and doubles the row"),
    "error_http": Knob("code", ("code", "200"), "HTTP status of error envelopes: their own, or always 200"),
    "toast": Knob("on", ("on", "off"), "toasts after success"),
    "confirm_dialog": Knob("", (), "text of a JS confirm() before each money submit, with {amount}; empty: none"),
    "rewrite_amount": Knob(
        "none",
        ("none", "thousands", "round", "misparse", "silent"),
        "form rewrites the amount: 1,250.00; rounded to units; shows 1,250.00 but sends 1; shows it, sends it rounded",
    ),
    "drift": Knob("", (), "what a next release of the site changed: any of " + ", ".join(DRIFTS), "drift"),
    "redirect_307": Knob("off", ("off", "on"), "money requests go to /ajax-api/forward.php, which answers 307"),
    "telemetry": Knob("off", ("off", "on"), "pages send a POST to /ajax-api/telemetry.php every two seconds"),
    "empty_list_style": Knob(
        "bare", ("bare", "text"), "fault empty_list: no rows and no end marker, or with the empty text (undetectable)"
    ),
    "drop_style": Knob(
        "cut",
        ("cut", "replay", "half"),
        "drop and hang cut a fresh connection; a reused one, where Chromium repeats the request by itself;"
        " or in the middle of the answer",
    ),
    "session_seconds": Knob("0", (), "sessions end after so many seconds; 0: never", "number"),
    "latency": Knob("0", (), "milliseconds before each document and API answer", "number"),
    "now": Knob("real", (), "the site's clock: real, or a fixed time such as 2026-11-02T09:00:00Z", "time"),
}


class BadKnob(ValueError):
    """A knob that does not exist or a value that it does not take; the text says which ones it does."""


class Knobs:
    """The knobs' values now. `get` for one, `set_all` to change several at once (all or none)."""

    def __init__(self) -> None:
        self._values = {name: knob.default for name, knob in KNOBS.items()}

    def get(self, name: str) -> str:
        """The value of a knob."""
        return self._values[name]

    def on(self, name: str) -> bool:
        """Whether a knob with the values on and off is on."""
        return self._values[name] == "on"

    def number(self, name: str) -> int:
        """The value of a number knob."""
        return int(self._values[name])

    def as_dict(self) -> dict[str, str]:
        """All values, by name."""
        return dict(self._values)

    def set_all(self, values: dict[str, str]) -> None:
        """Set several. Raises BadKnob that names every problem; then nothing is set."""
        problems = [problem for name, value in values.items() if (problem := _problem(name, value))]
        if problems:
            raise BadKnob("; ".join(problems))
        self._values.update(values)


def _problem(name: str, value: str) -> str:
    knob = KNOBS.get(name)
    if knob is None:
        return f"no knob {name!r}; there are: {', '.join(sorted(KNOBS))}"
    if knob.values and value not in knob.values:
        return f"{name} takes {' | '.join(knob.values)}, not {value!r}"
    if not knob.values and not _fits(knob.shape, value):
        return f"{name} takes a {knob.shape}, not {value!r}"
    return ""


def _fits(shape: str, value: str) -> bool:
    if shape == "number":
        return value.isdecimal()
    if shape == "decimal":
        try:
            return Decimal(value) >= 0
        except InvalidOperation:
            return False
    if shape == "drift":
        return all(name.strip() in DRIFTS for name in value.split(",") if name.strip())
    if shape == "time":
        return value == "real" or parse_time(value) is not None
    return True


def parse_time(text: str) -> int | None:
    """Unix seconds of an ISO time (without an offset: UTC), or None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
