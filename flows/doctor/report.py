"""The doctor's result, as the run's summary keeps it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from assistant.errors import OutcomeUnknown
from flows.browser import OwnedBrowser
from flows.doctor.walk import Say, Walk
from flows.reading_site import ReadingSite


async def examine(site: ReadingSite, say: Say, known: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """Walk the site's pages and say what each locator of the profile finds. Changes nothing.

    `known` are links of projects to look at first. Raises `LoginError`, `CouldNotRead`, `BrowserError`.
    """
    walk = Walk(site, say, known)
    await walk.around()
    if site.breach:
        raise OutcomeUnknown(
            f"a request that moves money went past the gate: {site.breach}",
            where=site.origin,
            hint="the doctor sends none: look at the site and at the account's statement",
        )
    findings = walk.findings
    broken = findings.broken
    return {
        "profile": site.profile.files.digest,
        "platform": site.profile.name,
        "origin": site.origin,
        "ok": not broken and walk.form_seen and not walk.held,
        "form_seen": walk.form_seen,
        "held": walk.held,
        "broken": [entry.field for entry in broken],
        "locators": [entry.as_event() for _, entry in sorted(findings.facts.items(), key=lambda item: item[1].field)],
        "words": sorted(findings.words),
        "override": findings.override(site.profile.files.data),
        "pictures": walk.pictures,
        "clock_off": walk.clock_off,
        "page_loads": site.page_loads,
        **about_browser(site.browser),
    }


def about_browser(browser: OwnedBrowser) -> Mapping[str, Any]:
    """The browser of the run, for the doctor: what it is, and whether its sandbox is on (`open_browser`'s rule)."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"browser": f"{browser.found}, version {browser.version}", "sandbox": not root}
