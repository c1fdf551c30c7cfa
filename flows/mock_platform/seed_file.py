"""A seed from a JSON or TOML file (or the same table posted to /__mock__/reset). README.md shows the format."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from flows.mock_platform import money
from flows.mock_platform.seed import Seed, SeedMilestone, SeedProject, SeedRequest
from flows.mock_platform.seed_default import BUILT_IN
from flows.mock_platform.users import USERS, Source, User

MOST_PROJECTS = 5000
_TOP = ("base", "projects", "template", "balances", "sources", "users")
_TEMPLATE = ("title", "currency", "bid", "client", "freelancer", "milestones", "milestone_amount", "milestone_status")
_STATUSES = ("unfunded", "pending", "frozen", "requested_release", "cleared", "canceled", "disputed")
_CHOICES: dict[str, tuple[str, ...]] = {
    "award": ("none", "awarded", "accepted"),
    "type": ("fixed", "hourly"),
    "currency": tuple(money.CURRENCIES),
}


_TYPES: dict[Any, str] = {str: "a text", int: "a whole number", bool: "true or false"}


class BadSeed(ValueError):
    """A seed that cannot be used; the text names every problem with its field and what it takes."""


def load(name: str) -> Seed:
    """A built-in seed by name, or the file of that name. Raises BadSeed."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    path = Path(name)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        names = ", ".join(BUILT_IN)
        raise BadSeed(f"{name}: {reason}; a seed is one of {names}, or a .json or .toml file") from None
    try:
        table = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise BadSeed(f"{name}: {error}") from None
    try:
        return from_table(table)
    except BadSeed as bad:
        raise BadSeed(f"{name}: {bad}") from None


def by_name_or_table(value: Any) -> Seed:
    """A built-in seed by name, or a table. Raises BadSeed. Files are not read."""
    if isinstance(value, str):
        if value not in BUILT_IN:
            raise BadSeed(f"no seed {value!r}; there are {', '.join(BUILT_IN)}, or post a table")
        return BUILT_IN[value]
    return from_table(value)


def from_table(table: Any) -> Seed:
    """A seed from its table. Raises BadSeed with all problems."""
    if not isinstance(table, dict):
        raise BadSeed("a seed is a table with " + ", ".join(_TOP))
    problems = [f"{name}: no such field; there are {', '.join(_TOP)}" for name in table if name not in _TOP]
    base = table.get("base", "empty")
    if not isinstance(base, str) or base not in BUILT_IN:
        problems.append(f"base: one of {', '.join(BUILT_IN)}, not {base!r}")
        base = "empty"
    users = _users(table, problems)
    logins = {user.login for user in users}
    problems += [
        f"{name}.{login}: no such user"
        for name in ("balances", "sources")
        for login in _table(table, name, problems)
        if login not in logins
    ]
    found = _projects(table, logins, problems)
    problems += _doubled("login", [user.login for user in users])
    problems += _doubled("ref", [project.ref for project in found if project.ref])
    if problems:
        raise BadSeed("; ".join(problems))
    return Seed(tuple(users), (*found, *BUILT_IN[base].projects))


def _doubled(what: str, values: list[Any]) -> list[str]:
    return [f"{what} {value!r} is given {count} times" for value, count in Counter(values).items() if count > 1]


def _users(table: dict[str, Any], problems: list[str]) -> list[User]:
    users = list(USERS)
    for number, entry in enumerate(_entries(table, "users", problems)):
        login, role = entry.get("login"), entry.get("role", "client")
        if not isinstance(login, str) or role not in ("client", "freelancer", "both"):
            problems.append(f"users[{number}]: needs login (text) and role (client, freelancer or both)")
            continue
        name, gate, block = (str(entry.get(key, default)) for key, default in _user_texts(login))
        users.append(User(1000 + number, login, name, role, "from the seed file", gate=gate, block=block))
    return [_with_money(user, table, problems) for user in users]


def _user_texts(login: str) -> tuple[tuple[str, str], ...]:
    return (("name", login.title()), ("gate", ""), ("block", ""))


def _with_money(user: User, table: dict[str, Any], problems: list[str]) -> User:
    held = _table(table, "balances", problems).get(user.login)
    if held is not None:
        if not isinstance(held, dict):
            problems.append(f'balances.{user.login}: a table such as {{"USD": "100.00"}}')
            held = {}
        for code, amount in held.items():
            _amount(f"balances.{user.login}.{code}", code, amount, problems)
        user = replace(user, balances={code: str(amount) for code, amount in held.items()})
    given = _table(table, "sources", problems).get(user.login)
    if given is not None:
        for number, source in enumerate(given if isinstance(given, list) else []):
            _check_fields(
                f"sources.{user.login}[{number}]", source if isinstance(source, dict) else {}, Source, problems
            )
        try:
            user = replace(user, sources=tuple(Source(**source) for source in given))
        except TypeError:
            problems.append(f"sources.{user.login}: a list of tables with id, kind, label, verified")
        problems += _doubled(f"sources.{user.login}: id", [source.id for source in user.sources])
    return user


