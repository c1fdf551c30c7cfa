"""Settings as text for people: values as TOML, the commented example file, the reference page.

Both texts are made from the fields' own descriptions and examples, so they cannot fall behind the schema.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from datetime import time
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

WIDTH = 100


def toml_value(value: Any) -> str:
    """A value as TOML writes it, on one line; "" for None, which TOML cannot write."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {toml_value(part)}" for key, part in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(part) for part in value)}]"
    if isinstance(value, bool | int | float) and not isinstance(value, Enum):
        return str(value).lower()
    text = value.value if isinstance(value, Enum) else value
    if isinstance(text, time):
        text = f"{text:%H:%M}"
    amount = getattr(text, "amount_text", None)
    return json.dumps(amount or str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def example() -> str:
    """`config.example.toml`: every setting, described and commented out, so that the file as it is changes nothing."""
    lines = [*_comment(_HEAD), ""]
    for title, about, fields in _sections("USD", "anna", "phone"):
        if title:
            lines += [*_comment(about), f"#[{title}]", ""]
        for name, field in fields.items():
            lines += [*_comment(_told(field)), f"#{name} = {toml_value(_value(field))}", ""]
    return "\n".join(lines).rstrip() + "\n"


def reference() -> str:
    """`docs/settings.md`: every setting with its meaning, default and variable."""
    lines = ["# Settings", "", *textwrap.wrap(_HEAD, 120), "", _PRECEDENCE]
    for title, about, fields in _sections("CURRENCY", "NAME", "NAME"):
        lines += ["", f"## `[{title}]`" if title else "## At the top of the file"]
        lines += ["", about] if about else []
        for name, field in fields.items():
            lines += ["", *_entry(f"{title}.{name}" if title else name, name, field)]
    return "\n".join(lines) + "\n"


def _sections(currency: str, account: str, channel: str) -> Iterator[tuple[str, str, Mapping[str, FieldInfo]]]:
    """Each table of the file: its name, what it is for, and its fields; first the settings outside any table."""
    from assistant.settings.model import Account, CapAmounts, Channel, Settings

    fields = Settings.model_fields
    tables = {name: table for name, field in fields.items() if (table := _table(field))}
    free: dict[str, tuple[str, type[BaseModel]]] = {
        "caps": (f"caps.{currency}", CapAmounts),
        "accounts": (f"accounts.{account}", Account),
        "channels": (f"channels.{channel}", Channel),
    }
    yield "", "", {name: field for name, field in fields.items() if name not in tables | free}
    for name, table in tables.items():
        yield name, fields[name].description or "", table.model_fields
    for name, (title, model) in free.items():
        yield title, fields[name].description or "", model.model_fields


def _table(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a field that is a table of its own."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _inside(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a field that is written as an inline table."""
    kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _value(field: FieldInfo) -> Any:
    """What the example file shows: the field's example, else its default."""
    return field.examples[0] if field.examples else field.get_default(call_default_factory=True)


def _default(field: FieldInfo) -> str:
    """The default as TOML; "" where there is none, or where it differs from user to user."""
    if field.is_required() or field.default_factory is not None:
        return ""
    default = field.default
    if hasattr(default, "model_dump"):
        default = default.model_dump(exclude_defaults=True)
    return "" if default in ([], {}) else toml_value(default)


def _told(field: FieldInfo) -> str:
    """A description with the default behind it."""
    default = _default(field)
    end = " Required." if field.is_required() else f" Default: {default}." if default else ""
    return (field.description or "") + end


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _entry(path: str, name: str, field: FieldInfo) -> list[str]:
    lines = [f"### `{path}`", "", field.description or "", ""]
    lines += ["- Required."] if field.is_required() else []
    lines += [f"- Default: `{default}`"] if (default := _default(field)) else []
    lines += [f"- Example: `{name} = {toml_value(_value(field))}`"]
    lines += [f"- Variable: `MILEPOST_{path.upper().replace('.', '__')}`"]
    if inside := _inside(field):
        lines += [""]
        for part, about in inside.model_fields.items():
            lines += [f"- `{part} = {toml_value(_value(about))}`: {about.description}"]
    return lines


_HEAD = (
    "Settings of Milepost. The file is the one of `--config FILE`, else of the variable MILEPOST_CONFIG, else "
    "config.toml in your own config folder (`milepost config show` says where that is). A line that begins with # says "
    "nothing yet: take the # off a name to set it. All problems of a file are reported at once, with their lines."
)

_PRECEDENCE = """\
A value on the command line is stronger than a variable of the environment, and that is stronger than the file.
`milepost config show` lists every setting with its value and where it came from. The variable of a setting is
`MILEPOST_` and its name in upper case, with two underscores for each dot and one underscore for each hyphen. A list is
written with commas or as JSON. An unknown name is an error, in the file and in the environment alike."""
