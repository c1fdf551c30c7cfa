"""The format of a profile, told by its own model: every table and field, its type in words, and what it is for.

Reference, JSON Schema and the start of a new profile are made from this, so that none of them can fall behind.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from assistant.platform import Head
from flows.profile import Hands, Locators, Regex, Sources

_NAMED: Mapping[Any, str] = {Regex: "regular expression", Locators: "locators", Sources: "list of ways to a value"}
_PLAIN: Mapping[Any, str] = {str: "text", int: "whole number", float: "seconds", bool: "true or false"}


@dataclass(frozen=True)
class FieldFacts:
    """One field of a table. `default` is its value in TOML where it may be left out, "" where nothing stands for it."""

    name: str
    takes: str
    required: bool
    default: str
    about: str


@dataclass(frozen=True)
class TableFacts:
    """One table of a profile: its place (`rules.limits`; `[]` marks one of several), what it is for, its fields."""

    place: str
    about: str
    fields: tuple[FieldFacts, ...]


def tables() -> Iterator[TableFacts]:
    """All tables, each kind of table once, where it stands first."""
    seen: set[type[BaseModel]] = set()
    yield from _tables(Head, "", seen)
    yield from _tables(Hands, "hands", seen)


def _tables(model: type[BaseModel], place: str, seen: set[type[BaseModel]]) -> Iterator[TableFacts]:
    if model in seen:
        return
    seen.add(model)
    fields = tuple(_fields(model))
    yield TableFacts(place, inspect.cleandoc(model.__doc__ or ""), fields)
    for name, info in model.model_fields.items():
        for mark, inner in _models(info.annotation):
            yield from _tables(inner, f"{place}.{name}".removeprefix(".") + mark, seen)


def _fields(model: type[BaseModel]) -> Iterator[FieldFacts]:
    hints, abouts = get_type_hints(model, include_extras=True), field_docs(model)
    for name, info in model.model_fields.items():
        default = "" if info.is_required() else _written(info.default)
        yield FieldFacts(name, in_words(hints[name]), info.is_required(), default, abouts.get(name, ""))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, StrEnum | str):
        return f'"{value}"'
    return str(value) if isinstance(value, int | float) else ""


@lru_cache
def field_docs(model: type[BaseModel]) -> Mapping[str, str]:
    """The sentence below each field in the source, those of base classes included."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not issubclass(base, BaseModel) or base is BaseModel:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for field, text in pairwise(statements):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                assert isinstance(field.target, ast.Name)  # noqa: S101  # fields of a class are names
                found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def _models(annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    """The tables that a field may hold, each with `[]` where it is a list of them and `.NAME` where names are free."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield "", annotation
        return
    origin = get_origin(annotation)
    mark = "[]" if origin is tuple else ".NAME" if origin not in (Union, UnionType, Annotated, None) else ""
    for part in get_args(annotation):
        for inner, model in _models(part):
            yield mark + inner, model


def in_words(hint: Any) -> str:
    """A type in words."""
    if hint in _NAMED:
        return _NAMED[hint]
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type):
        return _kind(hint)
    origin, parts = get_origin(hint), [part for part in get_args(hint) if part not in (NoneType, Ellipsis)]
    if origin is Literal:
        return " or ".join(f'"{part}"' for part in parts)
    if origin is Annotated:
        return in_words(parts[0])
    if origin is tuple:
        return f"list of {in_words(parts[0])}"
    if origin in (Union, UnionType):
        return " or ".join(in_words(part) for part in parts)
    return f"table of {in_words(parts[1])}, by {in_words(parts[0])}"


def _kind(hint: type) -> str:
    if issubclass(hint, StrEnum):
        return " or ".join(f'"{one}"' for one in hint)
    return "table" if issubclass(hint, BaseModel) else "decimal text"


def json_schema() -> dict[str, Any]:
    """A JSON Schema of a whole profile. Nothing is required in it: a file that only overrides is a profile too."""
    head, hands = Head.model_json_schema(), Hands.model_json_schema()
    definitions = {**head.pop("$defs"), **hands.pop("$defs"), "Hands": hands}
    head["properties"]["hands"] = {"$ref": "#/$defs/Hands"}
    models = {model.__name__: model for model in _all_models(Head) | _all_models(Hands)}
    for name, table in [("Head", head), *definitions.items()]:
        table.pop("required", None)
        table.pop("title", None)
        for field, schema in table.get("properties", {}).items():
            schema.pop("title", None)
            if about := field_docs(models[name]).get(field):
                schema["description"] = about
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A platform's profile for Milepost"}
    return {**named, **head, "$defs": dict(sorted(definitions.items()))}


def _all_models(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for info in model.model_fields.values():
        for _, inner in _models(info.annotation):
            found |= _all_models(inner) if inner not in found else set()
    return found
