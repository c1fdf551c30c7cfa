"""`milepost account`: the accounts of the settings, their passwords in the keyring, their sessions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from assistant.accounts import use_account
from assistant.errors import UsageError
from assistant.secrets import keyring_forget, keyring_set
from assistant.session_files import key_of, read_session, write_session
from assistant.sessions import SessionStore
from assistant.settings.edit import with_account, without_account
from assistant.settings.model import Account, Settings
from assistant.settings.place import config_file
from assistant.wipe import wipe_account
from tui.call import this_call
from tui.command import group


@group("account")
def account() -> None:
    """Accounts in the settings: list, add, remove; their sessions to other machines."""


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
    """Take an account out of the settings file, and wipe what belongs to it.

    That is its session, its pictures, what guided runs have learned of it, the logs of its runs, and its password in
    the keyring. What was seen, tried and paid stays in the journal: it is needed never to pay twice.
    """
    call = this_call()
    one = call.settings.account(name)
    account_id = call.settings.account_id(one)
    edited = without_account(call.loaded.file, name)
    wiped = wipe_account(call.settings, call.journal, account_id)
    edited.write()
    if one.password and one.password.keyring:
        keyring_forget(one.keyring_name, f"accounts.{name}.password")
    call.output.event({"event": "removed", "account": name, **vars(wiped)})
    told = [f"removed {name} from {call.loaded.file}", *["its session"] * wiped.session]
    told += [f"{wiped.pictures} pictures"] * bool(wiped.pictures) + [f"{wiped.logs} logs"] * bool(wiped.logs)
    call.output.line(", ".join(told))


_KEY_FILE = click.option(
    "--key-file", type=click.Path(path_type=Path), help="A file with the secret, where nobody can type a passphrase."
)


@account.command(
    "export-session",
    examples=[
        "milepost account export-session anna anna.session",
        "milepost account export-session anna anna.session --key-file ~/transfer.key",
    ],
)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@_KEY_FILE
def export_session(name: str, file: Path, key_file: Path | None) -> None:
    """Write an account's session to a new file, encrypted, for another machine: one without a display, or a server.

    Whoever has the file and its secret is signed in as the account. Delete it once it was imported.
    """
    call = this_call()
    account_id = call.settings.account_id(call.settings.account(name))
    sessions = SessionStore(call.settings)
    state = sessions.load(account_id)
    if state is None:
        raise UsageError(sessions.warning or f"no session of {name} is kept", hint=f"milepost login {name}")
    secret = key_of(key_file) if key_file else _passphrase(twice=True)
    write_session(file, account_id, state, secret)
    call.output.event({"event": "session", "account": name, "exported": str(file)})
    call.output.line(f"the session of {name} is in {file}; only you can read it, and only with its secret")


@account.command(
    "import-session",
    examples=[
        "milepost account import-session anna anna.session",
        "milepost account import-session anna anna.session --key-file ~/transfer.key",
    ],
)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@_KEY_FILE
def import_session(name: str, file: Path, key_file: Path | None) -> None:
    """Keep the session that another machine exported, in place of the one that is kept here.

    Nothing is logged in; the next run shows whether the site takes it.
    """
    call = this_call()
    account_id = call.settings.account_id(call.settings.account(name))
    secret = key_of(key_file) if key_file else _passphrase(twice=False)
    SessionStore(call.settings).save(account_id, read_session(file, account_id, secret))
    call.output.event({"event": "session", "account": name, "imported": str(file)})
    call.output.line(f"the session of {name} is kept here now; delete {file}")


def _passphrase(*, twice: bool) -> SecretStr:
    """Typed without showing it. Raises `UsageError` where nobody can type."""
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to type the passphrase", hint="give a file with it: --key-file FILE")
    return SecretStr(click.prompt("passphrase", hide_input=True, confirmation_prompt=twice, err=True))
