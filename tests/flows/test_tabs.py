"""Two tabs of one account at work at the same time, in a real browser. Judged by the mock's truth."""

from __future__ import annotations

import asyncio

import pytest

from assistant.errors import OutcomeUnknown
from assistant.site import Role, StepKind
from tests.flows.conftest import OpenSite, step
from tests.mock_client import MockPlatform

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_two_tabs_ask_at_once_each_under_a_gate_of_its_own(open_as: OpenSite, mock: MockPlatform) -> None:
    site = await open_as("ben", Role.FREELANCER)
    free = [
        project["ref"]
        for project in mock.truth()["projects"]
        if (project["freelancer"], project["award"], project["currency"]) == ("ben", "accepted", "USD")
        and not project["milestones"]
        and not project["requests"]
    ]
    one, two = (step(mock, StepKind.REQUEST, ref, "Design", "40.00 USD") for ref in free[:2])
    await site.look(one.project)
    loads = mock.truth()["page_loads"]
    mock.fault(at="milestone.request", when="before", kind="slow", times=2, seconds=1)
    async with site.beside() as other:
        await other.look(two.project)
        await asyncio.gather(site.prepare(one), other.prepare(two))
        assert [tab.tab.page.url.count("/payments") for tab in (site, other)] == [1, 1]
        answers = await asyncio.gather(site.submit(one), other.submit(two))
        assert [(answer.trouble, answer.left) for answer in answers] == [(None, 1), (None, 1)]
        looks = await asyncio.gather(site.look(one.project), other.look(two.project))
        assert [[row.description for row in look.requests] for look in looks] == [["Design"], ["Design"]]
        other.tab.gate._break("a redirect")
        assert site.breach == "a redirect"
        with pytest.raises(OutcomeUnknown, match="a redirect"):
            await site.prepare(one)
    assert [mock.requests(wanted.project.ref) for wanted in (one, two)] == [[("Design", "40.00")]] * 2
    assert mock.truth()["page_loads"] - loads == 3  # no page for signing in: the session is shared
    assert site.page_loads == mock.truth()["page_loads"]
    assert site.breach == "a redirect"
