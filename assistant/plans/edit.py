"""Changing a plan's text in place: one project is taken up, changed and put back, everything else stays as it is.

A plan of two thousand projects is not parsed anew for one changed date: it is held as its head and one block of text
for each ``[[project]]``. Comments, order and blanks stay. Each change is read back: what a block says afterwards is
what it said before, but for the one thing that was changed; else it is refused, and the text itself can be edited.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from assistant.errors import PlanError, UsageError
from assistant.plans.fresh_keys import fresh_key
from assistant.plans.planned import PlannedProject
from assistant.plans.toml_file import parse_toml
from assistant.plans.toml_lines import key_lines
from assistant.plans.write import milestone_toml, project_toml

Values = Mapping[str, Any]
Path = tuple[str | int, ...]
"""Of a value within one project's block: ``("total",)``, ``("milestone", 1, "due")``."""

Load = Callable[[str], PlannedProject]
"""Loads a block with every check of a plan; raises `PlanError`."""

_AS_TEXT: Final = "edit the plan's own text for this"
_WAYS: Final = ("split", "template", "milestones", "milestone", "days", "weeks", "first", "site_refs")


@dataclass(frozen=True)
class PlanText:
    """A plan's text as its head and a block for each project. `broken` says why it could not be taken apart.

    A broken one has no blocks: its whole text is the head, and only the text itself can be edited.
    """

    head: str
    blocks: tuple[str, ...] = ()
    broken: PlanError | None = None

    @classmethod
    def parse(cls, text: str, file: str = "plan.toml") -> PlanText:
        """Take a text apart. Never raises: see `broken`."""
        try:
            values = parse_toml(text, file).values
        except PlanError as error:
            return cls(text, broken=error)
        projects = values.get("project")
        count = len(projects) if isinstance(projects, list) else 0
        lines = lines_of(text)
        starts = _starts(text, lines, ("project",), count)
        for found in ([_with_remarks(lines, start) for start in starts], starts):
            parted = cls._parted(lines, found)
            if len(parted.blocks) == count and all(map(_is_one_project, parted.blocks)) and _is_head(parted.head):
                return parted
        problem = parse_toml("", file).log
        problem.report((), "its projects are not written as [[project]]", _AS_TEXT)
        return cls(text, broken=PlanError(problem.problems))

    @classmethod
    def _parted(cls, lines: Sequence[str], starts: Sequence[int]) -> PlanText:
        head = "".join(lines[: starts[0]] if starts else lines)
        return cls(head, tuple("".join(lines[a:b]) for a, b in pairwise([*starts, len(lines)])))

    @property
    def text(self) -> str:
        """The whole plan."""
        return self.head + "".join(self.blocks)

    def line_of(self, number: int) -> int:
        """The first line of a block, from 1."""
        return sum(part.count("\n") for part in (self.head, *self.blocks[:number])) + 1

    def with_block(self, number: int, block: str) -> PlanText:
        """The same with another text for one project."""
        return replace(self, blocks=(*self.blocks[:number], block, *self.blocks[number + 1 :]))

    def without_block(self, number: int) -> PlanText:
        """The same without one project."""
        return replace(self, blocks=self.blocks[:number] + self.blocks[number + 1 :])

    def with_more(self, blocks: Iterable[str]) -> PlanText:
        """The same with more projects at its end, a blank line between."""
        mark = "\r\n" if "\r\n" in self.head else "\n"
        parts = [self.head, *self.blocks]
        for block in blocks:
            if not parts[-1].endswith("\n"):
                parts[-1] += mark
            if not parts[-1].endswith((mark * 2, "\n\n")):
                parts[-1] += mark
            parts.append(block.replace("\r\n", "\n").replace("\n", mark))
        return PlanText(parts[0], tuple(parts[1:]))


def lines_of(text: str) -> list[str]:
    """Its lines with their ends, as TOML counts lines: other breaks of Unicode are text."""
    parts = text.split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *parts[-1:]]


def _starts(text: str, lines: Sequence[str], base: Path, count: int) -> list[int]:
    """The indexes of the lines on which the tables of an array begin; those of an inline array are left out."""
    known = key_lines(text)
    found = [known.get((*base, number), 0) - 1 for number in range(count)]
    return [index for index in found if index >= 0 and lines[index].lstrip().startswith("[[")]


def _with_remarks(lines: Sequence[str], start: int) -> int:
    """The line on which the remarks right above a header begin."""
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    return start


