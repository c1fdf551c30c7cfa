"""Several plans of one account: none claims what another one claims, however each of them names the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import PlanError
from assistant.plans.plan import Plan
from assistant.plans.together import check_among, load_plans, other_plans
from assistant.settings.model import Settings
from tests.assistant.fake_site import project

SITE = [project("1", "Website"), project("2", "Twin"), project("3", "Twin", counterparty="chloe")]
SPLIT = 'total = "100.00 USD"\nsplit = "2 x 50%"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text('plans = ["*.plan.toml"]\n')
    return Settings.load(file).settings


def write(settings: Settings, name: str, named: str, account: str = "anna") -> Plan:
    file = settings.config_dir / f"{name}.plan.toml"
    file.write_text(f'platform = "freelancer"\naccount = "{account}"\n\n[[project]]\n{named}\n{SPLIT}')
    return load_plans([file], settings)[0]


def clashes(plan: Plan, settings: Settings) -> list[str]:
    try:
        check_among(plan, other_plans(plan, settings).plans, SITE)
    except PlanError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize("other", ['ref = "1"', 'title = "website"', 'url = "http://127.0.0.1:1/projects/1/payments"'])
def test_one_project_named_in_two_ways_is_a_clash_that_names_both_files_and_lines(settings, other) -> None:
    write(settings, "december", 'title = "Website"')
    plan = write(settings, "new", other if "title" not in other else 'title = "Website"')
    folder = settings.config_dir
    (told,) = clashes(plan, settings)
    assert told.startswith(f"{folder}/new.plan.toml:4: project: m1, m2 of '1' stand in {folder}/december.plan.toml:4,")
    assert "delete it in one" in told


def test_other_accounts_other_projects_and_the_plan_itself_do_not_clash(settings) -> None:
    write(settings, "a", 'title = "Website"', account="ben")
    write(settings, "b", 'ref = "2"')
    plan = write(settings, "c", 'title = "Website"')
    assert [other.file.name for other in other_plans(plan, settings).plans] == ["b.plan.toml"]
    assert clashes(plan, settings) == []


def test_twins_are_told_apart_where_the_plan_does(settings) -> None:
    write(settings, "a", 'ref = "3"')
    assert clashes(write(settings, "b", 'title = "Twin"\ncounterparty = "ben"'), settings) == []
    assert len(clashes(write(settings, "b", 'title = "Twin"\ncounterparty = "chloe"'), settings)) == 1


def test_every_clash_is_told_and_a_plan_that_cannot_be_read_is_named(settings) -> None:
    write(settings, "a", 'ref = "1"')
    write(settings, "b", 'title = "Website"')
    (settings.config_dir / "z.plan.toml").write_text("platform = \n")
    plan = write(settings, "c", 'ref = "1"')
    assert len(clashes(plan, settings)) == 2
    assert [file.name for file in other_plans(plan, settings).unread] == ["z.plan.toml"]
