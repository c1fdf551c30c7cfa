"""From a key path to the line it stands on, for TOML text that `tomllib` has already accepted.

`tomllib` tells no positions, and a parser that keeps them is twelve times slower. This is one pass of one regular
expression over the text, with a stack for arrays and inline tables; it checks nothing and never raises.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import Final

KeyPath = tuple[str | int, ...]
"""``("project", 1, "milestone", 0, "share")``: keys, and indexes from 0 into arrays."""

TOKEN: Final = re.compile(
    r'''
    (?P<newline>\n)
  | (?P<blank>[ \t\r]+|\#[^\n]*)
  | (?P<quoted>"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')
  | (?P<mark>[\[\]{},=.])
  | (?P<bare>[^\s\[\]{},=.#"']+)
  | (?P<other>.)
    ''',
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every key, table header and array element, by its path.

    A table that dotted keys or longer headers imply has the line where it is first implied.
    """
    scan = _Scan()
    for token in TOKEN.finditer(text):
        scan.take(token.lastgroup or "other", token.group())
    return scan.lines


@dataclass
class _Scan:
    """Where the pass is: on which line, in which table, and inside which arrays and inline tables."""

    lines: dict[KeyPath, int] = field(default_factory=dict)
    line: int = 1
    table: KeyPath = ()
    key: list[str] = field(default_factory=list)
    header: int = 0
    """Brackets of the header being read; 0 outside a header."""
    in_value: bool = False
    path: KeyPath = ()
    """The path of the value being read."""
    stack: list[tuple[str, KeyPath, int]] = field(default_factory=list)
    """Open containers: ``[`` or ``{``, path, index of the element."""
    counts: dict[KeyPath, int] = field(default_factory=dict)
    """How many tables each array of tables has so far."""

    def take(self, kind: str, piece: str) -> None:
        """Go past one token."""
        if kind == "newline":
            self._end_line()
        elif self.in_value:
            self._in_value(kind, piece)
        elif kind == "mark":
            self._mark_at_key(piece)
        elif kind in ("quoted", "bare"):
            self.key.append(_plain_key(piece))
        self.line += piece.count("\n")

    def _end_line(self) -> None:
        if not self.stack:
            self.in_value, self.key, self.header = False, [], 0

    def _mark_at_key(self, mark: str) -> None:
        """A mark where a key is expected: of a header, of a key's dots and equals sign, of an inline table."""
        if mark == "[":
            self.header += 1
        elif mark == "]" and self.key:
            self._open_table()
        elif mark == "=":
            base = self.stack[-1][1] if self.stack else self.table
            self.path = self._note(base, self.key)
            self.in_value, self.key = True, []
        elif mark == "}":
            self._close()

    def _open_table(self) -> None:
        path = self._note((), self.key, through_arrays=True)
        if self.header > 1:
            index = self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, index)
            self.lines[path] = self.line
        self.table, self.key = path, []

    def _note(self, base: KeyPath, keys: list[str], *, through_arrays: bool = False) -> KeyPath:
        """Write down the line of a dotted key and of what it implies; the path that it stands for."""
        path = base
        for number, key in enumerate(keys):
            path = (*path, key)
            self.lines.setdefault(path, self.line)
            last = number == len(keys) - 1
            if through_arrays and not last and path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _in_value(self, kind: str, piece: str) -> None:
        if kind == "blank":
            return
        if piece == "," and kind == "mark":
            self._next()
        elif piece in ("]", "}") and kind == "mark":
            self._close()
        else:
            self.lines.setdefault(self.path, self.line)
            if piece == "[":
                self.stack.append(("[", self.path, 0))
                self.path = (*self.path, 0)
            elif piece == "{":
                self.stack.append(("{", self.path, 0))
                self.in_value, self.key = False, []

    def _next(self) -> None:
        """Past a comma: to the next element of an array, or the next key of an inline table."""
        if not self.stack:
            return
        bracket, path, index = self.stack[-1]
        if bracket == "[":
            self.stack[-1] = (bracket, path, index + 1)
            self.path = (*path, index + 1)
        else:
            self.in_value, self.key = False, []

    def _close(self) -> None:
        """Past the end of an array or inline table: back in the value that it is part of."""
        if self.stack:
            self.stack.pop()
        self.in_value = True


def _plain_key(token: str) -> str:
    """A key without its quotes and escapes."""
    if token[:1] not in "\"'":
        return token
    if "\\" in token and token.startswith('"'):
        try:
            return next(iter(tomllib.loads(f"{token} = 0")))
        except tomllib.TOMLDecodeError:  # the text was not valid TOML after all
            return token
    return token[1:-1]
