"""A platform's profile, the hands' half: URLs, locators, wording, lists and money requests, as data.

It is the table `[hands]` of the file that `assistant.platform` describes. Locators are candidates in order, in
Playwright's selector syntax; what is read is described by `Source`s, tried in order as well. Nothing in here runs:
`flows/pages/` gives it meaning, `flows.profile_check` says what is unsafe in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from pydantic import AfterValidator, Field

from assistant.errors import OriginRefused, ProfileError, Refused
from assistant.money import Money, MoneyStyle
from assistant.platform import Part, PlatformRules, origin_of, rules_of
from assistant.profile_files import ProfileFiles, fit, load_files
from assistant.site import ProjectStatus, Role, SourceKind
from flows.gate import MoneyUrl


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Regex = Annotated[str, AfterValidator(_compiles)]
Locators = Annotated[tuple[str, ...], Field(min_length=1)]
"""Candidates in Playwright's selector syntax, the best first."""
Texts = tuple[str, ...]


class Source(Part):
    """One way to a value: beside a label (column head, `dt`, caption), or in the one element that a CSS selector finds.

    `attr` takes an attribute instead of the text; `match` keeps the first group of a regex of it. Neither `label` nor
    `css` means the row (or page) itself.
    """

    label: str | None = None
    css: str | None = None
    attr: str | None = None
    match: Regex | None = None


Sources = Annotated[tuple[Source, ...], Field(min_length=1)]


class ListSpec(Part):
    """A list on a page: its rows (CSS candidates), what each row says, and how its end is known.

    `headings` bound the list where several stand on a page. A list is whole when it has as many rows as `total` says,
    or none and one of the `empty` texts is seen.
    """

    headings: Texts = ()
    rows: Annotated[tuple[str, ...], Field(min_length=1)]
    fields: Mapping[str, Sources]
    total: tuple[Source, ...] = ()
    """The page's own count: one group, or three for "21-40 of 63". Without it the list proves no absence."""
    empty: Texts = ()
    least: int = 0
    """Rows without which the list is not whole yet, where the page states no total."""
    optional: bool = False
    """Whether the page may leave the whole list out, heading and all, where it has no rows."""


class PageSpec(Part):
    """A page that is read whole in one go: single values and lists."""

    values: Mapping[str, Sources]
    lists: Mapping[str, ListSpec] = {}
    required: Texts = ()
    """Values without which the page is not whole."""
    busy: str | None = None
    """CSS of what is on the page only while it still loads."""
    either: Texts = ()
    """Values (`counterparty`, `projects.counterparty`) of which a later way is as good as the first, so that it is not
    told when one is used: each side of a project sees another label."""


class Urls(Part):
    """Paths on the origin. `{...}` are filled in; regexes are matched against path and query."""

    login: str
    projects: str
    payments: str
    is_login: Regex
    is_cart: Regex | None = None
    """Left out where a cart has no page of its own."""
    is_project: Regex
    """With a group `seo_url`."""


class Signal(Part):
    """One thing that may happen on a page: all that is given must hold. `gone` must not be visible."""

    url: Regex | None = None
    css: str | None = None
    text: Texts = ()
    gone: str | None = None


class LoginSpec(Part):
    """The login form and what it may answer. `errors` maps an error class (see `flows.login`) to the site's texts."""

    name: Locators
    password: Locators
    submit: Locators
    code: Locators
    code_submit: Locators
    code_shown: Signal
    errors: Mapping[str, Texts]
    banner: str
    """CSS of where the site shows what is wrong."""
    session_cookies: Texts = ()
    """Names of the cookies that the session lives in: when the first of them ends, so does the session."""


class Button(Part):
    """A button of a money step: its locators, and what must be true of it right before the click."""

    find: Locators
    name: Regex
    action: Regex = "^$"
    """Path and query of the form or link that it would submit; the empty string where scripts do it."""
    direct: bool = False
    """Whether pressing it finishes the step on the same page, without a cart."""


