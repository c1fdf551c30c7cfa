"""A batch as users run it: many projects, five milestones each, within the budget of pages."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import User

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("count", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_rounds_of_many_projects_stay_within_the_page_budget(user: User, count: int) -> None:
    projects = [
        project
        for project in user.mock.truth()["projects"]
        if project["client"] == "anna"
        and project["currency"] == "USD"
        and not project["milestones"]
        and not project["requests"]
    ][:count]
    assert len(projects) == count
    text = "".join(f'[[project]]\nref = "{p["ref"]}"\ntotal = "50.00 USD"\nsplit = "5 x 20%"\n' for p in projects)
    plan = user.plan(text)
    said = user.milepost("apply", plan, "--approve", f"{50 * count}.00 USD", "--json")
    summary = said.events[-1]
    assert (said.code, summary["created"], summary["confirmed"]) == (0, 5 * count, 5 * count), said.out[-2000:]
    for project in projects:
        rows = user.mock.milestones(project["ref"])
        assert rows == [(f"Milestone {n} of 5", "10.00", "funded") for n in range(1, 6)]
    # The preview looks once at each project and reads three lists of at most 20 rows a page; sign-in is one page more.
    listed = sum(1 for project in user.mock.truth()["projects"] if project["client"] == "anna")
    lists = 3 * (listed // 20 + 1)
    assert summary["page_loads"] <= 3 * 5 * count + count
    assert user.mock.truth()["page_loads"] <= 3 * 5 * count + 2 * count + lists + 1
