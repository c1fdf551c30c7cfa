"""docs/rules.md names tests that exist and files that exist, and all seventeen rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_is_there() -> None:
    named = set(TEST.findall(PAGE))
    defined = {
        (file, node.name)
        for file in {file for file, _ in named}
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert named - defined == set()


def test_every_rule_has_files_and_tests() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d+\. ", line)]
    assert [int(line[2:].partition(".")[0]) for line in rows] == list(range(1, 18))
    for row in rows:
        _, files, tests = row.strip("| ").split(" | ")
        assert TEST.search(tests), row
        assert all((ROOT / file).is_file() for file in re.findall(r"`([\w/.]+)`", files)), row