class FormField(Part):
    """A field that a form wants beside amount and description, and what goes into it.

    `{due}` in the text is the milestone's due date, or the day that is so many `days` from now, as `date` writes it.
    """

    find: Locators
    text: str
    """The text, the option of a list, or yes or no of a box to tick."""
    days: int = Field(default=14, ge=0)
    date: str = "%Y-%m-%d"
    """How the form takes a date, in the signs of strftime."""


class Stage(Part):
    """One stage of a form that asks for its fields one after the other, and the button that goes on to the next."""

    fields: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names: amount, description, and those of `more`."""
    go_on: Button


class Form(Part):
    """A form that a money step fills: the button that opens it, its fields, the button that submits it.

    It may stand in a dialog, in the page, on a page of its own, or come in `stages`; the fields that no stage names are
    on the last one. That one has to show amount and description, as fields or as text.
    """

    open: Button
    shown: Locators
    amount: Locators
    description: Locators
    more: Mapping[str, FormField] = {}
    """Further fields that have to be filled, by a name of your own."""
    stages: tuple[Stage, ...] = ()
    """The stages before the last one, in order."""
    submits: Annotated[tuple[Button, ...], Field(min_length=1)]
    """The kinds of button that may submit it; the form shows one of them."""
    gone: str
    """CSS of what is no longer visible once a direct step went through."""
    currency_label: Regex
    """On the amount's accessible name; group 1 is the currency code."""
    errors: str
    """CSS of the site's own messages about the form: validation and banner."""


class RowButton(Part):
    """A button on the row of a milestone or request. `{ref}` is the row's reference: letters, digits, `.`, `-`, `_`.

    `done` shows that pressing it came to an end, `{ref}` in its CSS included; left out where it opens something.
    """

    row: Locators
    button: Button
    done: Signal = Signal()
    errors: str = "[role=alert]"
    """CSS of the site's own messages about it."""


class Accept(RowButton):
    """The client's button on the row of a request."""

    opens_form: bool
    """Whether the button opens the create form with the request's figures; else pressing it is the act itself."""


class Release(RowButton):
    """The client's button on the row of a milestone, and the dialogs behind it, in one step or two."""

    asks_amount: Texts = ()
    """The first of two dialogs, which asks only how much; left out where there is one dialog."""
    amount: Texts = ()
    """The field for the amount, in either dialog; left out where none asks for it."""
    go_on: Button | None = None
    """From the first dialog to the second."""
    shown: Locators
    """The dialog with the last button. It names payee, description and amount."""
    sure: Texts = ()
    """The checkbox without which the button stays disabled; left out where there is none."""
    submit: Button
    gone: str


class PayIn(Part):
    """The form that pays into the one pool of a project: how much is to be paid in, and on to the cart's page."""

    open: Button
    shown: Locators
    amount: Locators
    currency_label: Regex
    """On the amount's accessible name; group 1 is the currency code."""
    go_on: Button
    errors: str
    """CSS of the site's own messages about the form."""


class CartSpec(Part):
    """The cart or deposit page, or the dialog in its place: what it says, how a source is chosen, how it is paid.

    `page` has the values `signed_in`, `cart`, `project_ref`, `status`, `currency` (of the total) and `item_currency`
    (where there is no total yet), and the lists `lines` (name, amount) and
    `sources` (ref, label, kind, verified, selected, enough, currency). What a line is, its name says: `total_line`,
    `fee_line`, `neutral_line` (sums that are charged through other lines), else an item.
    """

    open: RowButton | None = None
    """The button on the row of a milestone that brings the dialog up; left out where a cart has a page of its own."""
    pay_in: PayIn | None = None
    """The form before the cart, where money goes into one pool a project and names no milestone. The cart's page then
    has a value `deposited`, what was paid in before, and the payments page `pool_deposited` and `pool_left`."""
    page: PageSpec
    item_detail: Regex = "(.*)"
    """Group 1 of an item's text is its description."""
    total_line: Regex
    fee_line: Regex
    neutral_line: Regex
    free: Texts
    """What a line says instead of a zero amount."""
    charged: Texts
    """Raw statuses of a cart that is paid."""
    kinds: Mapping[SourceKind, Regex]
    """On a source's `kind` text; the first that matches."""
    yes: Mapping[str, Regex]
    """When `verified`, `selected` and `enough` hold, as a regex on the field's text ("" where it is missing)."""
    source: Texts = ()
    """The control that selects a source, whose reference on the page is `{ref}`; left out where there is no choice."""
    pay: Button
    done: Signal
    errors: str


