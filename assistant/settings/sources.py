"""Where settings come from: the layers file, environment and command line, and which of them decided a value.

Layers are kept apart so that `milepost config show` and every error can say where a value came from. No layer's content
is part of its `repr`: it may hold a password.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource

from assistant.errors import ConfigError
from assistant.plans.toml_lines import key_lines
from assistant.settings.place import CONFIG_VARIABLE
from assistant.settings.problems import KeyPath, SettingProblem, SettingsProblems, is_table, near, problems_of
from assistant.settings.types import SecretChoice

if TYPE_CHECKING:
    from assistant.settings.model import Settings

Tree = dict[str, Any]
DEFAULT = "default"
COMMAND_LINE = "command line"
NOT_SETTINGS = frozenset({CONFIG_VARIABLE})
"""Variables with the prefix of settings that are none."""
CHOICES = frozenset({"password", "key"})
"""Tables of which one field is chosen: a stronger layer replaces them whole."""


@dataclass(frozen=True)
class FileLayer:
    """The settings file: its text and what it says. Empty where there is no file."""

    path: Path
    text: str = field(repr=False)
    tree: Tree = field(repr=False)

    @cached_property
    def _lines(self) -> Mapping[tuple[str | int, ...], int]:
        return key_lines(self.text)

    def source(self, path: KeyPath) -> str:
        """``/home/anna/.config/milepost/config.toml:12``; the line of the nearest table for what has none."""
        parts = (path[:length] for length in range(len(path), 0, -1))
        return f"{self.path}:{next((self._lines[part] for part in parts if part in self._lines), 1)}"


@dataclass(frozen=True)
class EnvironmentLayer:
    """What the variables of the environment say, and which variable said it."""

    tree: Tree = field(repr=False)
    names: Mapping[KeyPath, str]

    def source(self, path: KeyPath) -> str:
        """``environment MILEPOST_THEME``."""
        fitting = [known for known in self.names if path[: len(known)] == known]
        return f"environment {self.names[max(fitting, key=len)]}" if fitting else "environment"


@dataclass(frozen=True)
class CommandLineLayer:
    """What was said on the command line."""

    tree: Tree = field(repr=False)

    def source(self, _path: KeyPath) -> str:
        """Just that."""
        return COMMAND_LINE


Layer = FileLayer | EnvironmentLayer | CommandLineLayer


@dataclass(frozen=True)
class Layers:
    """All layers, the weakest first."""

    file: FileLayer
    environment: EnvironmentLayer
    command_line: CommandLineLayer

    @property
    def strongest_first(self) -> tuple[Layer, ...]:
        """The order in which a value is looked for."""
        return (self.command_line, self.environment, self.file)

    def merged(self) -> Tree:
        """What they say together."""
        return _lay_over(_lay_over(self.file.tree, self.environment.tree), self.command_line.tree)

    def source(self, path: KeyPath) -> str:
        """Where the value at `path` came from: the command line, a variable, file and line, or the default."""
        for layer in self.strongest_first:
            if _holds(layer.tree, path):
                return layer.source(path)
            if any(step in CHOICES and _holds(layer.tree, path[: n + 1]) for n, step in enumerate(path)):
                break  # this layer chose otherwise
        return DEFAULT

    def place(self, path: KeyPath) -> str:
        """Where a problem at `path` has to be mended: where it was said, or where the table around it begins."""
        source = self.source(path)
        for length in range(len(path) - 1, 0, -1):
            if source != DEFAULT:
                break
            around = [layer for layer in reversed(self.strongest_first) if _holds(layer.tree, path[:length])]
            source = around[0].source(path[:length]) if around else DEFAULT
        return str(self.file.path) if source == DEFAULT else source

    def fit(self, model: type[Settings]) -> Settings:
        """The settings themselves. Raises `SettingsProblems` with every problem of every layer."""
        problems = _unknown_variables(model)
        try:
            settings = model(**self.merged())
        except ValidationError as error:
            problems += problems_of([dict(item) for item in error.errors(include_url=False)], model, self.place)
        if problems:
            raise SettingsProblems(problems)
        settings._config_file = self.file.path
        return settings


@dataclass(frozen=True)
class SettingValue:
    """One setting as it holds now. Secrets are shown as asterisks."""

    path: KeyPath
    value: Any
    source: str

    @property
    def name(self) -> str:
        """``accounts.anna.login``."""
        return ".".join(self.path)


@dataclass(frozen=True)
class LoadedSettings:
    """The settings, and where each value came from."""

    settings: Settings
    layers: Layers

    @property
    def file(self) -> Path:
        """The settings file that is meant; it may not exist."""
        return self.layers.file.path

    def source(self, *path: str) -> str:
        """Where a value came from: ``source("accounts", "anna", "login")``."""
        return self.layers.source(path)

    def values(self) -> list[SettingValue]:
        """Every setting with its value and source, in the order of the schema."""
        return [SettingValue(path, value, self.layers.source(path)) for path, value in leaves(self.settings)]


def load_layers(model: type[Settings], file: Path, *, required: bool, overrides: Mapping[str, Any]) -> Layers:
    """Read every layer. Raises `ConfigError` for a file that cannot be read."""
    layer = _read_file(file, required)
    over = _without_none(overrides)
    return Layers(layer, _read_environment(model, _lay_over(layer.tree, over)), CommandLineLayer(over))


def load_text(model: type[Settings], file: Path, text: str) -> Settings:
    """The settings as they would be if the file held this text, and nothing else said anything."""
    layer = FileLayer(file, text, _parse(text, file))
    return Layers(layer, EnvironmentLayer({}, {}), CommandLineLayer({})).fit(model)


def _read_file(path: Path, required: bool) -> FileLayer:
    try:
        text = path.read_text(encoding="utf-8")
        writable = path.stat().st_mode & stat.S_IWOTH
    except FileNotFoundError:
        if not required:
            return FileLayer(path, "", {})
        hint = f"`milepost --config {path} config init` writes one" if path.parent.is_dir() else "check the path"
        raise ConfigError("there is no such settings file", where=str(path), hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the settings cannot be read: {error}", where=str(path), hint="check the file") from error
    if writable:
        raise ConfigError(
            "any user of this machine can change the settings, and with them the commands that are run",
            where=str(path),
            hint=f"chmod o-w {path}",
        )
    return FileLayer(path, text, _parse(text, path))


def _parse(text: str, path: Path) -> Tree:
    try:
        return _from_folder(tomllib.loads(text), path.parent)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the settings are not TOML: {error}", where=str(path), hint="mend that line") from error


def _from_folder(tree: Tree, folder: Path) -> Tree:
    """Relative paths in a file are meant from the file's folder, wherever a command is called."""
    data_dir = tree.get("data_dir")
    if isinstance(data_dir, str) and not data_dir.startswith("~"):
        return tree | {"data_dir": str(folder / data_dir)}
    return tree


