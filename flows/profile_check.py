"""What is unsafe in a profile although it loads: locators that could mean anything, lists that prove no absence.

A selector that is empty, a bare tag, or counted by position finds something on any page; on a money step that is how
the wrong button is pressed. All problems are told at once, each with its place in the file and its mend.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence

from assistant.errors import Problem
from assistant.profile_files import Where
from assistant.site import Role
from assistant.switches import Funding
from flows.login import KINDS
from flows.profile import Button, ListSpec, Profile

_POSITION = re.compile(
    r"nth=|:nth|:first|:last|:only-|:has-text\(\s*\)|\bnth-match|\[\d+\]|\[(?:last|first|position)\(\)|>>\s*nth|"
    r"left-of|right-of|above|below|near\(",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\[\s*name\s*=\s*(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'|/(?P<regex>.*)/[a-z]*)"
)
_TEXT = re.compile(
    r"^\s*(?:text=|internal:text=)(?P<text>.*)$|:(?:has-text|text|text-is|text-matches)\((?P<inner>.*)\)"
)
_FILLED = {"login": {"next"}, "projects": {"view", "list", "show"}, "payments": {"seo_url"}}


def check_profile(profile: Profile) -> list[Problem]:
    """Everything in the hands' half of a profile that a money step must not rest on, in the order of the file."""
    found = [
        *_locators(profile),
        *_buttons(profile),
        *_forms(profile),
        *_tables(profile),
        *_lists(profile),
        *_urls(profile),
        *_steps(profile),
        *_logins(profile),
    ]
    return sorted(_problem(profile, at, message, mend) for at, message, mend in found)


_Found = tuple[Where, str, str]


def _problem(profile: Profile, at: Where, message: str, mend: str) -> Problem:
    path, line = profile.files.place_of(("hands", *at))
    return Problem(str(path), line, ".".join(map(str, ("hands", *at))), message, mend)


def _locators(profile: Profile) -> Iterator[_Found]:
    for at, locators in _money_locators(profile):
        for place, locator in enumerate(locators):
            if why := weakness(locator):
                mend = "name the element by its role and accessible name, its label, or an attribute of its own"
                yield (*at, place), f"{locator!r} {why}", mend


def _money_locators(profile: Profile) -> Iterator[tuple[Where, Sequence[str]]]:
    hands = profile.hands
    for name, form in hands.forms.items():
        yield (name, "shown"), form.shown
        yield (name, "amount"), form.amount
        yield (name, "description"), form.description
        for field, more in form.more.items():
            yield (name, "more", field, "find"), more.find
    for name, row in hands.row_buttons.items():
        yield (*name.split("."), "row"), row.row
    for at, button in _all_buttons(profile):
        yield (*at, "find"), button.find
    if hands.release is not None:
        for part in ("asks_amount", "amount", "shown", "sure"):
            yield ("release", part), getattr(hands.release, part)
    if hands.cart.pay_in is not None:
        for part in ("shown", "amount"):
            yield ("cart", "pay_in", part), getattr(hands.cart.pay_in, part)
    yield ("cart", "source"), hands.cart.source


def weakness(locator: str) -> str | None:
    """Why a locator may find the wrong element, in words; None if nothing speaks against it."""
    text = locator.strip()
    if not text:
        return "is empty: it finds anything"
    if _POSITION.search(text):
        return "goes by position: the next version of the page has something else there"
    last = text.split(">>")[-1].strip().removeprefix("css=").strip()
    if last in ("*", "html", "body") or (re.fullmatch(r"[a-zA-Z][\w-]*", last) and ">>" not in text):
        return "is a bare tag: it finds every such element"
    if last.startswith("role="):
        return _weak_name(last)
    if worded := _TEXT.search(text):
        words = (worded["text"] if worded["text"] is not None else worded["inner"]).strip().strip("\"'")
        return f"matches the text {words!r}, which is almost anything" if len(words) < 2 else None
    return None


def _weak_name(role: str) -> str | None:
    named = _NAME.search(role)
    if named is None:
        return "is a role without a name: it finds every element of that role"
    if named["regex"] is not None:
        try:
            anything = re.search(named["regex"], "") or re.search(named["regex"], "\x00")
        except re.error as error:
            return f"has a regular expression that does not work: {error}"
        return "has a name that matches anything" if anything else None
    words = named["double"] if named["double"] is not None else named["single"]
    return f"has the name {words!r}, which is too short to mean anything" if len(words.strip()) < 2 else None


def _buttons(profile: Profile) -> Iterator[_Found]:
    for at, button in _all_buttons(profile):
        if re.fullmatch(button.name, "") or re.fullmatch(button.name, "\x00"):
            yield (*at, "name"), f"{button.name!r} fits any name", "write the button's own words"


def _all_buttons(profile: Profile) -> Iterator[tuple[Where, Button]]:
    hands = profile.hands
    for name, form in hands.forms.items():
        yield (name, "open"), form.open
        for place, stage in enumerate(form.stages):
            yield (name, "stages", place, "go_on"), stage.go_on
        for place, submit in enumerate(form.submits):
            yield (name, "submits", place), submit
    for name, row in hands.row_buttons.items():
        yield (*name.split("."), "button"), row.button
    if hands.release is not None:
        if hands.release.go_on is not None:
            yield ("release", "go_on"), hands.release.go_on
        yield ("release", "submit"), hands.release.submit
    if hands.cart.pay_in is not None:
        yield ("cart", "pay_in", "open"), hands.cart.pay_in.open
        yield ("cart", "pay_in", "go_on"), hands.cart.pay_in.go_on
    yield ("cart", "pay"), hands.cart.pay


