"""The cart: read whole, a source chosen, and paid once, if it is still exactly what was read.

The page is the site's word on what is about to be charged; whether that is what was approved is `assistant.cart`'s to
say. Pressing the button again is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.errors import CouldNotRead, MilepostError, Mismatch
from assistant.money import Currency, Money, read_money, shown
from assistant.site import CartItem, CartReading, FeeLine, Look, PaymentSource, SourceKind, Step, Submission
from flows.elements import appear, only, press
from flows.pages.acting import Act, act
from flows.pages.create_milestone import Typed, check_currency, check_fields, check_said
from flows.pages.reading import PageReading, Row, missing
from flows.pages.row_button import check_row, find_button
from flows.profile import CartSpec, PayIn, Profile, RowButton, Signal
from flows.tab import Tab, reason_of


def cart_of(reading: PageReading, profile: Profile) -> CartReading:
    """The cart that a reading of its page makes. `CouldNotRead` for a line that cannot be understood.

    A page on which no source is chosen yet may show no total; then it is that of the items, and nothing can be paid.
    """
    spec = profile.hands.cart
    currency = Currency((reading.values.get("currency") or reading.need("item_currency")).upper())
    items: list[CartItem] = []
    fees: list[FeeLine] = []
    totals: list[Money] = []
    for row in reading.lists["lines"].rows:
        name = row.get("name")
        if not name:
            raise missing("the name of a line of the cart", reading.url)
        if re.search(spec.neutral_line, name, re.IGNORECASE):
            continue
        amount = _amount(row, spec, currency, profile, reading.url)
        if re.search(spec.total_line, name, re.IGNORECASE):
            totals.append(amount)
        elif re.search(spec.fee_line, name, re.IGNORECASE):
            fees += [FeeLine(name, amount)]
        else:
            found = re.fullmatch(spec.item_detail, name)
            items.append(CartItem(found[1] if found else name, amount))
    charged = (reading.values.get("status") or "").casefold() in {word.casefold() for word in spec.charged}
    sources = () if charged else tuple(_sources(reading, spec))
    if not totals and items and not charged and not any(source.selected for source in sources):
        totals = [sum((item.amount for item in items[1:]), start=items[0].amount)]  # no source yet, so no total yet
    if len(totals) != 1:
        raise CouldNotRead(f"the cart has {len(totals) or 'no'} totals", where=reading.url, hint="look at the cart")
    return CartReading(
        site_ref=reading.values.get("cart") or "",
        project_ref=reading.values.get("project_ref"),
        items=tuple(items),
        fees=tuple(fees),
        total=totals[0],
        sources=sources,
        charged=charged,
        url=reading.url,
        deposited=_deposited(reading, currency, profile),
    )


def _deposited(reading: PageReading, currency: Currency, profile: Profile) -> Money | None:
    """What was paid into the pool before; a cart that pays into a pool has to say it."""
    if profile.hands.cart.pay_in is None:
        return None
    return read_money(reading.need("deposited"), currency=currency, style=profile.style)


def _amount(row: Row, spec: CartSpec, currency: Currency, profile: Profile, url: str) -> Money:
    text = row.get("amount")
    if not text:
        raise missing("the amount of a line of the cart", url)
    if text.casefold() in {word.casefold() for word in spec.free}:
        return Money.zero(currency)
    return read_money(text, currency=currency, style=profile.style)


def _sources(reading: PageReading, spec: CartSpec) -> Iterator[PaymentSource]:
    for row in reading.lists["sources"].rows:
        label = row.get("label")
        if not label:
            raise missing("the name of a source", reading.url)
        yield PaymentSource(
            kind=_kind(row.get("kind") or label, spec),
            label=label,
            verified=_holds(row, "verified", spec),
            selected=_holds(row, "selected", spec),
            enough=_holds(row, "enough", spec),
            currency=row.get("currency"),
        )


def _kind(text: str, spec: CartSpec) -> SourceKind:
    found = (kind for kind, regex in spec.kinds.items() if re.search(regex, text, re.IGNORECASE))
    return next(found, SourceKind.OTHER)


def _holds(row: Row, field: str, spec: CartSpec) -> bool:
    return re.search(spec.yes[field], row.get(field) or "", re.IGNORECASE) is not None


async def open_cart(tab: Tab, spec: RowButton, step: Step, look: Look) -> None:
    """Bring up the dialog that pays a milestone, from its row, which must be the one that was approved."""
    check_row(step, look, tab.page.url)
    async with tab.watch.over("opening the dialog that pays", tab.profile.hands.waits.read):
        await (await find_button(tab, spec, step)).click()


async def open_pay_in(tab: Tab, spec: PayIn, step: Step, look: Look) -> None:
    """Get to the cart that pays into the project's pool what this milestone lacks there, and no other before it."""
    lacks = look.pool.lacks if look.pool is not None else {}
    if next(iter(lacks.items()), None) != (step.site_ref, step.amount):
        told = ", ".join(f"#{ref} lacks {lacking}" for ref, lacking in lacks.items()) or "no milestone lacks anything"
        raise Mismatch(
            f"the pool does not want {step.amount} for milestone {step.site_ref} next: {told}",
            where=tab.page.url,
            hint="nothing was paid; make a new preview",
        )
    typed = tab.profile.typed(step.amount)
    async with tab.watch.over("opening the form that pays in", tab.profile.hands.waits.read):
        await press(tab.page, spec.open, "the button that opens the form that pays in")
        await appear(tab.page, spec.shown)
    async with tab.watch.over("filling the form that pays in", tab.profile.hands.waits.read):
        form = await only(tab.page, spec.shown, "the form that pays in")
        amount = await only(form, spec.amount, "the field for the amount")
        await check_currency(amount, spec.currency_label, step)
        await amount.fill(typed)
    await check_fields(tab, (Typed("amount", amount, typed),))
    async with tab.watch.over("going on to the cart", tab.profile.hands.waits.read):
        await press(form, spec.go_on, "the button that goes on")
    await tab.outcome({**tab.profile.hands.to_cart, "errors": Signal(css=spec.errors)}, "waiting for the cart")
    await check_said(tab, spec.errors)


