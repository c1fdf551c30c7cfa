"""A batch as users run it: twelve projects, five milestones each, within the budget of pages."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import User

pytestmark = pytest.mark.browser


def test_sixty_rounds_by_title_and_ref_stay_within_the_page_budget(user: User) -> None:
    projects = [
        project
        for project in user.mock.truth()["projects"]
        if project["client"] == "anna"
        and project["currency"] == "USD"
        and not project["milestones"]
        and not project["requests"]
    ][:12]
    assert len(projects) == 12
    text = "".join(f'[[project]]\nref = "{p["ref"]}"\ntotal = "50.00 USD"\nsplit = "5 x 20%"\n' for p in projects)
    plan = user.plan(text)
    said = user.milepost("apply", plan, "--approve", "600.00 USD", "--json")
    summary = said.events[-1]
    assert (said.code, summary["created"], summary["confirmed"]) == (0, 60, 60), said.out[-2000:]
    for project in projects:
        rows = user.mock.milestones(project["ref"])
        assert rows == [(f"Milestone {n} of 5", "10.00", "funded") for n in range(1, 6)]
    # The preview looks once at each project and reads three lists of at most 20 rows a page; sign-in is one page more.
    listed = sum(1 for project in user.mock.truth()["projects"] if project["client"] == "anna")
    lists = 3 * (listed // 20 + 1)
    assert summary["page_loads"] <= 3 * 60 + 12
    assert user.mock.truth()["page_loads"] <= 3 * 60 + 2 * 12 + lists + 1
