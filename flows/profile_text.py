"""Texts about profiles that are made, not written: the reference in the docs, and the start of a new profile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from flows.profile_fields import FieldFacts, TableFacts, json_schema, tables

SCHEMA_FILE = Path(__file__).parent / "platforms" / "profile.schema.json"

_HEAD = """\
# Profiles: a platform as data

A platform is one TOML file. Those that come with Milepost are in `flows/platforms/`; your own are in `platforms/`
beside your settings file. A file of the same name is laid over Milepost's value by value: a table is merged, any other
value (a list too) replaces. So an override holds only what differs, and it survives an update.

```
milepost profile new NAME          # start one; with --like PLATFORM as a copy of one that is known
milepost profile check NAME        # or a FILE: everything that is wrong or unsafe in it, with line and mend
milepost platforms                 # what is known, how well, and what the terms say
milepost doctor ACCOUNT            # hold it against the pages of today; nothing is changed there
```

The file has two halves. The head's says how money works there: who creates, what the words for states mean, limits,
fees, pace. `[hands]` says how the pages are used: addresses, locators, wording, and the requests that move money.

- **A locator** is a text in Playwright's selector syntax: `role=button[name="Create Milestone"]`, `#amount`,
  `[data-test=pay]`. Roles and labels first: what a person reads changes least. Where several are listed, they are tried
  in order. Reading may use a later one, and says so once. A money step takes only what the profile lists, wants exactly
  one visible element, and holds its accessible name against the button's `name`; otherwise it stops before the step.
- **A way to a value** is beside a label (`{ label = "Amount" }`: a column head, `dt`, caption) or in the one element
  that a CSS selector finds (`{ css = ".amount" }`); `attr` takes an attribute, `match` the first group of a regular
  expression.
- **A list** counts only to its end: as many rows as the page itself says (`total`), or none and one of the texts in
  `empty`.
- **Origins** are `https://HOST`. An account lives on one of them, or on a mock platform of this machine; a page
  elsewhere is left, and nothing is typed there.
- **What is not known is left out.** A switch that is left out is taken at its most careful. A file with `draft = true`
  may leave out nearly everything: it can be read about, and nothing is ever submitted with it.
- `verified = true` means that somebody has compared the file with the live pages. Only say so if you have.

`flows/platforms/profile.schema.json` is a JSON Schema of the format; editors that know TOML use it through the first
line `#:schema ...` of a new profile.

"""
_TOP = {"": "The top of the file"}


def reference() -> str:
    """`docs/profiles.md`."""
    parts = [_HEAD.rstrip("\n")]
    for table in tables():
        title = _TOP.get(table.place) or f"`[{table.place}]`"
        parts += [
            "",
            f"## {title}",
            "",
            table.about,
            "",
            "| key | takes | left out | what it is |",
            "| --- | --- | --- | --- |",
        ]
        parts += [_row(field) for field in table.fields]
    return "\n".join(parts) + "\n"


def _row(field: FieldFacts) -> str:
    left_out = "must be there" if field.required else f"`{field.default}`" if field.default else "may be"
    cells = [f"`{field.name}`", field.takes, left_out, field.about]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def schema() -> str:
    """`flows/platforms/profile.schema.json`."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


_START = {
    "title": "{title}",
    "origins": "[{origin}]",
    "draft": "true",
    "verified": "false",
    "rules.creators": '["client"]',
    "rules.creates_pays": "false",
    "rules.nothing_left_settles": "false",
    "rules.settle_after": "900.0",
    "rules.settle_after_mock": "5.0",
    "rules.pace": "8.0",
    "rules.pace_mock": "0.0",
}
"""What a new profile begins with; everything else is in it as a comment."""


def start(name: str, title: str, origin: str) -> str:
    """A new profile: a draft that loads, with every other table and key there is as a comment."""
    lines = [
        f"#:schema {SCHEMA_FILE}",
        f"# {title}. A draft: write what you know, leave out what you do not, and say with each entry how it is known.",
        f"# `milepost profile check {name}` says what is wrong; docs/profiles.md explains the parts. When it is whole,",
        "# take `draft` out; then `milepost doctor` holds it against the pages.",
        "",
        f'name = "{name}"',
    ]
    values = {key: value.format(title=json.dumps(title), origin=json.dumps(origin)) for key, value in _START.items()}
    for table in tables():
        lines += _table(table, values)
    return "\n".join(lines) + "\n"


def _table(table: TableFacts, values: dict[str, str]) -> Iterator[str]:
    given = any(f"{table.place}.{field.name}".removeprefix(".") in values for field in table.fields)
    if table.place:
        header = f"[[{table.place[:-2]}]]" if table.place.endswith("[]") else f"[{table.place}]"
        yield ""
        yield from (f"# {line}".rstrip() for line in table.about.splitlines() if not given)
        yield header if given else f"# {header}"
    for field in table.fields:
        value = values.get(f"{table.place}.{field.name}".removeprefix("."))
        if value is not None:
            yield f"{field.name} = {value}"
        elif field.takes.startswith("table of ") and "table of table" not in field.takes:
            yield f"# {field.name} = {{}}   # {field.takes}: {field.about}"
        elif not field.takes.startswith("table") and field.name != "name":
            told = ": ".join(part for part in (field.takes, field.about) if part)
            yield f"# {field.name} =   # {told}"


def override(name: str) -> str:
    """The start of an override of a profile that comes with Milepost."""
    return (
        f"#:schema {SCHEMA_FILE}\n"
        f"# Your own values for the platform {name}: only what differs. Tables are merged, lists and values replace.\n"
        f"# `milepost profile check {name}` says what is wrong. For example:\n#\n"
        "# [hands.cart.pay]\n"
        "# find = ['role=button[name=\"Confirm Payment\"]']\n"
        "# name = 'Confirm Payment'\n"
    )


def alike(text: str, name: str, title: str, origin: str) -> str:
    """A copy of a profile's text under another name: a draft again, and not verified."""
    own: dict[str, str] = {
        "name": f'"{name}"',
        "title": json.dumps(title),
        "verified": "false",
        "draft": "true",
        "origins": f"[{json.dumps(origin)}]",
    }
    before, bracket, after = text.partition("\n[")
    kept = [line for line in _without_keys(before.splitlines(), tuple(own)) if not line.startswith("#:schema")]
    return (
        "\n".join([f"#:schema {SCHEMA_FILE}", *kept, *(f"{key} = {value}" for key, value in own.items())])
        + "\n"
        + bracket
        + after
    )


def _without_keys(lines: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    """The lines without the values of these keys, a list over several lines included."""
    inside = False
    for line in lines:
        key = line.partition("=")[0].strip()
        if not inside and "=" in line and key in keys:
            inside = line.rstrip().endswith("[")
        elif inside:
            inside = line.strip() != "]"
        else:
            yield line
