"""`milepost account`: the accounts of the settings, their passwords in the keyring, their sessions."""

from __future__ import annotations

from typing import Any

import click
from pydantic import SecretStr

from assistant.accounts import use_account
from assistant.errors import UsageError
from assistant.secrets import keyring_forget, keyring_set
from assistant.sessions import SessionStore
from assistant.settings.edit import with_account, without_account
from assistant.settings.model import Account, Settings, config_file
from tui.call import this_call
from tui.command import group


@group("account")
def account() -> None:
    """Accounts in the settings: list, add, remove."""


@account.command("list", examples=["milepost account list", "milepost account list --json"])
def list_accounts() -> None:
    """List the accounts, where their passwords come from and whether a session is kept. Nothing is logged in."""
    call = this_call()
    rows: list[tuple[str, ...]] = [("account", "role", "login", "platform", "origin", "password", "session")]
    for one in call.settings.accounts.values():
        facts = _facts(call.settings, one)
        call.output.event({"event": "account", **facts})
        rows.append(tuple(str(value) for value in facts.values()))
    if len(rows) == 1:
        call.output.line(f"no accounts in {call.loaded.file}; `milepost account add` writes one")
    else:
        call.output.table(rows)


def _facts(settings: Settings, one: Account) -> dict[str, object]:
    return {
        "account": one.name,
        "role": one.role.value,
        "login": one.login,
        "platform": one.platform,
        "origin": settings.origin(one),
        "password": one.password.chosen() if one.password else "by hand",
        "session": "kept" if SessionStore(settings).path(settings.account_id(one)).exists() else "none",
    }


@account.command(
    "add",
    examples=[
        "milepost account add anna --role client --login anna",
        "milepost account add ben --role freelancer --login ben@example.com --keyring",
        'milepost account add cleo --role client --login cleo --password-command "pass show freelancer/cleo"',
    ],
)
@click.argument("name")
@click.option("--platform", default="freelancer", show_default=True, help="One that `milepost platforms` lists.")
@click.option("--role", type=click.Choice(["client", "freelancer"]), required=True, help="Pays, or is paid.")
@click.option("--login", required=True, help="User name or e-mail that the platform knows.")
@click.option("--origin", metavar="URL", help="A regional domain, or a mock platform on this machine.")
@click.option("--keyring", is_flag=True, help="Ask for the password now and keep it in the system's keyring.")
@click.option("--password-env", metavar="VARIABLE", help="Take the password from this variable.")
@click.option("--password-command", metavar="COMMAND", help="Take the password from what this command prints.")
def add(name: str, keyring: bool, password_env: str | None, password_command: str | None, **fields: str | None) -> None:
    """Add an account to the settings file; its comments stay. Without a password you log in by hand, once.

    A password is never taken from the command line: other users of the machine could read it there.
    """
    call = this_call()
    password = _password(keyring, password_env, password_command)
    order = ("platform", "role", "login", "origin")
    values: dict[str, Any] = {key: fields[key] for key in order if fields[key] is not None}
    values |= {"password": password} if password else {}
    secret = SecretStr(click.prompt("password", hide_input=True, err=True)) if keyring else None
    file = config_file(call.options.config)
    edited = with_account(file, name, values)
    one = use_account(edited.settings, name).account
    if secret is not None:
        keyring_set(one.keyring_name, secret, f"accounts.{name}.password")
    edited.write()
    call.output.event({"event": "account", **_facts(edited.settings, one)})
    call.output.line(f"added {name} to {file}")


def _password(keyring: bool, env: str | None, command: str | None) -> dict[str, Any] | None:
    """The table `password` of the settings. Raises `UsageError` for more than one source."""
    choices: dict[str, Any] = {"keyring": keyring or None, "env": env, "command": command}
    given = {key: value for key, value in choices.items() if value is not None}
    if len(given) > 1:
        raise UsageError(
            f"a password comes from one place, not from {' and '.join(given)}",
            hint="give one of --keyring, --password-env and --password-command",
        )
    return given or None


@account.command("remove", examples=["milepost account remove anna"])
@click.argument("name")
def remove(name: str) -> None:
    """Take an account out of the settings file, and forget its session and its password in the keyring.

    What the journal knows of it stays: it is needed never to pay twice.
    """
    call = this_call()
    one = call.settings.account(name)
    account_id = call.settings.account_id(one)
    without_account(call.loaded.file, name).write()
    forgotten = SessionStore(call.settings).forget(account_id)
    if one.password and one.password.keyring:
        keyring_forget(one.keyring_name, f"accounts.{name}.password")
    call.output.event({"event": "removed", "account": name, "session": forgotten})
    call.output.line(f"removed {name} from {call.loaded.file}{', and its session' if forgotten else ''}")