class _Variables(EnvSettingsSource):
    """pydantic-settings' reading of the environment. JSON counts for tables and lists: ``50.00`` stays text."""

    def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:
        try:
            decoded = super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value
        return decoded if isinstance(decoded, dict | list) else value


def _read_environment(model: type[BaseSettings], known: Tree) -> EnvironmentLayer:
    """Variables carry no case and no hyphen: names of accounts are those `known` has, currencies are upper case."""
    tree = _rename(_Variables(model)(), (), known)
    prefix = str(model.model_config["env_prefix"])
    names: dict[KeyPath, str] = {}
    for name in os.environ:
        if name.upper().startswith(prefix) and name not in NOT_SETTINGS:
            path = tuple(name[len(prefix) :].lower().split("__"))
            names[_renamed(path, known)] = name
    data_dir = tree.get("data_dir")
    if isinstance(data_dir, str) and not data_dir.startswith("~"):
        tree["data_dir"] = str(Path(data_dir).absolute())
    return EnvironmentLayer(tree, names)


def _rename(tree: Tree, path: KeyPath, known: Tree) -> Tree:
    renamed = {_renamed((*path, key), known)[-1]: value for key, value in tree.items()}
    return {k: _rename(v, (*path, k), known) if isinstance(v, dict) else v for k, v in renamed.items()}


def _renamed(path: KeyPath, known: Tree) -> KeyPath:
    """The path of a variable in the spelling of the file."""
    parts = list(path)
    if len(parts) > 1 and parts[0] == "caps":
        parts[1] = parts[1].upper()
    if len(parts) > 1 and parts[0] == "accounts":
        accounts = known.get("accounts")
        names = accounts if isinstance(accounts, dict) else {}
        same = [name for name in names if name.replace("-", "_").lower() == parts[1].replace("-", "_").lower()]
        parts[1] = same[0] if same else parts[1]
        if len(parts) > 4 and parts[2] == "max_fee":
            parts[4] = parts[4].upper()
    return tuple(parts)


def _unknown_variables(model: type[BaseSettings]) -> list[SettingProblem]:
    """A mistyped cap must not be dropped in silence."""
    prefix = str(model.model_config["env_prefix"])
    names = {f"{prefix}{field.upper()}" for field in model.model_fields} | NOT_SETTINGS
    tables = {f"{prefix}{field.upper()}" for field in model.model_fields if is_table(model, (field,))}
    unknown = []
    for name in sorted(os.environ):
        first, parts, _ = name.partition("__")
        if name.startswith(prefix) and first not in (tables if parts else names):
            unknown.append(SettingProblem("environment", name, "is no setting", near(first, sorted(names))))
    return unknown


def _lay_over(under: Tree, over: Tree) -> Tree:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, dict) and isinstance(value, dict) and key not in CHOICES
        merged[key] = _lay_over(merged[key], value) if both else value
    return merged


def _without_none(tree: Mapping[str, Any]) -> Tree:
    return {k: _without_none(v) if isinstance(v, Mapping) else v for k, v in tree.items() if v is not None}


def _holds(tree: Any, path: KeyPath) -> bool:
    for step in path:
        if not isinstance(tree, dict) or step not in tree:
            return False
        tree = tree[step]
    return True


def leaves(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value of a model or mapping with its path; an unset table is one value, None."""
    if isinstance(value, BaseModel):
        names = [value.chosen()] if isinstance(value, SecretChoice) else list(type(value).model_fields)
        parts = {name: getattr(value, name) for name in names}
    elif isinstance(value, Mapping) and value:
        parts = {str(key): part for key, part in value.items()}
    else:
        yield path, "********" if isinstance(value, SecretStr) else value
        return
    for name, part in parts.items():
        yield from leaves(part, (*path, name))
