"""`docs/commands.md`, made from the commands themselves: what each does, its options and examples."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from tui.cli import cli
from tui.command import SHARED, Command, Group

HEAD = """\
# Commands

`milepost [PLAN...]` opens the screen. Every screen has a command, and every command that reports takes `--json`: one
object a line, each with an `event`; amounts are text with their decimals, currencies apart.

| exit code | means |
| --- | --- |
| 0 | all as planned |
| 1 | could not run: usage, settings, plan, browser |
| 2 | there are differences (`preview`), new findings (`check`), or what was planned does not all stand (`apply`) |
| 3 | refused by a guard: approval, cap, mismatch, origin |
| 4 | an outcome is unknown: it may have been paid |

If several hold, the order is 4, 3, 1, 2. An interrupt (Ctrl-C) where no run is followed ends with 130. While a run is
followed, Ctrl-C asks it to stop after the current step; a second one stops it now; closing the terminal stops nothing.

An error is `error:` and what happened, where, and what to do next, on stderr; with `--json` it is
`{"event": "error", "code", "message", "where", "hint"}` on stdout. All problems of plans or settings come at once.

Completion of names: `eval "$(_MILEPOST_COMPLETE=bash_source milepost)"` in `~/.bashrc`; `zsh_source` and `fish_source`
likewise.
"""


def commands() -> str:
    """The page."""
    parts = [HEAD, "## Shared options", "", "Every command takes these, before its name or after it.", ""]
    root = click.Context(cli, info_name="milepost")
    parts += [*_options([one for one in cli.params if one.name in SHARED], root), ""]
    for context, command in _walk(cli, root):
        parts += [*_entry(context, command), ""]
    return "\n".join(parts).rstrip() + "\n"


def _walk(group: Group, context: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    for name in group.list_commands(context):
        if command := group.get_command(context, name):
            inner = click.Context(command, info_name=name, parent=context)
            yield inner, command
            if isinstance(command, Group):
                yield from _walk(command, inner)


def _entry(context: click.Context, command: click.Command) -> list[str]:
    level = "##" if context.parent is None or context.parent.parent is None else "###"
    lines = [f"{level} `{context.command_path}`", "", inspect.cleandoc(command.help or "")]
    if isinstance(command, Group):
        return lines
    own = [one for one in command.params if one.name not in SHARED]
    usage = " ".join(command.collect_usage_pieces(context))
    lines += ["", f"`{context.command_path} {usage}`"]
    options = _options(own, context)
    lines += ["", *options] if options else []
    if isinstance(command, Command):
        lines += ["", "```", *command.examples, "```"]
    return lines


def _options(parameters: list[click.Parameter], context: click.Context) -> list[str]:
    records = [one.get_help_record(context) for one in parameters if isinstance(one, click.Option)]
    return [f"- `{names}`: {' '.join(about.split())}" for names, about in filter(None, records)]