class Dialog(Part):
    """A JavaScript dialog that a step may accept: its text, with a group `amount` where it shows one."""

    step: str
    text: Regex


class MoneyRequest(Part):
    """A request that moves money. `path` is matched against path and query of the URL."""

    method: str = Field(pattern="^(POST|PUT|PATCH|DELETE)$")
    path: Regex
    step: str
    passes: int = Field(default=1, ge=1)
    says: Regex | None = None
    """What query or body must say for a pass to hold: the action, where one address serves several."""
    why: str = ""


class Waits(Part):
    """Deadlines in seconds: to load a page, to see it whole, to see an act through."""

    load: float = Field(gt=0)
    read: float = Field(gt=0)
    act: float = Field(gt=0)


class Marks(Part):
    """How the platform prints amounts."""

    decimal: str
    group: str
    typed_decimal: str = "."
    """What its forms take before the cents."""


class Hands(Part):
    """The table `[hands]`."""

    urls: Urls
    views: Mapping[Role, str]
    lists: Mapping[ProjectStatus, str]
    page_size: int = Field(gt=0)
    money: Marks
    waits: Waits
    contexts_last: int = Field(gt=0)
    """Looks after which a context is replaced: the driver keeps every request of a context in memory."""
    drawn: Signal | None = None
    """For a site that is one page whose scripts draw all others: what shows that they have, for somebody signed in."""
    login: LoginSpec
    projects: PageSpec
    """Values `signed_in`, `next_page`; list `projects`: ref, title, link, counterparty, currency, status, bid,
    and `activity`, the site's words for when something last changed, without which every open project is looked at."""
    not_accepted: Texts = ()
    """Raw statuses of a project whose award waits for the freelancer's yes."""
    per_hour: Texts = ()
    """Parts of a bid's text that say that it is a rate for an hour, and no total."""
    payments: PageSpec
    """Values `signed_in`, `project_ref`, `title`, `counterparty`, `currency`, and of a pool `pool_deposited` (in all)
    and `pool_left` (in it now); list `milestones`, in the order in which a pool pays for them, and where the site has
    them `requests`, `carts` (site_ref, description, amount, raw, and created or link) and `balances` (currency,
    amount)."""
    title_links: str
    """CSS of the links in My Projects whose text is a project's title."""
    payments_tab: Locators
    create: Form | None = None
    request: Form | None = None
    accept: Accept | None = None
    withdraw: RowButton | None = None
    request_release: RowButton | None = None
    release: Release | None = None
    plain_no: Texts = ()
    """Parts of the site's messages after which nothing was written, for certain."""
    request_id: Regex | None = None
    """Group 1 is the site's request id in such a message."""
    cart: CartSpec
    dialogs: tuple[Dialog, ...] = ()
    money_requests: Annotated[tuple[MoneyRequest, ...], Field(min_length=1)]
    session_storage: bool = False
    """Whether the site's sign-in is lost without sessionStorage, which a browser's own saved state leaves out."""
    sends_money: Literal["driver", "browser"] = "driver"
    """Who sends a money request that the gate lets pass: see `flows.gate`."""
    mask: Texts = ()
    """CSS of what no picture may show, beside password inputs."""

    def is_cart(self, url: str) -> bool:
        """Whether a URL is that of a cart's own page."""
        return self.urls.is_cart is not None and re.search(self.urls.is_cart, path_of(url)) is not None

    @property
    def to_cart(self) -> Mapping[str, Signal]:
        """What shows that an act has led to a cart's own page; empty where there is none."""
        return {"cart": Signal(url=self.urls.is_cart)} if self.urls.is_cart is not None else {}

    @property
    def forms(self) -> Mapping[str, Form]:
        """The forms that the site has, by their table's name."""
        named = {"create": self.create, "request": self.request}
        return {name: form for name, form in named.items() if form is not None}

    @property
    def row_buttons(self) -> Mapping[str, RowButton]:
        """The buttons on rows that the site has, by their table's name."""
        named = {
            "accept": self.accept,
            "withdraw": self.withdraw,
            "request_release": self.request_release,
            "release": self.release,
            "cart.open": self.cart.open,
        }
        return {name: button for name, button in named.items() if button is not None}