def _table(table: dict[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    value = table.get(name, {})
    if isinstance(value, dict):
        return value
    message = f"{name}: a table by login"
    if message not in problems:
        problems.append(message)
    return {}


def _entries(table: dict[str, Any], name: str, problems: list[str]) -> list[dict[str, Any]]:
    value = table.get(name, [])
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        return value
    problems.append(f"{name}: a list of tables")
    return []


def _amount(where: str, code: object, amount: object, problems: list[str]) -> None:
    if code not in money.CURRENCIES:
        problems.append(f"{where}: no currency {code!r}; there are {', '.join(money.CURRENCIES)}")
        return
    try:
        money.from_text(str(amount), str(code))
    except ValueError as bad:
        problems.append(f'{where}: {bad}; write it as text, such as "100.00"')


def _projects(table: dict[str, Any], logins: set[str], problems: list[str]) -> list[SeedProject]:
    value = table.get("projects", [])
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= MOST_PROJECTS:
            problems.append(f"projects: a number from 0 to {MOST_PROJECTS}, or a list")
            return []
        made = _generated(value, _table(table, "template", problems), problems)
    else:
        made = [
            project
            for number, entry in enumerate(_entries(table, "projects", problems))
            if (project := _project(f"projects[{number}]", entry, problems))
        ]
    for project in made:
        for side in ("client", "freelancer"):
            if getattr(project, side) not in logins:
                problems.append(f"project {project.title!r}: no user {getattr(project, side)!r} as {side}")
    return made


def _generated(count: int, template: dict[str, Any], problems: list[str]) -> list[SeedProject]:
    problems += [f"template.{name}: there are {', '.join(_TEMPLATE)}" for name in template if name not in _TEMPLATE]
    title = str(template.get("title", "Project {n}"))
    amount, status = str(template.get("milestone_amount", "100.00")), str(template.get("milestone_status", "frozen"))
    each = template.get("milestones", 0)
    if not isinstance(each, int) or not 0 <= each <= 100:
        problems.append("template.milestones: how many each project has, 0 to 100")
        each = 0
    entry: dict[str, Any] = {
        name: template[name] for name in ("currency", "bid", "client", "freelancer") if name in template
    }
    entry["milestones"] = [
        {"description": f"Milestone {number + 1} of {each}", "amount": amount, "status": status}
        for number in range(each)
    ]
    model = _project("template", {"title": title, **entry}, problems)
    if model is None:
        return []
    width = max(3, len(str(count)))
    return [replace(model, title=title.replace("{n}", f"{n + 1:0{width}}"), age_days=1) for n in range(count)]


def _project(where: str, entry: dict[str, Any], problems: list[str]) -> SeedProject | None:
    before = len(problems)
    values = dict(entry)
    code = str(values.get("currency", "USD"))
    values["milestones"] = _rows(where, "milestones", entry, code, problems, SeedMilestone)
    values["requests"] = _rows(where, "requests", entry, code, problems, SeedRequest)
    if "bid" in values:
        values["bid"] = str(values["bid"])
        _amount(f"{where}.bid", code, values["bid"], problems)
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            problems.append(f"{where}.{name}: one of {', '.join(choices)}, not {values[name]!r}")
    if "ref" in values:
        values["ref"] = _ref(where, values["ref"], problems)
    if "title" not in values:
        problems.append(f"{where}.title: a text is needed")
    _check_fields(where, values, SeedProject, problems)
    return SeedProject(**values) if len(problems) == before else None


def _ref(where: str, value: object, problems: list[str]) -> int:
    if not isinstance(value, bool) and re.fullmatch("[0-9]{1,15}", str(value)):
        return int(str(value))
    problems.append(f"{where}.ref: up to 15 digits, not {value!r}")
    return 0


def _rows(
    where: str, name: str, entry: dict[str, Any], code: str, problems: list[str], kind: Callable[..., Any]
) -> tuple[Any, ...]:
    made = []
    for number, row in enumerate(_entries(entry, name, problems)):
        here, before = f"{where}.{name}[{number}]", len(problems)
        statuses = _STATUSES if kind is SeedMilestone else ("pending", "created", "rejected", "deleted")
        _check_fields(here, row, kind, problems)
        if "description" not in row or "amount" not in row:
            problems.append(f"{here}: needs description and amount")
        else:
            _amount(f"{here}.amount", code, row["amount"], problems)
        if row.get("status", statuses[0]) not in statuses:
            problems.append(f"{here}.status: one of {', '.join(statuses)}, not {row['status']!r}")
        if len(problems) == before:
            made.append(kind(**{**row, "amount": str(row["amount"])}))
    return tuple(made)


def _check_fields(where: str, entry: dict[str, Any], kind: Any, problems: list[str]) -> None:
    types = {field.name: field.type for field in fields(kind)}
    for name, value in entry.items():
        if name not in types:
            problems.append(f"{where}.{name}: no such field; there are {', '.join(types)}")
        elif name != "amount" and types[name] in (str, int, bool) and type(value) is not types[name]:
            problems.append(f"{where}.{name}: {_TYPES[types[name]]} is needed, not {value!r}")