async def read_cart(tab: Tab) -> CartReading:
    """Read the cart page that is open."""
    reading = await tab.read(tab.profile.hands.cart.page, "the cart")
    return cart_of(reading, tab.profile)


async def choose_source(tab: Tab, source: PaymentSource) -> CartReading:
    """Select a source and read the cart again, once the page shows it as selected."""
    spec = tab.profile.hands.cart
    reading = await tab.read(spec.page, "the cart")
    rows = [row for row in reading.lists["sources"].rows if row.get("label") == source.label]
    ref = rows[0].get("ref") if len(rows) == 1 else None
    if not spec.source or ref is None or not re.fullmatch(r"[\w.:-]{1,60}", ref):
        raise CouldNotRead(
            f"the source {shown(source.label)}: {len(rows) or 'no'} of that name",
            where=reading.url,
            hint="nothing was paid; look at the cart",
        )
    async with tab.watch.over("choosing the source", tab.profile.hands.waits.read):
        control = await only(tab.page, [text.replace("{ref}", ref) for text in spec.source], "the source's control")
        await control.check()
    cart = await read_cart(tab)
    if cart.selected is None or cart.selected.label != source.label:
        raise CouldNotRead(
            f"the cart does not show {shown(source.label)} as chosen", where=reading.url, hint="nothing was paid"
        )
    return cart


async def pay_cart(tab: Tab, cart: CartReading) -> Submission:
    """Confirm the payment once, if the page still shows exactly this reading. Never raises for what the site does."""
    spec = tab.profile.hands.cart
    try:
        await _check_unchanged(tab, cart)
        async with tab.watch.over("finding the button that pays", tab.profile.hands.waits.read):
            button = await only(tab.page, spec.pay.find, "the button that pays")
            await button.click(trial=True)
    except MilepostError as error:
        return Submission(left=0, trouble=f"nothing was paid: {reason_of(error)}")
    return await act(
        tab,
        Act(
            step="pay",
            element=button,
            button=spec.pay,
            amount=cart.total,
            signals={"paid": spec.done},
            banner=spec.errors,
            still=lambda: _check_unchanged(tab, cart),
        ),
    )


async def _check_unchanged(tab: Tab, cart: CartReading) -> None:
    now = await read_cart(tab)
    if now != cart:
        raise Mismatch(f"the cart changed ({_difference(cart, now)})", where=tab.page.url)


def _difference(before: CartReading, now: CartReading) -> str:
    names = ("site_ref", "project_ref", "items", "fees", "total", "sources", "charged", "url", "deposited")
    return ", ".join(name for name in names if getattr(before, name) != getattr(now, name))
