"""What is wrong with settings, said so that a person can mend it: where, which setting, what, and what to write."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assistant.errors import ConfigError
from assistant.settings.text import toml_value

KeyPath = tuple[str, ...]
_QUOTED = re.compile("'([^']*)'")


@dataclass(frozen=True)
class SettingProblem:
    """One thing wrong: `where` is ``FILE:LINE``, ``environment NAME`` or ``command line``."""

    where: str
    field: str
    message: str
    mend: str

    @property
    def place(self) -> tuple[str, int, str]:
        """Sorts problems by file, line and name."""
        file, _, line = self.where.rpartition(":")
        return (file, int(line), self.field) if line.isdigit() else (self.where, 0, self.field)

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.message} ({self.mend})"

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for this problem."""
        return {
            "event": "error",
            "code": ConfigError.code,
            "message": f"{self.field}: {self.message}",
            "where": self.where,
            "hint": self.mend,
        }


class SettingsProblems(ConfigError):
    """Settings with problems. ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place))
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the settings:\n"
            + "\n".join(f"  {problem}" for problem in self.problems),
            hint="mend them and run the same command again; nothing was done",
        )


def near(word: str, known: Iterable[str]) -> str:
    """A mend for a word that is not known: the nearest one that is, or all of them."""
    names = list(known)
    found = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {found[0]}?" if found else f"there is: {', '.join(names) or 'nothing'}"


def problems_of(
    items: Sequence[Mapping[str, Any]], model: type[BaseModel], place: Callable[[KeyPath], str]
) -> list[SettingProblem]:
    """Problems from pydantic's errors. Of a name that is wrong itself, what stands under it is not reported too."""
    wrong_names = {tuple(item["loc"][:-1]) for item in items if item["loc"][-1:] == ("[key]",)}
    return [
        problem_of(item, model, place)
        for item in items
        if item["loc"][-1:] == ("[key]",) or not any(item["loc"][: len(name)] == name for name in wrong_names)
    ]


def problem_of(item: Mapping[str, Any], model: type[BaseModel], place: Callable[[KeyPath], str]) -> SettingProblem:
    """A problem from one of pydantic's errors; `place` says where the value at a path was written."""
    path = tuple(str(step) for step in item["loc"] if step != "[key]")
    message, mend = _words(item, model, path)
    return SettingProblem(place(path), ".".join(path), message, mend)


def _words(item: Mapping[str, Any], model: type[BaseModel], path: KeyPath) -> tuple[str, str]:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "milepost":
        return str(context["message"]), str(context["mend"])
    if kind == "extra_forbidden":
        return "is no setting", near(path[-1], _fields(model, path[:-1]))
    example = _example(model, path)
    if kind == "missing":
        return "is missing", f"write {path[-1]} = {example}"
    message = str(item["msg"])
    if kind == "enum":
        return f"{item['input']!r} is not known here", near(str(item["input"]), _QUOTED.findall(context["expected"]))
    return message[:1].lower() + message[1:], f"write for example {path[-1]} = {example}"


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated and without None."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [part for part in get_args(annotation) if part is not type(None)]
        return _bare(kept[0])
    return annotation


def field_at(model: type[BaseModel], path: KeyPath) -> FieldInfo | None:
    """The field that a path leads to; None where it leads to a value of a table with free names, or nowhere."""
    here: Any = model
    found: FieldInfo | None = None
    for step in path:
        here = _bare(here)
        if isinstance(here, type) and issubclass(here, BaseModel):
            found = here.model_fields.get(step)
            if found is None:
                return None
            here = found.annotation
        elif get_origin(here) is dict:
            here, found = get_args(here)[1], None
        else:
            return found
    return found


def _annotation(model: type[BaseModel], path: KeyPath) -> Any:
    """What stands at a path: a model, a mapping of them, or the type of a value; the nearest of these around it."""
    here: Any = model
    for step in path:
        if isinstance(here, type) and issubclass(here, BaseModel) and step in here.model_fields:
            here = _bare(here.model_fields[step].annotation)
        elif get_origin(here) is dict:
            here = _bare(get_args(here)[1])
    return here


def is_table(model: type[BaseModel], path: KeyPath) -> bool:
    """Whether a path leads to a table, with settings under it."""
    here = _annotation(model, path)
    return get_origin(here) is dict or (isinstance(here, type) and issubclass(here, BaseModel))


def _fields(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The names of the settings that a table may have."""
    here = _annotation(model, path)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _example(model: type[BaseModel], path: KeyPath) -> str:
    field = field_at(model, path)
    return toml_value(field.examples[0]) if field is not None and field.examples else "..."