def _is_one_project(block: str) -> bool:
    try:
        return len(tomllib.loads(block)["project"]) == 1
    except (tomllib.TOMLDecodeError, KeyError, RecursionError):
        return False


def _is_head(head: str) -> bool:
    try:
        return "project" not in tomllib.loads(head)
    except tomllib.TOMLDecodeError:
        return False


# -- one project ---------------------------------------------------------------------------------------------------


def values_of(block: str) -> dict[str, Any]:
    """What a block says, unchecked."""
    project = tomllib.loads(block)["project"][0]
    return dict(project) if isinstance(project, Mapping) else {}


def milestones_of(values: Values) -> list[Values]:
    """The milestones that a project spells out; [] for a split, a template or none."""
    found = values.get("milestone")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def with_value(block: str, path: Path, value: object) -> str:
    """The block with one value set, or taken out for None. Its comment stays beside it. `UsageError` if it cannot."""
    before = values_of(block)
    wanted = _changed(before, path, value)
    if wanted == before:
        return block
    for changed in _tries(block, path, value, _holds(before, path)):
        try:
            if values_of(changed) == wanted:
                return changed
        except tomllib.TOMLDecodeError:
            continue
    raise UsageError(f"{path[-1]} is written in a way that cannot be changed here", hint=_AS_TEXT)


def with_values(block: str, base: Path, values: Mapping[str, object]) -> str:
    """The block with several values of one table set, or taken out for None."""
    for key, value in values.items():
        block = with_value(block, (*base, key), value)
    return block


def _tries(block: str, path: Path, value: object, is_there: bool) -> Iterable[str]:
    if is_there:
        try:
            yield _replaced(block, path, value)
        except (TOMLKitError, KeyError, TypeError, AttributeError):
            return
    elif value is not None:
        mark = "\r\n" if "\r\n" in block else "\n"
        line = f"{path[-1]} = {_written(value)}{mark}"
        lines = lines_of(block)
        if lines[-1]:
            lines[-1] += mark
        known = key_lines(block)
        table = ("project", 0, *path[:-1])
        last = max((number for key, number in known.items() if key[:-1] == table and _is_plain(known, key)), default=0)
        for after in (last, known.get(table, 1)):
            if after:
                yield "".join([*lines[:after], line, *lines[after:]])


def _is_plain(known: Mapping[Path, int], key: Path) -> bool:
    """Whether a key holds a value rather than tables: a new key must stand above those."""
    return isinstance(key[-1], str) and key[-1] not in {"milestone", "site_refs"}


def _replaced(block: str, path: Path, value: object) -> str:
    document = tomlkit.parse(block)
    table: Any = document["project"][0]
    for step in path[:-1]:
        table = table[step]
    if value is None:
        table.remove(path[-1])
    else:
        table[path[-1]] = value
    return tomlkit.dumps(document)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else tomlkit.item(value).as_string()


def _holds(values: Any, path: Path) -> bool:
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _changed(values: Any, path: Path, value: object) -> Any:
    """A copy of plain values with one of them set, or taken out."""
    step, rest = path[0], path[1:]
    if isinstance(values, list):
        return [_changed(each, rest, value) if number == step else each for number, each in enumerate(values)]
    copy = dict(values)
    if rest:
        copy[str(step)] = _changed(copy.get(str(step), {}), rest, value)
    elif value is None:
        copy.pop(str(step), None)
    else:
        copy[str(step)] = value
    return copy


# -- milestones of one project -------------------------------------------------------------------------------------


def spelled(block: str, project: PlannedProject) -> str:
    """The block of a split or template with its milestones one by one, keys and amounts as they are."""
    bare = _without_way(block)
    mark = "\r\n" if "\r\n" in block else "\n"
    body, tail = bare.rstrip("\r\n") + mark, mark * (block.endswith(mark * 2))
    return body + "".join(milestone_toml(each) for each in project.milestones).replace("\n", mark) + tail


def outlined(block: str, total: str, way: Mapping[str, object]) -> str:
    """The block with a total, and its milestones said anew: ``{"split": "5 x 20%", "start": date, "days": 40}``."""
    bare = _without_way(block)
    return with_values(bare, (), {"total": total, "start": None} | dict(way))


def _without_way(block: str) -> str:
    values = values_of(block)
    lines = lines_of(block)
    starts = _milestone_starts(block, lines, len(milestones_of(values)))
    if starts:
        end = "".join(lines[starts[-1] :])
        block = "".join(lines[: starts[0]]) + end[len(end.rstrip("\r\n")) :].replace("\n", "", 1)
    for key in _WAYS:
        if key in values_of(block):
            block = with_value(block, (key,), None)
    return block


