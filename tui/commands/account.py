"""`milepost account`: the accounts of the settings."""

from __future__ import annotations

from assistant.sessions import SessionStore
from assistant.settings import Account
from tui.call import Call, this_call
from tui.command import group


@group("account")
def account() -> None:
    """Accounts in the settings."""


@account.command("list", examples=["milepost account list", "milepost account list --json"])
def list_accounts() -> None:
    """List the accounts, where their passwords come from and whether a session is kept. Nothing is logged in."""
    call = this_call()
    rows: list[tuple[str, ...]] = [("account", "role", "login", "platform", "origin", "password", "session")]
    for one in call.settings.accounts.values():
        facts = _facts(call, one)
        call.output.event({"event": "account", **facts})
        rows.append(tuple(str(value) for value in facts.values()))
    if len(rows) == 1:
        call.output.line(f"no accounts in {call.loaded.file}; `milepost config init` writes an example")
    else:
        call.output.table(rows)


def _facts(call: Call, one: Account) -> dict[str, object]:
    return {
        "account": one.name,
        "role": one.role.value,
        "login": one.login,
        "platform": one.platform,
        "origin": call.settings.origin(one),
        "password": one.password.chosen() if one.password else "by hand",
        "session": "kept" if SessionStore(call.settings).path(call.settings.account_id(one)).exists() else "none",
    }