Known = TypeVar("Known")


def described(table: Known | None, what: str) -> Known:
    """A table of the profile that a step needs. `Refused` where the profile leaves it out."""
    if table is None:
        raise Refused(
            f"nothing is submitted: the profile does not say {what}",
            hint="do it by hand on the site; docs/profiles.md says how a profile would describe it",
        )
    return table


@dataclass(frozen=True)
class Profile:
    """Both halves of a platform's profile, and the files they come from."""

    rules: PlatformRules
    hands: Hands
    files: ProfileFiles

    @property
    def name(self) -> str:
        """The platform's name."""
        return self.rules.name

    @cached_property
    def style(self) -> MoneyStyle:
        """How amounts on this platform are to be read."""
        return MoneyStyle(self.hands.money.decimal, self.hands.money.group)

    def typed(self, amount: Money) -> str:
        """An amount as the platform's forms take it."""
        return amount.amount_text.replace(".", self.hands.money.typed_decimal)

    @property
    def money_urls(self) -> tuple[MoneyUrl, ...]:
        """What the gate guards."""
        return tuple(MoneyUrl(r.method, r.path, r.step, r.passes, r.says) for r in self.hands.money_requests)

    def with_waits(self, **seconds: float) -> Profile:
        """The same profile with other deadlines."""
        return replace(self, hands=self.hands.model_copy(update={"waits": self.hands.waits.model_copy(update=seconds)}))

    def seo_url(self, url: str) -> str | None:
        """The part of a project's URL that names it, such as `php/Some-Title`; None for another kind of URL."""
        found = re.search(self.hands.urls.is_project, path_of(url))
        return found["seo_url"] if found else None


def load_profile(name: str, config_dir: Path | None = None) -> Profile:
    """Load both halves of a profile. `ProfileError` with all problems of the first half that has any."""
    return profile_of(load_files(name, config_dir))


def profile_of(files: ProfileFiles) -> Profile:
    """Both halves of a profile whose files are read. Raises `ProfileError` as `load_profile` does."""
    rules = rules_of(files)
    hands = files.data.get("hands")
    if not hands:
        raise ProfileError(
            f"the profile {files.name} has no table [hands]: nothing says how its pages are used",
            where=str(files.paths[-1]),
            hint="it is a draft, for reading about the platform" if rules.draft else "docs/profiles.md explains it",
        )
    return Profile(rules, fit(Hands, hands, files, at=("hands",)), files)


def fill(template: str, **values: str | int) -> str:
    """A path from a template, each value quoted; `/` stays in a `seo_url`."""
    quoted = {key: quote(str(value), safe="/" if key == "seo_url" else "") for key, value in values.items()}
    return template.format(**quoted)


def path_of(url: str) -> str:
    """Path and query of a URL, without its fragment."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def on_origin(origin: str, url: str) -> str:
    """A URL or path made absolute on an origin. `OriginRefused` for one that leads elsewhere."""
    absolute = urljoin(origin + "/", url)
    if origin_of(absolute) != origin:
        raise OriginRefused(
            f"a link leads to {origin_of(absolute) or 'no web site'}, and the account lives on {origin}",
            where=origin,
            hint="open the site in a browser of your own; if it has moved, set the account's `origin`",
        )
    return absolute