def _forms(profile: Profile) -> Iterator[_Found]:
    """A stage can only ask for fields that the form has."""
    for name, form in profile.hands.forms.items():
        known = {"amount", "description", *form.more}
        for place, stage in enumerate(form.stages):
            for field in stage.fields:
                if field not in known:
                    yield (name, "stages", place, "fields"), f"the form has no field {field}", "describe it under more"


def _tables(profile: Profile) -> Iterator[_Found]:
    """The tables that the steps of this platform rest on."""
    hands, rules = profile.hands, profile.rules
    asks = Role.FREELANCER in (*rules.creators, *rules.requesters)
    wanted = {"create": Role.CLIENT in rules.creators, "request": asks, "accept": asks, "withdraw": asks}
    for name, needed in wanted.items():
        if needed and getattr(hands, name) is None:
            yield (name,), "this table is missing", f"describe the step under [hands.{name}]"
    if hands.release is not None and hands.release.asks_amount and hands.release.go_on is None:
        yield ("release",), "nothing says how to go on from the first dialog", "describe the button under go_on"
    if asks and "requests" not in hands.payments.lists:
        yield ("payments", "lists", "requests"), "this list is missing", "describe it as the built-in profile does"
    yield from _pool(profile)
    if hands.cart.open is None and hands.urls.is_cart is None:
        mend = "write urls.is_cart, or the button under [hands.cart.open]"
        yield ("cart",), "nothing says how a payment is reached", mend


def _pool(profile: Profile) -> Iterator[_Found]:
    """Where milestones are paid from one pool, how money gets into it, and what says how much is there."""
    pay_in, funding = profile.hands.cart.pay_in, profile.rules.switches.funding
    if (pay_in is not None) != (funding is Funding.POOL):
        mend = "describe it, and what it needs, or say rules.switches.funding otherwise"
        yield ("cart", "pay_in"), f"this table and funding = {str(funding or 'unknown')!r} do not go together", mend
    if pay_in is None:
        return
    for page, names in (("payments", ("pool_deposited", "pool_left")), ("cart", ("deposited",))):
        spec = profile.hands.payments if page == "payments" else profile.hands.cart.page
        at: Where = ("payments", "values") if page == "payments" else ("cart", "page", "values")
        for name in names:
            if name not in spec.values:
                yield at, f"the value {name} is missing", f"add {name} = [{{ label = ... }}]"


def _lists(profile: Profile) -> Iterator[_Found]:
    """Lists whose absence of a row is taken as a fact need the page's own word on where they end."""
    mend = 'say where the page counts them (total) and what it says when there are none (empty = ["..."])'
    for at, spec in _proving_lists(profile):
        if not spec.total or not all(source.match for source in spec.total):
            yield (*at, "total"), "nothing says how many rows the list has", mend
        if not spec.empty or not all(len(text.strip()) > 1 for text in spec.empty):
            yield (*at, "empty"), "nothing says that the list is empty", mend
    for at, names in _FIELDS.items():
        page = profile.hands.projects if at[0] == "projects" else profile.hands.payments
        if at[-1] not in page.lists:
            if at[-1] == "requests":
                continue  # a site may have none: see _tables
            yield at, "this list is missing", "describe it as the built-in profile does"
            continue
        for name in names - set(page.lists[str(at[-1])].fields):
            yield (*at, "fields"), f"the field {name} is missing", f"add {name} = [{{ label = ... }}]"


_FIELDS: dict[Where, set[str]] = {
    ("projects", "lists", "projects"): {"ref", "title", "link", "currency"},
    ("payments", "lists", "milestones"): {"site_ref", "description", "amount", "raw"},
    ("payments", "lists", "requests"): {"site_ref", "description", "amount", "raw"},
}


def _proving_lists(profile: Profile) -> Iterator[tuple[Where, ListSpec]]:
    for at, page in (("projects", profile.hands.projects), ("payments", profile.hands.payments)):
        for name, entry in page.lists.items():
            if name != "balances":
                yield (at, "lists", name), entry


def _urls(profile: Profile) -> Iterator[_Found]:
    for name, allowed in _FILLED.items():
        template = getattr(profile.hands.urls, name)
        wanted = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
        if not template.startswith("/"):
            yield ("urls", name), f"{template!r} does not begin at the origin", "begin it with /"
        for field in sorted(wanted - allowed):
            yield ("urls", name), f"nothing fills in {{{field}}}", f"it may use {', '.join(sorted(allowed))}"
    if "seo_url" not in re.compile(profile.hands.urls.is_project).groupindex:
        yield ("urls", "is_project"), "the group seo_url is missing", "write (?P<seo_url>...) around it"


def _steps(profile: Profile) -> Iterator[_Found]:
    listed = {request.step for request in profile.hands.money_requests}
    has = {"pay", *profile.hands.forms, *profile.hands.row_buttons} - {"cart.open"}
    for step in sorted(has):
        if step not in listed:
            yield ("money_requests",), f"the step {step} lists no request", "without one the gate holds the step back"


def _logins(profile: Profile) -> Iterator[_Found]:
    for kind in profile.hands.login.errors:
        if kind not in KINDS:
            yield ("login", "errors", kind), "is no kind of login error", f"it may be {', '.join(KINDS)}"
