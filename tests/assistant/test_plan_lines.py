"""From key paths to lines: every way that TOML lets a person write a key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from assistant.plans import toml_lines as plan_lines
from assistant.plans.toml_lines import KeyPath, key_lines

MESSY = '''\
# a comment with [brackets] = "and quotes
platform = "free # lancer"   # key = 1
"odd key" . "b\\u0062" = 1

[[project]]  # first
title = "[[project]]"
text = """
title = "no key"
[[project]] \\""" ""
"""
raw = \'\'\'
x = 1'\'\'\'
ignore = [ "1", # [
  "2",

  "3" ]

[[ project ]]
point = { x = 1, y = { "z.z" = [1,
  {w = 2}] } }
a.b.c = 1.5
a.b.d = 2026-12-01 07:32:00
when = 07:32:00.999
  [[project.milestone]]
  share = "1/3"
  [[project.milestone]]
  share = "rest"
[project.site_refs]
m1 = "123"
[[project]]
title = "third"
[[project.milestone]]
share = "x"
[deep.er]
k = [[1, 2], [
3]]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("platform",), 2),
        (("odd key",), 3),
        (("odd key", "bb"), 3),
        (("project",), 5),
        (("project", 0), 5),
        (("project", 0, "title"), 6),
        (("project", 0, "text"), 7),
        (("project", 0, "raw"), 11),
        (("project", 0, "ignore"), 13),
        (("project", 0, "ignore", 0), 13),
        (("project", 0, "ignore", 1), 14),
        (("project", 0, "ignore", 2), 16),
        (("project", 1), 18),
        (("project", 1, "point"), 19),
        (("project", 1, "point", "x"), 19),
        (("project", 1, "point", "y", "z.z"), 19),
        (("project", 1, "point", "y", "z.z", 1), 20),
        (("project", 1, "point", "y", "z.z", 1, "w"), 20),
        (("project", 1, "a", "b"), 21),
        (("project", 1, "a", "b", "d"), 22),
        (("project", 1, "when"), 23),
        (("project", 1, "milestone"), 24),
        (("project", 1, "milestone", 0), 24),
        (("project", 1, "milestone", 0, "share"), 25),
        (("project", 1, "milestone", 1), 26),
        (("project", 1, "milestone", 1, "share"), 27),
        (("project", 1, "site_refs", "m1"), 29),
        (("project", 2), 30),
        (("project", 2, "milestone", 0, "share"), 33),
        (("deep", "er", "k"), 35),
        (("deep", "er", "k", 1), 35),
        (("deep", "er", "k", 1, 0), 36),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines(path: KeyPath, line: int, newline: str) -> None:
    assert key_lines(MESSY.replace("\n", newline))[path] == line


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path into a parsed document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from paths_of(child, (*path, key))


def test_the_paths_are_those_of_the_document() -> None:
    assert set(key_lines(MESSY)) == set(paths_of(tomllib.loads(MESSY)))


keys = st.one_of(st.sampled_from(["a", "b-1", "c_d", "7"]), st.text(max_size=4))
scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.dates(), st.floats(allow_nan=False), st.text(max_size=8))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(keys, values, max_size=4))
def test_every_path_of_any_document_has_its_line(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document)
    parsed = tomllib.loads(text)
    lines = key_lines(text)
    assert set(lines) == set(paths_of(parsed))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@given(st.text(alphabet="ab=.[]{}\"'\\#,\n\r ", max_size=60))
def test_any_text_is_scanned_and_valid_text_rightly(text: str) -> None:
    lines = key_lines(text)
    try:
        parsed = tomllib.loads(text)
    except ValueError:
        return
    assert set(lines) == set(paths_of(parsed))


def test_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        """The token pattern, counting the characters that it hands out."""

        characters = 0
        passes = 0

        def finditer(self, text: str) -> Iterator[Any]:
            self.passes += 1
            for token in pattern.finditer(text):
                self.characters += len(token.group())
                yield token

    pattern, counting = plan_lines.TOKEN, Counting()
    monkeypatch.setattr(plan_lines, "TOKEN", counting)
    text = MESSY * 3
    key_lines(text)
    assert (counting.passes, counting.characters) == (1, len(text))
