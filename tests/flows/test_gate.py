"""The gate against real pages in a real browser. Each hazard is first shown to be one: without the gate it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from assistant.money import Money
from flows.browser import OwnedBrowser
from flows.dialogs import Dialogs
from flows.gate import Gate, MoneyUrl
from flows.pages.acting import Act, act
from flows.profile import Button, Dialog, Profile, Signal
from flows.tab import Tab
from tests.flows.hazards import CuttingServer, HazardSite

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = (MoneyUrl("POST", r"/pay(?:\?|$)", "pay"), MoneyUrl("POST", r"/hold(?:\?|$)", "hold"))
PAY = ("POST", "/pay")

HAZARDS = {
    "form": "document.querySelector('form[action=\"/pay\"]').submit()",
    "other window": "document.querySelector('form[target=_blank]').submit()",
    "dedicated worker": "void new Worker('/worker.js')",
    "beacon": "void navigator.sendBeacon('/pay', 'x')",
    "keepalive fetch": "void fetch('/pay', {method: 'POST', keepalive: true})",
    "XMLHttpRequest": "{const x = new XMLHttpRequest(); x.open('POST', '/pay'); x.send()}",
    "frame": "{const f = document.body.appendChild(document.createElement('iframe'));"
    " f.contentWindow.fetch('/pay', {method: 'POST'})}",
    "shared worker": "void new SharedWorker('/worker.js')",
    "shared worker of a frame": "{const f = document.body.appendChild(document.createElement('iframe'));"
    " void new f.contentWindow.SharedWorker('/worker.js')}",
    "service worker": "ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '/sw.js').then(() => 0)",
}


@pytest_asyncio.fixture(loop_scope="session")
async def shop() -> AsyncIterator[HazardSite]:
    async with HazardSite.serve() as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def own_context(owned_browser: OwnedBrowser) -> AsyncIterator[BrowserContext]:
    context = await owned_browser.new_context()
    yield context
    await owned_browser.close_context(context)


async def _gated(context: BrowserContext, origin: str, **options: bool) -> tuple[Gate, Page]:
    gate = Gate(RULES, origin, **options)
    await gate.install(context)
    page = await context.new_page()
    await page.goto(f"{origin}/")
    gate.begin()
    return gate, page


async def _held(gate: Gate, count: int = 1) -> None:
    """Wait until so many requests were held."""
    assert await gate._until(lambda: len(gate.held) >= count, 10), f"{gate.held} were held, expected {count}"


@pytest.mark.parametrize("hazard", HAZARDS)
async def test_without_the_gate_the_request_arrives(owned_browser: OwnedBrowser, shop: HazardSite, hazard: str) -> None:
    bare = await owned_browser._browser.new_context()
    try:
        page = await bare.new_page()
        await page.goto(f"{shop.origin}/")
        await page.evaluate(HAZARDS[hazard])
        await shop.arrival()
        assert shop.arrived == [PAY]
    finally:
        await bare.close()


@pytest.mark.parametrize("hazard", HAZARDS)
async def test_without_a_pass_nothing_arrives(own_context: BrowserContext, shop: HazardSite, hazard: str) -> None:
    gate, page = await _gated(own_context, shop.origin)
    raised = None
    try:
        await page.evaluate(HAZARDS[hazard])
    except Exception as error:
        raised = str(error)
    if "shared worker" in hazard:
        assert "SharedWorker" in (raised or "")
    elif hazard == "service worker":
        assert "service workers are off" in (raised or "")
    else:
        await _held(gate)
        assert gate.held == ["POST /pay"]
    assert await gate.settled() is None
    assert gate.left == 0
    if hazard == "form":  # its page is gone: the browser shows an error page of its own
        await page.wait_for_function("location.protocol === 'chrome-error:'")
    await page.goto(f"{shop.origin}/")  # whatever was on its way has had its turn
    assert shop.arrived == []


async def test_one_pass_lets_one_request_through(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    gate.allow("pay")
    await page.click("#twice")
    await _held(gate)
    assert await gate.answered(5)
    assert (shop.arrived, gate.held, gate.left) == ([PAY], ["POST /pay"], 1)
    await page.dblclick("#twice")
    await _held(gate, 5)
    assert shop.arrived == [PAY]


async def test_a_pass_is_for_its_own_step_and_ends_with_it(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    gate.allow("pay")
    gate.allow("hold")  # another step begins: the pass that was not used is gone
    await page.click("#vanish")
    await _held(gate)
    gate.allow("pay")
    gate.shut()
    await page.click("#twice")
    await _held(gate, 3)
    assert shop.arrived == []
    with pytest.raises(ValueError, match="no money URL"):
        gate.allow("no such step")


async def test_a_pass_is_for_what_the_request_says(own_context: BrowserContext, shop: HazardSite) -> None:
    """One address serves several actions: a pass to ask for a release is none to release."""
    says = r'\baction"?\s*[:=]\s*"?request_release\b'
    gate = Gate([MoneyUrl("POST", r"/pay(?:\?|$)", "ask", says=says)], shop.origin)
    await gate.install(own_context)
    page = await own_context.new_page()
    await page.goto(f"{shop.origin}/")
    send = "([query, body]) => fetch('/pay' + query, {method: 'POST', body}).catch(() => 0).then(() => 0)"
    for query, body in (("", '{"action": "release"}'), ("?action=release", ""), ("", None)):
        gate.allow("ask")
        await page.evaluate(send, [query, body])
    assert (len(gate.held), shop.arrived) == (3, [])
    for query, body in (("", '{"action": "request_release"}'), ("?action=request_release", "")):
        gate.allow("ask")
        await page.evaluate(send, [query, body])
    assert (len(gate.held), shop.arrived) == (3, [PAY, PAY])


async def test_a_sister_domain_is_held_even_with_a_pass(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    gate.allow("pay")
    elsewhere = shop.origin.replace("127.0.0.1", "localhost")
    await page.evaluate("url => void fetch(url, {method: 'POST', mode: 'no-cors'}).catch(() => 0)", f"{elsewhere}/pay")
    await _held(gate)
    assert shop.arrived == []


async def test_questions_are_not_counted(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    assert await page.evaluate("fetch('/pay').then(answer => answer.status)") == 200
    assert await page.evaluate("fetch('/pay', {method: 'OPTIONS'}).then(answer => answer.status)") == 200
    assert (gate.left, gate.held, await gate.settled()) == (0, [], None)


async def test_everything_else_that_leaves_is_counted(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    await page.evaluate("fetch('/other', {method: 'POST'}).then(answer => answer.status)")
    assert gate.left == 1
    await page.evaluate(
        "new Promise(done => { const s = new WebSocket(location.origin.replace('http', 'ws') + '/socket');"
        " s.onopen = () => s.send('pay'); s.onclose = done; })"
    )
    assert gate.left == 2
    gate.begin()
    assert gate.left == 0


async def test_a_redirect_to_a_money_url_is_a_breach(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    await page.evaluate("fetch('/hop', {method: 'POST'}).then(answer => answer.status)")
    assert shop.arrived == [PAY]  # redirects are never routed: it can only be seen
    assert "redirect" in (await gate.settled() or "")
    assert gate.breach is not None


async def test_a_request_that_never_came_through_is_a_breach(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    await own_context.unroute_all()
    await page.evaluate("fetch('/pay', {method: 'POST'}).then(answer => answer.status)")
    assert "did not come through" in (await gate.settled() or "")


async def test_a_handler_that_fails_lets_nothing_through(own_context: BrowserContext, shop: HazardSite) -> None:
    gate, page = await _gated(own_context, shop.origin)
    gate.allow("pay")
    gate._passes = None  # type: ignore[assignment]
    answer = await page.evaluate("fetch('/pay', {method: 'POST'}).catch(error => String(error))")
    assert "Failed to fetch" in answer
    assert (shop.arrived, "the gate failed" in (gate.breach or "")) == ([], True)


async def test_chromium_repeats_a_post_when_the_line_is_cut(own_context: BrowserContext) -> None:
    """Not ours to mend, but the reason why the driver sends: should this ever fail, the detour can go."""
    async with CuttingServer.serve() as server:
        gate, page = await _gated(own_context, server.origin, by_driver=False)
        gate.allow("pay")
        await page.evaluate("fetch('/pay', {method: 'POST'}).catch(() => 0)")
        assert (server.posts, gate.left, gate.lost) == (2, 1, ["POST /pay"])


async def test_the_driver_sends_once_when_the_line_is_cut(own_context: BrowserContext) -> None:
    async with CuttingServer.serve(answer_first=1) as server:
        gate, page = await _gated(own_context, server.origin)
        for _ in range(2):
            gate.begin()
            gate.allow("pay")
            await page.evaluate("fetch('/pay', {method: 'POST'}).catch(() => 0)")
        assert (server.posts, gate.left, gate.lost) == (2, 1, ["POST /pay"])


# --- one act ----------------------------------------------------------------------------------------------------------


async def _tab(owned_browser: OwnedBrowser, context: BrowserContext, profile: Profile, shop: HazardSite) -> Tab:
    gate = Gate(RULES, shop.origin)
    await gate.install(context)
    dialogs = Dialogs(profile.hands.dialogs, profile.style)
    dialogs.attach(context)
    page = await context.new_page()
    await page.goto(f"{shop.origin}/")
    return Tab(page, profile.with_waits(act=1.5), shop.origin, "anna", owned_browser.watch, gate, dialogs)


def _deed(tab: Tab, step: str, locator: str, name: str, action: str = "") -> Act:
    return Act(
        step=step,
        element=tab.page.locator(locator),
        button=Button(find=(locator,), name=name, action=action),
        amount=Money.parse("500.00 USD"),
        signals={"done": Signal(text=("paid",))},
        banner=".banner",
    )


async def test_a_click_that_times_out_has_sent_exactly_one_post(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    submission = await act(tab, _deed(tab, "hold", "text=Pay slowly", "Pay slowly", "/hold"))
    assert submission.left == 1
    assert submission.trouble is not None
    assert not submission.refused
    assert shop.arrived == [("POST", "/hold")]


async def test_a_button_that_vanishes_is_pressed_once(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    submission = await act(tab, _deed(tab, "pay", "#vanish", "Pay and vanish"))
    assert (submission.left, shop.arrived, tab.gate.held) == (1, [PAY], [])


@pytest.mark.parametrize(("name", "action"), [("Pay", ""), ("Pay 500.00 USD", "/elsewhere"), ("Pay 500.00 USD", "")])
async def test_a_button_that_is_not_as_described_is_not_pressed(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite, name: str, action: str
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    submission = await act(tab, _deed(tab, "pay", "text=Pay 500.00 USD", name, action))
    assert submission.left == 0
    assert "nothing was pressed" in (submission.trouble or "")
    assert (shop.arrived, tab.gate.held) == ([], [])


@pytest.mark.parametrize(
    ("text", "arrives"), [(r"Really pay (?P<amount>.+)\?", True), (r"Really pay \$600", False), (None, False)]
)
async def test_a_dialog_is_answered_as_the_profile_says(
    owned_browser: OwnedBrowser,
    own_context: BrowserContext,
    profile: Profile,
    shop: HazardSite,
    text: str | None,
    arrives: bool,
) -> None:
    named = (Dialog(step="pay", text=text),) if text else ()
    asked = replace(profile, hands=profile.hands.model_copy(update={"dialogs": named}))
    tab = await _tab(owned_browser, own_context, asked, shop)
    submission = await act(tab, _deed(tab, "pay", "#ask", "Pay, if sure"))
    assert shop.arrived == ([PAY] if arrives else [])
    assert ("dialog was dismissed: Really pay" in (submission.trouble or "")) is not arrives


async def test_a_cancelled_act_passes_on_and_is_not_done_again(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    task = asyncio.ensure_future(act(tab, _deed(tab, "hold", "text=Pay slowly", "Pay slowly", "/hold")))
    await shop.arrival()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    shop.hold.set()
    await tab.page.goto(f"{shop.origin}/")
    await tab.page.evaluate("void fetch('/hold', {method: 'POST'}).catch(() => 0)")
    await _held(tab.gate)
    assert shop.arrived == [("POST", "/hold")]


async def test_an_act_takes_back_the_pass_that_it_did_not_use(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    submission = await act(tab, _deed(tab, "hold", "text=Search", "Search", "/other"))
    assert (submission.left, submission.trouble) == (1, None)
    await tab.page.evaluate("void fetch('/hold', {method: 'POST'}).catch(() => 0)")
    await _held(tab.gate)
    assert shop.arrived == [("POST", "/other")]


async def test_after_a_breach_nothing_is_pressed(
    owned_browser: OwnedBrowser, own_context: BrowserContext, profile: Profile, shop: HazardSite
) -> None:
    tab = await _tab(owned_browser, own_context, profile, shop)
    await tab.page.evaluate("fetch('/hop', {method: 'POST'}).then(answer => answer.status)")
    shop.arrived.clear()
    submission = await act(tab, _deed(tab, "pay", "#vanish", "Pay and vanish"))
    assert (submission.left, shop.arrived) == (0, [])
    assert "redirect" in (submission.trouble or "")
