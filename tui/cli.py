"""`milepost`: the commands, their exit codes, and what becomes of every error.

Exit codes: 0 all as planned; 1 could not run; 2 there are differences or new findings; 3 refused by a guard; 4 an
outcome is unknown. Commands return theirs; `main` alone turns exceptions into words. Nothing heavy is imported here:
`milepost --help` loads neither a screen nor a browser nor a database.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import click

from assistant.errors import MilepostError, UsageError
from tui.command import Group
from tui.output import print_line, tell_error

COMMANDS = {
    "demo": ("tui.commands.demo:demo", "Mock platform, sample plan and a run; nothing to configure."),
    "plan": ("tui.commands.plan:plan", "Make, check and show plans; spreadsheets in and out."),
    "preview": ("tui.commands.preview:preview", "Show what a run of a plan would change."),
    "apply": ("tui.commands.apply:apply", "Carry a plan out, once approved."),
    "settle": ("tui.commands.settle:settle", "Say what became of what may have been paid."),
    "release": ("tui.commands.single:release", "Release one milestone, typed; it cannot be undone."),
    "request-release": ("tui.commands.single:request_release", "Ask for the release of one delivered milestone."),
    "projects": ("tui.commands.projects:projects", "List My Projects as the site shows them."),
    "check": ("tui.commands.check:check", "Say what has happened since the last check; read only."),
    "watch": ("tui.commands.watch:watch", "Check again and again, in the foreground."),
    "schedule": ("tui.commands.schedule:schedule", "Check by a timer of this machine: systemd, cron, launchd."),
    "notify": ("tui.commands.notify:notify", "Notifications: try the channels that findings are sent to."),
    "status": ("tui.commands.status:status", "Show the last known state, without a browser."),
    "remind": ("tui.commands.remind:remind", "Print ready words for clients who have not funded yet."),
    "attach": ("tui.commands.attach:attach", "Follow a run; pause it, let it go on, stop it."),
    "runs": ("tui.commands.runs:runs", "List runs, live and past."),
    "history": ("tui.commands.history:history", "Show what was done, with the evidence."),
    "login": ("tui.commands.login:login", "Sign an account in, and keep its session, encrypted."),
    "report": ("tui.commands.report:report", "Write the journal as a page, a sheet or a calendar."),
    "account": ("tui.commands.account:account", "Accounts in the settings: list, add, remove."),
    "platforms": ("tui.commands.platforms:platforms", "List the platforms that are known."),
    "profile": ("tui.commands.profile:profile", "A platform as data: check a profile, start one."),
    "doctor": ("tui.commands.doctor:doctor", "Whether everything is in place, down to each locator."),
    "config": ("tui.commands.config:config", "The settings file: write one, show what holds."),
    "mock": ("tui.commands.mock:mock", "The mock platform alone, on this machine."),
}
"""Name -> where the command is, and what it does in one line."""

INTERRUPTED = 130


class Root(Group):
    """The group at the top: a first word that is a plan's path opens the screen on that plan."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As any group does it, and plans go to `open`."""
        if args and args[0] not in COMMANDS and _is_path(args[0]):
            return "open", self.get_command(ctx, "open"), args
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """`open` is what happens without a command, and not one of its own."""
        if cmd_name == "open":
            from tui.commands.open import open_screen

            return open_screen
        return super().get_command(ctx, cmd_name)


def _is_path(word: str) -> bool:
    return word.endswith(".toml") or os.sep in word or Path(word).is_file()


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("milepost")
    except PackageNotFoundError:
        number = "(not installed)"
    print_line(f"milepost {number}")
    context.exit()


@click.group(
    "milepost",
    cls=Root,
    lazy=COMMANDS,
    invoke_without_command=True,
    subcommand_metavar="[PLAN... | COMMAND]",
    examples=["milepost", "milepost december.toml", "milepost demo", "milepost preview december.toml --json"],
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def cli(context: click.Context) -> int | None:
    """Milestone payments on freelance platforms, from a saved plan, in a real browser, never twice.

    Without a command the screen opens: on the plans that are named, else on those of the settings.
    """
    if context.invoked_subcommand is None:
        opened: int = context.invoke(_command(context, "open"), plans=())
        return opened
    return None


def _command(context: click.Context, name: str) -> click.Command:
    found = cli.get_command(context, name)
    assert found is not None  # noqa: S101  # names of our own
    return found


def main(words: list[str] | None = None) -> int:
    """Run `milepost` with these words (the command line's, if left out) and return the exit code."""
    words = sys.argv[1:] if words is None else words
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = _run(words)
    except BrokenPipeError:
        code = 1
    return _flush(code)


def _run(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        code = cli.main(words, prog_name="milepost", standalone_mode=False)
        return int(code or 0)
    except MilepostError as error:
        tell_error(error, as_json=as_json)
        return error.exit_code
    except click.ClickException as error:
        tell_error(_usage(error), as_json=as_json)
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        tell_error(MilepostError("interrupted", hint="what was started in the journal goes on"), as_json=as_json)
        return INTERRUPTED
    except SystemExit as end:  # click ends so when a pipe breaks
        return end.code if isinstance(end.code, int) else 1
    except BrokenPipeError:
        raise
    except Exception as error:
        from tui.crash import keep_report

        tell_error(keep_report(error, words), as_json=as_json)
        return 1


def _usage(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else None
    hint = f"`{where} --help` shows how it is called" if where else None
    message = error.format_message()
    return UsageError(message[:1].lower() + message[1:].rstrip("."), hint=hint)


def _flush(code: int) -> int:
    """Write out what is left; a reader that went away is no error, and must not become one when Python ends."""
    try:
        sys.stdout.flush()
    except OSError:  # a closed pipe, or a terminal that has hung up
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


if __name__ == "__main__":
    sys.exit(main())
