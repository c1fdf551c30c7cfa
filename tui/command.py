"""What every command shares: where the settings are, which account, how it answers; examples in its help; lazy groups.

Only click and the standard library are imported here, so that `milepost --help` stays quick: a command's module is
loaded when the command is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

SHARED = ("config", "account", "json", "plain", "ascii")


@dataclass
class Shared:
    """The options that every command takes, wherever on the line they were typed."""

    config: Path | None = None
    account: str | None = None
    json: bool = False
    plain: bool = False
    ascii: bool | None = None


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and value is not False:
        setattr(shared(context), str(parameter.name), value)


def shared(context: click.Context) -> Shared:
    """The shared options of this call."""
    root = context.find_root()
    if root.obj is None:
        root.obj = Shared()
    obj: Shared = root.obj
    return obj


def shared_options() -> list[click.Option]:
    """The options that the group and each command take alike."""
    option = partial(click.Option, expose_value=False, callback=_keep)
    return [
        option(["--config"], type=click.Path(path_type=Path), metavar="FILE", help="Settings file to use."),
        option(["--account"], metavar="NAME", help="Account to use, by its name in the settings."),
        option(["--json"], is_flag=True, help="Answer in JSON, one object a line."),
        option(["--plain"], is_flag=True, help="Plain lines in place of a screen."),
        option(["--ascii"], is_flag=True, help="Plain letters only, no other signs."),
    ]


class _WithShared(click.Command):
    """Takes the shared options and shows them, and the examples, in sections of their own."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        kwargs["params"] = [*(kwargs.get("params") or ()), *shared_options()]
        kwargs.setdefault("context_settings", {"help_option_names": ["-h", "--help"]})
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Own options first, then the shared ones, then the examples."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                (common if parameter.name in SHARED else own).append(record)
        for title, records in (("Options", own), ("Shared options", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write_text("\b\n" + "\n".join(self.examples))


class Command(_WithShared):
    """A command of Milepost."""


class Group(_WithShared, click.Group):
    """A group whose commands are loaded when they are called. `lazy`: name -> (``module:attribute``, short help)."""

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were named: the order in which a person needs them."""
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now if it was not yet."""
        if cmd_name in self.lazy:
            module, _, attribute = self.lazy[cmd_name][0].partition(":")
            command: click.Command = getattr(importlib.import_module(module), attribute)
            return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, naming the nearest command where there is none."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib  # only for a mistake

            known = self.list_commands(ctx)
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there is: {', '.join(known)}"
            raise click.UsageError(f"no such command: {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands, without loading the lazy ones; then options."""
        names = [
            CompletionItem(name, help=about) for name, (_, about) in self.lazy.items() if name.startswith(incomplete)
        ]
        names += [CompletionItem(name) for name in self.commands if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with one line, without loading any of the lazy ones."""
        rows = [(name, about) for name, (_, about) in self.lazy.items()]
        for name, command in self.commands.items():
            if not command.hidden:
                rows.append((name, command.get_short_help_str(200)))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def command(name: str, *, examples: Sequence[str]) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function; its examples are whole lines as a person types them."""
    return click.command(name, cls=Command, examples=examples)


def group(name: str, *, examples: Sequence[str] = ()) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of commands of a function."""
    return click.group(name, cls=Group, examples=examples)