def _milestone_starts(block: str, lines: Sequence[str], count: int) -> list[int]:
    """Where each milestone's own lines begin, its remarks included; `UsageError` for an inline list."""
    starts = _starts(block, lines, ("project", 0, "milestone"), count)
    if len(starts) != count:
        raise UsageError("the milestones are written on one line", hint=_AS_TEXT)
    return [_with_remarks(lines, start) for start in starts]


def with_milestone(
    block: str, at: int, description: str, project: PlannedProject, standing: frozenset[str] = frozenset()
) -> str:
    """The block with one more milestone, before the one of number `at`. It gets half of what another one had.

    That is the one that has the rest, else the last one that does not stand on the site. `project` is what the block
    loads to; its milestones are spelled out.
    """
    milestones = milestones_of(values_of(block))
    free = [n for n, each in enumerate(milestones) if each.get("key") not in standing]
    giver = next((n for n in free if milestones[n].get("share") == "rest"), free[-1] if free else None)
    if giver is None or project.milestones[giver].amount.minor < 2:
        raise UsageError("no milestone has anything to give to another one", hint="raise the total first")
    half = replace(project.milestones[giver].amount, minor=project.milestones[giver].amount.minor // 2)
    block = with_values(block, ("milestone", giver), {"share": None, "amount": half.amount_text})
    taken = {str(each.get("key")) for each in milestones}
    key = fresh_key(description, taken, len(milestones) + 1)
    fields = {"key": key, "description": description, "share": "rest"}
    for number, each in enumerate(milestones):
        if each.get("share") == "rest" and number != giver:  # it stands, and two rests would be no rest
            block = with_part(block, number, "amount", project.milestones[number].amount.amount_text, project)
    return _inserted(block, at, fields)


def _inserted(block: str, at: int, fields: Values) -> str:
    lines = lines_of(block)
    starts = _milestone_starts(block, lines, len(milestones_of(values_of(block))))
    mark = "\r\n" if "\r\n" in block else "\n"
    table = "[[project.milestone]]\n" + "".join(f"{name} = {_written(value)}\n" for name, value in fields.items())
    place = starts[at] if at < len(starts) else block.rstrip("\r\n").count("\n") + 1
    if place and not lines[place - 1].endswith("\n"):
        lines[place - 1] += mark
    return "".join([*lines[:place], table.replace("\n", mark), *lines[place:]])


def without_milestone(block: str, number: int) -> str:
    """The block without one of the milestones that it spells out; its remarks go with it."""
    lines = lines_of(block)
    count = len(milestones_of(values_of(block)))
    if count < 2:
        raise UsageError("it is the last milestone of its project", hint="take the whole project out")
    starts = [*_milestone_starts(block, lines, count), len(lines)]
    return "".join([*lines[: starts[number]], *lines[starts[number + 1] :]])


# -- money: the parts always come to the total ---------------------------------------------------------------------


def balanced(block: str, load: Load, keep: int | None = None, standing: frozenset[str] = frozenset()) -> str:
    """The block, with the last milestone that is free to change taking the rest where the parts miss the total.

    `keep` is the milestone that was just changed, `standing` holds keys that stand on the site: neither is touched.
    `PlanError` if the parts cannot come to the total.
    """
    try:
        load(block)
    except PlanError:
        milestones = milestones_of(values_of(block))
        free = [n for n, each in enumerate(milestones) if n != keep and each.get("key") not in standing]
        if not free or any(each.get("share") == "rest" for each in milestones):
            raise
        taking = with_values(block, ("milestone", free[-1]), {"amount": None, "share": "rest"})
        load(taking)
        return taking
    return block


def with_part(block: str, number: int, way: str, text: str, project: PlannedProject | None) -> str:
    """The block with one milestone's ``share`` or ``amount``; another one's rest becomes the amount that it was."""
    other = "amount" if way == "share" else "share"
    loaded = project.milestones if project else ()
    for place, each in enumerate(milestones_of(values_of(block))):
        if text == "rest" and place != number and each.get("share") == "rest" and place < len(loaded):
            amount = loaded[place].amount.amount_text
            block = with_values(block, ("milestone", place), {"share": None, "amount": amount})
    return with_values(block, ("milestone", number), {other: None, way: text})


def new_block(project: PlannedProject, note: str | None = None) -> str:
    """A project as a block of its own."""
    return project_toml(project, note=note)
