"""A project's payments page as a `Look`: milestones, requests, carts and balances, read at one moment.

A look counts only if it is complete: the account's own origin, signed in as the account, the right project, every list
to its end. Whatever is missing makes it `CouldNotRead`, so that absence in a look is a fact.
"""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.errors import CouldNotRead
from assistant.money import Currency, Money, read_money, read_signed_money, shown
from assistant.platform import origin_of
from assistant.pool import from_pool
from assistant.site import Look, Pool, ProjectStatus, SiteCart, SiteMilestone, SiteProject, SiteRequest
from flows.pages.reading import PageReading, Row, missing
from flows.profile import Profile, fill, on_origin


def payments_url(profile: Profile, origin: str, project: SiteProject) -> str:
    """The URL of a project's payments page, made from whichever of its URLs is known."""
    seo_url = profile.seo_url(project.url)
    if seo_url is None or origin_of(on_origin(origin, project.url)) != origin:
        raise CouldNotRead(
            f"{shown(project.url)} is not the URL of a project",
            where=origin,
            hint="take the address from the browser while the project's page is open",
        )
    return on_origin(origin, fill(profile.hands.urls.payments, seo_url=seo_url))


def check_identity(reading: PageReading, origin: str, login: str) -> None:
    """Make sure a page is the site's own and shown to the account; else it was not read: `CouldNotRead`."""
    if origin_of(reading.url) != origin:
        raise CouldNotRead(f"the page is on {origin_of(reading.url)}, and the account lives on {origin}", where=origin)
    name = reading.need("signed_in")
    if name.casefold() != login.casefold():
        raise CouldNotRead(
            f"the site shows {shown(name)} as signed in, and the account's login is {shown(login)}",
            where=reading.url,
            hint="log in again as the account, or correct the account's `login`",
        )


def look_of(reading: PageReading, profile: Profile, project: SiteProject) -> Look:
    """The look that a reading of the payments page makes. `CouldNotRead` for another project or an odd amount."""
    ref = reading.need("project_ref")
    if project.ref and ref != project.ref:
        raise CouldNotRead(
            f"the page is of project {shown(ref)}, and {shown(project.ref)} was asked for",
            where=reading.url,
            hint="the project's URL may have changed: list the projects again",
        )
    currency = Currency(reading.values.get("currency") or project.currency)
    if project.currency and currency.code != project.currency:
        raise CouldNotRead(
            f"the page of project {ref} is in {currency}, and My Projects said {project.currency}",
            where=reading.url,
            hint="list the projects again",
        )
    fields = _Fields(profile, currency, reading.url)
    lists = reading.lists
    balances = (fields.balance(row) for row in lists["balances"].rows) if "balances" in lists else ()
    milestones, pool = fields.from_pool(reading, tuple(fields.milestone(row) for row in lists["milestones"].rows))
    return Look(
        project=_seen_project(reading, project, ref, currency),
        seen_at=datetime.now(UTC),
        milestones=milestones,
        requests=tuple(fields.request(row) for row in lists["requests"].rows) if "requests" in lists else (),
        carts=tuple(fields.cart(row) for row in lists["carts"].rows) if "carts" in lists else (),
        balances={money.currency.code: money for money in balances},
        pool=pool,
    )


def _seen_project(reading: PageReading, project: SiteProject, ref: str, currency: Currency) -> SiteProject:
    return SiteProject(
        ref=ref,
        title=reading.values.get("title") or project.title,
        counterparty=reading.values.get("counterparty") or project.counterparty,
        currency=currency.code,
        url=project.url,
        status=project.status or ProjectStatus.IN_PROGRESS,
        raw_status=project.raw_status,
        bid=project.bid,
        accepted=project.accepted,
    )


class _Fields:
    """Turns the texts of rows into milestones, requests and carts."""

    def __init__(self, profile: Profile, currency: Currency, url: str) -> None:
        self._profile = profile
        self._currency = currency
        self._url = url

    def from_pool(
        self, reading: PageReading, milestones: tuple[SiteMilestone, ...]
    ) -> tuple[tuple[SiteMilestone, ...], Pool | None]:
        """The milestones as the project's pool covers them, where the platform has one; then the page must tell it."""
        if self._profile.hands.cart.pay_in is None:
            return milestones, None
        deposited, left = (
            read_money(reading.need(name), currency=self._currency, style=self._profile.style)
            for name in ("pool_deposited", "pool_left")
        )
        return from_pool(milestones, deposited, left)

    def milestone(self, row: Row) -> SiteMilestone:
        raw = self._need(row, "raw")
        return SiteMilestone(
            site_ref=self._need(row, "site_ref"),
            description=row.get("description") or "",
            amount=self._amount(row),
            state=self._profile.rules.state_of(raw),
            raw=raw,
            created=row.get("created"),
        )

    def request(self, row: Row) -> SiteRequest:
        raw = self._need(row, "raw")
        return SiteRequest(
            site_ref=self._need(row, "site_ref"),
            description=row.get("description") or "",
            amount=self._amount(row),
            state=self._profile.rules.request_state_of(raw),
            raw=raw,
        )

    def cart(self, row: Row) -> SiteCart:
        raw = row.get("raw") or ""
        return SiteCart(
            site_ref=self._need(row, "site_ref"),
            description=row.get("description") or "",
            amount=self._amount(row),
            url=on_origin(origin_of(self._url), self._need(row, "link")),
            charged=raw.casefold() in {word.casefold() for word in self._profile.hands.cart.charged},
            raw=raw,
        )

    def balance(self, row: Row) -> Money:
        named = row.get("currency")
        return read_signed_money(
            self._need(row, "amount"), currency=Currency(named) if named else None, style=self._profile.style
        )

    def _amount(self, row: Row) -> Money:
        return read_money(self._need(row, "amount"), currency=self._currency, style=self._profile.style)

    def _need(self, row: Row, name: str) -> str:
        text = row.get(name)
        if text is None:
            raise missing(f"{name} of a row", self._url)
        return text
