"""Plans as text: a new one with comments, more projects for one that is there, and a split spelled out as a list.

Whatever comes from a site or a person is written as a TOML value by `tomlkit`, never pasted. What is written loads to
equal projects (`load_plan`), provided that their texts are ones that a plan takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

import tomlkit

from assistant.plans.fields import hidden_character
from assistant.plans.planned import PlannedMilestone, PlannedProject

NO_NOTES: Final[Mapping[str, str]] = MappingProxyType({})

_HEAD: Final = """\
# A plan: what should stand on the site. Nothing happens before `milepost preview` showed it and `milepost apply` was
# approved. A project is named by its title, its ref (the site's id) or its url, and says its milestones in one way:
#
#   split = "5 x 20%"        also "upfront 30% + rest", "500.00 + 500.00 + rest"; with start and days it gives dates
#   template = "website"     a ready outline
#   [[project.milestone]]    one by one: key, description, share or amount, due or after
#   milestones = "none"      skipped on purpose
"""


def plan_toml(
    platform: str, account: str, projects: Sequence[PlannedProject], *, notes: Mapping[str, str] = NO_NOTES
) -> str:
    """A new plan with comments. `notes` are remarks by `PlannedProject.name`, such as the title beside a ref.

    A project with a split or template needs no milestones: they are worked out when the plan is loaded.
    """
    head = f"{_HEAD}\nplatform = {_value(platform)}\naccount = {_value(account)}\n"
    return "\n".join([head, *(project_toml(project, note=notes.get(project.name)) for project in projects)])


def add_projects(text: str, projects: Sequence[PlannedProject], *, notes: Mapping[str, str] = NO_NOTES) -> str:
    """The text of a plan with more projects at its end; what is there stays as it is, comments and all."""
    more = [project_toml(project, note=notes.get(project.name)) for project in projects]
    return "\n".join([text if text.endswith("\n") or not text else text + "\n", *more])


def spelled_out(project: PlannedProject) -> PlannedProject:
    """The same project as a list of its milestones, so that one of them can be changed by itself."""
    return replace(project, split=None, template=None, days=None, weeks=None, first=None)


def project_toml(project: PlannedProject, *, note: str | None = None) -> str:
    """One ``[[project]]`` as text, in the order in which a person would write it; ends with a line end.

    `ValueError` for a project that is not skipped and has neither a split, nor a template, nor milestones.
    """
    if not (project.skipped or project.split or project.template or project.milestones):
        raise ValueError(f"{project.name!r} has nothing that says its milestones")
    lines = [f"# {remark}"] if note and (remark := _remark(note)) else []
    lines += ["[[project]]", *(f"{key} = {_value(value)}" for key, value in _fields(project))]
    if project.split or project.template:
        refs = [(milestone.key, milestone.site_ref) for milestone in project.milestones if milestone.site_ref]
        lines += ["[project.site_refs]"] * bool(refs) + [f"{key} = {_value(ref)}" for key, ref in refs]
    elif not project.skipped:
        return "\n".join(lines) + "\n" + "".join(map(milestone_toml, project.milestones))
    return "\n".join(lines) + "\n"


def milestone_toml(milestone: PlannedMilestone) -> str:
    """One ``[[project.milestone]]`` as text; ends with a line end."""
    lines = ["[[project.milestone]]", *(f"{key} = {_value(value)}" for key, value in _own_fields(milestone))]
    return "\n".join(lines) + "\n"


def _fields(project: PlannedProject) -> Iterator[tuple[str, object]]:
    """The project's own keys and values, without those it does not have."""
    named = {key: getattr(project, key) for key in ("title", "ref", "url", "counterparty")}
    if not project.skipped or project.total.minor:
        named["total"] = str(project.total)
    for key in ("start", "days", "weeks", "first"):
        named[key] = getattr(project, key)
    way = {"milestones": "none"} if project.skipped else {"split": project.split, "template": project.template}
    lists = {key: sorted(values) for key in ("ignore", "withdraw") if (values := getattr(project, key))}
    return ((key, value) for key, value in (named | way | lists).items() if value is not None)


def _own_fields(milestone: PlannedMilestone) -> Iterator[tuple[str, object]]:
    yield "key", milestone.key
    yield "description", milestone.description
    yield "amount", milestone.amount.amount_text
    if milestone.due is not None:
        yield "due", milestone.due
    if milestone.site_ref is not None:
        yield "site_ref", milestone.site_ref


def _value(value: object) -> str:
    """A text, number, date or list of texts as TOML."""
    return value.isoformat() if isinstance(value, date) else tomlkit.item(value).as_string()


def _remark(note: str) -> str:
    """A remark as the rest of one comment line: no line end gets out of it, nothing hidden gets in."""
    return " ".join("".join(" " if hidden_character(mark) else mark for mark in note).split())[:100]
